//! The pack of a meeting about the part of a plan that somebody sees (rules R1, R3): no total, name or
//! decision from outside it. Must not know HTTP.

use std::sync::Arc;

use fenjie_exchange::review_json;
use fenjie_exchange::review_workbook::review_workbook;
use fenjie_facts::closing::{self, RuleAsked};
use fenjie_plan::CarryRule;
use fenjie_review::{Pack, ReviewRequest, Span, markdown};
use fenjie_store::PlanId;
use fenjie_track::ActualRequest;

use super::{Ground, Made, TrackAsked, ground};
use crate::exports::Form;
use crate::{Actor, App, AppError, Reach, Verb};

/// The most members and parts that a list of a pack shows.
pub const MOST_LISTED: usize = 500;
/// The most sums of members by days that a pack is computed from.
const MOST_SUMS: usize = 20_000_000;

/// Which pack.
#[derive(Clone, Debug, Default)]
pub struct ReviewAsked {
    /// Whose lines, whose part, which measure, seen from which day; and the period: `2026-W11`,
    /// `2026-03`, `2026-Q1`, `2026`, or `week`, `month`, `quarter`, `year` for the last one that is over.
    pub track: TrackAsked,
    /// How many a list shows; 10 where missing.
    pub top: Option<usize>,
}

/// Writes the pack of a meeting about the asker's part.
///
/// # Errors
/// `forbidden`, `not_found`, `place_above_reach`, `format_unfit`, `top_out_of_range`,
/// `review_too_large`, and what is wrong with the question.
pub async fn review(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: ReviewAsked,
    form: Form,
) -> Result<Made, AppError> {
    if !matches!(form, Form::Json | Form::Markdown | Form::Xlsx) {
        return Err(form.unfit());
    }
    let most = asked.top.unwrap_or(10);
    if !(1..=MOST_LISTED).contains(&most) {
        return Err(AppError::invalid(
            "top",
            "top_out_of_range",
            format!("top 须在 1 与 {MOST_LISTED} 之间"),
            format!("top is between 1 and {MOST_LISTED}"),
        ));
    }
    if form == Form::Xlsx {
        actor.may(Verb::Export)?;
    }
    let mut track = asked.track;
    let named = track.period.take().filter(|text| !text.trim().is_empty());
    let (at, by) = (track.at.clone(), track.by.clone());
    let said = track.as_of.as_ref().is_some_and(|text| !text.is_empty());
    ground(app, actor, plan, &track, move |ground| {
        let span = Span::named(
            ground.plan(),
            named.as_deref().unwrap_or("week"),
            ground.as_of,
        );
        let span = span.map_err(|error| AppError::invalid_by("period", &error))?;
        let request = ReviewRequest {
            as_of: match said {
                true => ground.as_of,
                false => ground.as_of.min(span.days.last()),
            },
            most,
            ..ground.review_request(at.as_deref(), by.as_deref(), span)?
        };
        let pack = ground.pack(&request)?;
        ground.written(&pack, form)
    })
    .await
}

impl Ground {
    fn review_request(
        &self,
        at: Option<&str>,
        by: Option<&str>,
        span: Span,
    ) -> Result<ReviewRequest, AppError> {
        let within = self.members(at)?;
        let own = self.own_depths(&within);
        let deepest = self.deepest(&within);
        let wanted = self.depths(by)?;
        let depths = wanted.iter().zip(&own).zip(&deepest);
        let depths = depths.map(|((wanted, own), deepest)| *wanted.max(own).min(deepest));
        Ok(ReviewRequest {
            measure: self.measure,
            span,
            as_of: self.as_of,
            depths: depths.collect(),
            most: 0,
            carry: self.carry_rule()?,
            within,
            deepest,
        })
    }

    /// For each dimension the deepest level at which the asker sees everything inside some members.
    fn deepest(&self, members: &[u32]) -> Vec<usize> {
        let mut deepest = vec![usize::MAX; members.len()];
        let within = self.within();
        let Reach::Nodes { axis, .. } = within.reach else {
            return deepest;
        };
        let tree = &self.plan().model().axes()[*axis].tree;
        let inside = |node: &u32| tree.contains(members[*axis], *node);
        let hidden = (0..tree.len() as u32)
            .filter(inside)
            .filter(|node| !within.sees_node(*axis, *node));
        if let Some(depth) = hidden.map(|node| tree.depth(node)).min() {
            deepest[*axis] = depth.saturating_sub(1);
        }
        deepest
    }

    /// The rule that a shortfall is carried by, where the asker may see what is carried.
    fn carry_rule(&self) -> Result<Option<CarryRule>, AppError> {
        if !self.within().sees_carried(self.measure) {
            return Ok(None);
        }
        let hints = &self.opened.loaded.definition().carry;
        let rule = closing::rule(&RuleAsked::default(), hints, self.plan(), self.measure);
        rule.map(Some).map_err(AppError::refused)
    }

    fn pack(&self, request: &ReviewRequest) -> Result<Pack, AppError> {
        let plan = self.plan();
        let needs = request.needs(plan);
        let sums = |asked: &ActualRequest| {
            let axes = asked.depths.iter().enumerate();
            let nodes = axes.map(|(axis, depth)| plan.model().nodes_at_depth(axis, *depth).len());
            nodes.fold(asked.periods.len(), |product, count| {
                product.saturating_mul(count.max(1))
            })
        };
        if needs.iter().map(sums).max().unwrap_or(0) > MOST_SUMS {
            return Err(AppError::invalid(
                "by",
                "review_too_large",
                "这份材料要汇总的数字太多；缩短期间，或用 by 指定更粗的层级",
                "this pack adds up too much; ask for a shorter period, or a coarser level in `by`",
            ));
        }
        let results = needs.iter().map(|asked| {
            let found = self.sales.actuals(plan, asked);
            found.map_err(AppError::refused)
        });
        let results = results.collect::<Result<Vec<_>, _>>()?;
        Pack::gather(plan, request, &results).map_err(AppError::refused)
    }

    fn written(&self, pack: &Pack, form: Form) -> Result<Made, AppError> {
        let lang = self.opened.actor.lang;
        let json = review_json::pack(pack, lang).to_string();
        let tag = Made::tag_of(&[&json, form.ending(), lang.pick("zh", "en")]);
        let bytes = match form {
            Form::Xlsx => review_workbook(&pack.document(lang)).map_err(AppError::refused)?,
            Form::Markdown => markdown(&pack.document(lang)).into_bytes(),
            _ => json.into_bytes(),
        };
        let (plan, span) = (&self.opened.record.name, pack.span.label.text(lang));
        Ok(Made {
            name: format!("{plan} {span}.{}", form.ending()),
            form,
            bytes,
            tag,
        })
    }
}
