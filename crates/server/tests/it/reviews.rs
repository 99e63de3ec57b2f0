//! Packs of meetings, as people of every scope take them away: the store chain in March 2026, looked
//! at from the 18th.

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::json;

use crate::harness::{Person, Server};
use crate::tracking::{chain, taken};

const MARCH: &str = "period=2026-03&as_of=2026-03-18";

async fn markdown(server: &Server, who: &Person, plan: &str, query: &str) -> String {
    let path = format!("{plan}/reviews?format=md&{query}");
    let (status, kind, bytes) = taken(server, who, &path, &[]).await;
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(
        (status, kind.as_str()),
        (200, "text/markdown; charset=utf-8"),
        "{text}"
    );
    text
}

#[tokio::test]
async fn a_pack_is_cut_to_whose_it_is() {
    let (server, wang, plan) = chain().await;
    let whole = markdown(&server, &wang, &plan, MARCH).await;
    let everyone = ["East", "West", "Lakeside", "Liberation Road"];
    for name in everyone {
        assert!(whole.contains(name), "{name}: {whole}");
    }
    let total = server
        .get(&wang, &format!("{plan}/standings?by=store&{MARCH}"))
        .await;
    let total = total.body["totals"][0]["actual"]
        .as_str()
        .unwrap()
        .to_owned();
    for (scope, member, hidden, shown) in [
        (
            Scope::DepartmentAndBelow,
            "east",
            &["West", "Liberation Road", "S4"][..],
            "Lakeside",
        ),
        (
            Scope::Own,
            "S2",
            &["East", "West", "Liberation Road", "S1"][..],
            "Lakeside",
        ),
        // Who sees an area alone sees none of its stores.
        (
            Scope::Own,
            "east",
            &["West", "Lakeside", "Liberation Road", "S1"][..],
            "East",
        ),
    ] {
        let who = server.person(Role::Manager, scope, Some(member)).await;
        let text = markdown(&server, &who, &plan, MARCH).await;
        assert!(text.contains(shown), "{member}: {text}");
        for name in hidden {
            assert!(!text.contains(name), "{member} sees {name}: {text}");
        }
        let pack = server.get(&who, &format!("{plan}/reviews?{MARCH}")).await;
        assert_eq!(pack.told(), "200", "{}", pack.body);
        assert!(
            !pack.body.to_string().contains(&total),
            "{member}: {}",
            pack.body
        );
        // The figures are those of standings.
        let own = server
            .get(&who, &format!("{plan}/standings?by=store&{MARCH}"))
            .await;
        let figures = &pack.body["results"][0]["figures"];
        for field in ["target", "actual", "gap", "attainment", "expected"] {
            assert_eq!(
                figures[field], own.body["totals"][0][field],
                "{member} {field}"
            );
        }
    }
}

#[tokio::test]
async fn decisions_about_everyone_are_not_for_a_part() {
    let (server, wang, plan) = chain().await;
    for (at, text) in [
        ("", "all sell more"),
        ("store=S2", "call the regulars"),
        ("store=S4", "hire two"),
    ] {
        let version = server.version(&wang, &plan).await;
        let decided = json!({
            "resolve": text, "period": "month=2026-03", "owner": "Wang"
        });
        let decided = match at {
            "" => decided,
            at => json!({ "at": at, "resolve": text, "period": "month=2026-03" }),
        };
        let done = server.apply(&wang, &plan, version, decided).await;
        assert_eq!(done.told(), "200", "{}", done.body);
    }
    let lead = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let decided = |body: &serde_json::Value| {
        let lines = body["decided_here"].as_array().unwrap().iter();
        let texts: Vec<&str> = lines.map(|line| line["text"].as_str().unwrap()).collect();
        texts.join("; ")
    };
    let whole = server.get(&wang, &format!("{plan}/reviews?{MARCH}")).await;
    assert_eq!(
        decided(&whole.body),
        "all sell more; call the regulars; hire two"
    );
    let part = server.get(&lead, &format!("{plan}/reviews?{MARCH}")).await;
    assert_eq!(decided(&part.body), "call the regulars");
}

