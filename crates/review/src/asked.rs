//! What a meeting looks at: a week or a month of the plan, the month around it, whose results. Finds it
//! in the plan; reads no results.

use fenjie_calendar::{CalendarError, Date, DateRange, Level, Period};
use fenjie_message::{Lang, Message};
use fenjie_plan::Plan;

use crate::label::{self, Label};

/// A period under review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// A week, a month, a quarter or a year.
    pub level: Level,
    /// What people call it.
    pub label: Label,
    /// Its days that the plan has.
    pub days: DateRange,
    /// The nodes of the time axis that make it up, in order: a week across a month's end has two.
    pub nodes: Vec<u32>,
}

/// Why a period cannot be reviewed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", fenjie_message::english(self))]
pub enum ReviewError {
    /// Neither a week nor a day in one.
    NotAWeek {
        /// As it was typed.
        text: String,
    },
    /// No week, month, quarter or year, and no day in a week.
    NotAPeriod {
        /// As it was typed.
        text: String,
    },
    /// Not a month.
    NotAMonth {
        /// As it was typed.
        text: String,
    },
    /// No day of it lies in the plan.
    OutsidePlan {
        /// The period.
        period: String,
        /// The plan's days.
        plan: String,
    },
    /// The plan's time axis has no nodes that make the period up.
    NoSuchLevel {
        /// The period.
        period: String,
    },
    /// A name the calendar does not know.
    Calendar(CalendarError),
    /// Tracking refuses.
    Track(fenjie_track::TrackError),
    /// The plan refuses.
    Plan(Box<fenjie_plan::PlanError>),
}

impl From<CalendarError> for ReviewError {
    fn from(error: CalendarError) -> Self {
        ReviewError::Calendar(error)
    }
}

impl From<fenjie_track::TrackError> for ReviewError {
    fn from(error: fenjie_track::TrackError) -> Self {
        ReviewError::Track(error)
    }
}

impl From<fenjie_plan::PlanError> for ReviewError {
    fn from(error: fenjie_plan::PlanError) -> Self {
        ReviewError::Plan(Box::new(error))
    }
}

impl Message for ReviewError {
    fn code(&self) -> &'static str {
        match self {
            ReviewError::NotAWeek { .. } => "review_not_a_week",
            ReviewError::NotAPeriod { .. } => "review_not_a_period",
            ReviewError::NotAMonth { .. } => "review_not_a_month",
            ReviewError::OutsidePlan { .. } => "review_outside_plan",
            ReviewError::NoSuchLevel { .. } => "review_no_such_level",
            ReviewError::Calendar(error) => error.code(),
            ReviewError::Track(error) => error.code(),
            ReviewError::Plan(error) => error.code(),
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (ReviewError::NotAWeek { text }, Lang::Zh) => format!("`{text}` 不是一周，也不是一天"),
            (ReviewError::NotAWeek { text }, Lang::En) => {
                format!("`{text}` is neither a week nor a day")
            }
            (ReviewError::NotAPeriod { text }, Lang::Zh) => {
                format!("`{text}` 不是一周、一月、一季或一年")
            }
            (ReviewError::NotAPeriod { text }, Lang::En) => {
                format!("`{text}` is no week, month, quarter or year")
            }
            (ReviewError::NotAMonth { text }, Lang::Zh) => format!("`{text}` 不是一个月"),
            (ReviewError::NotAMonth { text }, Lang::En) => format!("`{text}` is not a month"),
            (ReviewError::OutsidePlan { period, plan }, Lang::Zh) => {
                format!("`{period}` 不在方案期间 {plan} 内")
            }
            (ReviewError::OutsidePlan { period, plan }, Lang::En) => {
                format!("`{period}` lies outside the plan's {plan}")
            }
            (ReviewError::NoSuchLevel { period }, Lang::Zh) => {
                format!("方案的时间轴没有细到 `{period}`")
            }
            (ReviewError::NoSuchLevel { period }, Lang::En) => {
                format!("the plan's time axis is not as fine as `{period}`")
            }
            (ReviewError::Calendar(error), _) => error.text(lang),
            (ReviewError::Track(error), _) => error.text(lang),
            (ReviewError::Plan(error), _) => error.text(lang),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let text = match self {
            ReviewError::NotAWeek { .. } => lang.pick(
                "周写成 2026-W11，或写其中一天：2026-03-06",
                "write a week as 2026-W11, or one of its days: 2026-03-06",
            ),
            ReviewError::NotAPeriod { .. } => lang.pick(
                "写成 2026-W11、2026-03、2026-Q1、2026，或 week、month、quarter、year",
                "write 2026-W11, 2026-03, 2026-Q1, 2026, or week, month, quarter, year",
            ),
            ReviewError::NotAMonth { .. } => {
                lang.pick("月份写成 2026-03", "write a month as 2026-03")
            }
            ReviewError::NoSuchLevel { .. } => lang.pick(
                "在 [calendar] levels 中加入 piece（周段）与 day",
                "add `piece` and `day` to the levels of [calendar]",
            ),
            ReviewError::OutsidePlan { .. } => return None,
            ReviewError::Calendar(error) => return error.hint(lang),
            ReviewError::Track(error) => return error.hint(lang),
            ReviewError::Plan(error) => return error.hint(lang),
        };
        Some(text.into())
    }
}

