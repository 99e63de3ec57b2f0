//! Action plans, revisions, decisions and resolutions: what people decide while a plan runs (rules J5,
//! J6). Knows no arithmetic of its own.

use std::sync::Arc;

use crate::adjust_error::AdjustError;
use crate::adjusted::{ActionRecord, RevisionRecord, WaiverRecord};
use crate::adjustment::{ActionCheck, ActionPlan, Decision, Resolution, Revision, Waiver};
use crate::error::PlanError;
use crate::model::Place;
use crate::operation::{Address, ChangeBy};
use crate::state::Plan;
use crate::trace::Trace;

/// An action plan in the log, with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledAction<'p> {
    /// The operation's number in the log.
    pub number: usize,
    /// The plan.
    pub plan: &'p ActionPlan,
    /// Whose it is: one node per dimension.
    pub members: Vec<u32>,
    /// The last check of its effect, with its number in the log.
    pub check: Option<(usize, &'p ActionCheck)>,
}

/// A revision in the log, with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionState<'p> {
    /// The operation's number in the log.
    pub number: usize,
    /// The revision.
    pub revision: &'p Revision,
    /// Where.
    pub place: Place,
    /// The value before: when it was proposed, and once it is answered when it was answered.
    pub before: Option<i64>,
    /// The value that an approval brought.
    pub after: Option<i64>,
    /// The answer.
    pub state: RevisionAnswer,
}

/// The answer to a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevisionAnswer {
    /// None yet.
    Proposed,
    /// Approved by the operation of this number.
    Approved(usize),
    /// Rejected by the operation of this number.
    Rejected(usize),
}

