//! Chains, thresholds, deputies, deadlines: who decides, and who does not.

use std::sync::Arc;

use fenjie_app::Origin;
use fenjie_app::authenticate::by_token;
use fenjie_app::rhythm::due::Waiting;
use fenjie_store::rhythm_approval::ApprovalFilter;
use fenjie_store::{Page, Timestamp};
use serde_json::{Value as Json, json};

use crate::story::{Story, tag};

/// Sets the chain for publishing.
async fn chain(story: &Story, steps: Json) -> String {
    let body = json!({ "subject": "publish", "steps": steps });
    let made = story
        .server
        .post(story.who("admin"), "/approval-chains", body)
        .await;
    made.told()
}

/// Makes somebody report to somebody.
async fn reports_to(story: &Story, who: &str, to: &str) {
    let mut tx = story.server.app.store().write().await.unwrap();
    let organisation = &story.server.organisation;
    let user = tx.user(organisation, &story.who(who).user).await.unwrap();
    let mut user = user.unwrap();
    user.reports_to = Some(story.who(to).user.clone());
    assert!(tx.update_user(&user, user.revision).await.unwrap());
    tx.commit().await.unwrap();
}

/// Lets the deadline of the request that waits be past.
async fn is_overdue(story: &Story) {
    let mut tx = story.server.app.store().write().await.unwrap();
    let organisation = &story.server.organisation;
    let all = tx
        .approvals(organisation, &ApprovalFilter::default(), &Page::default())
        .await
        .unwrap();
    let mut waiting = all.items.into_iter().last().unwrap();
    waiting.due_at = Some(Timestamp::UNIX_EPOCH);
    let seen = waiting.revision;
    assert!(tx.update_approval(&waiting, seen).await.unwrap());
    tx.commit().await.unwrap();
}