impl Span {
    /// The week that a text names: `2026-W11`, or a day in it.
    ///
    /// # Errors
    /// Texts that name something else, weeks outside the plan, plans without weeks or days.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// // The brief's weeks run from Friday to Thursday.
    /// let week = fenjie_review::Span::week(&plan, "2026-W10").unwrap();
    /// assert_eq!(week.days.to_string(), "2026-03-06..2026-03-12");
    /// assert_eq!(fenjie_review::Span::week(&plan, "2026-03-09").unwrap(), week);
    /// ```
    pub fn week(plan: &Plan, text: &str) -> Result<Span, ReviewError> {
        let definition = plan.model().definition();
        let found = definition.calendar.find_within(text, definition.period)?;
        match found.level {
            Level::Week => Span::of_period(plan, found),
            Level::Day => Span::week_of(plan, found.range.start),
            _ => Err(ReviewError::NotAWeek { text: text.into() }),
        }
    }

    /// The week of a day.
    ///
    /// # Errors
    /// Days outside the plan, plans without weeks or days.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// // A week that crosses the month's end is made of its two pieces.
    /// let week = fenjie_review::Span::week_of(&plan, "2026-03-31".parse().unwrap()).unwrap();
    /// assert_eq!((week.days.to_string().as_str(), week.nodes.len()), ("2026-03-27..2026-04-02", 2));
    /// ```
    pub fn week_of(plan: &Plan, day: Date) -> Result<Span, ReviewError> {
        let calendar = &plan.model().definition().calendar;
        let one = DateRange::through(day, day)?;
        // The weeks of one day are cut to that day; its name leads to the whole week.
        let week = calendar.periods(one, Level::Week).into_iter().next();
        let key = week.map(|week| week.key).unwrap_or_default();
        let key = key.rsplit('/').next().unwrap_or_default();
        let week = calendar.find(key)?;
        Span::of_period(plan, week)
    }

    /// The month that a text names: `2026-03`.
    ///
    /// # Errors
    /// Texts that name something else, months outside the plan, plans without months.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert_eq!(fenjie_review::Span::month(&plan, "3月").unwrap().days.days(), 31);
    /// assert!(fenjie_review::Span::month(&plan, "2026-W10").is_err());
    /// ```
    pub fn month(plan: &Plan, text: &str) -> Result<Span, ReviewError> {
        let definition = plan.model().definition();
        let found = definition.calendar.find_within(text, definition.period)?;
        match found.level {
            Level::Month => Span::of_period(plan, found),
            _ => Err(ReviewError::NotAMonth { text: text.into() }),
        }
    }

    /// What a text names: a week, a month, a quarter, a year, or a day for its week; `week`, `month`,
    /// `quarter` and `year` for the last one that is over on a day.
    ///
    /// # Errors
    /// Texts that name something else, periods outside the plan, plans without such periods.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let asked = |text: &str| {
    ///     let span = fenjie_review::Span::named(&plan, text, "2026-04-15".parse().unwrap());
    ///     span.map(|span| span.days.to_string())
    /// };
    /// assert_eq!(asked("2026-Q2").unwrap(), "2026-04-01..2026-06-30");
    /// assert_eq!(asked("quarter").unwrap(), "2026-01-01..2026-03-31");
    /// assert_eq!(asked("2026").unwrap(), asked("year").unwrap());
    /// assert!(asked("2026-03-06#1").is_err());
    /// ```
    pub fn named(plan: &Plan, text: &str, as_of: Date) -> Result<Span, ReviewError> {
        let text = text.trim();
        match text {
            "week" => return Span::last_week(plan, as_of),
            "month" => return Span::last(plan, Level::Month, as_of),
            "quarter" => return Span::last(plan, Level::Quarter, as_of),
            "year" => return Span::last(plan, Level::Year, as_of),
            _ => {}
        }
        let definition = plan.model().definition();
        let found = definition.calendar.find_within(text, definition.period)?;
        match found.level {
            Level::Day => Span::week_of(plan, found.range.start),
            Level::Week | Level::Month | Level::Quarter | Level::Year => {
                Span::of_period(plan, found)
            }
            _ => Err(ReviewError::NotAPeriod { text: text.into() }),
        }
    }

