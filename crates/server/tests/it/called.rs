//! Names beside identifiers: whoever reads what somebody did reads who it was.

use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};

use crate::story::Story;

/// What an answer calls the person that a field of it names.
fn called<'b>(body: &'b Json, field: &str) -> &'b str {
    let id = body[field].as_str().unwrap();
    body["people"][id].as_str().unwrap_or("-")
}

#[tokio::test]
async fn who_did_something_is_named() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            wang | submits   |               | 201 | submitted
            li   | approves  |               | 200 | approved
            wang | publishes | targets 2026  | 201 | published
        ",
        )
        .await;
    let read = async |who: &str, path: &str| {
        let found = story.server.get(story.who(who), path).await;
        assert_eq!(found.told(), "200", "{path}: {}", found.body);
        found.body
    };
    let plan = &story.plan;
    let asked = read("li", "/approvals").await["items"][0].clone();
    assert_eq!(called(&asked, "author"), "planner");
    let by = asked["decisions"][0]["by"].as_str().unwrap();
    assert_eq!(asked["people"][by], "director", "{asked}");
    let one = read(
        "li",
        &format!("/approvals/{}", asked["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(one["people"], asked["people"]);
    let versions = read("sun", &format!("{plan}/versions")).await;
    assert_eq!(called(&versions["items"][0], "published_by"), "planner");
    let version = read("sun", &format!("{plan}/versions/1")).await;
    assert_eq!(called(&version, "published_by"), "planner");
    let changes = read("sun", &format!("{plan}/status-changes")).await;
    for change in changes["items"].as_array().unwrap() {
        assert_ne!(called(change, "by"), "-", "{change}");
    }
    let remark = json!({ "at": "store=S1", "text": "hm", "mentions": [story.who("sun").user] });
    let path = format!("{plan}/comments");
    let made = story.server.post(story.who("zhao"), &path, remark).await;
    assert_eq!(called(&made.body, "author"), "manager");
    let mentioned = story.who("sun").user.to_string();
    assert_eq!(made.body["people"][&mentioned], "salesperson");
    let listed = read("sun", &path).await;
    assert_eq!(listed["items"][0]["people"], made.body["people"]);
    // The log has names itself.
    let logged = read("wang", &format!("{plan}/operations")).await;
    let logged = logged["items"].as_array().unwrap().iter();
    assert!(
        logged
            .filter_map(|line| line["who"].as_str())
            .all(|who| !who.starts_with("usr_"))
    );
}

#[tokio::test]
async fn answers_to_releases_say_whose_they_are() {
    let story = Story::new().await;
    let server = &story.server;
    let release = json!({ "nodes": ["east"], "deadline": "2099-12-31" });
    let version = server.version(story.who("wang"), &story.plan).await;
    let seen = format!("\"{version}\"");
    let made = server
        .ask(
            Some(story.who("wang")),
            axum::http::Method::POST,
            &format!("{}/releases", story.plan),
            &[("if-match", &seen)],
            Some(release),
        )
        .await;
    assert_eq!(made.told(), "201", "{}", made.body);
    assert_eq!(called(&made.body, "created_by"), "planner");
    let path = format!(
        "/releases/{}/commitments",
        made.body["id"].as_str().unwrap()
    );
    let answer = json!({ "node": "east", "kind": "commit" });
    let answered = server.post(story.who("zhao"), &path, answer).await;
    assert_eq!(
        called(&answered.body, "author"),
        "manager",
        "{}",
        answered.body
    );
    let listed = server.get(story.who("wang"), &path).await;
    assert_eq!(called(&listed.body["items"][0], "author"), "manager");
    let compared = server
        .get(story.who("wang"), &format!("{}/reconciliation", story.plan))
        .await;
    let rows = compared.body["rows"].as_array().unwrap().iter();
    let answers: Vec<&Json> = rows
        .map(|row| &row["answer"])
        .filter(|own| !own.is_null())
        .collect();
    assert_eq!(called(answers[0], "author"), "manager", "{}", compared.body);
    let mine = server.get(story.who("zhao"), "/released-targets").await;
    assert_eq!(
        called(&mine.body["items"][0]["answer"], "author"),
        "manager"
    );
}

#[tokio::test]
async fn nobody_of_another_organisation_is_named() {
    let story = Story::new().await;
    let elsewhere = story.server.another_organisation("other").await;
    let stranger = story
        .server
        .person_of(&elsewhere, Role::Planner, Scope::All, None)
        .await;
    let remark = json!({ "at": "store=S1", "text": "hm", "mentions": [stranger.user] });
    let path = format!("{}/comments", story.plan);
    let made = story.server.post(story.who("zhao"), &path, remark).await;
    assert_eq!(made.told(), "400 mention_unknown");
    assert!(!made.body.to_string().contains("planner"), "{}", made.body);
}
