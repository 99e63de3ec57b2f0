//! The records that everything stands on, on both kinds of databases: kept, found again alike, walled
//! off between organisations, refused in conflict, read page by page, gone where the transaction is.

use fenjie_store::idempotency::KeptAnswer;
use fenjie_store::merge::Merge;
use fenjie_store::people::{Role, Scope, Token, User};
use fenjie_store::plans::{Branch, PlanInput, PlanLine, PlanRecord, PlanStatus};
use fenjie_store::view::View;
use fenjie_store::{
    Kept, Listed, OrganisationId, Page, PlanId, Store, StoreError, Timestamp, TokenId, Transaction,
    UserId, ViewId,
};
use fenjie_store_tests::{databases, make};
use serde_json::json;

fn user(organisation: &OrganisationId, number: u128, login: &str) -> User {
    User {
        id: UserId::of(number),
        organisation: organisation.clone(),
        login: login.into(),
        name: "王芳".into(),
        email: Some("wang@example.com".into()),
        role: Role::Manager,
        scope: Scope::DepartmentAndBelow,
        member: Some("华东".into()),
        reports_to: None,
        language: Some("zh".into()),
        active: true,
        password_hash: Some("$argon2id$".into()),
        revision: 1,
        created_at: make::moment(),
    }
}

pub fn plan(organisation: &OrganisationId, number: u128) -> PlanRecord {
    PlanRecord {
        id: PlanId::of(number),
        organisation: organisation.clone(),
        name: "2026 年度目标".into(),
        scope_axis: Some("org".into()),
        branched_from: Some(Branch {
            plan: PlanId::of(77),
            sequence: 3,
        }),
        status: PlanStatus::Draft,
        last_sequence: 1,
        last_hash: "h1".into(),
        revision: 1,
        created_by: UserId::of(1),
        created_at: make::moment(),
        archived_at: None,
    }
}

pub fn line(sequence: u64) -> PlanLine {
    PlanLine {
        sequence,
        line: format!("{{\"第\":{sequence},\"quote\":\"'\\\"\"}}"),
        hash: format!("h{sequence}"),
        user: sequence.is_multiple_of(2).then(|| UserId::of(1)),
        at: make::moment(),
    }
}

fn conflict<T: std::fmt::Debug>(kept: Kept<T>) -> String {
    match kept {
        Err(StoreError::Conflict { what }) => what,
        other => panic!("no conflict but {other:?}"),
    }
}

/// Two organisations on a store.
async fn two(store: &dyn Store) -> (OrganisationId, OrganisationId) {
    (
        make::kept_organisation(store, "acme").await,
        make::kept_organisation(store, "other").await,
    )
}

/// Walks a list to its end, some at a time, and gives the keys.
async fn walked<T, K>(
    tx: &mut Box<dyn Transaction>,
    each: impl AsyncFn(&mut Box<dyn Transaction>, Page) -> Kept<Listed<T>>,
    key: impl Fn(&T) -> K,
) -> Vec<K> {
    let mut page = Page {
        after: None,
        limit: 3,
    };
    let mut keys = Vec::new();
    loop {
        let listed = each(tx, page.clone()).await.unwrap();
        assert!(listed.items.len() <= 3);
        keys.extend(listed.items.iter().map(&key));
        page.after = listed.next;
        if page.after.is_none() {
            return keys;
        }
    }
}

