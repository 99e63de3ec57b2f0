//! SQLite on a bad day: a full disk, a folder that may only be read, a page that is broken, another
//! server on the same folder. Refused in plain words, or read on; nothing acknowledged is lost.

use std::path::Path;
use std::process::Command;

use fenjie_message::{Lang, Message};
use fenjie_store::audit::AuditEnd;
use fenjie_store::{Kept, OrganisationId, Page, Store, StoreError};
use fenjie_store_sql::{DATABASE_FILE, SqlStore};
use fenjie_store_tests::{make, sqlite};

pub async fn append(store: &dyn Store, organisation: &OrganisationId, at: u64) -> Kept<AuditEnd> {
    let mut tx = store.write().await?;
    let (number, hash) = tx.append_audit(organisation, &[make::entry(at)]).await?;
    tx.commit().await?;
    Ok(AuditEnd { number, hash })
}

fn done(program: &str, words: &[&str]) -> bool {
    let ended = Command::new(program).args(words).output();
    ended.is_ok_and(|ended| ended.status.success())
}

/// A small disk of its own, gone when dropped; none where the system does not let us.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    fn small() -> Option<Disk> {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap().to_owned();
        let words = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", &place];
        if !done("mount", &words) {
            println!(
                "skipped: no right to mount; a limit on files stands for it in hardships_unmounted"
            );
            return None;
        }
        Some(Disk { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        done("umount", &["-l", self.path().to_str().unwrap()]);
    }
}

#[tokio::test]
async fn a_full_disk_is_read_on_and_written_again_once_there_is_room() {
    let Some(disk) = Disk::small() else { return };
    let data = disk.path().join("data");
    let filler = disk.path().join("filler");
    let store = SqlStore::sqlite(&data).await.unwrap();
    let acme = make::kept_organisation(&store, "acme").await;
    let mut noted = vec![append(&store, &acme, 0).await.unwrap()];
    // Full but for what there is already.
    let mut bytes = vec![0_u8; 3 << 20];
    while std::fs::write(&filler, &bytes).is_err() {
        bytes.truncate(bytes.len() - 4096);
    }
    let refused = loop {
        match append(&store, &acme, noted.len() as u64).await {
            Ok(end) => noted.push(end),
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused.code(), "database_read_only", "{refused}");
    assert!(refused.text(Lang::Zh).contains("只能读取"));
    assert!(store.ready().await.is_err());
    let mut tx = store.read().await.unwrap();
    let proved = tx.verify_audit(&acme, &noted).await.unwrap();
    assert_eq!(proved.faults, []);
    drop(tx);
    std::fs::remove_file(&filler).unwrap();
    noted.push(append(&store, &acme, 99).await.unwrap());
    let mut tx = store.read().await.unwrap();
    let proved = tx.verify_audit(&acme, &noted).await.unwrap();
    assert_eq!(
        (proved.faults, proved.records),
        (vec![], noted.len() as u64)
    );
    drop((tx, store));
}

#[tokio::test]
async fn a_folder_that_may_only_be_read_is_refused_in_plain_words() {
    let database = sqlite();
    let acme = make::kept_organisation(&database.open().await, "acme").await;
    let place = tempfile::tempdir().unwrap();
    let (from, to) = (
        database.folder().to_str().unwrap(),
        place.path().to_str().unwrap(),
    );
    let bound = done("mount", &["--bind", from, to]);
    if !bound || !done("mount", &["-o", "remount,bind,ro", to]) {
        done("umount", &[to]);
        println!("skipped: no right to mount; permissions stand for it in hardships_unmounted");
        return;
    }
    let refused = SqlStore::sqlite(place.path()).await.map(|_| ());
    done("umount", &["-l", to]);
    assert_eq!(refused.map_err(|why| why.code()), Err("database_read_only"));
    append(&database.open().await, &acme, 1).await.unwrap();
}

#[tokio::test]
async fn a_second_server_on_a_folder_is_refused() {
    let database = sqlite();
    let first = database.open().await;
    let second = SqlStore::sqlite(database.folder()).await.map(|_| ());
    assert_eq!(second.map_err(|why| why.code()), Err("data_folder_in_use"));
    assert_eq!(first.ready().await, Ok(()));
    drop(first);
    database.open().await;
}

#[tokio::test]
async fn a_broken_page_is_told_and_never_taken_for_a_record() {
    let database = sqlite();
    let store = database.open().await;
    let acme = make::kept_organisation(&store, "acme").await;
    let mut tx = store.write().await.unwrap();
    let entries: Vec<_> = (0..400).map(make::entry).collect();
    tx.append_audit(&acme, &entries).await.unwrap();
    tx.commit().await.unwrap();
    let copy = database.folder().join("copy.db");
    store.copy_to(&copy).await.unwrap();
    drop(store);
    let whole = std::fs::read(&copy).unwrap();
    let pages = whole.len() / 4096;
    let mut told = 0;
    for page in (1..pages).step_by(pages / 12) {
        let folder = tempfile::tempdir().unwrap();
        let mut broken = whole.clone();
        broken[page * 4096..(page + 1) * 4096].fill(0x5a);
        std::fs::write(folder.path().join(DATABASE_FILE), broken).unwrap();
        match told_of(folder.path(), &acme).await {
            Err(StoreError::Damaged { .. }) => told += 1,
            // A page that nobody has needed for this: the check still finds it.
            Ok(faults) => told += usize::from(faults > 0),
            Err(other) => panic!("page {page}: {other}"),
        }
    }
    assert_eq!(told, (1..pages).step_by(pages / 12).count());
}

/// Reads everything of the audit and asks the database; how many faults it says.
async fn told_of(folder: &Path, acme: &OrganisationId) -> Kept<usize> {
    let store = SqlStore::sqlite(folder).await?;
    let mut tx = store.read().await?;
    let page = Page {
        after: None,
        limit: 500,
    };
    tx.audit(acme, &page).await?;
    drop(tx);
    Ok(store.faults().await?.len())
}

/// The child of the next test: so many durable commits.
#[tokio::test]
async fn child_that_is_counted() {
    let Ok(commits) = std::env::var("FENJIE_CHILD_COMMITS") else {
        return;
    };
    let database = sqlite();
    let store = database.open().await;
    let acme = make::kept_organisation(&store, "acme").await;
    for at in 0..commits.parse().unwrap() {
        append(&store, &acme, at).await.unwrap();
    }
}

#[test]
fn every_commit_is_synced_before_it_is_acknowledged() {
    if !done("strace", &["-V"]) {
        println!("skipped: no strace; that `synchronous` is FULL is proved when a store opens");
        return;
    }
    let counted = |commits: u64| -> Option<u64> {
        let ended = Command::new("strace")
            .args([
                "-f",
                "-qq",
                "-e",
                "trace=fsync,fdatasync",
                "-e",
                "signal=none",
            ])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "hardships::child_that_is_counted"])
            .env("FENJIE_CHILD_COMMITS", commits.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        let calls = said.lines().filter(|line| line.contains("sync("));
        ended.status.success().then(|| calls.count() as u64)
    };
    let (Some(few), Some(many)) = (counted(10), counted(60)) else {
        println!("skipped: strace may not look at programs here");
        return;
    };
    assert!(
        many >= few + 50,
        "{few} syncs for 10 commits, {many} for 60"
    );
}
