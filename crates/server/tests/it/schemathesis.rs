//! The OpenAPI document kept to by the server: schemathesis asks every route by every role with what
//! fits the document and what does not. `cargo xtask setup` installs it under `target/`.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use fenjie_server::frame::{Frame, Limits, Network};
use fenjie_server::{State, serve};
use fenjie_store::people::Role;
use futures::{StreamExt, stream};
use tokio::sync::oneshot;

use crate::rights::world::{Relation, World};

/// Everything that it can look at, but for what a document cannot promise: that everything that fits
/// it is taken (a plan file that fits is still no plan).
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_schema_conformance,response_headers_conformance,negative_data_rejection,\
    use_after_free,ensure_resource_availability,ignored_auth,missing_required_header,\
    unsupported_method";

/// Who asks in the usual suite.
const SHORT: [Role; 4] = [
    Role::Administrator,
    Role::Manager,
    Role::Salesperson,
    Role::Auditor,
];

fn program() -> Option<PathBuf> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../target/schemathesis-venv/bin/schemathesis");
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let set = target.map(|target| target.join("schemathesis-venv/bin/schemathesis"));
    set.into_iter().chain([own]).find(|path| path.is_file())
}

/// What paths name, so that more than "not found" is answered.
fn known(world: &World) -> String {
    let mut text = String::from("[parameters]\n");
    let plan = world.plan(Relation::Own).to_owned();
    let user = world.person(Relation::Team).user.to_string();
    let axis = "store".to_owned();
    let named = [("plan", plan), ("user", user), ("axis", axis)];
    let own = |(name, all): (&&'static str, &Vec<String>)| (*name, all[0].clone());
    for (name, value) in named.into_iter().chain(world.things.iter().map(own)) {
        let _ = writeln!(text, "\"path.{name}\" = \"{value}\"");
    }
    // Our answer where a version is missing is 428.
    text.push_str("\n[checks.missing_required_header]\nexpected-statuses = [");
    text.push_str("400, 401, 403, 404, 406, 409, 415, 422, 428]\n");
    text
}

/// What is wrong with the answers that somebody of a role is given.
async fn asked(program: PathBuf, role: Role, slow: bool) -> Option<String> {
    let world = World::new(role).await;
    let frame = Frame::new(Limits::without_rates(), Network::default(), None);
    let state = State::new(world.server.app.clone()).framed(frame);
    let served = serve("127.0.0.1:0".parse().unwrap(), state).await.unwrap();
    let address = served.address().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(served.until(async move {
        let _ = stopped.await;
    }));
    let folder = world.server.database.folder();
    std::fs::write(folder.join("schemathesis.toml"), known(&world)).unwrap();
    let (examples, phases) = match slow {
        true => ("50", "examples,coverage,fuzzing"),
        false => ("2", "examples,fuzzing"),
    };
    let mut command = Command::new(&program);
    // One thread: with several the parser of Python 3.11 breaks off now and then.
    command
        .arg("run")
        .arg(format!("http://{address}/api/v1/openapi.json"))
        .args(["--checks", CHECKS, "--max-examples", examples])
        .args(["--phases", phases, "--seed", "20260101", "--workers", "1"])
        .args(["--no-color", "--continue-on-failure"])
        .args(["--exclude-path-regex", "/events$", "--header"])
        .arg(format!("Authorization: Bearer {}", world.asker().secret()))
        .current_dir(folder);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let summary = said.split("SUMMARY").last().unwrap_or_default();
    println!("as {}: {summary}", role.code());
    let still = world.server.get(world.asker(), "/me").await.told();
    let _ = stop.send(());
    ended.await.unwrap().unwrap();
    assert!(
        said.contains("API Operations"),
        "nothing was asked:\n{said}"
    );
    assert_eq!(still, "200", "the key was lost, and most were not asked");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success()).then(|| format!("as {}:\n{said}\n{errors}", role.code()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_one_that_the_document_describes() {
    let Some(program) = program() else {
        let required = std::env::var_os("FENJIE_REQUIRE_SCHEMATHESIS").is_some();
        assert!(!required, "schemathesis is required and not installed");
        println!("skipped: schemathesis is not installed, `cargo xtask setup` does it");
        return;
    };
    let slow = std::env::var_os("FENJIE_SLOW").is_some();
    // `FENJIE_ROLE` looks into one of them.
    let one = std::env::var("FENJIE_ROLE").ok();
    let roles = Role::ALL.into_iter().filter(|role| match &one {
        Some(one) => role.code() == one,
        None => slow || SHORT.contains(role),
    });
    // Two at once: each is one process beside its server.
    let asked = stream::iter(roles).map(|role| tokio::spawn(asked(program.clone(), role, slow)));
    let failed: Vec<Option<String>> = asked
        .buffer_unordered(2)
        .map(Result::unwrap)
        .collect()
        .await;
    let failed: Vec<String> = failed.into_iter().flatten().collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
