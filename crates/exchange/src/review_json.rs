//! A pack as JSON: stable keys, amounts as decimal texts, rates as decimal texts with six places. Knows no
//! layout.

use fenjie_message::Lang;
use fenjie_money::Step;
use fenjie_plan::RevisionAnswer;
use fenjie_review::{
    ActionDue, BridgeLine, CarryProposal, Decided, DueState, Figures, Label, MemberLine, Pack,
    ResultKind, RevisionLine, RunningAction,
};
use fenjie_track::Ratio;
use serde_json::{Value, json};

/// The pack; names in a language.
pub fn pack(pack: &Pack, lang: Lang) -> Value {
    let wire = Wire {
        step: pack.step,
        lang,
    };
    let span = &pack.span;
    json!({
        "plan": pack.plan,
        "whose": pack.whose.as_ref().map(|whose| wire.label(whose)),
        "version": pack.version,
        "measure": pack.measure,
        "unit": pack.unit,
        "period": {
            "level": span.level.code(),
            "label": wire.label(&span.label),
            "from": span.days.start.to_string(),
            "to": span.days.last().to_string(),
        },
        "as_of": pack.as_of.to_string(),
        "rhythm": pack.rhythm.code(),
        "results": pack.results.iter().map(|line| json!({
            "kind": kind(line.kind),
            "label": wire.label(&line.label),
            "figures": wire.figures(&line.figures),
        })).collect::<Vec<_>>(),
        "bridges": pack.bridges.iter().map(|bridge| json!({
            "by": wire.label(&bridge.by),
            "parts": bridge.parts.iter().map(|part| wire.part(part)).collect::<Vec<_>>(),
            "others": bridge.others.as_ref().map(|(count, part)| json!({
                "count": count,
                "part": wire.part(part),
            })),
            "total": wire.part(&bridge.total),
        })).collect::<Vec<_>>(),
        "people": wire.people(pack),
        "compositions": wire.compositions(pack),
        "carry": pack.carry.as_ref().map(|proposal| wire.carry(proposal)),
        "actions_due": pack.actions_due.iter().map(|due| wire.due(due)).collect::<Vec<_>>(),
        "actions": pack.actions.iter().map(|own| wire.action(own)).collect::<Vec<_>>(),
        "decided_before": wire.decisions(&pack.decided_before),
        "revisions": pack.revisions.iter().map(|own| wire.revision(own)).collect::<Vec<_>>(),
        "decided_here": wire.decisions(&pack.decided_here),
        "remarks": wire.remarks(pack),
    })
}

fn kind(kind: ResultKind) -> &'static str {
    match kind {
        ResultKind::Span => "period",
        ResultKind::Part => "part",
        ResultKind::Month => "month",
        ResultKind::Plan => "plan",
    }
}

/// A ratio with six places: `0.874000`.
pub fn rate(ratio: Option<Ratio>) -> Option<String> {
    ratio.map(|ratio| {
        let millionths = ratio.rounded(6);
        let sign = if millionths < 0 { "-" } else { "" };
        let count = millionths.unsigned_abs();
        format!("{sign}{}.{:06}", count / 1_000_000, count % 1_000_000)
    })
}

struct Wire {
    step: Step,
    lang: Lang,
}

impl Wire {
    fn label(&self, label: &Label) -> String {
        label.text(self.lang).to_owned()
    }

    fn labels(&self, labels: &[Label]) -> Vec<String> {
        labels.iter().map(|label| self.label(label)).collect()
    }

    fn amount(&self, count: i64) -> String {
        self.step.format(count)
    }

    fn figures(&self, own: &Figures) -> Value {
        let maybe = |count: Option<i64>| count.map(|count| self.amount(count));
        json!({
            "base": self.amount(own.base),
            "carried": self.amount(own.carried),
            "working": self.amount(own.working),
            "target": self.amount(own.target),
            "actual": self.amount(own.actual),
            "attainment": rate(own.attainment),
            "elapsed": rate(own.elapsed),
            "expected": self.amount(own.expected),
            "gap": self.amount(own.gap),
            "gap_to_date": self.amount(own.gap_to_date),
            "pace": rate(own.pace),
            "run_rate": maybe(own.run_rate),
            "required_rate": maybe(own.required_rate),
            "done_per_day": maybe(own.done_per_day),
            "needed_per_day": maybe(own.needed_per_day),
            "projection": own.projection.map(|ends| json!({
                "low": self.amount(ends.low),
                "middle": self.amount(ends.middle),
                "high": self.amount(ends.high),
                "days": ends.days,
            })),
            "status": own.status.code(),
            "share_of_gap": rate(own.share_of_gap),
            "closed": own.closed,
        })
    }

    fn part(&self, part: &BridgeLine) -> Value {
        json!({
            "label": self.label(&part.label),
            "target": self.amount(part.target),
            "actual": self.amount(part.actual),
            "gap": self.amount(part.gap),
        })
    }

