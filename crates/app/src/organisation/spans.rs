//! Members through time: which days each part of their history holds, and whether the tree stands on
//! every day. Pure; must not know records' store.

use std::collections::HashMap;

use fenjie_store::dimension::{MemberRecord, MemberSpan};
use jiff::civil::Date;

use crate::AppError;

/// The most levels of a tree that comes from a file.
const DEEPEST: usize = 100;

/// A day, read strictly.
pub fn day(field: &str, text: &str) -> Result<Date, AppError> {
    let parsed: Option<Date> = text.parse().ok();
    // Only the one form, so that days sort as texts.
    parsed
        .filter(|day| day.to_string() == text && day.year() > 0)
        .ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            AppError::invalid(
                field,
                "date_invalid",
                format!("日期 `{shown}` 须写成 2026-11-22"),
                format!("the day `{shown}` is written as 2026-11-22"),
            )
        })
}

/// Whether a span holds a day.
pub fn holds(span: &MemberSpan, day: &str) -> bool {
    span.valid_from.as_str() <= day && span.valid_to.as_deref().is_none_or(|last| day <= last)
}

/// What a member is on a day.
pub fn on<'m>(member: &'m MemberRecord, day: &str) -> Option<&'m MemberSpan> {
    member.spans.iter().find(|span| holds(span, day))
}

/// The history with a change from a day on: what was before ends the day before, what would have come
/// after the day is replaced.
pub fn changed(spans: &[MemberSpan], new: MemberSpan) -> Vec<MemberSpan> {
    let from = new.valid_from.clone();
    let mut kept: Vec<MemberSpan> = spans
        .iter()
        .filter(|span| span.valid_from < from)
        .cloned()
        .collect();
    if let Some(last) = kept.last_mut()
        && last.valid_to.as_ref().is_none_or(|to| *to >= from)
    {
        last.valid_to = before(&from);
    }
    kept.push(new);
    kept
}

/// The history that ends on a day.
pub fn ended(spans: &[MemberSpan], last: &str) -> Vec<MemberSpan> {
    let mut kept: Vec<MemberSpan> = spans
        .iter()
        .filter(|span| span.valid_from.as_str() <= last)
        .cloned()
        .collect();
    if let Some(end) = kept.last_mut()
        && end.valid_to.as_deref().is_none_or(|to| to > last)
    {
        end.valid_to = Some(last.to_owned());
    }
    kept
}

fn before(day: &str) -> Option<String> {
    let day: Date = day.parse().ok()?;
    day.yesterday().ok().map(|day| day.to_string())
}

/// Refuses a tree that does not stand on some day: a member whose parent is not there, or that is above
/// itself. `members` are all of the dimension, with the change.
pub fn check(members: &[MemberRecord], about: &str) -> Result<(), AppError> {
    let by_code: HashMap<&str, &MemberRecord> = members
        .iter()
        .map(|member| (member.code.as_str(), member))
        .collect();
    for member in members {
        if let Some((_, error)) = span_faults(member, &by_code).next() {
            return Err(error);
        }
    }
    // Above itself on some day: only the first day of a span can be the first such day.
    let mut days: Vec<&str> = members
        .iter()
        .flat_map(|member| member.spans.iter().map(|span| span.valid_from.as_str()))
        .collect();
    days.sort_unstable();
    days.dedup();
    let Some(own) = by_code.get(about) else {
        return Ok(());
    };
    for day in days {
        let mut at = *own;
        for _ in 0..=members.len() {
            let above = on(at, day).and_then(|span| span.parent.as_deref());
            match above.and_then(|code| by_code.get(code)) {
                None => break,
                Some(above) if above.code == own.code => return Err(circle(about, day)),
                Some(above) => at = above,
            }
        }
    }
    Ok(())
}

/// What is wrong with the spans of one member.
fn span_faults<'m>(
    member: &'m MemberRecord,
    by_code: &'m HashMap<&'m str, &'m MemberRecord>,
) -> impl Iterator<Item = (usize, AppError)> + 'm {
    let spans = member.spans.iter().enumerate();
    spans.filter_map(|(at, span)| {
        if let Err(error) = in_order(member, at) {
            return Some((at, error));
        }
        let parent = span.parent.as_ref()?;
        let above = by_code.get(parent.as_str());
        let covered = above.is_some_and(|above| covers(above, span));
        (!covered).then(|| (at, parent_missing(&member.code, parent, span)))
    })
}

