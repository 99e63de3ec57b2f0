//! Encodes the values of Parquet pages: codes as runs and packed bits, amounts as packed
//! differences, texts plainly. Knows no files and no columns; the encodings are those of the
//! Parquet format's document "Encodings".

/// How many bits a value needs.
pub fn bits_for(value: u64) -> u8 {
    (64 - value.leading_zeros()) as u8
}

/// RLE_DICTIONARY: a byte with the width, then runs of equal codes and groups of eight packed ones.
pub fn encode_codes(codes: &[u32], width: u8, out: &mut Vec<u8>) {
    out.push(width);
    let mut packed_from = 0;
    let mut at = 0;
    while at < codes.len() {
        let value = codes[at];
        let run = 1 + codes[at + 1..]
            .iter()
            .take_while(|&&next| next == value)
            .count();
        // Packed codes come in eights; what is missing for a full eight is taken from the run.
        let packed = at - packed_from;
        let fill = (8 - packed % 8) % 8;
        if run < fill + 16 {
            at += run;
            continue;
        }
        push_packed(&codes[packed_from..at + fill], width, out);
        push_number(((run - fill) as u64) << 1, out);
        out.extend_from_slice(&value.to_le_bytes()[..usize::from(width).div_ceil(8)]);
        at += run;
        packed_from = at;
    }
    push_packed(&codes[packed_from..], width, out);
}

/// A bit-packed run; a last group of less than eight is filled up with zeros.
fn push_packed(codes: &[u32], width: u8, out: &mut Vec<u8>) {
    if codes.is_empty() {
        return;
    }
    let groups = codes.len().div_ceil(8);
    push_number((groups as u64) << 1 | 1, out);
    let missing = groups * 8 - codes.len();
    let mut bits = Bits::default();
    for &code in codes {
        bits.push(u64::from(code), width, out);
    }
    for _ in 0..missing {
        bits.push(0, width, out);
    }
    bits.flush(out);
}

/// Packs values from the lowest bit up.
#[derive(Default)]
struct Bits {
    word: u64,
    used: u32,
}

impl Bits {
    #[inline]
    fn push(&mut self, value: u64, width: u8, out: &mut Vec<u8>) {
        let width = u32::from(width);
        self.word |= value << self.used;
        self.used += width;
        if self.used >= 64 {
            out.extend_from_slice(&self.word.to_le_bytes());
            self.used -= 64;
            // What did not fit; nothing when the value ended with the word.
            self.word = value.checked_shr(width - self.used).unwrap_or(0);
        }
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        let bytes = self.used.div_ceil(8) as usize;
        out.extend_from_slice(&self.word.to_le_bytes()[..bytes]);
        *self = Bits::default();
    }
}

const BLOCK: usize = 128;
const MINIBLOCK: usize = 32;

/// DELTA_BINARY_PACKED: the first value, then blocks of 128 differences less their smallest, each
/// quarter packed as wide as it needs.
pub fn encode_differences(values: &[i64], out: &mut Vec<u8>) {
    push_number(BLOCK as u64, out);
    push_number((BLOCK / MINIBLOCK) as u64, out);
    push_number(values.len() as u64, out);
    push_signed(values.first().copied().unwrap_or(0), out);
    let mut block = [0u64; BLOCK];
    for start in (1..values.len()).step_by(BLOCK) {
        let end = (start + BLOCK).min(values.len());
        let pairs = values[start - 1..end - 1].iter().zip(&values[start..end]);
        let mut least = i64::MAX;
        for (slot, (before, value)) in block.iter_mut().zip(pairs) {
            let difference = value.wrapping_sub(*before);
            least = least.min(difference);
            *slot = difference as u64;
        }
        let used = end - start;
        for slot in &mut block[..used] {
            *slot = slot.wrapping_sub(least as u64);
        }
        block[used..].fill(0);
        push_block(&block, used, least, out);
    }
}

fn push_block(block: &[u64; BLOCK], used: usize, least: i64, out: &mut Vec<u8>) {
    push_signed(least, out);
    let mut widths = [0u8; BLOCK / MINIBLOCK];
    for (width, quarter) in widths.iter_mut().zip(block.chunks(MINIBLOCK)) {
        *width = bits_for(quarter.iter().fold(0, |all, value| all | value));
    }
    out.extend_from_slice(&widths);
    for (index, (&width, quarter)) in widths.iter().zip(block.chunks(MINIBLOCK)).enumerate() {
        if index * MINIBLOCK >= used {
            break;
        }
        let mut bits = Bits::default();
        for &value in quarter {
            bits.push(value, width, out);
        }
        bits.flush(out);
    }
}

/// PLAIN: a length of four bytes and the text, again and again.
pub fn encode_texts<'a>(texts: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    for text in texts {
        let len = u32::try_from(text.len()).expect("a name is shorter than 4 GiB");
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(text.as_bytes());
    }
}

/// ULEB128.
fn push_number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Zigzag ULEB128.
fn push_signed(value: i64, out: &mut Vec<u8>) {
    push_number(((value << 1) ^ (value >> 63)) as u64, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_bytes() {
        // The example of the format's document: 0 to 7 in three bits.
        let mut out = Vec::new();
        encode_codes(&[0, 1, 2, 3, 4, 5, 6, 7], 3, &mut out);
        assert_eq!(out, [3, 0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010]);
        let mut out = Vec::new();
        encode_codes(&[5; 100], 3, &mut out);
        assert_eq!(out, [3, 200, 1, 5]);
        // And its example of differences: 1 to 5 differ by one throughout.
        let mut out = Vec::new();
        encode_differences(&[1, 2, 3, 4, 5], &mut out);
        assert_eq!(out, [128, 1, 4, 5, 2, 2, 0, 0, 0, 0]);
    }
}
