//! Files on their way out: streamed from the disk, with a name that every client reads alike. Must not
//! know what they hold.

use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use fenjie_app::AppError;
use futures::StreamExt;
use tokio_util::io::ReaderStream;

/// Sends a file that lies on the disk; `called` is the name that it is saved under.
///
/// # Errors
/// What the system refuses.
pub async fn file(path: &Path, called: &str, kind: &'static str) -> Result<Response, AppError> {
    let open = tokio::fs::File::open(path).await;
    let open = open.map_err(AppError::internal)?;
    let length = open.metadata().await.map_err(AppError::internal)?.len();
    let stream = ReaderStream::with_capacity(open, 1 << 16);
    Ok(sent(Body::from_stream(stream), Some(length), called, kind))
}

/// Sends a file that lies in a folder of its own; with the last byte the folder goes.
///
/// # Errors
/// What the system refuses.
pub async fn passing(
    folder: tempfile::TempDir,
    path: &Path,
    called: &str,
    kind: &'static str,
    permit: tokio::sync::SemaphorePermit<'static>,
) -> Result<Response, AppError> {
    let open = tokio::fs::File::open(path).await;
    let open = open.map_err(AppError::internal)?;
    let length = open.metadata().await.map_err(AppError::internal)?.len();
    let stream = ReaderStream::with_capacity(open, 1 << 16).map(move |piece| {
        let _held = (&folder, &permit);
        piece
    });
    Ok(sent(Body::from_stream(stream), Some(length), called, kind))
}

/// Sends bytes that are in memory.
pub fn bytes(bytes: Vec<u8>, called: &str, kind: &'static str) -> Response {
    let length = bytes.len() as u64;
    sent(Body::from(bytes), Some(length), called, kind)
}

fn sent(body: Body, length: Option<u64>, called: &str, kind: &'static str) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(disposition) = HeaderValue::from_str(&disposition(called)) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    response
}

/// `attachment` with the name twice: in ASCII for old clients, in UTF-8 for the others (RFC 6266).
pub fn disposition(called: &str) -> String {
    let visible: String = called
        .chars()
        .map(|c| match c {
            c if c.is_control() => '_',
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c => c,
        })
        .take(150)
        .collect();
    let ascii: String = visible
        .chars()
        .map(|c| if c.is_ascii() { c } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in visible.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_stays_one_name_whatever_it_holds() {
        assert_eq!(
            disposition("门店\"\r\n../x.csv"),
            "attachment; filename=\"_____.._x.csv\"; \
             filename*=UTF-8''%E9%97%A8%E5%BA%97___.._x.csv"
        );
    }
}
