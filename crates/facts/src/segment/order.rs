//! The order of a segment's lines: by the first dimension's member, then by day. Knows no file.

use crate::lines::SalesLines;

/// The rows in the order in which they are written; equal ones stay as they were.
pub(crate) fn order(lines: &SalesLines) -> Vec<u32> {
    let rows = lines.dates.len();
    let mut by_member = match lines.members.first() {
        Some(column) => {
            let ranks = ranks(&column.dictionary);
            gather(&column.codes, &ranks)
        }
        None => vec![(0..rows as u32).collect()],
    };
    let minute = |row: u32| lines.minutes.get(row as usize).copied().unwrap_or(-1);
    for rows in &mut by_member {
        let key = |row: &u32| (lines.dates[*row as usize], minute(*row));
        if !rows.is_sorted_by_key(key) {
            rows.sort_by_key(key);
        }
    }
    by_member.concat()
}

/// The place of each text among all of them, by its bytes.
fn ranks(dictionary: &[String]) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0..dictionary.len() as u32).collect();
    sorted.sort_by_key(|&code| &dictionary[code as usize]);
    let mut ranks = vec![0; dictionary.len()];
    let (mut rank, mut before) = (0, None);
    for code in sorted {
        let text = Some(&dictionary[code as usize]);
        if before.is_some() && before != text {
            rank += 1;
        }
        ranks[code as usize] = rank;
        before = text;
    }
    ranks
}

/// The rows of each rank.
fn gather(codes: &[u32], ranks: &[u32]) -> Vec<Vec<u32>> {
    let most = ranks.iter().max().map_or(0, |most| *most as usize + 1);
    let mut counts = vec![0usize; most];
    for &code in codes {
        counts[ranks[code as usize] as usize] += 1;
    }
    let mut rows: Vec<Vec<u32>> = counts.into_iter().map(Vec::with_capacity).collect();
    for (row, &code) in codes.iter().enumerate() {
        rows[ranks[code as usize] as usize].push(row as u32);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::TextColumn;

    #[test]
    fn a_store_lies_together_in_order_of_days() {
        let lines = SalesLines {
            dates: vec![3, 1, 2, 1, 2],
            members: vec![TextColumn {
                dictionary: vec!["S2".into(), "S1".into()],
                codes: vec![0, 1, 0, 0, 1],
            }],
            ..SalesLines::default()
        };
        assert_eq!(order(&lines), [1, 4, 3, 2, 0]);
    }
}
