//! Stories of a team as tables: who does what, what they are told, how the plan stands then.

use std::collections::BTreeMap;

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};

use crate::harness::{Answered, Person, Server};

/// A plan of the store chain and its people.
///
/// - `wang` plans, `li` is a director, `chen` a second director, `admin` the administrator
/// - `zhao` heads the east (stores S1 to S3), `qian` the west; `sun` runs store S1, `zhou` store S4
pub struct Story {
    pub server: Server,
    pub plan: String,
    pub people: BTreeMap<&'static str, Person>,
    /// The last release, the last request, the last answers by member.
    pub release: String,
    pub approval: String,
    pub answers: BTreeMap<String, (String, String)>,
}

impl Story {
    pub async fn new() -> Story {
        Story::on(Server::new().await).await
    }

    pub async fn on(server: Server) -> Story {
        let mut people = BTreeMap::new();
        for (name, role, scope, member) in [
            ("admin", Role::Administrator, Scope::All, None),
            ("wang", Role::Planner, Scope::All, None),
            ("li", Role::Director, Scope::All, None),
            ("chen", Role::Director, Scope::All, None),
            ("audit", Role::Auditor, Scope::All, None),
            (
                "zhao",
                Role::Manager,
                Scope::DepartmentAndBelow,
                Some("east"),
            ),
            (
                "qian",
                Role::Manager,
                Scope::DepartmentAndBelow,
                Some("west"),
            ),
            ("sun", Role::Salesperson, Scope::Own, Some("S1")),
            ("zhou", Role::Salesperson, Scope::Own, Some("S4")),
        ] {
            people.insert(name, server.person(role, scope, member).await);
        }
        let plan = server.plan(&people["wang"], "store-chain").await;
        Story {
            server,
            plan,
            people,
            release: String::new(),
            approval: String::new(),
            answers: BTreeMap::new(),
        }
    }

    pub fn who(&self, name: &str) -> &Person {
        &self.people[name]
    }

    /// The plan as its planner sees it.
    pub async fn seen(&self) -> Json {
        self.server.get(self.who("wang"), &self.plan).await.body
    }

