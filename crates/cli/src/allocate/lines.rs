//! Allocations as a stream: one JSON object per line in, one per line out. A line that cannot be
//! answered gets an error and the next one is read. Knows no command line.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read, Write};

use fenjie_message::{Lang, Message};
use fenjie_money::{AllocateError, TextAllocator, WeightsError};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::ZeroBasis;
use crate::failure::Failure;
use crate::terminal::not_written;

/// The most bytes of one line: 64 MiB.
const LONGEST_LINE: usize = 64 << 20;
const READ_BYTES: usize = 1 << 18;

/// What a line that does not say otherwise means.
pub struct Usual<'a> {
    /// Who gets the left-over steps.
    pub policy: &'a str,
    /// The size of one count.
    pub step: &'a str,
    /// What weights that are all zero mean.
    pub zero_basis: ZeroBasis,
    /// The language of messages.
    pub lang: Lang,
}

/// A question. Numbers may be JSON numbers or strings; either way they are read exactly.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Question<'a> {
    #[serde(borrow)]
    total: &'a RawValue,
    #[serde(borrow)]
    weights: Vec<&'a RawValue>,
    #[serde(borrow)]
    policy: Option<Cow<'a, str>>,
    #[serde(borrow)]
    step: Option<&'a RawValue>,
    #[serde(borrow)]
    zero_basis: Option<Cow<'a, str>>,
}

/// Why a line gets no parts.
#[derive(Debug)]
enum LineError {
    Json { reason: String },
    NotNumber { key: String, found: String },
    ZeroBasis { found: String },
    TooLong,
    Allocate(AllocateError),
}

/// Answers every line of the input that is not blank, in order. What is written reaches the reader
/// as soon as no further whole line has arrived, so that a dialogue works.
///
/// # Errors
/// Input that cannot be read, output that cannot be written.
pub fn answer(input: &mut dyn Read, out: &mut dyn Write, usual: &Usual) -> Result<(), Failure> {
    let mut input = BufReader::with_capacity(READ_BYTES, input);
    let mut allocator = TextAllocator::default();
    let (mut line, mut answer) = (Vec::new(), String::new());
    let written = |reason: std::io::Error| not_written(&reason);
    loop {
        line.clear();
        let length = read_line(&mut input, &mut line)
            .map_err(|reason| Failure::unreadable(std::path::Path::new("-"), &reason))?;
        if length == 0 {
            break;
        }
        if !line.trim_ascii().is_empty() || length > LONGEST_LINE {
            answer.clear();
            let answered = match length > LONGEST_LINE {
                true => Err(LineError::TooLong),
                false => answer_line(&line, usual, &mut allocator, &mut answer),
            };
            if let Err(error) = answered {
                answer.clear();
                push_error(&error, usual.lang, &mut answer);
            }
            answer.push('\n');
            out.write_all(answer.as_bytes()).map_err(written)?;
        }
        if !input.buffer().contains(&b'\n') {
            out.flush().map_err(written)?;
        }
    }
    out.flush().map_err(written)
}

/// Reads a line and says how long it was. Of a line that is too long only the beginning is kept.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<usize> {
    let mut length = 0;
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(reason) if reason.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(reason) => return Err(reason),
        };
        let end = memchr::memchr(b'\n', buffer);
        let used = end.map_or(buffer.len(), |at| at + 1);
        length += used;
        if length <= LONGEST_LINE {
            line.extend_from_slice(&buffer[..used]);
        }
        input.consume(used);
        if end.is_some() || used == 0 {
            return Ok(length);
        }
    }
}

