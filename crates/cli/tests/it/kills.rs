//! The server is killed in the middle of work, again and again: what it acknowledged is there, what it
//! did not acknowledge happens once when it is asked again. Ten kills, or a thousand with
//! `FENJIE_SLOW=1`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::harness::{Folder, command};

/// Clients that write all the time.
const WRITERS: usize = 6;

/// A server in a folder, and its address.
pub fn start(folder: &Folder) -> (Child, String) {
    let mut child = command(folder.path())
        .args(["serve", "--folder", "data", "--listen", "127.0.0.1:0"])
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("http://") {
        line.clear();
        let read = talk.read_line(&mut line).unwrap();
        assert_ne!(read, 0, "the server has not begun");
    }
    let at = line.find("http://").unwrap() + "http://".len();
    let address = line[at..].trim().to_owned();
    std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
    (child, address)
}

/// Sends a request; nothing where the server went away before it answered.
pub fn ask(
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &Json,
) -> Option<(u16, Json)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .ok()?;
    let body = body.to_string();
    let length = body.len();
    let request = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let body = answer.split_once("\r\n\r\n")?.1;
    let (from, until) = (body.find('{')?, body.rfind('}')?);
    Some((status, serde_json::from_str(&body[from..=until]).ok()?))
}

/// Asks until there is an answer.
fn insist(
    address: &Mutex<String>,
    method: &str,
    path: &str,
    headers: &str,
    body: &Json,
) -> (u16, Json) {
    loop {
        let now = address.lock().unwrap().clone();
        match ask(&now, method, path, headers, body) {
            Some((429 | 503, _)) | None => std::thread::sleep(Duration::from_millis(15)),
            Some(answer) => return answer,
        }
    }
}

fn version(address: &Mutex<String>, plan: &str) -> u64 {
    let (_, body) = insist(address, "GET", plan, "", &json!({}));
    body["version"].as_u64().unwrap_or_else(|| panic!("{body}"))
}

/// Adds 1 to cells again and again, each time under a key of its own; gives how often it was told yes.
fn writer(address: &Mutex<String>, plan: &str, number: usize, stop: &AtomicBool) -> u64 {
    let mut seen = version(address, plan);
    let mut acknowledged = 0;
    let path = format!("{plan}/operations");
    let at = format!("store=S{}, month=2026-0{}", 1 + number % 5, 1 + number / 5);
    let body = json!({ "operations": [{ "set": at, "by": "1" }] });
    while !stop.load(Ordering::Relaxed) {
        let key = format!("writer-{number}-{acknowledged}");
        loop {
            let headers = format!("if-match: \"{seen}\"\r\nidempotency-key: {key}\r\n");
            match insist(address, "POST", &path, &headers, &body) {
                (200, done) => {
                    seen = done["version"].as_u64().unwrap();
                    acknowledged += 1;
                    break;
                }
                // Another body under the same key would be refused: the version is not part of it.
                (412, _) => seen = version(address, plan),
                (status, told) => panic!("{status}: {told}"),
            }
        }
    }
    acknowledged
}

fn total(address: &Mutex<String>, plan: &str) -> i64 {
    let path = format!("{plan}/history");
    let (_, body) = insist(address, "GET", &path, "", &json!({}));
    let items = body["items"].as_array().unwrap();
    let value = items.last().unwrap()["value"].as_str().unwrap();
    value.replace('.', "").parse().unwrap()
}

#[test]
fn what_was_acknowledged_outlives_every_kill() {
    let kills = if std::env::var_os("FENJIE_SLOW").is_some() {
        1_000
    } else {
        10
    };
    let folder = Folder::with_example("store-chain");
    let (mut child, first) = start(&folder);
    let address = Arc::new(Mutex::new(first));
    let text = std::fs::read_to_string(folder.path().join("plan.en.toml")).unwrap();
    let members = std::fs::read(folder.path().join("org.en.csv")).unwrap();
    let members = json!([{ "name": "org.en.csv", "content_base64": base64(&members) }]);
    let wanted = json!({ "text": text, "files": members });
    let (status, made) = insist(&address, "POST", "/plans", "", &wanted);
    assert_eq!(status, 201, "{made}");
    let plan = format!("/plans/{}", made["id"].as_str().unwrap());
    let (began, whole) = (version(&address, &plan), total(&address, &plan));

    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let (address, plan, stop) = (address.clone(), plan.clone(), stop.clone());
            std::thread::spawn(move || writer(&address, &plan, number, &stop))
        })
        .collect();
    for kill in 0..kills {
        // Not always at the same point of their work.
        std::thread::sleep(Duration::from_millis(40 + 37 * (kill % 7)));
        child.kill().unwrap();
        child.wait().unwrap();
        let (again, at) = start(&folder);
        child = again;
        *address.lock().unwrap() = at;
    }
    std::thread::sleep(Duration::from_millis(200));
    stop.store(true, Ordering::Relaxed);
    let acknowledged: u64 = writers
        .into_iter()
        .map(|writer| writer.join().unwrap())
        .sum();

    let now = version(&address, &plan);
    assert_eq!(
        now - began,
        acknowledged,
        "each acknowledged write once, and no other"
    );
    let grown = total(&address, &plan) - whole;
    assert_eq!(grown, 100 * i64::try_from(acknowledged).unwrap());
    let path = format!("{plan}/verification");
    let (_, proved) = insist(&address, "GET", &path, "", &json!({}));
    assert_eq!(proved["sound"], true, "{proved}");
    child.kill().unwrap();
    child.wait().unwrap();
    println!("{kills} kills, {acknowledged} acknowledged writes, none lost");
}

/// Bytes in base 64.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let part = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = part(0) << 16 | part(1) << 8 | part(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize] as char;
            text.push(if at <= three.len() { digit } else { '=' });
        }
    }
    text
}
