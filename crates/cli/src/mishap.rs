//! What a user sees where the program itself is wrong: a sentence with a code and exit 70, never a
//! trace. Knows no command.

use std::panic::PanicHookInfo;

use fenjie_message::{Lang, Message};

use crate::failure::{Exit, Failure};

/// Ends the process with exit 70 where it would have panicked.
pub fn install(lang: Lang, json: bool) {
    std::panic::set_hook(Box::new(move |info| {
        let failure = Failure::new(
            Mishap {
                place: place(info),
                reason: reason(info),
            },
            Exit::Internal,
        );
        let text = if json {
            failure.json(lang)
        } else {
            failure.shown(lang)
        };
        let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{text}\n").as_bytes());
        std::process::exit(Exit::Internal as i32);
    }));
}

fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map(ToString::to_string).unwrap_or_default()
}

fn reason(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

#[derive(Debug)]
struct Mishap {
    place: String,
    reason: String,
}

impl Message for Mishap {
    fn code(&self) -> &'static str {
        "internal_error"
    }

    fn text(&self, lang: Lang) -> String {
        let Self { place, reason } = self;
        match lang {
            Lang::Zh => format!("程序自身出错，没有完成：{reason}（{place}）"),
            Lang::En => {
                format!("a mistake of the program itself, nothing was done: {reason} ({place})")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(
            lang.pick(
                "请把命令、方案文件和这句话一起报告给维护者",
                "please report the command, the plan file and this line to the maintainers",
            )
            .into(),
        )
    }
}
