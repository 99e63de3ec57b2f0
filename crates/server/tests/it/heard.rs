//! What people and groups hear of the rhythm: each step once, whoever has to act and whoever asked.

use axum::http::Method;
use fenjie_app::jobs::{Runner, RunnerSettings};
use fenjie_store::people::{Role, Scope};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::form::{Form, example};
use crate::harness::Server;
use crate::outside::Receiver;
use crate::story::Story;

/// Gives everybody of a story a mail address.
async fn with_addresses(story: &Story) {
    for (name, person) in &story.people {
        let mut tx = story.server.app.store().write().await.unwrap();
        let found = tx.user(&story.server.organisation, &person.user).await;
        let mut user = found.unwrap().unwrap();
        user.email = Some(format!("{name}@example.com"));
        assert!(tx.update_user(&user, user.revision).await.unwrap());
        tx.commit().await.unwrap();
    }
}

/// A group that hears of these topics.
async fn group(server: &Server, admin: &crate::harness::Person, topics: &[&str]) -> Receiver {
    let (receiver, address) = Receiver::listen(server).await;
    let wanted = json!({ "name": "销售群", "kind": "webhook", "address": address, "secret": "s" });
    let made = server.post(admin, "/channels", wanted).await;
    assert_eq!(made.told(), "201", "{}", made.body);
    for topic in topics {
        let wanted = json!({ "topic": topic, "channel": made.body["id"] });
        let told = server.post(admin, "/subscriptions", wanted).await.told();
        assert_eq!(told, "201", "{topic}");
    }
    receiver
}

/// What people were written to by mail: `topic name`, sorted.
async fn mailed(story: &Story) -> Vec<String> {
    let path = "/deliveries?limit=500";
    let listed = story.server.get(story.who("admin"), path).await;
    let name = |user: &Json| {
        let mut people = story.people.iter();
        let found = people.find(|(_, person)| person.user.as_str() == user.as_str().unwrap());
        *found.unwrap().0
    };
    let items = listed.body["items"].as_array().unwrap();
    let by_mail = items.iter().filter(|item| item["user"].is_string());
    let mut found: Vec<String> = by_mail
        .map(|item| {
            format!(
                "{} {}",
                item["topic"].as_str().unwrap(),
                name(&item["user"])
            )
        })
        .collect();
    found.sort();
    found
}

async fn send(server: &Server) {
    let runner = Runner::new(&server.app, RunnerSettings::default());
    // More than a group takes in a minute waits for the next.
    for _ in 0..4 {
        while runner.send_once().await.unwrap() {}
        server.clock.pass(SignedDuration::from_secs(61));
    }
}

const TOPICS: [&str; 7] = [
    "targets_released",
    "commitment_made",
    "counter_offered",
    "approval_asked",
    "approval_approved",
    "approval_rejected",
    "deadline_near",
];

#[tokio::test]
async fn a_story_is_heard_by_whom_it_concerns_and_by_the_group() {
    let mut story = Story::new().await;
    with_addresses(&story).await;
    let receiver = group(&story.server, story.who("admin"), &TOPICS).await;
    // Sun sees one store alone: asking to hear of all answers does not widen that. Chen sees all.
    for who in ["sun", "chen"] {
        let wanted = json!({ "topic": "commitment_made" });
        let told = story.server.post(story.who(who), "/subscriptions", wanted);
        assert_eq!(told.await.told(), "201");
    }
    story
        .runs(
            "
            wang | releases | level area                            | 201 |
            wang | releases | nodes nowhere                         | 400 member_unknown |
            qian | commits  | west                                  | 201 |
            zhao | counters | east 3500000: S2 is rebuilt in May    | 201 |
            wang | submits  | 2026                                  | 201 |
            li   | rejects  | the east is too high                  | 200 |
            wang | submits  | 2026, again                           | 201 |
            li   | approves | fine                                  | 200 |
        ",
        )
        .await;
    send(&story.server).await;
    let bodies = receiver.bodies();
    let topics: Vec<&str> = bodies
        .iter()
        .map(|body| body["topic"].as_str().unwrap())
        .collect();
    assert_eq!(
        topics,
        [
            "targets_released",
            "commitment_made",
            "counter_offered",
            "approval_asked",
            "approval_rejected",
            "approval_asked",
            "approval_approved",
        ]
    );
    let (released, countered) = (&bodies[0]["values"], &bodies[2]["values"]);
    assert_eq!(released["count"], "2", "{released}");
    assert_eq!(countered["amount"], "3500000.00", "{countered}");
    assert_eq!(countered["reason"], "S2 is rebuilt in May");
    assert!(!bodies[2].to_string().contains('{') || countered["target"].is_string());
    assert_eq!(
        mailed(&story).await,
        [
            "approval_approved wang",
            "approval_asked chen",
            "approval_asked chen",
            "approval_asked li",
            "approval_asked li",
            "approval_rejected wang",
            "commitment_made chen",
            "commitment_made wang",
            "counter_offered wang",
            "targets_released qian",
            "targets_released zhao",
        ]
    );
}

