//! Runs the real binary: a folder of its own, no terminal, no locale but the one asked for.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use expect_test::Expect;
use tempfile::TempDir;

/// What a command line came to.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub talk: String,
}

impl Ran {
    /// Output, then talk, then the exit code where it is not 0.
    pub fn shown(&self) -> String {
        let mut shown = self.out.clone();
        if !self.talk.is_empty() {
            shown.push_str("-- talk\n");
            shown.push_str(&self.talk);
        }
        if self.code != 0 {
            shown.push_str(&format!("-- exit {}\n", self.code));
        }
        shown
    }
}

/// A folder with files, in which commands run.
pub struct Folder {
    folder: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A folder with one plan file, `plan.toml`.
    pub fn with_plan(text: &str) -> Self {
        let folder = Self::new();
        folder.write("plan.toml", text);
        folder
    }

    /// A folder with a copy of an example.
    pub fn with_example(name: &str) -> Self {
        let folder = Self::new();
        let from = root().join("examples").join(name);
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
        folder
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The names of the files, hidden ones too.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub fn run(&self, line: &str) -> Ran {
        run(self.path(), &words(line), b"")
    }

    pub fn check(&self, line: &str, wanted: Expect) {
        wanted.assert_eq(&self.run(line).shown());
    }
}

/// Checks a command line that needs no files.
pub fn check(line: &str, wanted: Expect) {
    Folder::new().check(line, wanted);
}

/// Runs the binary in a folder, with something on its standard input.
pub fn run(folder: &Path, words: &[String], input: &[u8]) -> Ran {
    let mut child = command(folder)
        .args(words)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing has closed its end already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let ended = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        code: ended.status.code().unwrap(),
        out: text(ended.stdout),
        talk: text(ended.stderr),
    }
}

/// The binary, quiet about where it runs; Chinese unless the line says otherwise.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fenjie"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "COLUMNS"] {
        command.env_remove(name);
    }
    command
        .env("FENJIE_LANG", "zh")
        .env("TZ", "UTC")
        .current_dir(folder);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The words of a line as a shell would hand them over; `'…'` keeps blanks.
pub fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted, mut open) = (Vec::new(), false, false);
    for c in line.chars() {
        if !open && c != ' ' {
            words.push(String::new());
            open = true;
        }
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => open = false,
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// The folder of real tables, where there is one.
pub fn shared(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("FENJIE_SHARED").map(PathBuf::from);
    let path = shared
        .unwrap_or_else(|| root().join("../shared"))
        .join("data")
        .join(name);
    if path.exists() {
        return Some(path.canonicalize().unwrap());
    }
    println!("{} is not here: nothing was tried on it", path.display());
    None
}
