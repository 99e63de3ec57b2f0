//! Jobs: done once whoever looks, taken over where a process is lost, made up for after a downtime,
//! visible and repeatable.

use std::sync::Arc;

use axum::http::Method;
use fenjie_app::App;
use fenjie_app::jobs::{Runner, RunnerSettings};
use fenjie_store::jobs::{Job, JobEnd, JobFilter, JobState, Lease};
use fenjie_store::people::{Role, Scope};
use fenjie_store::plans::PlanStatus;
use fenjie_store::{JobId, Page, PlanId, Timestamp};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::form::{Form, example};
use crate::harness::{Person, Server};
use crate::outside::Receiver;

/// Another process on the same database, where the database allows one; otherwise the same again.
async fn another_process(server: &Server) -> App {
    match server.database.url() {
        None => server.app.clone(),
        Some(_) => App::new(
            Arc::new(server.database.open().await),
            server.clock.clone(),
            server.app.settings().clone(),
        ),
    }
}

fn runner(app: &App) -> Runner {
    Runner::new(app, RunnerSettings::default())
}

fn job(server: &Server, key: &str) -> Job {
    Job {
        id: JobId::of(server.app.bits()),
        organisation: server.organisation.clone(),
        kind: "clean_up".into(),
        plan: None,
        parameters: json!({}),
        run_key: key.into(),
        state: JobState::Waiting,
        due_at: server.app.now(),
        attempts: 0,
        started_at: None,
        finished_at: None,
        error: None,
        reason: None,
        outcome: json!({}),
        created_at: server.app.now(),
    }
}

async fn add(server: &Server, jobs: &[Job]) {
    let mut tx = server.app.store().write().await.unwrap();
    for job in jobs {
        assert!(tx.add_job(job).await.unwrap());
        assert!(
            !tx.add_job(job).await.unwrap_or(false),
            "the same key is the same job"
        );
    }
    tx.commit().await.unwrap();
}

async fn all(server: &Server) -> Vec<Job> {
    let mut tx = server.app.store().read().await.unwrap();
    let page = Page {
        after: None,
        limit: 500,
    };
    let filter = JobFilter::default();
    let listed = tx.jobs(&server.organisation, &filter, &page).await;
    listed.unwrap().items
}

async fn set_clock(server: &Server, at: &str) {
    let at: Timestamp = at.parse().unwrap();
    server.clock.pass(server.app.now().duration_until(at));
}

