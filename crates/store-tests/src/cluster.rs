//! A PostgreSQL cluster of the tests' own: made, started, stopped, killed. Must not know databases.

use std::io::{Error, Result};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The account that owns the cluster's data; there is no password, it listens on loopback only.
pub(crate) const OWNER: &str = "fenjie";
/// What the tests need of it. Commits stay durable: `fsync` and `synchronous_commit` are as usual.
const SETTINGS: &str = "\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
shared_buffers = 64MB
autovacuum = off
logging_collector = off
";

/// What is used of an installation.
const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "pg_isready", "psql"];

/// How a cluster is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Connections are closed, everything is written.
    Orderly,
    /// As if the power had gone: nothing is written, the next start recovers.
    AtOnce,
    /// `kill -9` of the first process; the others see it and end.
    Killed,
}

/// A cluster: a folder of data and a port on loopback.
#[derive(Clone, Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
}

impl Cluster {
    /// Makes a cluster in a folder that is not there yet; it is not started.
    ///
    /// # Errors
    /// Where PostgreSQL is missing or refuses.
    pub fn make(folder: &Path) -> Result<Cluster> {
        let cluster = Cluster::at(folder)?;
        std::fs::create_dir_all(folder)?;
        std::fs::set_permissions(folder, PermissionsExt::from_mode(0o700))?;
        if let Some((user, group)) = other_account()? {
            chown(folder, Some(user), Some(group))?;
        }
        let mut initdb = cluster.command("initdb")?;
        initdb.args(["-A", "trust", "-U", OWNER, "-E", "UTF8", "--locale=C"]);
        initdb.args(["--no-sync", "-D"]);
        done(initdb.arg(folder))?;
        let file = folder.join("postgresql.conf");
        let usual = std::fs::read_to_string(&file)?;
        std::fs::write(&file, format!("{usual}\n{SETTINGS}"))?;
        Ok(cluster)
    }

    /// The cluster of a folder.
    ///
    /// # Errors
    /// Where PostgreSQL is missing.
    pub fn at(folder: &Path) -> Result<Cluster> {
        Ok(Cluster {
            programs: programs().ok_or_else(|| Error::other("PostgreSQL is not installed"))?,
            folder: folder.to_owned(),
        })
    }

