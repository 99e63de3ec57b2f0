//! Requests with files, as a browser writes them.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Response};
use serde_json::Value as Json;

use crate::harness::{Answered, Person, Server};

/// What stands between the parts.
pub const BOUNDARY: &str = "a-boundary-of-ours";

/// A form with files, part by part.
#[derive(Default)]
pub struct Form {
    bytes: Vec<u8>,
}

impl Form {
    /// A text.
    pub fn text(mut self, name: &str, text: &str) -> Form {
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"
        );
        self.bytes.extend_from_slice(head.as_bytes());
        self
    }

    /// A file.
    pub fn file(mut self, name: &str, called: &str, bytes: &[u8]) -> Form {
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"; \
             filename=\"{called}\"\r\ncontent-type: application/octet-stream\r\n\r\n"
        );
        self.bytes.extend_from_slice(head.as_bytes());
        self.bytes.extend_from_slice(bytes);
        self.bytes.extend_from_slice(b"\r\n");
        self
    }

    /// The whole of it.
    pub fn bytes(mut self) -> Vec<u8> {
        let end = format!("--{BOUNDARY}--\r\n");
        self.bytes.extend_from_slice(end.as_bytes());
        self.bytes
    }
}

/// What a program reads of an answer.
pub async fn answered(response: Response<Body>) -> Answered {
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Answered {
        status,
        headers,
        body: serde_json::from_slice(&bytes).unwrap_or(Json::Null),
    }
}

impl Server {
    /// Sends a form.
    pub async fn form(
        &self,
        who: &Person,
        path: &str,
        headers: &[(&str, &str)],
        form: Form,
    ) -> Answered {
        self.form_bytes(who, path, headers, form.bytes()).await
    }

    /// Sends bytes that say they are a form.
    pub async fn form_bytes(
        &self,
        who: &Person,
        path: &str,
        headers: &[(&str, &str)],
        bytes: Vec<u8>,
    ) -> Answered {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let mut all = vec![("content-type", kind.as_str())];
        all.extend_from_slice(headers);
        let sent = self.send(who, Method::POST, path, &all, Body::from(bytes));
        answered(sent.await).await
    }

    /// An import once it has ended.
    pub async fn ended(&self, who: &Person, begun: &Answered) -> Answered {
        assert_eq!(begun.told(), "202", "{}", begun.body);
        let path = format!("/imports/{}", begun.body["id"].as_str().unwrap());
        // The stream ends with the import.
        let events = format!("{path}/events");
        let stream = self.send(who, Method::GET, &events, &[], Body::empty());
        to_bytes(stream.await.into_body(), usize::MAX)
            .await
            .unwrap();
        self.get(who, &path).await
    }
}

/// A file of an example of the project.
pub fn example(path: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    std::fs::read(folder.join(path)).unwrap()
}
