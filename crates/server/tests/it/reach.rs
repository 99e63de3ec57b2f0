//! Who sees whose rows (rule R3): the same questions asked by people of every scope. The company has two
//! areas: east with the stores S1, S2, S3, and west with S4 and S5.

use fenjie_store::people::{Role, Scope};

use crate::harness::{Person, Server};

/// Codes of members that a person gets from a list.
async fn codes(server: &Server, who: &Person, path: &str) -> String {
    let listed = server.get(who, path).await;
    assert_eq!(listed.told(), "200", "{path}: {}", listed.body);
    let items = listed.body["items"].as_array().unwrap().iter();
    let codes: Vec<&str> = items.map(|item| item["code"].as_str().unwrap()).collect();
    codes.join(" ")
}

#[tokio::test]
async fn everybody_is_listed_their_part_of_the_company() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    for (scope, member, seen) in [
        (Scope::All, None, "chain east S1 S2 S3 west S4 S5"),
        (Scope::Own, Some("S1"), "S1"),
        (Scope::Own, Some("east"), "east"),
        (Scope::OwnAndSubordinates, Some("S4"), "S4"),
        (Scope::OwnAndSubordinates, Some("east"), "east S1 S2 S3"),
        (Scope::Department, Some("S1"), "east S1 S2 S3"),
        (Scope::Department, Some("west"), "west S4 S5"),
        (Scope::DepartmentAndBelow, Some("S5"), "west S4 S5"),
        (Scope::DepartmentAndBelow, Some("east"), "east S1 S2 S3"),
    ] {
        let who = server.person(Role::Manager, scope, member).await;
        let path = format!("{plan}/axes/store/members");
        let listed = codes(&server, &who, &path).await;
        assert_eq!(listed, seen, "{scope:?} {member:?}");
        let slice = server
            .get(&who, &format!("{plan}/slices?rows=store:all"))
            .await;
        let rows = slice.body["rows"].as_array().unwrap().iter();
        let rows: Vec<&str> = rows
            .map(|row| row["members"][0]["code"].as_str().unwrap())
            .collect();
        assert_eq!(rows.join(" "), seen, "{scope:?} {member:?}");
    }
}

#[tokio::test]
async fn those_who_report_to_somebody_over_all_levels_are_within_reach() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&wang, "store-chain").await;
        let head = server
            .person(Role::Manager, Scope::OwnAndSubordinates, Some("S1"))
            .await;
        let lead = server
            .person(Role::Manager, Scope::OwnAndSubordinates, Some("S2"))
            .await;
        let seller = server
            .person(Role::Salesperson, Scope::Own, Some("S4"))
            .await;
        server.reports_to(&lead, &head).await;
        server.reports_to(&seller, &lead).await;
        let path = format!("{plan}/axes/store/members");
        assert_eq!(codes(&server, &head, &path).await, "S1 S2 S4");
        assert_eq!(codes(&server, &lead, &path).await, "S2 S4");
        assert_eq!(codes(&server, &seller, &path).await, "S4");
        // People who report to each other in a ring see each other, and nothing hangs.
        server.reports_to(&head, &seller).await;
        assert_eq!(codes(&server, &lead, &path).await, "S1 S2 S4");
    }
}

#[tokio::test]
async fn what_is_hidden_and_what_is_not_there_are_the_same() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    for (path, hidden, unknown) in [
        ("slices?rows=time:month&at=store=", "S4", "S9"),
        (
            "slices?rows=time:month&at=store=",
            "Liberation Road",
            "Sunset Road",
        ),
        ("axes/store/members?parent=", "west", "north"),
        ("axes/store/members?search=", "Liberation", "Sunset"),
        ("axes/store/members?cursor=", "UzQ", "Uzk"),
        ("slices?rows=store:store&cursor=", "UzQ", "Uzk"),
    ] {
        let first = server
            .get(&east, &format!("{plan}/{path}{}", hidden.replace(' ', "+")))
            .await;
        let other = server
            .get(
                &east,
                &format!("{plan}/{path}{}", unknown.replace(' ', "+")),
            )
            .await;
        assert_eq!(first.told(), other.told(), "{path}");
        let same = first.body.to_string().replace(hidden, "?");
        assert_eq!(same, other.body.to_string().replace(unknown, "?"), "{path}");
    }
}

