//! How many columns of a terminal or a printed table a text takes: Chinese counts two. Knows no table.

/// The columns of a text where every character has the width it has in a fixed-width font.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(of_char).sum()
}

/// Ranges that take two columns: Hangul, CJK with its marks, kana, full-width forms, emoji.
const WIDE: [(u32, u32); 9] = [
    (0x1100, 0x115f),
    (0x2e80, 0x303e),
    (0x3041, 0xa4cf),
    (0xac00, 0xd7a3),
    (0xf900, 0xfaff),
    (0xfe30, 0xfe6f),
    (0xff00, 0xff60),
    (0xffe0, 0xffe6),
    (0x1f300, 0x3fffd),
];

fn of_char(c: char) -> usize {
    let code = c as u32;
    if c.is_control() || matches!(code, 0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f) {
        return 0;
    }
    let is_wide = WIDE
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&code));
    if is_wide { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn chinese_counts_two() {
        let table = [
            ("S1", 2),
            ("人民路店", 8),
            ("1月（W2）", 9),
            ("é", 1),
            ("", 0),
        ];
        for (text, wanted) in table {
            assert_eq!(width(text), wanted, "{text}");
        }
    }
}
