//! The server under load, in units of what the disk can do: durable edits of a hundred clients beside
//! single durable commits one after another, edits of a large plan beside those of a small one, ten
//! times what is sustained and how soon it is normal again, and starting with a full folder beside an
//! empty one. One JSON line for each.
//! `cargo run --release -p fenjie-server --example server_bench -- [--only durable,sizes]
//! [--clients 100] [--seconds 5] [--folder-mb 1000]`.

use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fenjie_server::frame::{Frame, Limits, Network};
use fenjie_server::{State, serve};
use fenjie_store::audit::AuditEntry;
use fenjie_store::{PlanId, Store, Timestamp};
use fenjie_store_sql::SqlStore;
use serde_json::json;
use sqlx::Connection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

mod world;

use world::{Failed, application, plan, planner};

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().collect();
    let number = |name: &str, usual: usize| {
        let at = words.iter().position(|word| word == name);
        let given = at.and_then(|at| words.get(at + 1));
        given.and_then(|word| word.parse().ok()).unwrap_or(usual)
    };
    let (clients, seconds) = (number("--clients", 100), number("--seconds", 5));
    let time = Duration::from_secs(seconds as u64);
    let only = words.iter().position(|word| word == "--only");
    let only = only.and_then(|at| words.get(at + 1));
    let wanted = |name: &str| only.is_none_or(|only| only.split(',').any(|one| one == name));
    if wanted("durable") {
        durable(clients, time).await?;
    }
    if wanted("sizes") {
        sizes().await?;
    }
    if wanted("overload") {
        overload(time).await?;
    }
    if wanted("start") {
        starting(number("--folder-mb", 1_000)).await?;
    }
    Ok(())
}

/// Single durable commits, one after another by one client: a row each into an SQLite file in WAL mode
/// with synchronous=FULL. How many a second.
async fn commits(folder: &Path, time: Duration) -> Result<f64, Failed> {
    sqlx::any::install_default_drivers();
    let file = folder.join("single.db");
    let _ = std::fs::remove_file(&file);
    let address = format!("sqlite://{}?mode=rwc", file.display());
    let mut single = sqlx::AnyConnection::connect(&address).await?;
    for text in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE lines (line TEXT NOT NULL)",
    ] {
        sqlx::query(text).execute(&mut single).await?;
    }
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < time {
        sqlx::query("INSERT INTO lines VALUES ($1)")
            .bind("7".repeat(512))
            .execute(&mut single)
            .await?;
        count += 1;
    }
    let rate = f64::from(count) / begun.elapsed().as_secs_f64();
    single.close().await?;
    Ok(rate)
}