/// What does not stand in a tree of many changed members.
pub struct SpanFault<'m> {
    /// Whose.
    pub member: &'m MemberRecord,
    /// What it is for a while.
    pub span: &'m MemberSpan,
    /// Why it cannot be.
    pub error: AppError,
}

/// Everything that does not stand on some day, of all members.
pub fn faults(members: &[MemberRecord]) -> Vec<SpanFault<'_>> {
    let by_code: HashMap<&str, &MemberRecord> = members
        .iter()
        .map(|member| (member.code.as_str(), member))
        .collect();
    let mut found = Vec::new();
    for member in members {
        let theirs = span_faults(member, &by_code);
        found.extend(theirs.map(|(at, error)| SpanFault {
            member,
            span: &member.spans[at],
            error,
        }));
        for span in &member.spans {
            if let Err(error) = upward(member, span, &by_code) {
                found.push(SpanFault {
                    member,
                    span,
                    error,
                });
            }
        }
    }
    found
}

/// Refuses a span on whose first day its member is above itself, or further down than anybody needs.
fn upward(
    member: &MemberRecord,
    span: &MemberSpan,
    by_code: &HashMap<&str, &MemberRecord>,
) -> Result<(), AppError> {
    let (day, mut next) = (&span.valid_from, span.parent.as_deref());
    for _ in 0..DEEPEST {
        let Some(above) = next.and_then(|code| by_code.get(code)) else {
            return Ok(());
        };
        if above.code == member.code {
            return Err(circle(&member.code, day));
        }
        next = on(above, day).and_then(|span| span.parent.as_deref());
    }
    Err(AppError::invalid(
        "parent",
        "tree_too_deep",
        format!("`{}` 之上超过 {DEEPEST} 层，或上级绕成了圈", member.code),
        format!(
            "there are more than {DEEPEST} levels above `{}`, or a circle",
            member.code
        ),
    ))
}

fn in_order(member: &MemberRecord, at: usize) -> Result<(), AppError> {
    let span = &member.spans[at];
    let ends = span.valid_to.as_deref();
    let next = member.spans.get(at + 1);
    let fits = ends.is_none_or(|last| span.valid_from.as_str() <= last)
        && next.is_none_or(|next| ends.is_some_and(|last| last < next.valid_from.as_str()));
    match fits {
        true => Ok(()),
        false => Err(AppError::invalid(
            "valid_to",
            "days_overlap",
            format!("`{}` 的日期互相重叠或先止后起", member.code),
            format!(
                "the days of `{}` overlap, or end before they begin",
                member.code
            ),
        )),
    }
}

/// Whether a member is there on every day of a span.
fn covers(above: &MemberRecord, span: &MemberSpan) -> bool {
    let mut from = span.valid_from.clone();
    for own in &above.spans {
        if !holds(own, &from) {
            continue;
        }
        match (&own.valid_to, &span.valid_to) {
            (None, _) => return true,
            (Some(last), Some(wanted)) if last >= wanted => return true,
            (Some(last), _) => {
                let next = last
                    .parse::<Date>()
                    .ok()
                    .and_then(|day| day.tomorrow().ok());
                match next {
                    Some(next) => from = next.to_string(),
                    None => return true,
                }
            }
        }
    }
    false
}

fn parent_missing(code: &str, parent: &str, span: &MemberSpan) -> AppError {
    let parent: String = parent.chars().take(60).collect();
    let (from, to) = (&span.valid_from, span.valid_to.as_deref().unwrap_or("…"));
    AppError::invalid(
        "parent",
        "parent_missing",
        format!("`{code}` 在 {from} 至 {to} 的上级 `{parent}` 不是每天都在"),
        format!(
            "`{parent}` is not there on every day of {from} to {to}, when `{code}` is below it"
        ),
    )
}

