//! Messages to people outside: channels whose secrets stay, messages that go out once or again, texts,
//! calendars.

use axum::http::Method;
use fenjie_app::jobs::{Runner, RunnerSettings};
use fenjie_store::people::{Role, Scope};
use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{Person, Server};
use crate::outside::Receiver;

async fn channel(server: &Server, who: &Person, kind: &str, address: &str) -> String {
    let wanted =
        json!({ "name": "销售群", "kind": kind, "address": address, "secret": "topsecret" });
    let made = server.post(who, "/channels", wanted).await;
    assert_eq!(made.told(), "201", "{}", made.body);
    format!("/channels/{}", made.body["id"].as_str().unwrap())
}

#[tokio::test]
async fn addresses_and_secrets_go_in_and_never_come_out() {
    for server in Server::on_each().await {
        let (_, address) = Receiver::listen(&server).await;
        let root = server.person(Role::Administrator, Scope::All, None).await;
        let auditor = server.person(Role::Auditor, Scope::All, None).await;
        let path = channel(&server, &root, "webhook", &address).await;
        let seen = server.get(&root, &path).await;
        let listed = server.get(&root, "/channels").await;
        let audit = server.get(&auditor, "/audit").await;
        for answer in [&seen.body, &listed.body, &audit.body] {
            let text = answer.to_string();
            assert!(
                !text.contains("s3cret") && !text.contains("topsecret"),
                "{text}"
            );
        }
        assert_eq!(seen.body["has_secret"], true);

        // What is missing in a change stays; an empty secret is none.
        let change = json!({ "name": "新名", "kind": "webhook" });
        let tag = [("if-match", seen.etag())];
        let put = server
            .ask(Some(&root), Method::PUT, &path, &tag, Some(change))
            .await;
        assert_eq!(
            (put.told().as_str(), put.body["has_secret"].clone()),
            ("200", json!(true))
        );
        let tag = [("if-match", put.etag())];
        let change = json!({ "name": "新名", "kind": "webhook", "secret": "" });
        let put = server
            .ask(Some(&root), Method::PUT, &path, &tag, Some(change))
            .await;
        assert_eq!(put.told(), "400 field_missing", "a webhook signs");
        let change = json!({ "name": "新名", "kind": "wecom" });
        let put = server
            .ask(Some(&root), Method::PUT, &path, &tag, Some(change))
            .await;
        assert_eq!(put.told(), "400 kind_fixed");

        let planner = server.person(Role::Planner, Scope::All, None).await;
        for path in ["/channels", path.as_str(), "/deliveries", "/templates"] {
            assert_eq!(
                server.get(&planner, path).await.told(),
                "403 forbidden",
                "{path}"
            );
        }
        let other = server.another_organisation("other").await;
        let stranger = server
            .person_of(&other, Role::Administrator, Scope::All, None)
            .await;
        assert_eq!(server.get(&stranger, &path).await.told(), "404 not_found");
    }
}

#[tokio::test]
async fn addresses_that_lead_inside_are_refused_when_they_are_written() {
    let server = Server::new().await;
    let root = server.person(Role::Administrator, Scope::All, None).await;
    for (kind, address, code) in [
        ("wecom", "http://qyapi.weixin.qq.com/x", "address_not_https"),
        ("wecom", "https://127.0.0.1/x", "address_private"),
        ("wecom", "https://2130706433/x", "address_private"),
        ("dingtalk", "https://[::ffff:10.0.0.1]/x", "address_private"),
        (
            "feishu",
            "https://169.254.169.254/latest",
            "address_reserved",
        ),
        ("webhook", "https://a@evil.example/", "address_with_user"),
        ("webhook", "https://example.com:22/", "port_refused"),
        ("webhook", "file:///etc/passwd", "address_not_https"),
        ("mail", "no address", "mail_address_invalid"),
        (
            "mail",
            "a@example.com\r\nBcc: b@example.com",
            "mail_address_invalid",
        ),
    ] {
        let wanted = json!({ "name": "x", "kind": kind, "address": address, "secret": "s" });
        let told = server.post(&root, "/channels", wanted).await.told();
        assert_eq!(told, format!("400 {code}"), "{address}");
    }
    // A name that leads inside is refused when it is written to: it may lead elsewhere by then.
    let path = channel(&server, &root, "webhook", "https://localhost/x").await;
    let test = server
        .post(&root, &format!("{path}/tests"), json!(null))
        .await;
    let runner = Runner::new(&server.app, RunnerSettings::default());
    while runner.send_once().await.unwrap() {}
    let delivery = format!("/deliveries/{}", test.body["id"].as_str().unwrap());
    let told = server.get(&root, &delivery).await.body;
    assert_eq!(
        (told["state"].clone(), told["error"].clone()),
        (json!("failed"), json!("address_private"))
    );
}

