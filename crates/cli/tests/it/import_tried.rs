//! Tries files of sales on a plan directory, watching time, memory and every byte of the directory.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use expect_test::Expect;

use crate::harness::{Folder, Ran, command, words};

/// What one refusal may take, and what it may hold beyond what the program needs anyway.
const MOST_TIME: Duration = Duration::from_secs(5);
const MOST_MEMORY: u64 = (256 + 64) << 20;

pub fn made() -> Folder {
    let folder = Folder::with_example("store-chain");
    assert_eq!(folder.run("init plan.toml dir --who 王芳").code, 0);
    folder.write("已有.csv", "日期,门店,金额\n2026-03-02,S1,5\n");
    assert_eq!(folder.run("import dir 已有.csv --no-alerts").code, 0);
    folder
}

/// Every file below a folder with its bytes.
pub fn bytes_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(bytes_of(&path)),
            false => all.push((path.display().to_string(), std::fs::read(&path).unwrap())),
        }
    }
    all.sort();
    all
}

/// Runs a command line, watching its time and, where the system tells, its memory.
pub fn watched(folder: &Folder, line: &str) -> Ran {
    let begun = Instant::now();
    let mut child = command(folder.path())
        .args(words(line))
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let known = std::fs::read_to_string(&status).unwrap_or_default();
        let kib = known.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = kib.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) << 10);
        assert!(
            begun.elapsed() < MOST_TIME,
            "{line}: longer than {MOST_TIME:?}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    let ended = child.wait_with_output().unwrap();
    assert!(peak <= MOST_MEMORY, "{line}: {} MiB", peak >> 20);
    Ran {
        code: ended.status.code().unwrap(),
        out: String::from_utf8(ended.stdout).unwrap(),
        talk: String::from_utf8(ended.stderr).unwrap(),
    }
}

/// Imports a file that is refused, in both languages; what is said, and nothing changed.
pub fn refused(folder: &Folder, name: &str, wanted: Expect) {
    let before = bytes_of(&folder.path().join("dir"));
    let mut shown = String::new();
    for lang in ["zh", "en"] {
        let ran = watched(folder, &format!("import dir {name} --lang {lang}"));
        assert_eq!(ran.code, 3, "{name}: {}", ran.shown());
        shown += &ran.out;
        shown += &ran.talk;
    }
    assert!(
        bytes_of(&folder.path().join("dir")) == before,
        "{name}: the plan changed"
    );
    wanted.assert_eq(&shown);
}

/// Imports a file of these bytes that is refused.
pub fn bytes_refused(name: &str, bytes: impl AsRef<[u8]>, wanted: Expect) {
    let folder = made();
    folder.write(name, bytes);
    refused(&folder, name, wanted);
}

/// Imports a file that is read correctly: the lines that came of it.
pub fn read_as(name: &str, bytes: impl AsRef<[u8]>, wanted: Expect) {
    let folder = made();
    folder.write(name, bytes);
    let ran = watched(&folder, &format!("import dir {name} --no-alerts -q"));
    assert_eq!(ran.code, 0, "{name}: {}", ran.shown());
    let lines = folder.run("imports dir --lines '*'").out;
    let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
    wanted.assert_eq(&(lines.join("\n") + "\n"));
}
