//! What undoing an import, or bringing it back, changes: shown first, then written. Computes no sums
//! itself.

use fenjie_facts::{ImportRecord, Store};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::Plan;
use fenjie_track::ActualRequest;
use serde_json::json;

use super::days;
use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// An import and the totals that follow from its standing.
pub struct Before {
    import: ImportRecord,
    on: bool,
    /// Of each flow: its name and code, the total of the plan's period now and then.
    totals: Vec<Total>,
}

struct Total {
    name: String,
    code: String,
    now: String,
    then: String,
    plain: (String, String),
}

impl Before {
    /// Looks at both standings; writes nothing.
    ///
    /// # Errors
    /// `import_unknown`, an import that stands so already, what the facts refuse.
    pub fn look(plan: &Plan, store: &Store, number: u64, on: bool) -> Result<Before, Failure> {
        let other = store.with_effect(number, on)?;
        let import = store.imports().iter().find(|own| own.number == number);
        let definition = plan.model().definition();
        let measures = definition.measures.iter().enumerate();
        let flows: Vec<usize> = measures
            .filter(|(_, own)| own.is_flow())
            .map(|(at, _)| at)
            .collect();
        let axes = definition.dimensions.len();
        let request = ActualRequest {
            measures: flows.clone(),
            depths: vec![0; axes],
            periods: vec![0],
            until: definition.period.last(),
            within: vec![0; axes],
        };
        let (now, then) = (
            store.actuals(plan, &request)?,
            other.actuals(plan, &request)?,
        );
        let total = |at: usize| {
            let measure = &definition.measures[at];
            let (now, then) = (now.total(at), then.total(at));
            let shown = |sum| measure.step.format_grouped(sum, DisplayUnit::One);
            Total {
                name: measure.name.clone(),
                code: measure.code.clone(),
                now: shown(now),
                then: shown(then),
                plain: (measure.step.format(now), measure.step.format(then)),
            }
        };
        Ok(Before {
            import: import
                .expect("an import that can be undone is there")
                .clone(),
            on,
            totals: flows.into_iter().map(total).collect(),
        })
    }

    /// Says what changes, and whether it is written.
    ///
    /// # Errors
    /// Where nothing can be printed.
    pub fn print(&self, is_written: bool, terminal: &mut Terminal) -> Result<Exit, Failure> {
        let (number, on, lang) = (self.import.number, self.on, terminal.lang);
        if terminal.json {
            let totals = self.totals.iter().map(|total| {
                let (now, then) = &total.plain;
                (total.code.clone(), json!({ "before": now, "after": then }))
            });
            terminal.print_json(&json!({
                "import": number,
                "in_effect": if is_written { on } else { !on },
                "written": is_written,
                "totals": totals.collect::<serde_json::Map<_, _>>(),
            }))?;
            return Ok(Exit::Done);
        }
        let (file, lines, days) = (
            &self.import.meta.file,
            self.import.lines,
            days(self.import.days),
        );
        terminal.print(match (on, lang) {
            (false, Lang::Zh) => format!("撤销第 {number} 次导入 `{file}`：{lines} 笔，{days}"),
            (true, Lang::Zh) => format!("恢复第 {number} 次导入 `{file}`：{lines} 笔，{days}"),
            (false, Lang::En) => format!("undo import {number}, `{file}`: {lines} lines, {days}"),
            (true, Lang::En) => {
                format!("bring back import {number}, `{file}`: {lines} lines, {days}")
            }
        })?;
        let replaced = self.import.replaced;
        if replaced > 0 {
            terminal.print(match (on, lang) {
                (false, Lang::Zh) => format!("  它更正过的 {replaced} 笔按更正之前的计"),
                (true, Lang::Zh) => format!("  它更正的 {replaced} 笔重新按更正之后的计"),
                (false, Lang::En) => {
                    format!("  lines it had corrected count as before: {replaced}")
                }
                (true, Lang::En) => format!("  lines it corrects count as corrected: {replaced}"),
            })?;
        }
        for Total {
            name, now, then, ..
        } in &self.totals
        {
            terminal.print(match lang {
                Lang::Zh => format!("  方案期间{name}实绩合计：{now} → {then}"),
                Lang::En => format!("  actual {name} of the plan's period: {now} → {then}"),
            })?;
        }
        terminal.print(match (is_written, on, lang) {
            (false, _, Lang::Zh) => "这是预览，没有写入；确认后加 `--yes`".to_owned(),
            (false, _, Lang::En) => "a preview, nothing is written; add `--yes` to write it".into(),
            (true, false, Lang::Zh) => format!("已撤销；恢复用 `--redo {number} --yes`"),
            (true, false, Lang::En) => format!("undone; `--redo {number} --yes` brings it back"),
            (true, true, Lang::Zh) => "已恢复".into(),
            (true, true, Lang::En) => "it is back".into(),
        })?;
        Ok(Exit::Done)
    }
}
