//! PostgreSQL crashes under load, servers are killed under load: what was acknowledged is there, and
//! work goes on by itself.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use fenjie_store::audit::AuditEnd;
use fenjie_store::{Kept, OrganisationId, Store};
use fenjie_store_sql::SqlStore;
use fenjie_store_tests::{Cluster, Stop, make, postgres, sqlite};
use tokio::sync::watch;

const WRITERS: u64 = 4;

/// How often it is tried: short, or as the heavy drill.
fn rounds(short: usize, heavy: usize) -> usize {
    match std::env::var_os("FENJIE_SLOW") {
        Some(_) => heavy,
        None => short,
    }
}

async fn append(store: &dyn Store, organisation: &OrganisationId, at: u64) -> Kept<AuditEnd> {
    let mut tx = store.write().await?;
    let (number, hash) = tx.append_audit(organisation, &[make::entry(at)]).await?;
    tx.commit().await?;
    Ok(AuditEnd { number, hash })
}

/// A cluster of a test's own, ended with it however that ends.
pub struct OwnCluster(Cluster);

impl std::ops::Deref for OwnCluster {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.0
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        self.0.stop(Stop::AtOnce).ok();
    }
}

/// A cluster in a folder that its account can reach.
pub fn own_cluster(folder: &tempfile::TempDir) -> OwnCluster {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), mode).unwrap();
    let cluster = Cluster::make(&folder.path().join("cluster")).unwrap();
    cluster.start().unwrap();
    OwnCluster(cluster)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_crashes_and_nothing_acknowledged_is_lost() {
    if postgres().await.is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cluster = own_cluster(&folder);
    let url = cluster.url("postgres").unwrap();
    let store = SqlStore::postgres(&url).await.unwrap();
    let store = Arc::new(store.sealed(folder.path()).unwrap());
    let acme = make::kept_organisation(&*store, "acme").await;
    let acknowledged: Arc<Mutex<Vec<AuditEnd>>> = Arc::default();
    let (counted, mut count) = watch::channel(0_usize);
    let counted = Arc::new(counted);
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (store, acme) = (store.clone(), acme.clone());
            let (acknowledged, counted) = (acknowledged.clone(), counted.clone());
            tokio::spawn(async move {
                for at in writer.. {
                    // What is refused meanwhile was told so, and is tried again by whoever asked.
                    if let Ok(end) = append(&*store, &acme, at).await {
                        let mut acknowledged = acknowledged.lock().unwrap();
                        acknowledged.push(end);
                        counted.send_replace(acknowledged.len());
                    } else {
                        tokio::task::yield_now().await;
                    }
                }
            })
        })
        .collect();
    for round in 0..rounds(3, 50) {
        let wanted = *count.borrow_and_update() + 50;
        count.wait_for(|count| *count >= wanted).await.unwrap();
        let how = [Stop::AtOnce, Stop::Killed][round % 2];
        let crashing = cluster.0.clone();
        let crashed = tokio::task::spawn_blocking(move || {
            crashing.stop(how)?;
            crashing.start()
        });
        crashed.await.unwrap().unwrap();
    }
    let wanted = *count.borrow_and_update() + 50;
    count.wait_for(|count| *count >= wanted).await.unwrap();
    for writer in writers {
        writer.abort();
        let _ = writer.await;
    }
    let noted = acknowledged.lock().unwrap().clone();
    let mut tx = store.read().await.unwrap();
    let proved = tx.verify_audit(&acme, &noted).await.unwrap();
    assert_eq!(proved.faults, []);
    assert!(proved.records >= noted.len() as u64);
}

/// The child of the next test: appends for ever, and says what it was told is durable.
#[tokio::test]
async fn child_that_is_killed() {
    let Some(folder) = std::env::var_os("FENJIE_CHILD_FOLDER") else {
        return;
    };
    let store = SqlStore::sqlite(folder.as_ref()).await.unwrap();
    let acme = store.read().await.unwrap().organisations().await.unwrap();
    for at in 0.. {
        let end = append(&store, &acme[0].id, at).await.unwrap();
        println!("\nacknowledged {} {}", end.number, end.hash);
    }
}

#[tokio::test]
async fn a_server_on_sqlite_is_killed_and_nothing_acknowledged_is_lost() {
    let database = sqlite();
    let acme = make::kept_organisation(&database.open().await, "acme").await;
    let mut noted = Vec::new();
    for round in 0..rounds(10, 1_000) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crashes::child_that_is_killed", "--nocapture"])
            .env("FENJIE_CHILD_FOLDER", database.folder())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut taken = 0;
        for line in &mut lines {
            let line = line.unwrap();
            let Some(rest) = line.strip_prefix("acknowledged ") else {
                continue;
            };
            let (number, hash) = rest.split_once(' ').unwrap();
            noted.push(AuditEnd {
                number: number.parse().unwrap(),
                hash: hash.to_owned(),
            });
            taken += 1;
            if taken > round % 7 + 3 {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let store = database.open().await;
    assert_eq!(store.faults().await, Ok(Vec::new()));
    let mut tx = store.read().await.unwrap();
    let proved = tx.verify_audit(&acme, &noted).await.unwrap();
    assert_eq!(proved.faults, []);
}

#[tokio::test]
async fn another_programs_number_is_no_cluster_that_runs() {
    if postgres().await.is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), mode).unwrap();
    let place = folder.path().join("cluster");
    let cluster = OwnCluster(Cluster::make(&place).unwrap());
    // What a killed one left, whose number the system has given to us since.
    let left = format!("{}\n{}\n", std::process::id(), place.display());
    std::fs::write(place.join("postmaster.pid"), left).unwrap();
    assert!(!cluster.runs());
    cluster.start().unwrap();
    assert!(cluster.runs() && cluster.answers());
}
