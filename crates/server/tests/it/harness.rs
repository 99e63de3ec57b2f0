//! A server of its own for each test, and people to ask it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fenjie_app::authenticate::secret_hash;
use fenjie_app::people::PeopleSettings;
use fenjie_app::{App, Clock, Settings, TokenScope};
use fenjie_identity::password::Cost;
use fenjie_server::frame::{Frame, Limits, Network};
use fenjie_server::{State, router};
use fenjie_store::organisation::Organisation;
use fenjie_store::people::{Role, Scope, Token, User};
use fenjie_store::{OrganisationId, Store, Timestamp, TokenId, UserId};
use fenjie_store_tests::{TestDatabase, databases, usual};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

/// A server with a database of its own.
pub struct Server {
    pub app: App,
    pub organisation: OrganisationId,
    router: Router,
    pub clock: Arc<ShiftedClock>,
    pub database: TestDatabase,
}

/// A clock that tests put forward.
#[derive(Default)]
pub struct ShiftedClock(AtomicI64);

impl ShiftedClock {
    /// Lets time pass.
    pub fn pass(&self, time: SignedDuration) {
        self.0.fetch_add(time.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// Somebody with a key.
#[derive(Clone)]
pub struct Person {
    pub user: UserId,
    secret: String,
}

/// What the server answered.
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Json,
}

impl Server {
    /// An empty server with one organisation: on SQLite, or where `FENJIE_TEST_DATABASE` says so on
    /// PostgreSQL.
    pub async fn new() -> Server {
        Server::on(usual().await).await
    }

    /// An empty server on each kind of database that this machine has, with one organisation.
    pub async fn on_each() -> Vec<Server> {
        let mut servers = Vec::new();
        for database in databases().await {
            servers.push(Server::on(database).await);
        }
        servers
    }

    /// A server on records that are there already.
    pub async fn reopened(database: TestDatabase, organisation: OrganisationId) -> Server {
        let (app, clock) = Server::application(&database, false).await;
        Server::around(app, clock, organisation, database)
    }

    /// Another process's server on the same records: only PostgreSQL lets several in.
    pub async fn beside(&self) -> Server {
        let (app, clock) = Server::application(&self.database, false).await;
        let nothing = fenjie_store_tests::sqlite();
        Server::around(app, clock, self.organisation.clone(), nothing)
    }

    fn around(
        app: App,
        clock: Arc<ShiftedClock>,
        organisation: OrganisationId,
        database: TestDatabase,
    ) -> Server {
        let frame = Frame::new(Limits::without_rates(), Network::default(), None);
        let router = router(State::new(app.clone()).framed(frame));
        Server {
            app,
            organisation,
            router,
            clock,
            database,
        }
    }

    /// Sends any request.
    pub async fn carry(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The secret of a first set-up in these tests.
    pub const SETUP_SECRET: &str = "given at start";

    /// Servers that nobody has set up, on each kind of database.
    pub async fn first_runs() -> Vec<Server> {
        let mut servers = Vec::new();
        for database in databases().await {
            servers.push(Server::made(database, true).await);
        }
        servers
    }

    /// An empty server on a database, with one organisation.
    pub async fn on(database: TestDatabase) -> Server {
        Server::made(database, false).await
    }

    async fn made(database: TestDatabase, first_run: bool) -> Server {
        let (app, clock) = Server::application(&database, first_run).await;
        let organisation = Server::organisation_on(&app, "acme").await;
        Server::around(app, clock, organisation, database)
    }

    async fn application(database: &TestDatabase, first_run: bool) -> (App, Arc<ShiftedClock>) {
        let store: Arc<dyn Store> = Arc::new(database.open().await);
        let settings = Settings {
            folder: database.folder().to_owned(),
            local_without_account: first_run,
            people: PeopleSettings {
                password_cost: Cost::CHEAP,
                setup_secret_hash: Some(secret_hash(Server::SETUP_SECRET)),
                private_providers: true,
                ..PeopleSettings::default()
            },
        };
        let clock = Arc::new(ShiftedClock::default());
        (App::new(store, clock.clone(), settings), clock)
    }

    /// The same server in another frame.
    pub fn framed(self, frame: Arc<Frame>) -> Server {
        let router = router(State::new(self.app.clone()).framed(frame));
        Server { router, ..self }
    }

    async fn organisation_on(app: &App, code: &str) -> OrganisationId {
        let id = OrganisationId::of(app.bits());
        let organisation = Organisation {
            id: id.clone(),
            code: code.into(),
            name: code.into(),
            language: "en".into(),
            zone: "Asia/Shanghai".into(),
            created_at: Timestamp::now(),
        };
        let mut tx = app.store().write().await.unwrap();
        tx.add_organisation(&organisation).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Another organisation on the same server.
    pub async fn another_organisation(&self, code: &str) -> OrganisationId {
        Server::organisation_on(&self.app, code).await
    }

    /// Somebody of the server's organisation with a key that may do everything their role may.
    pub async fn person(&self, role: Role, scope: Scope, member: Option<&str>) -> Person {
        self.person_of(&self.organisation, role, scope, member)
            .await
    }

    /// Somebody of an organisation.
    pub async fn person_of(
        &self,
        organisation: &OrganisationId,
        role: Role,
        scope: Scope,
        member: Option<&str>,
    ) -> Person {
        let user = User {
            id: UserId::of(self.app.bits()),
            organisation: organisation.clone(),
            login: format!("{}-{:x}", role.code(), self.app.bits()),
            name: role.code().into(),
            email: None,
            role,
            scope,
            member: member.map(str::to_owned),
            reports_to: None,
            language: Some("en".into()),
            active: true,
            password_hash: None,
            revision: 1,
            created_at: Timestamp::now(),
        };
        let secret = format!("{:032x}", self.app.bits());
        let token = Token {
            id: TokenId::of(self.app.bits()),
            organisation: organisation.clone(),
            user: user.id.clone(),
            name: "test".into(),
            secret_hash: secret_hash(&secret),
            scopes: TokenScope::ALL
                .iter()
                .map(|scope| scope.code().into())
                .collect(),
            expires_at: None,
            used_at: None,
            revoked_at: None,
            created_at: Timestamp::now(),
        };
        let mut tx = self.app.store().write().await.unwrap();
        tx.add_user(&user).await.unwrap();
        tx.add_token(&token).await.unwrap();
        tx.commit().await.unwrap();
        Person {
            user: user.id,
            secret,
        }
    }

    /// Says to whom somebody reports.
    pub async fn reports_to(&self, who: &Person, above: &Person) {
        let mut tx = self.app.store().write().await.unwrap();
        let user = tx.user(&self.organisation, &who.user).await.unwrap();
        let mut user = user.unwrap();
        user.reports_to = Some(above.user.clone());
        let seen = user.revision;
        assert!(tx.update_user(&user, seen).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Sends a request; `body` as JSON.
    pub async fn ask(
        &self,
        who: Option<&Person>,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Json>,
    ) -> Answered {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"));
        if let Some(who) = who {
            request = request.header("authorization", format!("Bearer {}", who.secret));
        }
        let typed = headers.iter().any(|(name, _)| *name == "content-type");
        let usual = [("content-type", "application/json")];
        for (name, value) in headers.iter().chain(usual.iter().filter(|_| !typed)) {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = match bytes.is_empty() {
            true => Json::Null,
            false => serde_json::from_slice(&bytes).unwrap(),
        };
        Answered {
            status,
            headers,
            body,
        }
    }

    /// Sends a body of any kind; gives the answer with its body unread.
    pub async fn send(
        &self,
        who: &Person,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Response<Body> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {}", who.secret));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Makes a plan of an example of the project (its English plan file); gives `/plans/pln_…`.
    pub async fn plan(&self, who: &Person, example: &str) -> String {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../examples")
            .join(example);
        let text = std::fs::read_to_string(folder.join("plan.en.toml")).unwrap();
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "csv") {
                let content = STANDARD.encode(std::fs::read(&path).unwrap());
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                files.push(json!({ "name": name, "content_base64": content }));
            }
        }
        let made = self
            .post(who, "/plans", json!({ "text": text, "files": files }))
            .await;
        assert_eq!(made.told(), "201", "{}", made.body);
        format!("/plans/{}", made.body["id"].as_str().unwrap())
    }

    /// Listens to a stream of events, from an event on.
    pub async fn listen(&self, who: &Person, path: &str, last: Option<u64>) -> Listening {
        let mut request = Request::builder()
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {}", who.secret));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Listening {
            body: response.into_body(),
            text: String::new(),
        }
    }

    /// Applies an operation to a plan as seen at a version.
    pub async fn apply(&self, who: &Person, plan: &str, seen: u64, operation: Json) -> Answered {
        let body = json!({ "operations": [operation] });
        let seen = format!("\"{seen}\"");
        let path = format!("{plan}/operations");
        self.ask(
            Some(who),
            Method::POST,
            &path,
            &[("if-match", &seen)],
            Some(body),
        )
        .await
    }

    /// The version of a plan; a server that has too much to do is asked again.
    pub async fn version(&self, who: &Person, plan: &str) -> u64 {
        for _ in 0..500 {
            let answer = self.get(who, plan).await;
            match answer.status {
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                _ => {
                    let version = answer.body["version"].as_u64();
                    return version.unwrap_or_else(|| panic!("{}", answer.body));
                }
            }
        }
        panic!("the server does not come to answering");
    }

    /// How often operations were committed; none on PostgreSQL, where others may commit too.
    pub async fn commits(&self) -> Option<u64> {
        let moment = self.app.store().moment().await.unwrap().unwrap();
        let count = moment.split_once('.')?.1;
        count.parse().ok()
    }

    /// Asks for any path, as a program without a key would.
    pub async fn whole(&self, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The same, as text.
    pub async fn text(&self, path: &str, headers: &[(&str, &str)]) -> (StatusCode, String) {
        let response = self.whole(path, headers).await;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.into()).unwrap())
    }

    pub async fn get(&self, who: &Person, path: &str) -> Answered {
        self.ask(Some(who), Method::GET, path, &[], None).await
    }

    pub async fn post(&self, who: &Person, path: &str, body: Json) -> Answered {
        self.ask(Some(who), Method::POST, path, &[], Some(body))
            .await
    }
}

impl Person {
    /// The secret of their key.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

/// A stream of events.
pub struct Listening {
    body: Body,
    text: String,
}

impl Listening {
    /// What the next events say.
    pub async fn take(&mut self, count: usize) -> Vec<Json> {
        let mut found = Vec::new();
        while found.len() < count {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let said = event.lines().find_map(|line| line.strip_prefix("data: "));
                found.extend(said.map(|said| serde_json::from_str(said).unwrap()));
                self.text = rest.to_owned();
                continue;
            }
            let frame = self.body.frame().await.unwrap().unwrap();
            if let Ok(bytes) = frame.into_data() {
                self.text.push_str(std::str::from_utf8(&bytes).unwrap());
            }
        }
        found
    }
}

impl Answered {
    /// The status with the code of a refusal, such as `404 not_found`.
    pub fn told(&self) -> String {
        match self.body["code"].as_str() {
            Some(code) => format!("{} {code}", self.status.as_u16()),
            None => self.status.as_u16().to_string(),
        }
    }

    pub fn etag(&self) -> &str {
        self.headers["etag"].to_str().unwrap()
    }
}
