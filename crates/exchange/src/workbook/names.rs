//! Short names: periods as column headers, sheets within the format's rules, widths of texts in
//! Chinese. Knows no values.

use fenjie_calendar::{Level, Period};
use fenjie_message::Lang;
use fenjie_plan::Plan;

/// A sheet's name has at most 31 UTF-16 units.
const LONGEST_SHEET_NAME: usize = 31;

/// A period as short as it can be said within the plan: `Q1`, `3月`, `W10 3/6–3/12`, `3/6`.
pub(crate) fn period_label(plan: &Plan, node: u32, lang: Lang) -> String {
    let model = plan.model();
    let time = model.axes().last().expect("time is always there");
    let level = time.time_level_of(node);
    let code = time.tree.code(node);
    let days = time.days_of(node).expect("a period has days");
    let range = || {
        let (first, last) = (days.start, days.last());
        let short = |day: fenjie_calendar::Date| format!("{}/{}", day.month(), day.day());
        match first == last {
            true => short(first),
            false => format!("{}–{}", short(first), short(last)),
        }
    };
    let whole = model.definition().period;
    let one_year = whole.start.year() == whole.last().year();
    match level {
        None => lang.pick("全期", "Whole period").into(),
        Some(Level::Day) => range(),
        Some(Level::Piece | Level::Week) => {
            format!("{} {}", week_number(code), range())
        }
        Some(Level::Year) if lang == Lang::Zh => format!("{}合计", time.tree.name(node)),
        Some(Level::Year) => format!("{code} total"),
        Some(Level::Quarter | Level::Half) if one_year => code
            .rsplit_once('-')
            .map_or(code, |(_, short)| short)
            .into(),
        Some(Level::Month) if one_year && code.len() == 7 && is_plain_month(code) => {
            let month = days.start.month();
            match lang {
                Lang::Zh => format!("{month}月"),
                Lang::En => MONTHS[(month as usize) - 1].into(),
            }
        }
        _ if lang == Lang::Zh => time.tree.name(node).into(),
        _ => code.into(),
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn is_plain_month(code: &str) -> bool {
    code.bytes()
        .enumerate()
        .all(|(at, byte)| (at == 4 && byte == b'-') || byte.is_ascii_digit())
}

/// `W10` of `2026-W10` or `2026-03/W10`.
fn week_number(code: &str) -> &str {
    code.rfind('W').map_or(code, |at| &code[at..])
}

/// A whole week with its days.
pub(crate) fn week_label(week: &Period) -> String {
    let (first, last) = (week.range.start, week.range.last());
    let number = week_number(&week.key);
    format!(
        "{number} {}/{}–{}/{}",
        first.month(),
        first.day(),
        last.month(),
        last.day()
    )
}

/// Names of sheets: forbidden characters replaced, cut to length, no two alike.
#[derive(Default)]
pub(crate) struct SheetNames(Vec<String>);

impl SheetNames {
    /// A name close to the one wanted.
    pub fn take(&mut self, wanted: &str) -> String {
        let clean: String = wanted
            .chars()
            .map(|ch| match ch {
                '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '-',
                ch if ch.is_control() => ' ',
                ch => ch,
            })
            .collect();
        let clean = clean.trim_matches(|ch: char| ch == '\'' || ch.is_whitespace());
        let clean = if clean.is_empty() { "-" } else { clean };
        let mut name = cut(clean, LONGEST_SHEET_NAME);
        let mut number = 1;
        while self.is_taken(&name) {
            number += 1;
            let tail = format!(" {number}");
            name = format!("{}{tail}", cut(clean, LONGEST_SHEET_NAME - tail.len()));
        }
        self.0.push(name.clone());
        name
    }

    fn is_taken(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        lower == "history" || self.0.iter().any(|known| known.to_lowercase() == lower)
    }
}

fn cut(text: &str, units: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|ch| {
            used += ch.len_utf16();
            used <= units
        })
        .collect::<String>()
        .trim_end_matches('\'')
        .to_owned()
}

/// How wide a text is, in widths of a digit: Chinese characters count two.
pub(crate) fn width(text: &str) -> usize {
    let wide = |ch: char| {
        matches!(ch as u32, 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3
        | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x3fffd)
    };
    text.chars().map(|ch| if wide(ch) { 2 } else { 1 }).sum()
}

/// A sheet's name inside a formula.
pub(crate) fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_follow_the_rules_of_the_format() {
        let mut names = SheetNames::default();
        let wanted = [
            "产品",
            "产品",
            "a/b",
            "'",
            "History",
            "很长的名字".repeat(9).as_str(),
            "A-B",
        ]
        .map(|name| names.take(name));
        assert_eq!(wanted[..5], ["产品", "产品 2", "a-b", "-", "History 2"]);
        assert_eq!(wanted[5].encode_utf16().count(), 31);
        assert_eq!(wanted[6], "A-B 2");
        assert_eq!(quoted("it's"), "'it''s'");
        assert_eq!((width("华东 A"), width("３")), (6, 2));
    }
}
