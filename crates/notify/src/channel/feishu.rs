//! 飞书群机器人: `timestamp` and `sign` in the body, `code` (once `StatusCode`) in the answer. Must not
//! know other channels.

use serde_json::json;

use super::{Letter, by_code, code, json_request, sign, within};
use crate::SendError;
use crate::net::Request;
use crate::template::Format;

/// The longest text, in bytes; the whole body may have 20 KB.
const LONGEST: usize = 16_000;
/// 9499: too many requests; 11232, 11233: the robot's own limits.
const TOO_FAST: [i64; 3] = [9499, 11_232, 11_233];
/// 19001: no such robot; 19002: what was sent is wrong; 19021, 19022, 19024: signature, address of
/// the sender, keyword refused.
const LASTING: [i64; 5] = [19_001, 19_002, 19_021, 19_022, 19_024];

/// The signature: HMAC-SHA256 of nothing, where the key is the time in seconds, a line end, and the
/// secret; in base 64.
fn signature(secret: &str, seconds: i64) -> String {
    sign::base64(format!("{seconds}\n{secret}").as_bytes(), b"")
}

pub(super) fn request(address: &str, secret: Option<&str>, letter: &Letter) -> Request {
    let title = letter.title.on_one_line(Format::Plain);
    let text = within(
        &letter.body.written(Format::Markdown).replace("**", ""),
        LONGEST,
    );
    // Each line is a paragraph of plain text: nothing in it can call anybody.
    let lines: Vec<_> = text
        .lines()
        .map(|line| json!([{ "tag": "text", "text": line }]))
        .collect();
    let mut body = json!({
        "msg_type": "post",
        "content": { "post": { "zh_cn": { "title": within(&title, 200), "content": lines } } },
    });
    if let Some(secret) = secret {
        let seconds = letter.at.div_euclid(1000);
        body["timestamp"] = seconds.to_string().into();
        body["sign"] = signature(secret, seconds).into();
    }
    json_request(address.to_owned(), &body)
}

pub(super) fn judge(body: &str, answer: String) -> Result<String, SendError> {
    by_code(
        code(body, &["code", "StatusCode"]),
        answer,
        &TOO_FAST,
        &LASTING,
    )
}