    /// Starts it, on the port it had before where that is free, and waits until it answers.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub fn start(&self) -> Result<()> {
        if !self.runs() {
            // Left by one that was killed: its number may be another program's by now.
            std::fs::remove_file(self.folder.join("postmaster.pid")).ok();
        }
        let before = self.port().ok();
        let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
        for attempt in 0..3 {
            let port = match before.filter(|port| attempt == 0 && free(port)) {
                Some(port) => port,
                None => TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port(),
            };
            std::fs::write(self.folder.join("port"), port.to_string())?;
            let mut start = self.command("pg_ctl")?;
            start.arg("-D").arg(&self.folder);
            start.arg("-l").arg(self.folder.join("server.log"));
            start.args(["-w", "-t", "120", "-o", &format!("-p {port}"), "start"]);
            match done(&mut start) {
                Ok(()) => return Ok(()),
                Err(why) if attempt == 2 => return Err(why),
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Stops it.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub fn stop(&self, how: Stop) -> Result<()> {
        if how == Stop::Killed {
            let file = std::fs::read_to_string(self.folder.join("postmaster.pid"))?;
            let id = file.lines().next().unwrap_or_default().to_owned();
            done(Command::new("kill").args(["-9", &id]))?;
            return self.wait_for_the_end(&id);
        }
        let mode = if how == Stop::Orderly {
            "fast"
        } else {
            "immediate"
        };
        let mut stop = self.command("pg_ctl")?;
        stop.arg("-D").arg(&self.folder);
        done(stop.args(["-w", "-m", mode, "stop"]))
    }

    /// Whether it runs.
    pub fn runs(&self) -> bool {
        let status = self.command("pg_ctl").and_then(|mut command| {
            command.arg("-D").arg(&self.folder).arg("status");
            done(&mut command)
        });
        status.is_ok() && self.is_its_process()
    }

    /// Whether the process that the folder names is this cluster's. The system gives a killed one's
    /// number to others, and a folder that was copied names the process of where it came from.
    fn is_its_process(&self) -> bool {
        let named = std::fs::read_to_string(self.folder.join("postmaster.pid"));
        let number = named
            .ok()
            .and_then(|text| text.lines().next().map(str::to_owned));
        let Some(number) = number.filter(|_| Path::new("/proc/self").exists()) else {
            return true;
        };
        let started = std::fs::read(format!("/proc/{}/cmdline", number.trim()));
        let folder = self.folder.to_string_lossy().into_owned();
        started.is_ok_and(|line| {
            let mut words = line.split(|byte| *byte == 0);
            words.any(|word| word == folder.as_bytes())
        })
    }

    /// Whether it takes connections.
    pub fn answers(&self) -> bool {
        let asked = self.port().and_then(|port| {
            let mut command = self.command("pg_isready")?;
            done(command.args(["-h", "127.0.0.1", "-p", &port.to_string()]))
        });
        asked.is_ok()
    }

    /// The address of a database in it.
    ///
    /// # Errors
    /// Where it was never started.
    pub fn url(&self, database: &str) -> Result<String> {
        let port = self.port()?;
        Ok(format!("postgres://{OWNER}@127.0.0.1:{port}/{database}"))
    }

    /// The programs of the installation.
    pub(crate) fn programs(&self) -> &Path {
        &self.programs
    }

    fn port(&self) -> Result<u16> {
        let text = std::fs::read_to_string(self.folder.join("port"))?;
        text.trim().parse().map_err(Error::other)
    }

    /// The killed one's children hold the shared memory for a moment longer.
    fn wait_for_the_end(&self, id: &str) -> Result<()> {
        let members = || {
            let found = Command::new("pgrep").args(["-P", id]).output();
            let alive = Path::new(&format!("/proc/{id}")).exists();
            alive || found.is_ok_and(|found| !found.stdout.is_empty())
        };
        for _ in 0..200 {
            if !members() {
                std::fs::remove_file(self.folder.join("postmaster.pid")).ok();
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Err(Error::other("the killed cluster does not end"))
    }

    /// A program of PostgreSQL, as an account that it accepts: it refuses to run as root.
    fn command(&self, name: &str) -> Result<Command> {
        let program = self.programs.join(name);
        let mut command = match other_account()? {
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.args([
                    &format!("--reuid={user}"),
                    &format!("--regid={group}"),
                    "--clear-groups",
                ]);
                command.arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir("/").stdin(Stdio::null());
        Ok(command)
    }
}

/// The account that runs the cluster where we are root: that of the package, or nobody's.
fn other_account() -> Result<Option<(u32, u32)>> {
    if std::fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let known = std::fs::read_to_string("/etc/passwd")?;
    let account = |name: &str| {
        let line = known
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        let user: u32 = fields.next()?.parse().ok()?;
        Some((user, fields.next()?.parse::<u32>().ok()?))
    };
    Ok(account("postgres").or_else(|| account("nobody")))
}

/// Where the programs are: on the path, or where the distributions put them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut installed: Vec<PathBuf> = versions
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    installed.sort();
    folders.extend(installed.into_iter().rev());
    // All of them: a folder that has a link to some would start a cluster, and never hear that it stands.
    let has_all = |folder: &PathBuf| PROGRAMS.iter().all(|name| folder.join(name).is_file());
    folders.into_iter().find(has_all)
}

/// Runs a program to its end; what it said is the error. Nothing is left open to it, so that a server
/// that it starts does not hold our pipes.
fn done(command: &mut Command) -> Result<()> {
    let said = tempfile::tempfile()?;
    let status = command
        .stdout(said.try_clone()?)
        .stderr(said.try_clone()?)
        .status()?;
    if status.success() {
        return Ok(());
    }
    let mut text = String::new();
    let mut said = said;
    std::io::Seek::rewind(&mut said)?;
    std::io::Read::read_to_string(&mut said, &mut text)?;
    Err(Error::other(format!("{command:?}: {text}")))
}
