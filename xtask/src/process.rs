//! Running other programs: without terminal, without standard input, from the project's root.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The folder that holds the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask
        .parent()
        .expect("xtask lies in the workspace")
        .to_path_buf()
}

/// A program started from the project's root, with nothing to read.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The cargo that runs this chore.
pub fn cargo() -> Command {
    program(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
}

/// Runs to the end with the output shown as it comes; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    println!("$ {line}");
    let status = command
        .status()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs to the end, shows standard output as it comes and returns it with the way it ended.
pub fn run_and_keep(command: &mut Command) -> Result<(String, Result<()>)> {
    let line = describe(command);
    println!("$ {line}");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    let pipe = child
        .stdout
        .take()
        .expect("standard output was piped above");
    let mut kept = String::new();
    let mut out = std::io::stdout().lock();
    for text in BufReader::new(pipe).split(b'\n') {
        let text = String::from_utf8_lossy(&text?).into_owned();
        writeln!(out, "{text}")?;
        kept.push_str(&text);
        kept.push('\n');
    }
    let status = child.wait()?;
    let ended = if status.success() {
        Ok(())
    } else {
        Err(anyhow::anyhow!("ended with {status}"))
    };
    Ok((kept, ended))
}

/// Standard output of a program that must succeed, shown to nobody.
pub fn read(command: &mut Command) -> Result<String> {
    let line = describe(command);
    let output = command
        .output()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!(
            "`{line}` failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Whether the program can be started and ends well; its output is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Where cargo puts what it builds.
pub fn target_dir() -> Result<PathBuf> {
    let metadata = metadata()?;
    let dir = metadata["target_directory"]
        .as_str()
        .context("cargo metadata without a target")?;
    Ok(PathBuf::from(dir))
}

/// The workspace as cargo sees it, without foreign packages.
pub fn metadata() -> Result<serde_json::Value> {
    let text = read(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    Ok(serde_json::from_str(&text)?)
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line = program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for word in command.get_args() {
        let word = word.to_string_lossy();
        let quote = if word.contains(' ') { "'" } else { "" };
        line.push_str(&format!(" {quote}{word}{quote}"));
    }
    line
}
