//! A command line that is not understood, said in the user's language. Knows no command.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use fenjie_message::{Lang, Message};

use crate::failure::{Exit, Failure};

/// Why a command line is not understood.
#[derive(Debug)]
enum UsageError {
    /// An option or argument that the command does not have.
    ArgumentUnknown {
        argument: String,
        nearest: Option<String>,
        usage: String,
    },
    /// A command that does not exist.
    CommandUnknown {
        command: String,
        nearest: Option<String>,
    },
    /// No command at all.
    CommandMissing,
    /// Arguments that must be there.
    ArgumentMissing { arguments: String, usage: String },
    /// Two options of which only one may be given.
    ArgumentsConflict { argument: String, other: String },
    /// An option without the value it needs, or with too many.
    ValueMissing { argument: String },
    /// A value that the option does not take.
    ValueInvalid {
        argument: String,
        value: String,
        known: Vec<String>,
        reason: Option<String>,
    },
    /// Anything else, in clap's words.
    Other { text: String },
}

/// What clap refuses, as a failure of ours.
pub fn failure(error: &clap::Error) -> Failure {
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let usage = text(error, ContextKind::Usage).unwrap_or_default();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    // Of several suggestions the nearest comes last.
    let nearest = |kind| {
        let text = text(error, kind)?;
        text.rsplit(", ").next().map(|text| text.trim().to_owned())
    };
    let reason = match error.kind() {
        ErrorKind::UnknownArgument => {
            let nearest = nearest(ContextKind::SuggestedArg);
            UsageError::ArgumentUnknown {
                argument,
                nearest,
                usage,
            }
        }
        ErrorKind::InvalidSubcommand => UsageError::CommandUnknown {
            command: text(error, ContextKind::InvalidSubcommand).unwrap_or_default(),
            nearest: nearest(ContextKind::SuggestedSubcommand),
        },
        ErrorKind::MissingSubcommand => UsageError::CommandMissing,
        ErrorKind::MissingRequiredArgument => UsageError::ArgumentMissing {
            arguments: argument,
            usage,
        },
        ErrorKind::ArgumentConflict => UsageError::ArgumentsConflict {
            argument,
            other: text(error, ContextKind::PriorArg).unwrap_or_default(),
        },
        ErrorKind::TooFewValues
        | ErrorKind::TooManyValues
        | ErrorKind::WrongNumberOfValues
        | ErrorKind::NoEquals => UsageError::ValueMissing { argument },
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8 => {
            let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
            let reason = std::error::Error::source(error).map(ToString::to_string);
            match value.as_str() {
                "" => UsageError::ValueMissing { argument },
                _ => UsageError::ValueInvalid {
                    argument,
                    value,
                    known: known(error),
                    reason,
                },
            }
        }
        _ => UsageError::Other {
            text: error.to_string().trim().to_owned(),
        },
    };
    Failure::new(reason, Exit::Usage)
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => Some(
            texts
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        ),
        _ => None,
    }
}

fn known(error: &clap::Error) -> Vec<String> {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

impl Message for UsageError {
    fn code(&self) -> &'static str {
        match self {
            UsageError::ArgumentUnknown { .. } => "argument_unknown",
            UsageError::CommandUnknown { .. } => "command_unknown",
            UsageError::CommandMissing => "command_missing",
            UsageError::ArgumentMissing { .. } => "argument_missing",
            UsageError::ArgumentsConflict { .. } => "arguments_conflict",
            UsageError::ValueMissing { .. } => "argument_value_missing",
            UsageError::ValueInvalid { .. } => "argument_value_invalid",
            UsageError::Other { .. } => "usage",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let usage = |usage: &str| match lang {
            Lang::Zh => format!("用法：{}", crate::help::usage_zh(usage)),
            Lang::En => format!("usage: {usage}"),
        };
        match self {
            UsageError::ArgumentUnknown {
                nearest: Some(nearest),
                ..
            }
            | UsageError::CommandUnknown {
                nearest: Some(nearest),
                ..
            } => Some(match lang {
                Lang::Zh => format!("是不是要写 `{nearest}`"),
                Lang::En => format!("did you mean `{nearest}`"),
            }),
            UsageError::ArgumentUnknown { usage: text, .. }
            | UsageError::ArgumentMissing { usage: text, .. }
                if !text.is_empty() =>
            {
                Some(usage(text))
            }
            UsageError::ValueInvalid { known, .. } if !known.is_empty() => {
                let known = known.join(lang.pick("、", ", "));
                Some(match lang {
                    Lang::Zh => format!("可以写 {known}"),
                    Lang::En => format!("it takes {known}"),
                })
            }
            UsageError::Other { .. } => None,
            _ => Some(lang.pick("用 `--help` 查看写法", "see `--help`").into()),
        }
    }
}

impl UsageError {
    fn zh(&self) -> String {
        match self {
            UsageError::ArgumentUnknown { argument, .. } => {
                format!("没有 `{argument}` 这个选项或参数")
            }
            UsageError::CommandUnknown { command, .. } => format!("没有 `{command}` 这个命令"),
            UsageError::CommandMissing => "没有写要执行的命令".into(),
            UsageError::ArgumentMissing { arguments, .. } => format!("缺少 `{arguments}`"),
            UsageError::ArgumentsConflict { argument, other } => {
                format!("`{argument}` 不能和 `{other}` 同时使用")
            }
            UsageError::ValueMissing { argument } => format!("`{argument}` 后面要写一个值"),
            UsageError::ValueInvalid {
                argument,
                value,
                reason,
                ..
            } => {
                let reason = reason
                    .as_ref()
                    .map_or(String::new(), |reason| format!("：{reason}"));
                format!("`{argument}` 不接受 `{value}`{reason}")
            }
            UsageError::Other { text } => text.clone(),
        }
    }

    fn en(&self) -> String {
        match self {
            UsageError::ArgumentUnknown { argument, .. } => {
                format!("there is no option or argument `{argument}`")
            }
            UsageError::CommandUnknown { command, .. } => {
                format!("there is no command `{command}`")
            }
            UsageError::CommandMissing => "no command is given".into(),
            UsageError::ArgumentMissing { arguments, .. } => format!("`{arguments}` is missing"),
            UsageError::ArgumentsConflict { argument, other } => {
                format!("`{argument}` cannot be used together with `{other}`")
            }
            UsageError::ValueMissing { argument } => format!("`{argument}` needs one value"),
            UsageError::ValueInvalid {
                argument,
                value,
                reason,
                ..
            } => {
                let reason = reason
                    .as_ref()
                    .map_or(String::new(), |reason| format!(": {reason}"));
                format!("`{argument}` does not take `{value}`{reason}")
            }
            UsageError::Other { text } => text.clone(),
        }
    }
}
