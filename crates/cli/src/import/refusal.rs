//! A file of sales that is refused: its first bad rows for people, all that are named for scripts.

use std::path::Path;

use fenjie_facts::import::{ImportError, ImportReport, report_json};
use fenjie_message::{Lang, Message};
use fenjie_plan::Definition;
use serde_json::json;

use super::answer::shown;
use crate::failure::{Exit, Failure, Spot};
use crate::terminal::Terminal;

/// How many refused rows people see.
pub const MOST_SHOWN: usize = 20;

/// A refusal of the whole file, with its place.
pub fn file(error: ImportError, path: &Path) -> Failure {
    let is_usage = matches!(
        error,
        ImportError::MappingForm { .. }
            | ImportError::RoleUnknown { .. }
            | ImportError::MemberUnknown { .. }
            | ImportError::MemberTwice { .. }
            | ImportError::Zone(_)
    );
    let exit = if is_usage { Exit::Usage } else { Exit::Refused };
    let spot = Spot {
        file: path.display().to_string(),
        ..Spot::default()
    };
    Failure::new(error, exit).at((!is_usage).then_some(spot))
}

/// Names the rows and refuses the file.
///
/// # Errors
/// Always, but for scripts, which get the report as an answer.
pub fn rows(
    path: &Path,
    report: ImportReport,
    errors: Option<std::path::PathBuf>,
    definition: &Definition,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    if terminal.json {
        let (file, errors) = (shown(path), errors.as_deref().map(shown));
        let lang = terminal.lang;
        let file = report_json(&file, &report, None, errors.as_deref(), definition, lang);
        terminal.print_json(&json!({ "written": false, "files": [file] }))?;
        return Ok(Exit::Refused);
    }
    list(&report, terminal)?;
    if let Some(errors) = errors {
        let errors = errors.display();
        terminal.say(match terminal.lang {
            Lang::Zh => format!("这些行连同原因写在 `{errors}`"),
            Lang::En => format!("these rows and their reasons are in `{errors}`"),
        });
    }
    let spot = Spot {
        file: path.display().to_string(),
        ..Spot::default()
    };
    let report = Box::new(report);
    let listed = Listed(ImportError::RowsRefused { report });
    Err(Failure::new(listed, Exit::Refused).at(Some(spot)))
}

/// The refusal of a file whose bad rows are listed already.
#[derive(Debug)]
struct Listed(ImportError);

impl Message for Listed {
    fn code(&self) -> &'static str {
        self.0.code()
    }

    fn text(&self, lang: Lang) -> String {
        match &self.0 {
            ImportError::RowsRefused { report } => report.refused_sentence(lang),
            other => other.text(lang),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        self.0.hint(lang)
    }
}

/// The first refused rows and how many there are.
///
/// # Errors
/// Where nothing can be printed.
pub fn list(report: &ImportReport, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    let mut hints: Vec<String> = Vec::new();
    for refusal in report.refusals.iter().take(MOST_SHOWN) {
        terminal.print(refusal.text(lang))?;
        let hint = refusal.fault.hint(lang);
        hints.extend(hint.filter(|hint| !hints.contains(hint)));
    }
    if report.fault_count > MOST_SHOWN {
        let rest = report.fault_count - MOST_SHOWN;
        terminal.print(match lang {
            Lang::Zh => format!("另有 {rest} 处；`--json` 列出前 1,000 处，`--errors 文件` 写出全部这些行"),
            Lang::En => {
                format!("{rest} more; `--json` names the first 1,000, `--errors FILE` writes all these rows")
            }
        })?;
    }
    for hint in hints {
        terminal.print(match lang {
            Lang::Zh => format!("  提示：{hint}"),
            Lang::En => format!("  hint: {hint}"),
        })?;
    }
    Ok(())
}
