//! A period and the tree of periods, as plain arrays. Knows nothing of how they are made.

use crate::{CalendarError, DateRange, Level};

/// One period of the time axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// Stable key: `2026`, `2026-H1`, `2026-Q1`, `2026-03`, `2026-W10`, `2026-03/W10` (piece),
    /// `2026-03-06`, `2026-03-06#1`; `FY2026`, `FY2026-Q1`, `FY2026-P03`, `FY2026-W10` where the
    /// year is not the Gregorian one; `春季`, `春季/2026-W10` with free boundaries.
    pub key: String,
    /// `2026年3月`
    pub label_zh: String,
    /// `March 2026`
    pub label_en: String,
    /// Its level.
    pub level: Level,
    /// Its days, cut to the range that was asked for.
    pub range: DateRange,
    /// The place of a slot in [`crate::Slots::shares`], from 0; none above the level of slots.
    pub slot: Option<u8>,
}

impl Period {
    /// The label in a language.
    ///
    /// ```
    /// use fenjie_calendar::SalesCalendar;
    /// use fenjie_message::Lang;
    /// let march = SalesCalendar::default().find("2026-03")?;
    /// assert_eq!(march.label(Lang::Zh), "2026年3月");
    /// assert_eq!(march.label(Lang::En), "March 2026");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn label(&self, lang: fenjie_message::Lang) -> &str {
        lang.pick(&self.label_zh, &self.label_en)
    }
}

/// The periods of a range on nested levels, in preorder: a node stands before its children, and
/// its subtree is `nodes[at..end[at]]`. Children partition their parent (rule C1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodTree {
    /// Preorder, in time.
    pub nodes: Vec<Period>,
    /// Place of the parent; [`PeriodTree::ROOT`] for periods of the first level.
    pub parent: Vec<u32>,
    /// The place after the last node of the subtree.
    pub end: Vec<u32>,
    /// The levels, coarse to fine.
    pub levels: Vec<Level>,
    /// The days covered.
    pub range: DateRange,
    /// Places of the nodes in the order of their keys.
    pub(crate) by_key: Vec<u32>,
}

impl PeriodTree {
    /// The parent of a period that has none.
    pub const ROOT: u32 = u32::MAX;

    /// How many periods there are on all levels.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let year = DateRange::parse("2026")?;
    /// let tree = SalesCalendar::default().tree(year, &[Level::Year, Level::Month])?;
    /// assert_eq!(tree.len(), 13);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: a range holds a day, so a tree holds a period.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let tree = SalesCalendar::default().tree(DateRange::parse("2026")?, &[Level::Year])?;
    /// assert!(!tree.is_empty());
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Places of the children of a node, in time; of the first level for [`PeriodTree::ROOT`].
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, PeriodTree, SalesCalendar};
    /// let levels = [Level::Year, Level::Quarter, Level::Month];
    /// let tree = SalesCalendar::default().tree(DateRange::parse("2026")?, &levels)?;
    /// let quarters = tree.children(0).map(|at| tree.nodes[at as usize].key.as_str());
    /// assert_eq!(quarters.collect::<Vec<_>>(), ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]);
    /// assert_eq!(tree.children(PeriodTree::ROOT).count(), 1);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn children(&self, of: u32) -> impl Iterator<Item = u32> + use<'_> {
        let (first, stop) = match of {
            Self::ROOT => (
                0,
                u32::try_from(self.nodes.len()).expect("places are 32 bits"),
            ),
            of => (of + 1, self.end[of as usize]),
        };
        let inside = move |at: &u32| *at < stop;
        std::iter::successors(Some(first).filter(inside), move |at| {
            Some(self.end[*at as usize]).filter(inside)
        })
    }

    /// Whether a node has no children: it stands on the last level.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let levels = [Level::Year, Level::Month];
    /// let tree = SalesCalendar::default().tree(DateRange::parse("2026")?, &levels)?;
    /// assert!(!tree.is_leaf(0) && tree.is_leaf(1));
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn is_leaf(&self, at: u32) -> bool {
        self.end[at as usize] == at + 1
    }

    /// Places of the periods of a level, in time.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let levels = [Level::Year, Level::Month];
    /// let tree = SalesCalendar::default().tree(DateRange::parse("2026")?, &levels)?;
    /// assert_eq!(tree.at_level(Level::Month).count(), 12);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn at_level(&self, level: Level) -> impl Iterator<Item = u32> + use<'_> {
        (0u32..)
            .zip(&self.nodes)
            .filter(move |(_, node)| node.level == level)
            .map(|(at, _)| at)
    }

    /// The place of a key.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let levels = [Level::Year, Level::Month];
    /// let tree = SalesCalendar::default().tree(DateRange::parse("2026")?, &levels)?;
    /// assert_eq!(tree.place_of("2026-03"), Some(3));
    /// assert_eq!(tree.place_of("2027"), None);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn place_of(&self, key: &str) -> Option<u32> {
        self.by_key
            .binary_search_by(|at| self.nodes[*at as usize].key.as_str().cmp(key))
            .ok()
            .map(|found| self.by_key[found])
    }

    /// The key of a node, for messages.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let tree = SalesCalendar::default().tree(DateRange::parse("2026")?, &[Level::Half])?;
    /// assert_eq!(tree.key(1), "2026-H2");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn key(&self, at: u32) -> &str {
        &self.nodes[at as usize].key
    }

    /// Proves that children partition their parents and the first level the range (rule C1). The
    /// trees of this crate pass; one put together elsewhere may not.
    ///
    /// # Errors
    /// `levels_do_not_nest` naming the first period that is not covered exactly.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let year = DateRange::parse("2026")?;
    /// SalesCalendar::brief().tree(year, &Level::DEFAULT)?.check()?;
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn check(&self) -> Result<(), CalendarError> {
        let covered = |of: u32, range: DateRange| {
            let mut next = range.start;
            for child in self.children(of) {
                let child = &self.nodes[child as usize];
                match child.slot {
                    Some(_) if child.range == range => next = range.end,
                    None if child.range.start == next => next = child.range.end,
                    _ => return false,
                }
            }
            next == range.end
        };
        let refuse = |example: String| CalendarError::LevelsDoNotNest {
            above: self.levels.first().copied(),
            below: self.levels.last().copied(),
            example,
        };
        if !covered(Self::ROOT, self.range) {
            return Err(refuse(self.range.to_string()));
        }
        for (at, node) in (0u32..).zip(&self.nodes) {
            if !self.is_leaf(at) && !covered(at, node.range) {
                return Err(refuse(node.key.clone()));
            }
        }
        Ok(())
    }
}
