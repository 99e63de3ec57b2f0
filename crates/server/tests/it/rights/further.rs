//! What paths of the table name and one request alone does not make: operations to be undone, scenarios,
//! refused rows, what an organisation has one of. Knows no route of the table.

use axum::body::{Body, to_bytes};
use axum::http::Method;
use serde_json::json;

use super::world::{Relation, World, id};
use crate::form::Form;

impl World {
    /// Operations to be undone, and undone ones: in the own relation by whoever asks, where they may;
    /// in the others by somebody else.
    pub async fn edits(&mut self) {
        let (mut undo, mut redo) = (Vec::new(), Vec::new());
        for relation in [Relation::Own, Relation::Team, Relation::Other] {
            let plan = format!("/plans/{}", self.plan(relation));
            let mut numbers = Vec::new();
            for month in ["2026-02", "2026-03"] {
                let at = format!("store={}, month={month}", self.node(relation));
                let operation = json!({ "set": at, "to": "+1%", "keep": "parent:time" });
                let root = self.root(relation);
                let seen = self.server.version(root, &plan).await;
                let who = self.person(relation);
                let made = self.server.apply(who, &plan, seen, operation.clone()).await;
                if made.told() != "200" {
                    let made = self.server.apply(root, &plan, seen, operation).await;
                    assert_eq!(made.told(), "200", "{}", made.body);
                }
                numbers.push(self.server.version(root, &plan).await);
            }
            let undone = json!({ "sequence": numbers[1] });
            let who = self.person(relation);
            let path = format!("{plan}/undos");
            let version = format!("\"{}\"", numbers[1]);
            let seen = [("if-match", version.as_str())];
            for who in [who, self.root(relation)] {
                let body = Some(undone.clone());
                self.server
                    .ask(Some(who), Method::POST, &path, &seen, body)
                    .await;
            }
            undo.push(numbers[0].to_string());
            let root = self.root(relation);
            let last = self.server.version(root, &plan).await;
            assert_eq!(last, numbers[1] + 1, "one of them undid it");
            redo.push(last.to_string());
        }
        let each = |found: &[String]| {
            let of = |relation| match relation {
                Relation::Own => found[0].clone(),
                Relation::Other => found[2].clone(),
                _ => found[1].clone(),
            };
            Relation::ALL.map(of).to_vec()
        };
        self.things.insert("undo", each(&undo));
        self.things.insert("redo", each(&redo));
    }

    /// A scenario of the plan.
    pub async fn scenario(&self, relation: Relation) -> String {
        let path = format!("/plans/{}/scenarios", self.plan(relation));
        let body = json!({ "name": self.name(relation) });
        let root = self.root(relation);
        let scenario = self.posted(root, &path, body).await;
        let plan = format!("/plans/{scenario}");
        let seen = self.server.version(root, &plan).await;
        let operation =
            json!({ "set": "store=S1, month=2026-05", "to": "+1%", "keep": "parent:time" });
        let made = self.server.apply(root, &plan, seen, operation).await;
        assert_eq!(made.told(), "200", "{}", made.body);
        scenario
    }

    /// The addresses under which calendars are read; that of the other organisation is not known.
    pub async fn feed_files(&mut self) {
        let mut files = Vec::new();
        for relation in Relation::ALL {
            let who = self.person(relation);
            let body = json!({ "name": self.name(relation) });
            let made = self.server.post(who, "/feeds", body).await;
            let path = made.body["path"].as_str().unwrap();
            let file = path.rsplit('/').next().unwrap();
            files.push(match relation {
                Relation::Other => "unknown.ics".to_owned(),
                _ => file.to_owned(),
            });
        }
        self.things.insert("feed_file", files);
    }

    /// An import with a row that was refused.
    pub async fn refused_import(&self, relation: Relation) -> String {
        let path = format!("/plans/{}/imports", self.plan(relation));
        let text = b"date,store,amount,number\n2026-01-05,S1,ten,n9\n";
        let form = Form::default().file("file", "refused.csv", text);
        let root = self.root(relation);
        let begun = self.server.form(root, &path, &[], form).await;
        id(&self.server.ended(root, &begun).await.body)
    }

    /// What an organisation has one of.
    pub async fn provider_and_template(&self, relation: Relation) {
        let provider = json!({
            "issuer": "https://id.example.com", "client_id": "c", "client_secret": "s",
            "label": self.name(relation), "by_email": false,
        });
        let template = json!({ "title": self.name(relation), "body": "." });
        for (path, body) in [
            ("/oidc/provider", provider),
            ("/templates/period_closed/en", template),
        ] {
            let seen = [("if-match", "\"0\"")];
            let root = Some(self.root(relation));
            let made = self
                .server
                .ask(root, Method::PUT, path, &seen, Some(body))
                .await;
            assert_eq!(made.told(), "200", "{path}: {}", made.body);
        }
    }

    /// A file that whoever may do everything takes out of the plan here.
    pub async fn taken(&self, what: &str, format: &str) -> Vec<u8> {
        let path = format!("{}/exports?what={what}&format={format}", self.plans[0]);
        let root = self.root(Relation::Own);
        let answer = self
            .server
            .send(root, Method::GET, &path, &[], Body::empty())
            .await;
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        to_bytes(answer.into_body(), usize::MAX)
            .await
            .unwrap()
            .to_vec()
    }
}
