//! `fenjie user`: accounts of a server, worked on directly in its records. Decides nothing about them.

use clap::{Args, ValueEnum};
use fenjie_app::people::{accounts, operator, passwords};
use fenjie_app::{App, Unit};
use fenjie_message::Lang;
use fenjie_store::Page;
use fenjie_store::organisation::Organisation;
use fenjie_store::page::MOST;
use fenjie_store::people::{Role, Scope, User};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::people::{needed, open, organisation, password, told};
use crate::serve::{RecordsArgs, runtime};
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Arguments of `fenjie user`.
#[derive(Args, Debug)]
pub struct UserArgs {
    /// What to do: list, add, set, password, stop, start
    #[arg(value_name = "ACT")]
    act: UserAct,
    /// Whose account
    #[arg(value_name = "LOGIN")]
    login: Option<String>,
    /// What they are called
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What they may do: administrator, planner, director, manager, salesperson, auditor, read_only
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Option<Role>,
    /// Whose rows they see: own, own_and_subordinates, department, department_and_below, all
    #[arg(long, value_name = "SCOPE", value_parser = scope)]
    scope: Option<Scope>,
    /// Their member of the organisation tree, by code; '' for none
    #[arg(long, value_name = "CODE")]
    member: Option<String>,
    /// To whom they report, by login; '' for nobody
    #[arg(long, value_name = "LOGIN")]
    reports_to: Option<String>,
    /// Where mail reaches them; '' for none
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Read the password from standard input instead of asking
    #[arg(long)]
    password_stdin: bool,
    /// Make the account without a password: they sign in elsewhere
    #[arg(long, conflicts_with = "password_stdin")]
    no_password: bool,
    /// The organisation, by code [default: the only one]
    #[arg(long, value_name = "CODE")]
    organisation: Option<String>,
    #[command(flatten)]
    records: RecordsArgs,
}

/// What is done with accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum UserAct {
    /// List them.
    List,
    /// Make one.
    Add,
    /// Change one.
    Set,
    /// Give one another password.
    Password,
    /// Stop one.
    Stop,
    /// Let one sign in again.
    Start,
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| Role::ALL.map(Role::code).join(", "))
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| Scope::ALL.map(Scope::code).join(", "))
}

/// Lists accounts, or does with one what was asked for.
///
/// # Errors
/// What the records or the rules of accounts refuse.
pub fn run(args: &UserArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    runtime()?.block_on(async {
        let app = open(&args.records).await?;
        let organisation = organisation(&app, args.organisation.as_deref()).await?;
        if args.act == UserAct::List {
            return list(&app, &organisation, terminal).await;
        }
        let login = needed(args.login.as_deref(), "LOGIN")?;
        let user = match args.act {
            UserAct::Add => add(&app, &organisation, login, args, terminal).await?,
            UserAct::Password => renew(&app, &organisation, login, args, terminal).await?,
            _ => change(&app, &organisation, login, args, terminal).await?,
        };
        match terminal.json {
            true => terminal.print_json(&shown(&user))?,
            false => terminal.print(format!("{} {}", user.id, user.login))?,
        }
        Ok(Exit::Done)
    })
}

async fn add(
    app: &App,
    organisation: &Organisation,
    login: &str,
    args: &UserArgs,
    terminal: &mut Terminal,
) -> Result<User, Failure> {
    let role = needed(args.role, "--role")?;
    let password_hash = match args.no_password {
        true => None,
        false => Some(hashed(app, login, args, terminal).await?),
    };
    let mut unit = told(operator::unit(app, organisation, terminal.lang).await)?;
    let reports_to = superior(&mut unit, args).await?.flatten();
    let wanted = accounts::Wanted {
        login: login.to_owned(),
        name: args.name.clone().unwrap_or_else(|| login.to_owned()),
        email: given(&args.email).flatten(),
        role,
        scope: args.scope.unwrap_or(usual_scope(role)),
        member: given(&args.member).flatten(),
        reports_to,
        language: None,
        password_hash,
    };
    let user = told(accounts::create(&mut unit, wanted).await)?;
    told(unit.commit().await)?;
    Ok(user)
}