#[tokio::test]
async fn totals_above_ones_part_are_not_given() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    // Where they leave the company axis out, they mean their own part of it.
    let own = server
        .get(&east, &format!("{plan}/slices?rows=time:month"))
        .await;
    assert_eq!(own.body["at"], "store=east");
    let named = server
        .get(
            &east,
            &format!("{plan}/slices?rows=time:month&at=store=east"),
        )
        .await;
    assert_eq!(own.body["layers"], named.body["layers"]);
    let above = server
        .get(
            &east,
            &format!("{plan}/slices?rows=time:month&at=store=chain"),
        )
        .await;
    assert_eq!(above.told(), "404 not_found");
    // Who has two parts names one.
    let head = server
        .person(Role::Manager, Scope::OwnAndSubordinates, Some("S1"))
        .await;
    let lead = server.person(Role::Manager, Scope::Own, Some("S4")).await;
    server.reports_to(&lead, &head).await;
    let both = server
        .get(&head, &format!("{plan}/slices?rows=time:month"))
        .await;
    assert_eq!(both.told(), "400 place_above_reach");
    let rows = server
        .get(
            &head,
            &format!("{plan}/slices?rows=store&columns=time:month"),
        )
        .await;
    assert_eq!(rows.body["row_count"], 2);
}

#[tokio::test]
async fn holds_and_limits_are_ones_own() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    for (member, holds, limits) in [("east", 1, 0), ("west", 0, 1), ("S2", 1, 0), ("S1", 0, 0)] {
        let who = server
            .person(Role::Manager, Scope::OwnAndSubordinates, Some(member))
            .await;
        let held = server.get(&who, &format!("{plan}/holds")).await;
        assert_eq!(
            held.body["items"].as_array().unwrap().len(),
            holds,
            "{member}"
        );
        let limited = server.get(&who, &format!("{plan}/limits")).await;
        assert_eq!(
            limited.body["items"].as_array().unwrap().len(),
            limits,
            "{member}"
        );
    }
    let held = server.get(&wang, &format!("{plan}/holds")).await;
    assert_eq!(held.body["items"][0]["owner"], "Min Zhao");
    assert_eq!(held.body["items"][0]["reason"], "rebuilt in May");
}

#[tokio::test]
async fn how_a_number_was_made_is_told_without_what_others_got() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/explanations?at=store=S1");
    let whole = server.get(&wang, &path).await;
    let sentence = whole.body["sentence"].as_str().unwrap();
    assert!(sentence.contains("× 170471425 ÷ 348486700"), "{sentence}");
    // The manager of the area sees what the area was given and how it was shared out.
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let shared = server.get(&east, &path).await;
    let steps = shared.body["steps"].as_array().unwrap();
    assert!(
        steps.last().unwrap()["arithmetic"]["weight_sum"].is_string(),
        "{}",
        shared.body
    );
    // Whoever has one store sees its number, and by what rule it came about.
    let own = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let told = server.get(&own, &path).await;
    assert_eq!(told.body["value"], whole.body["value"]);
    let steps = told.body["steps"].as_array().unwrap();
    assert!(
        steps.iter().all(|step| step["arithmetic"].is_null()),
        "{}",
        told.body
    );
    let sentence = told.body["sentence"].as_str().unwrap();
    assert!(sentence.contains("by what there was"), "{sentence}");
    for hidden in ["6000000", "3686329", "East", "east", "÷", "348486700"] {
        assert!(
            !told.body.to_string().contains(hidden),
            "{hidden}: {}",
            told.body
        );
    }
    // Within their store everything is theirs.
    let month = server
        .get(&own, &format!("{plan}/explanations?at=month=2026-02"))
        .await;
    let steps = month.body["steps"].as_array().unwrap();
    assert_eq!(steps.last().unwrap()["arithmetic"]["parent"], "store=S1");
}
