//! Decodes the values of a segment's pages, the counterpart of the encodings they are written in.
//! Never trusts a length: what does not fit is an error. Knows no columns.

/// Why a page cannot be read.
pub(crate) type Fault = &'static str;

const SHORT: Fault = "a page ends early";
const WIDE: Fault = "a page has values that are too wide";

/// ULEB128.
fn number(bytes: &[u8], at: &mut usize) -> Result<u64, Fault> {
    let (mut value, mut shift) = (0u64, 0);
    loop {
        let byte = *bytes.get(*at).ok_or(SHORT)?;
        *at += 1;
        if shift > 63 {
            return Err(WIDE);
        }
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
        shift += 7;
    }
}

fn signed(bytes: &[u8], at: &mut usize) -> Result<i64, Fault> {
    let value = number(bytes, at)?;
    Ok((value >> 1) as i64 ^ -((value & 1) as i64))
}

/// Eight bytes from a place, zeros behind the end.
#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8) {
        Some(eight) => u64::from_le_bytes(eight.try_into().expect("eight bytes")),
        None => {
            let mut eight = [0; 8];
            let rest = bytes.get(at..).unwrap_or_default();
            eight[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(eight)
        }
    }
}

/// Codes of a page: a byte with the width, then runs. Appends `rows` codes, each below `limit`.
pub(crate) fn codes(
    bytes: &[u8],
    rows: usize,
    limit: usize,
    out: &mut Vec<u32>,
) -> Result<(), Fault> {
    let (width, runs) = bytes.split_first().ok_or(SHORT)?;
    let before = out.len();
    run_codes(runs, *width, rows, out)?;
    let most = out[before..].iter().fold(0, |most, code| most.max(*code));
    if rows > 0 && most as usize >= limit {
        return Err("a code has no text");
    }
    Ok(())
}

/// Runs of equal codes and groups of eight packed ones.
pub(crate) fn run_codes(
    bytes: &[u8],
    width: u8,
    rows: usize,
    out: &mut Vec<u32>,
) -> Result<(), Fault> {
    if width > 32 {
        return Err(WIDE);
    }
    let wanted = out.len() + rows;
    let bytes_wide = usize::from(width).div_ceil(8);
    let mut at = 0;
    while out.len() < wanted {
        let header = number(bytes, &mut at)?;
        let left = wanted - out.len();
        let count = usize::try_from(header >> 1).map_err(|_| WIDE)?;
        if header & 1 == 0 {
            let value = bytes.get(at..at + bytes_wide).ok_or(SHORT)?;
            at += bytes_wide;
            let mut four = [0; 4];
            four[..bytes_wide].copy_from_slice(value);
            if count == 0 {
                return Err("a run is empty");
            }
            out.resize(out.len() + count.min(left), u32::from_le_bytes(four));
        } else {
            let len = count.checked_mul(usize::from(width)).ok_or(WIDE)?;
            let packed = bytes.get(at..).ok_or(SHORT)?;
            let packed = packed.get(..len).ok_or(SHORT)?;
            at += len;
            if count == 0 {
                return Err("a run is empty");
            }
            let values = left.min(count.saturating_mul(8));
            unpack_codes(packed, width, values, out);
        }
    }
    Ok(())
}

fn unpack_codes(packed: &[u8], width: u8, values: usize, out: &mut Vec<u32>) {
    let width = usize::from(width);
    let mask = (1u64 << width) - 1;
    let start = out.len();
    out.resize(start + values, 0);
    // Groups of eight values fill whole bytes.
    for (group, slots) in out[start..].chunks_mut(8).enumerate() {
        let base = group * width;
        if width <= 8 {
            let word = word(packed, base);
            for (at, slot) in slots.iter_mut().enumerate() {
                *slot = ((word >> (at * width)) & mask) as u32;
            }
        } else {
            for (at, slot) in slots.iter_mut().enumerate() {
                let bit = at * width;
                *slot = ((word(packed, base + bit / 8) >> (bit % 8)) & mask) as u32;
            }
        }
    }
}

/// DELTA_BINARY_PACKED: appends the values; they must be `rows`. Gives the bytes that were read.
pub(crate) fn differences(bytes: &[u8], rows: usize, out: &mut Vec<i64>) -> Result<usize, Fault> {
    let mut at = 0;
    let block = number(bytes, &mut at)?;
    let quarters = number(bytes, &mut at)?;
    let count = number(bytes, &mut at)?;
    let mut value = signed(bytes, &mut at)?;
    let mini = block.checked_div(quarters).ok_or(WIDE)?;
    if count != rows as u64 || block > 1 << 16 || quarters > 64 || mini == 0 || mini % 32 != 0 {
        return Err("a page has another number of values than rows");
    }
    if rows == 0 {
        return Ok(at);
    }
    let (quarters, mini) = (quarters as usize, mini as usize);
    let end = out.len() + rows;
    out.reserve(rows);
    out.push(value);
    while out.len() < end {
        let least = signed(bytes, &mut at)?;
        let widths = bytes.get(at..at + quarters).ok_or(SHORT)?;
        at += quarters;
        for &width in widths {
            if out.len() >= end {
                break;
            }
            if width > 64 {
                return Err(WIDE);
            }
            let len = mini / 8 * usize::from(width);
            let packed = bytes.get(at..at + len).ok_or(SHORT)?;
            let wanted = mini.min(end - out.len());
            value = add_up(packed, usize::from(width), least, value, wanted, out);
            at += len;
        }
    }
    Ok(at)
}

