//! Accounts, keys, the first set-up and one-time links.

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::browser::{Browser, PASSWORD};
use crate::harness::{Answered, Person, Server};

async fn patch(server: &Server, who: &Person, path: &str, change: Json) -> Answered {
    let seen = server.get(who, path).await;
    let tag = [("if-match", seen.etag())];
    server
        .ask(Some(who), Method::PATCH, path, &tag, Some(change))
        .await
}

fn new(login: &str) -> Json {
    json!({ "login": login, "name": "王芳", "role": "manager", "scope": "department",
        "member": "S2", "email": "wang@acme.example", "password": PASSWORD })
}

#[tokio::test]
async fn an_account_is_made_changed_and_stopped() {
    for server in Server::on_each().await {
        let boss = server.person(Role::Administrator, Scope::All, None).await;
        let made = server.post(&boss, "/users", new("Wang.Fang")).await;
        assert_eq!(made.told(), "201", "{:?}", made.body);
        assert!(!made.body.to_string().contains("argon2"));
        let path = format!("/users/{}", made.body["id"].as_str().unwrap());
        let taken = server.post(&boss, "/users", new("ｗａｎｇ.fang")).await;
        assert_eq!(taken.told(), "409 login_taken");
        let browser = server.sign_in("wang.fang").await;
        let key = server
            .browse(
                &browser,
                Method::POST,
                "/tokens",
                Some(json!({ "name": "till", "scopes": ["plan:read"] })),
            )
            .await;
        assert_eq!(key.told(), "201", "{:?}", key.body);
        let secret = key.body["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("fj_"));
        let bearer = format!("Bearer {secret}");
        let by_key = async || {
            let headers = [("authorization", bearer.as_str())];
            server
                .ask(None, Method::GET, "/me", &headers, None)
                .await
                .told()
        };
        assert_eq!(by_key().await, "200");

        // Other rights: signed out, the key lives on within the new ones.
        let changed = patch(
            &server,
            &boss,
            &path,
            json!({ "role": "salesperson", "member": null }),
        )
        .await;
        assert_eq!(changed.told(), "200", "{:?}", changed.body);
        assert_eq!(changed.body["member"], Json::Null);
        assert_eq!(changed.body["email"], "wang@acme.example");
        assert_eq!(
            server.see(&browser, "/me").await.told(),
            "401 not_signed_in"
        );
        assert_eq!(by_key().await, "200");
        // Stopped: nothing lives on.
        let again = server.sign_in("wang.fang").await;
        let stopped = patch(&server, &boss, &path, json!({ "active": false })).await;
        assert_eq!(stopped.told(), "200");
        assert_eq!(server.see(&again, "/me").await.told(), "401 not_signed_in");
        assert_eq!(by_key().await, "401 not_signed_in");
        let refused = server
            .try_sign_in(&mut Browser::default(), "wang.fang", PASSWORD)
            .await;
        assert_eq!(refused.told(), "401 sign_in_refused");
        // Started again, the key stays withdrawn.
        patch(&server, &boss, &path, json!({ "active": true })).await;
        assert_eq!(by_key().await, "401 not_signed_in");
        let stale = server
            .ask(
                Some(&boss),
                Method::PATCH,
                &path,
                &[("if-match", "\"1\"")],
                Some(json!({ "name": "x" })),
            )
            .await;
        assert_eq!(stale.told(), "412 version_stale");
        let blind = server
            .ask(Some(&boss), Method::PATCH, &path, &[], Some(json!({})))
            .await;
        assert_eq!(blind.told(), "428 version_missing");
    }
}

#[tokio::test]
async fn nobody_raises_themselves_nor_takes_the_last_administrator_away() {
    for server in Server::on_each().await {
        let boss = server.person(Role::Administrator, Scope::All, None).await;
        let own = format!("/users/{}", boss.user);
        for change in [
            json!({ "role": "planner" }),
            json!({ "scope": "own" }),
            json!({ "member": "S2" }),
            json!({ "active": false }),
        ] {
            assert_eq!(
                patch(&server, &boss, &own, change).await.told(),
                "409 own_rights"
            );
        }
        let second = server.person(Role::Administrator, Scope::All, None).await;
        let down = json!({ "role": "read_only" });
        assert_eq!(
            patch(&server, &second, &own, down.clone()).await.told(),
            "200"
        );
        // Now `second` is the last; nobody else may, and they may not themselves.
        let last = format!("/users/{}", second.user);
        let tag = [("if-match", "\"1\"")];
        let refused = server
            .ask(Some(&boss), Method::PATCH, &last, &tag, Some(down))
            .await;
        assert_eq!(refused.told(), "403 forbidden");

        // Mass assignment: fields that are not one's to write.
        let planner = server.person(Role::Planner, Scope::All, None).await;
        for odd in [
            json!({ "role": "administrator" }),
            json!({ "scope": "all" }),
            json!({ "organisation": "other" }),
            json!({ "active": true }),
            json!({ "email": "boss@acme.example" }),
            json!({ "password_hash": "x" }),
            json!({ "revision": 9 }),
        ] {
            let refused = patch(&server, &planner, "/me", odd.clone()).await;
            assert_eq!(refused.told(), "400 body_invalid", "{odd}");
        }
        for odd in [
            json!({ "id": "usr_1" }),
            json!({ "organisation": "x" }),
            json!({ "created_at": "x" }),
        ] {
            let mut body = new("somebody");
            body.as_object_mut()
                .unwrap()
                .extend(odd.as_object().unwrap().clone());
            assert_eq!(
                server.post(&second, "/users", body).await.told(),
                "400 body_invalid"
            );
        }
        let changed = patch(
            &server,
            &planner,
            "/me",
            json!({ "name": " 李雷 ", "language": "zh" }),
        )
        .await;
        assert_eq!(
            (&changed.body["name"], &changed.body["language"]),
            (&json!("李雷"), &json!("zh"))
        );
    }
}

#[tokio::test]
async fn two_administrators_do_not_take_each_other_away_at_once() {
    for server in Server::on_each().await {
        let one = server.person(Role::Administrator, Scope::All, None).await;
        let other = server.person(Role::Administrator, Scope::All, None).await;
        let (first, second) = (
            format!("/users/{}", one.user),
            format!("/users/{}", other.user),
        );
        let stop = json!({ "active": false });
        let tag = [("if-match", "\"1\"")];
        let (a, b) = futures::future::join(
            server.ask(Some(&one), Method::PATCH, &second, &tag, Some(stop.clone())),
            server.ask(
                Some(&other),
                Method::PATCH,
                &first,
                &tag,
                Some(stop.clone()),
            ),
        )
        .await;
        let mut told = [a.told(), b.told()];
        told.sort();
        assert_eq!(told[0], "200");
        assert!(
            ["401 not_signed_in", "409 last_administrator"].contains(&told[1].as_str()),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn superiors_form_no_circle_and_see_their_people() {
    let server = Server::new().await;
    let boss = server.person(Role::Administrator, Scope::All, None).await;
    let manager = server
        .person(Role::Manager, Scope::OwnAndSubordinates, None)
        .await;
    let seller = server.person(Role::Salesperson, Scope::Own, None).await;
    let stranger = server.person(Role::Manager, Scope::Department, None).await;
    let path = |who: &Person| format!("/users/{}", who.user);
    let under = |above: &Person| json!({ "reports_to": above.user });
    assert_eq!(
        patch(&server, &boss, &path(&seller), under(&manager))
            .await
            .told(),
        "200"
    );
    let circle = patch(&server, &boss, &path(&manager), under(&seller)).await;
    assert_eq!(circle.told(), "409 reports_in_a_circle");
    let nobody = json!({ "reports_to": "usr_00000000000000000000000000" });
    let unknown = patch(&server, &boss, &path(&manager), nobody).await;
    assert_eq!(unknown.told(), "400 reports_to_unknown");

    let seen = server.get(&manager, "/users").await;
    assert_eq!(seen.body["items"].as_array().unwrap().len(), 2);
    assert_eq!(server.get(&manager, &path(&seller)).await.told(), "200");
    assert_eq!(
        server.get(&stranger, &path(&seller)).await.told(),
        "404 not_found"
    );
    assert_eq!(server.get(&seller, "/users").await.told(), "403 forbidden");
    let elsewhere = server.another_organisation("other").await;
    let other = server
        .person_of(&elsewhere, Role::Administrator, Scope::All, None)
        .await;
    assert_eq!(
        server.get(&other, &path(&seller)).await.told(),
        "404 not_found"
    );
    let foreign = json!({ "reports_to": seller.user });
    let theirs = server
        .person_of(&elsewhere, Role::Planner, Scope::All, None)
        .await;
    let refused = patch(&server, &other, &path(&theirs), foreign).await;
    assert_eq!(refused.told(), "400 reports_to_unknown");
}

#[tokio::test]
async fn a_key_is_worth_no_more_than_its_owner() {
    for server in Server::on_each().await {
        let wang = server.signed_in("wang", Role::Salesperson).await;
        let make = async |wanted: Json| {
            server
                .browse(&wang, Method::POST, "/tokens", Some(wanted))
                .await
        };
        for (wanted, told) in [
            (
                json!({ "name": "a", "scopes": ["audit:read"] }),
                "400 scope_not_yours",
            ),
            (
                json!({ "name": "a", "scopes": ["operate", "plan:read"] }),
                "400 scope_not_yours",
            ),
            (
                json!({ "name": "a", "scopes": ["everything"] }),
                "400 scope_unknown",
            ),
            (json!({ "name": "a", "scopes": [] }), "400 scopes_empty"),
            (
                json!({ "name": "a", "scopes": ["plan:read"], "days": 0 }),
                "400 days_out_of_range",
            ),
            (
                json!({ "name": "a", "scopes": ["plan:read"], "days": 367 }),
                "400 days_out_of_range",
            ),
            (
                json!({ "name": " ", "scopes": ["plan:read"] }),
                "400 name_length",
            ),
            (
                json!({ "name": "a", "scopes": ["plan:read"], "user": "usr_1" }),
                "400 body_invalid",
            ),
        ] {
            assert_eq!(make(wanted.clone()).await.told(), told, "{wanted}");
        }
        let made = make(json!({ "name": "till", "scopes": ["plan:read"], "days": 2 })).await;
        assert_eq!(made.told(), "201");
        let bearer = format!("Bearer {}", made.body["secret"].as_str().unwrap());
        let id = made.body["id"].as_str().unwrap().to_owned();
        let by_key = async |method: Method, path: &str, body: Option<Json>| {
            let headers = [("authorization", bearer.as_str())];
            server.ask(None, method, path, &headers, body).await.told()
        };
        assert_eq!(by_key(Method::GET, "/plans", None).await, "200");
        assert_eq!(by_key(Method::GET, "/views", None).await, "403 forbidden");
        let more = json!({ "name": "b", "scopes": ["plan:read"] });
        assert_eq!(
            by_key(Method::POST, "/tokens", Some(more)).await,
            "403 forbidden"
        );
        let listed = server.see(&wang, "/tokens").await;
        assert_eq!(listed.body["items"][0]["secret"], Json::Null);
        assert!(listed.body["items"][0]["used_at"].is_string());
        // Others find nothing under its number.
        let li = server.signed_in("li", Role::Planner).await;
        let path = format!("/tokens/{id}");
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(
                server.browse(&li, method, &path, None).await.told(),
                "404 not_found"
            );
        }
        let theirs = format!("/tokens?user={}", made.body["user"].as_str().unwrap());
        assert_eq!(server.see(&li, &theirs).await.told(), "403 forbidden");
        server.clock.pass(SignedDuration::from_hours(49));
        assert_eq!(
            by_key(Method::GET, "/plans", None).await,
            "401 not_signed_in"
        );
    }
}

#[tokio::test]
async fn a_withdrawn_key_is_worth_nothing_and_a_secret_is_told_once() {
    let server = Server::new().await;
    let wang = server.signed_in("wang", Role::Planner).await;
    let cookies = wang.header();
    let headers = [
        ("host", crate::browser::HOST),
        ("origin", crate::browser::ORIGIN),
        ("cookie", &cookies),
        ("idempotency-key", "k-1"),
    ];
    let wanted = json!({ "name": "till", "scopes": ["plan:read"] });
    let made = server
        .ask(
            None,
            Method::POST,
            "/tokens",
            &headers,
            Some(wanted.clone()),
        )
        .await;
    let again = server
        .ask(None, Method::POST, "/tokens", &headers, Some(wanted))
        .await;
    assert_eq!(
        (made.told().as_str(), again.told().as_str()),
        ("201", "201")
    );
    assert_eq!(made.body["id"], again.body["id"]);
    assert!(made.body["secret"].is_string());
    assert_eq!(again.body["secret"], Json::Null);
    let bearer = format!("bearer {}", made.body["secret"].as_str().unwrap());
    let key = [("authorization", bearer.as_str())];
    assert_eq!(
        server
            .ask(None, Method::GET, "/plans", &key, None)
            .await
            .told(),
        "200"
    );
    let path = format!("/tokens/{}", made.body["id"].as_str().unwrap());
    let revoked = server.browse(&wang, Method::DELETE, &path, None).await;
    assert_eq!(revoked.told(), "204");
    let dead = server.ask(None, Method::GET, "/plans", &key, None).await;
    assert_eq!(dead.told(), "401 not_signed_in");
}

#[tokio::test]
async fn a_link_to_a_new_password_works_once_and_not_for_long() {
    for server in Server::on_each().await {
        let boss = server.person(Role::Administrator, Scope::All, None).await;
        let old = server.signed_in("wang", Role::Planner).await;
        let id = server.see(&old, "/me").await.body["user"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = format!("/users/{id}/password-resets");
        let link = async || {
            let made = server
                .ask(Some(&boss), Method::POST, &path, &[], None)
                .await;
            assert_eq!(made.told(), "201", "{:?}", made.body);
            made.body["secret"].as_str().unwrap().to_owned()
        };
        let choose = async |secret: &str, password: &str| {
            let body = json!({ "secret": secret, "password": password });
            server
                .browse(
                    &Browser::default(),
                    Method::POST,
                    "/password-changes",
                    Some(body),
                )
                .await
                .told()
        };
        let first = link().await;
        let late = link().await;
        assert_eq!(
            choose(&first, "quite another one").await,
            "401 link_invalid"
        );
        server.clock.pass(SignedDuration::from_mins(61));
        assert_eq!(choose(&late, "quite another one").await, "401 link_invalid");
        let good = link().await;
        assert_eq!(choose(&good, "short").await, "400 password_too_short");
        assert_eq!(choose(&good, "quite another one").await, "204");
        assert_eq!(choose(&good, "and yet another").await, "401 link_invalid");
        assert_eq!(server.see(&old, "/me").await.told(), "401 not_signed_in");
        let signed = server
            .try_sign_in(&mut Browser::default(), "wang", "quite another one")
            .await;
        assert_eq!(signed.told(), "201");
        let planner = server.person(Role::Planner, Scope::All, None).await;
        let refused = server
            .ask(Some(&planner), Method::POST, &path, &[], None)
            .await;
        assert_eq!(refused.told(), "403 forbidden");
    }
}