#[tokio::test]
async fn a_test_message_arrives_signed_and_once() {
    for server in Server::on_each().await {
        let (receiver, address) = Receiver::listen(&server).await;
        let root = server.person(Role::Administrator, Scope::All, None).await;
        let path = channel(&server, &root, "webhook", &address).await;
        let key = [("idempotency-key", "t-1")];
        let tests = format!("{path}/tests");
        let first = server
            .ask(Some(&root), Method::POST, &tests, &key, None)
            .await;
        let second = server
            .ask(Some(&root), Method::POST, &tests, &key, None)
            .await;
        assert_eq!(first.told(), "202", "{}", first.body);
        assert_eq!(first.body["id"], second.body["id"]);
        let runner = Runner::new(&server.app, RunnerSettings::default());
        while runner.send_once().await.unwrap() {}
        let bodies = receiver.bodies();
        assert_eq!(bodies.len(), 1);
        assert_eq!(bodies[0]["topic"], "test");
        assert_eq!(
            receiver.headers("x-fenjie-id"),
            [first.body["id"].as_str().unwrap()]
        );
        assert!(receiver.headers("x-fenjie-signature")[0].starts_with("v1="));
        let delivery = format!("/deliveries/{}", first.body["id"].as_str().unwrap());
        let told = server.get(&root, &delivery).await.body;
        assert_eq!(
            (told["state"].clone(), told["attempts"].clone()),
            (json!("sent"), json!(1))
        );
    }
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_later_and_given_up() {
    for server in Server::on_each().await {
        let (receiver, address) = Receiver::listen(&server).await;
        let root = server.person(Role::Administrator, Scope::All, None).await;
        let path = channel(&server, &root, "wecom", &address).await;
        receiver.answers(500, "busy");
        let test = server
            .post(&root, &format!("{path}/tests"), json!(null))
            .await;
        let delivery = format!("/deliveries/{}", test.body["id"].as_str().unwrap());
        let runner = Runner::new(&server.app, RunnerSettings::default());
        assert!(runner.send_once().await.unwrap());
        assert!(!runner.send_once().await.unwrap(), "not at once again");
        let retry = server
            .post(&root, &format!("{delivery}/retries"), json!(null))
            .await;
        assert_eq!(retry.told(), "409 delivery_not_failed");
        for _ in 0..20 {
            server.clock.pass(SignedDuration::from_hours(2));
            runner.send_once().await.unwrap();
        }
        assert_eq!(receiver.bodies().len(), 10, "ten attempts");
        let told = server.get(&root, &delivery).await.body;
        assert_eq!(
            (told["state"].clone(), told["attempts"].clone()),
            (json!("failed"), json!(10))
        );
        assert_eq!(told["answer"], "the receiver refused: 500 busy");

        receiver.answers(200, r#"{"errcode":0}"#);
        let retry = server
            .post(&root, &format!("{delivery}/retries"), json!(null))
            .await;
        assert_eq!(retry.told(), "202", "{}", retry.body);
        assert!(runner.send_once().await.unwrap());
        assert_eq!(server.get(&root, &delivery).await.body["state"], "sent");
        let sent = server.get(&root, "/deliveries?state=sent").await;
        assert_eq!(sent.body["items"].as_array().unwrap().len(), 1);

        // A robot that says no with status 200 is not tried again.
        receiver.answers(200, r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#);
        let test = server
            .post(&root, &format!("{path}/tests"), json!(null))
            .await;
        assert!(runner.send_once().await.unwrap());
        let delivery = format!("/deliveries/{}", test.body["id"].as_str().unwrap());
        assert_eq!(server.get(&root, &delivery).await.body["state"], "failed");
    }
}

#[tokio::test]
async fn a_channel_is_sent_no_more_than_it_takes_in_a_minute_and_two_senders_never_send_twice() {
    for server in Server::on_each().await {
        let (receiver, address) = Receiver::listen(&server).await;
        let root = server.person(Role::Administrator, Scope::All, None).await;
        let path = channel(&server, &root, "wecom", &address).await;
        for _ in 0..25 {
            let test = server
                .post(&root, &format!("{path}/tests"), json!(null))
                .await;
            assert_eq!(test.told(), "202");
        }
        let one = Runner::new(&server.app, RunnerSettings::default());
        let two = Runner::new(&server.app, RunnerSettings::default());
        let work = |runner: Runner| async move { while runner.send_once().await.unwrap() {} };
        tokio::join!(work(one.clone()), work(two.clone()));
        // Two that count at the same moment may go one over.
        let sent = receiver.bodies().len();
        assert!((20..=21).contains(&sent), "{sent}");
        server.clock.pass(SignedDuration::from_secs(61));
        tokio::join!(work(one), work(two));
        assert_eq!(receiver.bodies().len(), 25, "each once");
    }
}

#[tokio::test]
async fn an_organisation_writes_its_own_texts_within_bounds() {
    for server in Server::on_each().await {
        let (receiver, address) = Receiver::listen(&server).await;
        let root = server.person(Role::Administrator, Scope::All, None).await;
        let path = "/templates/test/en";
        let usual = server.get(&root, path).await;
        assert_eq!(
            (usual.etag(), usual.body["own"].clone()),
            ("\"0\"", json!(false))
        );
        let all = server.get(&root, "/templates").await;
        assert_eq!(all.body["items"].as_array().unwrap().len(), 30);
        let put = |tag: String, title: &str| {
            let wanted = json!({ "title": title, "body": "Hello **{who}**" });
            let (server, root) = (&server, &root);
            async move {
                let tag = [("if-match", tag.as_str())];
                server
                    .ask(Some(root), Method::PUT, path, &tag, Some(wanted))
                    .await
            }
        };
        assert_eq!(
            put("\"0\"".into(), "{secret}").await.told(),
            "400 template_place_unknown"
        );
        assert_eq!(
            put("\"0\"".into(), "{who").await.told(),
            "400 template_brace_open"
        );
        let own = put("\"0\"".into(), "Ours: {channel}").await;
        assert_eq!((own.told().as_str(), own.etag()), ("200", "\"1\""));
        assert_eq!(put("\"0\"".into(), "x").await.told(), "412 version_stale");

        let channel = channel(&server, &root, "wecom", &address).await;
        server
            .post(&root, &format!("{channel}/tests"), json!(null))
            .await;
        let runner = Runner::new(&server.app, RunnerSettings::default());
        while runner.send_once().await.unwrap() {}
        let text = receiver.bodies()[0]["markdown"]["content"].to_string();
        assert_eq!(text, "\"**Ours: 销售群**\\nHello **administrator**\"");
        let gone = server
            .ask(Some(&root), Method::DELETE, path, &[], None)
            .await;
        assert_eq!(gone.told(), "204");
        assert_eq!(server.get(&root, path).await.body["own"], false);
    }
}

#[tokio::test]
async fn a_calendar_is_its_persons_alone_until_it_is_withdrawn() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let li = server.person(Role::Manager, Scope::Own, Some("S1")).await;
        server.plan(&wang, "store-chain").await;
        let feed = |who: Person| {
            let server = &server;
            async move {
                server
                    .post(&who, "/feeds", json!({ "name": "我的日历" }))
                    .await
            }
        };
        let made = feed(wang.clone()).await;
        assert_eq!(made.told(), "201", "{}", made.body);
        let address = made.body["path"].as_str().unwrap().to_owned();
        let read = |address: String| {
            let server = &server;
            async move {
                let request = axum::http::Request::get(address);
                let answer = server
                    .carry(request.body(axum::body::Body::empty()).unwrap())
                    .await;
                let (status, headers) = (answer.status(), answer.headers().clone());
                let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX)
                    .await
                    .unwrap();
                (
                    status.as_u16(),
                    headers,
                    String::from_utf8(bytes.to_vec()).unwrap(),
                )
            }
        };
        let (status, headers, all) = read(address.clone()).await;
        assert_eq!(
            (status, &headers["content-type"]),
            (200, &"text/calendar; charset=utf-8".parse().unwrap())
        );
        assert!(
            all.contains("BEGIN:VEVENT") && all.contains("@acme.fenjie"),
            "{all}"
        );
        assert_eq!(read(address.clone()).await.2, all, "the same at every read");
        let theirs = feed(li).await.body["path"].as_str().unwrap().to_owned();
        let (_, _, own) = read(theirs).await;
        assert!(own.matches("BEGIN:VEVENT").count() <= all.matches("BEGIN:VEVENT").count());

        let listed = server.get(&wang, "/feeds").await;
        assert_eq!(
            listed.body["items"][0].get("path"),
            None,
            "the secret is given once"
        );
        let id = made.body["id"].as_str().unwrap();
        let gone = server
            .ask(
                Some(&wang),
                Method::DELETE,
                &format!("/feeds/{id}"),
                &[],
                None,
            )
            .await;
        assert_eq!(gone.told(), "204");
        for address in [address.as_str(), "/api/v1/feeds/x.ics", "/api/v1/feeds/x"] {
            assert_eq!(read(address.to_owned()).await.0, 404, "{address}");
        }
    }
}

