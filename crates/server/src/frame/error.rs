//! What the frame refuses before or instead of a route. Must not know routes.

use axum::http::StatusCode;
use fenjie_message::{Lang, Message};

/// Why a request did not get to a route, or a route gave no answer of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// No route has this path.
    UnknownPath,
    /// The path has no such method.
    Method {
        /// What it has.
        allowed: String,
    },
    /// The path with its query is too long.
    UrlTooLong {
        /// The most bytes.
        most: usize,
    },
    /// The headers are too large.
    HeadersTooLarge {
        /// The most bytes.
        most: usize,
    },
    /// The body is too large.
    BodyTooLarge,
    /// The body is of another type.
    MediaType {
        /// What is wanted.
        wanted: &'static str,
    },
    /// The client stopped sending its body.
    BodyStalled,
    /// The body broke off.
    BodyBroken,
    /// It is called by a name that is not this server's.
    Host,
    /// Somebody asks too often.
    TooOften {
        /// After how many seconds it may be tried again.
        retry_after: u32,
    },
    /// There is too much to do.
    Overloaded,
    /// It took too long.
    TookTooLong,
    /// Only for whoever operates the server.
    OperatorOnly,
    /// The server is stopping, or its records cannot be reached.
    NotReady {
        /// What does not answer.
        what: String,
    },
    /// A route answered with this status and no words of ours.
    Status(StatusCode),
}

impl FrameError {
    /// Its status.
    pub fn status(&self) -> StatusCode {
        match self {
            FrameError::UnknownPath => StatusCode::NOT_FOUND,
            FrameError::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            FrameError::UrlTooLong { .. } => StatusCode::URI_TOO_LONG,
            FrameError::HeadersTooLarge { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            FrameError::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            FrameError::MediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            FrameError::BodyStalled => StatusCode::REQUEST_TIMEOUT,
            FrameError::BodyBroken => StatusCode::BAD_REQUEST,
            FrameError::Host => StatusCode::MISDIRECTED_REQUEST,
            FrameError::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            FrameError::Overloaded | FrameError::TookTooLong | FrameError::NotReady { .. } => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            FrameError::OperatorOnly => StatusCode::FORBIDDEN,
            FrameError::Status(status) => *status,
        }
    }

    /// After how many seconds it may be tried again.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            FrameError::TooOften { retry_after } => Some(*retry_after),
            FrameError::Overloaded => Some(1),
            FrameError::TookTooLong | FrameError::NotReady { .. } => Some(5),
            _ => None,
        }
    }
}

impl Message for FrameError {
    fn code(&self) -> &'static str {
        match self {
            FrameError::UnknownPath => "path_unknown",
            FrameError::Method { .. } => "method_not_allowed",
            FrameError::UrlTooLong { .. } => "url_too_long",
            FrameError::HeadersTooLarge { .. } => "headers_too_large",
            FrameError::BodyTooLarge => "too_large",
            FrameError::MediaType { .. } => "media_type_unsupported",
            FrameError::BodyStalled => "body_stalled",
            FrameError::BodyBroken => "body_broken",
            FrameError::Host => "host_unknown",
            FrameError::TooOften { .. } => "too_many_requests",
            FrameError::Overloaded => "overloaded",
            FrameError::TookTooLong => "took_too_long",
            FrameError::OperatorOnly => "operator_only",
            FrameError::NotReady { .. } => "not_ready",
            FrameError::Status(StatusCode::NOT_FOUND) => "path_unknown",
            FrameError::Status(StatusCode::PAYLOAD_TOO_LARGE) => "too_large",
            FrameError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE) => "media_type_unsupported",
            FrameError::Status(status) if status.is_server_error() => "internal",
            FrameError::Status(_) => "request_invalid",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let fixed = |zh: &'static str, en: &'static str| lang.pick(zh, en).to_owned();
        match self {
            FrameError::UnknownPath | FrameError::Status(StatusCode::NOT_FOUND) => {
                fixed("没有这个地址", "there is nothing at this address")
            }
            FrameError::Method { allowed } if zh => format!("这个地址只接受 {allowed}"),
            FrameError::Method { allowed } => format!("this address takes {allowed} only"),
            FrameError::UrlTooLong { most } if zh => format!("地址超过 {most} 字节"),
            FrameError::UrlTooLong { most } => format!("the address is longer than {most} bytes"),
            FrameError::HeadersTooLarge { most } if zh => format!("请求头合计超过 {most} 字节"),
            FrameError::HeadersTooLarge { most } => {
                format!("the headers are larger than {most} bytes")
            }
            FrameError::BodyTooLarge => fixed("请求体超过上限", "the body is too large"),
            FrameError::MediaType { wanted } if zh => format!("请求体的类型须为 {wanted}"),
            FrameError::MediaType { wanted } => format!("the body has to be {wanted}"),
            FrameError::BodyStalled => fixed("请求体迟迟没有传完", "the body did not come in time"),
            FrameError::BodyBroken => fixed("请求体中断", "the body broke off"),
            FrameError::Host => fixed(
                "这台服务器没有这个主机名",
                "this server is not called by that name",
            ),
            FrameError::TooOften { .. } => fixed("请求太频繁", "too many requests"),
            FrameError::Overloaded => fixed("服务器正忙", "the server is busy"),
            FrameError::TookTooLong => fixed("处理超时", "it took too long"),
            FrameError::OperatorOnly => fixed(
                "只供运维人员使用",
                "this is for whoever operates the server",
            ),
            FrameError::NotReady { what } if zh => format!("尚未就绪：{what}"),
            FrameError::NotReady { what } => format!("not ready: {what}"),
            FrameError::Status(status) if status.is_server_error() => {
                fixed("服务器内部错误", "the server has met a fault of its own")
            }
            FrameError::Status(status) if zh => format!("请求有误（{}）", status.as_u16()),
            FrameError::Status(status) => format!("the request is wrong ({})", status.as_u16()),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = match self {
            FrameError::UnknownPath => ("接口列表见 /api/docs", "the routes are at /api/docs"),
            FrameError::MediaType { .. } => ("检查 Content-Type", "look at Content-Type"),
            FrameError::Host => (
                "在配置中设置 base_url",
                "set `base_url` in the configuration",
            ),
            FrameError::TooOften { .. } | FrameError::Overloaded | FrameError::TookTooLong => (
                "按 Retry-After 等候后重试；写入请带同一个 Idempotency-Key",
                "wait as Retry-After says and try again; repeat a write under the same Idempotency-Key",
            ),
            FrameError::OperatorOnly => (
                "从本机访问，或带上 metrics_token",
                "ask from the machine itself, or send `metrics_token`",
            ),
            _ => return None,
        };
        Some(lang.pick(hint.0, hint.1).to_owned())
    }
}
