//! Receivers on loopback that speak each channel's format, check what they are sent, and answer with
//! their codes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use fenjie_message::Message;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value as Json, json};
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::{Kind, Letter, Outgoing, Outward, send, within};
use crate::net::Network;
use crate::template::{Template, Values};
use crate::{MailServer, Security, SendError};

const AT: i64 = 1_732_300_000_000;
const SECRET: &str = "SECabc";

fn letter(who: &str) -> Letter {
    let template = Template {
        title: "{who} 已承诺".into(),
        body: "**{who}** 承诺 1,200 万元\n第二行".into(),
    };
    let values = Values::from([("who".to_owned(), who.into())]);
    let (title, body) = template.fill(&values);
    Letter {
        id: "dlv_1".into(),
        topic: "commitment_made".into(),
        at: AT,
        title,
        body,
        values,
    }
}

fn inside() -> Outward {
    Outward {
        network: Network {
            private: true,
            plain: true,
            ..Network::default()
        },
        mail: None,
    }
}

/// What a receiver was sent, and what it answers.
#[derive(Clone)]
struct Receiver {
    seen: Arc<Mutex<Vec<Seen>>>,
    answer: (u16, String),
    after: Option<&'static str>,
}

#[derive(Clone, Debug)]
struct Seen {
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: String,
}

async fn receive(
    State(receiver): State<Receiver>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, HeaderMap, String) {
    receiver.seen.lock().unwrap().push(Seen {
        query,
        headers,
        body,
    });
    let mut headers = HeaderMap::new();
    if let Some(after) = receiver.after {
        headers.insert("retry-after", after.parse().unwrap());
    }
    if receiver.answer.0 / 100 == 3 {
        headers.insert("location", "/elsewhere".parse().unwrap());
    }
    let status = StatusCode::from_u16(receiver.answer.0).unwrap();
    (status, headers, receiver.answer.1)
}

/// Listens; gives its address and what it has seen.
async fn listen(
    status: u16,
    answer: impl ToString,
    after: Option<&'static str>,
) -> (String, Arc<Mutex<Vec<Seen>>>) {
    let receiver = Receiver {
        seen: Arc::default(),
        answer: (status, answer.to_string()),
        after,
    };
    let seen = receiver.seen.clone();
    let router = Router::new()
        .route("/hook", post(receive))
        .route("/elsewhere", post(receive))
        .with_state(receiver);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook?key=k1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, seen)
}

async fn sent(kind: Kind, address: &str, who: &str) -> Result<String, SendError> {
    let outgoing = Outgoing {
        kind,
        address: address.to_owned(),
        secret: Some(SECRET.into()),
    };
    send(&outgoing, &letter(who), &inside()).await
}

fn body(seen: &Seen) -> Json {
    serde_json::from_str(&seen.body).unwrap()
}

