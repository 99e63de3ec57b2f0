//! How selling years are cut into periods: Gregorian and fiscal years, 13 periods, 4-4-5 weeks,
//! boundaries given by date (rule C2). Knows nothing of weeks that cross a period.

use jiff::civil::{Date, Weekday};

use crate::days::{in_month, month_plus, on_or_before, plus};
use crate::{CalendarError, DateRange};

/// How a year is cut into periods (rule C2). A month is the fiscal period of the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum YearRule {
    /// Twelve months from a month and day: 1 January, 1 April, 26 December (then a month runs
    /// from the 26th to the 25th). In months too short for the day, the month's last day starts it.
    Calendar {
        /// 1 to 12
        start_month: i8,
        /// 1 to 31; 29 February is refused, since most years lack it
        start_day: i8,
    },
    /// Thirteen periods of four weeks; the 53rd week of a long year falls into the thirteenth.
    Thirteen {
        /// the weekday on which every year ends
        ends_on: Weekday,
        /// which of those weekdays it is
        year_end: YearEnd,
        /// the month in or near whose end the year ends, 1 to 12
        month: i8,
    },
    /// Quarters of 13 weeks in three months of so many weeks: 4-4-5, 4-5-4, 5-4-4; the 53rd week
    /// of a long year falls into its last month.
    Weeks {
        /// weeks of the three months of a quarter, 13 in sum
        pattern: [u8; 3],
        /// the weekday on which every year ends
        ends_on: Weekday,
        /// which of those weekdays it is
        year_end: YearEnd,
        /// the month in or near whose end the year ends, 1 to 12
        month: i8,
    },
    /// Periods that start on given dates, as real quota tables have them; one year, no quarters.
    Free {
        /// key and first day of each period, ascending
        boundaries: Vec<(String, Date)>,
        /// the day after the last period
        end: Date,
    },
}

/// Where a year of whole weeks ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum YearEnd {
    /// On the last such weekday inside the month.
    Last,
    /// On the such weekday nearest to the month's last day, up to three days later.
    Nearest,
}

/// Which calendar year gives a fiscal year its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum YearNamed {
    /// The one that holds its middle day: a year from April 2026 is FY2026, one from October 2025
    /// is FY2026 too.
    #[default]
    Majority,
    /// The one in which it starts.
    Start,
    /// The one in which it ends.
    End,
}

/// One selling year with its cuts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SellingYear {
    /// Its number, the 2026 of FY2026.
    pub(crate) number: i16,
    pub(crate) range: DateRange,
    /// First day of each period, ascending; the first is the year's.
    pub(crate) starts: Vec<Date>,
}

impl SellingYear {
    /// The period at this place, counted from 0.
    pub(crate) fn period(&self, at: usize) -> DateRange {
        let end = self.starts.get(at + 1).copied().unwrap_or(self.range.end);
        DateRange {
            start: self.starts[at],
            end,
        }
    }

    /// The place of the period that holds the date.
    pub(crate) fn period_of(&self, date: Date) -> usize {
        self.starts
            .partition_point(|start| *start <= date)
            .saturating_sub(1)
    }

    /// The part `at` (from 0) of `count` equal parts, 4 quarters or 2 halves; the last takes what
    /// is left over (13 periods: 3, 3, 3, 4).
    pub(crate) fn part(&self, at: usize, count: usize) -> DateRange {
        let each = self.starts.len() / count;
        let end = if at + 1 == count {
            self.range.end
        } else {
            self.starts[(at + 1) * each]
        };
        DateRange {
            start: self.starts[at * each],
            end,
        }
    }

    /// The place of the part that holds the date.
    pub(crate) fn part_of(&self, date: Date, count: usize) -> usize {
        let each = self.starts.len() / count;
        (self.period_of(date) / each).min(count - 1)
    }
}

impl YearRule {
    /// The Gregorian year.
    ///
    /// ```
    /// use fenjie_calendar::{SalesCalendar, YearRule};
    /// assert!(YearRule::gregorian().is_gregorian());
    /// ```
    pub const fn gregorian() -> Self {
        Self::Calendar {
            start_month: 1,
            start_day: 1,
        }
    }

    /// Whether years start on 1 January and are cut into the twelve months.
    ///
    /// ```
    /// use fenjie_calendar::YearRule;
    /// assert!(!YearRule::Calendar { start_month: 4, start_day: 1 }.is_gregorian());
    /// ```
    pub const fn is_gregorian(&self) -> bool {
        matches!(
            self,
            Self::Calendar {
                start_month: 1,
                start_day: 1
            }
        )
    }