fn answer_line(
    line: &[u8],
    usual: &Usual,
    allocator: &mut TextAllocator,
    answer: &mut String,
) -> Result<(), LineError> {
    let question: Question = serde_json::from_slice(line.trim_ascii()).map_err(not_json)?;
    let total = number(question.total, || "total".into())?;
    let mut weights = Vec::with_capacity(question.weights.len());
    for (index, weight) in question.weights.iter().enumerate() {
        weights.push(number(weight, || format!("weights[{index}]"))?);
    }
    let step = question
        .step
        .map(|step| number(step, || "step".into()))
        .transpose()?;
    let policy = question.policy.as_deref().unwrap_or(usual.policy);
    let zero_basis = match question.zero_basis.as_deref() {
        None => usual.zero_basis,
        Some("equal") => ZeroBasis::Equal,
        Some("refuse") => ZeroBasis::Refuse,
        Some(found) => {
            return Err(LineError::ZeroBasis {
                found: found.into(),
            });
        }
    };
    let done = allocator
        .allocate(
            &total,
            &weights,
            policy,
            step.as_deref().unwrap_or(usual.step),
        )
        .map_err(LineError::Allocate)?;
    if done.became_equal() && zero_basis == ZeroBasis::Refuse {
        return Err(LineError::Allocate(WeightsError::AllZero.into()));
    }
    answer.push_str("{\"parts\":[");
    for member in 0..done.counts().len() {
        answer.push_str(if member == 0 { "\"" } else { ",\"" });
        done.write_part(member, answer);
        answer.push('"');
    }
    answer.push(']');
    if let Some(rest) = done.rest() {
        let (member, amount) = (rest.member, rest.amount);
        answer.push_str(&format!(
            ",\"rest\":{{\"member\":{member},\"amount\":\"{amount}\"}}"
        ));
    }
    if done.became_equal() {
        answer.push_str(",\"warnings\":[\"weights_all_zero\"]");
    }
    answer.push('}');
    Ok(())
}

/// Every line is its own text, so only the column says where.
fn not_json(error: serde_json::Error) -> LineError {
    let reason = error
        .to_string()
        .replace(" at line 1 column ", " at column ");
    LineError::Json { reason }
}

/// The text of a JSON number, or of a string that should hold one.
fn number(value: &RawValue, key: impl Fn() -> String) -> Result<Cow<'_, str>, LineError> {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'"') if !raw.contains('\\') => Ok(raw[1..raw.len() - 1].into()),
        Some(b'"') => serde_json::from_str::<String>(raw)
            .map(Cow::Owned)
            .map_err(not_json),
        Some(b'-' | b'0'..=b'9') => Ok(raw.into()),
        _ => Err(LineError::NotNumber {
            key: key(),
            found: raw.chars().take(40).collect(),
        }),
    }
}

fn push_error(error: &LineError, lang: Lang, answer: &mut String) {
    let refused = serde_json::json!({ "error": {
        "code": error.code(),
        "message": error.text(lang),
    }});
    answer.push_str(&refused.to_string());
}

impl Message for LineError {
    fn code(&self) -> &'static str {
        match self {
            LineError::Json { .. } => "json_invalid",
            LineError::NotNumber { .. } => "number_expected",
            LineError::ZeroBasis { .. } => "zero_basis_unknown",
            LineError::TooLong => "line_too_long",
            LineError::Allocate(error) => error.code(),
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (LineError::Json { reason }, Lang::Zh) => {
                format!("这一行不是 `{{\"total\":…,\"weights\":[…]}}` 这样的 JSON 对象：{reason}")
            }
            (LineError::Json { reason }, Lang::En) => format!(
                "the line is no JSON object such as `{{\"total\":…,\"weights\":[…]}}`: {reason}"
            ),
            (LineError::NotNumber { key, found }, Lang::Zh) => {
                format!("`{key}` 应为数字或写成文本的数字，这里是 `{found}`")
            }
            (LineError::NotNumber { key, found }, Lang::En) => {
                format!("`{key}` should be a number or a text that holds one, here is `{found}`")
            }
            (LineError::ZeroBasis { found }, Lang::Zh) => {
                format!("`zero_basis` 只能是 `equal` 或 `refuse`，这里是 `{found}`")
            }
            (LineError::ZeroBasis { found }, Lang::En) => {
                format!("`zero_basis` is `equal` or `refuse`, here is `{found}`")
            }
            (LineError::TooLong, Lang::Zh) => "这一行超过 64 MiB".into(),
            (LineError::TooLong, Lang::En) => "the line is longer than 64 MiB".into(),
            (LineError::Allocate(error), _) => error.text(lang),
        }
    }
}