/// A quarter of a block: each value is the one before, the least difference and the packed rest.
#[inline]
fn add_up(
    packed: &[u8],
    width: usize,
    least: i64,
    mut value: i64,
    wanted: usize,
    out: &mut Vec<i64>,
) -> i64 {
    let mask = if width == 64 {
        u64::MAX
    } else {
        (1 << width) - 1
    };
    for at in 0..wanted {
        let bit = at * width;
        let mut rest = word(packed, bit / 8) >> (bit % 8);
        if width > 56 && !bit.is_multiple_of(8) {
            rest |= word(packed, bit / 8 + 8) << (64 - bit % 8);
        }
        value = value.wrapping_add(least).wrapping_add((rest & mask) as i64);
        out.push(value);
    }
    value
}

/// Numbers of four or eight bytes.
pub(crate) fn plain_numbers(bytes: &[u8], wide: usize, count: usize) -> Result<Vec<i64>, Fault> {
    let len = count.checked_mul(wide).ok_or(WIDE)?;
    let bytes = bytes.get(..len).ok_or(SHORT)?;
    let narrow = |four: &[u8]| i64::from(i32::from_le_bytes(four.try_into().expect("four bytes")));
    let whole = |eight: &[u8]| i64::from_le_bytes(eight.try_into().expect("eight bytes"));
    Ok(match wide {
        4 => bytes.chunks_exact(4).map(narrow).collect(),
        _ => bytes.chunks_exact(8).map(whole).collect(),
    })
}

/// Texts behind their lengths of four bytes; `visit` gets each with its number.
pub(crate) fn plain_texts<'b>(
    bytes: &'b [u8],
    count: usize,
    mut visit: impl FnMut(usize, &'b str),
) -> Result<(), Fault> {
    let mut at = 0usize;
    for number in 0..count {
        let len = bytes.get(at..at + 4).ok_or(SHORT)?;
        let len = u32::from_le_bytes(len.try_into().expect("four bytes")) as usize;
        let text = bytes.get(at + 4..at + 4 + len).ok_or(SHORT)?;
        at += 4 + len;
        visit(
            number,
            std::str::from_utf8(text).map_err(|_| "a text is not UTF-8")?,
        );
    }
    Ok(())
}

/// Texts that share a beginning with the one before.
pub(crate) fn shared_texts(
    bytes: &[u8],
    rows: usize,
    out: &mut Vec<Box<str>>,
) -> Result<(), Fault> {
    let (mut shared, mut lengths) = (Vec::new(), Vec::new());
    let mut at = differences(bytes, rows, &mut shared)?;
    at += differences(&bytes[at..], rows, &mut lengths)?;
    let mut text: Vec<u8> = Vec::new();
    for (shared, length) in shared.into_iter().zip(lengths) {
        let shared = usize::try_from(shared).map_err(|_| WIDE)?;
        let length = usize::try_from(length).map_err(|_| WIDE)?;
        let end = at.checked_add(length).ok_or(WIDE)?;
        if shared > text.len() {
            return Err("a text shares more than there is");
        }
        text.truncate(shared);
        text.extend_from_slice(bytes.get(at..end).ok_or(SHORT)?);
        at = end;
        let whole = std::str::from_utf8(&text).map_err(|_| "a text is not UTF-8")?;
        out.push(whole.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use fenjie_exchange::write::parquet_pages::{bits_for, encode_codes, encode_differences};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn codes_come_back(
            runs in prop::collection::vec((0u32..1 << 20, 1usize..40, 0u32..20), 0..60),
        ) {
            let wanted: Vec<u32> = runs
                .iter()
                .flat_map(|&(code, len, shift)| std::iter::repeat_n(code >> shift, len))
                .collect();
            let most = wanted.iter().max().copied().unwrap_or(0);
            let mut bytes = Vec::new();
            encode_codes(&wanted, bits_for(u64::from(most)), &mut bytes);
            let mut found = Vec::new();
            codes(&bytes, wanted.len(), most as usize + 1, &mut found).unwrap();
            prop_assert_eq!(&found, &wanted);
            if !wanted.is_empty() {
                prop_assert!(codes(&bytes, wanted.len(), most as usize, &mut found).is_err());
            }
        }

        #[test]
        fn amounts_come_back(
            values in prop::collection::vec((any::<i64>(), 0u32..64), 0..300),
        ) {
            let wanted: Vec<i64> = values.iter().map(|(value, by)| value >> by).collect();
            let mut bytes = Vec::new();
            encode_differences(&wanted, &mut bytes);
            let mut found = Vec::new();
            prop_assert_eq!(differences(&bytes, wanted.len(), &mut found), Ok(bytes.len()));
            prop_assert_eq!(found, wanted);
        }

        #[test]
        fn no_bytes_are_trusted(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            rows in 0usize..5000,
        ) {
            let _ = codes(&bytes, rows, 100, &mut Vec::new());
            let _ = differences(&bytes, rows, &mut Vec::new());
            let _ = plain_numbers(&bytes, 4, rows);
            let _ = plain_texts(&bytes, rows, |_, _| ());
            let _ = shared_texts(&bytes, rows, &mut Vec::new());
        }
    }
}
