//! Somebody at a browser: signs in with a password, keeps the cookies.

use axum::http::Method;
use fenjie_store::UserId;
use fenjie_store::people::{Role, Scope, User};
use serde_json::{Value as Json, json};

use crate::harness::{Answered, Server};

/// The password of everybody in these tests.
pub const PASSWORD: &str = "月底 before noon";
/// What the server is called.
pub const HOST: &str = "fenjie.example.com";
/// Where pages of ours come from.
pub const ORIGIN: &str = "https://fenjie.example.com";

/// A browser with its cookies.
#[derive(Clone, Default)]
pub struct Browser {
    pub cookies: Vec<(String, String)>,
}

impl Browser {
    /// Keeps what an answer sets.
    pub fn keep(&mut self, answered: &Answered) {
        for set in answered.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            let (name, rest) = set.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !set.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// The cookies as they travel.
    pub fn header(&self) -> String {
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        cookies.collect::<Vec<_>>().join("; ")
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Server {
    /// An account with the password of everybody.
    pub async fn account(&self, login: &str, role: Role, scope: Scope) -> UserId {
        let user = User {
            id: UserId::of(self.app.bits()),
            organisation: self.organisation.clone(),
            login: login.into(),
            name: login.into(),
            email: None,
            role,
            scope,
            member: None,
            reports_to: None,
            language: Some("en".into()),
            active: true,
            password_hash: Some(self.app.hashing().hash(PASSWORD).await.unwrap()),
            revision: 1,
            created_at: self.app.now(),
        };
        let mut tx = self.app.store().write().await.unwrap();
        tx.add_user(&user).await.unwrap();
        tx.commit().await.unwrap();
        user.id
    }

    /// Asks as a page of ours in a browser does.
    pub async fn browse(
        &self,
        browser: &Browser,
        method: Method,
        path: &str,
        body: Option<Json>,
    ) -> Answered {
        let cookies = browser.header();
        let mut headers = vec![("host", HOST), ("origin", ORIGIN)];
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        self.ask(None, method, path, &headers, body).await
    }

    /// Tries to sign in.
    pub async fn try_sign_in(
        &self,
        browser: &mut Browser,
        login: &str,
        password: &str,
    ) -> Answered {
        let wanted = json!({ "login": login, "password": password });
        let answered = self
            .browse(browser, Method::POST, "/sessions", Some(wanted))
            .await;
        browser.keep(&answered);
        answered
    }

    /// Signs in with the password of everybody.
    pub async fn sign_in(&self, login: &str) -> Browser {
        let mut browser = Browser::default();
        let answered = self.try_sign_in(&mut browser, login, PASSWORD).await;
        assert_eq!(answered.told(), "201", "{:?}", answered.body);
        browser
    }

    /// Signs in to an organisation with the password of everybody.
    pub async fn sign_in_to(&self, organisation: &str, login: &str) -> Browser {
        let body = json!({ "organisation": organisation, "login": login, "password": PASSWORD });
        let mut browser = Browser::default();
        let answered = self
            .browse(&browser, Method::POST, "/sessions", Some(body))
            .await;
        assert_eq!(answered.told(), "201", "{:?}", answered.body);
        browser.keep(&answered);
        browser
    }

    /// Somebody new who has signed in.
    pub async fn signed_in(&self, login: &str, role: Role) -> Browser {
        self.account(login, role, Scope::All).await;
        self.sign_in(login).await
    }

    /// Reads as a page of ours.
    pub async fn see(&self, browser: &Browser, path: &str) -> Answered {
        self.browse(browser, Method::GET, path, None).await
    }
}