impl Plan {
    /// The action plans in force, in the order of the log.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().action_plans().is_empty());
    /// ```
    pub fn action_plans(&self) -> Vec<FiledAction<'_>> {
        let actions = self.adjustments.actions.iter();
        actions
            .map(|action| FiledAction {
                number: action.number,
                plan: &action.plan,
                members: action.members.clone(),
                check: action
                    .check
                    .as_ref()
                    .map(|(number, check)| (*number, check)),
            })
            .collect()
    }

    /// The revisions, in the order of the log.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().revisions().is_empty());
    /// ```
    pub fn revisions(&self) -> Vec<RevisionState<'_>> {
        let revisions = self.adjustments.revisions.iter();
        revisions
            .map(|known| RevisionState {
                number: known.number,
                revision: &known.revision,
                place: known.place.clone(),
                before: known.before,
                after: known.answer.and_then(|(_, after)| after),
                state: match known.answer {
                    None => RevisionAnswer::Proposed,
                    Some((number, Some(_))) => RevisionAnswer::Approved(number),
                    Some((number, None)) => RevisionAnswer::Rejected(number),
                },
            })
            .collect()
    }

    /// How many approved revisions touched a place: they are at it or inside it (rule J6).
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// assert_eq!(plan.times_revised(&plan.place("region=华东").unwrap()), 0);
    /// ```
    pub fn times_revised(&self, place: &Place) -> usize {
        let revisions = self.adjustments.revisions.iter();
        let approved = revisions.filter(|known| known.is_approved());
        approved
            .filter(|known| self.stands_above(&place.0, &known.place.0))
            .count()
    }

    /// The version of the targets: 1, and one more for every approved revision.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert_eq!(Plan::new(example::definition()).unwrap().version(), 1);
    /// ```
    pub fn version(&self) -> usize {
        let mut revisions = self.adjustments.revisions.iter();
        1 + revisions
            .by_ref()
            .filter(|known| known.is_approved())
            .count()
    }

    /// What meetings decided, with the numbers in the log.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().resolutions().is_empty());
    /// ```
    pub fn resolutions(&self) -> Vec<(usize, &Resolution)> {
        let known = self.adjustments.resolutions.iter();
        known
            .map(|(number, resolution)| (*number, resolution))
            .collect()
    }

    /// Files an action plan (rule J5).
    pub(crate) fn file_action(
        &mut self,
        number: usize,
        plan: &ActionPlan,
    ) -> Result<(), PlanError> {
        let measure = self.model.flow_index(&plan.measure)?;
        let members = self.members_only(&plan.at)?;
        let said = |texts: &[String]| texts.iter().any(|text| !text.trim().is_empty());
        require(!plan.causes.is_empty(), NO_CAUSE)?;
        require(said(&plan.measures), NO_MEASURE)?;
        require(!plan.owner.trim().is_empty(), NO_OWNER)?;
        Arc::make_mut(&mut self.adjustments.actions).push(ActionRecord {
            number,
            measure,
            members,
            plan: plan.clone(),
            check: None,
        });
        Ok(())
    }

    /// Notes what became of an action plan.
    pub(crate) fn check_action(
        &mut self,
        number: usize,
        check: &ActionCheck,
    ) -> Result<(), PlanError> {
        let actions = Arc::make_mut(&mut self.adjustments.actions);
        let known: Vec<String> = actions.iter().map(|act| act.number.to_string()).collect();
        let sequence = check.sequence;
        let found = actions
            .iter_mut()
            .find(|action| action.number as u64 == sequence);
        let Some(action) = found else {
            return Err(AdjustError::NoActionPlan { sequence, known }.into());
        };
        action.check = Some((number, check.clone()));
        Ok(())
    }

    /// Lets adjustments go on without an action plan.
    pub(crate) fn waive(&mut self, number: usize, waiver: &Waiver) -> Result<(), PlanError> {
        let measure = self.model.flow_index(&waiver.measure)?;
        let members = self.members_only(&waiver.at)?;
        require(!waiver.reason.trim().is_empty(), NO_REASON_TO_WAIVE)?;
        Arc::make_mut(&mut self.adjustments.waivers).push(WaiverRecord {
            number,
            measure,
            members,
        });
        Ok(())
    }

    fn members_only(&self, at: &Address) -> Result<Vec<u32>, PlanError> {
        let mut place = self.model.place(at)?;
        if place.0[self.model.time()] != 0 {
            let place = self.model.place_text(&place);
            return Err(AdjustError::MembersOnly { place }.into());
        }
        place.0.truncate(self.model.time());
        Ok(place.0)
    }

    /// Takes a proposed revision in; it changes nothing yet (rule J6).
    pub(crate) fn propose(&mut self, number: usize, revision: &Revision) -> Result<(), PlanError> {
        let measure = self.model.flow_index(&revision.measure)?;
        let place = self.model.place(&revision.at)?;
        require(!revision.reason.trim().is_empty(), NO_REASON_TO_REVISE)?;
        let text = self.model.place_text(&place);
        let before = self.value(measure, &place);
        if before.is_none() {
            let axis = self.model.axes()[self.model.time()].code.clone();
            return Err(PlanError::NotDecomposed { place: text, axis });
        }
        if let ChangeBy::To(amount) | ChangeBy::By(amount) = &revision.change {
            self.amount(measure, amount, &text)?;
        }
        self.refuse_revising_closed(measure, &place)?;
        self.refuse_held(measure, &place)?;
        self.refuse_waiting(measure, number, &place)?;
        Arc::make_mut(&mut self.adjustments.revisions).push(RevisionRecord {
            number,
            measure,
            place,
            revision: revision.clone(),
            before,
            answer: None,
        });
        Ok(())
    }

    fn refuse_revising_closed(&self, measure: usize, place: &Place) -> Result<(), PlanError> {
        let time = self.model.time();
        let period = place.0[time];
        if !self.is_closed_in(measure, period) {
            return Ok(());
        }
        Err(AdjustError::PeriodClosed {
            place: self.model.place_text(place),
            closed: self.closed_since(measure, &[period]),
        }
        .into())
    }

    /// Refuses a change of somebody whose action plan is due (rule J5).
    fn refuse_waiting(
        &self,
        measure: usize,
        number: usize,
        place: &Place,
    ) -> Result<(), PlanError> {
        let members = &place.0[..self.model.time()];
        let holds = |row: &[u32]| self.stands_above(row, members);
        let due = self.due_before(measure, number, &holds);
        let Some(streak) = due.first() else {
            return Ok(());
        };
        let axis = &self.model.axes()[self.model.time()];
        let code = |period: &u32| axis.tree.code(*period).to_owned();
        let mut row = streak.members.clone();
        row.push(0);
        Err(AdjustError::ActionPlanDue {
            place: self.model.place_text(&Place(row)),
            missed: streak.periods.iter().map(code).collect(),
        }
        .into())
    }

    /// Answers a revision; an approved one takes effect now.
    pub(crate) fn decide(
        &mut self,
        number: usize,
        decision: &Decision,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let sequence = decision.sequence;
        let revisions = &self.adjustments.revisions;
        let known = revisions
            .iter()
            .position(|known| known.number as u64 == sequence);
        let Some(at) = known else {
            let open = revisions.iter().filter(|known| known.answer.is_none());
            let known = open.map(|known| known.number.to_string()).collect();
            return Err(AdjustError::NoRevision { sequence, known }.into());
        };
        let known = revisions[at].clone();
        if let Some((by, _)) = known.answer {
            return Err(AdjustError::AnsweredAlready { sequence, by }.into());
        }
        require(!decision.reason.trim().is_empty(), NO_REASON_TO_DECIDE)?;
        let measure = known.measure;
        let before = self.value(measure, &known.place);
        let mut after = None;
        if decision.approved {
            let place = self.visible_place(measure, &known.revision.at)?;
            let value = self.changed(measure, &place, &known.revision.change)?;
            self.refuse_held(measure, &place)?;
            self.bring(measure, &place, value, &known.revision.keep, trace)?;
            after = Some(value);
        }
        let known = &mut Arc::make_mut(&mut self.adjustments.revisions)[at];
        known.before = before;
        known.answer = Some((number, after));
        Ok(())
    }

    /// Keeps what a meeting decided.
    pub(crate) fn resolve(
        &mut self,
        number: usize,
        resolution: &Resolution,
    ) -> Result<(), PlanError> {
        self.model.place(&resolution.period)?;
        self.model.place(&resolution.at)?;
        require(!resolution.text.trim().is_empty(), NO_TEXT)?;
        Arc::make_mut(&mut self.adjustments.resolutions).push((number, resolution.clone()));
        Ok(())
    }
}

