//! The things that paths of the table name: one of each kind in every relation to whoever asks.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fenjie_store::jobs::Schedule;
use fenjie_store::people::{Role, Scope, Token};
use fenjie_store::session::Session;
use fenjie_store::{ScheduleId, SessionId, Timestamp, TokenId, UserId};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::world::{CANARY, Relation, World, id};
use crate::harness::Person;

/// Who makes a thing.
pub enum By {
    /// The one whose it is; where their role may not, somebody in their place who may.
    Themselves,
    /// Whoever may do everything there.
    Root,
}

/// A thing that paths name by its identifier, and how one is made in a relation.
pub struct Made {
    /// What paths call it.
    pub parameter: &'static str,
    pub by: By,
    /// Where it is posted to; names of other things in braces.
    pub path: &'static str,
    /// Whether it is posted as a file.
    pub form: bool,
    /// The body, with a name for it.
    pub body: fn(&World, Relation, &str) -> Json,
}

const fn posted(
    parameter: &'static str,
    by: By,
    path: &'static str,
    body: fn(&World, Relation, &str) -> Json,
) -> Made {
    let form = false;
    Made {
        parameter,
        by,
        path,
        form,
        body,
    }
}

/// Everything that is made by asking for it, in order.
pub const MADE: &[Made] = &[
    posted(
        "dimension",
        By::Root,
        "/dimensions",
        |_, relation, name| json!({ "code": relation.name(), "name": name }),
    ),
    posted(
        "member",
        By::Root,
        "/dimensions/{dimension}/members",
        |_, relation, name| json!({ "code": relation.name(), "name": name, "valid_from": "2026-01-01" }),
    ),
    posted("measure", By::Root, "/measures", |_, relation, name| {
        let content = json!({ "kind": "flow", "unit": "CNY", "step": "0.01" });
        json!({ "code": relation.name(), "name": name, "content": content })
    }),
    posted(
        "calendar",
        By::Root,
        "/calendars",
        |_, relation, name| json!({ "code": relation.name(), "name": name, "content": { "week_starts": "friday" } }),
    ),
    posted(
        "release",
        By::Root,
        "/plans/{plan}/releases",
        |world, relation, name| json!({ "nodes": [world.node(relation)], "deadline": "2099-12-31", "note": name }),
    ),
    posted(
        "commitment",
        By::Themselves,
        "/releases/{release}/commitments",
        |world, relation, _| json!({ "node": world.node(relation), "kind": "commit" }),
    ),
    posted(
        "comment",
        By::Root,
        "/plans/{plan}/comments",
        |world, relation, name| json!({ "at": format!("store={}", world.node(relation)), "text": name }),
    ),
    posted(
        "view",
        By::Themselves,
        "/views",
        |_, _, name| json!({ "name": name, "content": {} }),
    ),
    posted("channel", By::Root, "/channels", |_, _, name| {
        let address = "https://hooks.example.com/x";
        json!({ "name": name, "kind": "webhook", "address": address, "secret": "s" })
    }),
    posted(
        "delivery",
        By::Root,
        "/channels/{channel}/tests",
        |_, _, _| Json::Null,
    ),
    posted(
        "job",
        By::Root,
        "/jobs",
        |_, _, _| json!({ "kind": "clean_up" }),
    ),
    posted(
        "feed",
        By::Themselves,
        "/feeds",
        |_, _, name| json!({ "name": name }),
    ),
    posted(
        "subscription",
        By::Themselves,
        "/subscriptions",
        |_, _, _| json!({ "topic": "alerts_digest" }),
    ),
    posted(
        "deputy",
        By::Themselves,
        "/deputies",
        |world, relation, _| json!({ "deputy": world.root(relation).user, "from": "2098-01-01", "until": "2098-02-01" }),
    ),
    posted(
        "sale",
        By::Themselves,
        "/plans/{plan}/sales",
        |world, relation, _| sale(world, relation),
    ),
    Made {
        parameter: "import",
        by: By::Root,
        path: "/plans/{plan}/imports",
        form: true,
        body: |_, _, _| json!("date,store,amount,number\n2026-01-05,S1,10.00,n1\n"),
    },
];

