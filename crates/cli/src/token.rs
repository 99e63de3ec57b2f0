//! `fenjie token`: keys for programs, worked on directly in a server's records. Decides nothing about
//! them.

use clap::{Args, ValueEnum};
use fenjie_app::people::{operator, tokens};
use fenjie_app::{App, AppError, TokenScope};
use fenjie_identity::secret::{Secret, TOKEN_PREFIX};
use fenjie_message::Lang;
use fenjie_store::organisation::Organisation;
use fenjie_store::page::MOST;
use fenjie_store::people::Token;
use fenjie_store::{Page, TokenId};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::people::{needed, open, organisation, told};
use crate::serve::{RecordsArgs, runtime};
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Arguments of `fenjie token`.
#[derive(Args, Debug)]
pub struct TokenArgs {
    /// What to do: list, add, revoke
    #[arg(value_name = "ACT")]
    act: TokenAct,
    /// Which key, by its number `tok_…`, to revoke
    #[arg(value_name = "KEY")]
    key: Option<String>,
    /// On whose behalf it acts
    #[arg(long, value_name = "LOGIN")]
    login: Option<String>,
    /// What it is for
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What it may do, such as plan:read; may be repeated
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
    scopes: Vec<TokenScope>,
    /// After how many days it ends, 1 to 366 [default: 90]
    #[arg(long, value_name = "DAYS")]
    days: Option<u32>,
    /// The organisation, by code [default: the only one]
    #[arg(long, value_name = "CODE")]
    organisation: Option<String>,
    #[command(flatten)]
    records: RecordsArgs,
}

/// What is done with keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TokenAct {
    /// List them.
    List,
    /// Make one.
    Add,
    /// Withdraw one.
    Revoke,
}

fn scope(text: &str) -> Result<TokenScope, String> {
    TokenScope::parse(text).ok_or_else(|| TokenScope::ALL.map(TokenScope::code).join(", "))
}

/// Lists keys, makes one, or withdraws one.
///
/// # Errors
/// What the records or the rules of keys refuse.
pub fn run(args: &TokenArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    runtime()?.block_on(async {
        let app = open(&args.records).await?;
        let organisation = organisation(&app, args.organisation.as_deref()).await?;
        match args.act {
            TokenAct::List => list(&app, &organisation, args, terminal).await?,
            TokenAct::Add => add(&app, &organisation, args, terminal).await?,
            TokenAct::Revoke => revoke(&app, &organisation, args, terminal).await?,
        }
        Ok(Exit::Done)
    })
}

async fn add(
    app: &App,
    organisation: &Organisation,
    args: &TokenArgs,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let login = needed(args.login.as_deref(), "--login")?;
    let wanted = tokens::Wanted {
        name: needed(args.name.clone(), "--name")?,
        scopes: args.scopes.clone(),
        days: args.days.unwrap_or(tokens::USUAL_DAYS),
    };
    let mut unit = told(operator::unit(app, organisation, terminal.lang).await)?;
    let user = told(operator::user(&mut unit, login).await)?;
    drop(unit);
    let secret = Secret::random(TOKEN_PREFIX);
    let mut unit = told(operator::unit_of(app, &user, terminal.lang).await)?;
    let token = told(tokens::create(&mut unit, wanted, &secret).await)?;
    told(unit.commit().await)?;
    if terminal.json {
        let mut shown = shown(&token);
        shown["secret"] = json!(secret.text());
        return terminal.print_json(&shown);
    }
    terminal.say(
        terminal
            .lang
            .pick("密钥只显示这一次：", "the key is shown this once:"),
    );
    terminal.print(secret.text())
}

async fn revoke(
    app: &App,
    organisation: &Organisation,
    args: &TokenArgs,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let key = needed(args.key.as_deref(), "KEY")?;
    let missing = || AppError::not_found(key.chars().take(40).collect::<String>());
    let id = told(TokenId::parse(key).map_err(|_| missing()))?;
    let mut unit = told(operator::unit(app, organisation, terminal.lang).await)?;
    told(tokens::revoke(&mut unit, &id).await)?;
    told(unit.commit().await)?;
    match terminal.json {
        true => terminal.print_json(&json!({ "id": id, "revoked": true })),
        false => terminal.print(id),
    }
}

async fn list(
    app: &App,
    organisation: &Organisation,
    args: &TokenArgs,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let mut unit = told(operator::unit(app, organisation, terminal.lang).await)?;
    let owner = match args.login.as_deref() {
        Some(login) => Some(told(operator::user(&mut unit, login).await)?.id),
        None => None,
    };
    let mut page = Page {
        after: None,
        limit: MOST,
    };
    let mut found = Vec::new();
    loop {
        let listed = unit
            .tx
            .tokens(&organisation.id, owner.as_ref(), &page)
            .await;
        let listed = told(listed.map_err(AppError::from))?;
        found.extend(listed.items);
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    if terminal.json {
        let keys: Vec<_> = found.iter().map(shown).collect();
        return terminal.print_json(&json!({ "tokens": keys }));
    }
    let headings = match terminal.lang {
        Lang::Zh => ["编号", "用途", "权限", "到期"],
        Lang::En => ["Number", "Name", "Scopes", "Ends"],
    };
    let mut table = Tabular::new(&headings, &[Align::Left; 4]);
    for token in &found {
        let until = match (token.revoked_at, token.expires_at) {
            (Some(_), _) => terminal.lang.pick("已撤销", "withdrawn").to_owned(),
            (None, Some(until)) => until.to_string(),
            (None, None) => String::new(),
        };
        let scopes = token.scopes.join(" ");
        table.row([token.id.to_string(), token.name.clone(), scopes, until]);
    }
    terminal.print(table)
}

fn shown(token: &Token) -> serde_json::Value {
    json!({
        "id": token.id, "user": token.user, "name": token.name, "scopes": token.scopes,
        "expires_at": token.expires_at.map(|at| at.to_string()),
        "used_at": token.used_at.map(|at| at.to_string()),
        "revoked_at": token.revoked_at.map(|at| at.to_string()),
    })
}
