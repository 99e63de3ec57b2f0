//! The wall between organisations stands in every statement: who touches a table that has an
//! organisation says which. The few that do not are written down here, with why.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Statements without an organisation: their beginning, and why.
const WITHOUT: &[(&str, &str)] = &[
    (
        "SELECT count(*) AS count FROM sqlite_master",
        "whether the guard stands",
    ),
    (
        "SELECT count(*) AS count FROM pg_trigger",
        "whether the guard stands",
    ),
    // A secret says whose it is.
    ("SELECT * FROM tokens WHERE secret_hash", "a key"),
    ("SELECT * FROM sessions WHERE secret_hash", "a session"),
    ("SELECT * FROM feeds WHERE secret_hash", "a feed"),
    ("SELECT * FROM password_resets WHERE secret_hash", "a link"),
    (
        "DELETE FROM sign_ins_elsewhere WHERE state_hash",
        "a sign-in on its way",
    ),
    // What runs in the background takes the next one, whosever it is.
    (
        "UPDATE deliveries SET state = 'sending', leased_by",
        "the next delivery",
    ),
    (
        "UPDATE jobs SET state = 'running', leased_by",
        "the next job",
    ),
    // Numbers for whoever operates the server; they name nobody.
    (
        "SELECT state, CAST(count(*) AS BIGINT) AS many FROM jobs",
        "how many jobs are in each state",
    ),
    (
        "SELECT * FROM schedules WHERE active = 1 AND next_at",
        "what is due",
    ),
    (
        "SELECT * FROM imports WHERE state IN",
        "what was under way when the server stopped",
    ),
    ("SELECT id FROM jobs WHERE (state", "whether a job is due"),
    (
        "SELECT * FROM jobs WHERE state = 'running' AND leased_by",
        "what a process holds",
    ),
    (
        "SELECT id FROM deliveries WHERE (state",
        "whether a delivery is due",
    ),
    (
        "UPDATE deliveries SET state = 'waiting', next_at",
        "what a process hands back",
    ),
    // Sweeping what is over, of everybody.
    ("DELETE FROM kept_answers WHERE at <", "answers"),
    ("DELETE FROM sessions WHERE expires_at", "sessions"),
    ("DELETE FROM known_devices WHERE expires_at", "devices"),
    ("DELETE FROM password_resets WHERE expires_at", "links"),
    (
        "DELETE FROM sign_ins_elsewhere WHERE expires_at",
        "sign-ins on their way",
    ),
    ("DELETE FROM sign_in_attempts WHERE last_at", "attempts"),
    (
        "SELECT id FROM users WHERE password_hash IS NOT NULL",
        "whether anybody may sign in",
    ),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../store-sql")
        .join(name)
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut all: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// The tables that the migrations make, those with an organisation apart from those without.
fn tables() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut with, mut without) = (BTreeSet::new(), BTreeSet::new());
    for (_, text) in texts(&folder("migrations")) {
        for made in text
            .to_lowercase()
            .replace("if not exists ", "")
            .split("create table ")
            .skip(1)
        {
            let name = made.split([' ', '(', '\n']).next().unwrap().to_owned();
            let body = made.split(';').next().unwrap();
            match body.contains("organisation_id") {
                true => with.insert(name),
                false => without.insert(name),
            };
        }
    }
    (with, without)
}

/// The texts between quotation marks of a source, put together where a line ends in a backslash.
fn statements(source: &str) -> Vec<String> {
    let (mut found, mut open, mut text) = (Vec::new(), false, String::new());
    let mut letters = source.chars().peekable();
    while let Some(letter) = letters.next() {
        match (open, letter) {
            (true, '\\') if letters.peek() == Some(&'\n') => {
                while letters.peek().is_some_and(|next| next.is_whitespace()) {
                    letters.next();
                }
            }
            (true, '\\') => text.push(letters.next().unwrap_or(' ')),
            (true, '"') => {
                found.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
                text.clear();
                open = false;
            }
            (true, letter) => text.push(letter),
            (false, '/') if letters.peek() == Some(&'/') => {
                for next in letters.by_ref() {
                    if next == '\n' {
                        break;
                    }
                }
            }
            (false, '\'') => {
                // A letter of its own, such as '"'.
                let next = letters.peek().copied();
                if next == Some('"') {
                    letters.next();
                    letters.next();
                }
            }
            (false, '"') => open = true,
            (false, _) => {}
        }
    }
    found
}

#[test]
fn every_table_belongs_to_an_organisation_but_for_these() {
    let (_, without) = tables();
    let without: Vec<&str> = without.iter().map(String::as_str).collect();
    assert_eq!(without, ["organisations", "probes"]);
}

#[test]
fn every_statement_names_the_organisation() {
    let (with, _) = tables();
    let mut bare = Vec::new();
    let mut used = BTreeSet::new();
    let mut looked_at = 0;
    for (file, source) in texts(&folder("src")) {
        for statement in statements(&source) {
            let words: Vec<String> = statement
                .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .map(str::to_lowercase)
                .collect();
            let begins = words.first().map(String::as_str);
            if !matches!(
                begins,
                Some("select" | "insert" | "update" | "delete" | "with")
            ) {
                continue;
            }
            if !words.iter().any(|word| with.contains(word)) {
                continue;
            }
            looked_at += 1;
            let excused = WITHOUT
                .iter()
                .find(|(start, _)| statement.starts_with(start));
            if let Some((start, _)) = excused {
                used.insert(*start);
            } else if !statement.contains("organisation_id") {
                bare.push(format!("{file}: {statement}"));
            }
        }
    }
    assert!(looked_at > 40, "only {looked_at} statements were found");
    assert_eq!(
        bare,
        Vec::<String>::new(),
        "statements without an organisation"
    );
    let unused: Vec<_> = WITHOUT
        .iter()
        .filter(|(start, _)| !used.contains(start))
        .collect();
    assert!(unused.is_empty(), "no longer needed: {unused:?}");
}