#[tokio::test]
async fn wecom_takes_markdown_and_refuses_by_errcode_with_status_200() {
    let (address, seen) = listen(200, json!({ "errcode": 0, "errmsg": "ok" }), None).await;
    sent(Kind::Wecom, &address, "<@all>王").await.unwrap();
    let asked = seen.lock().unwrap()[0].clone();
    assert_eq!(asked.query, [("key".into(), "k1".into())]);
    let text = body(&asked)["markdown"]["content"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(body(&asked)["msgtype"], "markdown");
    assert!(text.starts_with("**＜＠all＞王 已承诺**\n**"), "{text}");

    for (errcode, code, lasting) in [
        (45009, "receiver_too_fast", false),
        (93000, "receiver_refused", true),
        (-1, "receiver_refused", false),
    ] {
        let answer = json!({ "errcode": errcode, "errmsg": "invalid webhook url" });
        let (address, _) = listen(200, answer, None).await;
        let error = sent(Kind::Wecom, &address, "王").await.unwrap_err();
        assert_eq!(
            (error.code(), error.is_lasting()),
            (code, lasting),
            "{errcode}"
        );
    }
    let (address, _) = listen(200, "<html>proxy</html>", None).await;
    let error = sent(Kind::Wecom, &address, "王").await.unwrap_err();
    assert_eq!(
        error.code(),
        "receiver_refused",
        "a page in between is no robot"
    );
}

#[tokio::test]
async fn dingtalk_is_signed_in_the_query_and_calls_nobody() {
    let (address, seen) = listen(200, json!({ "errcode": 0, "errmsg": "ok" }), None).await;
    sent(Kind::Dingtalk, &address, "@所有人").await.unwrap();
    let asked = seen.lock().unwrap()[0].clone();
    let query = |name: &str| {
        let found = asked.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap()
    };
    assert_eq!(query("key"), "k1");
    assert_eq!(query("timestamp"), AT.to_string());
    // The receiver's own arithmetic.
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{}\n{SECRET}", query("timestamp")).as_bytes());
    let wanted = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(query("sign"), wanted);
    assert_eq!(
        query("sign"),
        "p7WpKHup2WiGzyhQfGgxxqyQPeOJLl0+GzQvKQ55ZTQ="
    );
    assert_eq!(body(&asked)["at"]["isAtAll"], false);
    assert!(
        !body(&asked)["markdown"]["text"]
            .as_str()
            .unwrap()
            .contains('@')
    );

    for (errcode, code) in [
        (130_101, "receiver_too_fast"),
        (310_000, "receiver_refused"),
    ] {
        let (address, _) = listen(200, json!({ "errcode": errcode, "errmsg": "x" }), None).await;
        let error = sent(Kind::Dingtalk, &address, "王").await.unwrap_err();
        assert_eq!(error.code(), code);
    }
}

#[tokio::test]
async fn feishu_is_signed_in_the_body() {
    let (address, seen) = listen(200, json!({ "code": 0, "msg": "success" }), None).await;
    sent(Kind::Feishu, &address, "<at user_id=\"all\">")
        .await
        .unwrap();
    let asked = body(&seen.lock().unwrap()[0]);
    assert_eq!(asked["timestamp"], (AT / 1000).to_string());
    assert_eq!(
        asked["sign"],
        "mn7qZeL3ZW6VuXCgcT0eMU+hgSk1j4ojntK4h6qpCHE="
    );
    assert_eq!(asked["msg_type"], "post");
    let lines = asked["content"]["post"]["zh_cn"]["content"]
        .as_array()
        .unwrap();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line[0]["tag"] == "text"));
    assert!(!lines[0][0]["text"].as_str().unwrap().contains("<at"));

    let (address, _) = listen(
        200,
        json!({ "StatusCode": 0, "StatusMessage": "success" }),
        None,
    )
    .await;
    assert!(
        sent(Kind::Feishu, &address, "王").await.is_ok(),
        "the older answer"
    );
    let (address, _) = listen(
        200,
        json!({ "code": 19021, "msg": "sign match fail" }),
        None,
    )
    .await;
    let error = sent(Kind::Feishu, &address, "王").await.unwrap_err();
    assert!(
        error.is_lasting() && error.to_string().contains("19021"),
        "{error}"
    );
}

#[tokio::test]
async fn a_webhook_carries_a_signature_over_time_and_body_and_an_identifier() {
    let (address, seen) = listen(202, "", None).await;
    sent(Kind::Webhook, &address, "王").await.unwrap();
    sent(Kind::Webhook, &address, "王").await.unwrap();
    let asked = seen.lock().unwrap().clone();
    for one in &asked {
        let header = |name: &str| one.headers[name].to_str().unwrap().to_owned();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{}.{}", header("x-fenjie-timestamp"), one.body).as_bytes());
        let wanted: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(header("x-fenjie-signature"), format!("v1={wanted}"));
        assert_eq!(header("x-fenjie-id"), "dlv_1", "the same at every attempt");
        assert_eq!(body(one)["values"]["who"], "王");
    }
    assert_eq!(
        super::webhook::signature(SECRET, AT / 1000, "{}"),
        "v1=2ed9328ec92e99d211a639e34e98066fc9316a18bab398764aa1e104ae5534b4"
    );
}

