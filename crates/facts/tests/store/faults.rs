//! Kills, torn lines, full disks, read-only folders, two writers: nothing half visible.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fenjie_message::Message;

use crate::{Line, STAMP, bring, columns, file, line, open, plan, total};

fn sale(cents: i64) -> Line {
    line("2026-03-02", ["华东", "A", "线上"], cents)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("facts")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn manifest(folder: &Path) -> PathBuf {
    folder.join("facts").join("manifest.jsonl")
}

#[test]
fn a_torn_line_was_never_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    bring(&mut store, "a", &[sale(1)]);
    bring(&mut store, "b", &[sale(10)]);
    let whole = fs::read(manifest(folder.path())).unwrap();
    fs::write(manifest(folder.path()), &whole[..whole.len() - 9]).unwrap();
    let mut store = open(folder.path());
    assert_eq!(store.notes()[0].code(), "manifest_torn_line");
    assert_eq!(total(&store), 1);
    // The next writer cuts the line off and sweeps the orphan away.
    bring(&mut store, "c", &[sale(100)]);
    assert_eq!(total(&open(folder.path())), 101);
    assert!(open(folder.path()).notes().is_empty());
    assert_eq!(
        names(folder.path()).len(),
        4,
        "lock, manifest, two segments"
    );
}

#[test]
fn damage_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    bring(&mut store, "a", &[sale(1)]);
    bring(&mut store, "b", &[sale(10)]);
    let text = fs::read_to_string(manifest(folder.path())).unwrap();
    fs::write(manifest(folder.path()), text.replacen("a.csv", "x.csv", 1)).unwrap();
    let refused = fenjie_facts::Store::open(folder.path()).unwrap_err();
    assert_eq!(refused.code(), "manifest_damaged");
    assert!(refused.to_string().contains("line 1"), "{refused}");
    fs::write(manifest(folder.path()), text).unwrap();

    let segment = names(folder.path())
        .into_iter()
        .find(|name| name.starts_with("2-"))
        .unwrap();
    let segment = folder.path().join("facts").join(segment);
    let mut bytes = fs::read(&segment).unwrap();
    bytes[40] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let refused = open(folder.path()).verify().unwrap_err();
    assert_eq!(refused.code(), "segment_damaged");
    fs::write(&segment, &bytes[..60]).unwrap();
    let plan = plan();
    let asked = crate::request(&plan, [0; 3]);
    let refused = open(folder.path()).actuals(&plan, &asked).unwrap_err();
    assert_eq!(refused.code(), "segment_damaged");
    fs::remove_file(&segment).unwrap();
    let refused = open(folder.path()).actuals(&plan, &asked).unwrap_err();
    assert_eq!(refused.code(), "facts_io");
}

/// Whatever bytes of a segment are damaged, a scan ends with an answer or an error.
#[test]
fn no_damage_makes_a_scan_panic() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let lines: Vec<Line> = (0..300).map(|at| sale(at * 7919 % 1000)).collect();
    bring(&mut store, "a", &lines);
    let name = names(folder.path())
        .into_iter()
        .find(|name| name.ends_with("parquet"))
        .unwrap();
    let segment = folder.path().join("facts").join(name);
    let whole = fs::read(&segment).unwrap();
    let plan = plan();
    let asked = crate::request(&plan, [1; 3]);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&segment, &bytes).unwrap();
        let _ = open(folder.path()).actuals(&plan, &asked);
    }
}

#[test]
fn another_writer_is_waited_for_and_then_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    bring(&mut store, "a", &[sale(1)]);
    let lock = fs::File::open(folder.path().join("facts/.lock")).unwrap();
    lock.lock().unwrap();
    let plan = plan();
    let definition = plan.model().definition();
    let refused = store
        .add(columns(&[sale(2)]), definition, &file("b"), &STAMP)
        .unwrap_err();
    assert_eq!(refused.code(), "facts_busy");
    drop(lock);
    bring(&mut store, "b", &[sale(2)]);
    assert_eq!(total(&store), 3);
}

