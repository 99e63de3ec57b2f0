//! The same bad days where nothing may be mounted: a limit on the size of files stands for a full disk,
//! and a child without the right to pass over permissions for a folder that may only be read.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use fenjie_message::Message;
use fenjie_store::{OrganisationId, Store};
use fenjie_store_sql::SqlStore;
use fenjie_store_tests::{make, sqlite};

use crate::hardships::append;

/// The folder that a child is given.
fn given() -> Option<PathBuf> {
    std::env::var_os("FENJIE_CHILD_FOLDER").map(PathBuf::from)
}

/// What a child of this program says.
fn said(mut command: Command, child: &str, folder: &Path) -> String {
    let output = command
        .args(["--exact", child, "--nocapture", "--test-threads", "1"])
        .env("FENJIE_CHILD_FOLDER", folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{errors}");
    said
}

/// The child that runs out of room: it writes until it is refused, and reads on.
#[tokio::test]
async fn child_without_room() {
    let Some(folder) = given() else { return };
    let store = SqlStore::sqlite(&folder).await.unwrap();
    let acme = make::kept_organisation(&store, "acme").await;
    let mut noted = Vec::new();
    let refused = loop {
        match append(&store, &acme, noted.len() as u64).await {
            Ok(end) => noted.push(end),
            Err(refused) => break refused,
        }
        assert!(noted.len() < 100_000, "there is no end of room");
    };
    println!("refused: {}", refused.code());
    let mut tx = store.read().await.unwrap();
    let proved = tx.verify_audit(&acme, &noted).await.unwrap();
    assert_eq!(proved.faults, []);
    println!("read on: {} of {}", proved.records, noted.len());
    println!("organisation: {acme}");
}

#[tokio::test]
async fn without_room_it_is_read_on_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new("bash");
    let script = "trap '' XFSZ; ulimit -f 1500; exec \"$0\" \"$@\"";
    command.args(["-c", script]).arg(program);
    let child = "hardships_unmounted::child_without_room";
    let said = said(command, child, folder.path());
    assert!(said.contains("refused: database_read_only"), "{said}");
    let after = |word: &str| {
        let rest = said.split(word).nth(1).unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let (records, noted) = (after("read on: "), after("of "));
    assert_eq!(records, noted, "what was acknowledged is there");
    let acme = OrganisationId::parse(&after("organisation: ")).unwrap();
    let store = SqlStore::sqlite(folder.path()).await.unwrap();
    let end = append(&store, &acme, 99).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let proved = tx.verify_audit(&acme, &[end]).await.unwrap();
    assert_eq!(proved.faults, []);
    assert_eq!(proved.records, noted.parse::<u64>().unwrap() + 1);
}

/// The child that may not write where it is given to.
#[tokio::test]
async fn child_that_may_only_read() {
    let Some(folder) = given() else { return };
    if std::fs::write(folder.join("probe"), b"").is_ok() {
        return println!("opened: it may write anywhere");
    }
    match SqlStore::sqlite(&folder).await {
        Ok(_) => println!("opened: as if it might write"),
        Err(refused) => println!("refused: {}", refused.code()),
    }
}

#[tokio::test]
async fn a_folder_without_leave_to_write_is_refused_in_plain_words() {
    let database = sqlite();
    let acme = make::kept_organisation(&database.open().await, "acme").await;
    let (folder, program) = (database.folder(), std::env::current_exe().unwrap());
    let command = match std::fs::metadata(folder).unwrap().uid() {
        // Who may do everything may write everywhere: the child gives that up.
        0 => {
            let mut command = Command::new("setpriv");
            command.arg("--bounding-set=-dac_override").arg(program);
            command
        }
        _ => Command::new(program),
    };
    let mode = |bits| std::fs::set_permissions(folder, PermissionsExt::from_mode(bits)).unwrap();
    let files = || {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    for file in files() {
        std::fs::set_permissions(file, PermissionsExt::from_mode(0o444)).unwrap();
    }
    mode(0o555);
    let told = said(
        command,
        "hardships_unmounted::child_that_may_only_read",
        folder,
    );
    mode(0o755);
    for file in files() {
        std::fs::set_permissions(file, PermissionsExt::from_mode(0o644)).unwrap();
    }
    assert!(told.contains("refused: database_read_only"), "{told}");
    append(&database.open().await, &acme, 1).await.unwrap();
}
