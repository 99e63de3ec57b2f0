//! Plan directories: nothing acknowledged is lost, nothing that was changed goes unnoticed.

use std::fs;
use std::path::{Path, PathBuf};

use fenjie_exchange::log::{LOG_FILE, LogError, PlanLog, Stamp, load_any};
use fenjie_message::Message;
use fenjie_plan::{Address, Operation, Plan};

use crate::{Folder, say};

const STAMP: Stamp<'_> = Stamp {
    at: "2026-01-05T08:00:00Z",
    who: Some("王芳"),
    why: None,
};

const PLAN: &str = "# 注释\nplan = \"目标\"\nperiod = \"2026\"\nmeasure = { name = \"销售额\", code = \"sales\" }\ntotal = \"1000万\"\n\
[axes]\n区 = { members = \"org.csv\" }\n[[do]]\ndecompose = \"区\"\nby = { attribute = \"people\" }\nwho = \"李四\"\nwhy = \"按人数\"\n[calendar]\nweek_starts = \"friday\"\n";

fn release(at: &str) -> Operation {
    Operation::Release {
        measure: "sales".into(),
        at: Address::parse(at).unwrap(),
    }
}

fn made(folder: &Folder) -> (PathBuf, PlanLog) {
    folder.file("org.csv", "code,people\n甲,2\n乙,1\n");
    let plan = folder.file("plan.toml", PLAN);
    let directory = folder.path("dir");
    let log = PlanLog::create(&directory, &plan, &STAMP).unwrap();
    (directory, log)
}

fn log_text(directory: &Path) -> String {
    fs::read_to_string(directory.join(LOG_FILE)).unwrap()
}

#[test]
fn a_directory_holds_all_of_a_plan() {
    let folder = Folder::new();
    let (directory, log) = made(&folder);
    assert_eq!(log.last_sequence(), 2);
    assert_eq!(log.entries()[1].who.as_deref(), Some("李四"));
    assert_eq!(log.entries()[0].who.as_deref(), Some("王芳"));
    let from_file = load_any(&folder.path("plan.toml")).unwrap().plan;
    for name in ["plan.toml", "org.csv"] {
        fs::remove_file(folder.path(name)).unwrap();
    }
    fs::rename(&directory, folder.path("moved")).unwrap();
    let open = load_any(&folder.path("moved")).unwrap();
    assert_eq!(open.plan.operations, from_file.operations);
    assert_eq!(open.plan.definition.calendar, from_file.definition.calendar);
    assert!(!open.log.unwrap().header().text.contains("1000万"));
    let plan = Plan::replay(open.plan.definition, &open.plan.operations).unwrap();
    let place = plan.place("区=甲").unwrap();
    assert_eq!(
        plan.step(0).format(plan.value(0, &place).unwrap()),
        "6666666.67"
    );
}

#[test]
fn what_is_appended_is_there_again() {
    let folder = Folder::new();
    let (directory, mut log) = made(&folder);
    assert_eq!(log.append(&release("区=甲"), &STAMP).unwrap(), 3);
    assert_eq!(log.append_after(3, &[release("区=乙")], &STAMP).unwrap(), 4);
    let moved_on = log
        .append_after(3, &[release("区=乙")], &STAMP)
        .unwrap_err();
    assert_eq!(moved_on.code(), "log_moved_on");
    let again = PlanLog::open(&directory).unwrap();
    assert_eq!(again.entries(), log.entries());
    assert_eq!(again.hash(), log.hash());
    assert!(again.notes().is_empty());
    let bad = Stamp {
        at: "gestern",
        ..STAMP
    };
    assert_eq!(
        log.append(&release(""), &bad).unwrap_err().code(),
        "time_invalid"
    );
}

#[test]
fn undo_and_redo_only_append() {
    let folder = Folder::new();
    let (directory, mut log) = made(&folder);
    log.append(&release("区=甲"), &STAMP).unwrap();
    log.append(&release("区=乙"), &STAMP).unwrap();
    assert_eq!(log.undo(None, &STAMP).unwrap(), 4);
    assert_eq!(log.undo(None, &STAMP).unwrap(), 3);
    assert_eq!(log.effective_operations().len(), 2);
    assert_eq!(log.undo(Some(4), &STAMP).unwrap_err().code(), "cannot_undo");
    assert_eq!(
        log.undo(Some(99), &STAMP).unwrap_err().code(),
        "cannot_undo"
    );
    assert_eq!(
        log.undo(Some(6), &STAMP).unwrap(),
        6,
        "redo is the undo of an undo"
    );
    assert_eq!(log.effective_operations()[2], release("区=甲"));
    let again = PlanLog::open(&directory).unwrap();
    assert_eq!(again.entries().len(), 7);
    assert_eq!(again.effective_operations(), log.effective_operations());
}