async fn work(app: App) {
    let runner = runner(&app);
    while runner.work_once().await.unwrap() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_do_each_job_once() {
    for server in Server::on_each().await {
        let jobs: Vec<Job> = (0..40)
            .map(|number| job(&server, &number.to_string()))
            .collect();
        add(&server, &jobs).await;
        let other = another_process(&server).await;
        let hands = [&server.app, &other, &server.app, &other];
        let hands = hands.map(|app| tokio::spawn(work(app.clone())));
        for hand in hands {
            hand.await.unwrap();
        }
        let done = all(&server).await;
        assert_eq!(done.len(), 40);
        for job in done {
            assert_eq!((job.state, job.attempts), (JobState::Done, 1), "{job:?}");
        }
    }
}

#[tokio::test]
async fn a_job_of_a_lost_process_is_taken_over_and_the_lost_one_cannot_end_it() {
    for server in Server::on_each().await {
        // A minute in which no schedule asks for anything.
        set_clock(&server, "2027-03-03T02:10:05Z").await;
        let wanted = job(&server, "k");
        add(&server, std::slice::from_ref(&wanted)).await;
        let now = server.app.now();
        let lease = Lease {
            owner: "lost".into(),
            now,
            until: now + SignedDuration::from_secs(60),
        };
        let mut tx = server.app.store().write().await.unwrap();
        let taken = tx.take_job(&lease).await.unwrap().unwrap();
        assert_eq!((&taken.id, taken.attempts), (&wanted.id, 1));
        assert!(tx.take_job(&lease).await.unwrap().is_none());
        tx.commit().await.unwrap();

        let next = runner(&server.app);
        assert!(!next.work_once().await.unwrap(), "its lease still runs");
        server.clock.pass(SignedDuration::from_secs(61));
        assert!(next.work_once().await.unwrap());
        let done = &all(&server).await[0];
        assert_eq!((done.state, done.attempts), (JobState::Done, 2));
        let end = JobEnd {
            state: JobState::Failed,
            at: now,
            due_at: now,
            error: None,
            reason: None,
            outcome: json!({}),
        };
        let mut tx = server.app.store().write().await.unwrap();
        assert!(!tx.end_job(&taken, "lost", &end).await.unwrap());
        assert!(!tx.renew_job(&taken, &lease).await.unwrap());
    }
}

#[tokio::test]
async fn a_process_that_stops_hands_its_jobs_back() {
    for server in Server::on_each().await {
        set_clock(&server, "2027-03-03T02:10:05Z").await;
        add(&server, &[job(&server, "k")]).await;
        let stopping = runner(&server.app);
        let now = server.app.now();
        let lease = Lease {
            owner: stopping.owner().to_owned(),
            now,
            until: now + SignedDuration::from_secs(60),
        };
        let mut tx = server.app.store().write().await.unwrap();
        tx.take_job(&lease).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        stopping.until(async {}).await;
        let back = &all(&server).await[0];
        assert_eq!((back.state, back.attempts), (JobState::Waiting, 0));
    }
}

#[tokio::test]
async fn a_job_that_processes_die_of_is_given_up_and_can_be_repeated() {
    for server in Server::on_each().await {
        let root = server.person(Role::Administrator, Scope::All, None).await;
        let wanted = job(&server, "k");
        add(&server, std::slice::from_ref(&wanted)).await;
        for _ in 0..3 {
            let now = server.app.now();
            let lease = Lease {
                owner: "dies".into(),
                now,
                until: now + SignedDuration::from_secs(60),
            };
            let mut tx = server.app.store().write().await.unwrap();
            tx.take_job(&lease).await.unwrap().unwrap();
            tx.commit().await.unwrap();
            server.clock.pass(SignedDuration::from_secs(61));
        }
        let runner = runner(&server.app);
        assert!(runner.work_once().await.unwrap());
        let path = format!("/jobs/{}", wanted.id);
        let told = server.get(&root, &path).await.body;
        assert_eq!(
            (told["state"].clone(), told["error"].clone()),
            (json!("failed"), json!("job_never_ended"))
        );
        assert!(
            told["reason"].as_str().unwrap().contains("again and again"),
            "{told}"
        );
        let failed = server.get(&root, "/jobs?state=failed&kind=clean_up").await;
        assert_eq!(failed.body["items"].as_array().unwrap().len(), 1);
        let retry = server
            .post(&root, &format!("{path}/retries"), json!(null))
            .await;
        assert_eq!(retry.told(), "202", "{}", retry.body);
        assert!(runner.work_once().await.unwrap());
        assert_eq!(server.get(&root, &path).await.body["state"], "done");
        let again = server
            .post(&root, &format!("{path}/retries"), json!(null))
            .await;
        assert_eq!(again.told(), "409 job_not_failed");
    }
}

#[tokio::test]
async fn what_was_missed_is_made_up_for_once_or_each_by_its_schedule() {
    for server in Server::on_each().await {
        let root = server.person(Role::Administrator, Scope::All, None).await;
        set_clock(&server, "2026-03-18T12:00:00Z").await;
        work(server.app.clone()).await;
        let listed = server.get(&root, "/schedules").await;
        let schedules = listed.body["items"].as_array().unwrap().clone();
        assert_eq!(schedules.len(), 6);
        let of = |kind: &str| {
            let found = schedules.iter().find(|one| one["kind"] == kind).unwrap();
            (
                format!("/schedules/{}", found["id"].as_str().unwrap()),
                found.clone(),
            )
        };
        let (path, usual) = of("close_periods");
        assert_eq!(
            usual["active"], false,
            "closing changes plans: somebody has to want it"
        );
        let put = |rule: &str, active: bool| {
            let wanted = json!({ "rule": rule, "each": true, "active": active });
            let (server, root, path) = (&server, &root, &path);
            async move {
                let tag = server.get(root, path).await.etag().to_owned();
                let tag = [("if-match", tag.as_str())];
                server
                    .ask(Some(root), Method::PUT, path, &tag, Some(wanted))
                    .await
            }
        };
        assert_eq!(put("0 25 * * *", true).await.told(), "400 rule_invalid");
        assert_eq!(put("* * * * *", true).await.told(), "400 rule_invalid");
        let set = put("30  1 * * *", true).await;
        assert_eq!(set.body["rule"], "30 1 * * *");
        assert_eq!(
            set.body["next_at"], "2026-03-18T17:30:00Z",
            "half past one in Shanghai"
        );

        let before = all(&server).await.len();
        server.clock.pass(SignedDuration::from_hours(24 * 3));
        let other = another_process(&server).await;
        tokio::join!(work(server.app.clone()), work(other));
        let jobs = all(&server).await;
        let count = |kind: &str| jobs.iter().filter(|job| job.kind == kind).count();
        assert_eq!(before, 0);
        assert_eq!(
            (count("close_periods"), count("alerts"), count("backup")),
            (3, 1, 1)
        );
        let alerts = jobs.iter().find(|job| job.kind == "alerts").unwrap();
        assert_eq!(
            alerts.parameters["slot"], "2026-03-21T00:30:00Z",
            "the last of them"
        );
        assert!(
            jobs.iter().all(|job| job.state == JobState::Done),
            "{jobs:?}"
        );
        let backup = jobs.iter().find(|job| job.kind == "backup").unwrap();
        assert!(
            backup.outcome["bytes"].as_u64().unwrap() > 0,
            "{}",
            backup.outcome
        );
    }
}

/// A published plan with sales, looked at on a day.
async fn published(server: &Server, who: &Person, at: &str) -> (String, PlanId) {
    let path = server.plan(who, "store-chain").await;
    let sales = Form::default().file("file", "sales.csv", &example("store-chain/sales.csv"));
    let begun = server
        .form(who, &format!("{path}/imports"), &[], sales)
        .await;
    let done = server.ended(who, &begun).await;
    assert_eq!(done.body["state"], "done", "{}", done.body);
    let id = PlanId::parse(path.trim_start_matches("/plans/")).unwrap();
    let mut tx = server.app.store().write().await.unwrap();
    let mut plan = tx.plan(&server.organisation, &id).await.unwrap().unwrap();
    plan.status = PlanStatus::Published;
    assert!(tx.update_plan(&plan, plan.revision).await.unwrap());
    tx.commit().await.unwrap();
    set_clock(server, at).await;
    (path, id)
}

async fn subscribed(server: &Server, who: &Person, address: &str, topic: &str) {
    let wanted = json!({ "name": "群", "kind": "webhook", "address": address, "secret": "s" });
    let made = server.post(who, "/channels", wanted).await;
    let wanted = json!({ "topic": topic, "channel": made.body["id"] });
    let made = server.post(who, "/subscriptions", wanted).await;
    assert_eq!(made.told(), "201", "{}", made.body);
}

async fn asked(server: &Server, who: &Person, kind: &str, plan: &PlanId) -> Json {
    let wanted = json!({ "kind": kind, "plan": plan });
    let made = server.post(who, "/jobs", wanted).await;
    assert_eq!(made.told(), "201", "{}", made.body);
    work(server.app.clone()).await;
    let path = format!("/jobs/{}", made.body["id"].as_str().unwrap());
    server.get(who, &path).await.body
}

#[tokio::test]
async fn periods_that_have_ended_are_closed_once_with_their_results_and_told_of() {
    for server in Server::on_each().await {
        let (receiver, address) = Receiver::listen(&server).await;
        let root = server.person(Role::Administrator, Scope::All, None).await;
        let (path, plan) = published(&server, &root, "2026-03-16T02:00:00Z").await;
        subscribed(&server, &root, &address, "period_closed").await;
        let version = server.get(&root, &path).await.body["version"].clone();
        let told = asked(&server, &root, "close_periods", &plan).await;
        assert_eq!(told["state"], "done", "{told}");
        let closed = told["outcome"]["closed"].as_array().unwrap().clone();
        assert_eq!(
            closed.len(),
            1,
            "the last ended one, as none was closed: {told}"
        );
        let after = server.get(&root, &path).await.body["version"].clone();
        assert_ne!(version, after);
        let again = asked(&server, &root, "close_periods", &plan).await;
        assert_eq!(again["outcome"]["closed"], json!([]), "{again}");
        assert_eq!(server.get(&root, &path).await.body["version"], after);

        // Two weeks later both are closed, in order.
        server.clock.pass(SignedDuration::from_hours(24 * 14));
        let later = asked(&server, &root, "close_periods", &plan).await;
        assert!(
            later["outcome"]["closed"].as_array().unwrap().len() >= 2,
            "{later}"
        );
        let runner = runner(&server.app);
        while runner.send_once().await.unwrap() {}
        let bodies = receiver.bodies();
        assert_eq!(bodies[0]["topic"], "period_closed");
        assert_eq!(bodies[0]["values"]["period"], closed[0]);
        assert!(
            bodies[0]["values"]["attainment"]
                .as_str()
                .unwrap()
                .ends_with('%')
        );
        let audit = server.get(&root, "/audit?limit=500").await.body;
        let closes = audit["items"].as_array().unwrap().iter();
        let closes: Vec<_> = closes.filter(|one| one["action"] == "plan.close").collect();
        assert_eq!(closes.len(), 2);
        assert!(
            closes[0]["who"]
                .as_str()
                .unwrap()
                .starts_with("system close_periods job_")
        );
    }
}

#[tokio::test]
async fn alerts_go_to_groups_after_the_quiet_hours_and_once_a_day() {
    for server in Server::on_each().await {
        let (receiver, address) = Receiver::listen(&server).await;
        let root = server.person(Role::Administrator, Scope::All, None).await;
        let (_, plan) = published(&server, &root, "2026-03-18T01:00:00Z").await;
        subscribed(&server, &root, &address, "alerts_digest").await;
        let told = asked(&server, &root, "alerts", &plan).await;
        assert_eq!(told["state"], "done", "{told}");
        assert!(told["outcome"]["alerts"].as_u64().unwrap() > 0, "{told}");
        assert_eq!(told["outcome"]["messages"], 1, "{told}");
        let again = asked(&server, &root, "alerts", &plan).await;
        assert_eq!(
            again["outcome"]["messages"], 0,
            "the same day is told once: {again}"
        );
        let runner = runner(&server.app);
        while runner.send_once().await.unwrap() {}
        let bodies = receiver.bodies();
        assert_eq!(bodies.len(), 1);
        assert!(
            bodies[0]["values"]["alerts"]
                .as_array()
                .is_some_and(|lines| !lines.is_empty())
        );
        assert_eq!(bodies[0]["values"]["as_of"], "2026-03-17");
    }
}

#[tokio::test]
async fn only_whoever_operates_the_server_sees_jobs_of_their_organisation() {
    let server = Server::new().await;
    let planner = server.person(Role::Planner, Scope::All, None).await;
    let root = server.person(Role::Administrator, Scope::All, None).await;
    let wanted = job(&server, "k");
    add(&server, std::slice::from_ref(&wanted)).await;
    let path = format!("/jobs/{}", wanted.id);
    for path in ["/jobs", "/schedules", path.as_str()] {
        assert_eq!(
            server.get(&planner, path).await.told(),
            "403 forbidden",
            "{path}"
        );
    }
    let other = server.another_organisation("other").await;
    let stranger = server
        .person_of(&other, Role::Administrator, Scope::All, None)
        .await;
    assert_eq!(server.get(&stranger, &path).await.told(), "404 not_found");
    let odd = json!({ "kind": "everything" });
    assert_eq!(
        server.post(&root, "/jobs", odd).await.told(),
        "400 body_invalid"
    );
    let odd = json!({ "kind": "backup", "plan": PlanId::of(1) });
    assert_eq!(
        server.post(&root, "/jobs", odd).await.told(),
        "400 job_without_plan"
    );
    let odd = json!({ "kind": "alerts", "plan": PlanId::of(1) });
    assert_eq!(
        server.post(&root, "/jobs", odd).await.told(),
        "404 not_found"
    );
}

#[tokio::test]
async fn cleaning_up_forgets_what_has_run_out_and_nothing_else() {
    for server in Server::on_each().await {
        set_clock(&server, "2027-03-03T02:10:05Z").await;
        let root = server.person(Role::Administrator, Scope::All, None).await;
        let tried = |failures| fenjie_store::sign_in::Attempts {
            failures,
            last_at: Some(server.app.now()),
        };
        let link = |secret_hash: &str, hours| fenjie_store::sign_in::PasswordReset {
            organisation: server.organisation.clone(),
            user: root.user.clone(),
            secret_hash: secret_hash.into(),
            created_by: root.user.clone(),
            expires_at: server.app.now() + SignedDuration::from_hours(hours),
        };
        let own = Some(&server.organisation);
        let mut tx = server.app.store().write().await.unwrap();
        tx.attempts(own, "old").await.unwrap();
        tx.set_attempts(own, "old", tried(3)).await.unwrap();
        tx.add_reset(&link("gone", 1)).await.unwrap();
        tx.add_reset(&link("good", 24 * 30)).await.unwrap();
        tx.commit().await.unwrap();
        server.clock.pass(SignedDuration::from_hours(24 * 8));
        let mut tx = server.app.store().write().await.unwrap();
        let fresh = fenjie_store::sign_in::Attempts {
            failures: 2,
            last_at: Some(server.app.now()),
        };
        tx.attempts(own, "new").await.unwrap();
        tx.set_attempts(own, "new", fresh).await.unwrap();
        tx.commit().await.unwrap();
        add(&server, &[job(&server, "clean")]).await;
        work(server.app.clone()).await;
        let done = &all(&server).await[0];
        assert_eq!(done.state, JobState::Done, "{done:?}");
        assert_eq!(done.outcome["attempts"], 1, "{done:?}");
        assert!(done.outcome["expired"].as_u64().unwrap() >= 1, "{done:?}");
        // Looking at attempts makes their row where there is none.
        let mut tx = server.app.store().write().await.unwrap();
        assert_eq!(tx.attempts(own, "old").await.unwrap().failures, 0);
        assert_eq!(tx.attempts(own, "new").await.unwrap().failures, 2);
        assert!(tx.reset_by_secret("gone").await.unwrap().is_none());
        assert!(tx.reset_by_secret("good").await.unwrap().is_some());
    }
}
