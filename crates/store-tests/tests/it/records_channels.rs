//! Channels, subscriptions, templates, feeds, imports and sales on both kinds of databases, and marks
//! within a transaction.

use fenjie_store::channel::{Channel, Feed, Subscription, WrittenTemplate};
use fenjie_store::imports::{ImportRecord, ImportState, SaleRecord};
use fenjie_store::people::User;
use fenjie_store::{
    ChannelId, FeedId, ImportId, OrganisationId, Page, PlanId, SaleId, Store, SubscriptionId,
    Timestamp, UserId,
};
use fenjie_store_tests::{databases, make};
use jiff::SignedDuration;
use serde_json::json;

use crate::records::{line, plan};

fn after(minutes: i64) -> Timestamp {
    make::moment() + SignedDuration::from_mins(minutes)
}

/// Two organisations, the first with three people and plan 1.
async fn two(store: &dyn Store) -> (OrganisationId, OrganisationId) {
    let acme = make::kept_organisation(store, "acme").await;
    let other = make::kept_organisation(store, "other").await;
    let mut tx = store.write().await.unwrap();
    for number in 1..=3 {
        let above = (number > 1).then(|| UserId::of(number - 1));
        let user = User {
            reports_to: above,
            member: Some(format!("m{number}")),
            ..make::user(&acme, number)
        };
        tx.add_user(&user).await.unwrap();
    }
    tx.add_plan(&plan(&acme, 1), &[line(0), line(1)], &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (acme, other)
}

#[tokio::test]
async fn channels_and_who_hears_what_through_them() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = two(&store).await;
        let channel = Channel {
            id: ChannelId::of(1),
            organisation: acme.clone(),
            name: "销售群".into(),
            kind: "wecom".into(),
            address: "sealed".into(),
            secret: None,
            language: Some("zh".into()),
            active: true,
            revision: 1,
            updated_at: after(0),
        };
        let page = Page::default();
        let mut tx = store.write().await.unwrap();
        tx.add_channel(&channel).await.unwrap();
        assert!(tx.channel(&acme, &channel.id).await.unwrap() == Some(channel.clone()));
        assert!(tx.channel(&other, &channel.id).await.unwrap().is_none());
        assert_eq!(tx.channels(&acme, &page).await.unwrap().items.len(), 1);
        assert_eq!(tx.channels(&other, &page).await.unwrap().items.len(), 0);
        assert_eq!(tx.update_channel(&channel, 1).await, Ok(true));
        assert_eq!(tx.update_channel(&channel, 1).await, Ok(false));
        let wanted = Subscription {
            id: SubscriptionId::of(1),
            organisation: acme.clone(),
            topic: "approval.asked".into(),
            plan: None,
            channel: Some(channel.id.clone()),
            user: None,
            created_at: after(0),
        };
        tx.add_subscription(&wanted).await.unwrap();
        assert_eq!(
            tx.subscription(&acme, &wanted.id).await,
            Ok(Some(wanted.clone()))
        );
        assert_eq!(tx.subscription(&other, &wanted.id).await, Ok(None));
        let listed = tx.subscriptions(&acme, None, &page).await.unwrap();
        assert_eq!(listed.items, std::slice::from_ref(&wanted));
        assert_eq!(
            tx.subscribed(&acme, "approval.asked").await.unwrap().len(),
            1
        );
        assert_eq!(tx.subscribed(&other, "approval.asked").await, Ok(vec![]));
        let sent = tx.sent_since(&acme, &channel.id, after(0)).await;
        assert_eq!(sent, Ok(0), "{}", database.kind);
        assert_eq!(tx.remove_subscription(&other, &wanted.id).await, Ok(false));
        assert_eq!(tx.remove_subscription(&acme, &wanted.id).await, Ok(true));
        assert_eq!(tx.remove_channel(&other, &channel.id).await, Ok(false));
        assert_eq!(tx.remove_channel(&acme, &channel.id).await, Ok(true));
    }
}

#[tokio::test]
async fn templates_and_feeds() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = two(&store).await;
        let (topic, language) = ("approval.asked", "zh");
        let written = WrittenTemplate {
            topic: topic.into(),
            language: language.into(),
            title: "请审批 {plan}".into(),
            body: "…".into(),
            revision: 1,
            updated_at: after(0),
        };
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.put_template(&acme, &written, 0).await, Ok(true));
        assert_eq!(tx.put_template(&acme, &written, 9).await, Ok(false));
        assert!(tx.template(&acme, topic, language).await.unwrap().is_some());
        assert_eq!(tx.template(&other, topic, language).await, Ok(None));
        assert_eq!(tx.remove_template(&other, topic, language).await, Ok(false));
        assert_eq!(tx.remove_template(&acme, topic, language).await, Ok(true));
        let wang = UserId::of(1);
        let feed = Feed {
            id: FeedId::of(1),
            organisation: acme.clone(),
            user: wang.clone(),
            name: "手机日历".into(),
            secret_hash: "f".into(),
            created_at: after(0),
            revoked_at: None,
        };
        tx.add_feed(&feed).await.unwrap();
        assert_eq!(tx.feed_by_secret("f").await, Ok(Some(feed.clone())));
        let page = Page::default();
        assert_eq!(tx.feeds(&acme, &wang, &page).await.unwrap().items.len(), 1);
        assert_eq!(tx.feeds(&other, &wang, &page).await.unwrap().items.len(), 0);
        assert_eq!(
            tx.revoke_feed(&other, &wang, &feed.id, after(1)).await,
            Ok(false)
        );
        assert_eq!(
            tx.revoke_feed(&acme, &wang, &feed.id, after(1)).await,
            Ok(true)
        );
        assert_eq!(tx.feed_by_secret("f").await, Ok(None), "{}", database.kind);
    }
}