/// A sale in a store of a relation's.
pub fn sale(world: &World, relation: Relation) -> Json {
    let store = match world.node(relation) {
        "east" => "S2",
        "west" | "chain" => "S4",
        store => store,
    };
    json!({ "date": "2026-01-06", "members": { "store": store }, "amounts": { "sales": "10.00" } })
}

impl World {
    /// What cannot be made by asking for it alone, or needs things of its own.
    pub async fn furnish_further(&mut self) {
        let mut found = Further::default();
        for (number, relation) in Relation::ALL.into_iter().enumerate() {
            found.tokens.push(self.token(relation).await);
            found.sessions.push(self.session(relation).await);
            found.schedules.push(self.schedule(relation, number).await);
            let (chain, approval) = self.approval(relation).await;
            found.chains.push(chain);
            found.approvals.push(approval);
        }
        let here = self.published(Relation::Own).await;
        let theirs = self.published(Relation::Other).await;
        let published = both(here, theirs);
        let here = self.approved(Relation::Own).await;
        let theirs = self.approved(Relation::Other).await;
        let approved = both(here, theirs);
        let here = self.scenario(Relation::Own).await;
        let theirs = self.scenario(Relation::Other).await;
        let scenario = both(here, theirs);
        let here = self.refused_import(Relation::Own).await;
        let theirs = self.refused_import(Relation::Other).await;
        let refused = both(here, theirs);
        for relation in [Relation::Own, Relation::Other] {
            self.provider_and_template(relation).await;
        }
        self.things.insert("token", found.tokens);
        self.things.insert("session", found.sessions);
        self.things.insert("schedule", found.schedules);
        self.things.insert("chain", found.chains);
        self.things.insert("approval", found.approvals);
        self.things.insert("published", published);
        self.things.insert("approved", approved);
        self.things.insert("scenario", scenario);
        self.things.insert("refused_import", refused);
        self.edits().await;
        self.feed_files().await;
    }

    /// A key beside the one that is asked with, which stays.
    async fn token(&self, relation: Relation) -> String {
        let token = Token {
            id: TokenId::of(self.server.app.bits()),
            organisation: self.organisation(relation).clone(),
            user: self.person(relation).user.clone(),
            name: self.name(relation).into(),
            secret_hash: format!("{:064x}", self.server.app.bits()),
            scopes: Vec::new(),
            expires_at: None,
            used_at: None,
            revoked_at: None,
            created_at: Timestamp::now(),
        };
        let mut tx = self.server.app.store().write().await.unwrap();
        tx.add_token(&token).await.unwrap();
        tx.commit().await.unwrap();
        token.id.to_string()
    }

    async fn session(&self, relation: Relation) -> String {
        let now = Timestamp::now();
        let session = Session {
            id: SessionId::of(self.server.app.bits()),
            organisation: self.organisation(relation).clone(),
            user: self.person(relation).user.clone(),
            secret_hash: format!("{:064x}", self.server.app.bits()),
            means: "password".into(),
            address: "192.0.2.1".into(),
            agent: self.name(relation).into(),
            created_at: now,
            seen_at: now,
            expires_at: now + SignedDuration::from_hours(1),
        };
        let mut tx = self.server.app.store().write().await.unwrap();
        tx.add_session(&session).await.unwrap();
        tx.commit().await.unwrap();
        session.id.to_string()
    }

    async fn schedule(&self, relation: Relation, number: usize) -> String {
        let now = Timestamp::now();
        let kinds = ["alerts", "deadlines", "compact", "clean_up", "alerts"];
        let schedule = Schedule {
            id: ScheduleId::of(self.server.app.bits()),
            organisation: self.organisation(relation).clone(),
            kind: kinds[number].into(),
            rule: "30 8 * * *".into(),
            each: false,
            active: true,
            parameters: json!({}),
            next_at: now + SignedDuration::from_hours(24),
            revision: 1,
            updated_at: now,
        };
        let mut tx = self.server.app.store().write().await.unwrap();
        assert!(tx.add_schedule(&schedule).await.unwrap());
        tx.commit().await.unwrap();
        schedule.id.to_string()
    }

