//! Those who try it on: foreign pages, planted headers, guessed keys, huge fields, a name pointed here.

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};

use crate::browser::{Browser, HOST, ORIGIN, PASSWORD};
use crate::harness::Server;

#[tokio::test]
async fn a_page_elsewhere_changes_nothing_with_somebodys_cookie() {
    let server = Server::new().await;
    let wang = server.signed_in("wang", Role::Planner).await;
    let cookies = wang.header();
    let view = json!({ "name": "a", "content": {} });
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("origin", ORIGIN)], "201"),
        (&[("sec-fetch-site", "same-origin")], "201"),
        (&[], "403 origin_foreign"),
        (
            &[("origin", "https://evil.example.com")],
            "403 origin_foreign",
        ),
        (&[("origin", "null")], "403 origin_foreign"),
        (
            &[("origin", "https://fenjie.example.com.evil.cn")],
            "403 origin_foreign",
        ),
        (
            &[("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
            "403 origin_foreign",
        ),
        (
            &[("origin", ORIGIN), ("sec-fetch-site", "same-site")],
            "403 origin_foreign",
        ),
        (
            &[("referer", "https://fenjie.example.com/x")],
            "403 origin_foreign",
        ),
        (
            &[("origin", ORIGIN), ("content-type", "text/plain")],
            "415 media_type",
        ),
    ];
    for (extra, expected) in table {
        let mut headers = vec![("host", HOST), ("cookie", cookies.as_str())];
        headers.extend_from_slice(extra);
        let asked = server
            .ask(None, Method::POST, "/views", &headers, Some(view.clone()))
            .await;
        let told = asked.told();
        let fits = told == *expected || expected.starts_with("415") && told.starts_with("415");
        assert!(fits, "{extra:?}: {told}");
    }
    // Nor is anybody signed in, or out, by such a page.
    let foreign = [
        ("host", HOST),
        ("origin", "https://evil.example.com"),
        ("cookie", &cookies),
    ];
    let body = json!({ "login": "wang", "password": PASSWORD });
    let signed = server
        .ask(None, Method::POST, "/sessions", &foreign, Some(body))
        .await;
    assert_eq!(signed.told(), "403 origin_foreign");
    let ended = server
        .ask(None, Method::DELETE, "/sessions/current", &foreign, None)
        .await;
    assert_eq!(ended.told(), "403 origin_foreign");
    assert_eq!(server.see(&wang, "/me").await.told(), "200");
}