fn circle(code: &str, day: &str) -> AppError {
    AppError::invalid(
        "parent",
        "parent_circle",
        format!("自 {day} 起 `{code}` 会成为自己的上级"),
        format!("from {day} on `{code}` would be above itself"),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fenjie_message::Message;
    use fenjie_store::dimension::{MemberRecord, MemberSpan};
    use fenjie_store::{DimensionId, MemberId, OrganisationId, Timestamp};

    use super::{changed, check, ended, faults};

    /// `east: chain 2026-01-01..` is a span of `east` below `chain`; `-` is the top.
    fn tree(text: &str) -> Vec<MemberRecord> {
        let mut members: Vec<MemberRecord> = Vec::new();
        for (at, line) in text.lines().map(str::trim).enumerate() {
            let (code, rest) = line.split_once(": ").unwrap();
            let (parent, days) = rest.split_once(' ').unwrap();
            let (from, to) = days.split_once("..").unwrap();
            let span = MemberSpan {
                valid_from: from.into(),
                valid_to: Some(to.to_owned()).filter(|to| !to.is_empty()),
                name: code.into(),
                parent: Some(parent.to_owned()).filter(|parent| parent != "-"),
                attributes: BTreeMap::new(),
            };
            match members.iter_mut().find(|known| known.code == code) {
                Some(known) => known.spans.push(span),
                None => members.push(MemberRecord {
                    id: MemberId::of(at as u128),
                    organisation: OrganisationId::of(1),
                    dimension: DimensionId::of(1),
                    code: code.into(),
                    spans: vec![span],
                    revision: 1,
                    updated_at: Timestamp::UNIX_EPOCH,
                }),
            }
        }
        members
    }

    fn told(text: &str, about: &str) -> String {
        check(&tree(text), about).map_or_else(|error| error.code().to_owned(), |()| "ok".into())
    }

    #[test]
    fn a_tree_stands_on_every_day() {
        for (text, wanted) in [
            ("a: - 2026-01-01..\nb: a 2026-02-01..", "ok"),
            ("a: - 2026-02-01..\nb: a 2026-01-01..", "parent_missing"),
            (
                "a: - 2026-01-01..2026-06-30\nb: a 2026-02-01..",
                "parent_missing",
            ),
            (
                "a: - 2026-01-01..2026-06-30\na: - 2026-07-01..\nb: a 2026-02-01..",
                "ok",
            ),
            (
                "a: - 2026-01-01..2026-06-30\na: - 2026-08-01..\nb: a 2026-02-01..",
                "parent_missing",
            ),
            (
                "a: - 2026-01-01..2026-06-30\na: - 2026-06-30..",
                "days_overlap",
            ),
            ("a: - 2026-01-01..2025-06-30", "days_overlap"),
            ("a: b 2026-01-01..\nb: a 2026-01-01..", "parent_circle"),
            // Below each other, but never on the same day.
            (
                "a: - 2026-01-01..2026-03-31\na: b 2026-04-01..\nb: a 2026-02-01..2026-03-31\nb: - 2026-04-01..",
                "ok",
            ),
            (
                "a: - 2026-01-01..2026-03-31\na: b 2026-04-01..\nb: a 2026-02-01..",
                "parent_circle",
            ),
            ("a: a 2026-01-01..", "parent_circle"),
        ] {
            assert_eq!(told(text, "a"), wanted, "{text}");
        }
    }

    #[test]
    fn all_faults_of_a_tree_are_found_at_once() {
        let members = tree(
            "a: - 2026-01-01..\nb: nobody 2026-01-01..\nc: d 2026-01-01..\nd: c 2026-01-01..\n\
             e: c 2026-01-01..",
        );
        let told: Vec<String> = faults(&members)
            .iter()
            .map(|fault| format!("{} {}", fault.member.code, fault.error.code()))
            .collect();
        assert_eq!(
            told,
            [
                "b parent_missing",
                "c parent_circle",
                "d parent_circle",
                "e tree_too_deep"
            ]
        );
    }

    #[test]
    fn a_move_ends_what_was_and_begins_what_is() {
        let before = tree("b: a 2026-01-01..");
        let mut new = before[0].spans[0].clone();
        new.valid_from = "2026-07-01".into();
        new.parent = Some("c".into());
        let after = changed(&before[0].spans, new);
        let told: Vec<String> = after
            .iter()
            .map(|span| format!("{:?} {}..{:?}", span.parent, span.valid_from, span.valid_to))
            .collect();
        assert_eq!(
            told,
            [
                "Some(\"a\") 2026-01-01..Some(\"2026-06-30\")",
                "Some(\"c\") 2026-07-01..None"
            ]
        );
        let left = ended(&after, "2026-03-31");
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].valid_to.as_deref(), Some("2026-03-31"));
    }
}