async fn inbox(story: &Story, who: &str) -> usize {
    let got = story
        .server
        .get(story.who(who), "/approvals?mine=true")
        .await;
    got.body["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn steps_are_passed_in_order_by_those_named() {
    let mut story = Story::new().await;
    reports_to(&story, "wang", "zhao").await;
    let li = story.who("li").user.to_string();
    let steps = json!([
        { "approver": "superior", "days": 2 },
        { "approver": { "user": li } },
        { "approver": { "role": "administrator" } },
    ]);
    assert_eq!(chain(&story, steps).await, "201");
    story.runs("wang | submits | | 201 | submitted").await;
    assert_eq!(
        (inbox(&story, "zhao").await, inbox(&story, "li").await),
        (1, 0)
    );
    story
        .runs(
            "
            li    | approves |           | 403 forbidden     | submitted
            qian  | approves |           | 404 not_found     | submitted
            zhao  | approves | good      | 200               | submitted
            zhao  | approves | again     | 403 forbidden     | submitted
            chen  | approves |           | 403 forbidden     | submitted
            li    | approves |           | 200               | submitted
            admin | rejects  | too early | 200               | draft
            wang  | submits  |           | 201               | submitted
            li    | approves | no, first | 403 forbidden     | submitted
        ",
        )
        .await;
    let got = story.server.get(story.who("wang"), &story.approval).await;
    assert_eq!(got.body["passed"], 0);
    assert!(got.body["due_at"].is_string());
}

#[tokio::test]
async fn nobody_approves_their_own_whatever_the_chain_says() {
    let mut story = Story::new().await;
    let li = story.who("li").user.to_string();
    let steps = json!([{ "approver": { "user": li } }]);
    assert_eq!(chain(&story, steps).await, "201");
    story
        .runs("li | submits | | 409 approval_nobody | draft")
        .await;
    reports_to(&story, "li", "chen").await;
    story
        .runs(
            "
            li   | submits  | | 201              | submitted
            li   | approves | | 409 approval_own | submitted
            chen | approves | | 200              | approved
        ",
        )
        .await;
    for (steps, told) in [
        (
            json!([{ "approver": { "role": "planner" } }]),
            "400 approver_may_not",
        ),
        (
            json!([{ "approver": { "user": story.who("sun").user.to_string() } }]),
            "400 approver_may_not",
        ),
        (
            json!([{ "approver": "superior", "days": 0 }]),
            "400 chain_days",
        ),
        (
            json!([{ "approver": "superior", "over_rate": "-5%" }]),
            "400 threshold_invalid",
        ),
        (
            json!([{ "approver": "superior", "over_rate": "much" }]),
            "400 threshold_invalid",
        ),
        (json!([{ "approver": "anybody" }]), "400 body_invalid"),
        (
            Json::from(vec![json!({ "approver": "superior" }); 11]),
            "400 chain_too_long",
        ),
        (json!([]), "409 chain_exists"),
    ] {
        assert_eq!(chain(&story, steps.clone()).await, told, "{steps}");
    }
    let body = json!({ "subject": "publish", "steps": [] });
    let refused = story
        .server
        .post(story.who("li"), "/approval-chains", body)
        .await;
    assert_eq!(refused.told(), "403 forbidden");
}

#[tokio::test]
async fn a_small_change_needs_fewer_steps() {
    let mut story = Story::new().await;
    let steps = json!([
        { "approver": { "role": "director" } },
        { "approver": { "role": "administrator" }, "over_rate": "5%" },
    ]);
    assert_eq!(chain(&story, steps).await, "201");
    story
        .runs(
            "
            wang  | submits   | the first is all new | 201 | submitted
            li    | approves  |                      | 200 | submitted
            admin | approves  |                      | 200 | approved
            wang  | publishes | first                | 201 | published
            wang  | reopens   | a little             | 200 | draft
            wang  | edits     | store=S1 +2%         | 200 | draft
            wang  | submits   |                      | 201 | submitted
            li    | approves  |                      | 200 | approved
            wang  | publishes | second               | 201 | published
            wang  | reopens   | much                 | 200 | draft
            wang  | edits     | store=S5 +6%         | 200 | draft
            wang  | submits   |                      | 201 | submitted
            li    | approves  |                      | 200 | submitted
        ",
        )
        .await;
    let got = story.server.get(story.who("wang"), &story.approval).await;
    assert_eq!(got.body["changed_rate"], "0.060000");
}

#[tokio::test]
async fn a_deputy_decides_and_answers_in_the_others_name() {
    let mut story = Story::new().await;
    let li = story.who("li").user.to_string();
    let qian = story.who("qian").user.to_string();
    assert_eq!(
        chain(&story, json!([{ "approver": { "user": li } }])).await,
        "201"
    );
    let appointed = |deputy: String, from: &str, until: &str| json!({ "deputy": deputy, "from": from, "until": until, "reason": "on leave" });
    for (who, body, told) in [
        (
            "li",
            appointed(qian.clone(), "2026-01-02", "2026-01-01"),
            "400 deputy_days",
        ),
        (
            "li",
            appointed(qian.clone(), "2020-01-01", "2020-01-05"),
            "400 deputy_days",
        ),
        (
            "li",
            appointed(qian.clone(), "soon", "2099-01-01"),
            "400 day_invalid",
        ),
        (
            "li",
            appointed(li.clone(), "2026-01-01", "2026-12-31"),
            "400 deputy_self",
        ),
        (
            "zhao",
            json!({ "user": li, "deputy": qian, "from": "2026-01-01", "until": "2026-12-31" }),
            "403 forbidden",
        ),
    ] {
        let refused = story.server.post(story.who(who), "/deputies", body).await;
        assert_eq!(refused.told(), told);
    }
    story
        .runs(
            "
            wang | submits  |  | 201           | submitted
            qian | approves |  | 404 not_found | submitted
        ",
        )
        .await;
    let today = story.server.app.now().to_string()[..10].to_owned();
    let until = format!("{}-12-31", &today[..4]);
    let made = story
        .server
        .post(
            story.who("li"),
            "/deputies",
            appointed(qian.clone(), &today, &until),
        )
        .await;
    assert_eq!(made.told(), "201", "{}", made.body);
    assert_eq!(inbox(&story, "qian").await, 1);
    story
        .runs("qian | approves | for Li | 200 | approved")
        .await;
    let got = story.server.get(story.who("li"), &story.approval).await;
    assert_eq!(got.body["decisions"][0]["by"], qian);
    assert_eq!(got.body["decisions"][0]["acting_for"], li);

    // Zhao is away too: Qian answers for the east, and both names are kept.
    let zhao = story.who("zhao").user.to_string();
    let made = story
        .server
        .post(
            story.who("zhao"),
            "/deputies",
            appointed(qian.clone(), &today, &until),
        )
        .await;
    story.runs("wang | releases | level area | 201 |").await;
    let open = story
        .server
        .get(story.who("qian"), "/released-targets?open=true")
        .await;
    assert_eq!(open.body["items"].as_array().unwrap().len(), 2);
    let given = story.does("qian", "commits", "east").await;
    assert_eq!(given.told(), "201", "{}", given.body);
    assert_eq!(given.body["acting_for"], zhao);
    // Ended, it is over at once.
    let path = format!("/deputies/{}", made.body["id"].as_str().unwrap());
    let ended = story
        .asks(
            "zhao",
            axum::http::Method::DELETE,
            &path,
            &tag(&json!(1)),
            None,
        )
        .await;
    assert_eq!(ended.told(), "200");
    story.runs("qian | commits | east | 403 forbidden |").await;
}

#[tokio::test]
async fn what_is_overdue_comes_to_the_superior() {
    let mut story = Story::new().await;
    reports_to(&story, "wang", "zhao").await;
    reports_to(&story, "zhao", "chen").await;
    let steps = json!([{ "approver": "superior", "days": 1 }]);
    assert_eq!(chain(&story, steps).await, "201");
    story
        .runs(
            "
            wang | submits  | | 201           | submitted
            chen | approves | | 403 forbidden | submitted
        ",
        )
        .await;
    is_overdue(&story).await;
    assert_eq!(inbox(&story, "chen").await, 1);
    let got = story.server.get(story.who("wang"), &story.approval).await;
    assert_eq!(got.body["overdue"], true);
    story.runs("chen | approves | | 200 | approved").await;
    let got = story.server.get(story.who("wang"), &story.approval).await;
    assert_eq!(got.body["decisions"][0]["escalated"], true);
}

#[tokio::test]
async fn what_is_due_is_known_with_whom_it_waits_for() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            wang | releases | level area | 201 | draft
            zhao | commits  | east       | 201 | draft
            wang | submits  |            | 201 | submitted
        ",
        )
        .await;
    let app = &story.server.app;
    let admin = by_token(app, story.who("admin").secret(), None, Origin::default()).await;
    let mut unit = app.reading(&Arc::new(admin.unwrap())).await.unwrap();
    let due = fenjie_app::rhythm::due::list(&mut unit).await.unwrap();
    let told: Vec<(&str, usize, bool)> = due
        .iter()
        .map(|due| match &due.what {
            Waiting::Answer { node, .. } => (node.as_str(), due.users.len(), due.overdue),
            Waiting::Decision(_) => ("decision", due.users.len(), due.overdue),
        })
        .collect();
    assert_eq!(told, [("west", 1, false), ("decision", 2, false)]);
    assert_eq!(due[0].users, [story.who("qian").user.clone()]);
}
