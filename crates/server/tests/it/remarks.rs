//! Remarks on cells: seen by who sees the cell.

use axum::http::Method;
use serde_json::json;

use crate::story::Story;

#[tokio::test]
async fn a_remark_is_for_those_who_see_the_cell() {
    let story = Story::new().await;
    let path = format!("{}/comments", story.plan);
    let user = |name: &str| story.who(name).user.to_string();
    let remark = json!({
        "at": "store=S1, month=2026-02", "text": "a quiet month", "mentions": [user("sun")],
    });
    let made = story.server.post(story.who("zhao"), &path, remark).await;
    assert_eq!(made.told(), "201", "{}", made.body);
    assert_eq!(made.body["thread"], made.body["id"]);
    let id = made.body["id"].as_str().unwrap();
    let place = format!("/comments/{id}");
    for (who, told) in [
        ("sun", "200"),
        ("wang", "200"),
        ("audit", "200"),
        ("qian", "404 not_found"),
        ("zhou", "404 not_found"),
    ] {
        let got = story.server.get(story.who(who), &place).await;
        assert_eq!(got.told(), told, "{who}");
        let listed = story.server.get(story.who(who), &path).await;
        let count = listed.body["items"].as_array().unwrap().len();
        assert_eq!(count, usize::from(told == "200"), "{who}");
    }
    for (who, body, told) in [
        (
            "qian",
            json!({ "text": "hm", "reply_to": id }),
            "404 not_found",
        ),
        (
            "qian",
            json!({ "text": "hm", "at": "store=S1" }),
            "404 not_found",
        ),
        (
            "audit",
            json!({ "text": "hm", "at": "store=S1" }),
            "403 forbidden",
        ),
        (
            "zhao",
            json!({ "text": " ", "at": "store=S1" }),
            "400 text_missing",
        ),
        (
            "zhao",
            json!({ "text": "x".repeat(2001), "at": "store=S1" }),
            "400 text_too_long",
        ),
        (
            "zhao",
            json!({ "text": "hm", "at": "S1" }),
            "400 address_invalid",
        ),
        (
            "zhao",
            json!({ "text": "hm", "at": "store=S1", "mentions": [user("zhou")] }),
            "400 mention_unknown",
        ),
        (
            "zhao",
            json!({ "text": "hm", "at": "store=S1", "author": user("li") }),
            "400 body_invalid",
        ),
    ] {
        let refused = story.server.post(story.who(who), &path, body.clone()).await;
        assert_eq!(refused.told(), told, "{who} {body}");
    }
    let reply = json!({ "text": "we run a campaign", "reply_to": id });
    let reply = story.server.post(story.who("sun"), &path, reply).await;
    assert_eq!(reply.body["thread"], id);
    assert_eq!(reply.body["at"], "store=S1, month=2026-02");
    let mine = story
        .server
        .get(story.who("sun"), &format!("{path}?mine=true"))
        .await;
    assert_eq!(mine.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_thread_is_settled_once_and_only_its_author_changes_a_text() {
    let story = Story::new().await;
    let path = format!("{}/comments", story.plan);
    let remark = json!({ "at": "store=S1", "text": "too high" });
    let first = story.server.post(story.who("sun"), &path, remark).await;
    let id = first.body["id"].as_str().unwrap();
    let reply = json!({ "text": "no", "reply_to": id });
    let reply = story.server.post(story.who("zhao"), &path, reply).await;
    let reply = format!("/comments/{}", reply.body["id"].as_str().unwrap());
    let place = format!("/comments/{id}");
    for (who, place, tag, body, told) in [
        (
            "zhao",
            &place,
            "\"1\"",
            json!({ "text": "low" }),
            "403 forbidden",
        ),
        (
            "zhao",
            &reply,
            "\"1\"",
            json!({ "resolved": true }),
            "409 comment_not_first",
        ),
        ("zhao", &place, "\"1\"", json!({ "resolved": true }), "200"),
        (
            "sun",
            &place,
            "\"1\"",
            json!({ "text": "fine" }),
            "412 version_stale",
        ),
        ("sun", &place, "\"2\"", json!({ "text": "fine" }), "200"),
    ] {
        let done = story
            .asks(who, Method::PATCH, place, tag, Some(body.clone()))
            .await;
        assert_eq!(done.told(), told, "{who} {body} {}", done.body);
    }
    for (query, count) in [
        ("resolved=true", 2),
        ("resolved=false", 0),
        ("at=store%3DS2", 0),
    ] {
        let listed = story
            .server
            .get(story.who("wang"), &format!("{path}?{query}"))
            .await;
        assert_eq!(
            listed.body["items"].as_array().unwrap().len(),
            count,
            "{query}"
        );
    }
}

#[tokio::test]
async fn cells_that_are_remarked_on_are_marked() {
    let story = Story::new().await;
    let (path, slices) = (
        format!("{}/comments", story.plan),
        format!("{}/slices?rows=store:all&columns=time:month", story.plan),
    );
    // Which cells somebody sees marked, and the tag of what they see.
    let marked = async |who: &str| {
        let slice = story.server.get(story.who(who), &slices).await;
        assert_eq!(slice.told(), "200", "{}", slice.body);
        let key = |side: &str, at: &serde_json::Value| {
            let at = at.as_u64().unwrap() as usize;
            slice.body[side][at]["key"].as_str().unwrap().to_owned()
        };
        let marks = slice.body["marks"]["commented"].as_array().unwrap();
        let cells = marks.iter().map(|pair| {
            let (row, column) = (key("rows", &pair[0]), key("columns", &pair[1]));
            format!("{row}, {column}")
        });
        (
            cells.collect::<Vec<_>>().join("; "),
            slice.etag().to_owned(),
        )
    };
    assert_eq!(marked("zhao").await.0, "");
    let (_, before) = marked("sun").await;
    let remark = json!({ "at": "store=S1, month=2026-02", "text": "a quiet month" });
    let made = story
        .server
        .post(story.who("zhao"), &path, remark.clone())
        .await;
    assert_eq!(made.told(), "201", "{}", made.body);
    // Nobody is told that nothing changed, and each sees the marks of their own cells.
    let asked = async |who: &str, tag: &str| {
        let seen = [("if-none-match", tag)];
        let slice = story
            .server
            .ask(Some(story.who(who)), Method::GET, &slices, &seen, None);
        slice.await.status.as_u16()
    };
    assert_eq!(asked("sun", &before).await, 200);
    for (who, cells) in [
        ("zhao", "store=S1, month=2026-02"),
        ("sun", "store=S1, month=2026-02"),
        ("wang", "store=S1, month=2026-02"),
        ("qian", ""),
        ("zhou", ""),
    ] {
        assert_eq!(marked(who).await.0, cells, "{who}");
    }
    let (_, tag) = marked("sun").await;
    assert_eq!(asked("sun", &tag).await, 304);
    // An answer in the thread is no other mark; settled, the mark is gone.
    let id = made.body["id"].as_str().unwrap();
    let reply = json!({ "text": "we run a campaign", "reply_to": id });
    story.server.post(story.who("sun"), &path, reply).await;
    assert_eq!(marked("sun").await.0, "store=S1, month=2026-02");
    assert_eq!(asked("sun", &tag).await, 200);
    let settled = story
        .server
        .ask(
            Some(story.who("zhao")),
            Method::PATCH,
            &format!("/comments/{id}"),
            &[("if-match", made.etag())],
            Some(json!({ "resolved": true })),
        )
        .await;
    assert_eq!(settled.told(), "200", "{}", settled.body);
    assert_eq!(marked("sun").await.0, "");
    // The tag of a slice still says which version an edit has seen.
    let (_, tag) = marked("wang").await;
    assert!(tag.contains('.'), "{tag}");
    let edit = json!({ "operations": [{ "set": "store=S1, month=2026-06", "to": "+1%" }] });
    let preview = format!("{}/previews", story.plan);
    let seen = story
        .server
        .ask(
            Some(story.who("wang")),
            Method::POST,
            &preview,
            &[("if-match", &tag)],
            Some(edit),
        )
        .await;
    assert_ne!(seen.told(), "400 if_match_invalid", "{}", seen.body);
}
