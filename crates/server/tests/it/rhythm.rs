//! The working rhythm of an organisation: released, answered, reconciled, refit.

use expect_test::expect;
use serde_json::json;

use crate::story::Story;

#[tokio::test]
async fn targets_are_released_level_by_level_and_answered() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            zhao | releases | nodes S1 S2       | 409 release_above_missing     | draft
            sun  | releases | nodes S1          | 403 forbidden                 |
            zhao | releases | nodes east        | 400 member_unknown            |
            zhao | releases | nodes S4          | 400 member_unknown            |
            wang | releases | level country     | 400 level_unknown             |
            wang | releases | nodes nowhere     | 400 member_unknown            |
            wang | releases | level area        | 201                           |
            qian | counters | west 2000000      | 400 text_missing              |
            qian | counters | east 2000000: no  | 400 member_unknown            |
            sun  | commits  | east              | 404 not_found                 |
            wang | commits  | east              | 403 forbidden                 |
            audit| commits  | east              | 403 forbidden                 |
            zhao | commits  | east 3000000      | 400 commit_below_target       |
            zhao | counters | east -1: no       | 400 amount_negative           |
            zhao | counters | east lots: no     | 422 amount_invalid       |
            zhao | counters | east 3500000: S2 is rebuilt in May | 201          |
            qian | commits  | west              | 201                           |
            zhao | releases | nodes S1 S2 S3    | 201                           |
            sun  | commits  | S1                | 201                           |
            zhao | counters | S2 1000000: rebuilt in May | 201                  |
            zhou | commits  | S1                | 404 not_found                 |
        ",
        )
        .await;
    expect![[r#"
        chain 6000000.00 - 5791188.80 -208811.20 not_released 1
        east 3686329.97 3500000.00 3477518.77 -208811.20 countered 1
        S1 1729888.71 1729888.71 1729888.71 0.00 committed 0
        S2 1208811.20 1000000.00 1000000.00 -208811.20 countered 0
        S3 747630.06 - 747630.06 0.00 waiting 1
        west 2313670.03 2313670.03 2313670.03 0.00 committed 0
    "#]]
    .assert_eq(&story.reconciled("wang").await);
    expect![[r#"
        S1 1729888.71 1729888.71 1729888.71 0.00 committed 0
    "#]]
    .assert_eq(&story.reconciled("sun").await);
    assert!(!story.reconciled("zhao").await.contains("west"));
}

#[tokio::test]
async fn the_plan_is_refit_to_what_people_answered() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            wang | releases | level area        | 201                    |
            wang | refits   | keep              | 409 refit_nobody       |
            zhao | counters | east 3500000: no  | 201                    |
            wang | refits   | keep west         | 400 refit_not_answered |
            zhao | refits   | keep              | 403 forbidden          |
        ",
        )
        .await;
    let version = crate::story::tag(&story.seen().await["version"]);
    let path = format!("{}/refit-previews", story.plan);
    let preview = story
        .posts("wang", &path, &version, json!({ "mode": "keep" }))
        .await;
    let rows = |body: &serde_json::Value| {
        let rows = body["rows"].as_array().unwrap().iter();
        rows.map(|row| {
            let take = row["others_take"].as_str().unwrap_or("-");
            format!("{} {} {} {take}", row["node"], row["before"], row["after"])
        })
        .collect::<Vec<_>>()
        .join("\n")
    };
    let told = expect![[r#"
        "east" "3686329.97" "3500000.00" 186329.97
        "west" "2313670.03" "2500000.00" -"#]];
    told.assert_eq(&rows(&preview.body));
    assert_eq!(preview.body["total"], "6000000.00");
    assert_eq!(story.seen().await["version"], preview.body["version"]);

    let done = story.does("wang", "refits", "keep").await;
    assert_eq!(done.told(), "200", "{}", done.body);
    told.assert_eq(&rows(&done.body));
    expect![[r#"
        chain 6000000.00 - 6000000.00 0.00 not_released 1
        east 3500000.00 3500000.00 3500000.00 0.00 countered 0
        west 2500000.00 - 2500000.00 0.00 waiting 1
    "#]]
    .assert_eq(&story.reconciled("wang").await);
}

#[tokio::test]
async fn an_answer_is_replaced_taken_back_and_remembered() {
    let mut story = Story::new().await;
    story
        .runs(
            "
            wang | releases   | level area           | 201                      |
            zhao | counters   | east 3000000: first  | 201                      |
            zhao | commits    | east                 | 201                      |
            qian | takes back | east                 | 404 not_found            |
            zhao | takes back | east                 | 204                      |
            zhao | takes back | east                 | 409 commitment_withdrawn |
        ",
        )
        .await;
    let path = format!("{}/commitments", story.release);
    let listed = story.server.get(story.who("wang"), &path).await;
    let items = listed.body["items"].as_array().unwrap();
    let told: Vec<String> = items
        .iter()
        .map(|item| {
            format!(
                "{} {} {}",
                item["number"],
                item["kind"],
                item["withdrawn_at"].is_null()
            )
        })
        .collect();
    assert_eq!(told, ["1 \"counter\" true", "2 \"commit\" false"]);
    // The answer before counts again.
    let told = story.reconciled("wang").await;
    assert!(told.contains(" 3000000.00 3000000.00 "), "{told}");
    // Released again, it is answered there.
    let first = story.release.clone();
    story.runs("wang | releases | nodes east | 201 |").await;
    let again = std::mem::replace(&mut story.release, first);
    story
        .runs("zhao | commits | east | 409 release_superseded |")
        .await;
    story.release = again;
    story.runs("zhao | commits | east | 201 |").await;
    let mine = story
        .server
        .get(story.who("zhao"), "/released-targets")
        .await;
    assert_eq!(mine.body["items"].as_array().unwrap().len(), 1);
    let open = story
        .server
        .get(story.who("qian"), "/released-targets?open=true")
        .await;
    assert_eq!(open.body["items"][0]["node"], "west");
    assert!(open.body["items"][0]["target"].is_string());
}