#[test]
fn writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = folder.path();
            scope.spawn(move || {
                let mut store = open(path);
                for number in 0..6 {
                    bring(&mut store, &format!("{writer}-{number}"), &[sale(1)]);
                    if number == 3 {
                        store.compact(&STAMP).unwrap();
                    }
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..30 {
                let seen = total(&open(folder.path()));
                assert!((0..=24).contains(&seen));
            }
        });
    });
    assert_eq!(total(&open(folder.path())), 24);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_read_and_refuses_writers() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    bring(&mut store, "a", &[sale(1)]);
    let facts = folder.path().join("facts");
    fs::set_permissions(&facts, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::File::create(facts.join("probe")).is_ok() {
        println!("this user may write anywhere: nothing to be seen here");
        return;
    }
    assert_eq!(total(&open(folder.path())), 1);
    let plan = plan();
    let definition = plan.model().definition();
    let refused = store
        .add(columns(&[sale(2)]), definition, &file("b"), &STAMP)
        .unwrap_err();
    assert_eq!(refused.code(), "facts_io");
    fs::set_permissions(&facts, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(total(&open(folder.path())), 1);
}

/// A writer that other tests kill or starve: it imports, corrects, undoes and compacts for ever.
#[test]
#[ignore = "started by the tests below"]
fn write_until_killed() {
    let Some(directory) = std::env::var_os("FENJIE_TEST_DIRECTORY") else {
        return;
    };
    let directory = Path::new(&directory);
    let mut store = open(directory);
    let acknowledged = directory.join("acknowledged");
    let lines: usize = std::env::var("FENJIE_TEST_LINES").map_or(50, |text| text.parse().unwrap());
    for _ in 0..100_000 {
        let number = store.imports().len();
        let day = format!("2026-{:02}-{:02}", number % 12 + 1, number % 28 + 1);
        let make = |at| line(&day, ["华东", "A", "线上"], 1).with_id(&format!("{number}-{at}"));
        let own: Vec<Line> = (0..lines).map(make).collect();
        let plan = plan();
        let definition = plan.model().definition();
        let name = format!("{}-{number}", std::process::id());
        if let Err(error) = store.add(columns(&own), definition, &file(&name), &STAMP) {
            println!("refused: {}", error.code());
            return;
        }
        // Always as long: whoever reads meanwhile reads no number of two halves.
        fs::write(&acknowledged, format!("{:08}", number + 1)).unwrap();
        if number % 7 == 6 {
            store.compact(&STAMP).unwrap();
        }
    }
}

fn writer(directory: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "faults::write_until_killed",
        ])
        .env("FENJIE_TEST_DIRECTORY", directory)
        .stdout(Stdio::null());
    command
}

#[test]
fn a_killed_writer_leaves_nothing_half_visible() {
    // A thousand kills in the slow suite, three in the usual one.
    let slow = std::env::var_os("FENJIE_SLOW").is_some();
    let kills = if slow { 1000 } else { 3 };
    let mut folder = tempfile::tempdir().unwrap();
    for round in 0..kills {
        if round % 25 == 24 {
            folder = tempfile::tempdir().unwrap();
        }
        let directory = folder.path();
        let read = || {
            let text = fs::read_to_string(directory.join("acknowledged")).unwrap_or_default();
            text.parse().unwrap_or(0usize)
        };
        let before = open(directory).imports().len();
        let mut child = writer(directory).spawn().unwrap();
        let mut last = read();
        while last < before + 1 + round % 5 {
            assert!(child.try_wait().unwrap().is_none(), "the writer ended");
            std::thread::yield_now();
            last = last.max(read());
        }
        // At different moments of the next import.
        std::thread::sleep(std::time::Duration::from_micros(round as u64 % 37 * 100));
        child.kill().unwrap();
        child.wait().unwrap();
        last = last.max(read());
        let mut store = open(directory);
        let imports = store.imports().len();
        assert!(imports >= last, "acknowledged {last}, found {imports}");
        assert_eq!(
            total(&store),
            imports as i64 * 50,
            "every import whole or not at all"
        );
        store.verify().unwrap();
        let number = bring(&mut store, &format!("after {round}"), &vec![sale(1); 50]);
        store.undo(number, &STAMP).unwrap();
        store.redo(number, &STAMP).unwrap();
        let named = fs::read_to_string(manifest(directory)).unwrap();
        let orphan = |name: &&String| name.contains('-') && !named.contains(name.as_str());
        assert_eq!(
            names(directory).iter().find(orphan),
            None,
            "nothing is left over"
        );
    }
}

/// A limit on the size of files stands for a full disk: writing fails in the middle.
#[cfg(unix)]
#[test]
fn a_full_disk_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    bring(&mut open(folder.path()), "before", &[sale(1)]);
    let before = names(folder.path());
    for blocks in [1, 4, 16] {
        let program = std::env::current_exe().unwrap();
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec '{}' --ignored --exact --nocapture \
             faults::write_until_killed",
            program.display()
        );
        let output = Command::new("bash")
            .args(["-c", &script])
            .env("FENJIE_TEST_DIRECTORY", folder.path())
            .env("FENJIE_TEST_LINES", "20000")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("refused: facts_io"), "{said}");
        assert_eq!(total(&open(folder.path())), 1);
        assert_eq!(names(folder.path()), before, "nothing is left of it");
    }
    let mut store = open(folder.path());
    bring(&mut store, "after", &[sale(10)]);
    assert_eq!(total(&store), 11);
}