/// What somebody of a role sees unless said.
fn usual_scope(role: Role) -> Scope {
    match role {
        Role::Manager => Scope::DepartmentAndBelow,
        Role::Salesperson | Role::ReadOnly => Scope::Own,
        Role::Administrator | Role::Planner | Role::Director | Role::Auditor => Scope::All,
    }
}

/// A text that was given; empty takes away.
fn given(text: &Option<String>) -> Option<Option<String>> {
    let text = text.as_ref()?;
    Some((!text.is_empty()).then(|| text.clone()))
}

async fn superior(
    unit: &mut Unit,
    args: &UserArgs,
) -> Result<Option<Option<fenjie_store::UserId>>, Failure> {
    match given(&args.reports_to) {
        Some(Some(login)) => Ok(Some(Some(told(operator::user(unit, &login).await)?.id))),
        Some(None) => Ok(Some(None)),
        None => Ok(None),
    }
}

async fn hashed(
    app: &App,
    login: &str,
    args: &UserArgs,
    terminal: &mut Terminal,
) -> Result<String, Failure> {
    let password = password(args.password_stdin, terminal)?;
    told(passwords::check(&password, login, "password"))?;
    told(app.hashing().hash(&password).await)
}

async fn renew(
    app: &App,
    organisation: &Organisation,
    login: &str,
    args: &UserArgs,
    terminal: &mut Terminal,
) -> Result<User, Failure> {
    let hash = hashed(app, login, args, terminal).await?;
    let mut unit = told(operator::unit(app, organisation, terminal.lang).await)?;
    let user = told(operator::user(&mut unit, login).await)?;
    told(operator::set_password(&mut unit, &user, &hash).await)?;
    told(unit.commit().await)?;
    Ok(user)
}

async fn change(
    app: &App,
    organisation: &Organisation,
    login: &str,
    args: &UserArgs,
    terminal: &mut Terminal,
) -> Result<User, Failure> {
    let mut unit = told(operator::unit(app, organisation, terminal.lang).await)?;
    let user = told(operator::user(&mut unit, login).await)?;
    let change = match args.act {
        UserAct::Stop | UserAct::Start => accounts::Change {
            active: Some(args.act == UserAct::Start),
            ..accounts::Change::default()
        },
        _ => accounts::Change {
            name: args.name.clone(),
            email: given(&args.email),
            role: args.role,
            scope: args.scope,
            member: given(&args.member),
            reports_to: superior(&mut unit, args).await?,
            ..accounts::Change::default()
        },
    };
    let changed = told(accounts::update(&mut unit, &user.id, user.revision, change).await)?;
    told(unit.commit().await)?;
    Ok(changed)
}

fn shown(user: &User) -> serde_json::Value {
    json!({
        "id": user.id, "login": user.login, "name": user.name, "email": user.email,
        "role": user.role, "scope": user.scope, "member": user.member,
        "reports_to": user.reports_to, "active": user.active,
        "has_password": user.password_hash.is_some(),
    })
}

async fn list(
    app: &App,
    organisation: &Organisation,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let mut unit = told(operator::unit(app, organisation, terminal.lang).await)?;
    let mut page = Page {
        after: None,
        limit: MOST,
    };
    let mut people = Vec::new();
    loop {
        let listed = told(accounts::list(&mut unit, &page).await)?;
        people.extend(listed.items);
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    people.sort_by(|one, other| one.login.cmp(&other.login));
    if terminal.json {
        let users: Vec<_> = people.iter().map(shown).collect();
        terminal.print_json(&json!({ "users": users }))?;
        return Ok(Exit::Done);
    }
    let headings = match terminal.lang {
        Lang::Zh => ["登录名", "姓名", "角色", "范围", "成员", "状态"],
        Lang::En => ["Login", "Name", "Role", "Scope", "Member", "State"],
    };
    let mut table = Tabular::new(&headings, &[Align::Left; 6]);
    for user in &people {
        let state = match user.active {
            true => terminal.lang.pick("可登录", "may sign in"),
            false => terminal.lang.pick("已停用", "stopped"),
        };
        table.row([
            user.login.clone(),
            user.name.clone(),
            user.role.code().to_owned(),
            user.scope.code().to_owned(),
            user.member.clone().unwrap_or_default(),
            state.to_owned(),
        ]);
    }
    terminal.print(table)?;
    Ok(Exit::Done)
}