    /// The last period of a level that is over on a day, or the first one where none is.
    fn last(plan: &Plan, level: Level, as_of: Date) -> Result<Span, ReviewError> {
        let definition = plan.model().definition();
        let periods = definition.calendar.periods(definition.period, level);
        let over = periods.iter().rposition(|own| own.range.last() <= as_of);
        let period = periods.into_iter().nth(over.unwrap_or(0));
        let period = period.ok_or_else(|| ReviewError::NoSuchLevel {
            period: level.code().into(),
        })?;
        Span::of_period(plan, period)
    }

    fn of_period(plan: &Plan, period: Period) -> Result<Span, ReviewError> {
        let label = Label {
            zh: period.label_zh,
            en: period.label_en,
        };
        Span::of(plan, period.level, period.range, label)
    }

    /// The last week that is over on a day, or the running one where none is.
    ///
    /// # Errors
    /// As [`Span::week_of`].
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let seen_from = |day: &str| {
    ///     let week = fenjie_review::Span::last_week(&plan, day.parse().unwrap()).unwrap();
    ///     week.days.start.to_string()
    /// };
    /// assert_eq!(seen_from("2026-03-12"), "2026-03-06");
    /// assert_eq!(seen_from("2026-03-13"), "2026-03-06");
    /// ```
    pub fn last_week(plan: &Plan, as_of: Date) -> Result<Span, ReviewError> {
        let period = plan.model().definition().period;
        let day = as_of.clamp(period.start, period.last());
        let running = Span::week_of(plan, day)?;
        if running.days.last() <= as_of {
            return Ok(running);
        }
        match running.days.start.yesterday() {
            Ok(before) if before >= period.start => Span::week_of(plan, before),
            _ => Ok(running),
        }
    }

    fn of(plan: &Plan, level: Level, days: DateRange, label: Label) -> Result<Span, ReviewError> {
        let period = plan.model().definition().period;
        let common = days.common(&period);
        let Some(days) = common.filter(|days| days.start < days.end) else {
            return Err(ReviewError::OutsidePlan {
                period: label.zh,
                plan: period.to_string(),
            });
        };
        let mut nodes = Vec::new();
        if !parts_of(plan, 0, days, &mut nodes) {
            return Err(ReviewError::NoSuchLevel { period: label.zh });
        }
        Ok(Span {
            level,
            label,
            days,
            nodes,
        })
    }

    /// The node of a month that holds the period's last day, or of the coarsest period below the whole
    /// that does.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let march = fenjie_review::Span::around(&plan, "2026-03-12".parse().unwrap());
    /// assert_eq!(plan.model().axes()[3].tree.code(march), "2026-03");
    /// ```
    pub fn around(plan: &Plan, day: Date) -> u32 {
        let time = plan.model().axes().last().expect("time is always there");
        let holds = |node: &u32| time.days_of(*node).is_some_and(|days| days.contains(day));
        let nodes = || (0..time.tree.len() as u32).filter(holds);
        let month = nodes().find(|node| time.time_level_of(*node) == Some(Level::Month));
        month
            .or_else(|| nodes().find(|node| *node != 0))
            .unwrap_or(0)
    }

    /// The nodes' own names, for a week that is cut.
    pub(crate) fn part_labels(&self, plan: &Plan) -> Vec<Label> {
        let label = |node: &u32| label::period(plan, *node);
        self.nodes.iter().map(label).collect()
    }
}

/// The coarsest nodes that make up a range of days, in order; false where there are none.
fn parts_of(plan: &Plan, node: u32, wanted: DateRange, parts: &mut Vec<u32>) -> bool {
    let time = plan.model().axes().last().expect("time is always there");
    let days = time.days_of(node).expect("a period has days");
    if days.start >= wanted.end || days.end <= wanted.start {
        return true;
    }
    if days.start >= wanted.start && days.end <= wanted.end {
        parts.push(node);
        return true;
    }
    if time.tree.is_leaf(node) {
        return false;
    }
    let below: Vec<u32> = time.tree.children(node).collect();
    below
        .into_iter()
        .all(|child| parts_of(plan, child, wanted, parts))
}