#[tokio::test]
async fn imports_and_sales_entered_one_by_one() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other) = two(&store).await;
        let of = PlanId::of(1);
        let import = ImportRecord {
            id: ImportId::of(1),
            organisation: acme.clone(),
            plan: of.clone(),
            file: "销售.csv".into(),
            sha256: "a0".into(),
            bytes: 12,
            options: json!({}),
            dry_run: false,
            state: ImportState::Reading,
            number: None,
            report: None,
            problem: None,
            created_by: UserId::of(1),
            created_at: after(0),
            stamped_at: None,
            ended_at: None,
            runner: "r".into(),
            beat_at: after(0),
            revision: 1,
        };
        let page = Page::default();
        let mut tx = store.write().await.unwrap();
        tx.add_import(&import).await.unwrap();
        assert_eq!(tx.import(&acme, &import.id).await, Ok(Some(import.clone())));
        assert_eq!(tx.import(&other, &import.id).await, Ok(None));
        tx.beat_import(&acme, &import.id, after(1)).await.unwrap();
        assert_eq!(tx.live_imports().await.unwrap()[0].beat_at, after(1));
        let done = ImportRecord {
            state: ImportState::Done,
            number: Some(7),
            report: Some(json!({ "lines": 1.5 })),
            ..import.clone()
        };
        assert_eq!(tx.update_import(&done, 1).await, Ok(true));
        assert_eq!(tx.update_import(&done, 1).await, Ok(false));
        assert_eq!(tx.live_imports().await, Ok(vec![]));
        assert_eq!(tx.imports(&acme, &of, &page).await.unwrap().items.len(), 1);
        assert_eq!(tx.imports(&other, &of, &page).await.unwrap().items.len(), 0);

        let sale = SaleRecord {
            id: SaleId::of(1),
            organisation: acme.clone(),
            plan: of.clone(),
            content: json!({ "amount": "12.50" }),
            external_id: Some("x-1".into()),
            created_by: UserId::of(1),
            created_at: after(0),
            voided_at: None,
            stored: false,
        };
        tx.add_sale(&sale).await.unwrap();
        assert_eq!(tx.sale(&acme, &sale.id).await, Ok(Some(sale.clone())));
        assert_eq!(tx.sale(&other, &sale.id).await, Ok(None));
        assert_eq!(
            tx.sales(&acme, &of, None, &page).await.unwrap().items.len(),
            1
        );
        assert_eq!(
            tx.sales(&other, &of, None, &page)
                .await
                .unwrap()
                .items
                .len(),
            0
        );
        assert_eq!(tx.sales_to_store(&acme, &of, 9).await.unwrap().len(), 1);
        tx.sale_stored(&acme, &sale).await.unwrap();
        assert_eq!(tx.sales_to_store(&acme, &of, 9).await, Ok(vec![]));
        assert_eq!(tx.void_sale(&other, &sale.id, after(1)).await, Ok(false));
        assert_eq!(tx.void_sale(&acme, &sale.id, after(1)).await, Ok(true));
        assert_eq!(
            tx.void_sale(&acme, &sale.id, after(2)).await,
            Ok(false),
            "{}",
            database.kind
        );
    }
}

#[tokio::test]
async fn what_is_behind_a_mark_is_taken_back_and_the_rest_stays() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, _) = two(&store).await;
        let mut tx = store.write().await.unwrap();
        tx.add_user(&make::user(&acme, 10)).await.unwrap();
        tx.mark().await.unwrap();
        tx.add_user(&make::user(&acme, 11)).await.unwrap();
        // A refusal is taken back to the mark as well; PostgreSQL would do nothing more otherwise.
        assert!(tx.add_user(&make::user(&acme, 10)).await.is_err());
        tx.back_to_mark().await.unwrap();
        tx.mark().await.unwrap();
        tx.add_user(&make::user(&acme, 12)).await.unwrap();
        tx.drop_mark().await.unwrap();
        tx.probe().await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        for (number, there) in [(10, true), (11, false), (12, true)] {
            let found = tx.user(&acme, &UserId::of(number)).await.unwrap();
            assert_eq!(found.is_some(), there, "{}: {number}", database.kind);
        }
        let below = tx.subordinates(&acme, &UserId::of(1)).await.unwrap();
        assert_eq!(below, ["m2", "m3"], "{}", database.kind);
        let held = tx.plan_to_change(&acme, &PlanId::of(1)).await.unwrap();
        assert_eq!(held, Some(plan(&acme, 1)));
    }
}
