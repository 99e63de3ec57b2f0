//! What is measured of requests, as Prometheus reads it. Must not know routes beyond their templates.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();

/// Bounds of the buckets of durations, in seconds.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0,
];

/// The process's measures; all servers in a process share them.
#[derive(Clone)]
pub struct Measures {
    handle: PrometheusHandle,
}

impl Measures {
    /// The process's measures, installed by whoever asks first.
    pub fn installed() -> Measures {
        let handle = INSTALLED.get_or_init(|| {
            let builder = PrometheusBuilder::new()
                .set_buckets(&SECONDS)
                .expect("there are bounds");
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // Where somebody else installed one, theirs is kept and ours stays empty.
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("measures are recorded elsewhere");
            }
            describe();
            handle
        });
        Measures {
            handle: handle.clone(),
        }
    }

    /// A request that was answered.
    pub(crate) fn request(&self, route: &str, method: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        let method = known_method(method);
        counter!("fenjie_http_requests_total", "route" => route.clone(), "method" => method,
            "status" => status.to_string())
        .increment(1);
        histogram!("fenjie_http_request_seconds", "route" => route, "method" => method)
            .record(took.as_secs_f64());
    }

    /// A request that was turned away, and why.
    pub(crate) fn refused(&self, why: &'static str) {
        counter!("fenjie_http_refused_total", "why" => why).increment(1);
    }

    /// Something that goes up and down.
    pub(crate) fn level(&self, name: &'static str, count: usize) {
        gauge!(name).set(count as f64);
    }

    /// How many jobs are in a state.
    pub(crate) fn jobs(&self, state: &'static str, count: i64) {
        gauge!("fenjie_jobs", "state" => state).set(count as f64);
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn text(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}

/// A method of HTTP, or `other`: what a client makes up is no label.
fn known_method(method: &str) -> &'static str {
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}

fn describe() {
    describe_counter!("fenjie_http_requests_total", "Requests answered, by route");
    describe_histogram!("fenjie_http_request_seconds", "How long requests took");
    describe_counter!(
        "fenjie_http_refused_total",
        "Requests turned away before a route saw them"
    );
    describe_gauge!("fenjie_http_in_flight", "Requests being worked on");
    describe_gauge!("fenjie_http_waiting", "Requests waiting for their turn");
    describe_gauge!("fenjie_http_streams", "Streams of events that are open");
    describe_gauge!(
        "fenjie_plans_in_memory",
        "Plans that this process holds in memory"
    );
    describe_gauge!("fenjie_edits_waiting", "Edits waiting to be carried out");
    describe_gauge!("fenjie_jobs", "Jobs of all organisations, by state");
    describe_counter!("fenjie_commits_total", "Transactions of edits committed");
    describe_counter!("fenjie_commits_edits_total", "Edits in those transactions");
    describe_histogram!("fenjie_commit_seconds", "How long committing edits took");
}
