//! The cluster that all tests of a checkout share: made and started by whoever needs it first, ended
//! by itself once nobody is connected any more. Must not know what is kept in it.

use std::fs::File;
use std::io::Result;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::cluster::{Cluster, OWNER, Stop};

/// The address of a server that stands already; its database is only connected to for making others.
pub(crate) const ADDRESS: &str = "FENJIE_TEST_POSTGRES";
/// Where this is 1, a missing PostgreSQL fails the tests instead of passing over them.
pub(crate) const REQUIRED: &str = "FENJIE_REQUIRE_POSTGRES";

/// The address of a server to make databases on; none where there is no PostgreSQL, which is said.
///
/// # Panics
/// Where it is required and missing.
pub(crate) fn address() -> Option<String> {
    static FOUND: OnceLock<Option<String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        if let Ok(address) = std::env::var(ADDRESS) {
            return Some(address);
        }
        match started() {
            Ok(address) => Some(address),
            Err(why) => {
                let required = std::env::var(REQUIRED).is_ok_and(|value| value == "1");
                assert!(!required, "PostgreSQL is required here: {why}");
                println!("skipped: no PostgreSQL: {why}");
                None
            }
        }
    });
    found.clone()
}

/// Held as long as this program lives: the cluster is not ended meanwhile, even where nobody happens
/// to be connected.
static IN_USE: OnceLock<File> = OnceLock::new();

/// Starts the shared cluster where it does not run; other test programs wait meanwhile.
fn started() -> Result<String> {
    let home = home()?;
    std::fs::create_dir_all(&home)?;
    std::fs::set_permissions(&home, PermissionsExt::from_mode(0o755))?;
    let lock = lock_file(&home.join("lock"))?;
    lock.lock()?;
    let in_use = lock_file(&home.join("in-use"))?;
    // One that is being ended is waited for here.
    in_use.lock_shared()?;
    let _ = IN_USE.set(in_use);
    let folder = home.join("cluster");
    let cluster = Cluster::at(&folder)?;
    if answers(&cluster) {
        return cluster.url("postgres");
    }
    // One that has ended is not started again: what earlier runs left in it would have to be read
    // and synced first, file by file.
    if cluster.runs() {
        cluster.stop(Stop::AtOnce)?;
    }
    std::fs::remove_dir_all(&folder).ok();
    let cluster = Cluster::make(&folder)?;
    cluster.start()?;
    watch(&cluster, &home, &folder)?;
    cluster.url("postgres")
}

/// Whether it takes connections; one that is just starting is waited for.
fn answers(cluster: &Cluster) -> bool {
    for _ in 0..200 {
        if !cluster.runs() {
            return false;
        }
        if cluster.answers() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    false
}

fn lock_file(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true).open(path)
}

/// Ends the cluster once nobody was connected for five looks, a minute apart, and no test program
/// lives; whoever wants it while it ends waits for the lock.
fn watch(cluster: &Cluster, home: &Path, folder: &Path) -> Result<()> {
    let script = "idle=0; file=\"$3/postmaster.pid\"; while sleep 60; do \
        id=$(head -n 1 \"$file\") && kill -0 \"$id\" || exit; \
        count=$(\"$1/psql\" -XtAc \"SELECT count(*) FROM pg_stat_activity \
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()\" \"$2\") || count=some; \
        if [ \"$count\" = 0 ] && flock -n \"$4\" true; then idle=$((idle + 1)); else idle=0; fi; \
        if [ $idle -ge 5 ]; then flock -n \"$4\" sh -c 'kill -QUIT \"$1\"; \
        while kill -0 \"$1\"; do sleep 0.2; done' sh \"$id\" && exit; idle=0; fi; done";
    Command::new("setsid")
        .args(["sh", "-c", script, "sh"])
        .arg(cluster.programs())
        .arg(cluster.url("postgres")?)
        .arg(folder)
        .arg(home.join("in-use"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(())
}

/// Where the cluster lies: beside what cargo builds, or in the folder for temporary files where the
/// cluster's account cannot reach that.
fn home() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let Some(target) = target else {
        return Ok(std::env::temp_dir().join("fenjie-postgres"));
    };
    let open = target.ancestors().all(|folder| {
        std::fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o001 != 0)
    });
    if open {
        return Ok(target.join("postgres"));
    }
    let name: String = target
        .to_string_lossy()
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    Ok(std::env::temp_dir().join(format!("fenjie-postgres{name}")))
}

/// Runs statements on the server by its own client.
pub(crate) fn psql(address: &str, statement: &str) -> Command {
    let client = Cluster::at(Path::new("/"))
        .map(|cluster| cluster.programs().join("psql"))
        .unwrap_or_else(|_| "psql".into());
    let mut command = Command::new(client);
    command
        .args(["-Xqc", statement, address])
        .env("PGUSER", OWNER)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}