    /// The weekday on which every year ends, for years of whole weeks.
    ///
    /// ```
    /// use fenjie_calendar::{Weekday, YearEnd, YearRule};
    /// let (ends_on, year_end) = (Weekday::Saturday, YearEnd::Last);
    /// let rule = YearRule::Thirteen { ends_on, year_end, month: 12 };
    /// assert_eq!(rule.ends_on(), Some(Weekday::Saturday));
    /// ```
    pub const fn ends_on(&self) -> Option<Weekday> {
        match self {
            Self::Thirteen { ends_on, .. } | Self::Weeks { ends_on, .. } => Some(*ends_on),
            Self::Calendar { .. } | Self::Free { .. } => None,
        }
    }

    /// Proves that the rule cuts years.
    ///
    /// # Errors
    /// `year_rule_invalid`: a start day that some year lacks (29 February, 31 April), a pattern
    /// that is not 13 weeks, boundaries that do not ascend or whose keys repeat.
    ///
    /// ```
    /// use fenjie_calendar::YearRule;
    /// assert!(YearRule::Calendar { start_month: 12, start_day: 26 }.check().is_ok());
    /// assert!(YearRule::Calendar { start_month: 2, start_day: 29 }.check().is_err());
    /// ```
    pub fn check(&self) -> Result<(), CalendarError> {
        match self {
            Self::Calendar {
                start_month,
                start_day,
            } => {
                // 2001 is no leap year: what it lacks, other years lack too.
                match Date::new(2001, *start_month, *start_day) {
                    Ok(_) => Ok(()),
                    Err(_) => Err(invalid(
                        format!(
                            "年度不能从 {start_month} 月 {start_day} 日开始：不是每年都有这一天"
                        ),
                        format!(
                            "a year cannot start on day {start_day} of month {start_month}: \
                             not every year has it"
                        ),
                    )),
                }
            }
            Self::Thirteen { month, .. } => month_check(*month),
            Self::Weeks { pattern, month, .. } => {
                month_check(*month)?;
                let weeks = pattern.iter().map(|w| u32::from(*w)).sum::<u32>();
                if weeks == 13 && !pattern.contains(&0) {
                    return Ok(());
                }
                let shown = pattern.map(|w| w.to_string()).join("-");
                Err(invalid(
                    format!("周数划分 {shown} 合计 {weeks} 周，一季应为 13 周且每月至少 1 周"),
                    format!(
                        "the pattern {shown} has {weeks} weeks; a quarter has 13, a month at least 1"
                    ),
                ))
            }
            Self::Free { boundaries, end } => free_check(boundaries, *end),
        }
    }

    /// The selling year that holds a date; none outside free boundaries.
    pub(crate) fn year_of(&self, date: Date, named: YearNamed) -> Option<SellingYear> {
        if let Self::Free { boundaries, end } = self {
            let range = DateRange {
                start: boundaries[0].1,
                end: *end,
            };
            return range.contains(date).then(|| self.year_at(0, named));
        }
        let guess = date.year();
        let at = [guess + 1, guess, guess - 1]
            .into_iter()
            .find(|at| self.start_at(*at) <= date)
            .expect("a year starts within two calendar years before each of its days");
        Some(self.year_at(at, named))
    }

    /// The selling year of a number; none where free boundaries have another.
    pub(crate) fn year_numbered(&self, number: i16, named: YearNamed) -> Option<SellingYear> {
        if matches!(self, Self::Free { .. }) {
            return Some(self.year_at(0, named)).filter(|year| year.number == number);
        }
        Some(self.year_at(number - self.number_offset(named), named))
    }

    /// First day of the year that nominally starts in (`Calendar`) or ends in (weeks) the
    /// calendar year `at`.
    fn start_at(&self, at: i16) -> Date {
        match self {
            Self::Calendar {
                start_month,
                start_day,
            } => in_month(at, *start_month, *start_day),
            Self::Thirteen {
                ends_on,
                year_end,
                month,
            }
            | Self::Weeks {
                ends_on,
                year_end,
                month,
                ..
            } => {
                let last = in_month(at - 1, *month, 31);
                let latest = match year_end {
                    YearEnd::Last => last,
                    YearEnd::Nearest => plus(last, 3),
                };
                plus(on_or_before(latest, *ends_on), 1)
            }
            Self::Free { boundaries, .. } => boundaries[0].1,
        }
    }

