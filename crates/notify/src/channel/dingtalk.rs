//! 钉钉群机器人: `timestamp` and `sign` in the query, JSON in the body, `errcode` in the answer. Must not
//! know other channels.

use serde_json::json;
use url::Url;

use super::{Letter, by_code, code, json_request, sign, within};
use crate::SendError;
use crate::net::Request;
use crate::template::Format;

/// The longest text, in bytes.
const LONGEST: usize = 18_000;
/// 130101, 660026: more than twenty in a minute.
const TOO_FAST: [i64; 2] = [130_101, 660_026];
/// 300001, 300005: no such robot; 310000: signature, keyword or address of the sender refused;
/// 400101 to 400106: what was sent is wrong.
const LASTING: [i64; 9] = [
    300_001, 300_005, 310_000, 400_101, 400_102, 400_103, 400_104, 400_105, 400_106,
];

/// The signature: HMAC-SHA256 with the secret, over the time in milliseconds, a line end, and the
/// secret once more; in base 64.
fn signature(secret: &str, at: i64) -> String {
    sign::base64(secret.as_bytes(), format!("{at}\n{secret}").as_bytes())
}

pub(super) fn request(
    address: &str,
    secret: Option<&str>,
    letter: &Letter,
) -> Result<Request, SendError> {
    let mut url = Url::parse(address).map_err(|error| SendError::Refused {
        address: String::new(),
        code: "address_invalid",
        zh: "不是完整的网址".into(),
        en: error.to_string(),
    })?;
    if let Some(secret) = secret {
        url.query_pairs_mut()
            .append_pair("timestamp", &letter.at.to_string())
            .append_pair("sign", &signature(secret, letter.at));
    }
    let title = letter.title.on_one_line(Format::Markdown);
    // Their markdown ends a line by two spaces.
    let text = letter.body.written(Format::Markdown).replace('\n', "  \n");
    let body = json!({
        "msgtype": "markdown",
        "markdown": {
            "title": within(&title, 200),
            "text": within(&format!("#### {title}\n\n{text}"), LONGEST),
        },
        "at": { "atMobiles": [], "atUserIds": [], "isAtAll": false },
    });
    Ok(json_request(url.into(), &body))
}

pub(super) fn judge(body: &str, answer: String) -> Result<String, SendError> {
    by_code(code(body, &["errcode"]), answer, &TOO_FAST, &LASTING)
}
