//! Pictures and files of standings, as people of every scope take them away: the store chain in March
//! 2026, looked at from the 18th.

use fenjie_store::people::{Role, Scope};

use crate::harness::Server;
use crate::tracking::{chain, taken};

const MARCH: &str = "period=2026-03&as_of=2026-03-18";
const KINDS: [&str; 4] = ["burn_up", "board", "heat_calendar", "bridge"];

#[tokio::test]
async fn pictures_show_ones_own_part() {
    let (server, wang, plan) = chain().await;
    let total = server
        .get(&wang, &format!("{plan}/standings?by=store&{MARCH}"))
        .await;
    let total = total.body["totals"][0]["actual"]
        .as_str()
        .unwrap()
        .to_owned();
    let total = total.split('.').next().unwrap().to_owned();
    for (scope, member, hidden) in [
        (
            Scope::DepartmentAndBelow,
            "east",
            &["West", "Liberation Road", "University"][..],
        ),
        (
            Scope::Own,
            "S2",
            &["East", "West", "Liberation Road", "People"][..],
        ),
    ] {
        let who = server.person(Role::Manager, scope, Some(member)).await;
        for kind in KINDS {
            let by = if kind == "bridge" { "days" } else { "store" };
            let path = format!("{plan}/charts/{kind}?by={by}&{MARCH}");
            let (status, media, bytes) = taken(&server, &who, &path, &[]).await;
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(
                (status, media.as_str()),
                (200, "image/svg+xml"),
                "{kind}: {text}"
            );
            assert!(
                text.starts_with("<svg ") && !text.contains("<script"),
                "{kind}"
            );
            for name in hidden {
                assert!(
                    !text.contains(name),
                    "{member} sees {name} in {kind}: {text}"
                );
            }
            assert!(!text.replace(',', "").contains(&total), "{member} {kind}");
        }
    }
}

#[tokio::test]
async fn pictures_look_as_asked_for() {
    let (server, wang, plan) = chain().await;
    let drawn = |query: &'static str| {
        let path = format!("{plan}/charts/board?by=store&{MARCH}&{query}");
        let (server, wang) = (&server, &wang);
        async move {
            let (status, _, bytes) = taken(server, wang, &path, &[]).await;
            assert_eq!(status, 200, "{query}");
            String::from_utf8_lossy(&bytes).into_owned()
        }
    };
    let usual = drawn("").await;
    assert!(
        usual.contains("width=\"760\"") && usual.contains("#ffffff"),
        "{usual}"
    );
    assert!(drawn("theme=dark").await.contains("#1b1d20"));
    assert!(drawn("width=400").await.contains("width=\"400\""));
    assert!(drawn("lang=zh").await.contains("进度榜"));
    assert!(drawn("unit=wan&lang=zh").await.contains('万'));
    // Nothing in a picture can run, and a browser that opens it alone saves it.
    let path = format!("/api/v1{plan}/charts/board?by=store&{MARCH}");
    let key = format!("Bearer {}", wang.secret());
    let answer = server
        .whole(&path, &[("authorization", key.as_str())])
        .await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-security-policy").contains("default-src 'none'"));
    assert!(header("content-disposition").starts_with("attachment; "));
    assert_eq!(header("x-content-type-options"), "nosniff");
    let seen = [
        ("authorization", key.as_str()),
        ("if-none-match", &header("etag")),
    ];
    assert_eq!(server.whole(&path, &seen).await.status().as_u16(), 304);
}

