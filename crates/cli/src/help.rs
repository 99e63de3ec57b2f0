//! The help of every command in the user's language: English stands beside the arguments, Chinese in a
//! table, examples in another. Knows no command's work.

mod examples;
mod server_examples;
mod zh;

use clap::{Arg, ArgAction, Command, CommandFactory};
use fenjie_message::Lang;

use crate::cli::Cli;

/// The command line with its texts in a language.
pub fn command(lang: Lang) -> Command {
    let mut command = Cli::command()
        .disable_help_flag(true)
        .disable_version_flag(true);
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .global(true)
        .action(ArgAction::Help)
        .display_order(104);
    command = command.arg(help.help("Print help"));
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .display_order(105);
    command = command.arg(version.help("Print the version"));
    command = command.arg_required_else_help(true);
    command = in_language(command, "fenjie", lang);
    command.build();
    match lang {
        Lang::Zh => with_usage(command),
        Lang::En => command,
    }
}

fn in_language(command: Command, path: &str, lang: Lang) -> Command {
    let mut positionals = 0;
    let mut command = command.mut_args(|arg| {
        // Under a heading of their own they would be sorted by name.
        let arg = match arg.is_positional() {
            true => {
                positionals += 1;
                arg.display_order(positionals)
            }
            false => arg,
        };
        let arg = match arg.get_action().takes_values() {
            true => arg.hide_possible_values(true).hide_default_value(true),
            false => arg,
        };
        match lang {
            Lang::Zh => {
                let heading = if arg.is_positional() {
                    "参数"
                } else {
                    "选项"
                };
                let key = format!("{path} {}", arg.get_id());
                let shared = format!("* {}", arg.get_id());
                let text = zh::text(&key).or_else(|| zh::text(&shared));
                match text {
                    Some(text) => arg.help(text).help_heading(heading),
                    None => arg,
                }
            }
            Lang::En => arg,
        }
    });
    let shown = examples::of(path, lang);
    if !shown.is_empty() {
        command = command.after_help(shown);
    }
    if lang == Lang::Zh {
        if let Some(text) = zh::text(path) {
            command = command.about(text);
        }
        command = command
            .subcommand_help_heading("命令")
            .subcommand_value_name("命令")
            .help_template("{about}\n\n用法：{usage}\n\n{all-args}{after-help}");
    } else {
        command = command.help_template("{about}\n\nUsage: {usage}\n\n{all-args}{after-help}");
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    for name in names {
        command = command.mut_subcommand(&name, |below| in_language(below, &name, lang));
    }
    command
}

/// Usage lines are made by clap; its two English words are put into Chinese.
fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    command = command.override_usage(usage_zh(&usage));
    let names: Vec<String> = command
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    for name in names {
        command = command.mut_subcommand(&name, |mut below| {
            let usage = below.render_usage().to_string();
            below.override_usage(usage_zh(&usage))
        });
    }
    command
}

/// A usage line without its heading, in Chinese.
pub fn usage_zh(usage: &str) -> String {
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    usage
        .replace("[OPTIONS]", "[选项]")
        .replace("<COMMAND>", "<命令>")
        .replace("[COMMAND]", "[命令]")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys of every text that a user can see: `command`, `command argument`.
    fn keys() -> Vec<(String, String)> {
        let command = Cli::command();
        let mut keys = Vec::new();
        let commands = std::iter::once(&command).chain(command.get_subcommands());
        for command in commands {
            let path = command.get_name();
            let about = command
                .get_about()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(!about.is_empty(), "{path} says nothing of itself");
            keys.push((path.to_owned(), about));
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(
                    !help.is_empty(),
                    "{path} {} says nothing of itself",
                    arg.get_id()
                );
                keys.push((format!("{path} {}", arg.get_id()), help));
            }
        }
        keys
    }

    #[test]
    fn every_text_is_there_in_chinese() {
        let keys = keys();
        for (key, english) in &keys {
            let shared = key.split_once(' ').map(|(_, arg)| format!("* {arg}"));
            let found = zh::text(key).or_else(|| shared.as_deref().and_then(zh::text));
            let text = found.unwrap_or_else(|| panic!("`{key}` has no Chinese text: {english}"));
            assert!(!text.is_ascii(), "`{key}` is not Chinese: {text}");
            assert_eq!(
                english.contains("[default"),
                text.contains("[默认"),
                "`{key}` tells the default in one language only"
            );
        }
        for key in zh::keys() {
            let shared = key.strip_prefix("* ");
            let known = keys.iter().any(|(known, _)| match shared {
                Some(arg) => known.split_once(' ').is_some_and(|(_, known)| known == arg),
                None => known == key,
            });
            let own = ["* help", "* version"].contains(&key);
            assert!(known || own, "`{key}` belongs to no command");
        }
    }

    #[test]
    fn every_command_has_examples_that_it_understands() {
        for lang in [Lang::Zh, Lang::En] {
            let command = command(lang);
            for below in command.get_subcommands() {
                let lines = examples::lines(below.get_name());
                assert!(!lines.is_empty(), "{} has no example", below.get_name());
            }
        }
        for line in examples::all() {
            let words = examples::words(line);
            let read = command(Lang::En).try_get_matches_from(&words);
            assert!(read.is_ok(), "{line}: {}", read.unwrap_err());
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        command(Lang::En).debug_assert();
        command(Lang::Zh).debug_assert();
    }
}