#[tokio::test]
async fn people_are_kept_walled_off_and_changed_by_who_saw_the_last_version() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = two(&store).await;
        let wang = user(&acme, 1, "Wang");
        let mut tx = store.write().await.unwrap();
        assert!(!tx.has_users().await.unwrap());
        tx.add_user(&wang).await.unwrap();
        tx.add_user(&user(&other, 2, "wang")).await.unwrap();
        for number in 10..17 {
            let login = format!("p{number}");
            tx.add_user(&user(&acme, number, &login)).await.unwrap();
        }
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        let taken = conflict(tx.add_user(&user(&acme, 3, "WANG")).await);
        assert_eq!(taken, "users", "{}", database.kind);
        drop(tx);

        let mut tx = store.write().await.unwrap();
        assert!(tx.has_users().await.unwrap());
        assert_eq!(tx.user(&acme, &wang.id).await, Ok(Some(wang.clone())));
        assert_eq!(tx.user(&other, &wang.id).await, Ok(None));
        let found = tx.user_by_login(&acme, "wAnG").await.unwrap();
        assert_eq!(found, Some(wang.clone()));
        let some = [
            wang.id.clone(),
            UserId::of(12),
            UserId::of(2),
            UserId::of(99),
        ];
        let names = tx.names(&acme, &some).await.unwrap();
        let called: Vec<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
        let known = [&wang.name, &user(&acme, 12, "p12").name];
        assert_eq!(called, known, "{}: those of others are not", database.kind);
        assert_eq!(tx.names(&other, &some[..1]).await, Ok(vec![]));
        assert_eq!(tx.names(&acme, &[]).await, Ok(vec![]));
        let ids = walked(
            &mut tx,
            async |tx, page| tx.users(&acme, &page).await,
            |user| user.id.clone(),
        );
        let ids = ids.await;
        assert_eq!((ids.len(), ids.is_sorted()), (8, true));

        let mut changed = User {
            name: "王方".into(),
            email: None,
            ..wang.clone()
        };
        assert_eq!(tx.update_user(&changed, 1).await, Ok(true));
        assert_eq!(tx.update_user(&changed, 1).await, Ok(false));
        changed.revision = 2;
        assert_eq!(tx.user(&acme, &wang.id).await, Ok(Some(changed.clone())));
        let stolen = User {
            organisation: other.clone(),
            ..changed
        };
        assert_eq!(tx.update_user(&stolen, 2).await, Ok(false));

        let token = Token {
            id: TokenId::of(1),
            organisation: acme.clone(),
            user: wang.id.clone(),
            name: "报表".into(),
            secret_hash: "s1".into(),
            scopes: vec!["plan:read".into()],
            expires_at: Some(make::moment()),
            used_at: None,
            revoked_at: None,
            created_at: make::moment(),
        };
        tx.add_token(&token).await.unwrap();
        assert_eq!(tx.token_by_secret("s1").await, Ok(Some(token)));
        assert_eq!(tx.token_by_secret("s2").await, Ok(None));
    }
}

#[tokio::test]
async fn plans_and_their_lines_are_kept_in_order_and_walled_off() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = two(&store).await;
        let input = PlanInput {
            stored: "inputs/a.csv".into(),
            sha256: "a0".into(),
            bytes: (0..=255).collect(),
        };
        let record = plan(&acme, 1);
        let mut tx = store.write().await.unwrap();
        let lines = [line(0), line(1)];
        tx.add_plan(&record, &lines, std::slice::from_ref(&input))
            .await
            .unwrap();
        for number in 2..9 {
            tx.add_plan(&plan(&acme, number), &lines, &[])
                .await
                .unwrap();
        }
        assert_eq!(tx.plan(&acme, &record.id).await, Ok(Some(record.clone())));
        assert_eq!(tx.plan(&other, &record.id).await, Ok(None));
        assert_eq!(tx.inputs(&acme, &record.id).await, Ok(vec![input]));
        assert_eq!(tx.inputs(&other, &record.id).await, Ok(vec![]));
        let ids = walked(
            &mut tx,
            async |tx, page| tx.plans(&acme, &page).await,
            |plan| plan.id.clone(),
        );
        assert_eq!(ids.await.len(), 8);

        // A scenario has the lines of its plan up to where it branched off, and its files.
        let branch = PlanRecord {
            branched_from: Some(Branch {
                plan: record.id.clone(),
                sequence: 0,
            }),
            last_sequence: 0,
            last_hash: "h0".into(),
            ..plan(&acme, 20)
        };
        tx.add_branch(&branch).await.unwrap();
        assert_eq!(tx.plan(&acme, &branch.id).await, Ok(Some(branch.clone())));
        let of_branch = tx.lines(&acme, &branch.id, 0, 9).await;
        assert_eq!(of_branch, Ok(vec![line(0)]), "{}", database.kind);
        assert_eq!(tx.inputs(&acme, &branch.id).await.unwrap().len(), 1);

        // More lines than one statement takes.
        let many: Vec<PlanLine> = (2..1_300).map(line).collect();
        tx.append_lines(&acme, &record.id, 1, &many).await.unwrap();
        let found = tx.lines(&acme, &record.id, 1_000, 500).await.unwrap();
        assert_eq!(found, many[998..]);
        assert_eq!(tx.lines(&acme, &record.id, 0, 2).await, Ok(lines.to_vec()));
        assert_eq!(tx.lines(&other, &record.id, 0, 2).await, Ok(vec![]));
        let late = tx.append_lines(&acme, &record.id, 1, &[line(2)]).await;
        assert_eq!(conflict(late), "plan_lines");
        let strange = tx
            .append_lines(&other, &record.id, 1_299, &[line(1_300)])
            .await;
        assert_eq!(conflict(strange), "plan_lines");

        let locked = PlanRecord {
            status: PlanStatus::Locked,
            archived_at: Some(make::moment()),
            last_sequence: 1_299,
            last_hash: "h1299".into(),
            ..record.clone()
        };
        assert_eq!(tx.update_plan(&locked, 1).await, Ok(true));
        assert_eq!(tx.update_plan(&locked, 1).await, Ok(false));
        let now = PlanRecord {
            revision: 2,
            ..locked
        };
        assert_eq!(tx.plan(&acme, &record.id).await, Ok(Some(now)));
        tx.commit().await.unwrap();

        // What is dropped has not happened.
        let mut tx = store.write().await.unwrap();
        tx.append_lines(&acme, &record.id, 1_299, &[line(1_300)])
            .await
            .unwrap();
        drop(tx);
        let mut tx = store.read().await.unwrap();
        let found = tx.plan(&acme, &record.id).await.unwrap().unwrap();
        assert_eq!(found.last_sequence, 1_299, "{}", database.kind);
    }
}