    /// Runs a table: `who | does | what | is told | plan`; an empty last column is not looked at.
    pub async fn runs(&mut self, table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            assert_eq!(cells.len(), 5, "five columns: {line}");
            let done = self.does(cells[0], cells[1], cells[2]).await;
            assert_eq!(done.told(), cells[3], "{line}\n{}", done.body);
            if !cells[4].is_empty() {
                assert_eq!(self.seen().await["status"], cells[4], "{line}");
            }
        }
    }

    /// Somebody does something; gives what they are told.
    pub async fn does(&mut self, who: &str, does: &str, what: &str) -> Answered {
        let seen = self.seen().await;
        let (version, revision) = (tag(&seen["version"]), tag(&seen["revision"]));
        let plan = self.plan.clone();
        let reason = json!({ "reason": what });
        match does {
            "edits" => {
                let (at, to) = what.rsplit_once(' ').unwrap();
                let body = json!({ "operations": [{ "set": at, "to": to }] });
                self.posts(who, &format!("{plan}/operations"), &version, body)
                    .await
            }
            "resolves" => {
                let resolved =
                    json!({ "resolve": what, "period": "month=2026-01", "owner": "wang" });
                let body = json!({ "operations": [resolved] });
                self.posts(who, &format!("{plan}/operations"), &version, body)
                    .await
            }
            "releases" => {
                let (key, value) = what.split_once(' ').unwrap();
                let mut body = json!({ "deadline": "2099-12-31" });
                body[key] = match key {
                    "nodes" => value.split(' ').collect(),
                    _ => Json::from(value),
                };
                let path = format!("{plan}/releases");
                let made = self.posts(who, &path, &version, body).await;
                remember(&mut self.release, "releases", &made);
                made
            }
            "commits" | "counters" => self.answers(who, does, what).await,
            "takes back" => {
                let (path, tag) = self.answers.get(what).cloned().unwrap_or_default();
                self.asks(who, Method::DELETE, &path, &tag, None).await
            }
            "refits" => {
                let mut words = what.split(' ');
                let mode = words.next().unwrap();
                let body = json!({ "mode": mode, "nodes": words.collect::<Vec<_>>() });
                self.posts(who, &format!("{plan}/refits"), &version, body)
                    .await
            }
            "submits" => {
                let path = format!("{plan}/submissions");
                let body = json!({ "comment": what });
                let made = self.posts(who, &path, &version, body).await;
                remember(&mut self.approval, "approvals", &made);
                made
            }
            "approves" | "rejects" => {
                let decision = does.trim_end_matches('s');
                let body = json!({ "decision": decision, "comment": what });
                let path = format!("{}/decisions", self.approval);
                let tag = self.approval_tag().await;
                self.posts(who, &path, &tag, body).await
            }
            "takes the request back" => {
                let (path, tag) = (self.approval.clone(), self.approval_tag().await);
                self.asks(who, Method::DELETE, &path, &tag, None).await
            }
            "publishes" => {
                let path = format!("{plan}/versions");
                self.posts(who, &path, &version, reason).await
            }
            "locks" | "unlocks" | "reopens" | "recalls" => {
                let step = does.trim_end_matches('s');
                let body = json!({ "step": step, "reason": what });
                let path = format!("{plan}/status-changes");
                let done = self.posts(who, &path, &revision, body).await;
                if let Some(id) = done.body["waits_for"].as_str() {
                    self.approval = format!("/approvals/{id}");
                }
                done
            }
            other => panic!("nobody knows how to {other}"),
        }
    }

    async fn answers(&mut self, who: &str, does: &str, what: &str) -> Answered {
        let (what, reason) = what.split_once(':').unwrap_or((what, ""));
        let (node, amount) = what.trim().split_once(' ').unwrap_or((what.trim(), ""));
        let mut body = json!({
            "node": node,
            "kind": does.trim_end_matches('s'),
            "reason": reason.trim(),
        });
        if !amount.is_empty() {
            body["amount"] = amount.into();
        }
        let path = format!("{}/commitments", self.release);
        let made = self.server.post(self.who(who), &path, body).await;
        if let Some(id) = made.body["id"].as_str() {
            let place = (format!("/commitments/{id}"), made.etag().to_owned());
            self.answers.insert(node.to_owned(), place);
        }
        made
    }

    async fn approval_tag(&self) -> String {
        let got = self.server.get(self.who("admin"), &self.approval).await;
        tag(&got.body["revision"])
    }

    pub async fn posts(&self, who: &str, path: &str, tag: &str, body: Json) -> Answered {
        self.asks(who, Method::POST, path, tag, Some(body)).await
    }

    pub async fn asks(
        &self,
        who: &str,
        method: Method,
        path: &str,
        tag: &str,
        body: Option<Json>,
    ) -> Answered {
        let headers = [("if-match", tag)];
        self.server
            .ask(Some(self.who(who)), method, path, &headers, body)
            .await
    }

    /// The reconciliation as somebody sees it: `member target answer bottom-up gap state`.
    pub async fn reconciled(&self, who: &str) -> String {
        let path = format!("{}/reconciliation", self.plan);
        let got = self.server.get(self.who(who), &path).await;
        assert_eq!(got.told(), "200", "{}", got.body);
        let rows = got.body["rows"].as_array().unwrap();
        let line = |row: &Json| {
            let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            let answer = row["answer"]["amount"].as_str().unwrap_or("-");
            let waiting = &row["waiting"];
            format!(
                "{} {} {answer} {} {} {} {waiting}\n",
                text("node"),
                text("target"),
                text("bottom_up"),
                text("gap"),
                text("state"),
            )
        };
        rows.iter().map(line).collect()
    }
}

fn remember(place: &mut String, area: &str, made: &Answered) {
    if let Some(id) = made.body["id"].as_str() {
        *place = format!("/{area}/{id}");
    }
}

pub fn tag(number: &Json) -> String {
    format!("\"{number}\"")
}