    fn people(&self, pack: &Pack) -> Value {
        let people = &pack.people;
        let counts = people.counts.iter();
        let counts: serde_json::Map<String, Value> = counts
            .map(|(status, count)| (status.code().to_owned(), json!(count)))
            .collect();
        let lines =
            |lines: &[MemberLine]| lines.iter().map(|own| self.member(own)).collect::<Vec<_>>();
        json!({
            "level": self.label(&people.level),
            "judged_by": self.label(&people.period),
            "counts": counts,
            "need_help": lines(&people.need_help),
            "more_need_help": people.more_need_help,
            "champions": lines(&people.champions),
        })
    }

    fn member(&self, own: &MemberLine) -> Value {
        json!({
            "who": self.label(&own.who),
            "owner": own.owner,
            "month": self.figures(&own.month),
            "period": self.figures(&own.span),
            "missed_in_a_row": own.missed_in_a_row,
        })
    }

    fn compositions(&self, pack: &Pack) -> Vec<Value> {
        let tables = pack.compositions.iter();
        tables
            .map(|table| {
                let rows = table.rows.iter().map(|row| {
                    json!({
                        "label": self.label(&row.label),
                        "target": self.amount(row.target),
                        "target_share": rate(row.target_share),
                        "actual": self.amount(row.actual),
                        "actual_share": rate(row.actual_share),
                        "difference": rate(row.difference),
                    })
                });
                json!({
                    "by": self.label(&table.by),
                    "rows": rows.collect::<Vec<_>>(),
                    "target": self.amount(table.target),
                    "actual": self.amount(table.actual),
                })
            })
            .collect()
    }

    fn carry(&self, proposal: &CarryProposal) -> Value {
        let periods = proposal.periods.iter().map(|period| {
            json!({
                "label": self.label(&period.label),
                "base": self.amount(period.base),
                "before": self.amount(period.before),
                "after": self.amount(period.after),
            })
        });
        let members = proposal.members.iter().map(|member| {
            json!({
                "who": self.label(&member.who),
                "open": self.amount(member.open),
                "unrecovered": self.amount(member.unrecovered),
                "waiting": member.waiting,
            })
        });
        json!({
            "level": proposal.rule.level,
            "horizon": proposal.rule.horizon,
            "of": proposal.rule.of,
            "supposed_closed": self.labels(&proposal.supposed),
            "periods": periods.collect::<Vec<_>>(),
            "members": members.collect::<Vec<_>>(),
            "unrecovered": self.amount(proposal.unrecovered),
            "refused": proposal.refused.as_ref().map(|label| self.label(label)),
        })
    }

    fn due(&self, due: &ActionDue) -> Value {
        json!({
            "who": self.label(&due.who),
            "owner": due.owner,
            "missed": self.labels(&due.periods),
            "target": self.amount(due.target),
            "actual": self.amount(due.actual),
        })
    }

    fn action(&self, own: &RunningAction) -> Value {
        let causes = own
            .causes
            .iter()
            .map(|(cause, text)| json!({ "cause": cause.code(), "text": text }));
        json!({
            "number": own.number,
            "who": self.label(&own.who),
            "causes": causes.collect::<Vec<_>>(),
            "measures": own.measures,
            "owner": own.owner,
            "due": own.due.to_string(),
            "overdue": own.overdue,
            "effect": own.effect.as_ref().map(|(effect, _)| effect.code()),
            "note": own.effect.as_ref().map(|(_, note)| note),
        })
    }

    fn decisions(&self, lines: &[Decided]) -> Vec<Value> {
        let one = |line: &Decided| {
            json!({
                "number": line.number,
                "period": self.label(&line.period),
                "concerns": line.whom.as_ref().map(|whom| self.label(whom)),
                "text": line.text,
                "owner": line.owner,
                "due": line.due.map(|due| due.to_string()),
                "state": match line.state {
                    DueState::Undated => "undated",
                    DueState::Open => "open",
                    DueState::Due => "due",
                },
            })
        };
        lines.iter().map(one).collect()
    }

    fn revision(&self, own: &RevisionLine) -> Value {
        json!({
            "number": own.number,
            "place": self.label(&own.what),
            "change": own.change,
            "before": own.before.map(|count| self.amount(count)),
            "after": own.after.map(|count| self.amount(count)),
            "reason": own.reason,
            "state": match own.answer {
                RevisionAnswer::Proposed => "proposed",
                RevisionAnswer::Approved(_) => "approved",
                RevisionAnswer::Rejected(_) => "rejected",
            },
            "times_approved": own.times,
        })
    }

    fn remarks(&self, pack: &Pack) -> Value {
        let remarks = &pack.remarks;
        json!({
            "through": remarks.through.map(|day| day.to_string()),
            "lines": remarks.lines,
            "unassigned_lines": remarks.unassigned_lines,
            "unassigned": self.amount(remarks.unassigned),
            "above": self.amount(remarks.above),
            "outside_lines": remarks.outside_lines,
            "not_closed": self.labels(&remarks.not_closed),
        })
    }
}
