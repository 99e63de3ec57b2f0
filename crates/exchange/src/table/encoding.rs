//! Bytes become UTF-8 text: byte order marks, GB18030 found out, other encodings by name.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{Place, ReadError, ReadNote};

/// Decodes text strictly: what is not valid in its encoding is refused with its line.
pub(super) fn decode(
    bytes: Vec<u8>,
    label: Option<&str>,
    name: &str,
) -> Result<(String, Option<ReadNote>), ReadError> {
    if let Some(label) = label {
        let encoding = Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
            ReadError::EncodingUnknown {
                label: label.to_owned(),
            }
        })?;
        return Ok((strict(bytes, encoding, name)?, None));
    }
    if let Some((encoding, _)) = Encoding::for_bom(&bytes) {
        return Ok((strict(bytes, encoding, name)?, None));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((text, None)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            if looks_like_gb18030(&bytes)
                && let Some(text) =
                    GB18030.decode_without_bom_handling_and_without_replacement(&bytes)
            {
                let note = ReadNote::EncodingFound {
                    place: Place::file(name),
                    encoding: GB18030.name(),
                };
                return Ok((text.into_owned(), Some(note)));
            }
            Err(invalid(&bytes[..valid], UTF_8, name))
        }
    }
}

fn strict(bytes: Vec<u8>, encoding: &'static Encoding, name: &str) -> Result<String, ReadError> {
    let mark: &[u8] = match encoding {
        e if e == UTF_8 => b"\xef\xbb\xbf",
        e if e == UTF_16LE => b"\xff\xfe",
        e if e == UTF_16BE => b"\xfe\xff",
        _ => b"",
    };
    let start = if bytes.starts_with(mark) {
        mark.len()
    } else {
        0
    };
    if encoding == UTF_8 {
        let mut text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            invalid(&error.as_bytes()[..valid], UTF_8, name)
        })?;
        text.drain(..start);
        return Ok(text);
    }
    match encoding.decode_without_bom_handling_and_without_replacement(&bytes[start..]) {
        Some(text) => Ok(text.into_owned()),
        None => Err(invalid(
            &bytes[..valid_up_to(&bytes[start..], encoding)],
            encoding,
            name,
        )),
    }
}

/// How many bytes decode before the first that does not.
fn valid_up_to(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() * 3 + 16);
    let (_, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    read.min(bytes.len())
}

fn invalid(valid: &[u8], encoding: &'static Encoding, name: &str) -> ReadError {
    let line = memchr::memchr_iter(b'\n', valid).count() + 1;
    ReadError::TextInvalid {
        place: Place::file(name).at_row(line),
        encoding: encoding.name(),
    }
}

/// Chinese text in GB18030 is mostly GB2312, whose second byte is 0xA1 or more. In Latin text an
/// accented letter is mostly followed by an ASCII letter, and in Big5 four of ten second bytes are
/// small; neither reaches three quarters.
fn looks_like_gb18030(bytes: &[u8]) -> bool {
    let (mut pairs, mut high, mut at) = (0usize, 0usize, 0usize);
    while at < bytes.len() {
        if bytes[at] < 0x80 {
            at += 1;
            continue;
        }
        pairs += 1;
        high += usize::from(bytes.get(at + 1).is_some_and(|&second| second >= 0xa1));
        at += 2;
    }
    pairs > 0 && high * 4 >= pairs * 3
}
