//! Finds the header among the first rows and the wanted columns in it. Knows no file format.

use super::columns::trim;
use super::{Place, ReadError, ReadNote, ReadOptions};

/// How many rows are searched for a header.
pub(super) const SEARCHED_ROWS: usize = 50;

/// Which columns of the file are kept, and what they are called.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The 0-based column in the file of each kept column.
    pub picks: Vec<usize>,
    pub names: Vec<String>,
    pub note: Option<ReadNote>,
}

/// The index of the header among the first rows: the first row with all wanted columns, else the
/// first that is not blank.
pub(super) fn find_header(rows: &[Vec<String>], options: &ReadOptions) -> Option<usize> {
    let has_all = |row: &Vec<String>| {
        options
            .columns
            .iter()
            .all(|wanted| row.iter().any(|name| trim(name) == wanted))
    };
    let blank = |row: &Vec<String>| row.iter().all(|name| trim(name).is_empty());
    if !options.columns.is_empty()
        && let Some(found) = rows.iter().position(has_all)
    {
        return Some(found);
    }
    rows.iter().position(|row| !blank(row))
}

/// Chooses the columns to keep from a header; `place` is the header's.
pub(super) fn choose(
    header: &[String],
    options: &ReadOptions,
    place: &Place,
) -> Result<Layout, ReadError> {
    let names: Vec<&str> = header.iter().map(|name| trim(name)).collect();
    if options.columns.is_empty() && options.optional_columns.is_empty() {
        return choose_all(&names, place);
    }
    let mut layout = Layout {
        picks: Vec::new(),
        names: Vec::new(),
        note: None,
    };
    let required = options.columns.iter().map(|name| (name, true));
    let optional = options.optional_columns.iter().map(|name| (name, false));
    for (wanted, is_required) in required.chain(optional) {
        if layout.names.contains(wanted) {
            continue;
        }
        match find(&names, wanted, place)? {
            Some(pick) => {
                layout.picks.push(pick);
                layout.names.push(wanted.clone());
            }
            None if is_required => return Err(missing(wanted, &names, place)),
            None => {}
        }
    }
    Ok(layout)
}

fn choose_all(names: &[&str], place: &Place) -> Result<Layout, ReadError> {
    let mut layout = Layout {
        picks: Vec::new(),
        names: Vec::new(),
        note: None,
    };
    for (pick, name) in names
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty())
    {
        find(names, name, place)?;
        layout.picks.push(pick);
        layout.names.push((*name).to_owned());
    }
    if layout.picks.is_empty() {
        return Err(ReadError::HeaderMissing {
            place: place.clone(),
        });
    }
    // Blank names at the end are only trailing delimiters or formatted cells.
    let last = layout.picks.last().map_or(0, |&pick| pick + 1);
    let count = last - layout.picks.len();
    layout.note = (count > 0).then(|| ReadNote::ColumnsUnnamed {
        place: place.clone(),
        count,
    });
    Ok(layout)
}

fn find(names: &[&str], wanted: &str, place: &Place) -> Result<Option<usize>, ReadError> {
    let mut hits = names
        .iter()
        .enumerate()
        .filter(|(_, name)| **name == wanted);
    let Some((first, _)) = hits.next() else {
        return Ok(None);
    };
    match hits.next() {
        None => Ok(Some(first)),
        Some((second, _)) => Err(ReadError::ColumnDuplicate {
            place: place.clone(),
            column: wanted.to_owned(),
            positions: (first + 1, second + 1),
        }),
    }
}

fn missing(wanted: &str, names: &[&str], place: &Place) -> ReadError {
    let known: Vec<String> = names
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| (*name).to_owned())
        .collect();
    ReadError::ColumnMissing {
        place: place.clone(),
        column: wanted.to_owned(),
        nearest: nearest(wanted, &known),
        known,
    }
}

/// The most similar of the known names, if any is similar at all.
pub(super) fn nearest(name: &str, known: &[String]) -> Option<String> {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let wanted = plain(name);
    known
        .iter()
        .map(|other| (strsim::jaro_winkler(&wanted, &plain(other)), other))
        .filter(|&(similarity, _)| similarity >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_nearest_name() {
        let known = names("销售额 数量 折扣 地区 order_date");
        assert_eq!(nearest("销售金额", &known).as_deref(), Some("销售额"));
        assert_eq!(nearest("Order Date", &known).as_deref(), Some("order_date"));
        assert_eq!(nearest("xyz", &known), None);
    }

    #[test]
    fn titles_above_the_header_are_passed_over() {
        let rows = vec![
            names("2026年销售明细"),
            names("地区 月份 金额"),
            names("华东 1 2"),
        ];
        assert_eq!(
            find_header(&rows, &ReadOptions::with_columns(["金额"])),
            Some(1)
        );
        assert_eq!(find_header(&rows, &ReadOptions::default()), Some(0));
    }
}
