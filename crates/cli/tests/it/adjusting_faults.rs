//! Closing and carrying when things go wrong: killed while it writes, two at once, no room left, no
//! right to write. The log opens, and holds all of a batch or none of it.

#![cfg(unix)]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};

use expect_test::expect;

use crate::adjusting::{done, store};
use crate::harness::{Folder, Ran, command, words};

const CLOSE: &str = "close dir 2026-W10 --as-of 2026-03-13 --actuals sales.csv --carry --yes";

/// Steps in the log; it must open and replay.
fn steps(folder: &Folder) -> u64 {
    let ran = folder.run("replay dir --json");
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    answer["operations"].as_u64().unwrap()
}

/// A thousand kills in the slow suite, a dozen in the usual one.
fn kills() -> u32 {
    match std::env::var_os("FENJIE_SLOW") {
        Some(_) => 1000,
        None => 12,
    }
}

#[test]
fn a_closer_killed_at_any_moment_leaves_all_or_nothing() {
    let folder = store();
    for (line, whole) in [(CLOSE, 2), ("carry dir --as-of 2026-03-13 --yes", 1)] {
        let before = steps(&folder);
        let log = folder.read("dir/log.jsonl");
        let start = Instant::now();
        done(&folder, line);
        let long = start.elapsed();
        assert_eq!(steps(&folder), before + whole);
        for at in 0..kills() {
            folder.write("dir/log.jsonl", &log);
            let mut child = command(folder.path()).args(words(line)).spawn().unwrap();
            std::thread::sleep(long * at / kills() + Duration::from_micros(u64::from(at) * 37));
            let _ = child.kill();
            child.wait().unwrap();
            let found = steps(&folder);
            assert!(
                found == before || found == before + whole,
                "{line}: {found}"
            );
        }
        // Whatever was left, the same line goes on from there.
        folder.write("dir/log.jsonl", &log);
        done(&folder, line);
    }
}

/// A machine that dies inside the one write leaves a beginning of it: the batch is left out, and the
/// next one takes its place.
#[test]
fn a_batch_cut_anywhere_is_none() {
    let folder = store();
    let (before, log) = (steps(&folder), folder.read("dir/log.jsonl"));
    done(&folder, CLOSE);
    let whole = folder.read("dir/log.jsonl");
    for cut in (log.len()..whole.len()).step_by(97) {
        folder.write("dir/log.jsonl", &whole.as_bytes()[..cut]);
        assert_eq!(steps(&folder), before, "cut at {cut}");
    }
    done(&folder, CLOSE);
    assert_eq!(steps(&folder), before + 2);
    done(&folder, "verify dir --quiet");
}

#[test]
fn two_closers_at_once_close_once() {
    let folder = store();
    let before = steps(&folder);
    let start = || command(folder.path()).args(words(CLOSE)).spawn().unwrap();
    let ended = [start(), start(), start()].map(|child| child.wait_with_output().unwrap());
    let good = ended.iter().filter(|ended| ended.status.code() == Some(0));
    assert_eq!(good.count(), 1);
    for ended in ended.iter().filter(|ended| ended.status.code() != Some(0)) {
        let talk = String::from_utf8_lossy(&ended.stderr).into_owned();
        // It looked before the other wrote, or after: then closing again wants a reason.
        let known = ["log_moved_on", "reason_missing"];
        assert!(known.iter().any(|code| talk.contains(code)), "{talk}");
    }
    assert_eq!(steps(&folder), before + 2);
}

/// Runs a line where no file may grow beyond a number of bytes.
pub fn without_room(folder: &Folder, line: &str, bytes: u64) -> Ran {
    let shell = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", bytes / 512);
    let fenjie = command(folder.path());
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", &shell, "sh"]).arg(fenjie.get_program());
    limited.args(words(line)).current_dir(folder.path());
    for (name, value) in fenjie.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    ran(limited)
}

/// What a command came to.
pub fn ran(mut command: std::process::Command) -> Ran {
    let ended = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        code: ended.status.code().unwrap(),
        out: text(ended.stdout),
        talk: text(ended.stderr),
    }
}

#[test]
fn without_room_the_plan_is_as_it_was() {
    let folder = store();
    let log = folder.read("dir/log.jsonl");
    // No room at all, and room for a part of what is written.
    let long = format!("{CLOSE} --why {}", "更".repeat(2000));
    for (line, more) in [(CLOSE, 0), (&long, 1500)] {
        let refused = without_room(&folder, line, log.len() as u64 + more);
        assert_eq!(refused.code, 4);
        expect![[r#"
            错误[log_io]：`dir/log.jsonl` 读写失败：空间不足
            提示：腾出空间后再做一次；方案还是原来的样子
        "#]]
        .assert_eq(&refused.talk);
        let line = format!("{line} --lang en");
        let refused = without_room(&folder, &line, log.len() as u64 + more);
        expect![[r#"
            error[log_io]: `dir/log.jsonl` failed: there is no room left
            hint: make room and do it again; the plan is as it was
        "#]]
        .assert_eq(&refused.talk);
    }
    assert_eq!(folder.read("dir/log.jsonl"), log);
    done(&folder, CLOSE);
}

#[test]
fn without_the_right_to_write_one_can_still_look() {
    let folder = store();
    let open = |mode: u32, names: &[&str]| {
        for name in names {
            let path = folder.path().join(name);
            std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
    };
    open(0o755, &[".", "dir", "dir/inputs"]);
    open(0o444, &["dir/log.jsonl", "dir/.lock"]);
    // Somebody else than whoever owns the folder; root may do everything.
    let other = |line: &str| {
        let mut other = command(folder.path());
        other.args(words(line)).uid(65534).gid(65534);
        other
    };
    match other("log dir").output() {
        Ok(ended) if ended.status.code() == Some(0) => {}
        _ => {
            println!("only root can run as somebody else: nothing was tried");
            return;
        }
    }
    for line in [
        "replay dir",
        "carry dir",
        "close dir 2026-W10 --as-of 2026-03-13 --actuals sales.csv",
    ] {
        let looked = ran(other(line));
        assert_eq!(looked.code, 0, "{line}: {}", looked.talk);
    }
    let refused = ran(other(CLOSE));
    assert_eq!(refused.code, 4);
    expect![[r#"
        错误[log_io]：`dir/log.jsonl` 读写失败：没有权限
        提示：要写入的人需要这个目录的写权限；只看不写不受影响
    "#]]
    .assert_eq(&refused.talk);
    let refused = ran(other(&format!("{CLOSE} --lang en")));
    expect![[r#"
        error[log_io]: `dir/log.jsonl` failed: permission is denied
        hint: whoever writes needs the right to write to this directory; looking works without it
    "#]]
    .assert_eq(&refused.talk);
}