#[test]
fn a_torn_line_is_left_out_and_overwritten() {
    let folder = Folder::new();
    let (directory, mut log) = made(&folder);
    let before = log_text(&directory);
    log.append(&release("区=甲"), &STAMP).unwrap();
    let line = log_text(&directory)[before.len()..].to_owned();
    for kept in [1, line.len() / 2, line.len() - 1] {
        fs::write(
            directory.join(LOG_FILE),
            format!("{before}{}", floor(&line, kept)),
        )
        .unwrap();
        let mut torn = PlanLog::open(&directory).unwrap();
        assert_eq!(
            (torn.last_sequence(), torn.notes()[0].code()),
            (2, "log_torn_line")
        );
        assert_eq!(torn.append(&release("区=甲"), &STAMP).unwrap(), 3);
        assert_eq!(log_text(&directory), format!("{before}{line}"));
        assert!(PlanLog::open(&directory).unwrap().notes().is_empty());
    }
}

fn floor(text: &str, mut at: usize) -> &str {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    &text[..at]
}

#[test]
fn every_change_of_the_log_is_noticed() {
    let folder = Folder::new();
    let (directory, mut log) = made(&folder);
    log.append(&release("区=甲"), &STAMP).unwrap();
    let whole = log_text(&directory);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let damaged = |text: String| {
        fs::write(directory.join(LOG_FILE), text).unwrap();
        match PlanLog::open(&directory) {
            Err(LogError::Damaged { line, .. }) => line,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(damaged(whole.replacen("1000万", "2000万", 1)), 2);
    assert_eq!(damaged(whole.replacen("李四", "王五", 1)), 3);
    assert_eq!(damaged(whole.replacen("friday", "monday", 1)), 1);
    assert_eq!(damaged([lines[0], lines[2], lines[3]].concat()), 2);
    assert_eq!(
        damaged([lines[0], lines[1], lines[3], lines[2]].concat()),
        3
    );
    assert_eq!(
        damaged([lines[0], lines[1], "\n", lines[2], lines[3]].concat()),
        3
    );
    assert_eq!(damaged([lines[0], lines[1], "{}\n"].concat()), 3);
    assert_eq!(damaged(String::new()), 1);
    fs::write(directory.join(LOG_FILE), &whole).unwrap();
    assert_eq!(PlanLog::open(&directory).unwrap().last_sequence(), 3);
}

#[test]
fn a_changed_or_missing_input_is_noticed() {
    let folder = Folder::new();
    let (directory, log) = made(&folder);
    let stored = directory.join(&log.header().inputs[0].stored);
    fs::write(&stored, "code,people\n甲,3\n乙,1\n").unwrap();
    assert_eq!(
        PlanLog::open(&directory).unwrap_err().code(),
        "input_changed"
    );
    fs::remove_file(&stored).unwrap();
    assert!(PlanLog::open(&directory).is_err());
}

#[test]
fn a_directory_is_made_whole_or_not_at_all() {
    let folder = Folder::new();
    let plan = folder.file("plan.toml", PLAN);
    let error = PlanLog::create(&folder.path("dir"), &plan, &STAMP).unwrap_err();
    assert!(say(&error).contains("org.csv"), "{}", say(&error));
    assert!(!folder.path("dir").exists());
    folder.file("org.csv", "code,people\n甲,2\n");
    fs::create_dir(folder.path("full")).unwrap();
    folder.file("full/x", "x");
    let error = PlanLog::create(&folder.path("full"), &plan, &STAMP).unwrap_err();
    assert_eq!(error.code(), "directory_not_empty");
    fs::create_dir(folder.path("empty")).unwrap();
    PlanLog::create(&folder.path("empty"), &plan, &STAMP).unwrap();
    let names = |path: &Path| fs::read_dir(path).unwrap().count();
    assert_eq!(names(folder.0.path()), 4, "nothing of the attempts is left");
    assert_eq!(
        PlanLog::open(&folder.path("full")).unwrap_err().code(),
        "not_a_plan_directory"
    );
}

#[test]
fn writers_take_turns() {
    let folder = Folder::new();
    let (directory, _) = made(&folder);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let directory = &directory;
            scope.spawn(move || {
                let mut log = PlanLog::open(directory).unwrap();
                for number in 0..25 {
                    log.append(&release(&format!("区={writer}-{number}")), &STAMP)
                        .unwrap();
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..50 {
                assert!(PlanLog::open(&directory).unwrap().notes().is_empty());
            }
        });
    });
    let log = PlanLog::open(&directory).unwrap();
    assert_eq!(log.last_sequence(), 102);
    for writer in 0..4 {
        let prefix = format!("区={writer}-");
        let own = log.entries()[2..]
            .iter()
            .filter_map(|entry| match &entry.operation {
                Operation::Release { at, .. } => {
                    at.to_string().strip_prefix(&prefix).map(str::to_owned)
                }
                _ => None,
            });
        let numbers: Vec<u32> = own.map(|number| number.parse().unwrap()).collect();
        assert_eq!(
            numbers,
            (0..25).collect::<Vec<_>>(),
            "in the order of writer {writer}"
        );
    }
}

/// A writer that another test kills.
#[test]
#[ignore = "started by `a_killed_writer_loses_nothing_acknowledged`"]
fn write_until_killed() {
    let Some(directory) = std::env::var_os("FENJIE_TEST_DIRECTORY") else {
        return;
    };
    let mut log = PlanLog::open(Path::new(&directory)).unwrap();
    let acknowledged = Path::new(&directory).join("acknowledged");
    for number in 0..100_000 {
        let sequence = log
            .append(&release(&format!("区={number}")), &STAMP)
            .unwrap();
        // Always as long: whoever reads meanwhile reads no number of two halves.
        fs::write(&acknowledged, format!("{sequence:08}")).unwrap();
    }
}

#[test]
fn a_killed_writer_loses_nothing_acknowledged() {
    // A thousand kills in the slow suite, three in the usual one.
    let kills = if std::env::var_os("FENJIE_SLOW").is_some() {
        1000
    } else {
        3
    };
    let mut folder = Folder::new();
    let mut directory = made(&folder).0;
    for round in 0..kills {
        // Opening reads the whole log, so one log is not killed for ever.
        if round % 25 == 24 {
            folder = Folder::new();
            directory = made(&folder).0;
        }
        let before = PlanLog::open(&directory).unwrap().last_sequence();
        let mut writer = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "plan_directories::write_until_killed",
            ])
            .env("FENJIE_TEST_DIRECTORY", &directory)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let acknowledged = || {
            fs::read_to_string(directory.join("acknowledged"))
                .unwrap_or_default()
                .parse()
                .unwrap_or(0u64)
        };
        // Killed in the middle of writing: some more are acknowledged in every round.
        let enough = before + 1 + round % 7;
        let mut last = acknowledged();
        while last < enough {
            assert!(writer.try_wait().unwrap().is_none(), "the writer ended");
            std::thread::yield_now();
            last = last.max(acknowledged());
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        last = last.max(acknowledged());
        let mut log = PlanLog::open(&directory).unwrap();
        assert!(log.last_sequence() >= last);
        log.append(&release("区=后"), &STAMP).unwrap();
        PlanLog::open(&directory).unwrap();
    }
}