#[tokio::test]
async fn somebody_hears_by_mail_only_with_an_address_and_only_for_themselves() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let wanted = json!({ "topic": "alerts_digest" });
    let told = server
        .post(&wang, "/subscriptions", wanted.clone())
        .await
        .told();
    assert_eq!(told, "409 mail_address_missing");
    let mut tx = server.app.store().write().await.unwrap();
    let mut user = tx
        .user(&server.organisation, &wang.user)
        .await
        .unwrap()
        .unwrap();
    user.email = Some("wang@example.com".into());
    assert!(tx.update_user(&user, user.revision).await.unwrap());
    tx.commit().await.unwrap();
    let made = server.post(&wang, "/subscriptions", wanted.clone()).await;
    assert_eq!(made.told(), "201", "{}", made.body);
    assert_eq!(
        server.post(&wang, "/subscriptions", wanted).await.told(),
        "409 subscription_known"
    );
    let odd = json!({ "topic": "everything" });
    assert_eq!(
        server.post(&wang, "/subscriptions", odd).await.told(),
        "400 topic_unknown"
    );
    let li = server.person(Role::Manager, Scope::Own, Some("S1")).await;
    assert_eq!(
        server.get(&li, "/subscriptions").await.body["items"],
        json!([])
    );
    let path = format!("/subscriptions/{}", made.body["id"].as_str().unwrap());
    let gone = server
        .ask(Some(&li), Method::DELETE, &path, &[], None)
        .await;
    assert_eq!(gone.told(), "404 not_found");
    let gone = server
        .ask(Some(&wang), Method::DELETE, &path, &[], None)
        .await;
    assert_eq!(gone.told(), "204");
}
