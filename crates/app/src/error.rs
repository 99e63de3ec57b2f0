//! What a use case refuses, in words for people. Must not know HTTP numbers; `Kind` is what they are
//! made from.

use std::sync::Arc;

use fenjie_exchange::member_table::RowFault;
use fenjie_message::{Lang, Message, english};
use fenjie_store::StoreError;

use crate::rights::Verb;

/// Why somebody did not get what they asked for.
#[derive(Clone, Debug)]
pub enum AppError {
    /// There is no such thing, or it is not theirs to know.
    NotFound {
        /// What, as they named it.
        what: String,
    },
    /// Nobody is signed in.
    NotSignedIn,
    /// What was shown does not prove who somebody is.
    Unproved {
        /// Stable code, such as `sign_in_refused`.
        code: &'static str,
        /// The sentence, in Chinese.
        zh: &'static str,
        /// The sentence, in English.
        en: &'static str,
    },
    /// It comes from a page elsewhere.
    ForeignOrigin,
    /// A key cannot do it: somebody has to have signed in.
    PersonNeeded,
    /// Their role or key does not allow it.
    Forbidden {
        /// What.
        verb: Verb,
    },
    /// The request does not say which version it saw.
    VersionMissing,
    /// What they saw is not what is there any more.
    Stale {
        /// The version they saw.
        seen: u64,
        /// The version that is there.
        found: u64,
        /// What changed since, for people and for programs.
        changed: serde_json::Value,
    },
    /// What was done in a scenario meets what was changed in the plan since it branched off.
    Meets {
        /// What was changed, for people and for programs.
        changed: serde_json::Value,
    },
    /// A field of the request does not hold.
    Invalid {
        /// Which field, such as `name` or `operations[2].at`.
        field: String,
        /// Stable code of the rule, such as `too_long`.
        code: &'static str,
        /// The sentence, in Chinese.
        zh: String,
        /// The sentence, in English.
        en: String,
    },
    /// Such a thing is there already, or its state does not allow it.
    Conflict {
        /// Stable code, such as `plan_locked`.
        code: &'static str,
        /// The sentence, in Chinese.
        zh: String,
        /// The sentence, in English.
        en: String,
    },
    /// The domain refuses: a plan, a file, an import.
    Refused(Arc<dyn Message + Send + Sync>),
    /// Rows of a file are at fault; nothing of it was taken in.
    RowsRefused {
        /// What people call the file.
        file: String,
        /// What is wrong, at least one, in the order of the file.
        rows: Arc<[RowFault]>,
    },
    /// The same key came with another request.
    KeyReused,
    /// Too much at once.
    TooMany {
        /// After how many seconds it may be tried again.
        retry_after: u32,
    },
    /// It is bigger than the server takes.
    TooLarge {
        /// What, such as `body`.
        what: &'static str,
        /// The most it takes.
        most: u64,
    },
    /// The records cannot be read or kept.
    Store(StoreError),
    /// A fault of the server; the operator's log says which.
    Internal {
        /// For the operator's log, never for people outside.
        reason: String,
    },
}

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not signed in.
    NotSignedIn,
    /// Not allowed.
    Forbidden,
    /// Not there.
    NotFound,
    /// The request says no version.
    VersionMissing,
    /// The version is not the last.
    Stale,
    /// The request is wrong in itself.
    Invalid,
    /// The state does not allow it.
    Conflict,
    /// A rule of the domain.
    Refused,
    /// Too many.
    TooMany,
    /// Too large.
    TooLarge,
    /// For now.
    Unavailable,
    /// A fault of the server.
    Internal,
}

impl AppError {
    /// There is no such thing, or it is not theirs to know: the two answers are the same.
    pub fn not_found(what: impl Into<String>) -> AppError {
        AppError::NotFound { what: what.into() }
    }

