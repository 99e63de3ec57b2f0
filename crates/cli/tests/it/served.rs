//! A server of the real binary, asked over its socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::harness::{Folder, command};

/// A file of a form: the part, what it is called, its bytes.
pub type File<'a> = (&'a str, &'a str, &'a [u8]);

/// A server on a folder, ended when dropped.
pub struct Served {
    child: Child,
    pub address: String,
}

impl Served {
    pub fn start(folder: &Folder) -> Served {
        Served::start_with(folder, &["--folder", "data"])
    }

    pub fn start_with(folder: &Folder, records: &[&str]) -> Served {
        let mut child = command(folder.path())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(records)
            .spawn()
            .unwrap();
        let mut talk = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("http://") {
            line.clear();
            assert_ne!(
                talk.read_line(&mut line).unwrap(),
                0,
                "the server has not begun"
            );
        }
        let at = line.find("http://").unwrap() + "http://".len();
        let address = line[at..].trim().to_owned();
        // What it says further on has to go somewhere.
        std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
        Served { child, address }
    }

    /// Sends a request; the status and the body.
    pub fn ask(&self, method: &str, path: &str, body: &Json) -> (u16, Json) {
        let kind = "application/json";
        self.send(method, path, kind, body.to_string().as_bytes())
    }

    /// Sends a form: texts, and files under what they are called.
    pub fn form(&self, path: &str, texts: &[(&str, &str)], files: &[File<'_>]) -> (u16, Json) {
        let mut bytes = Vec::new();
        for (name, text) in texts {
            let part = format!(
                "--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"
            );
            bytes.extend_from_slice(part.as_bytes());
        }
        for (name, called, content) in files {
            let head = format!(
                "--part\r\ncontent-disposition: form-data; name=\"{name}\"; \
                 filename=\"{called}\"\r\n\r\n"
            );
            bytes.extend_from_slice(head.as_bytes());
            bytes.extend_from_slice(content);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"--part--\r\n");
        self.send("POST", path, "multipart/form-data; boundary=part", &bytes)
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, Json) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (address, length) = (&self.address, body.len());
        let head = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let from = body.find('{').unwrap_or(0);
        let until = body.rfind('}').map_or(0, |at| at + 1);
        (
            status,
            serde_json::from_str(&body[from..until]).unwrap_or(Json::Null),
        )
    }

    /// An import once it has ended.
    pub fn ended(&self, begun: &Json) -> Json {
        let path = format!("/imports/{}", begun["id"].as_str().unwrap());
        loop {
            let (_, import) = self.ask("GET", &path, &json!({}));
            match import["state"].as_str().unwrap() {
                "waiting" | "reading" | "writing" => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                _ => return import,
            }
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
