//! Short headings of periods for tables. Knows no amounts.

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_plan::Axis;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// What stands above a period's column: `1月`, `Q1`, or the period's own key.
pub fn heading(time: &Axis, node: u32, lang: Lang) -> String {
    let key = time.tree.code(node);
    let several_years = time.tree.level_names().iter().any(|level| level == "year");
    if several_years {
        return key.to_owned();
    }
    match time.time_level_of(node) {
        Some(Level::Quarter) => key.rsplit('-').next().unwrap_or(key).to_owned(),
        Some(Level::Month) => {
            let month = key
                .rsplit('-')
                .next()
                .and_then(|text| text.parse::<usize>().ok());
            match (month.filter(|month| (1..=12).contains(month)), lang) {
                (Some(month), Lang::Zh) => format!("{month}月"),
                (Some(month), Lang::En) => MONTHS[month - 1].to_owned(),
                (None, _) => key.to_owned(),
            }
        }
        _ => key.to_owned(),
    }
}
