//! Signing in and out: cookies, limits of time, devices, codes, waiting.

use axum::http::Method;
use fenjie_identity::one_time::Authenticator;
use fenjie_store::people::{Role, Scope};
use fenjie_store::{Cursor, Page};
use jiff::SignedDuration;
use serde_json::json;

use crate::browser::{Browser, PASSWORD};
use crate::harness::Server;

#[tokio::test]
async fn a_session_begins_with_the_password_and_ends_at_once() {
    for server in Server::on_each().await {
        server.account("wang.fang", Role::Planner, Scope::All).await;
        let mut browser = Browser::default();
        let answered = server
            .try_sign_in(&mut browser, " ＷANG.fang", PASSWORD)
            .await;
        assert_eq!(answered.told(), "201", "{:?}", answered.body);
        let set = answered.headers["set-cookie"].to_str().unwrap();
        for part in [
            "__Host-fenjie=",
            "; Secure",
            "; HttpOnly",
            "; SameSite=Lax",
            "; Path=/",
        ] {
            assert!(set.contains(part), "{set}");
        }
        assert!(!set.contains("Domain"));
        let me = server.see(&browser, "/me").await;
        assert_eq!(me.body["user"]["login"], "wang.fang");
        assert_eq!(me.body["organisation"]["code"], "acme");

        let stolen = browser.clone();
        let ended = server
            .browse(&browser, Method::DELETE, "/sessions/current", None)
            .await;
        assert_eq!(ended.told(), "204");
        browser.keep(&ended);
        assert_eq!(browser.cookie("__Host-fenjie"), None);
        let replayed = server.see(&stolen, "/me").await;
        assert_eq!(replayed.told(), "401 not_signed_in");
    }
}

#[tokio::test]
async fn whatever_is_wrong_has_one_answer() {
    let server = Server::new().await;
    server.account("wang", Role::Planner, Scope::All).await;
    let stopped = server.account("li", Role::Manager, Scope::All).await;
    let mut tx = server.app.store().write().await.unwrap();
    let mut user = tx
        .user(&server.organisation, &stopped)
        .await
        .unwrap()
        .unwrap();
    user.active = false;
    tx.update_user(&user, 1).await.unwrap();
    tx.commit().await.unwrap();
    let keyed = server.person(Role::Planner, Scope::All, None).await;
    let no_password = server.get(&keyed, "/me").await.body["user"]["login"].clone();

    let mut told = Vec::new();
    for (login, password) in [
        ("wang", "not the password"),
        ("nobody", PASSWORD),
        ("li", PASSWORD),
        (no_password.as_str().unwrap(), PASSWORD),
        ("wang fang\u{200b}", PASSWORD),
    ] {
        let answered = server
            .try_sign_in(&mut Browser::default(), login, password)
            .await;
        assert_eq!(answered.told(), "401 sign_in_refused", "{login}");
        assert!(answered.headers.get("set-cookie").is_none());
        told.push(answered.body.to_string());
    }
    let elsewhere = json!({ "organisation": "nowhere", "login": "wang", "password": PASSWORD });
    let answered = server
        .browse(
            &Browser::default(),
            Method::POST,
            "/sessions",
            Some(elsewhere),
        )
        .await;
    told.push(answered.body.to_string());
    assert!(told.iter().all(|one| *one == told[0]), "{told:#?}");

    // The audit knows better, and holds neither password nor unknown login.
    let page = Page {
        after: Some(Cursor("0".into())),
        limit: 100,
    };
    let mut tx = server.app.store().read().await.unwrap();
    let audit = tx.audit(&server.organisation, &page).await.unwrap();
    let results: Vec<&str> = audit
        .items
        .iter()
        .map(|record| record.entry.result.as_str())
        .collect();
    assert_eq!(
        results,
        [
            "wrong_password",
            "unknown_login",
            "account_stopped",
            "wrong_password",
            "unknown_login"
        ]
    );
    let text = format!("{:?}", audit.items);
    assert!(!text.contains("nobody") && !text.contains(PASSWORD) && !text.contains("argon2"));
}

#[tokio::test]
async fn a_session_ends_when_idle_and_in_any_case_after_a_week() {
    let server = Server::new().await;
    let idle = server.signed_in("wang", Role::Planner).await;
    let busy = server.sign_in("wang").await;
    server.clock.pass(SignedDuration::from_hours(11));
    assert_eq!(server.see(&busy, "/me").await.told(), "200");
    server.clock.pass(SignedDuration::from_hours(2));
    assert_eq!(server.see(&idle, "/me").await.told(), "401 not_signed_in");
    for _ in 0..15 {
        assert_eq!(server.see(&busy, "/me").await.told(), "200");
        server.clock.pass(SignedDuration::from_hours(10));
    }
    assert_eq!(server.see(&busy, "/me").await.told(), "200");
    server.clock.pass(SignedDuration::from_hours(8));
    assert_eq!(server.see(&busy, "/me").await.told(), "401 not_signed_in");
}

