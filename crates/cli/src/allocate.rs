//! `fenjie allocate`: the arithmetic alone, for one amount or for a stream of lines. Knows no plan.

mod lines;

use clap::Args;
use fenjie_money::{AllocateError, TextAllocation, WeightsError, allocate_text};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::notice::Notice;
use crate::terminal::Terminal;

/// Arguments of `fenjie allocate`.
#[derive(Args, Debug)]
pub struct AllocateArgs {
    /// The amount: 100.00, 1,000,000, 1000万, -5
    #[arg(
        allow_hyphen_values = true,
        required_unless_present = "jsonl",
        value_name = "TOTAL"
    )]
    total: Option<String>,
    /// The weights, with commas between: 1,1,1 or 98,92.5,0
    #[arg(long, value_name = "LIST", required_unless_present = "jsonl")]
    weights: Option<String>,
    /// Who gets the left-over steps: largest_remainder, first, last, largest, member:2
    /// [default: largest_remainder]
    #[arg(long, value_name = "POLICY", default_value = "largest_remainder")]
    policy: String,
    /// The size of one count [default: 0.01]
    #[arg(long, value_name = "STEP", default_value = "0.01")]
    step: String,
    /// What weights that are all zero mean: equal, refuse [default: equal]
    #[arg(long, value_name = "BASIS", default_value = "equal")]
    zero_basis: ZeroBasis,
    /// Read one JSON object per line from standard input and answer each with one
    #[arg(long, conflicts_with_all = ["total", "weights"])]
    jsonl: bool,
}

/// What weights that are all zero mean (rule A5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ZeroBasis {
    /// Equal shares, with a warning.
    Equal,
    /// An error.
    Refuse,
}

/// Allocates.
///
/// # Errors
/// Those of the arithmetic, and output that cannot be written.
pub fn run(args: &AllocateArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    if args.jsonl {
        let asked = lines::Usual {
            policy: &args.policy,
            step: &args.step,
            zero_basis: args.zero_basis,
            lang: terminal.lang,
        };
        lines::answer(&mut std::io::stdin().lock(), terminal.out(), &asked)?;
        return Ok(Exit::Done);
    }
    let total = args.total.as_deref().expect("clap asks for a total");
    let weights = args.weights.as_deref().expect("clap asks for weights");
    let weights: Vec<&str> = match weights.trim() {
        "" => Vec::new(),
        list => list.split([',', '，']).map(str::trim).collect(),
    };
    let done = allocate_text(total, &weights, &args.policy, &args.step)?;
    if done.became_equal {
        match args.zero_basis {
            ZeroBasis::Refuse => return Err(AllocateError::from(WeightsError::AllZero).into()),
            ZeroBasis::Equal => terminal.warn(&Notice::WeightsAllZero, None),
        }
    }
    print(&done, terminal)?;
    Ok(Exit::Done)
}

fn print(done: &TextAllocation, terminal: &mut Terminal) -> Result<(), Failure> {
    if terminal.json {
        let mut answer = json!({ "parts": done.parts });
        if let Some(rest) = &done.rest {
            answer["rest"] = json!({ "member": rest.member, "amount": rest.amount });
        }
        return terminal.print(answer);
    }
    for part in &done.parts {
        terminal.print(part)?;
    }
    if let Some(rest) = &done.rest {
        let notice = Notice::Rest {
            member: rest.member,
            amount: rest.amount.clone(),
        };
        terminal.warn(&notice, None);
    }
    Ok(())
}
