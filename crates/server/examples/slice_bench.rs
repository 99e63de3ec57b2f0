//! Slices of a plan of 500 × 12 against a bare axum handler that answers the same bytes, in one run with
//! the same client on the same machine: requests per second of both, and their ratio, on each kind of
//! database that the machine has. `cargo run --release -p fenjie-server --example slice_bench -- --json`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header;
use axum::routing::get;
use bytes::Bytes;
use fenjie_server::frame::{Frame, Limits, Network};
use fenjie_server::{State, router};
use fenjie_store::Store;
use fenjie_store_tests::{TestDatabase, databases};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

mod world;

use world::{Failed, application, plan, planner};

/// How the run is made.
struct Run {
    rows: usize,
    seconds: f64,
    rounds: usize,
    connections: usize,
    json: bool,
}

fn run_of(arguments: impl Iterator<Item = String>) -> Result<Run, Failed> {
    let mut run = Run {
        rows: 500,
        seconds: 3.0,
        rounds: 5,
        connections: 16,
        json: false,
    };
    let mut arguments = arguments.skip(1);
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or("a value is missing");
        match name.as_str() {
            "--rows" => run.rows = value()?.parse()?,
            "--seconds" => run.seconds = value()?.parse()?,
            "--rounds" => run.rounds = value()?.parse()?,
            "--connections" => run.connections = value()?.parse()?,
            "--json" => run.json = true,
            other => return Err(format!("what is `{other}`?").into()),
        }
    }
    Ok(run)
}

fn main() -> Result<(), Failed> {
    let run = run_of(std::env::args())?;
    let serving = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let asking = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let all = serving.block_on(databases());
    for database in all {
        one(&run, &database, &serving, &asking)?;
    }
    Ok(())
}

/// Measures on one database.
fn one(
    run: &Run,
    database: &TestDatabase,
    serving: &tokio::runtime::Runtime,
    asking: &tokio::runtime::Runtime,
) -> Result<(), Failed> {
    let served = serving.block_on(served(run, database))?;
    let head = request(&served.path, &served.secret);
    let (body, content_type) = asking.block_on(once(served.address, &head))?;
    let bare = serving.block_on(bare(body.clone(), content_type))?;
    let plain = request("/", &served.secret);
    let (same, _) = asking.block_on(once(bare, &plain))?;
    if same != body {
        return Err("the two do not answer the same bytes".into());
    }
    let mut pairs = Vec::new();
    for _ in 0..run.rounds {
        let slow = asking.block_on(drive(run, served.address, &head, body.len()))?;
        let fast = asking.block_on(drive(run, bare, &plain, body.len()))?;
        pairs.push((slow / fast, slow, fast));
    }
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, slow, fast) = pairs[pairs.len() / 2];
    let (kind, bytes) = (database.kind, body.len());
    match run.json {
        true => println!(
            "{{\"bench\":\"slice\",\"database\":\"{kind}\",\"rows\":{},\"columns\":12,\
             \"bytes\":{bytes},\"served_per_second\":{slow:.0},\"bare_per_second\":{fast:.0},\
             \"ratio\":{ratio:.3}}}",
            run.rows
        ),
        false => println!(
            "slice of {} x 12 on {kind}: {slow:.0}/s, bare axum {fast:.0}/s, {:.1} % ({bytes} bytes)",
            run.rows,
            ratio * 100.0
        ),
    }
    Ok(())
}

/// A server that listens.
struct Listening {
    address: std::net::SocketAddr,
    path: String,
    secret: String,
}

async fn served(run: &Run, database: &TestDatabase) -> Result<Listening, Failed> {
    let store: Arc<dyn Store> = Arc::new(database.open().await);
    let app = application(database.folder(), store);
    let (actor, secret) = planner(&app).await?;
    let plan = plan(&app, &actor, run.rows).await?;
    let frame = Frame::new(Limits::without_rates(), Network::default(), None);
    let service = router(State::new(app).framed(frame))
        .into_make_service_with_connect_info::<std::net::SocketAddr>();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, service).await });
    let rows = run.rows;
    Ok(Listening {
        address,
        path: format!(
            "/api/v1/plans/{plan}/slices?rows=store:store&columns=time:month&limit={rows}"
        ),
        secret,
    })
}

/// A handler that does nothing but answer these bytes.
async fn bare(body: Bytes, content_type: String) -> Result<std::net::SocketAddr, Failed> {
    let answer = move || {
        let (body, content_type) = (body.clone(), content_type.clone());
        async move { ([(header::CONTENT_TYPE, content_type)], body) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/", get(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

fn request(path: &str, secret: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {secret}\r\n\
         accept-language: en\r\n\r\n"
    )
    .into_bytes()
}

/// One connection that is kept alive.
struct Asker {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Asker {
    async fn to(address: std::net::SocketAddr) -> Result<Asker, Failed> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Asker {
            stream,
            buffer: vec![0; 1 << 20],
        })
    }

    /// Sends a request and reads the whole answer: where its body begins and ends in the buffer.
    async fn ask(&mut self, head: &[u8]) -> Result<(usize, usize), Failed> {
        self.stream.write_all(head).await?;
        let mut read = 0;
        let mut end = None;
        loop {
            if read == self.buffer.len() {
                self.buffer.resize(read * 2, 0);
            }
            let more = self.stream.read(&mut self.buffer[read..]).await?;
            if more == 0 {
                return Err("the server hung up".into());
            }
            read += more;
            if end.is_none() {
                end = whole(&self.buffer[..read])?;
            }
            if let Some((from, to)) = end
                && read >= to
            {
                return Ok((from, to));
            }
        }
    }
}

/// Where the body of an answer begins and ends, once its head is there.
fn whole(answer: &[u8]) -> Result<Option<(usize, usize)>, Failed> {
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&answer[..head])?;
    if !text.starts_with("HTTP/1.1 200") {
        return Err(String::from_utf8_lossy(answer).into_owned().into());
    }
    let lines = text.lines();
    let length = lines
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.ok_or("an answer without its length")?;
    Ok(Some((head + 4, head + 4 + length.parse::<usize>()?)))
}

async fn once(address: std::net::SocketAddr, head: &[u8]) -> Result<(Bytes, String), Failed> {
    let mut asker = Asker::to(address).await?;
    let (from, to) = asker.ask(head).await?;
    let text = std::str::from_utf8(&asker.buffer[..from])?;
    let content_type = text
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map_or_else(String::new, |(_, value)| value.to_owned());
    Ok((
        Bytes::copy_from_slice(&asker.buffer[from..to]),
        content_type,
    ))
}

/// Asks on all connections for the time of a round: answers per second.
async fn drive(
    run: &Run,
    address: std::net::SocketAddr,
    head: &[u8],
    bytes: usize,
) -> Result<f64, Failed> {
    let (stop, count) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let mut askers = Vec::new();
    for _ in 0..run.connections {
        let mut asker = Asker::to(address).await?;
        let (head, stop, count) = (head.to_vec(), stop.clone(), count.clone());
        askers.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let (from, to) = asker.ask(&head).await?;
                if to - from != bytes {
                    return Err::<(), Failed>("an answer of another length".into());
                }
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        }));
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (begun, before) = (Instant::now(), count.load(Ordering::Relaxed));
    tokio::time::sleep(Duration::from_secs_f64(run.seconds)).await;
    let (done, took) = (count.load(Ordering::Relaxed) - before, begun.elapsed());
    stop.store(true, Ordering::Relaxed);
    for asker in askers {
        asker.await??;
    }
    Ok(done as f64 / took.as_secs_f64())
}
