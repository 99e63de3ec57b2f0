//! Files in requests (`multipart/form-data`): received part by part onto the disk, with everything
//! bounded. Must not know what the files are for.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::HeaderMap;
use fenjie_app::files::{Received, file_name, file_path, incoming};
use fenjie_app::{App, AppError, Asked};
use fenjie_message::Lang;
use futures::Stream;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::problem::Problem;
use crate::signed::authenticated;
use crate::state::State;
use crate::write::{key, seen};

/// The largest request with files, in bytes.
pub const LARGEST_UPLOAD: usize = 512 * 1024 * 1024;
/// The largest text among the parts, in bytes.
pub const LARGEST_TEXT: usize = 1024 * 1024;
/// The most parts.
pub const MOST_PARTS: usize = 200;
/// How many requests with files this process receives at once.
pub const MOST_AT_ONCE: usize = 8;
/// What the reader of parts may hold without giving any of it on: the heads of parts.
const LARGEST_HEAD: usize = 256 * 1024;
/// How much the reader is given before it has to look at what it has.
const STRETCH: usize = 64 * 1024;

static TURNS: Semaphore = Semaphore::const_new(MOST_AT_ONCE);

/// One of the few places for what is large.
///
/// # Errors
/// `too_many_requests`.
pub fn turn() -> Result<SemaphorePermit<'static>, AppError> {
    let turn = TURNS.try_acquire();
    turn.map_err(|_| AppError::TooMany { retry_after: 2 })
}

/// A request with files: who asks, under which key, its texts and its files.
pub struct Upload {
    /// Who asks, and under which key.
    pub asked: Asked,
    /// Its headers.
    pub headers: HeaderMap,
    texts: Vec<(String, String)>,
    files: Vec<(String, Received)>,
}

impl Upload {
    /// The language of answers.
    pub fn lang(&self) -> Lang {
        self.asked.actor.lang
    }

    /// The revision that `If-Match` names.
    ///
    /// # Errors
    /// `version_missing` without, `if_match_invalid` where it is no ETag of ours.
    pub fn seen(&self) -> Result<i64, AppError> {
        seen(&self.headers)
    }

    /// The text of a part, where there is one.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let at = self.texts.iter().position(|(own, _)| own == name)?;
        Some(self.texts.swap_remove(at).1)
    }

    /// The one file.
    ///
    /// # Errors
    /// `file_missing`, `part_unknown`.
    pub fn file(&mut self) -> Result<Received, AppError> {
        let at = self.files.iter().position(|(own, _)| own == "file");
        let at = at.ok_or_else(|| {
            AppError::invalid(
                "file",
                "file_missing",
                "请求里没有名为 `file` 的文件",
                "the request has no file named `file`",
            )
        })?;
        Ok(self.files.swap_remove(at).1)
    }

    /// The files of one name.
    pub fn files(&mut self, name: &str) -> Vec<Received> {
        let all = std::mem::take(&mut self.files);
        let (wanted, rest) = all.into_iter().partition(|(own, _)| own == name);
        self.files = rest;
        let wanted: Vec<(String, Received)> = wanted;
        wanted.into_iter().map(|(_, file)| file).collect()
    }

    /// Refuses what nobody asked for.
    ///
    /// # Errors
    /// `part_unknown`.
    pub fn finish(&self) -> Result<(), AppError> {
        let texts = self.texts.iter().map(|(name, _)| name);
        let mut left = texts.chain(self.files.iter().map(|(name, _)| name));
        match left.next() {
            None => Ok(()),
            Some(name) => {
                let name: String = name.chars().take(60).collect();
                Err(AppError::invalid(
                    name.clone(),
                    "part_unknown",
                    format!("请求里多了 `{name}`"),
                    format!("the request has a part `{name}` that is not known"),
                ))
            }
        }
    }
}

impl FromRequest<State> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &State) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let actor = authenticated(&parts, state).await?;
        let refused = |error| Problem::new(error, actor.lang);
        let _turn = turn().map_err(refused)?;
        let headers = parts.headers.clone();
        let line = format!("{}\0{}\0", parts.method, parts.uri);
        let held = Arc::new(AtomicUsize::new(0));
        let paced = Paced {
            inner: body.into_data_stream(),
            held: held.clone(),
            given: 0,
        };
        let mut request = Request::from_parts(parts, Body::from_stream(paced));
        DefaultBodyLimit::disable().apply(&mut request);
        let multipart = Multipart::from_request(request, state).await;
        let multipart = multipart.map_err(|error| refused(unfit(error.body_text())))?;
        let receiving = Receiving {
            app: &state.app,
            held,
            bytes: 0,
            hash: Sha256::new_with_prefix(line),
            texts: Vec::new(),
            files: Vec::new(),
        };
        let received = receiving.all(multipart).await.map_err(refused)?;
        let request_hash = || hexadecimal(&received.hash.clone().finalize());
        let key = key(&headers, request_hash).map_err(refused)?;
        Ok(Upload {
            asked: Asked { actor, key },
            headers,
            texts: received.texts,
            files: received.files,
        })
    }
}

