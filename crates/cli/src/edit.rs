//! Commands that change a plan: `set`, `hold`, `release`, `transfer`, `reallocate`. Each shows what
//! would change and writes only with `--yes`. Knows no arithmetic.

pub mod commit;
pub mod preview;

use clap::Args;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Address, ChangeBy, Keep, Operation, PlanError};

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::{Opened, measure};
use crate::terminal::Terminal;

/// What every edit takes.
#[derive(Args, Debug)]
pub struct EditArgs {
    #[command(flatten)]
    pub plan: PlanArgs,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    #[command(flatten)]
    pub signed: Signed,
}

/// Who writes, why, and whether at all.
#[derive(Args, Clone, Debug)]
pub struct Signed {
    /// Who changes it
    #[arg(long, value_name = "NAME")]
    pub who: Option<String>,
    /// Why
    #[arg(long, value_name = "REASON")]
    pub why: Option<String>,
    /// Write it; without this nothing is changed
    #[arg(long, short)]
    pub yes: bool,
}

/// Arguments of `fenjie set`.
#[derive(Args, Debug)]
pub struct SetArgs {
    #[command(flatten)]
    edit: EditArgs,
    /// The cell or total: 'region=华东, month=2026-07', '*'
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// What to type: 46.147万, +10%, -5万, '*1.1'
    #[arg(value_name = "CHANGE", allow_hyphen_values = true)]
    change: String,
    /// What keeps its value: nothing, total, ancestors, parent:AXIS [default: nothing]
    #[arg(long, value_name = "KEEP", default_value = "nothing")]
    keep: String,
}

/// Arguments of `fenjie hold`.
#[derive(Args, Debug)]
pub struct HoldArgs {
    #[command(flatten)]
    edit: EditArgs,
    /// The cell or total: 'region=华东, month=2026-07'
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The value to hold [default: what it is now]
    #[arg(long, value_name = "AMOUNT")]
    at: Option<String>,
    /// What keeps its value when the held one changes: total, nothing, ancestors, parent:AXIS
    /// [default: total]
    #[arg(long, value_name = "KEEP", default_value = "total")]
    keep: String,
    /// Last day on which the hold stands
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
}

/// Arguments of `fenjie release`.
#[derive(Args, Debug)]
pub struct ReleaseArgs {
    #[command(flatten)]
    edit: EditArgs,
    /// The held cell or total
    #[arg(value_name = "ADDRESS")]
    address: String,
}

/// Arguments of `fenjie transfer`.
#[derive(Args, Debug)]
pub struct TransferArgs {
    #[command(flatten)]
    edit: EditArgs,
    /// Where it is taken from
    #[arg(value_name = "FROM")]
    from: String,
    /// Where it goes
    #[arg(value_name = "TO")]
    to: String,
    /// How much: 5万
    #[arg(value_name = "AMOUNT")]
    amount: String,
}

/// Arguments of `fenjie reallocate`.
#[derive(Args, Debug)]
pub struct ReallocateArgs {
    #[command(flatten)]
    edit: EditArgs,
    /// The cell or total: 'region=华东, month=2026-07'
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// What to type: 46.147万, +10%, -5万, '*1.1'
    #[arg(value_name = "CHANGE", allow_hyphen_values = true)]
    change: String,
}

/// Types a number.
///
/// # Errors
/// Those of the plan; changes that holds and bounds do not allow.
pub fn set(args: &SetArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let keep = keep(&args.keep)?;
    let change = ChangeBy::parse(&args.change)?;
    run(&args.edit, terminal, |measure| {
        let at = address(&args.address)?;
        Ok(Operation::Set {
            measure,
            at,
            change,
            keep,
        })
    })
}

