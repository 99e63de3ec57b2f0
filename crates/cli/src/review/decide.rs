//! A decision of a meeting into the log: what, who, by when. A preview first, written with `--yes`.

use fenjie_exchange::plan_file::operation_json;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Address, Operation, Plan, Resolution};
use fenjie_review::Span;
use serde_json::json;

use crate::edit::{Signed, commit};
use crate::failure::{Exit, Failure};
use crate::open::{Opened, date};
use crate::spoken::operation_text;
use crate::terminal::Terminal;

/// A decision as the command line says it.
pub struct Decision<'a> {
    /// What.
    pub text: &'a str,
    /// Who carries it out.
    pub owner: &'a str,
    /// By when.
    pub due: Option<&'a str>,
    /// Whom it concerns.
    pub at: Option<&'a str>,
}

/// Notes a decision about a period.
///
/// # Errors
/// Empty texts, days that are none, places the plan does not have; what the system refuses.
pub fn run(
    decision: &Decision<'_>,
    span: &Span,
    plan: &Plan,
    opened: &mut Opened,
    signed: &Signed,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let operation = Operation::Resolve(resolution(decision, span, plan)?);
    let mut after = plan.clone();
    after
        .apply(operation.clone())
        .map_err(|refusal| Failure::from(refusal.error))?;
    let operations = [operation];
    let written = match signed.yes {
        true => Some(commit::write(opened, &operations, signed, &after)?),
        false => None,
    };
    if terminal.json {
        terminal.print_json(&json!({
            "written": written,
            "operations": [operation_json(&operations[0])],
        }))?;
        return Ok(Exit::Done);
    }
    terminal.print(operation_text(&operations[0], terminal.lang))?;
    terminal.print(match (&written, terminal.lang) {
        (Some(path), Lang::Zh) => format!("已写入 `{path}`"),
        (Some(path), Lang::En) => format!("written to `{path}`"),
        (None, Lang::Zh) => "这是预览，没有写入；确认后加 `--yes`".into(),
        (None, Lang::En) => "a preview, nothing is written; add `--yes` to write it".into(),
    })?;
    Ok(Exit::Done)
}

fn resolution(decision: &Decision<'_>, span: &Span, plan: &Plan) -> Result<Resolution, Failure> {
    for (text, what) in [
        (decision.text, ("决议", "decision")),
        (decision.owner, ("负责人", "owner")),
    ] {
        if text.trim().is_empty() {
            return Err(Failure::new(Empty { what }, Exit::Usage));
        }
    }
    let time = plan.model().axes().last().expect("time is always there");
    // A week cut at a month's end is remembered by its later part.
    let node = *span.nodes.last().expect("a period has nodes");
    let level = time.level_of(node).to_owned();
    let at = match decision.at {
        Some(text) if text.trim() != "*" => crate::edit::address(text)?,
        _ => Address::default(),
    };
    Ok(Resolution {
        period: Address(vec![(level, time.tree.code(node).to_owned())]),
        at,
        text: decision.text.trim().to_owned(),
        owner: decision.owner.trim().to_owned(),
        due: decision.due.map(date).transpose()?,
    })
}

#[derive(Debug)]
struct Empty {
    what: (&'static str, &'static str),
}

impl Message for Empty {
    fn code(&self) -> &'static str {
        "decision_incomplete"
    }

    fn text(&self, lang: Lang) -> String {
        let (zh, en) = self.what;
        match lang {
            Lang::Zh => format!("{zh}不能是空的"),
            Lang::En => format!("the {en} must not be empty"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(match lang {
            Lang::Zh => {
                "例如 --decide '每店每天加打 20 个回访' --owner 王芳 --due 2026-03-20".into()
            }
            Lang::En => {
                "such as --decide '20 more calls a day' --owner 'Wang Fang' --due 2026-03-20".into()
            }
        })
    }
}