/// Parts on their way in.
struct Receiving<'a> {
    app: &'a App,
    held: Arc<AtomicUsize>,
    bytes: u64,
    hash: Sha256,
    texts: Vec<(String, String)>,
    files: Vec<(String, Received)>,
}

impl Receiving<'_> {
    async fn all(mut self, mut multipart: Multipart) -> Result<Self, AppError> {
        let mut count = 0;
        loop {
            let field = multipart.next_field().await.map_err(broken)?;
            let Some(field) = field else { return Ok(self) };
            self.held.store(0, Ordering::Relaxed);
            count += 1;
            if count > MOST_PARTS {
                return Err(AppError::TooLarge {
                    what: "parts",
                    most: MOST_PARTS as u64,
                });
            }
            let name = field.name().unwrap_or_default().to_owned();
            if name.is_empty() || name.len() > 100 {
                return Err(unfit("a part without a name, or with a long one".into()));
            }
            match field.file_name().map(str::to_owned) {
                Some(file) => self.file(name, &file, field).await?,
                None => self.text(name, field).await?,
            }
        }
    }

    /// The next piece of a part.
    async fn piece(&mut self, field: &mut Field<'_>) -> Result<Option<Bytes>, AppError> {
        let piece = field.chunk().await.map_err(broken)?;
        self.held.store(0, Ordering::Relaxed);
        let Some(piece) = piece else { return Ok(None) };
        self.bytes += piece.len() as u64;
        if self.bytes > LARGEST_UPLOAD as u64 {
            return Err(AppError::TooLarge {
                what: "body",
                most: LARGEST_UPLOAD as u64,
            });
        }
        Ok(Some(piece))
    }

    async fn text(&mut self, name: String, mut field: Field<'_>) -> Result<(), AppError> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece(&mut field).await? {
            if bytes.len() + piece.len() > LARGEST_TEXT {
                return Err(AppError::TooLarge {
                    what: "part",
                    most: LARGEST_TEXT as u64,
                });
            }
            bytes.extend_from_slice(&piece);
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| unfit(format!("the part `{name}` is not UTF-8")))?;
        if self.texts.iter().any(|(own, _)| *own == name) {
            return Err(unfit(format!("the part `{name}` is there twice")));
        }
        self.mark(&name, &text);
        self.texts.push((name, text));
        Ok(())
    }

    async fn file(
        &mut self,
        name: String,
        sent: &str,
        mut field: Field<'_>,
    ) -> Result<(), AppError> {
        // Of a plan's files the path counts, which is only ever compared; on the disk the last name is
        // enough.
        let called = match name.as_str() {
            "file" => file_name(sent)?,
            _ => file_path(sent)?,
        };
        let last = called.rsplit('/').next().unwrap_or(&called).to_owned();
        let folder = incoming(self.app)?;
        let file = tokio::fs::File::create(folder.path().join(&last)).await;
        let file = file.map_err(AppError::internal)?;
        let mut file = tokio::io::BufWriter::with_capacity(1 << 18, file);
        let (mut hash, mut bytes) = (Sha256::new(), 0u64);
        while let Some(piece) = self.piece(&mut field).await? {
            hash.update(&piece);
            bytes += piece.len() as u64;
            file.write_all(&piece).await.map_err(AppError::internal)?;
        }
        file.flush().await.map_err(AppError::internal)?;
        let sha256 = hexadecimal(&hash.finalize());
        self.mark(&name, &format!("{called}\0{sha256}"));
        let received = Received::new(folder, last, sha256, bytes).called(called);
        self.files.push((name, received));
        Ok(())
    }

    /// What the same request is known by.
    fn mark(&mut self, name: &str, content: &str) {
        for text in [name, content] {
            self.hash.update((text.len() as u64).to_be_bytes());
            self.hash.update(text);
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn broken(error: MultipartError) -> AppError {
    match error.status() {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge {
            what: "body",
            most: LARGEST_UPLOAD as u64,
        },
        _ => unfit(error.body_text()),
    }
}

fn unfit(reason: String) -> AppError {
    let reason: String = reason.chars().take(200).collect();
    AppError::invalid(
        "body",
        "multipart_invalid",
        format!("请求不是完整的 multipart/form-data：{reason}"),
        format!("the request is no whole multipart/form-data: {reason}"),
    )
}

/// A body handed on in stretches: the reader of parts reads as long as it is given, and what it holds
/// without giving it on is bounded here.
struct Paced<S> {
    inner: S,
    held: Arc<AtomicUsize>,
    given: usize,
}

impl<S: Stream<Item = Result<Bytes, axum::Error>> + Unpin> Stream for Paced<S> {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.given >= STRETCH {
            self.given = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = Pin::new(&mut self.inner).poll_next(context);
        if let Poll::Ready(Some(Ok(bytes))) = &next {
            self.given += bytes.len();
            let held = self.held.fetch_add(bytes.len(), Ordering::Relaxed) + bytes.len();
            // One piece of the body may be large where it is in memory already.
            if held > LARGEST_HEAD.max(2 * bytes.len() + STRETCH) {
                let reason = "the head of a part is too long";
                return Poll::Ready(Some(Err(axum::Error::new(std::io::Error::other(reason)))));
            }
        }
        next
    }
}
