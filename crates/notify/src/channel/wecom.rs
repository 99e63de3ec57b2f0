//! 企业微信群机器人: JSON to its address; an `errcode` in an answer of status 200 says whether it took
//! the message. Must not know other channels.

use serde_json::json;

use super::{Letter, by_code, code, json_request, within};
use crate::SendError;
use crate::net::Request;
use crate::template::Format;

/// The longest content, in bytes of UTF-8.
const LONGEST: usize = 4096;
/// 45009: more than twenty in a minute.
const TOO_FAST: [i64; 1] = [45009];
/// 93000: no such robot; 40008, 40035, 44004: what was sent is wrong.
const LASTING: [i64; 4] = [93000, 40008, 40035, 44004];

pub(super) fn request(address: &str, letter: &Letter) -> Request {
    let title = letter.title.on_one_line(Format::Markdown);
    let text = format!("**{title}**\n{}", letter.body.written(Format::Markdown));
    let body = json!({ "msgtype": "markdown", "markdown": { "content": within(&text, LONGEST) } });
    json_request(address.to_owned(), &body)
}

pub(super) fn judge(body: &str, answer: String) -> Result<String, SendError> {
    by_code(code(body, &["errcode"]), answer, &TOO_FAST, &LASTING)
}