#[tokio::test]
async fn a_deadline_of_an_answer_is_told_once_for_each_day_that_matters() {
    let mut story = Story::new().await;
    with_addresses(&story).await;
    let today = story.server.app.now().to_zoned(jiff::tz::TimeZone::UTC);
    let last = today.date() + jiff::Span::new().days(2);
    let seen = story.seen().await;
    let body = json!({ "deadline": last.to_string(), "level": "area" });
    let path = format!("{}/releases", story.plan);
    let made = story
        .posts("wang", &path, &crate::story::tag(&seen["version"]), body)
        .await;
    assert_eq!(made.told(), "201", "{}", made.body);
    story.release = format!("/releases/{}", made.body["id"].as_str().unwrap());
    assert_eq!(story.does("qian", "commits", "west").await.told(), "201");
    let runner = Runner::new(&story.server.app, RunnerSettings::default());
    for _ in 0..2 {
        let wanted = json!({ "kind": "deadlines" });
        let asked = story
            .server
            .ask(
                Some(story.who("admin")),
                Method::POST,
                "/jobs",
                &[],
                Some(wanted),
            )
            .await;
        assert_eq!(asked.told(), "201", "{}", asked.body);
        while runner.work_once().await.unwrap() {}
    }
    let near = |told: Vec<String>| -> Vec<String> {
        let mut told = told;
        told.retain(|line| line.starts_with("deadline"));
        told
    };
    assert_eq!(near(mailed(&story).await), ["deadline_near zhao"]);
}

#[tokio::test]
async fn an_import_tells_how_it_ended() {
    let server = Server::new().await;
    let admin = server.person(Role::Administrator, Scope::All, None).await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let receiver = group(&server, &admin, &["import_finished", "import_failed"]).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/imports");
    let good = Form::default().file("file", "sales.csv", &example("store-chain/sales.csv"));
    let bad = Form::default().file("file", "odd.csv", b"nothing,of,use\n1,2,3\n");
    for (form, state) in [(good, "done"), (bad, "refused")] {
        let begun = server.form(&wang, &path, &[], form).await;
        let ended = server.ended(&wang, &begun).await;
        assert_eq!(ended.body["state"], state, "{}", ended.body);
    }
    send(&server).await;
    let bodies = receiver.bodies();
    let topics: Vec<&Json> = bodies.iter().map(|body| &body["topic"]).collect();
    assert_eq!(topics, ["import_finished", "import_failed"]);
    let finished = &bodies[0]["values"];
    assert_eq!(finished["file"], "sales.csv");
    assert!(finished["lines"].as_str().unwrap().parse::<u64>().unwrap() > 1000);
    assert_ne!(bodies[1]["values"]["reason"], "");
}

#[tokio::test]
async fn a_calendar_has_what_waits_for_its_person() {
    let mut story = Story::new().await;
    story.runs("wang | releases | level area | 201 |").await;
    let mut seen = Vec::new();
    for who in ["zhao", "sun"] {
        let made = story
            .server
            .post(story.who(who), "/feeds", json!({ "name": "日历" }))
            .await;
        let path = made.body["path"].as_str().unwrap().to_owned();
        let request = axum::http::Request::get(path);
        let request = request.body(axum::body::Body::empty()).unwrap();
        let answer = story.server.carry(request).await;
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        let text = String::from_utf8(bytes.unwrap().to_vec()).unwrap();
        seen.push(text.matches("20991231").count());
    }
    assert!(seen[0] >= 1, "zhao answers for the east: {seen:?}");
    assert_eq!(seen[1], 0, "sun has nothing to answer");
}
