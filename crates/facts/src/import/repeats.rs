//! External ids that stand twice in one file: the same content counts once, other content refuses both
//! rows. Knows no file.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// What is twice.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// Rows that repeat an earlier one.
    pub same: Vec<usize>,
    /// Rows with other content, and the row they clash with.
    pub clashing: Vec<(usize, usize)>,
}

/// Compares the rows of equal ids; `id` is empty for none, `is_same` compares two rows' contents.
pub(super) fn find<'t>(
    rows: usize,
    id: impl Fn(usize) -> &'t str,
    is_same: impl Fn(usize, usize) -> bool,
) -> Repeats {
    let mut repeats = Repeats::default();
    let slots = (rows * 2).next_power_of_two().max(16);
    // Rows + 1 by the hash of their id, zero where free.
    let mut first: Vec<u32> = vec![0; slots];
    for row in 0..rows {
        let text = id(row);
        if text.is_empty() {
            continue;
        }
        let mut hasher = FxHasher::default();
        hasher.write(text.as_bytes());
        let mut slot = (hasher.finish() >> 20) as usize & (slots - 1);
        loop {
            match first[slot] {
                0 => {
                    first[slot] = row as u32 + 1;
                    break;
                }
                other if id(other as usize - 1) == text => {
                    let other = other as usize - 1;
                    match is_same(other, row) {
                        true => repeats.same.push(row),
                        false => {
                            repeats.clashing.push((row, other));
                            repeats.clashing.push((other, row));
                        }
                    }
                    break;
                }
                _ => slot = (slot + 1) & (slots - 1),
            }
        }
    }
    // A row that clashes with two others is named once.
    repeats.clashing.sort_unstable();
    repeats.clashing.dedup_by_key(|(row, _)| *row);
    repeats
}