#[tokio::test]
async fn forged_keys_and_cookies_are_nobodys() {
    let server = Server::new().await;
    let wang = server.signed_in("wang", Role::Planner).await;
    let secret = wang.cookie("__Host-fenjie").unwrap().to_owned();
    let id = server.see(&wang, "/sessions/current").await.body["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let long = "x".repeat(6000);
    let person = server.person(Role::Planner, Scope::All, None).await;
    let basic = format!("Basic {}", person.secret());
    let wrong_kind = format!("Bearer {secret}");
    let key_as_cookie = format!("__Host-fenjie={}", person.secret());
    let by_id = format!("__Host-fenjie={id}");
    let plain = format!("fenjie-local={secret}");
    let inside = format!("__Host-fenjie={secret}x");
    let huge = format!("__Host-fenjie={long}");
    let bearer = format!("Bearer {long}");
    for header in [
        ("authorization", "Bearer "),
        ("authorization", "Bearer fj_"),
        ("authorization", basic.as_str()),
        ("authorization", wrong_kind.as_str()),
        ("authorization", bearer.as_str()),
        ("cookie", key_as_cookie.as_str()),
        ("cookie", by_id.as_str()),
        ("cookie", plain.as_str()),
        ("cookie", inside.as_str()),
        ("cookie", huge.as_str()),
        ("cookie", "__Host-fenjie=; =;;;"),
        ("x-fenjie-user", "wang"),
        ("x-forwarded-user", "wang"),
    ] {
        let asked = server
            .ask(None, Method::GET, "/me", &[("host", HOST), header], None)
            .await;
        assert_eq!(asked.told(), "401 not_signed_in", "{}", header.0);
    }
}

#[tokio::test]
async fn huge_and_odd_fields_are_refused_plainly() {
    let server = Server::new().await;
    server.account("王芳", Role::Planner, Scope::All).await;
    let long = "长".repeat(100_000);
    let table = [
        (
            json!({ "login": long, "password": PASSWORD }),
            "400 too_long",
        ),
        (json!({ "login": "王芳", "password": long }), "400 too_long"),
        (
            json!({ "login": "王芳", "password": PASSWORD, "code": long }),
            "400 too_long",
        ),
        (
            json!({ "login": "王芳", "password": PASSWORD, "organisation": long }),
            "400 too_long",
        ),
        (json!({ "login": "王芳" }), "400 body_invalid"),
        (json!([null, "王芳", PASSWORD, null]), "400 body_invalid"),
        (
            json!({ "login": "王芳", "password": PASSWORD, "role": "administrator" }),
            "400 body_invalid",
        ),
        (
            json!({ "login": ["王芳"], "password": PASSWORD }),
            "400 body_invalid",
        ),
        (
            json!({ "login": "王芳", "password": { "$ne": "" } }),
            "400 body_invalid",
        ),
        (
            json!({ "login": "王芳' OR '1'='1", "password": PASSWORD }),
            "401 sign_in_refused",
        ),
        (
            json!({ "login": "王芳\u{0}", "password": PASSWORD }),
            "401 sign_in_refused",
        ),
        (
            json!({ "login": "%", "password": PASSWORD }),
            "401 sign_in_refused",
        ),
        (
            json!({ "login": "", "password": "" }),
            "401 sign_in_refused",
        ),
        (json!({ "login": "王芳", "password": PASSWORD }), "201"),
    ];
    for (body, told) in table {
        let browser = Browser::default();
        let asked = server
            .browse(&browser, Method::POST, "/sessions", Some(body))
            .await;
        assert_eq!(asked.told(), told);
    }
}

#[tokio::test]
async fn whoever_claims_another_address_is_counted_by_their_own() {
    let server = Server::new().await;
    server.account("wang", Role::Planner, Scope::All).await;
    let mut told = Vec::new();
    for number in 0..7 {
        let claimed = format!("203.0.113.{number}");
        let headers = [
            ("host", HOST),
            ("origin", ORIGIN),
            ("x-forwarded-for", &claimed),
        ];
        let body = json!({ "login": "wang", "password": "a wrong password" });
        told.push(
            server
                .ask(None, Method::POST, "/sessions", &headers, Some(body))
                .await
                .told(),
        );
    }
    assert_eq!(
        told.iter().filter(|told| told.starts_with("429")).count(),
        2,
        "{told:?}"
    );
}

#[tokio::test]
async fn whether_an_account_exists_does_not_show_in_the_time() {
    let server = Server::new().await;
    server.account("wang", Role::Planner, Scope::All).await;
    let mut spent = [Vec::new(), Vec::new()];
    for round in 0..4 {
        for (who, login) in ["wang", "nobody"].into_iter().enumerate() {
            let began = std::time::Instant::now();
            let browser = &mut Browser::default();
            let told = server.try_sign_in(browser, login, "a wrong password").await;
            assert_eq!(told.told(), "401 sign_in_refused", "{round}");
            spent[who].push(began.elapsed());
        }
    }
    let least = spent.map(|times| times.into_iter().min().unwrap().as_secs_f64());
    let ratio = least[0] / least[1];
    // Hashing is made cheap in tests, so this bounds everything around it.
    assert!((0.2..5.0).contains(&ratio), "{least:?}");
}

#[tokio::test]
async fn a_first_run_is_for_whoever_sits_here() {
    for server in Server::first_runs().await {
        let here = [("host", "localhost:8737")];
        let setup = server.ask(None, Method::GET, "/setup", &here, None).await;
        assert_eq!(
            setup.body,
            json!({ "needed": true, "secret_needed": false })
        );
        let me = server.ask(None, Method::GET, "/me", &here, None).await;
        assert_eq!(me.told(), "200", "{:?}", me.body);
        let view = json!({ "name": "a", "content": {} });
        let kept = server
            .ask(None, Method::POST, "/views", &here, Some(view))
            .await;
        assert_eq!(kept.told(), "201", "{:?}", kept.body);
        let table: &[&[(&str, &str)]] = &[
            &[("host", "evil.example.com")],
            &[
                ("host", "localhost:8737"),
                ("origin", "https://evil.example.com"),
            ],
            &[
                ("host", "localhost:8737"),
                ("origin", "http://localhost:9000"),
            ],
            &[("host", "localhost:8737"), ("sec-fetch-site", "cross-site")],
            &[("host", "localhost:8737"), ("x-forwarded-for", "192.0.2.1")],
        ];
        for headers in table {
            let asked = server.ask(None, Method::GET, "/me", headers, None).await;
            assert_eq!(asked.told(), "401 not_signed_in", "{headers:?}");
        }
        let wanted = |secret: Json| json!({ "login": "boss", "name": "老板", "password": PASSWORD, "secret": secret });
        let away = [("host", HOST), ("origin", ORIGIN)];
        for secret in [Json::Null, json!("guess")] {
            let refused = server
                .ask(None, Method::POST, "/setup", &away, Some(wanted(secret)))
                .await;
            assert_eq!(refused.told(), "401 setup_secret_wrong");
        }
        let secret = wanted(json!(Server::SETUP_SECRET));
        let done = server
            .ask(None, Method::POST, "/setup", &away, Some(secret.clone()))
            .await;
        assert_eq!(done.told(), "201", "{:?}", done.body);
        let mut boss = Browser::default();
        boss.keep(&done);
        // What was made before is the first administrator's.
        let views = server.see(&boss, "/views").await;
        assert_eq!(views.body["items"][0]["own"], true);
        let again = server
            .ask(None, Method::POST, "/setup", &away, Some(secret))
            .await;
        assert_eq!(again.told(), "409 set_up_already");
        let after = server.ask(None, Method::GET, "/me", &here, None).await;
        assert_eq!(after.told(), "401 not_signed_in");
        server.sign_in_to("default", "boss").await;
    }
}