#[tokio::test]
async fn devices_are_listed_and_ended() {
    for server in Server::on_each().await {
        let desk = server.signed_in("wang", Role::Planner).await;
        let phone = server.sign_in("wang").await;
        let tablet = server.sign_in("wang").await;
        let other = server.signed_in("li", Role::Administrator).await;
        let listed = server.see(&desk, "/sessions").await;
        let items = listed.body["items"].as_array().unwrap();
        assert_eq!(items.len(), 3);
        assert_eq!(items.iter().filter(|one| one["current"] == true).count(), 1);
        assert!(
            !listed
                .body
                .to_string()
                .contains(desk.cookie("__Host-fenjie").unwrap())
        );

        let phones = server.see(&phone, "/sessions/current").await;
        let path = format!("/sessions/{}", phones.body["id"].as_str().unwrap());
        // Sessions are one's own; an administrator ends all of somebody's instead.
        for method in [Method::GET, Method::DELETE] {
            let refused = server.browse(&other, method, &path, None).await;
            assert_eq!(refused.told(), "404 not_found");
        }
        let ended = server.browse(&desk, Method::DELETE, &path, None).await;
        assert_eq!(ended.told(), "204");
        assert_eq!(server.see(&phone, "/me").await.told(), "401 not_signed_in");
        let ended = server
            .browse(&desk, Method::DELETE, "/sessions", None)
            .await;
        assert_eq!(ended.body["ended"], 1);
        assert_eq!(server.see(&tablet, "/me").await.told(), "401 not_signed_in");
        assert_eq!(server.see(&desk, "/me").await.told(), "200");
    }
}

#[tokio::test]
async fn signing_in_never_takes_over_a_secret() {
    let server = Server::new().await;
    let mut browser = server.signed_in("wang", Role::Planner).await;
    let old = browser.clone();
    server.account("li", Role::Manager, Scope::All).await;
    server.try_sign_in(&mut browser, "li", PASSWORD).await;
    assert_ne!(browser.cookie("__Host-fenjie"), old.cookie("__Host-fenjie"));
    assert_eq!(server.see(&old, "/me").await.told(), "401 not_signed_in");
    // A secret that somebody planted is worth nothing, before and after signing in.
    let mut planted = Browser::default();
    planted
        .cookies
        .push(("__Host-fenjie".into(), "x".repeat(43)));
    let stolen = planted.clone();
    assert_eq!(
        server
            .try_sign_in(&mut planted, "wang", PASSWORD)
            .await
            .told(),
        "201"
    );
    assert_ne!(
        planted.cookie("__Host-fenjie"),
        stolen.cookie("__Host-fenjie")
    );
    assert_eq!(server.see(&stolen, "/me").await.told(), "401 not_signed_in");
}

#[tokio::test]
async fn a_new_password_ends_the_others_and_renews_ones_own() {
    let server = Server::new().await;
    let mut desk = server.signed_in("wang.fang", Role::Planner).await;
    let phone = server.sign_in("wang.fang").await;
    let old = desk.clone();
    let change =
        |current: &str, password: &str| json!({ "current": current, "password": password });
    for (current, password, told) in [
        ("wrong password", "quite another one", "400 password_wrong"),
        (PASSWORD, "short", "400 password_too_short"),
        (PASSWORD, "wang.fang1", "400 password_is_login"),
        (PASSWORD, "password123", "400 password_common"),
    ] {
        let body = Some(change(current, password));
        let refused = server
            .browse(&desk, Method::POST, "/me/password", body)
            .await;
        assert_eq!(refused.told(), told);
    }
    let body = Some(change(PASSWORD, "quite another one"));
    let changed = server
        .browse(&desk, Method::POST, "/me/password", body)
        .await;
    assert_eq!(changed.told(), "204");
    desk.keep(&changed);
    assert_eq!(server.see(&desk, "/me").await.told(), "200");
    assert_eq!(server.see(&old, "/me").await.told(), "401 not_signed_in");
    assert_eq!(server.see(&phone, "/me").await.told(), "401 not_signed_in");
    let mut again = Browser::default();
    let refused = server.try_sign_in(&mut again, "wang.fang", PASSWORD).await;
    assert_eq!(refused.told(), "401 sign_in_refused");
    let signed = server
        .try_sign_in(&mut again, "wang.fang", "quite another one")
        .await;
    assert_eq!(signed.told(), "201");
}