#[tokio::test]
async fn pixels_where_the_machine_has_fonts() {
    let (server, wang, plan) = chain().await;
    let path = format!("{plan}/charts/burn_up?{MARCH}&lang=en&width=400");
    let (status, media, bytes) = taken(&server, &wang, &path, &[("accept", "image/png")]).await;
    match status {
        200 => {
            assert_eq!(media, "image/png");
            assert!(bytes.starts_with(b"\x89PNG"));
        }
        _ => assert!(String::from_utf8_lossy(&bytes).contains("chart_font_missing")),
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_picture_is_said() {
    let (server, wang, plan) = chain().await;
    let seller = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let mut wrong = Vec::new();
    for (who, asked, told) in [
        (&wang, "charts/pie", "404 not_found"),
        (&wang, "charts/board?width=319", "400 width_out_of_range"),
        (&wang, "charts/board?width=4001", "400 width_out_of_range"),
        (
            &wang,
            "charts/board?width=2001&format=png",
            "400 width_out_of_range",
        ),
        (&wang, "charts/board?unit=cent", "400 unit_unknown"),
        (&wang, "charts/board?theme=pink", "400 query_invalid"),
        (&wang, "charts/board?format=pdf", "400 query_invalid"),
        (&wang, "charts/board?lang=fr", "400 query_invalid"),
        (&wang, "charts/composition", "400 composition_missing"),
        (&wang, "charts/bridge?by=colour", "400 bridge_by_unknown"),
        (&seller, "charts/bridge?by=store", "400 bridge_by_unknown"),
        (&seller, "charts/board?at=store=S2", "404 not_found"),
        (&seller, "charts/burn_up?at=store=east", "404 not_found"),
        (&wang, "exports?what=chart&format=svg", "400 chart_unknown"),
        (
            &wang,
            "exports?what=chart&format=csv&chart=board",
            "400 format_unfit",
        ),
        (
            &wang,
            "exports?what=standings&format=svg",
            "400 format_unfit",
        ),
        (&wang, "exports?what=pack&format=csv", "400 format_unfit"),
        (&wang, "exports?what=targets&format=svg", "400 format_unfit"),
        (
            &seller,
            "exports?what=pack&format=md&at=store=S2",
            "404 not_found",
        ),
    ] {
        let found = server.get(who, &format!("{plan}/{asked}")).await;
        wrong.extend((found.told() != told).then(|| format!("{asked}: {}", found.body)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn standings_packs_and_pictures_as_files() {
    let (server, wang, plan) = chain().await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    for who in [&wang, &east] {
        let seen = server
            .get(who, &format!("{plan}/standings?by=store&{MARCH}"))
            .await;
        let lines = seen.body["items"].as_array().unwrap();
        let path = format!("{plan}/exports?what=standings&by=store&{MARCH}&format=");
        let (_, media, bytes) = taken(&server, who, &format!("{path}csv"), &[]).await;
        assert_eq!(media, "text/csv; charset=utf-8");
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count(), 2 + lines.len(), "{text}");
        for line in lines {
            let (at, actual) = (
                line["at"].as_str().unwrap(),
                line["actual"].as_str().unwrap(),
            );
            let row = text.lines().find(|row| row.contains(&format!(",{at},")));
            assert!(row.unwrap().contains(&format!(",{actual},")), "{text}");
        }
        let (_, _, bytes) = taken(&server, who, &format!("{path}json"), &[]).await;
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(json[0]["line"], "total");
        assert_eq!(json[0]["actual"], seen.body["totals"][0]["actual"]);
        let (status, _, bytes) = taken(&server, who, &format!("{path}xlsx"), &[]).await;
        assert!(status == 200 && bytes.starts_with(b"PK"));
    }
    for (what, kind) in [
        ("pack&format=md", "text/markdown; charset=utf-8"),
        ("pack&format=json", "application/json"),
        (
            "pack&format=xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("chart&chart=board&format=svg", "image/svg+xml"),
    ] {
        let path = format!("{plan}/exports?what={what}&{MARCH}");
        let (status, media, bytes) = taken(&server, &east, &path, &[]).await;
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!((status, media.as_str()), (200, kind), "{text}");
        assert!(!text.contains("Liberation"), "{what}: {text}");
    }
}

#[tokio::test]
async fn what_business_is_made_of_as_a_picture() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "brief-2026").await;
    let path = format!("{plan}/charts/composition?period=2026");
    let (status, _, bytes) = taken(&server, &wang, &path, &[]).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
}
