//! A program of theirs: JSON with our signature in the headers, and an identifier that stays the same
//! at every attempt. Must not know other channels.

use serde_json::json;

use super::{Letter, sign};
use crate::net::Request;
use crate::template::Format;

/// The headers that a receiver checks.
pub const SIGNATURE: &str = "x-fenjie-signature";
/// When it was signed, in seconds since 1970.
pub const TIMESTAMP: &str = "x-fenjie-timestamp";
/// The message's identifier: drop what has come before.
pub const ID: &str = "x-fenjie-id";

/// The signature: `v1=` and HMAC-SHA256 with the secret over the time in seconds, a full stop, and the
/// body as it was received; in hexadecimal digits.
pub(super) fn signature(secret: &str, seconds: i64, body: &str) -> String {
    let message = format!("{seconds}.{body}");
    format!(
        "v1={}",
        sign::hexadecimal(secret.as_bytes(), message.as_bytes())
    )
}

pub(super) fn request(address: &str, secret: Option<&str>, letter: &Letter) -> Request {
    let seconds = letter.at.div_euclid(1000);
    let body = json!({
        "id": letter.id,
        "topic": letter.topic,
        "title": letter.title.on_one_line(Format::Plain),
        "text": letter.body.written(Format::Plain),
        "values": letter.values,
    })
    .to_string();
    let mut headers = vec![(ID, letter.id.clone()), (TIMESTAMP, seconds.to_string())];
    if let Some(secret) = secret {
        headers.push((SIGNATURE, signature(secret, seconds, &body)));
    }
    Request {
        url: address.to_owned(),
        headers,
        body,
    }
}
