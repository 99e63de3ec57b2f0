//! Finds members by their text: numbers in buckets by hash, two flat arrays however many there are.
//! Knows no tree.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::tree::Arena;

/// Numbers of texts, by the hash of the text.
#[derive(Clone, Debug)]
pub(crate) struct TextIndex {
    /// Where each bucket starts in `numbers`, and the end.
    starts: Vec<u32>,
    /// All numbers, bucket by bucket, ascending within each.
    numbers: Vec<u32>,
}

impl TextIndex {
    pub(crate) fn of(texts: &Arena) -> TextIndex {
        let buckets = (texts.len() / 2 + 1).next_power_of_two();
        let bucket = |at: usize| hash_of(texts.get(at)) as usize & (buckets - 1);
        let mut starts = vec![0u32; buckets + 1];
        for at in 0..texts.len() {
            starts[bucket(at) + 1] += 1;
        }
        for at in 0..buckets {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut numbers = vec![0u32; texts.len()];
        for at in 0..texts.len() {
            let slot = &mut next[bucket(at)];
            numbers[*slot as usize] = at as u32;
            *slot += 1;
        }
        TextIndex { starts, numbers }
    }

    /// The numbers with exactly this text, ascending.
    pub(crate) fn with_text<'t>(
        &'t self,
        text: &'t str,
        of: impl Fn(u32) -> &'t str + 't,
    ) -> impl Iterator<Item = u32> + 't {
        let bucket = hash_of(text) as usize & (self.starts.len() - 2);
        let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
        let numbers = self.numbers[range].iter().copied();
        numbers.filter(move |number| of(*number) == text)
    }
}

pub(crate) fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_found_and_nothing_else() {
        for count in [0usize, 1, 2, 3, 1_000] {
            let mut texts = Arena::default();
            (0..count).for_each(|at| texts.push(&format!("P{}", at / 2)));
            let index = TextIndex::of(&texts);
            let found = |text: &str| -> Vec<u32> {
                index.with_text(text, |at| texts.get(at as usize)).collect()
            };
            for at in (0..count).step_by(2) {
                let both: Vec<u32> = (at..count.min(at + 2)).map(|at| at as u32).collect();
                assert_eq!(found(&format!("P{}", at / 2)), both);
            }
            assert!(found("Q").is_empty());
        }
    }
}