impl RevisionRecord {
    fn is_approved(&self) -> bool {
        self.answer.is_some_and(|(_, after)| after.is_some())
    }
}

/// What an act must say: its code, and the texts in both languages.
type Need = (&'static str, &'static str, &'static str);

const NO_CAUSE: Need = (
    "action_plan_lacks_cause",
    "改进计划要写明至少一个原因：市场、目标、策略、执行、客户",
    "an action plan names at least one cause: market, target, strategy, execution, customers",
);
const NO_MEASURE: Need = (
    "action_plan_lacks_measure",
    "改进计划要写明至少一项措施",
    "an action plan names at least one measure to be taken",
);
const NO_OWNER: Need = (
    "action_plan_lacks_owner",
    "改进计划要写明负责人",
    "an action plan names its owner",
);
const NO_REASON_TO_WAIVE: Need = (
    "waiver_lacks_reason",
    "免等改进计划要写明理由",
    "going on without an action plan needs a reason",
);
const NO_REASON_TO_REVISE: Need = (
    "revision_lacks_reason",
    "目标调整要写明原因",
    "a revision needs a reason",
);
const NO_REASON_TO_DECIDE: Need = (
    "decision_lacks_reason",
    "审批要写明理由",
    "an answer to a revision needs a reason",
);
const NO_TEXT: Need = (
    "resolution_lacks_text",
    "决议没有内容",
    "the resolution says nothing",
);

fn require(said: bool, (act, zh, en): Need) -> Result<(), PlanError> {
    match said {
        true => Ok(()),
        false => Err(AdjustError::Lacks { act, zh, en }.into()),
    }
}
