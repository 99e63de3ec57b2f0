//! The business time zone that turns a moment into its day (rule C1). Zone rules are compiled in; no
//! file, environment or clock is read.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crate::CalendarError;

/// A time zone by name, with the rules that came with the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessZone {
    zone: TimeZone,
}

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

impl BusinessZone {
    /// A zone by its name, `Asia/Shanghai` in any case, `北京时间`, or a fixed offset: `+08:00`, `UTC`.
    ///
    /// # Errors
    /// `zone_unknown` with names near to it.
    ///
    /// ```
    /// use fenjie_calendar::BusinessZone;
    /// assert!(BusinessZone::parse("asia/shanghai").is_ok());
    /// let error = BusinessZone::parse("Asia/Shangai").unwrap_err();
    /// assert_eq!(error.code(), "zone_unknown");
    /// assert!(matches!(error, fenjie_calendar::CalendarError::ZoneUnknown { nearest, .. }
    ///     if nearest[0] == "Asia/Shanghai"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let name = text.trim();
        let zone = match name {
            "北京时间" | "中国标准时间" | "北京" | "上海" => {
                ZONES.get("Asia/Shanghai").ok()
            }
            "UTC" | "Z" | "utc" | "z" => Some(TimeZone::UTC),
            _ => match offset(name) {
                Some(offset) => Some(offset.to_time_zone()),
                None => ZONES.get(name).ok(),
            },
        };
        zone.map(|zone| BusinessZone { zone })
            .ok_or_else(|| CalendarError::ZoneUnknown {
                text: name.to_owned(),
                nearest: nearest(name),
            })
    }

    /// The zone's name, or its offset.
    ///
    /// ```
    /// use fenjie_calendar::BusinessZone;
    /// assert_eq!(BusinessZone::parse("北京时间")?.name(), "Asia/Shanghai");
    /// assert_eq!(BusinessZone::parse("+08:00")?.name(), "+08");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn name(&self) -> String {
        match self.zone.iana_name() {
            Some(name) => name.to_owned(),
            None => self
                .zone
                .to_fixed_offset()
                .map_or_else(|_| "UTC".to_owned(), |offset| offset.to_string()),
        }
    }
}

/// The civil day and the minute since midnight of a moment in a business time zone (rule C1).
///
/// ```
/// use fenjie_calendar::{BusinessZone, business_date};
/// let late: fenjie_calendar::Timestamp = "2026-03-05T16:30:00Z".parse().unwrap();
/// let shanghai = BusinessZone::parse("Asia/Shanghai")?;
/// let (day, minute) = business_date(late, &shanghai);
/// assert_eq!((day.to_string().as_str(), minute), ("2026-03-06", 30));
/// # Ok::<(), fenjie_calendar::CalendarError>(())
/// ```
pub fn business_date(moment: Timestamp, zone: &BusinessZone) -> (Date, u16) {
    let there = zone.zone.to_datetime(moment);
    let minute = i32::from(there.hour()) * 60 + i32::from(there.minute());
    let minute = u16::try_from(minute).expect("a day has 1440 minutes");
    (there.date(), minute)
}

/// `+08:00`, `+8`, `UTC+8`, `GMT-05:30`.
fn offset(text: &str) -> Option<Offset> {
    let upper = text.to_ascii_uppercase();
    let rest = upper
        .strip_prefix("UTC")
        .or_else(|| upper.strip_prefix("GMT"))
        .unwrap_or(&upper);
    let (sign, rest) = match rest.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match (rest.split_once(':'), rest.len()) {
        (Some(parts), _) => parts,
        (None, 4) => rest.split_at_checked(2)?,
        (None, _) => (rest, "0"),
    };
    let number = |text: &str| match text.len() {
        1 | 2 if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse::<i32>().ok(),
        _ => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn nearest(text: &str) -> Vec<String> {
    let wanted = text.to_lowercase();
    // Distances of long texts cost time, and no zone is that long.
    if wanted.len() > 64 {
        return Vec::new();
    }
    let mut known: Vec<(usize, String)> = ZONES
        .available()
        .map(|zone| zone.as_str().to_owned())
        .map(|zone| {
            let lower = zone.to_lowercase();
            let city = lower.rsplit('/').next().unwrap_or(&lower);
            let far = |other: &str| strsim::damerau_levenshtein(&wanted, other);
            (far(&lower).min(far(city)), zone)
        })
        .filter(|(distance, zone)| *distance <= 3.max(zone.len() / 3) && *distance < wanted.len())
        .collect();
    known.sort();
    known.into_iter().take(3).map(|(_, zone)| zone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_their_days() {
        for (zone, moment, day, minute) in [
            ("Asia/Shanghai", "2026-03-05T15:59:59Z", "2026-03-05", 1439),
            ("Asia/Shanghai", "2026-03-05T16:00:00Z", "2026-03-06", 0),
            ("UTC+8", "2026-03-05T16:00:00Z", "2026-03-06", 0),
            (
                "America/New_York",
                "2026-03-08T06:59:00Z",
                "2026-03-08",
                119,
            ),
            (
                "America/New_York",
                "2026-03-08T07:00:00Z",
                "2026-03-08",
                180,
            ),
            ("Asia/Kolkata", "2025-12-31T18:30:00Z", "2026-01-01", 0),
            ("-0930", "2026-01-01T09:29:59Z", "2025-12-31", 1439),
        ] {
            let zone = BusinessZone::parse(zone).unwrap();
            let (found, at) = business_date(moment.parse().unwrap(), &zone);
            assert_eq!((found.to_string().as_str(), at), (day, minute), "{moment}");
        }
    }

    #[test]
    fn unknown_zones_name_near_ones() {
        for (text, near) in [
            ("Shanghai", "Asia/Shanghai"),
            ("Asia/Tokio", "Asia/Tokyo"),
            ("America/NewYork", "America/New_York"),
        ] {
            let Err(CalendarError::ZoneUnknown { nearest, .. }) = BusinessZone::parse(text) else {
                panic!("{text} is a zone");
            };
            assert!(
                nearest.iter().any(|name| name == near),
                "{text}: {nearest:?}"
            );
        }
        for text in [
            "",
            "+",
            "+15:00",
            "+08:60",
            "火星",
            "../../etc/passwd",
            "+1:2:3",
        ] {
            assert_eq!(
                BusinessZone::parse(text).unwrap_err().code(),
                "zone_unknown",
                "{text}"
            );
        }
    }
}
