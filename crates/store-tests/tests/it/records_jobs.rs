//! Jobs, schedules and messages on both kinds of databases: asked for once, taken by one process at a
//! time, taken over where that one is lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use fenjie_store::delivery::{Attempt, Delivery, DeliveryState};
use fenjie_store::jobs::{Job, JobEnd, JobFilter, JobState, Lease, Schedule};
use fenjie_store::{DeliveryId, JobId, OrganisationId, Page, ScheduleId, Store, Timestamp, UserId};
use fenjie_store_tests::{databases, make};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

fn after(minutes: i64) -> Timestamp {
    make::moment() + SignedDuration::from_mins(minutes)
}

fn lease(owner: &str, now: i64) -> Lease {
    Lease {
        owner: owner.into(),
        now: after(now),
        until: after(now + 5),
    }
}

fn job(organisation: &OrganisationId, number: u128, due: i64) -> Job {
    Job {
        id: JobId::of(number),
        organisation: organisation.clone(),
        kind: "close_periods".into(),
        plan: None,
        parameters: json!({ "period": "2026-01" }),
        run_key: format!("close 2026-01 {number}"),
        state: JobState::Waiting,
        due_at: after(due),
        attempts: 0,
        started_at: None,
        finished_at: None,
        error: None,
        reason: None,
        outcome: Json::Null,
        created_at: after(0),
    }
}

fn ended(state: JobState) -> JobEnd {
    JobEnd {
        state,
        at: after(9),
        due_at: after(9),
        error: (state == JobState::Failed).then(|| "plan_locked".into()),
        reason: None,
        outcome: json!({ "closed": 1 }),
    }
}

#[tokio::test]
async fn a_job_is_one_however_often_it_is_asked_for_and_belongs_to_who_took_it() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let other = make::kept_organisation(&store, "other").await;
        let asked = job(&acme, 1, 10);
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.add_job(&asked).await, Ok(true));
        let again = Job {
            id: JobId::of(2),
            ..asked.clone()
        };
        assert_eq!(tx.add_job(&again).await, Ok(false), "{}", database.kind);
        assert_eq!(tx.job(&acme, &asked.id).await, Ok(Some(asked.clone())));
        assert_eq!(tx.job(&other, &asked.id).await, Ok(None));
        // Not before its moment; then by one; by another when the lease has run out.
        assert_eq!(tx.take_job(&lease("a", 9)).await, Ok(None));
        assert_eq!(tx.job_is_due(after(9)).await, Ok(false));
        assert_eq!(tx.job_is_due(after(10)).await, Ok(true));
        let taken = tx.take_job(&lease("a", 10)).await.unwrap().unwrap();
        assert_eq!((taken.state, taken.attempts), (JobState::Running, 1));
        assert_eq!(tx.take_job(&lease("b", 14)).await, Ok(None));
        assert_eq!(tx.jobs_held("a").await.unwrap().len(), 1);
        assert_eq!(tx.count_jobs().await, Ok(vec![(JobState::Running, 1)]));
        assert_eq!(tx.jobs_held("b").await, Ok(vec![]));
        assert_eq!(tx.renew_job(&taken, &lease("b", 14)).await, Ok(false));
        assert_eq!(tx.renew_job(&taken, &lease("a", 14)).await, Ok(true));
        assert_eq!(tx.take_job(&lease("b", 16)).await, Ok(None));
        let again = tx.take_job(&lease("b", 20)).await.unwrap().unwrap();
        assert_eq!(again.attempts, 2);
        assert_eq!(
            tx.end_job(&taken, "a", &ended(JobState::Done)).await,
            Ok(false)
        );
        assert_eq!(
            tx.end_job(&again, "b", &ended(JobState::Failed)).await,
            Ok(true)
        );
        assert_eq!(tx.retry_job(&other, &asked.id, after(30)).await, Ok(false));
        assert_eq!(tx.retry_job(&acme, &asked.id, after(30)).await, Ok(true));
        let third = tx.take_job(&lease("c", 30)).await.unwrap().unwrap();
        assert_eq!(tx.hand_back_job(&third, "c", after(31)).await, Ok(true));
        let fourth = tx.take_job(&lease("c", 32)).await.unwrap().unwrap();
        assert_eq!(
            tx.end_job(&fourth, "c", &ended(JobState::Done)).await,
            Ok(true)
        );
        let filter = JobFilter {
            state: Some(JobState::Done),
            kind: None,
        };
        let page = Page::default();
        assert_eq!(tx.jobs(&acme, &filter, &page).await.unwrap().items.len(), 1);
        assert_eq!(
            tx.jobs(&other, &filter, &page).await.unwrap().items.len(),
            0
        );
        assert_eq!(tx.forget_jobs(&other, after(99)).await, Ok(0));
        assert_eq!(tx.forget_jobs(&acme, after(99)).await, Ok(1));
    }
}

