//! Somebody of a role, and people and things in every relation to them. Knows no route.

use std::collections::BTreeMap;
use std::path::Path;

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use fenjie_store::{OrganisationId, UserId};
use fenjie_store_tests::sqlite_in_memory;
use serde_json::{Value as Json, json};

use super::made::{By, MADE, Made};
use crate::form::Form;
use crate::harness::{Person, Server};

/// What only the other organisation has, in every text of theirs.
pub const CANARY: &str = "CANARY-7f3a";

/// How what is asked for stands to whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Theirs.
    Own,
    /// Of somebody below them; for a salesperson of a colleague in their team.
    Team,
    /// Of somebody beside them.
    Sibling,
    /// Of somebody above them.
    Parent,
    /// Of another organisation.
    Other,
}

impl Relation {
    pub const ALL: [Relation; 5] = [
        Relation::Own,
        Relation::Team,
        Relation::Sibling,
        Relation::Parent,
        Relation::Other,
    ];

    pub fn name(self) -> &'static str {
        ["own", "team", "sibling", "parent", "other"][self as usize]
    }
}

/// A server with two organisations, and somebody of a role in one of them.
pub struct World {
    pub server: Server,
    pub role: Role,
    /// One in each relation; the first one asks.
    pub people: [Person; 5],
    /// The nodes that they are, by code.
    pub nodes: [&'static str; 5],
    /// Who may do everything, here and in the other organisation.
    pub roots: [Person; 2],
    /// A plan here and one there, as paths below the version.
    pub plans: [String; 2],
    /// Things of other kinds, by the name that paths call them: one in each relation.
    pub things: BTreeMap<&'static str, Vec<String>>,
    /// Files that fit the plan here: its directory, and its workbook.
    pub directory: Vec<u8>,
    pub workbook: Vec<u8>,
    /// The other organisation.
    theirs: OrganisationId,
}

/// The scope that somebody of a role usually has.
fn usual_scope(role: Role) -> Scope {
    match role {
        Role::Administrator | Role::Planner | Role::Auditor => Scope::All,
        Role::Director => Scope::DepartmentAndBelow,
        Role::Manager => Scope::OwnAndSubordinates,
        Role::Salesperson => Scope::Own,
        Role::ReadOnly => Scope::Department,
    }
}

impl World {
    pub async fn new(role: Role) -> World {
        World::within(role, usual_scope(role)).await
    }

    /// Whoever asks has a scope of their own.
    pub async fn within(role: Role, scope: Scope) -> World {
        // Its records are copied as files, which SQLite's are.
        let server = Server::on(sqlite_in_memory()).await;
        let theirs = server.another_organisation("other").await;
        let here = server.organisation.clone();
        let nodes = match role {
            Role::Salesperson => ["S1", "S2", "S4", "east", "S1"],
            _ => ["east", "S1", "west", "chain", "east"],
        };
        let add = async |organisation: &OrganisationId, role, scope, node| {
            server
                .person_of(organisation, role, scope, Some(node))
                .await
        };
        let asker = add(&here, role, scope, nodes[0]).await;
        let team = add(&here, Role::Salesperson, Scope::Own, nodes[1]).await;
        let sibling = add(&here, Role::Manager, Scope::OwnAndSubordinates, nodes[2]).await;
        let parent = add(&here, Role::Director, Scope::All, nodes[3]).await;
        let stranger = add(&theirs, Role::Manager, Scope::All, nodes[4]).await;
        for (organisation, who) in [(&here, &asker), (&here, &team), (&here, &sibling)]
            .into_iter()
            .chain([(&here, &parent), (&theirs, &stranger)])
        {
            give_address(&server, organisation, &who.user).await;
        }
        report_to(&server, &here, &team.user, &asker.user).await;
        report_to(&server, &here, &asker.user, &parent.user).await;
        let roots = [
            server.person(Role::Administrator, Scope::All, None).await,
            server
                .person_of(&theirs, Role::Administrator, Scope::All, None)
                .await,
        ];
        let plans = [
            server.plan(&roots[0], "store-chain").await,
            server.plan(&roots[1], "store-chain").await,
        ];
        let people = [asker, team, sibling, parent, stranger];
        let mut world = World {
            server,
            role,
            people,
            nodes,
            roots,
            plans,
            things: BTreeMap::new(),
            directory: Vec::new(),
            workbook: Vec::new(),
            theirs,
        };
        world.furnish().await;
        world
    }