    /// A field of the request does not hold.
    pub fn invalid(
        field: impl Into<String>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> AppError {
        AppError::Invalid {
            field: field.into(),
            code,
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// A field of the request does not hold, in the words of the domain.
    pub fn invalid_by(field: impl Into<String>, message: &dyn Message) -> AppError {
        AppError::Invalid {
            field: field.into(),
            code: message.code(),
            zh: message.text(Lang::Zh),
            en: message.text(Lang::En),
        }
    }

    /// The state does not allow it.
    pub fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> AppError {
        AppError::Conflict {
            code,
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// What was shown does not prove who somebody is.
    pub fn unproved(code: &'static str, zh: &'static str, en: &'static str) -> AppError {
        AppError::Unproved { code, zh, en }
    }

    /// The one answer to an unknown login, a wrong password and a stopped account.
    pub fn sign_in_refused() -> AppError {
        AppError::unproved(
            "sign_in_refused",
            "登录名、密码或验证码不对",
            "login, password or code is wrong",
        )
    }

    /// The password was right; a code is needed too.
    pub fn code_required() -> AppError {
        AppError::unproved(
            "code_required",
            "请输入验证器上的验证码",
            "the code of your authenticator is needed",
        )
    }

    /// A refusal of the domain.
    pub fn refused(message: impl Message + Send + Sync + 'static) -> AppError {
        AppError::Refused(Arc::new(message))
    }

    /// A fault of the server, for the operator's log.
    pub fn internal(reason: impl std::fmt::Display) -> AppError {
        AppError::Internal {
            reason: reason.to_string(),
        }
    }

    /// What kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            AppError::NotFound { .. } => Kind::NotFound,
            AppError::NotSignedIn | AppError::Unproved { .. } => Kind::NotSignedIn,
            AppError::Forbidden { .. } | AppError::PersonNeeded | AppError::ForeignOrigin => {
                Kind::Forbidden
            }
            AppError::VersionMissing => Kind::VersionMissing,
            AppError::Stale { .. } => Kind::Stale,
            AppError::Invalid { .. } => Kind::Invalid,
            AppError::Conflict { .. } | AppError::KeyReused | AppError::Meets { .. } => {
                Kind::Conflict
            }
            AppError::Refused(_) | AppError::RowsRefused { .. } => Kind::Refused,
            AppError::TooMany { .. } => Kind::TooMany,
            AppError::TooLarge { .. } => Kind::TooLarge,
            AppError::Store(StoreError::Conflict { .. }) => Kind::Conflict,
            AppError::Store(StoreError::Unreadable { .. }) | AppError::Internal { .. } => {
                Kind::Internal
            }
            AppError::Store(_) => Kind::Unavailable,
        }
    }

    /// The field it is about.
    pub fn field(&self) -> Option<&str> {
        match self {
            AppError::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    /// After how many seconds it may be tried again.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            AppError::TooMany { retry_after } => Some(*retry_after),
            AppError::Store(StoreError::Busy) => Some(1),
            AppError::Store(StoreError::ReadOnly { .. } | StoreError::Unreachable { .. }) => {
                Some(5)
            }
            _ => None,
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> AppError {
        AppError::Store(error)
    }
}

impl Message for AppError {
    fn code(&self) -> &'static str {
        match self {
            AppError::NotFound { .. } => "not_found",
            AppError::NotSignedIn => "not_signed_in",
            AppError::Forbidden { .. } => "forbidden",
            AppError::PersonNeeded => "person_needed",
            AppError::ForeignOrigin => "origin_foreign",
            AppError::VersionMissing => "version_missing",
            AppError::Stale { .. } => "version_stale",
            AppError::Invalid { code, .. }
            | AppError::Conflict { code, .. }
            | AppError::Unproved { code, .. } => code,
            AppError::Refused(message) => message.code(),
            AppError::RowsRefused { .. } => "rows_refused",
            AppError::KeyReused => "idempotency_key_reused",
            AppError::Meets { .. } => "merge_conflict",
            AppError::TooMany { .. } => "too_many_requests",
            AppError::TooLarge { .. } => "too_large",
            AppError::Store(error) => error.code(),
            AppError::Internal { .. } => "internal",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            AppError::NotFound { what } if zh => format!("找不到 `{what}`"),
            AppError::NotFound { what } => format!("there is no `{what}`"),
            AppError::NotSignedIn => lang.pick("请先登录", "nobody is signed in").into(),
            AppError::Forbidden { verb } if zh => format!("您没有“{}”的权限", verb.name(lang)),
            AppError::Forbidden { verb } => format!("you may not {}", verb.name(lang)),
            AppError::VersionMissing => lang
                .pick(
                    "请求没有说明所依据的版本",
                    "the request does not say which version it saw",
                )
                .into(),
            AppError::Stale { seen, found, .. } if zh => {
                format!("您看到的是第 {seen} 版，现在已是第 {found} 版")
            }
            AppError::Stale { seen, found, .. } => {
                format!("you saw version {seen}, it is version {found} now")
            }
            AppError::Unproved {
                zh: chinese, en, ..
            } => lang.pick(chinese, en).into(),
            AppError::ForeignOrigin => lang
                .pick(
                    "请求不是从本站页面发出的",
                    "the request does not come from a page of this server",
                )
                .into(),
            AppError::PersonNeeded => lang
                .pick(
                    "密钥不能做这件事，请本人登录",
                    "a key cannot do this; sign in yourself",
                )
                .into(),
            AppError::Invalid { zh: text, .. } | AppError::Conflict { zh: text, .. } if zh => {
                text.clone()
            }
            AppError::Invalid { en, .. } | AppError::Conflict { en, .. } => en.clone(),
            AppError::Refused(message) => message.text(lang),
            AppError::RowsRefused { file, rows } => rows_refused(file, rows, lang),
            AppError::KeyReused => lang
                .pick(
                    "这个幂等键已用于另一个请求",
                    "this idempotency key belongs to another request",
                )
                .into(),
            AppError::Meets { .. } => lang
                .pick(
                    "情景的修改与原方案之后的修改重叠",
                    "what was done in the scenario meets what was changed in the plan since",
                )
                .into(),
            AppError::TooMany { .. } => lang.pick("请求太频繁", "too many requests").into(),
            AppError::TooLarge { what, most } if zh => format!("{what} 超过上限 {most}"),
            AppError::TooLarge { what, most } => format!("{what} is larger than {most}"),
            AppError::Store(StoreError::Unreadable { .. }) | AppError::Internal { .. } => lang
                .pick("服务器内部错误", "the server has met a fault of its own")
                .into(),
            AppError::Store(error) => error.text(lang),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            AppError::Refused(message) => message.hint(lang),
            AppError::RowsRefused { .. } => Some(
                lang.pick(
                    "按 refused 里每一行的说明改正文件，再整个传一次",
                    "mend the file as each row under `refused` says, and send all of it again",
                )
                .into(),
            ),
            AppError::Store(error) => error.hint(lang),
            AppError::NotSignedIn => Some(lang.pick("登录后重试", "sign in and try again").into()),
            AppError::Forbidden { .. } => Some(
                lang.pick(
                    "需要时请管理员调整您的角色",
                    "ask an administrator where you need it",
                )
                .into(),
            ),
            AppError::VersionMissing => Some(
                lang.pick("用 If-Match 带上 ETag", "send the ETag you saw as If-Match")
                    .into(),
            ),
            AppError::Stale { .. } => Some(
                lang.pick(
                    "取得最新内容后再改",
                    "read what is there now and change that",
                )
                .into(),
            ),
            AppError::Internal { .. } => Some(
                lang.pick(
                    "请把请求编号告诉管理员",
                    "tell the operator the number of the request",
                )
                .into(),
            ),
            _ => None,
        }
    }
}

fn rows_refused(file: &str, rows: &[RowFault], lang: Lang) -> String {
    let first = rows.first().map_or("", |row| row.text(lang));
    let (row, count) = (rows.first().map_or(0, |row| row.row), rows.len());
    match lang {
        Lang::Zh => format!("`{file}` 第 {row} 行：{first}；共 {count} 处有误，什么都没有写入"),
        Lang::En => {
            format!("row {row} of `{file}`: {first}; {count} faults in all, nothing was written")
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AppError::Internal { reason } => write!(f, "{reason} [internal]"),
            other => f.write_str(&english(other)),
        }
    }
}

impl std::error::Error for AppError {}
