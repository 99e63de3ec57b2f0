//! The slots of a day and their shares (rule C5). Knows no dates.

use crate::{CalendarError, Coefficient};

/// The slots into which a day's target is divided, in order, with shares that sum to 100 %.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slots {
    shares: Vec<(String, Coefficient)>,
}

impl Slots {
    /// The most slots a day may have: every quarter of an hour.
    pub const MOST: usize = 96;

    /// Slots from labels and shares in percent.
    ///
    /// # Errors
    /// `slots_not_100` with the sum; `slots_invalid` for no slot, more than 96, an empty label or
    /// one used twice.
    ///
    /// ```
    /// use fenjie_calendar::{Coefficient, Slots};
    /// let share = |text| Coefficient::parse(text);
    /// let slots = Slots::new(vec![("上午".into(), share("42.5")?), ("下午".into(), share("57.5")?)])?;
    /// assert_eq!(slots.len(), 2);
    /// let short = Slots::new(vec![("上午".into(), share("40")?), ("下午".into(), share("50")?)]);
    /// assert!(short.unwrap_err().to_string().contains("90%"));
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn new(shares: Vec<(String, Coefficient)>) -> Result<Self, CalendarError> {
        if shares.is_empty() || shares.len() > Self::MOST {
            return Err(CalendarError::SlotsInvalid {
                text: shares.len().to_string(),
            });
        }
        for (at, (label, _)) in shares.iter().enumerate() {
            if label.trim().is_empty() || shares[..at].iter().any(|(other, _)| other == label) {
                return Err(CalendarError::SlotsInvalid {
                    text: label.clone(),
                });
            }
        }
        let sum = shares
            .iter()
            .map(|(_, share)| u64::from(share.millionths()))
            .sum::<u64>();
        if sum != 100_000_000 {
            let places = format!("{:06}", sum % 1_000_000);
            let text = format!("{}.{}", sum / 1_000_000, places.trim_end_matches('0'));
            let sum = text.trim_end_matches('.').to_owned();
            return Err(CalendarError::SlotsNot100 { sum });
        }
        Ok(Self { shares })
    }

    /// Slots from labels and shares written as texts, `30` or `30%`.
    ///
    /// # Errors
    /// Those of [`Slots::new`], and `coefficient_invalid`.
    ///
    /// ```
    /// let slots = fenjie_calendar::Slots::parse([("早", "30%"), ("晚", "70")])?;
    /// assert_eq!(slots.shares()[0].1.to_string(), "30");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn parse<'a>(
        shares: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, CalendarError> {
        let read = |(label, share): (&str, &str)| {
            let number = share.trim().trim_end_matches(['%', '％']);
            Ok((label.to_owned(), Coefficient::parse(number)?))
        };
        Self::new(
            shares
                .into_iter()
                .map(read)
                .collect::<Result<_, CalendarError>>()?,
        )
    }

    /// The brief's four slots: opening to 10:00 10 %, then 30 % each to 14:00, 16:00 and closing.
    ///
    /// ```
    /// assert_eq!(fenjie_calendar::Slots::brief().label(3), "16:00–闭店");
    /// ```
    pub fn brief() -> Self {
        let shares = [
            ("开业–10:00", "10"),
            ("10:00–14:00", "30"),
            ("14:00–16:00", "30"),
            ("16:00–闭店", "30"),
        ];
        Self::parse(shares).expect("10 + 30 + 30 + 30 is 100")
    }

    /// One slot, the whole day.
    ///
    /// ```
    /// assert_eq!(fenjie_calendar::Slots::whole_day().len(), 1);
    /// ```
    pub fn whole_day() -> Self {
        Self::parse([("全天", "100")]).expect("100 is 100")
    }

    /// Labels and shares in percent, in order.
    ///
    /// ```
    /// let shares = fenjie_calendar::Slots::brief();
    /// let percent = shares.shares().iter().map(|(_, s)| s.to_string()).collect::<Vec<_>>();
    /// assert_eq!(percent, ["10", "30", "30", "30"]);
    /// ```
    pub fn shares(&self) -> &[(String, Coefficient)] {
        &self.shares
    }

    /// The label of the slot at this place, counted from 0.
    ///
    /// ```
    /// assert_eq!(fenjie_calendar::Slots::brief().label(1), "10:00–14:00");
    /// ```
    pub fn label(&self, at: usize) -> &str {
        &self.shares[at].0
    }

    /// How many slots a day has, at least one.
    ///
    /// ```
    /// assert_eq!(fenjie_calendar::Slots::brief().len(), 4);
    /// ```
    pub fn len(&self) -> usize {
        self.shares.len()
    }

    /// Never: a day has at least one slot.
    ///
    /// ```
    /// assert!(!fenjie_calendar::Slots::brief().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.shares.is_empty()
    }
}
