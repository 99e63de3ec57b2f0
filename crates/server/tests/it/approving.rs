//! Submitting, deciding, publishing, locking, recalling: every step from every status.

use axum::http::Method;
use fenjie_store::{PlanId, VersionId};
use serde_json::json;

use crate::story::{Story, tag};

#[tokio::test]
async fn a_plan_goes_from_draft_to_published_and_back() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            sun  | submits   |               | 403 forbidden          | draft
            zhao | submits   |               | 403 forbidden          | draft
            wang | publishes | now           | 409 plan_draft         | draft
            wang | locks     | now           | 409 plan_draft         | draft
            wang | submits   | first draft   | 201                    | submitted
            wang | submits   | again         | 409 plan_submitted     | submitted
            wang | edits     | store=S1 +1%  | 409 plan_submitted     | submitted
            wang | approves  |               | 409 approval_own       | submitted
            zhao | approves  |               | 404 not_found          | submitted
            audit| approves  |               | 403 forbidden          | submitted
            li   | rejects   |               | 400 text_missing       | submitted
            li   | rejects   | too low       | 200                    | draft
            li   | approves  |               | 409 approval_closed    | draft
            wang | edits     | store=S1 +1%  | 200                    | draft
            wang | submits   |               | 201                    | submitted
            li   | takes the request back | | 403 forbidden          | submitted
            wang | takes the request back | | 204                    | draft
            wang | submits   |               | 201                    | submitted
            li   | approves  | fine          | 200                    | approved
            chen | approves  | me too        | 409 approval_closed    | approved
            wang | publishes |               | 400 text_missing       | approved
            sun  | publishes | now           | 403 forbidden          | approved
            wang | publishes | targets 2026  | 201                    | published
            wang | publishes | again         | 409 version_unchanged  | published
            wang | edits     | store=S1 +1%  | 409 plan_published     | published
            wang | locks     | first quarter | 200                    | locked
            wang | edits     | store=S1 +1%  | 409 plan_locked        | locked
            wang | reopens   | why not       | 409 plan_locked        | locked
            wang | unlocks   |               | 400 text_missing       | locked
            wang | unlocks   | a mistake     | 200                    | published
            wang | reopens   | second half   | 200                    | draft
            wang | edits     | store=S1 +1%  | 200                    | draft
            wang | submits   |               | 201                    | submitted
            chen | approves  |               | 200                    | approved
            wang | publishes | second half   | 201                    | published
            wang | recalls   | wrong base    | 200                    | published
            wang | recalls   | again         | 409 recall_waits       | published
            li   | approves  |               | 200                    | draft
            wang | recalls   | twice         | 409 plan_draft         | draft
        ",
        )
        .await;
    let path = format!("{}/versions", story.plan);
    let listed = story.server.get(story.who("sun"), &path).await;
    let items = listed.body["items"].as_array().unwrap();
    let told: Vec<String> = items
        .iter()
        .map(|item| format!("{} {} {}", item["number"], item["state"], item["reason"]))
        .collect();
    assert_eq!(
        told,
        [
            "1 \"superseded\" \"targets 2026\"",
            "2 \"recalled\" \"second half\""
        ]
    );
    for number in [1, 2] {
        let path = format!("{path}/{number}/verification");
        let proof = story.server.get(story.who("audit"), &path).await;
        assert_eq!(proof.body["holds"], true, "{}", proof.body);
    }
    assert_ne!(items[0]["content_hash"], items[1]["content_hash"]);
    let changes = format!("{}/status-changes", story.plan);
    let changes = story.server.get(story.who("wang"), &changes).await;
    let made: Vec<&str> = changes.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["made"].as_str().unwrap())
        .collect();
    assert_eq!(
        made.join(" "),
        "submit reject submit withdraw submit approve publish lock unlock reopen submit approve publish recall"
    );
}

#[tokio::test]
async fn verifying_a_plan_proves_what_was_published() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            wang | submits   |               | 201 | submitted
            li   | approves  |               | 200 | approved
            wang | publishes | targets 2026  | 201 | published
            wang | reopens   | more          | 200 | draft
            wang | edits     | store=S1 +10% | 200 | draft
        ",
        )
        .await;
    let proved = async |who: &str| {
        let path = format!("{}/verification", story.plan);
        let found = story.server.get(story.who(who), &path).await;
        let checks = found.body["checks"].as_array().unwrap().clone();
        let check = checks.iter().find(|check| check["code"] == "versions");
        (found.body["sound"] == true, check.unwrap().clone())
    };
    let (sound, check) = proved("wang").await;
    assert!(
        sound && check["counted"] == 1 && check["failed"] == 0,
        "{check}"
    );
    // A second version whose content is not what was published.
    let organisation = &story.server.organisation;
    let plan = story.plan.trim_start_matches("/plans/");
    let plan = PlanId::parse(plan).unwrap();
    let mut tx = story.server.app.store().write().await.unwrap();
    let mut version = tx.versions(organisation, &plan).await.unwrap().remove(0);
    version.id = VersionId::of(story.server.app.bits());
    version.number = 2;
    version.content_hash = version.content_hash.replace('0', "1").replace('a', "b");
    tx.add_version(&version).await.unwrap();
    tx.commit().await.unwrap();
    let (sound, check) = proved("wang").await;
    assert!(
        !sound && check["counted"] == 2 && check["failed"] == 1,
        "{check}"
    );
    assert_eq!(check["failures"][0], "version 2");
    // Who sees a part is told that something is wrong, and not what.
    let (sound, check) = proved("sun").await;
    assert!(
        !sound && check["failed"] == 1 && check["failures"][0].is_null(),
        "{check}"
    );
}