#[tokio::test]
async fn two_hundred_jobs_are_each_done_once_by_eight_takers() {
    for database in databases().await {
        let store = Arc::new(database.open().await);
        let acme = make::kept_organisation(&*store, "acme").await;
        let mut tx = store.write().await.unwrap();
        for number in 0..200 {
            tx.add_job(&job(&acme, number, 0)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let takers = (0..8).map(|taker| {
            let store = store.clone();
            tokio::spawn(async move {
                let owner = format!("taker {taker}");
                let mut done = Vec::new();
                loop {
                    let mut tx = store.write().await.unwrap();
                    let taken = tx.take_job(&lease(&owner, 1)).await.unwrap();
                    tx.commit().await.unwrap();
                    let Some(taken) = taken else { return done };
                    let mut tx = store.write().await.unwrap();
                    let end = ended(JobState::Done);
                    assert!(tx.end_job(&taken, &owner, &end).await.unwrap());
                    tx.commit().await.unwrap();
                    done.push(taken.id);
                }
            })
        });
        let mut times: BTreeMap<JobId, u32> = BTreeMap::new();
        for done in futures::future::join_all(takers).await {
            for id in done.unwrap() {
                *times.entry(id).or_default() += 1;
            }
        }
        assert_eq!(times.len(), 200, "{}", database.kind);
        assert!(times.values().all(|times| *times == 1));
    }
}

#[tokio::test]
async fn a_schedule_moves_once_from_each_of_its_moments() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let other = make::kept_organisation(&store, "other").await;
        let nightly = Schedule {
            id: ScheduleId::of(1),
            organisation: acme.clone(),
            kind: "backup".into(),
            rule: "0 3 * * *".into(),
            each: false,
            active: true,
            parameters: json!({}),
            next_at: after(0),
            revision: 1,
            updated_at: after(0),
        };
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.add_schedule(&nightly).await, Ok(true));
        let twice = Schedule {
            id: ScheduleId::of(2),
            ..nightly.clone()
        };
        assert_eq!(
            tx.add_schedule(&twice).await,
            Ok(false),
            "{}",
            database.kind
        );
        assert_eq!(
            tx.schedule(&acme, &nightly.id).await,
            Ok(Some(nightly.clone()))
        );
        assert_eq!(tx.schedule(&other, &nightly.id).await, Ok(None));
        assert_eq!(tx.schedules_due(after(-1)).await, Ok(vec![]));
        assert_eq!(tx.schedules_due(after(0)).await, Ok(vec![nightly.clone()]));
        assert_eq!(tx.move_schedule(&nightly, after(60)).await, Ok(true));
        assert_eq!(tx.move_schedule(&nightly, after(60)).await, Ok(false));
        let page = Page::default();
        let listed = tx.schedules(&acme, &page).await.unwrap().items;
        assert_eq!(listed[0].next_at, after(60));
        let stopped = Schedule {
            active: false,
            ..listed[0].clone()
        };
        let seen = stopped.revision;
        assert_eq!(tx.update_schedule(&stopped, seen).await, Ok(true));
        assert_eq!(tx.update_schedule(&stopped, seen).await, Ok(false));
        assert_eq!(tx.schedules_due(after(600)).await, Ok(vec![]));
    }
}

#[tokio::test]
async fn a_message_goes_out_through_one_process_and_is_written_down() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let other = make::kept_organisation(&store, "other").await;
        let message = Delivery {
            id: DeliveryId::of(1),
            organisation: acme.clone(),
            topic: "approval.asked".into(),
            channel: None,
            user: Some(UserId::of(1)),
            language: "zh".into(),
            values: json!({ "plan": "2026" }),
            cause: "apr_1".into(),
            state: DeliveryState::Waiting,
            attempts: 0,
            next_at: after(0),
            attempted_at: None,
            answer: None,
            error: None,
            created_at: after(0),
        };
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.add_delivery(&message).await, Ok(true));
        let twice = Delivery {
            id: DeliveryId::of(2),
            ..message.clone()
        };
        assert_eq!(
            tx.add_delivery(&twice).await,
            Ok(false),
            "{}",
            database.kind
        );
        assert_eq!(
            tx.delivery(&acme, &message.id).await,
            Ok(Some(message.clone()))
        );
        assert_eq!(tx.delivery(&other, &message.id).await, Ok(None));
        assert_eq!(tx.delivery_is_due(after(-1)).await, Ok(false));
        assert_eq!(tx.delivery_is_due(after(0)).await, Ok(true));
        tx.take_delivery(&lease("z", 0)).await.unwrap().unwrap();
        assert_eq!(tx.hand_back_deliveries("y", after(0)).await, Ok(0));
        assert_eq!(tx.hand_back_deliveries("z", after(0)).await, Ok(1));
        let taken = tx.take_delivery(&lease("a", 0)).await.unwrap().unwrap();
        assert_eq!(tx.take_delivery(&lease("b", 1)).await, Ok(None));
        let attempt = |state| Attempt {
            state,
            next_at: after(2),
            tried_at: Some(after(1)),
            answer: Some("500".into()),
            error: None,
        };
        let failed = attempt(DeliveryState::Failed);
        assert_eq!(tx.end_attempt(&taken, "b", &failed).await, Ok(false));
        assert_eq!(tx.end_attempt(&taken, "a", &failed).await, Ok(true));
        assert_eq!(
            tx.retry_delivery(&other, &message.id, after(3)).await,
            Ok(false)
        );
        assert_eq!(
            tx.retry_delivery(&acme, &message.id, after(3)).await,
            Ok(true)
        );
        let taken = tx.take_delivery(&lease("a", 3)).await.unwrap().unwrap();
        let sent = attempt(DeliveryState::Sent);
        assert_eq!(tx.end_attempt(&taken, "a", &sent).await, Ok(true));
        let page = Page::default();
        for (organisation, count) in [(&acme, 1), (&other, 0)] {
            let sent = Some(DeliveryState::Sent);
            let listed = tx.deliveries(organisation, sent, &page).await.unwrap();
            assert_eq!(listed.items.len(), count);
        }
        assert_eq!(tx.forget_deliveries(&other, after(99)).await, Ok(0));
        assert_eq!(tx.forget_deliveries(&acme, after(99)).await, Ok(1));
    }
}
