//! Days partitioned into periods of selling. Knows nothing of amounts, plans or files.

#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

mod coefficient;
mod day_type;
mod day_weights;
mod days;
mod error;
mod facts;
mod find;
mod holidays;
mod label;
mod level;
mod name;
mod period;
mod range;
mod sales_calendar;
mod slot_bounds;
mod slots;
mod tree;
mod week;
mod weekday;
mod year;
mod year_text;
mod zone;

pub use coefficient::Coefficient;
pub use day_type::{DayType, DayWeight, WeightReason};
pub use day_weights::{DayWeights, DayWeightsPatch, HolidayCoefficients, Season};
pub use error::CalendarError;
pub use facts::DayFacts;
pub use holidays::{Holiday, Holidays};
pub use jiff::Timestamp;
pub use jiff::civil::{Date, Weekday};
pub use level::Level;
pub use period::{Period, PeriodTree};
pub use range::DateRange;
pub use sales_calendar::SalesCalendar;
pub use slot_bounds::SlotBounds;
pub use slots::Slots;
pub use weekday::{WEEKDAYS, parse_weekday, weekday_name};
pub use year::{YearEnd, YearNamed, YearRule};
pub use year_text::{MONTHS, parse_year_end};
pub use zone::{BusinessZone, business_date};