    /// A chain of one step and a request that waits for whoever stands in a relation.
    async fn approval(&self, relation: Relation) -> (String, String) {
        let plan = self.small_plan(relation).await;
        let chain = |user: &UserId| {
            let steps = json!([{ "approver": { "user": user } }]);
            json!({ "plan": plan, "subject": "publish", "steps": steps })
        };
        let root = self.root(relation);
        let own = chain(&self.person(relation).user);
        let mut set = id(&self.try_posted(root, "/approval-chains", own).await);
        if set.is_empty() {
            // Their role approves nothing: somebody in their place decides.
            let other = self.stand_in(relation, Role::Director).await;
            set = self
                .posted(root, "/approval-chains", chain(&other.user))
                .await;
        }
        let name = json!({ "comment": self.name(relation) });
        let path = format!("/plans/{plan}/submissions");
        let approval = self.posted(root, &path, name).await;
        (set, approval)
    }

    /// A plan that may be published.
    pub async fn approved(&self, relation: Relation) -> String {
        let plan = self.small_plan(relation).await;
        let root = self.root(relation);
        let chain = json!({ "plan": plan, "subject": "publish", "steps": [] });
        self.posted(root, "/approval-chains", chain).await;
        self.posted(root, &format!("/plans/{plan}/submissions"), json!({}))
            .await;
        plan
    }

    /// A plan with a published version.
    async fn published(&self, relation: Relation) -> String {
        let plan = self.approved(relation).await;
        let root = self.root(relation);
        let why = json!({ "reason": self.name(relation) });
        self.posted(root, &format!("/plans/{plan}/versions"), why)
            .await;
        plan
    }

    /// A plan over the same organisation as the large one.
    async fn small_plan(&self, relation: Relation) -> String {
        let text = "plan = \"2026\"\nperiod = \"2026\"\ntotal = \"1200\"\n\
                    measure = { name = \"Sales\", unit = \"CNY\" }\n\
                    [axes.store]\nmembers = \"store.csv\"\n";
        let store = "code,name,parent\nchain,Chain,\neast,East,chain\nwest,West,chain\n\
                     S1,S1,east\nS2,S2,east\nS4,S4,west\n";
        let file = json!({ "name": "store.csv", "content_base64": STANDARD.encode(store) });
        let wanted = json!({ "name": self.name(relation), "text": text, "files": [file],
            "scope_axis": "store" });
        self.posted(self.root(relation), "/plans", wanted).await
    }

    /// Posts something that has to be made, as seen at the plan's version; gives its identifier.
    pub async fn posted(&self, who: &Person, path: &str, body: Json) -> String {
        let answer = self.try_posted(who, path, body).await;
        let found = id(&answer);
        assert!(!found.is_empty(), "{path}: {answer}");
        found
    }

    pub async fn try_posted(&self, who: &Person, path: &str, body: Json) -> Json {
        let plan = path
            .strip_prefix("/plans/")
            .and_then(|rest| rest.split_once('/'));
        let version = match plan {
            Some((plan, _)) => {
                let theirs = self.plan(Relation::Other) == plan;
                let root = match theirs {
                    true => self.root(Relation::Other),
                    false => who,
                };
                self.server.get(root, &format!("/plans/{plan}")).await.body["version"].to_string()
            }
            None => "1".to_owned(),
        };
        let seen = format!("\"{version}\"");
        let seen = [("if-match", seen.as_str())];
        let method = Method::POST;
        let answer = self.server.ask(
            Some(who),
            method,
            path,
            &seen,
            Some(body).filter(|body| !body.is_null()),
        );
        answer.await.body
    }

    /// Somebody with the place of whoever stands in a relation and a role that may do their work.
    pub async fn stand_in(&self, relation: Relation, role: Role) -> Person {
        let (node, organisation) = (self.node(relation), self.organisation(relation));
        let scope = match role {
            Role::Planner => Scope::All,
            _ => Scope::DepartmentAndBelow,
        };
        self.server
            .person_of(organisation, role, scope, Some(node))
            .await
    }

    pub fn name(&self, relation: Relation) -> &'static str {
        match relation {
            Relation::Other => CANARY,
            _ => relation.name(),
        }
    }
}

/// For each relation what its organisation has.
fn both(here: String, theirs: String) -> Vec<String> {
    let mut each = vec![here; Relation::ALL.len()];
    each[Relation::Other as usize] = theirs;
    each
}

#[derive(Default)]
struct Further {
    tokens: Vec<String>,
    sessions: Vec<String>,
    schedules: Vec<String>,
    chains: Vec<String>,
    approvals: Vec<String>,
}
