//! Cuts a range into the periods of its levels and proves that they nest (rules C1, C3). Knows
//! the calendar's rules, no weights.

use jiff::civil::Date;

use crate::label::{day_names, slot_names};
use crate::{CalendarError, DateRange, Level, Period, PeriodTree, SalesCalendar, YearRule};

impl SalesCalendar {
    /// The periods of a range on the levels given, coarse to fine, each a partition of the one
    /// above (rule C1). Periods at the range's ends are cut to it and keep their keys. A week
    /// directly below a year is cut at the year's end; below a month only pieces nest, unless
    /// the months are whole weeks (rule C3).
    ///
    /// # Errors
    /// `levels_do_not_nest` with an example; `period_empty`, `period_reversed`;
    /// `outside_boundaries` where free boundaries do not cover the range; `year_rule_invalid`.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let march = DateRange::parse("2026-03")?;
    /// let tree = SalesCalendar::brief().tree(march, &[Level::Month, Level::Piece])?;
    /// let keys = tree.nodes.iter().map(|node| node.key.as_str()).collect::<Vec<_>>();
    /// assert_eq!(
    ///     keys,
    ///     ["2026-03", "2026-03/W09", "2026-03/W10", "2026-03/W11", "2026-03/W12", "2026-03/W13"]
    /// );
    /// let refused = SalesCalendar::brief().tree(march, &[Level::Month, Level::Week]);
    /// assert_eq!(refused.unwrap_err().code(), "levels_do_not_nest");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn tree(&self, range: DateRange, levels: &[Level]) -> Result<PeriodTree, CalendarError> {
        self.year.check()?;
        DateRange::new(range.start, range.end)?;
        self.covered(range)?;
        self.levels_nest(range, levels)?;
        let mut tree = PeriodTree {
            nodes: Vec::new(),
            parent: Vec::new(),
            end: Vec::new(),
            levels: levels.to_vec(),
            range,
            by_key: Vec::new(),
        };
        self.grow(&mut tree, range, PeriodTree::ROOT, 0);
        let mut by_key = (0u32..).take(tree.nodes.len()).collect::<Vec<_>>();
        by_key.sort_by(|a, b| tree.key(*a).cmp(tree.key(*b)));
        tree.by_key = by_key;
        debug_assert!(tree.check().is_ok());
        Ok(tree)
    }

    /// The periods of one level in a range, those at its ends cut to it. Where free boundaries do
    /// not cover the range, or have no halves and quarters, there are none.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let weeks = SalesCalendar::default().periods(DateRange::parse("2026-03")?, Level::Week);
    /// assert_eq!(weeks.len(), 6);
    /// assert_eq!((weeks[0].key.as_str(), weeks[0].range.days()), ("2026-W09", 1));
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn periods(&self, range: DateRange, level: Level) -> Vec<Period> {
        if self.year.check().is_err() || (level < Level::Week && self.covered(range).is_err()) {
            return Vec::new();
        }
        let free = matches!(self.year, YearRule::Free { .. });
        if free && matches!(level, Level::Half | Level::Quarter) {
            return Vec::new();
        }
        let mut periods = Vec::new();
        let mut from = range.start;
        while from < range.end {
            let rest = DateRange {
                start: from,
                end: range.end,
            };
            from = if level == Level::Slot {
                self.slots_of(from, &mut periods);
                crate::days::plus(from, 1)
            } else {
                let Some(period) = self.period_from(from, rest, level) else {
                    break;
                };
                let next = period.range.end;
                periods.push(period);
                next
            };
        }
        periods
    }

    fn grow(&self, tree: &mut PeriodTree, range: DateRange, parent: u32, depth: usize) {
        let Some(level) = tree.levels.get(depth) else {
            return;
        };
        for period in self.periods(range, *level) {
            let at = u32::try_from(tree.nodes.len()).expect("places are 32 bits");
            let inner = period.range;
            tree.nodes.push(period);
            tree.parent.push(parent);
            tree.end.push(0);
            self.grow(tree, inner, at, depth + 1);
            tree.end[at as usize] = u32::try_from(tree.nodes.len()).expect("places are 32 bits");
        }
    }

    /// The whole period that holds a date.
    fn period_holding(&self, date: Date, level: Level) -> Option<Period> {
        const ALL: DateRange = DateRange {
            start: Date::MIN,
            end: Date::MAX,
        };
        self.period_from(date, ALL, level)
    }

    /// The period that holds a date, cut to `rest`.
    fn period_from(&self, date: Date, rest: DateRange, level: Level) -> Option<Period> {
        let cut = |whole: DateRange| whole.common(&rest).expect("both hold the date");
        let year = self.year.year_of(date, self.year_named);
        let period = match level {
            Level::Year => {
                let year = year?;
                self.year_names(year.number).period(level, cut(year.range))
            }
            Level::Half | Level::Quarter => {
                let year = year?;
                let count = if level == Level::Half { 2 } else { 4 };
                let at = year.part_of(date, count);
                let names = match level {
                    Level::Half => self.half_names(year.number, at),
                    _ => self.quarter_names(year.number, at),
                };
                names.period(level, cut(year.part(at, count)))
            }
            Level::Month => {
                let year = year?;
                let at = year.period_of(date);
                self.month_names(&year, at)
                    .period(level, cut(year.period(at)))
            }
            Level::Week => {
                let week = self.week_of(date);
                let range = cut(week.range);
                self.week_names(&week, range, self.other_year(week.year, range))
                    .period(level, range)
            }
            Level::Piece => {
                let year = year?;
                let at = year.period_of(date);
                let week = self.week_of(date);
                let range = cut(week
                    .range
                    .common(&year.period(at))
                    .expect("both hold the date"));
                self.piece_names(&self.month_names(&year, at), &week, range)
                    .period(level, range)
            }
            Level::Day => day_names(date).period(
                level,
                cut(DateRange {
                    start: date,
                    end: crate::days::plus(date, 1),
                }),
            ),
            Level::Slot => return None,
        };
        Some(period)
    }

    fn slots_of(&self, date: Date, into: &mut Vec<Period>) {
        let day = DateRange {
            start: date,
            end: crate::days::plus(date, 1),
        };
        for (at, (label, _)) in self.slots.shares().iter().enumerate() {
            let mut period = slot_names(date, at, label).period(Level::Slot, day);
            period.slot = Some(u8::try_from(at).expect("a day has at most 96 slots"));
            into.push(period);
        }
    }

    /// The key of the year in which a part of a week lies wholly, where it is not the week's own.
    fn other_year(&self, week_year: i16, range: DateRange) -> Option<String> {
        let (first, last) = (self.week_year(range.start), self.week_year(range.last()));
        if matches!(self.year, YearRule::Free { .. }) {
            return None;
        }
        (first.number == last.number && first.number != week_year)
            .then(|| self.year_names(first.number).key)
    }

    /// Free boundaries must hold the range; the other rules hold every day.
    fn covered(&self, range: DateRange) -> Result<(), CalendarError> {
        let YearRule::Free { boundaries, end } = &self.year else {
            return Ok(());
        };
        let start = boundaries[0].1;
        if start <= range.start && range.end <= *end {
            return Ok(());
        }
        let date = if range.start < start {
            range.start
        } else {
            range.last()
        };
        Err(CalendarError::OutsideBoundaries {
            date,
            start,
            last: crate::days::plus(*end, -1),
        })
    }

    fn levels_nest(&self, range: DateRange, levels: &[Level]) -> Result<(), CalendarError> {
        let refuse = |above: Option<Level>, below: Level, example: String| {
            Err(CalendarError::LevelsDoNotNest {
                above,
                below: Some(below),
                example,
            })
        };
        let Some(first) = levels.first() else {
            return Err(CalendarError::LevelsDoNotNest {
                above: None,
                below: None,
                example: String::new(),
            });
        };
        if *first == Level::Slot {
            return refuse(None, Level::Slot, String::new());
        }
        let free = matches!(self.year, YearRule::Free { .. });
        for (at, level) in levels.iter().enumerate() {
            let above = at.checked_sub(1).map(|at| levels[at]);
            if free && matches!(level, Level::Half | Level::Quarter) {
                return refuse(above, *level, String::new());
            }
            let Some(above) = above else { continue };
            let slot_without_day = *level == Level::Slot && above != Level::Day;
            if above >= *level || slot_without_day {
                return refuse(Some(above), *level, String::new());
            }
            if *level == Level::Week
                && above != Level::Year
                && let Some(week) = self.week_cut_by(range, above)
            {
                return refuse(Some(above), *level, week);
            }
        }
        Ok(())
    }

    /// The first week that a boundary of the level above cuts; the range's own ends cut nothing
    /// unless they are such boundaries.
    fn week_cut_by(&self, range: DateRange, above: Level) -> Option<String> {
        let mut next = Some(range.start);
        while let Some(date) = next {
            let whole = self.period_holding(date, above)?.range;
            for boundary in [whole.start, whole.end] {
                let week = self.week_of(boundary);
                let inside = range.start <= boundary && boundary <= range.end;
                if inside && week.range.start != boundary {
                    return Some(self.week_key(&week));
                }
            }
            next = Some(whole.end).filter(|end| *end < range.end);
        }
        None
    }
}
