//! How alert rules are written. Must not know what they watch.

use crate::plan_file::scalar::{Table, Text};

entry! {
    /// When `fenjie alerts` speaks up; each rule may be "off"
    AlertsTable {
        ;
        /// Pace below so many percentage points: -5
        pace: Text,
        /// On so many selling days in a row: 3
        days: Text,
        /// Nothing booked on so many selling days in a row: 2
        silent_days: Text,
        /// Needed a day over so many times of what is done a day: 1.3
        required_over_run: Text,
        /// A closed period that missed its target
        missed: bool,
        /// An action plan that is due
        action_due: bool,
        /// When nobody is to be disturbed: "21:00-08:00"
        quiet_hours: Text,
        /// Bands of ratios: { conversion = "10%..30%" }
        bands: Table<Text>,
    }
}