#[tokio::test]
async fn answers_that_fail_say_whether_to_try_again_and_redirects_are_not_followed() {
    for (status, code, lasting) in [
        (302, "receiver_refused", true),
        (307, "receiver_refused", true),
        (400, "receiver_refused", true),
        (404, "receiver_refused", true),
        (408, "receiver_refused", false),
        (429, "receiver_too_fast", false),
        (500, "receiver_refused", false),
        (502, "receiver_refused", false),
        (503, "receiver_too_fast", false),
    ] {
        let (address, seen) = listen(status, "no", Some("7")).await;
        let error = sent(Kind::Webhook, &address, "王").await.unwrap_err();
        assert_eq!(
            (error.code(), error.is_lasting()),
            (code, lasting),
            "{status}"
        );
        assert_eq!(
            seen.lock().unwrap().len(),
            1,
            "{status}: one request, nowhere else"
        );
        let wants = matches!(status, 429 | 503).then_some(Duration::from_secs(7));
        assert_eq!(error.after(), wants);
    }
    let nobody = sent(Kind::Webhook, "http://127.0.0.1:1/", "王")
        .await
        .unwrap_err();
    assert_eq!(nobody.code(), "port_refused");
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = sent(Kind::Webhook, &format!("http://{closed}/"), "王")
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.is_lasting()),
        ("receiver_unreachable", false)
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_and_inner_networks_are_refused_by_default() {
    let (address, _) = listen(200, "x".repeat(4 * 1024 * 1024), None).await;
    let answer = sent(Kind::Webhook, &address, "王").await.unwrap();
    assert!(answer.chars().count() < 400);
    let outgoing = Outgoing {
        kind: Kind::Webhook,
        address: address.replace("http://127.0.0.1", "https://localhost"),
        secret: None,
    };
    let error = send(&outgoing, &letter("王"), &Outward::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.is_lasting()),
        ("address_private", true)
    );
}

#[test]
fn long_texts_are_cut_at_a_line() {
    let text = "第一行\n第二行\n第三行".repeat(2000);
    let cut = within(&text, 4096);
    assert!(cut.len() <= 4096 && cut.ends_with("\n…"));
    assert_eq!(within("短", 10), "短");
}

/// A mail server on loopback that takes one mail after another, and says no to who it is told to.
async fn mail_server(refused: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mails: Arc<Mutex<Vec<String>>> = Arc::default();
    let taken = mails.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 receiver ESMTP\r\n").await.unwrap();
            let mut mail = None;
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(text) = &mut mail {
                    if line == "." {
                        taken.lock().unwrap().push(std::mem::take(text));
                        mail = None;
                        write.write_all(b"250 2.0.0 kept as 42\r\n").await.unwrap();
                    } else {
                        *text += &format!("{line}\n");
                    }
                    continue;
                }
                let answer: &str = match line.get(..4).unwrap_or_default() {
                    "EHLO" => "250-receiver\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
                    "RCPT" if !refused.is_empty() && line.contains(refused) => {
                        "550 5.1.1 no such box\r\n"
                    }
                    "MAIL" | "RCPT" | "NOOP" | "RSET" => "250 2.1.0 fine\r\n",
                    "DATA" => {
                        mail = Some(String::new());
                        "354 go on\r\n"
                    }
                    _ => "221 2.0.0 good bye\r\n",
                };
                write.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    });
    (port, mails)
}

fn mail_outward(port: u16) -> Outward {
    Outward {
        mail: Some(MailServer {
            host: "127.0.0.1".into(),
            port,
            security: Security::None,
            account: None,
            from: "分解 <fenjie@example.com>".into(),
        }),
        ..Outward::default()
    }
}

#[tokio::test]
async fn mail_is_plain_text_in_utf_8_to_every_receiver() {
    let (port, mails) = mail_server("nobody").await;
    let to = |address: &str| Outgoing {
        kind: Kind::Mail,
        address: address.into(),
        secret: None,
    };
    let outward = mail_outward(port);
    let evil = "王\r\nBcc: evil@example.com";
    let answer = send(
        &to("李四 <li@example.com>, wang@example.com"),
        &letter(evil),
        &outward,
    )
    .await;
    assert_eq!(answer, Ok("250 2.0.0 kept as 42".into()));
    let mail = mails.lock().unwrap()[0].clone();
    assert!(mail.contains("Subject: =?utf-8?b?"), "{mail}");
    assert!(!mail.contains("\nBcc:"), "{mail}");
    assert!(mail.contains("Message-ID: <dlv_1@example.com>"), "{mail}");
    assert!(mail.contains("wang@example.com"), "{mail}");

    let error = send(&to("nobody@example.com"), &letter("王"), &outward)
        .await
        .unwrap_err();
    assert!(
        error.is_lasting() && error.to_string().contains("no such box"),
        "{error}"
    );
    let error = send(&to("not an address"), &letter("王"), &outward)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "mail_address_invalid");
    let error = send(&to("a@example.com"), &letter("王"), &Outward::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "channel_not_set_up");
    let mut closed = mail_outward(port);
    closed.mail.as_mut().unwrap().security = Security::StartTls;
    let error = send(&to("a@example.com"), &letter("王"), &closed)
        .await
        .unwrap_err();
    assert_eq!(
        mails.lock().unwrap().len(),
        1,
        "without STARTTLS nothing is told: {error}"
    );
}