    fn year_at(&self, at: i16, named: YearNamed) -> SellingYear {
        let start = self.start_at(at);
        let (end, number) = match self {
            Self::Free { end, .. } => (*end, free_number(start, *end, named)),
            _ => (self.start_at(at + 1), at + self.number_offset(named)),
        };
        let starts = match self {
            Self::Calendar {
                start_month,
                start_day,
            } => (0..12)
                .map(|month| {
                    let (year, month) = month_plus(at, *start_month, month);
                    in_month(year, month, *start_day)
                })
                .collect(),
            Self::Thirteen { .. } => (0..13).map(|period| plus(start, period * 28)).collect(),
            Self::Weeks { pattern, .. } => {
                let mut next = start;
                let months = (0..12).map(|month| {
                    let first = next;
                    next = plus(next, i32::from(pattern[month % 3]) * 7);
                    first
                });
                months.collect()
            }
            Self::Free { boundaries, .. } => boundaries.iter().map(|(_, first)| *first).collect(),
        };
        SellingYear {
            number,
            range: DateRange { start, end },
            starts,
        }
    }

    /// What is added to the `at` of [`Self::start_at`] to give the year its number. It is the same
    /// for every year, because it follows the nominal ends and not the wandering weekdays.
    fn number_offset(&self, named: YearNamed) -> i16 {
        let nominal_start = match self {
            Self::Calendar {
                start_month,
                start_day,
            } => in_month(2001, *start_month, *start_day),
            Self::Thirteen { month, .. } | Self::Weeks { month, .. } => {
                plus(in_month(2000, *month, 31), 1)
            }
            Self::Free { .. } => return 0,
        };
        let day = match named {
            YearNamed::Start => nominal_start,
            YearNamed::Majority => plus(nominal_start, 182),
            YearNamed::End => plus(nominal_start, 364),
        };
        day.year() - 2001
    }
}

fn free_number(start: Date, end: Date, named: YearNamed) -> i16 {
    let last = plus(end, -1);
    match named {
        YearNamed::Start => start.year(),
        YearNamed::Majority => plus(start, crate::days::between(start, last) / 2).year(),
        YearNamed::End => last.year(),
    }
}

fn invalid(zh: String, en: String) -> CalendarError {
    CalendarError::YearRuleInvalid { zh, en }
}

/// A free period may be called `2026-03` or `P03`, but not like a year, quarter, week or day.
fn names_another_level(key: &str) -> bool {
    use crate::name::{Name, Part};
    Name::parse(key).is_ok_and(|name| !matches!(name.part, Part::Month(_) | Part::Numbered(_)))
}

fn month_check(month: i8) -> Result<(), CalendarError> {
    if (1..=12).contains(&month) {
        return Ok(());
    }
    Err(invalid(
        format!("年度结束月份 {month} 无效，应为 1 到 12"),
        format!("the month {month} in which the year ends is not 1 to 12"),
    ))
}

fn free_check(boundaries: &[(String, Date)], end: Date) -> Result<(), CalendarError> {
    let Some(last) = boundaries.last() else {
        return Err(invalid(
            "自定义期间一个也没有给出".to_owned(),
            "free boundaries hold no period".to_owned(),
        ));
    };
    let ascends = boundaries
        .windows(2)
        .find(|pair| pair[0].1 >= pair[1].1)
        .map(|pair| &pair[1]);
    if let Some((key, date)) = ascends.or((last.1 >= end).then_some(last)) {
        return Err(invalid(
            format!("自定义期间 `{key}`（{date} 起）不在前后期间之间，日期须递增"),
            format!("the period `{key}` from {date} is out of order: dates must ascend"),
        ));
    }
    let mut seen = std::collections::BTreeSet::new();
    for (key, _) in boundaries {
        let unusable = key.trim() != key || key.is_empty() || key.contains(['/', '#']);
        if unusable || names_another_level(key) {
            return Err(invalid(
                format!(
                    "自定义期间的名称 `{key}` 不可用：不能为空，不能写成年、季、周、日的样子，不能含 / 或 #"
                ),
                format!(
                    "the period key `{key}` is empty, reads like a year, quarter, week or day, or holds / or #"
                ),
            ));
        }
        if !seen.insert(key) {
            return Err(invalid(
                format!("自定义期间的名称 `{key}` 重复"),
                format!("the period key `{key}` appears twice"),
            ));
        }
    }
    Ok(())
}
