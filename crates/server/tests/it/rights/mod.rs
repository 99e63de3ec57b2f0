//! The golden table of rights: every route × role × relation, asked of a real server and compared with
//! `docs/api/rights.txt`. A route that is not in the table fails. What a new route may need is in
//! `fixtures`.

mod fixtures;
mod made;
mod sample;
pub mod world;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use axum::http::Method;
use fenjie_store::people::Role;
use serde_json::Value as Json;

use fixtures::Asking;
use world::{CANARY, Relation, World};

/// A route as the document describes it.
pub struct Route {
    pub method: Method,
    pub path: String,
    pub name: String,
    pub description: Json,
}

/// Every route of the document, in its order of paths.
pub fn routes(document: &Json) -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, description) in item.as_object().unwrap() {
            let Ok(method) = method.to_ascii_uppercase().parse::<Method>() else {
                continue;
            };
            routes.push(Route {
                method,
                path: path.clone(),
                name: description["operationId"].as_str().unwrap().to_owned(),
                description: description.clone(),
            });
        }
    }
    routes.sort_by(|one, other| {
        let key = |route: &Route| (route.path.clone(), route.method.to_string());
        key(one).cmp(&key(other))
    });
    routes
}

/// What one role is answered.
#[derive(Default)]
struct Column {
    table: Vec<Vec<String>>,
    /// What may never be, whatever the table says.
    leaks: Vec<String>,
    unknown: BTreeSet<String>,
}

/// What one role is answered, for each route and relation; and every answer that showed what belongs to
/// the other organisation.
async fn column(role: Role, document: Arc<Json>, routes: Arc<Vec<Route>>) -> Column {
    let snapshot = World::new(role).await;
    let mut world = snapshot.again().await;
    let mut column = Column::default();
    for route in routes.iter() {
        let mut row = Vec::new();
        for relation in Relation::ALL {
            let asking = Asking::of(&world, &document, route, relation).await;
            column.unknown.extend(asking.unknown.clone());
            let answer = asking.send(&world, route).await;
            let told = answer.status.as_u16();
            let at = format!(
                "{} {} as {} ({relation:?})",
                route.method,
                route.path,
                role.code()
            );
            if answer.text.contains(CANARY) {
                column.leaks.push(format!("{at}: {}", answer.text));
            }
            if told >= 500 {
                column.leaks.push(format!("{at}: {told} {}", answer.text));
            }
            // A topic is everybody's: nothing that one organisation has.
            let names_theirs = route.path.contains('{') && !route.path.contains("{topic}");
            let other = relation == Relation::Other && names_theirs;
            if other && answer.status.is_success() {
                let why = "what belongs to another organisation is not there";
                column.leaks.push(format!("{at}: {told}, {why}"));
            }
            row.push(told.to_string());
            // What was changed must not change what the next one is told.
            if route.method != Method::GET && answer.status.is_success() {
                world = snapshot.again().await;
            }
        }
        column.table.push(row);
    }
    column
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_answers_every_role_as_the_table_says() {
    let document: Json = serde_json::from_str(&fenjie_server::openapi::text()).unwrap();
    let routes = Arc::new(routes(&document));
    let document = Arc::new(document);
    let mut asked = Vec::new();
    for role in Role::ALL {
        asked.push(tokio::spawn(column(role, document.clone(), routes.clone())));
    }
    let mut columns = Vec::new();
    for column in asked {
        columns.push(column.await.unwrap());
    }
    let leaks: Vec<&str> = columns
        .iter()
        .flat_map(|column| column.leaks.iter().map(String::as_str))
        .collect();
    assert!(
        leaks.is_empty(),
        "not as it has to be:\n{}",
        leaks.join("\n")
    );
    let mut made = HEAD.to_owned();
    for (number, route) in routes.iter().enumerate() {
        writeln!(made, "\n{} {}", route.method, route.path).unwrap();
        for (role, column) in Role::ALL.iter().zip(&columns) {
            write!(made, "  {:<14}", role.code()).unwrap();
            for (relation, told) in Relation::ALL.iter().zip(&column.table[number]) {
                write!(made, " {:<width$}", told, width = relation.name().len()).unwrap();
            }
            made.truncate(made.trim_end().len());
            made.push('\n');
        }
    }
    let cells = routes.len() * Role::ALL.len() * Relation::ALL.len();
    writeln!(made, "\n# {} routes, {cells} cells", routes.len()).unwrap();
    for name in &columns[0].unknown {
        writeln!(made, "# without fixture: {{{name}}}").unwrap();
    }
    compare(&made);
}

const HEAD: &str = "\
# Who is answered what: route by role by relation of what is asked for to whoever asks.
# Written by `UPDATE_EXPECT=1 cargo test -p fenjie-server rights`; do not edit.
# The relations are: own, team (below them), sibling, parent, other (another organisation).
# Amounts within an answer are cut by scope beyond this; what is not theirs to know is 404.
# role           own team sibling parent other
";

fn compare(made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/rights.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept == made {
        return;
    }
    let blocks = |text: &str| -> BTreeSet<String> {
        let blocks = text.split("\n\n").filter(|block| !block.starts_with('#'));
        blocks.map(|block| block.trim().to_owned()).collect()
    };
    let (kept, made) = (blocks(&kept), blocks(made));
    let gone: Vec<&String> = kept.difference(&made).collect();
    let new: Vec<&String> = made.difference(&kept).collect();
    panic!(
        "docs/api/rights.txt does not hold.\nIt says:\n{gone:#?}\nThe server answers:\n{new:#?}\n\
         Where the answers are right, run `UPDATE_EXPECT=1 cargo test -p fenjie-server rights`"
    );
}
