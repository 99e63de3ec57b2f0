//! From when to when each slot of a day runs, read from its label (rule C5). Knows no dates.

use std::ops::Range;

use crate::{CalendarError, Slots};

/// Minutes of a day.
const DAY: u16 = 1440;

/// The minutes of each slot, half-open; together they are the day, opening at 0 and closing at 1440.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotBounds {
    ranges: Vec<Range<u16>>,
}

impl Slots {
    /// The minutes of each slot, by its label: `开业–10:00`, `10:00–14:00`, `16:00-closing`; hyphen,
    /// dash, `~` or 至 between. A single slot is the whole day, whatever its label (rule C5).
    ///
    /// # Errors
    /// `slot_unreadable` naming a label that does not say from when to when; `slots_do_not_tile`
    /// naming the label that does not start where the one before it ends, or ends before it starts.
    ///
    /// ```
    /// use fenjie_calendar::Slots;
    /// let bounds = Slots::brief().bounds()?;
    /// assert_eq!(bounds.ranges(), [0..600, 600..840, 840..960, 960..1440]);
    /// let open = Slots::parse([("开业–10:00", "50"), ("11:00–闭店", "50")])?;
    /// assert!(open.bounds().unwrap_err().to_string().contains("11:00–闭店"));
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn bounds(&self) -> Result<SlotBounds, CalendarError> {
        if self.len() == 1 {
            let day = 0..DAY;
            return Ok(SlotBounds { ranges: vec![day] });
        }
        let mut ranges = Vec::with_capacity(self.len());
        let mut at = 0;
        for (label, _) in self.shares() {
            let range = range(label).ok_or_else(|| CalendarError::SlotUnreadable {
                label: label.clone(),
            })?;
            if range.start != at || range.end <= range.start {
                return Err(not_met(label, at));
            }
            at = range.end;
            ranges.push(range);
        }
        match self.shares().last() {
            Some((label, _)) if at != DAY => Err(not_met(label, DAY)),
            _ => Ok(SlotBounds { ranges }),
        }
    }
}

impl SlotBounds {
    /// The minutes of each slot since midnight, in order.
    ///
    /// ```
    /// let bounds = fenjie_calendar::Slots::whole_day().bounds()?;
    /// assert_eq!(bounds.ranges(), [0..1440]);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn ranges(&self) -> &[Range<u16>] {
        &self.ranges
    }

    /// The slot that a minute falls into, counted from 0; minutes from 1440 on belong to the last.
    ///
    /// ```
    /// let bounds = fenjie_calendar::Slots::brief().bounds()?;
    /// assert_eq!((bounds.slot_of(599), bounds.slot_of(600), bounds.slot_of(1439)), (0, 1, 3));
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn slot_of(&self, minute: u16) -> usize {
        let after = self.ranges.partition_point(|range| range.end <= minute);
        after.min(self.ranges.len() - 1)
    }
}

fn not_met(label: &str, at: u16) -> CalendarError {
    CalendarError::SlotsDoNotTile {
        label: label.to_owned(),
        at: format!("{:02}:{:02}", at / 60, at % 60),
    }
}

fn range(label: &str) -> Option<Range<u16>> {
    let plain = label.replace('：', ":");
    let (from, to) = ["–", "—", "~", "～", "至", "到", "-", " to "]
        .iter()
        .find_map(|mark| plain.split_once(mark))?;
    Some(
        minute(from, &["开业", "开店", "开门", "opening", "open"], 0)?
            ..minute(
                to,
                &["闭店", "打烊", "关店", "关门", "closing", "close"],
                DAY,
            )?,
    )
}

/// `10:00`, `10`, `10点`, `24:00`, or one of the words for an end of the day.
fn minute(text: &str, words: &[&str], of_words: u16) -> Option<u16> {
    let text = text.trim().to_lowercase();
    if words.contains(&text.as_str()) {
        return Some(of_words);
    }
    let plain = text.replace('点', ":");
    let (hours, minutes) = plain.split_once(':').unwrap_or((&plain, ""));
    let number = |text: &str| match text.len() {
        1 | 2 if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse::<u16>().ok(),
        _ => None,
    };
    let minutes = match minutes.trim_end_matches('分') {
        "" => 0,
        text => number(text).filter(|minutes| *minutes < 60)?,
    };
    Some(number(hours)? * 60 + minutes).filter(|minute| *minute <= DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_as_people_write_them() {
        for (label, wanted) in [
            ("开业–10:00", Some(0..600)),
            ("10:00–14:00", Some(600..840)),
            ("16:00–闭店", Some(960..1440)),
            ("opening-10:00", Some(0..600)),
            ("16:00 - Closing", Some(960..1440)),
            ("9:30~14：00", Some(570..840)),
            ("10点至14点30分", Some(600..870)),
            ("0:00–24:00", Some(0..1440)),
            ("10–14", Some(600..840)),
            ("上午", None),
            ("10:60–14:00", None),
            ("10:00–25:00", None),
            ("10:00", None),
            ("–", None),
        ] {
            assert_eq!(range(label), wanted, "{label}");
        }
    }

    #[test]
    fn slots_that_do_not_tile_name_the_label() {
        for (shares, label, at) in [
            (
                [("9:00–12:00", "50"), ("12:00–闭店", "50")],
                "9:00–12:00",
                "00:00",
            ),
            (
                [("开业–12:00", "50"), ("11:00–闭店", "50")],
                "11:00–闭店",
                "12:00",
            ),
            (
                [("开业–12:00", "50"), ("12:00–18:00", "50")],
                "12:00–18:00",
                "24:00",
            ),
            (
                [("开业–12:00", "50"), ("12:00–12:00", "50")],
                "12:00–12:00",
                "12:00",
            ),
        ] {
            let error = Slots::parse(shares).unwrap().bounds().unwrap_err();
            let (label, at) = (label.to_owned(), at.to_owned());
            assert_eq!(error, CalendarError::SlotsDoNotTile { label, at });
        }
        let unreadable = Slots::parse([("上午", "50"), ("下午", "50")]).unwrap();
        assert_eq!(unreadable.bounds().unwrap_err().code(), "slot_unreadable");
    }
}