#[tokio::test]
async fn two_writers_of_one_plan_never_both_write_the_same_number() {
    for database in databases().await {
        let store = std::sync::Arc::new(database.open().await);
        let (acme, _) = two(&*store).await;
        let record = plan(&acme, 1);
        let mut tx = store.write().await.unwrap();
        tx.add_plan(&record, &[line(0), line(1)], &[])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let writers = (0..8).map(|_| {
            let (store, acme, id) = (store.clone(), acme.clone(), record.id.clone());
            tokio::spawn(async move {
                let mut won = 0;
                for after in 1..20 {
                    let mut tx = store.write().await.unwrap();
                    let appended = tx.append_lines(&acme, &id, after, &[line(after + 1)]).await;
                    if appended.is_ok() && tx.commit().await.is_ok() {
                        won += 1;
                    }
                }
                won
            })
        });
        let won: u32 = futures::future::join_all(writers)
            .await
            .into_iter()
            .map(|won| won.unwrap())
            .sum();
        let mut tx = store.read().await.unwrap();
        let lines = tx.lines(&acme, &record.id, 0, 100).await.unwrap();
        let numbers: Vec<u64> = lines.iter().map(|line| line.sequence).collect();
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
        assert_eq!(numbers.len() as u32, 2 + won, "{}", database.kind);
    }
}

#[tokio::test]
async fn views_are_seen_by_their_owner_and_where_shared_by_all() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = two(&store).await;
        let view = View {
            id: ViewId::of(1),
            organisation: acme.clone(),
            owner: UserId::of(1),
            plan: None,
            name: "华东按周".into(),
            content: json!({ "rows": ["org"], "limit": 1.50 }),
            shared: false,
            revision: 1,
            updated_at: make::moment(),
        };
        let mut tx = store.write().await.unwrap();
        tx.add_view(&view).await.unwrap();
        let (mine, theirs) = (UserId::of(1), UserId::of(2));
        let page = Page::default();
        assert_eq!(tx.view(&acme, &view.id).await, Ok(Some(view.clone())));
        assert_eq!(tx.view(&other, &view.id).await, Ok(None));
        assert_eq!(tx.views(&acme, &mine, &page).await.unwrap().items.len(), 1);
        assert_eq!(
            tx.views(&acme, &theirs, &page).await.unwrap().items.len(),
            0
        );
        let shared = View {
            shared: true,
            ..view.clone()
        };
        assert_eq!(tx.update_view(&shared, 1).await, Ok(true));
        assert_eq!(tx.update_view(&shared, 1).await, Ok(false));
        assert_eq!(
            tx.views(&acme, &theirs, &page).await.unwrap().items.len(),
            1
        );
        assert_eq!(
            tx.views(&other, &theirs, &page).await.unwrap().items.len(),
            0
        );
        assert_eq!(tx.remove_view(&other, &view.id).await, Ok(false));
        assert_eq!(tx.remove_view(&acme, &view.id).await, Ok(true));
        assert_eq!(tx.remove_view(&acme, &view.id).await, Ok(false));
    }
}

