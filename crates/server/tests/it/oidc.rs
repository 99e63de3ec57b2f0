//! Sign-in elsewhere, through a real provider on this machine. `cargo xtask setup` installs it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use jiff::SignedDuration;
use serde_json::json;

use crate::browser::{Browser, ORIGIN};
use crate::harness::{Answered, Person, Server};

/// A provider that runs as long as this lives.
struct Provider {
    process: Child,
    issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let program = target.join("oidc/bin/oidc-provider-mock");
    program.is_file().then_some(program)
}

/// Starts the provider, with somebody whose address is verified and somebody whose is not.
fn provider() -> Option<Provider> {
    let Some(program) = program() else {
        let required = std::env::var_os("FENJIE_REQUIRE_OIDC").is_some();
        assert!(
            !required,
            "the identity provider is missing; run `cargo xtask setup`"
        );
        println!("skipped: no identity provider; `cargo xtask setup` installs one");
        return None;
    };
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let claims = |sub: &str, email: &str, verified: bool| {
        json!({ "sub": sub, "email": email, "email_verified": verified }).to_string()
    };
    let process = Command::new(program)
        .args(["--port", &port.to_string(), "--require-nonce", "true"])
        .args(["--user-claims", &claims("w-1", "Wang@acme.example", true)])
        .args(["--user-claims", &claims("l-1", "li@acme.example", false)])
        .args(["--user-claims", &claims("x-1", "nobody@acme.example", true)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "the provider does not start"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(Provider {
        process,
        issuer: format!("http://127.0.0.1:{port}"),
    })
}

/// Writes the provider into the organisation's settings.
async fn set_up(server: &Server, boss: &Person, provider: &Provider, by_email: bool) -> Answered {
    let wanted = json!({ "issuer": provider.issuer, "client_id": "fenjie",
        "client_secret": "s3cret-of-ours", "label": "公司账号", "by_email": by_email });
    let seen = server.get(boss, "/oidc/provider").await;
    let tag = seen
        .headers
        .get("etag")
        .map_or("\"0\"", |tag| tag.to_str().unwrap());
    server
        .ask(
            Some(boss),
            Method::PUT,
            "/oidc/provider",
            &[("if-match", tag)],
            Some(wanted),
        )
        .await
}

/// Goes to the provider, says there who one is, and gives where it sends the browser back to, below
/// `/api/v1`.
async fn there(server: &Server, browser: &mut Browser, subject: &str) -> String {
    let begun = server.see(browser, "/oidc/start?return_to=/plans").await;
    assert_eq!(begun.told(), "303", "{:?}", begun.body);
    browser.keep(&begun);
    let url = begun.headers["location"].to_str().unwrap();
    assert!(
        url.contains("code_challenge_method=S256") && url.contains("nonce="),
        "{url}"
    );
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let sent = client
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("sub={subject}"))
        .send()
        .await
        .unwrap();
    let back = sent.headers()["location"].to_str().unwrap().to_owned();
    let prefix = format!("{ORIGIN}/api/v1");
    back.strip_prefix(&prefix)
        .unwrap_or_else(|| panic!("{back}"))
        .to_owned()
}

#[tokio::test]
async fn somebody_signs_in_at_their_company() {
    let Some(provider) = provider() else { return };
    for server in Server::on_each().await {
        let boss = server.person(Role::Administrator, Scope::All, None).await;
        let written = set_up(&server, &boss, &provider, true).await;
        assert_eq!(written.told(), "200", "{:?}", written.body);
        assert!(!written.body.to_string().contains("s3cret"));
        let account = json!({ "login": "wang", "name": "王芳", "role": "planner", "scope": "all",
            "email": "wang@ACME.example" });
        let made = server.post(&boss, "/users", account).await;
        let mut browser = Browser::default();
        let back = there(&server, &mut browser, "w-1").await;
        let thief = Browser::default();
        // Another browser gets nowhere with the link, and then it is used up.
        let stolen = server.see(&thief, &back).await;
        assert_eq!(stolen.told(), "401 sign_in_strayed");
        assert_eq!(
            server.see(&browser, &back).await.told(),
            "401 sign_in_strayed"
        );

        let back = there(&server, &mut browser, "w-1").await;
        let done = server.see(&browser, &back).await;
        assert_eq!(done.told(), "303", "{:?}", done.body);
        assert_eq!(done.headers["location"], "/plans");
        browser.keep(&done);
        let me = server.see(&browser, "/me").await;
        assert_eq!(me.body["user"]["id"], made.body["id"]);
        assert_eq!(browser.cookie("__Host-fenjie-oidc"), None);
        let again = server.see(&browser, &back).await;
        assert_eq!(again.told(), "401 sign_in_strayed");

        // From now on by the provider's own number, without the address.
        set_up(&server, &boss, &provider, false).await;
        let mut other = Browser::default();
        let back = there(&server, &mut other, "w-1").await;
        assert_eq!(server.see(&other, &back).await.told(), "303");
        // Stopped here is stopped, whatever they say there.
        let path = format!("/users/{}", made.body["id"].as_str().unwrap());
        let tag = server.get(&boss, &path).await;
        let stop = Some(json!({ "active": false }));
        server
            .ask(
                Some(&boss),
                Method::PATCH,
                &path,
                &[("if-match", tag.etag())],
                stop,
            )
            .await;
        let back = there(&server, &mut other, "w-1").await;
        assert_eq!(
            server.see(&other, &back).await.told(),
            "401 account_unknown"
        );
    }
}

#[tokio::test]
async fn nobody_gets_an_account_by_what_they_say_there() {
    let Some(provider) = provider() else { return };
    let server = Server::new().await;
    let boss = server.person(Role::Administrator, Scope::All, None).await;
    set_up(&server, &boss, &provider, true).await;
    for (login, email) in [
        ("li", "li@acme.example"),
        ("wang", "wang@acme.example"),
        ("double", "wang@acme.example"),
    ] {
        let account = json!({ "login": login, "name": login, "role": "planner", "scope": "all", "email": email });
        server.post(&boss, "/users", account).await;
    }
    // Without an account, with an address nobody has verified, with one that two accounts have.
    for subject in ["x-1", "l-1", "w-1"] {
        let mut browser = Browser::default();
        let back = there(&server, &mut browser, subject).await;
        assert_eq!(
            server.see(&browser, &back).await.told(),
            "401 account_unknown",
            "{subject}"
        );
    }
    // A code of another sign-in, a state of nobody, a late one.
    let mut browser = Browser::default();
    let back = there(&server, &mut browser, "w-1").await;
    let forged = back.replace("code=", "code=x");
    let answered = server.see(&browser, &forged).await;
    assert_eq!(answered.told(), "422 provider_code_refused");
    for odd in [
        "/oidc/callback",
        "/oidc/callback?state=x&code=y",
        "/oidc/callback?error=access_denied",
    ] {
        assert_eq!(
            server.see(&browser, odd).await.told(),
            "401 sign_in_strayed"
        );
    }
    let back = there(&server, &mut browser, "w-1").await;
    server.clock.pass(SignedDuration::from_mins(11));
    assert_eq!(
        server.see(&browser, &back).await.told(),
        "401 sign_in_strayed"
    );
}

#[tokio::test]
async fn a_sign_in_returns_to_pages_of_ours_alone() {
    let server = Server::new().await;
    let nobody = Browser::default();
    let none = server.see(&nobody, "/oidc/start").await;
    assert_eq!(none.told(), "404 not_found");
    for odd in [
        "https://evil.example.com",
        "//evil.example.com",
        "/%5Cevil.example.com",
        "evil",
        "/a%0d%0ab",
    ] {
        let told = server
            .see(&nobody, &format!("/oidc/start?return_to={odd}"))
            .await
            .told();
        assert_eq!(told, "400 return_to_invalid", "{odd}");
    }
    let planner = server.person(Role::Planner, Scope::All, None).await;
    assert_eq!(
        server.get(&planner, "/oidc/provider").await.told(),
        "403 forbidden"
    );
}