#[tokio::test]
async fn an_authenticator_is_asked_for_and_each_code_works_once() {
    for server in Server::on_each().await {
        let wang = server.signed_in("wang", Role::Planner).await;
        let enrolled = server
            .browse(&wang, Method::POST, "/me/authenticator", None)
            .await;
        assert_eq!(enrolled.told(), "201", "{:?}", enrolled.body);
        let secret = enrolled.body["secret"].as_str().unwrap();
        let device = Authenticator::kept(secret, "fenjie", "wang").unwrap();
        let now = || u64::try_from(fenjie_app::Clock::now(&*server.clock).as_second()).unwrap();
        // Not asked for before it is confirmed.
        server.sign_in("wang").await;
        let confirm = |code: String| Some(json!({ "code": code }));
        let path = "/me/authenticator/confirmations";
        let wrong = server
            .browse(&wang, Method::POST, path, confirm("000000".into()))
            .await;
        assert_eq!(wrong.told(), "400 code_wrong");
        let done = server
            .browse(&wang, Method::POST, path, confirm(device.code_at(now())))
            .await;
        assert_eq!(done.told(), "201", "{:?}", done.body);
        let recovery: Vec<&str> = done.body["recovery_codes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|code| code.as_str().unwrap())
            .collect();
        assert_eq!(recovery.len(), 10);

        let sign_in = async |code: Option<&str>| {
            let body = json!({ "login": "wang", "password": PASSWORD, "code": code });
            server
                .browse(&Browser::default(), Method::POST, "/sessions", Some(body))
                .await
                .told()
        };
        assert_eq!(sign_in(None).await, "401 code_required");
        assert_eq!(sign_in(Some("000000")).await, "401 sign_in_refused");
        // The code that confirmed is used up; so is each after its first time.
        assert_eq!(
            sign_in(Some(&device.code_at(now()))).await,
            "401 sign_in_refused"
        );
        server.clock.pass(SignedDuration::from_secs(60));
        let code = device.code_at(now());
        assert_eq!(sign_in(Some(&code)).await, "201");
        assert_eq!(sign_in(Some(&code)).await, "401 sign_in_refused");
        assert_eq!(sign_in(Some(recovery[3])).await, "201");
        assert_eq!(sign_in(Some(recovery[3])).await, "401 sign_in_refused");
        let me = server.see(&wang, "/me").await;
        assert_eq!(
            (&me.body["authenticator"], &me.body["recovery_codes"]),
            (&json!(true), &json!(9))
        );

        server.clock.pass(SignedDuration::from_mins(20));
        let late = server
            .browse(&wang, Method::DELETE, "/me/authenticator", None)
            .await;
        assert_eq!(late.told(), "409 sign_in_again");
    }
}

#[tokio::test]
async fn who_guesses_waits_and_who_knows_does_not() {
    for server in Server::on_each().await {
        server.account("wang", Role::Planner, Scope::All).await;
        let mut known = server.sign_in("wang").await;
        let guess = async || {
            let browser = &mut Browser::default();
            server
                .try_sign_in(browser, "wang", "a wrong password")
                .await
        };
        for _ in 0..5 {
            assert_eq!(guess().await.told(), "401 sign_in_refused");
        }
        let waiting = guess().await;
        assert_eq!(waiting.told(), "429 too_many_requests");
        let seconds: i64 = waiting.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!((1..=2).contains(&seconds), "{seconds}");
        // Also with the right password, from the address that guessed.
        let right = server
            .try_sign_in(&mut Browser::default(), "wang", PASSWORD)
            .await;
        assert_eq!(right.told(), "429 too_many_requests");
        // A device that has signed in before has a count of its own.
        assert_eq!(
            server
                .try_sign_in(&mut known, "wang", PASSWORD)
                .await
                .told(),
            "201"
        );
        // Others of that address are not held up, and it ends by itself.
        server.account("li", Role::Planner, Scope::All).await;
        server.sign_in("li").await;
        server.clock.pass(SignedDuration::from_secs(seconds));
        assert_eq!(guess().await.told(), "401 sign_in_refused");
        server.clock.pass(SignedDuration::from_secs(3));
        server.sign_in("wang").await;
        // Who has signed in begins anew.
        for _ in 0..5 {
            assert_eq!(guess().await.told(), "401 sign_in_refused");
        }
    }
}

#[tokio::test]
async fn those_who_guess_at_once_are_all_counted() {
    for server in Server::on_each().await {
        server.account("wang", Role::Planner, Scope::All).await;
        let mut tries = Vec::new();
        for _ in 0..20 {
            tries.push(async {
                let browser = &mut Browser::default();
                server
                    .try_sign_in(browser, "wang", "a wrong password")
                    .await
                    .told()
            });
        }
        let told = futures::future::join_all(tries).await;
        let refused = told
            .iter()
            .filter(|told| *told == "401 sign_in_refused")
            .count();
        assert_eq!(refused, 5, "{told:?}");
    }
}
