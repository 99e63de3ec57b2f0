//! Sales brought in when things go wrong: killed while they are written, several at once, no room left, no
//! right to write. An import is there as a whole or not at all, and the next one goes on.

#![cfg(unix)]

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};

use expect_test::expect;

use crate::adjusting_faults::{ran, without_room};
use crate::harness::{Folder, command, words};

const IMPORT: &str = "import dir second.csv --quiet --no-alerts";

/// A plan directory with four thousand sales, and a file that corrects half of them.
fn folder() -> Folder {
    let folder = Folder::with_example("store-chain");
    for (name, first) in [("first.csv", 0), ("second.csv", 2000)] {
        let rows = (first..first + 4000).map(|at| {
            let (day, month) = (at % 28 + 1, at % 3 + 1);
            format!(
                "A{at},2026-0{month}-{day:02},S{},{}\n",
                at % 5 + 1,
                first + 1
            )
        });
        let rows: String = rows.collect();
        folder.write(name, format!("单号,日期,门店,金额\n{rows}"));
    }
    assert_eq!(folder.run("init plan.toml dir").code, 0);
    assert_eq!(
        folder.run("import dir first.csv --quiet --no-alerts").code,
        0
    );
    folder
}

/// How many imports there are, and what all lines come to; every file must be as it was written.
fn state(folder: &Folder) -> (usize, String) {
    let proved = folder.run("imports dir --verify --json");
    assert_eq!(proved.code, 0, "{}", proved.shown());
    let listed = folder.run("imports dir --json").out;
    let board =
        folder.run("track dir --by store --period month=2026-02 --as-of 2026-02-28 -o - -q");
    assert_eq!(board.code, 0, "{}", board.talk);
    (listed.matches("\"number\"").count(), board.out)
}

/// Files in the folder of sales that nobody names.
fn left_over(folder: &Folder) -> Vec<String> {
    let named = folder.read("dir/facts/manifest.jsonl");
    let entries = std::fs::read_dir(folder.path().join("dir/facts")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name != ".lock" && name != "manifest.jsonl" && !named.contains(name))
        .collect()
}

#[test]
fn an_importer_killed_at_any_moment_leaves_all_or_nothing() {
    // Five hundred kills in the slow suite, six in the usual one.
    let kills = if std::env::var_os("FENJIE_SLOW").is_some() {
        500
    } else {
        6
    };
    let folder = folder();
    let before = state(&folder);
    let start = Instant::now();
    assert_eq!(folder.run(IMPORT).code, 0);
    let long = start.elapsed();
    let after = state(&folder);
    assert_eq!((before.0, after.0), (1, 2));
    assert_ne!(before.1, after.1);
    let whole = folder.read("dir/facts/manifest.jsonl");
    let first = whole.lines().next().unwrap().to_owned() + "\n";
    for at in 0..kills {
        // Back to the first import; its successor's files are nobody's now.
        folder.write("dir/facts/manifest.jsonl", &first);
        let mut child = command(folder.path()).args(words(IMPORT)).spawn().unwrap();
        std::thread::sleep(long * at / kills + Duration::from_micros(u64::from(at) * 37));
        let _ = child.kill();
        child.wait().unwrap();
        let found = state(&folder);
        assert!(found == before || found == after, "kill {at}: {}", found.0);
        // The same file again: one effect, and nothing left of the one that was killed.
        assert_eq!(folder.run(IMPORT).code, 0);
        assert_eq!(state(&folder), after);
        if found.0 == 1 {
            assert_eq!(left_over(&folder), [""; 0]);
        }
    }
}

#[test]
fn importers_at_once_bring_each_file_once() {
    let folder = folder();
    let start = || command(folder.path()).args(words(IMPORT)).spawn().unwrap();
    for child in [start(), start(), start(), start()] {
        let ended = child.wait_with_output().unwrap();
        let talk = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(0), "{talk}");
    }
    assert_eq!(state(&folder).0, 2);
    assert_eq!(left_over(&folder), [""; 0]);
}

#[test]
fn without_room_no_sale_is_taken() {
    let folder = folder();
    let before = state(&folder);
    for bytes in [0, 4096, 16384] {
        let refused = without_room(&folder, IMPORT, bytes);
        assert_eq!(refused.code, 4, "{}", refused.talk);
        assert!(refused.talk.contains("错误[facts_io]"), "{}", refused.talk);
        assert_eq!(state(&folder), before);
        assert_eq!(left_over(&folder), [""; 0]);
    }
    assert_eq!(
        without_room(&folder, "imports dir --compact", 0).code,
        0,
        "one segment"
    );
    assert_eq!(folder.run(IMPORT).code, 0);
    let refused = without_room(&folder, "imports dir --compact", 4096);
    assert_eq!(refused.code, 4, "{}", refused.talk);
    let after = state(&folder);
    assert_eq!(folder.run("imports dir --compact").code, 0);
    assert_eq!(state(&folder), after);
}

#[test]
fn without_the_right_to_write_sales_can_still_be_read() {
    let folder = folder();
    // Nothing is forbidden to root, who therefore runs as nobody; everybody else forbids it to himself.
    let is_root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
    let allow = |mode: u32, names: &[&str]| {
        for name in names {
            let path = folder.path().join(name);
            std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
    };
    match is_root {
        true => allow(0o755, &[".", "dir", "dir/inputs", "dir/facts"]),
        false => {
            for kept in std::fs::read_dir(folder.path().join("dir/facts")).unwrap() {
                let path = kept.unwrap().path();
                std::fs::set_permissions(path, Permissions::from_mode(0o444)).unwrap();
            }
            allow(0o555, &["dir", "dir/facts"]);
        }
    }
    let other = |line: &str| {
        let mut other = command(folder.path());
        other.args(words(line));
        if is_root {
            other.uid(65534).gid(65534);
        }
        other
    };
    for line in [
        "imports dir --verify",
        "track dir --as-of 2026-03-10",
        "today dir S1 --at '2026-03-10 12:00'",
        "import dir second.csv --dry-run --quiet",
    ] {
        let looked = ran(other(line));
        assert_eq!(looked.code, 0, "{line}: {}", looked.talk);
    }
    let refused = ran(other(IMPORT));
    assert_eq!(refused.code, 4);
    expect![[r#"
        错误[facts_io]：`dir/facts` 读写失败：没有权限
        提示：检查磁盘空间和权限后重来；销售数据没有变动
    "#]]
    .assert_eq(&refused.talk);
    let refused = ran(other(&format!("{IMPORT} --lang en")));
    expect![[r#"
        error[facts_io]: `dir/facts` failed: permission is denied
        hint: see to disk space and rights, then repeat it; the sales are as they were
    "#]]
    .assert_eq(&refused.talk);
    allow(0o755, &["dir", "dir/facts"]);
}
