//! Output cut short: a full disk, a process killed while it writes. Nothing half written is left in
//! the place of what was there.

#![cfg(unix)]

use std::fs::OpenOptions;
use std::time::Duration;

use crate::harness::{Folder, command, words};

/// Three hundred members by day: enough to be caught writing.
fn many() -> Folder {
    let members: Vec<String> = (0..300).map(|at| format!("\"m{at}\"")).collect();
    Folder::with_plan(&format!(
        "plan = \"p\"\nperiod = \"2026\"\nmeasure = \"s\"\ntotal = \"1000万\"\n[axes]\norg = [{}]\n\
         [[do]]\ndecompose = [\"org\", \"time.day\"]\nby = \"equal\"\n",
        members.join(", ")
    ))
}

#[test]
fn a_disk_without_room() {
    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else {
        println!("/dev/full is not here: nothing was tried on it");
        return;
    };
    let folder = many();
    for line in [
        "decompose plan.toml --output -",
        "check plan.toml",
        "calendar 2026 --csv",
        "schema",
    ] {
        let mut command = command(folder.path());
        let ended = command.args(words(line)).stdout(full.try_clone().unwrap());
        let ended = ended.output().unwrap();
        let talk = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(4), "{line}: {talk}");
        assert!(talk.contains("错误[file_unwritable]"), "{line}: {talk}");
    }
}

#[test]
fn a_process_killed_while_it_writes() {
    let folder = many();
    let line = "decompose plan.toml --output out.csv --quiet";
    assert_eq!(folder.run(line).code, 0);
    let whole = folder.read("out.csv");
    // A thousand kills in the slow suite, five in the usual one.
    let kills = if std::env::var_os("FENJIE_SLOW").is_some() {
        1000
    } else {
        5
    };
    for millis in (0..kills).map(|at| 20 + 280 * at / kills) {
        folder.write("out.csv", "old");
        let mut child = command(folder.path()).args(words(line)).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(millis));
        // One that is done already cannot be killed any more.
        let _ = child.kill();
        child.wait().unwrap();
        let found = folder.read("out.csv");
        assert!(
            found == "old" || found == whole,
            "{millis} ms: {} bytes",
            found.len()
        );
    }
    folder.write("out.csv", "old");
    assert_eq!(folder.run(line).code, 0);
    assert_eq!(folder.read("out.csv"), whole);
}