/// Single writes synced to the disk, one after another: how many a second.
fn writes(folder: &Path, time: Duration) -> Result<f64, Failed> {
    let mut file = std::fs::File::create(folder.join("disk"))?;
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < time {
        file.write_all(&[7; 512])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

/// Edits of many clients on one plan, each acknowledged when it is on the disk.
async fn durable(clients: usize, time: Duration) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let half = time / 2;
    let before = (
        commits(folder.path(), half).await?,
        writes(folder.path(), half)?,
    );
    let bench = Bench::on(folder.path(), Limits::without_rates()).await?;
    let mut all = JoinSet::new();
    let until = Instant::now() + time;
    for client in 0..clients {
        let bench = bench.clone();
        all.spawn(async move {
            let mut asker = bench.connect().await?;
            let mut took = Vec::new();
            let (store, mut amount, mut seen) = (1 + client, 0, 3);
            while Instant::now() < until {
                amount += 1;
                let place = format!("store=S{store:04}, month=2026-03");
                let begun = Instant::now();
                let set = bench.set(&mut asker, &place, 10_000 + amount, &mut seen);
                match set.await? {
                    200 => took.push(begun.elapsed()),
                    status => return Err(format!("an edit was answered {status}").into()),
                }
            }
            Ok::<_, Failed>(took)
        });
    }
    let mut took = Vec::new();
    while let Some(one) = all.join_next().await {
        took.extend(one??);
    }
    took.sort();
    let after = (
        commits(folder.path(), half).await?,
        writes(folder.path(), half)?,
    );
    let (single, plain) = ((before.0 + after.0) / 2.0, (before.1 + after.1) / 2.0);
    let rate = took.len() as f64 / time.as_secs_f64();
    let p99 = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    println!(
        "{{\"bench\":\"durable\",\"clients\":{clients},\"edits_per_second\":{rate:.0},\
         \"commits_per_second\":{single:.0},\"ratio\":{:.2},\"p99_ms\":{:.1},\
         \"p99_commits\":{:.1},\"writes_per_second\":{plain:.0},\"ratio_of_writes\":{:.2}}}",
        rate / single,
        p99.as_secs_f64() * 1_000.0,
        p99.as_secs_f64() * single,
        rate / plain,
    );
    bench.stop().await
}

/// Edits of single cells by one client, on a plan of 10^4 cells and on one of 10^6, in turn.
async fn sizes() -> Result<(), Failed> {
    let mut plans = Vec::new();
    for stores in [834, 83_334] {
        let folder = tempfile::tempdir()?;
        let bench = Bench::of(folder.path(), Limits::without_rates(), stores).await?;
        let asker = bench.connect().await?;
        plans.push((folder, bench, asker, 3, Vec::new()));
    }
    for round in 0..300_u32 {
        for (_, bench, asker, seen, took) in &mut plans {
            let place = format!("store=S{:04}, month=2026-03", 1 + round % 800);
            let begun = Instant::now();
            let status = bench.set(asker, &place, 10 + round, seen).await?;
            if status != 200 {
                return Err(format!("an edit was answered {status}").into());
            }
            // The first ones find nothing in memory.
            if round >= 20 {
                took.push(begun.elapsed());
            }
        }
    }
    let mut medians = Vec::new();
    for (_, bench, _, _, mut took) in plans {
        took.sort();
        medians.push(took[took.len() / 2].as_secs_f64() * 1_000.0);
        bench.stop().await?;
    }
    println!(
        "{{\"bench\":\"sizes\",\"small_ms\":{:.2},\"large_ms\":{:.2},\"ratio\":{:.2}}}",
        medians[0],
        medians[1],
        medians[1] / medians[0]
    );
    Ok(())
}

/// Ten times as many clients as places, each asking again at once; then one that asks in peace.
async fn overload(time: Duration) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let limits = Limits {
        in_flight: 16,
        waiting: 32,
        wait: Duration::from_millis(250),
        ..Limits::without_rates()
    };
    let bench = Bench::on(folder.path(), limits).await?;
    let before = memory();
    let until = Instant::now() + time;
    let mut all = JoinSet::new();
    for _ in 0..480 {
        let bench = bench.clone();
        all.spawn(async move {
            let (mut done, mut shed, mut other) = (0u64, 0u64, 0u64);
            let mut asker = bench.connect().await?;
            while Instant::now() < until {
                match bench.read(&mut asker).await? {
                    200 => done += 1,
                    429 | 503 => shed += 1,
                    _ => other += 1,
                }
            }
            Ok::<_, Failed>((done, shed, other))
        });
    }
    let (mut done, mut shed, mut other) = (0, 0, 0);
    while let Some(one) = all.join_next().await {
        let one = one??;
        (done, shed, other) = (done + one.0, shed + one.1, other + one.2);
    }
    let grown = memory().saturating_sub(before);
    let begun = Instant::now();
    let mut asker = bench.connect().await?;
    while bench.read(&mut asker).await? != 200 {}
    println!(
        "{{\"bench\":\"overload\",\"answered\":{done},\"turned_away\":{shed},\"other\":{other},\
         \"grown_mb\":{},\"normal_after_ms\":{}}}",
        grown / 1024,
        begun.elapsed().as_millis()
    );
    bench.stop().await
}