#[tokio::test]
async fn every_period_and_every_form_in_both_languages() {
    let (server, wang, plan) = chain().await;
    for (period, label) in [
        ("2026-W11", "week"),
        ("2026-03-10", "week"),
        ("2026-02", "month"),
        ("2026-Q1", "quarter"),
        ("2026", "year"),
        ("month", "month"),
        ("", "week"),
    ] {
        let path = format!("{plan}/reviews?as_of=2026-03-18&period={period}");
        let pack = server.get(&wang, &path).await;
        assert_eq!(pack.told(), "200", "{period}: {}", pack.body);
        assert_eq!(pack.body["period"]["level"], label, "{period}");
    }
    for (accept, kind) in [
        ("application/json", "application/json"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ] {
        let path = format!("{plan}/reviews?{MARCH}");
        let (status, found, bytes) = taken(&server, &wang, &path, &[("accept", accept)]).await;
        assert_eq!((status, found.as_str()), (200, kind));
        assert!(bytes.len() > 1000);
    }
    let path = format!("{plan}/reviews?format=md&{MARCH}");
    let (_, _, bytes) = taken(&server, &wang, &path, &[("accept-language", "zh")]).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.contains("会议材料") && text.contains("## 10 说明"),
        "{text}"
    );
}

#[tokio::test]
async fn what_somebody_has_is_not_sent_again() {
    let (server, wang, plan) = chain().await;
    for format in ["json", "md", "xlsx"] {
        let path = format!("{plan}/reviews?format={format}&{MARCH}");
        let first = server
            .send(&wang, Method::GET, &path, &[], Default::default())
            .await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        let again = server
            .send(
                &wang,
                Method::GET,
                &path,
                &[("if-none-match", &tag)],
                Default::default(),
            )
            .await;
        assert_eq!(again.status().as_u16(), 304, "{format}");
        assert_eq!(again.headers()["etag"].to_str().unwrap(), tag);
        let zh = [("if-none-match", tag.as_str()), ("accept-language", "zh")];
        let other = server
            .send(&wang, Method::GET, &path, &zh, Default::default())
            .await;
        assert_eq!(other.status().as_u16(), 200, "{format}");
    }
    // A sale makes it another pack, though the plan is the same.
    let path = format!("{plan}/reviews?{MARCH}");
    let first = server.get(&wang, &path).await;
    let more = "time,store,amount\n2026-03-18 10:00,S1,100\n";
    let sales = crate::form::Form::default().file("file", "more.csv", more.as_bytes());
    let begun = server
        .form(&wang, &format!("{plan}/imports"), &[], sales)
        .await;
    server.ended(&wang, &begun).await;
    let headers = [("if-none-match", first.etag())];
    let second = server
        .ask(Some(&wang), Method::GET, &path, &headers, None)
        .await;
    assert_eq!(second.told(), "200", "{}", second.body);
    assert_ne!(second.etag(), first.etag());
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let (server, wang, plan) = chain().await;
    let seller = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let mut wrong = Vec::new();
    for (who, query, told) in [
        (&wang, "period=nonsense", "400 period_unknown"),
        (&wang, "period=2026-03-06%231", "400 review_not_a_period"),
        (&wang, "period=2031-03", "400 review_outside_plan"),
        (&wang, "as_of=yesterday", "400 day_invalid"),
        (&wang, "top=0", "400 top_out_of_range"),
        (&wang, "top=501", "400 top_out_of_range"),
        (&wang, "format=pdf", "400 query_invalid"),
        (&wang, "page=1", "400 query_invalid"),
        (&wang, "at=store=S9", "400 member_unknown"),
        (&wang, "by=nobody", "400 axis_unknown"),
        (&wang, "measure=nothing", "400 measure_unknown"),
        (&seller, "at=store=S2", "404 not_found"),
        (&seller, "at=store=S9", "404 not_found"),
    ] {
        let found = server.get(who, &format!("{plan}/reviews?{query}")).await;
        wrong.extend((found.told() != told).then(|| format!("{query}: {}", found.body)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Who has two parts names one.
    let head = server
        .person(Role::Manager, Scope::OwnAndSubordinates, Some("S1"))
        .await;
    let lead = server.person(Role::Manager, Scope::Own, Some("S4")).await;
    server.reports_to(&lead, &head).await;
    let both = server.get(&head, &format!("{plan}/reviews?{MARCH}")).await;
    assert_eq!(both.told(), "400 place_above_reach");
    let one = server
        .get(&head, &format!("{plan}/reviews?{MARCH}&at=store=S4"))
        .await;
    assert_eq!(one.told(), "200", "{}", one.body);
}
