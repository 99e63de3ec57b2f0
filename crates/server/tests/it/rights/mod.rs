//! The golden table of rights: every route × role × relation, asked of a real server and compared with
//! `docs/api/rights.txt`. A route that is not in the table fails. What a new route may need is in
//! `fixtures`.

pub mod fixtures;
mod further;
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

use fixtures::{Asking, Told};
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
/// the other organisation. What only reads is asked of one world; what was changed is changed on a copy
/// that nobody asks again.
async fn column(role: Role, document: Arc<Json>, routes: Arc<Vec<Route>>) -> Column {
    let snapshot = World::new(role).await;
    let mut column = Column {
        table: vec![Vec::new(); routes.len()],
        ..Column::default()
    };
    let reads = |route: &Route| route.method == Method::GET;
    for writing in [false, true] {
        let mut world = snapshot.again().await;
        for (number, route) in routes.iter().enumerate() {
            if reads(route) == writing {
                continue;
            }
            for relation in Relation::ALL {
                let asking = Asking::of(&world, &document, route, relation).await;
                column.unknown.extend(asking.unknown.clone());
                let told = asking.send(&world, route).await;
                column.note(role, number, route, relation, &told);
                // What was changed must not change what the next one is told.
                if writing && told.status.is_success() {
                    world = snapshot.again().await;
                }
            }
        }
    }
    column
}

impl Column {
    /// Notes an answer, and what is wrong with it whatever the table says.
    fn note(&mut self, role: Role, number: usize, route: &Route, relation: Relation, told: &Told) {
        let status = told.status.as_u16();
        let (method, path) = (&route.method, &route.path);
        let at = format!("{method} {path} as {} ({relation:?})", role.code());
        if told.text.contains(CANARY) {
            self.leaks.push(format!("{at}: {}", told.text));
        }
        if status >= 500 {
            self.leaks.push(format!("{at}: {status} {}", told.text));
        }
        // A topic is everybody's: nothing that one organisation has.
        let names_theirs = path.contains('{') && !path.contains("{topic}");
        let other = relation == Relation::Other && names_theirs;
        if other && told.status.is_success() {
            let why = "what belongs to another organisation is not there";
            self.leaks.push(format!("{at}: {status}, {why}"));
        }
        self.table[number].push(status.to_string());
    }
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
    let unknown: Vec<&String> = columns.iter().flat_map(|column| &column.unknown).collect();
    assert!(unknown.is_empty(), "nothing makes {unknown:?} of paths");
    let silent = |number: &usize| {
        let mut told = columns.iter().flat_map(|column| &column.table[*number]);
        told.all(|told| told == "404")
    };
    let silent = (0..routes.len()).filter(silent);
    let silent: Vec<&str> = silent.map(|number| routes[number].name.as_str()).collect();
    assert_eq!(silent, SILENT, "what they name is not there for anybody");
    compare(&made);
}

/// Routes that have nothing to give to whoever has signed in already.
const SILENT: [&str; 1] = ["start"];

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