#[tokio::test]
async fn a_published_version_is_read_as_it_was() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            wang | submits   |               | 201 | submitted
            li   | approves  |               | 200 | approved
            wang | publishes | targets 2026  | 201 | published
            wang | reopens   | more          | 200 | draft
            wang | edits     | store=S1 +10% | 200 | draft
        ",
        )
        .await;
    let plan = story.plan.clone();
    let read = async |who: &str, path: &str| {
        let got = story
            .server
            .get(story.who(who), &format!("{plan}/{path}"))
            .await;
        (got.told(), got.body)
    };
    let (_, then) = read("sun", "slices?rows=time:month&version=1").await;
    let (_, now) = read("sun", "slices?rows=time:month").await;
    assert_ne!(then["layers"], now["layers"]);
    assert_ne!(then["version"], now["version"]);
    let (told, _) = read("sun", "explanations?version=1").await;
    assert_eq!(told, "200");
    for (who, path, told) in [
        ("sun", "slices?rows=time:month&version=2", "404 not_found"),
        ("sun", "versions/2", "404 not_found"),
        ("sun", "versions/1", "200"),
        (
            "qian",
            "slices?rows=time:month&at=store%3DS1&version=1",
            "404 not_found",
        ),
    ] {
        assert_eq!(read(who, path).await.0, told, "{who} {path}");
    }
}

#[tokio::test]
async fn a_period_closed_meanwhile_ends_the_submission() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            wang | submits  |                    | 201                  | submitted
            wang | resolves | more staff in May  | 200                  | draft
            li   | approves |                    | 409 approval_closed  | draft
            wang | submits  |                    | 201                  | submitted
            li   | approves |                    | 200                  | approved
            wang | resolves | and in June        | 200                  | draft
        ",
        )
        .await;
    let got = story.server.get(story.who("wang"), &story.approval).await;
    assert_eq!(got.body["state"], "invalidated");
}

#[tokio::test]
async fn the_same_submission_again_is_answered_alike() {
    let story = Story::new().await;
    let version = tag(&story.seen().await["version"]);
    let headers = [("if-match", version.as_str()), ("idempotency-key", "once")];
    let path = format!("{}/submissions", story.plan);
    let mut told = Vec::new();
    for _ in 0..3 {
        let body = Some(json!({ "comment": "first" }));
        let answer = story
            .server
            .ask(Some(story.who("wang")), Method::POST, &path, &headers, body)
            .await;
        told.push((answer.told(), answer.body["id"].clone()));
    }
    assert_eq!(told[0].0, "201");
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
}

#[tokio::test]
async fn a_change_after_approval_ends_the_approval() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            wang | submits   |               | 201                   | submitted
            li   | approves  |               | 200                   | approved
            wang | edits     | store=S1 +1%  | 200                   | draft
            wang | publishes | now           | 409 plan_draft        | draft
        ",
        )
        .await;
    let got = story.server.get(story.who("wang"), &story.approval).await;
    assert_eq!(got.body["state"], "invalidated");
}

#[tokio::test]
async fn of_two_approvers_at_once_one_decides() {
    let mut story = Story::new().await;
    story.runs("wang | submits | | 201 | submitted").await;
    let (path, yes) = (
        format!("{}/decisions", story.approval),
        json!({ "decision": "approve" }),
    );
    let one = tag(&json!(1));
    let (first, second) = tokio::join!(
        story.posts("li", &path, &one, yes.clone()),
        story.posts("chen", &path, &one, yes.clone()),
    );
    let mut told = [first.told(), second.told()];
    told.sort();
    assert_eq!(told[0], "200");
    assert!(
        [
            "409 approval_closed",
            "412 version_stale",
            "503 database_busy"
        ]
        .contains(&told[1].as_str()),
        "{told:?}"
    );
    let got = story.server.get(story.who("wang"), &story.approval).await;
    assert_eq!(got.body["decisions"].as_array().unwrap().len(), 1);
    let blind = story
        .server
        .ask(Some(story.who("li")), Method::POST, &path, &[], Some(yes))
        .await;
    assert_eq!(blind.told(), "428 version_missing");
}

#[tokio::test]
async fn a_revision_decided_by_somebody_else_makes_the_next_version() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            wang | submits   |              | 201 | submitted
            li   | approves  |              | 200 | approved
            wang | publishes | targets 2026 | 201 | published
        ",
        )
        .await;
    let path = format!("{}/operations", story.plan);
    let sends = async |story: &Story, who: &str, operation: serde_json::Value| {
        let version = tag(&story.seen().await["version"]);
        let body = json!({ "operations": [operation] });
        story.posts(who, &path, &version, body).await
    };
    let proposal = json!({ "revise": "store=S1", "to": "-1%", "why": "a road is closed" });
    let proposed = sends(&story, "wang", proposal).await;
    assert_eq!(proposed.told(), "200", "{}", proposed.body);
    let decision = json!({ "decide": proposed.body["version"], "approved": true, "why": "agreed" });
    let own = sends(&story, "wang", decision.clone()).await;
    assert_eq!(own.told(), "409 approval_own", "{}", own.body);
    let decided = sends(&story, "li", decision).await;
    assert_eq!(decided.told(), "200", "{}", decided.body);
    story
        .runs("wang | publishes | a road is closed | 201 | published")
        .await;
    let listed = story
        .server
        .get(story.who("wang"), &format!("{}/versions", story.plan))
        .await;
    let states: Vec<&str> = listed.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["superseded", "in_force"]);
}