/// Pins a value.
///
/// # Errors
/// As [`set`].
pub fn hold(args: &HoldArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let keep = keep(&args.keep)?;
    let until = args.until.as_deref().map(crate::open::date).transpose()?;
    run(&args.edit, terminal, |measure| {
        Ok(Operation::Hold {
            measure,
            at: address(&args.address)?,
            amount: args.at.clone(),
            keep,
            owner: args.edit.signed.who.clone().unwrap_or_default(),
            reason: args.edit.signed.why.clone().unwrap_or_default(),
            until,
        })
    })
}

/// Ends a hold.
///
/// # Errors
/// As [`set`].
pub fn release(args: &ReleaseArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    run(&args.edit, terminal, |measure| {
        Ok(Operation::Release {
            measure,
            at: address(&args.address)?,
        })
    })
}

/// Moves an amount.
///
/// # Errors
/// As [`set`].
pub fn transfer(args: &TransferArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    run(&args.edit, terminal, |measure| {
        let (from, to) = (address(&args.from)?, address(&args.to)?);
        Ok(Operation::Transfer {
            measure,
            from,
            to,
            amount: args.amount.clone(),
        })
    })
}

/// Types a number while siblings absorb (rule D7).
///
/// # Errors
/// As [`set`].
pub fn reallocate(args: &ReallocateArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let change = ChangeBy::parse(&args.change)?;
    run(&args.edit, terminal, |measure| {
        let at = address(&args.address)?;
        Ok(Operation::Set {
            measure,
            at,
            change,
            keep: Keep::Ancestors,
        })
    })
}

fn run(
    args: &EditArgs,
    terminal: &mut Terminal,
    operation: impl FnOnce(String) -> Result<Operation, Failure>,
) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let index = measure(&plan, args.measure.as_deref())?;
    let measure = plan.model().definition().measures[index].code.clone();
    let operation = operation(measure)?;
    let mut after = plan.clone();
    // The number in a refusal would be that of a step which nobody has written yet.
    let change = after
        .apply(operation.clone())
        .map_err(|refusal| Failure::from(refusal.error))?;
    let operations = [operation];
    let written = match args.signed.yes {
        true => Some(commit::write(
            &mut opened,
            &operations,
            &args.signed,
            &after,
        )?),
        false => None,
    };
    let shown = preview::Shown {
        plan: &after,
        operations: &operations,
        changes: &[change],
        written,
    };
    preview::print(&shown, terminal)?;
    Ok(Exit::Done)
}

/// A place as the command line writes it; `*` is the whole plan.
///
/// # Errors
/// A text that is not `axis=member`.
pub fn address(text: &str) -> Result<Address, Failure> {
    if text.trim() == "*" {
        return Ok(Address::default());
    }
    Address::parse(text).map_err(|part| {
        let failure = PlanError::Parameter {
            name: "address".into(),
            value: part,
            zh: "位置写成 轴=成员，例如 region=华东, month=2026-07",
            en: "a place is written axis=member, such as region=华东, month=2026-07",
        };
        failure.into()
    })
}

/// What keeps its value, as the command line says it.
///
/// # Errors
/// A word that is not known.
pub fn keep(text: &str) -> Result<Keep, Failure> {
    match text.trim() {
        "nothing" => Ok(Keep::Nothing),
        "total" => Ok(Keep::Total),
        "ancestors" => Ok(Keep::Ancestors),
        other => match other.strip_prefix("parent:") {
            Some(axis) if !axis.is_empty() => Ok(Keep::Parent(axis.to_owned())),
            _ => Err(Failure::new(
                KeepUnknown {
                    text: other.to_owned(),
                },
                Exit::Usage,
            )),
        },
    }
}

#[derive(Debug)]
struct KeepUnknown {
    text: String,
}

impl Message for KeepUnknown {
    fn code(&self) -> &'static str {
        "keep_unknown"
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("`--keep` 不认识 `{}`", self.text),
            Lang::En => format!("`--keep` does not know `{}`", self.text),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(match lang {
            Lang::Zh => "可以写 nothing、total、ancestors、parent:org".into(),
            Lang::En => "it takes nothing, total, ancestors, parent:org".into(),
        })
    }
}
