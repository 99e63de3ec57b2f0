//! Dimensions with days, measures and calendars on both kinds of databases.

use std::collections::BTreeMap;

use fenjie_store::dimension::{DimensionRecord, EntryKind, EntryRecord, MemberRecord, MemberSpan};
use fenjie_store::{DimensionId, EntryId, MemberId, OrganisationId, Page, Store};
use fenjie_store_tests::{databases, make};
use serde_json::json;

fn dimension(organisation: &OrganisationId) -> DimensionRecord {
    DimensionRecord {
        id: DimensionId::of(1),
        organisation: organisation.clone(),
        code: "org".into(),
        name: "组织".into(),
        is_organisation: true,
        revision: 1,
        updated_at: make::moment(),
    }
}

fn member(organisation: &OrganisationId) -> MemberRecord {
    let span = |from: &str, to: Option<&str>, parent: &str| MemberSpan {
        valid_from: from.into(),
        valid_to: to.map(str::to_owned),
        name: "王芳".into(),
        parent: Some(parent.into()),
        attributes: BTreeMap::from([("capacity".into(), "1.5".into())]),
    };
    MemberRecord {
        id: MemberId::of(1),
        organisation: organisation.clone(),
        dimension: DimensionId::of(1),
        code: "P1".into(),
        spans: vec![
            span("2026-01-01", Some("2026-06-30"), "S1"),
            span("2026-07-01", None, "S2"),
        ],
        revision: 1,
        updated_at: make::moment(),
    }
}

#[tokio::test]
async fn dimensions_and_members_with_their_days() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let other = make::kept_organisation(&store, "other").await;
        let (org, wang) = (dimension(&acme), member(&acme));
        let mut tx = store.write().await.unwrap();
        tx.add_dimension(&org).await.unwrap();
        tx.add_member(&wang).await.unwrap();
        assert_eq!(
            tx.dimension(&acme, &org.id).await.unwrap(),
            Some(org.clone())
        );
        assert_eq!(tx.dimension(&other, &org.id).await.unwrap(), None);
        assert_eq!(tx.dimensions(&acme).await.unwrap(), vec![org.clone()]);
        assert!(tx.dimensions(&other).await.unwrap().is_empty());
        assert_eq!(
            tx.member(&acme, &wang.id).await.unwrap(),
            Some(wang.clone())
        );
        assert_eq!(tx.member(&other, &wang.id).await.unwrap(), None);
        assert_eq!(
            tx.members(&acme, &org.id).await.unwrap(),
            vec![wang.clone()]
        );
        assert!(tx.members(&other, &org.id).await.unwrap().is_empty());

        let renamed = DimensionRecord {
            name: "销售组织".into(),
            ..org.clone()
        };
        assert!(tx.update_dimension(&renamed, 1).await.unwrap());
        assert!(
            !tx.update_dimension(&renamed, 1).await.unwrap(),
            "seen before"
        );
        let mut moved = wang.clone();
        moved.spans.truncate(1);
        assert!(tx.update_member(&moved, 1).await.unwrap());
        assert!(!tx.update_member(&moved, 1).await.unwrap(), "seen before");
        let found = tx.member(&acme, &wang.id).await.unwrap().unwrap();
        assert_eq!((found.spans.len(), found.revision), (1, 2));
        assert!(!tx.remove_dimension(&other, &org.id).await.unwrap());
        let empty = DimensionRecord {
            id: DimensionId::of(2),
            code: "product".into(),
            ..org.clone()
        };
        tx.add_dimension(&empty).await.unwrap();
        assert!(tx.remove_dimension(&acme, &empty.id).await.unwrap());
        assert!(!tx.remove_dimension(&acme, &empty.id).await.unwrap());
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn measures_and_calendars_stand_apart() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let other = make::kept_organisation(&store, "other").await;
        let sales = EntryRecord {
            id: EntryId::of(1),
            organisation: acme.clone(),
            kind: EntryKind::Measure,
            code: "sales".into(),
            name: "销售额".into(),
            content: json!({ "unit": "CNY" }),
            revision: 1,
            updated_at: make::moment(),
        };
        let page = Page::default();
        let mut tx = store.write().await.unwrap();
        tx.add_entry(&sales).await.unwrap();
        assert_eq!(
            tx.entry(&acme, &sales.id).await.unwrap(),
            Some(sales.clone())
        );
        assert_eq!(tx.entry(&other, &sales.id).await.unwrap(), None);
        let measures = tx.entries(&acme, EntryKind::Measure, &page).await.unwrap();
        assert_eq!(measures.items, vec![sales.clone()]);
        let calendars = tx.entries(&acme, EntryKind::Calendar, &page).await.unwrap();
        assert!(calendars.items.is_empty());
        let renamed = EntryRecord {
            name: "净销售额".into(),
            ..sales.clone()
        };
        assert!(tx.update_entry(&renamed, 1).await.unwrap());
        assert!(!tx.update_entry(&renamed, 1).await.unwrap(), "seen before");
        assert!(!tx.remove_entry(&other, &sales.id).await.unwrap());
        assert!(tx.remove_entry(&acme, &sales.id).await.unwrap());
        tx.commit().await.unwrap();
    }
}