/// A machine that dies inside a write of several operations leaves all of them out, wherever it died.
#[test]
fn several_operations_of_one_write_count_all_or_none() {
    let folder = Folder::new();
    let (directory, mut log) = made(&folder);
    let before = log_text(&directory);
    let three = ["区=甲", "区=乙", "区=丙"].map(release);
    log.append_after(2, &three, &STAMP).unwrap();
    let whole = log_text(&directory);
    let ends: Vec<usize> = (before.len()..whole.len())
        .filter(|at| whole.is_char_boundary(*at))
        .collect();
    for end in ends.into_iter().step_by(7).chain([whole.len() - 1]) {
        fs::write(directory.join(LOG_FILE), &whole[..end]).unwrap();
        let opened = PlanLog::open(&directory).unwrap();
        assert_eq!(opened.last_sequence(), 2, "cut at {end}");
        assert_eq!(opened.notes().len(), usize::from(end > before.len()));
    }
    let cut = before.len() + whole[before.len()..].find('\n').unwrap() + 1;
    fs::write(directory.join(LOG_FILE), &whole[..cut]).unwrap();
    let mut opened = PlanLog::open(&directory).unwrap();
    opened.append(&release("区=丁"), &STAMP).unwrap();
    let reread = PlanLog::open(&directory).unwrap();
    assert_eq!(reread.last_sequence(), 3);
    assert!(reread.notes().is_empty());
    assert_eq!(reread.entries()[2].operation, release("区=丁"));
    // Whoever had it open since before the write goes on behind it as well.
    log.refresh().unwrap_err();
}
