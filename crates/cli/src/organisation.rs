//! `fenjie organisation`: the organisations of a server, worked on directly in its records. Decides
//! nothing about them.

use clap::{Args, ValueEnum};
use fenjie_app::AppError;
use fenjie_app::people::organisations;
use fenjie_message::Lang;
use fenjie_store::organisation::Organisation;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::people::{needed, open, told};
use crate::serve::{RecordsArgs, runtime};
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Arguments of `fenjie organisation`.
#[derive(Args, Debug)]
pub struct OrganisationArgs {
    /// What to do: list, add
    #[arg(value_name = "ACT")]
    act: OrganisationAct,
    /// Its code, which people sign in with: lower-case letters, digits, '-'
    #[arg(value_name = "CODE")]
    code: Option<String>,
    /// What it calls itself [default: its code]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Its language: zh, en [default: zh]
    #[arg(long, value_name = "LANG")]
    language: Option<String>,
    /// Its time zone [default: Asia/Shanghai]
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    #[command(flatten)]
    records: RecordsArgs,
}

/// What is done with organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OrganisationAct {
    /// List them.
    List,
    /// Make one.
    Add,
}

/// Lists organisations, or makes one.
///
/// # Errors
/// What the records or the rules of organisations refuse.
pub fn run(args: &OrganisationArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    runtime()?.block_on(async {
        let app = open(&args.records).await?;
        let found = match args.act {
            OrganisationAct::Add => {
                let code = needed(args.code.clone(), "CODE")?;
                let wanted = organisations::Wanted {
                    name: args.name.clone().unwrap_or_else(|| code.clone()),
                    language: args.language.clone().unwrap_or_else(|| "zh".into()),
                    zone: args.zone.clone().unwrap_or_else(|| "Asia/Shanghai".into()),
                    code,
                };
                vec![told(organisations::add(&app, wanted).await)?]
            }
            OrganisationAct::List => {
                let tx = app.store().read().await;
                let mut tx = told(tx.map_err(AppError::from))?;
                told(tx.organisations().await.map_err(AppError::from))?
            }
        };
        print(&found, terminal)?;
        Ok(Exit::Done)
    })
}

fn print(found: &[Organisation], terminal: &mut Terminal) -> Result<(), Failure> {
    if terminal.json {
        let each = |one: &Organisation| {
            json!({ "id": one.id, "code": one.code, "name": one.name,
                "language": one.language, "zone": one.zone })
        };
        let found: Vec<_> = found.iter().map(each).collect();
        return terminal.print_json(&json!({ "organisations": found }));
    }
    let headings = match terminal.lang {
        Lang::Zh => ["代码", "名称", "语言", "时区"],
        Lang::En => ["Code", "Name", "Language", "Zone"],
    };
    let mut table = Tabular::new(&headings, &[Align::Left; 4]);
    for one in found {
        table.row([
            one.code.clone(),
            one.name.clone(),
            one.language.clone(),
            one.zone.clone(),
        ]);
    }
    terminal.print(table)
}