#[tokio::test]
async fn an_answer_is_kept_once_under_its_key_and_forgotten_when_old() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = two(&store).await;
        let mut tx = store.write().await.unwrap();
        tx.add_user(&user(&acme, 1, "wang")).await.unwrap();
        let wang = UserId::of(1);
        let answer = KeptAnswer {
            request_hash: "r".into(),
            status: 201,
            headers: vec![("etag".into(), "\"1\"".into())],
            body: "{\"名\":1}".into(),
            at: make::moment(),
        };
        tx.keep_answer(&acme, &wang, "k", &answer).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert_eq!(
            conflict(tx.keep_answer(&acme, &wang, "k", &answer).await),
            "kept_answers"
        );
        drop(tx);
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.kept_answer(&acme, &wang, "k").await, Ok(Some(answer)));
        assert_eq!(tx.kept_answer(&other, &wang, "k").await, Ok(None));
        assert_eq!(tx.forget_answers(make::moment()).await, Ok(0));
        assert_eq!(tx.forget_answers(Timestamp::now()).await, Ok(1));
        assert_eq!(tx.kept_answer(&acme, &wang, "k").await, Ok(None));
    }
}

#[tokio::test]
async fn organisations_are_known_by_code_and_a_code_is_one_organisations() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = two(&store).await;
        let mut tx = store.read().await.unwrap();
        let known = tx.organisations().await.unwrap();
        let ids: Vec<_> = known.iter().map(|one| one.id.clone()).collect();
        assert_eq!(ids, [acme.clone(), other]);
        assert_eq!(tx.organisation(&acme).await, Ok(Some(known[0].clone())));
        assert_eq!(tx.organisation(&OrganisationId::of(5)).await, Ok(None));
        drop(tx);
        let mut tx = store.write().await.unwrap();
        let taken = conflict(tx.add_organisation(&make::organisation("acme")).await);
        assert_eq!(taken, "organisations");
    }
}

#[tokio::test]
async fn a_reader_sees_one_moment() {
    for database in databases().await {
        let store = database.open().await;
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.organisations().await.unwrap().len(), 0);
        make::kept_organisation(&store, "acme").await;
        assert_eq!(
            reader.organisations().await.unwrap().len(),
            0,
            "{}",
            database.kind
        );
        drop(reader);
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.organisations().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn how_a_scenario_was_brought_back_is_kept_in_order() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = two(&store).await;
        let mut tx = store.write().await.unwrap();
        for number in [7, 8] {
            let own = PlanRecord {
                branched_from: None,
                ..plan(&acme, number)
            };
            tx.add_plan(&own, &[line(0), line(1)], &[]).await.unwrap();
        }
        let (into, from) = (PlanId::of(7), PlanId::of(8));
        let merge = |until: u64| Merge {
            organisation: acme.clone(),
            plan: into.clone(),
            scenario: from.clone(),
            until,
            operations: vec![(until - 1, 4), (until, 5)],
            at: make::moment(),
        };
        tx.add_merge(&merge(9)).await.unwrap();
        tx.add_merge(&merge(6)).await.unwrap();
        let kept = tx.merges(&acme, &into, &from).await.unwrap();
        assert_eq!(kept, [merge(6), merge(9)]);
        assert_eq!(tx.merges(&acme, &from, &into).await.unwrap(), []);
        assert_eq!(tx.merges(&other, &into, &from).await.unwrap(), []);
        assert_eq!(conflict(tx.add_merge(&merge(6)).await), "plan_merges");
    }
}