/// From nothing to the first answer, with an empty folder and with a full one.
async fn starting(megabytes: usize) -> Result<(), Failed> {
    let (empty, full) = (tempfile::tempdir()?, tempfile::tempdir()?);
    for folder in [&empty, &full] {
        Bench::on(folder.path(), Limits::without_rates())
            .await?
            .stop()
            .await?;
    }
    fill(full.path(), megabytes as u64).await?;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..5 {
        for (folder, times) in [&empty, &full].into_iter().zip(&mut times) {
            times.push(started(folder.path())?);
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1_000.0
    };
    let [mut empty, mut full] = times;
    let (empty, full) = (median(&mut empty), median(&mut full));
    println!(
        "{{\"bench\":\"start\",\"folder_mb\":{megabytes},\"empty_ms\":{empty:.1},\
         \"full_ms\":{full:.1},\"ratio\":{:.2}}}",
        full / empty
    );
    Ok(())
}

/// Years of work of an organisation with a plan of 500 stores: the audit of edits, until the folder
/// takes up that many megabytes.
async fn fill(folder: &Path, megabytes: u64) -> Result<(), Failed> {
    let store: Arc<dyn Store> = Arc::new(SqlStore::sqlite(folder).await?);
    let app = application(folder, store.clone());
    let (actor, _) = planner(&app).await?;
    let id = plan(&app, &actor, 500).await?;
    let mut last = 3_u64;
    while size(folder)? < megabytes * 1_000_000 {
        let now = Timestamp::now();
        let entries = (0..10_000).map(|_| {
            last += 1;
            AuditEntry {
                at: now,
                who: actor.who(),
                origin: "127.0.0.1".into(),
                action: "plan.operation".into(),
                target: id.to_string(),
                before: json!({ "last": last - 1 }),
                after: json!({ "first": last, "last": last, "hash": format!("{last:064x}") }),
                result: "done".into(),
            }
        });
        let entries: Vec<AuditEntry> = entries.collect();
        let mut tx = store.write().await?;
        tx.append_audit(&actor.organisation, &entries).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// How many bytes the files of a folder have.
fn size(folder: &Path) -> Result<u64, Failed> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

/// How long the command takes until it says its address.
fn started(folder: &Path) -> Result<Duration, Failed> {
    let own = std::env::current_exe()?;
    let program = own.ancestors().nth(2).ok_or("no folder")?.join("fenjie");
    let begun = Instant::now();
    let mut child = std::process::Command::new(program)
        .args(["serve", "--listen", "127.0.0.1:0", "--folder"])
        .arg(folder)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()?;
    let mut said = String::new();
    if let Some(errors) = child.stderr.take() {
        for line in std::io::BufReader::new(errors).lines() {
            said = line?;
            if said.contains("http://") {
                break;
            }
        }
    }
    let took = begun.elapsed();
    child.kill()?;
    child.wait()?;
    match said.contains("http://") {
        true => Ok(took),
        false => Err(said.into()),
    }
}

/// Memory of this process, in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// A server with a plan of stores by twelve months, and somebody who may edit it.
#[derive(Clone)]
struct Bench {
    address: SocketAddr,
    plan: PlanId,
    secret: String,
    stop: Arc<std::sync::Mutex<Option<tokio::sync::oneshot::Sender<()>>>>,
    ended: Arc<tokio::sync::Mutex<Option<tokio::task::JoinHandle<()>>>>,
}

impl Bench {
    async fn on(folder: &Path, limits: Limits) -> Result<Bench, Failed> {
        Bench::of(folder, limits, 500).await
    }

    async fn of(folder: &Path, limits: Limits, stores: usize) -> Result<Bench, Failed> {
        let store = SqlStore::sqlite(folder)
            .await
            .map_err(|error| format!("{error:?}"))?;
        let app = application(folder, Arc::new(store));
        let (actor, secret) = planner(&app).await?;
        let plan = plan(&app, &actor, stores).await?;
        let frame = Frame::new(limits, Network::default(), None);
        let served = serve("127.0.0.1:0".parse()?, State::new(app).framed(frame)).await?;
        let address = served.address()?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let ended = tokio::spawn(async move {
            let stop = async move {
                let _ = stopped.await;
            };
            if let Err(error) = served.until(stop).await {
                eprintln!("{error}");
            }
        });
        Ok(Bench {
            address,
            plan,
            secret,
            stop: Arc::new(std::sync::Mutex::new(Some(stop))),
            ended: Arc::new(tokio::sync::Mutex::new(Some(ended))),
        })
    }

    async fn stop(&self) -> Result<(), Failed> {
        let stop = self.stop.lock().map_err(|_| "poisoned")?.take();
        if let Some(stop) = stop {
            let _ = stop.send(());
        }
        if let Some(ended) = self.ended.lock().await.take() {
            ended.await?;
        }
        Ok(())
    }

    async fn connect(&self) -> Result<TcpStream, Failed> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Sets a cell, whatever others did elsewhere in the plan meanwhile.
    async fn set(
        &self,
        asker: &mut TcpStream,
        place: &str,
        amount: u32,
        seen: &mut u64,
    ) -> Result<u16, Failed> {
        let body = format!("{{\"operations\":[{{\"set\":\"{place}\",\"to\":\"{amount}\"}}]}}");
        for _ in 0..20 {
            let head = format!(
                "POST /api/v1/plans/{}/operations HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n\
                 content-type: application/json\r\nif-match: \"{seen}\"\r\ncontent-length: {}\r\n\r\n{body}",
                self.plan,
                self.secret,
                body.len()
            );
            let (status, answer) = exchange(asker, &head).await?;
            let (before, after) = match status {
                412 => ("it is version ", ' '),
                _ => ("\"version\":", ','),
            };
            let version = answer.split(before).nth(1);
            let version = version.and_then(|rest| rest.split(after).next());
            *seen = version.and_then(|text| text.parse().ok()).unwrap_or(0);
            if status != 412 {
                return Ok(status);
            }
        }
        Ok(412)
    }

    async fn read(&self, asker: &mut TcpStream) -> Result<u16, Failed> {
        let head = format!(
            "GET /api/v1/plans/{}/slices?rows=store:store&columns=time:month HTTP/1.1\r\nhost: a\r\n\
             authorization: Bearer {}\r\n\r\n",
            self.plan, self.secret
        );
        Ok(exchange(asker, &head).await?.0)
    }
}

/// A request and its answer on a connection that stays.
async fn exchange(asker: &mut TcpStream, request: &str) -> Result<(u16, String), Failed> {
    asker.write_all(request.as_bytes()).await?;
    let mut read = Vec::with_capacity(4 * 1024);
    loop {
        if asker.read_buf(&mut read).await? == 0 {
            return Err("the server hung up".into());
        }
        let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&read[..head])?.to_ascii_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.parse::<usize>().ok())
            .unwrap_or(0);
        if read.len() >= head + 4 + length {
            let status = text
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok());
            let body = String::from_utf8_lossy(&read[head + 4..]).into_owned();
            return Ok((status.ok_or("no status")?, body));
        }
    }
}