    /// Things that belong to somebody.
    async fn furnish(&mut self) {
        let named = json!({ "name": CANARY });
        let theirs = self.plans[1].clone();
        let seen = [("if-match", "\"1\"")];
        let renamed = self
            .server
            .ask(
                Some(&self.roots[1]),
                Method::PATCH,
                &theirs,
                &seen,
                Some(named),
            )
            .await;
        assert_eq!(renamed.told(), "200");
        for made in MADE {
            let mut all = Vec::new();
            for relation in Relation::ALL {
                all.push(self.make(made, relation).await);
            }
            self.things.insert(made.parameter, all);
        }
        self.furnish_further().await;
        self.directory = self.taken("directory", "zip").await;
        self.workbook = self.taken("targets", "xlsx").await;
    }

    /// Makes a thing in a relation.
    async fn make(&self, made: &Made, relation: Relation) -> String {
        let who = match made.by {
            By::Themselves => self.person(relation),
            By::Root => self.root(relation),
        };
        let mut path = made.path.replace("{plan}", self.plan(relation));
        for (name, things) in &self.things {
            path = path.replace(&format!("{{{name}}}"), &things[relation as usize]);
        }
        let name = match relation {
            Relation::Other => CANARY,
            _ => relation.name(),
        };
        let body = (made.body)(self, relation, name);
        if made.form {
            let text = body.as_str().unwrap().to_owned();
            let form = Form::default().file("file", "sales.csv", text.as_bytes());
            let begun = self.server.form(who, &path, &[], form).await;
            return id(&self.server.ended(who, &begun).await.body);
        }
        let found = id(&self.try_posted(who, &path, body.clone()).await);
        if !found.is_empty() {
            return found;
        }
        let role = match made.parameter {
            "sale" => Role::Planner,
            _ => Role::Manager,
        };
        let other = self.stand_in(relation, role).await;
        self.posted(&other, &path, body).await
    }

    /// The same world on a copy of its records, as it was made.
    pub async fn again(&self) -> World {
        let database = sqlite_in_memory();
        copy(self.server.database.folder(), database.folder());
        World {
            server: Server::reopened(database, self.server.organisation.clone()).await,
            role: self.role,
            people: self.people.clone(),
            nodes: self.nodes,
            roots: self.roots.clone(),
            plans: self.plans.clone(),
            things: self.things.clone(),
            directory: self.directory.clone(),
            workbook: self.workbook.clone(),
            theirs: self.theirs.clone(),
        }
    }

    /// Whoever asks.
    pub fn asker(&self) -> &Person {
        &self.people[0]
    }

    /// Somebody in a relation to them.
    pub fn person(&self, relation: Relation) -> &Person {
        &self.people[relation as usize]
    }

    /// Who may do everything where a relation lives.
    pub fn root(&self, relation: Relation) -> &Person {
        &self.roots[usize::from(relation == Relation::Other)]
    }

    /// The organisation where a relation lives.
    pub fn organisation(&self, relation: Relation) -> &OrganisationId {
        match relation {
            Relation::Other => &self.theirs,
            _ => &self.server.organisation,
        }
    }

    /// The plan where a relation lives.
    pub fn plan(&self, relation: Relation) -> &str {
        let path = &self.plans[usize::from(relation == Relation::Other)];
        path.trim_start_matches("/plans/")
    }

    /// Their node of the organisation tree.
    pub fn node(&self, relation: Relation) -> &'static str {
        self.nodes[relation as usize]
    }
}

/// The identifier of what was made.
pub fn id(made: &Json) -> String {
    made["id"].as_str().unwrap_or_default().to_owned()
}

async fn report_to(server: &Server, organisation: &OrganisationId, who: &UserId, to: &UserId) {
    let mut tx = server.app.store().write().await.unwrap();
    let mut user = tx.user(organisation, who).await.unwrap().unwrap();
    user.reports_to = Some(to.clone());
    assert!(tx.update_user(&user, user.revision).await.unwrap());
    tx.commit().await.unwrap();
}

async fn give_address(server: &Server, organisation: &OrganisationId, who: &UserId) {
    let mut tx = server.app.store().write().await.unwrap();
    let mut user = tx.user(organisation, who).await.unwrap().unwrap();
    user.email = Some(format!("{who}@example.com"));
    assert!(tx.update_user(&user, user.revision).await.unwrap());
    tx.commit().await.unwrap();
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&place).unwrap();
            copy(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), place).unwrap();
        }
    }
}
