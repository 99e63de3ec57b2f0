//! Every key of the set-up once: its name, what it means, how a text becomes its value. Must not know
//! where the text came from.

use std::str::FromStr;
use std::time::Duration;

use fenjie_message::Lang;
use jiff::SignedDuration;

use super::{Place, ServeSettings, SettingsError};
use crate::frame::logs::is_filter;

/// What is wanted instead of a value, in Chinese and English.
pub(super) type Wrong = (&'static str, &'static str);

pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) usual: &'static str,
    pub(super) text: (&'static str, &'static str),
    pub(super) set: fn(&mut ServeSettings, &str) -> Result<(), Wrong>,
}

const KEYS: &[Key] = &[
    Key {
        name: "folder",
        usual: "fenjie-data",
        text: (
            "记录、文件与销售数据所在的目录",
            "where the records, files and sales lie",
        ),
        set: |all, text| put(&mut all.folder, filled(text)?.into()),
    },
    Key {
        name: "listen",
        usual: "127.0.0.1:8737",
        text: ("监听的地址", "the address to listen on"),
        set: |all, text| {
            put(
                &mut all.listen,
                parsed(
                    text,
                    ("须如 127.0.0.1:8737", "has to be like 127.0.0.1:8737"),
                )?,
            )
        },
    },
    Key {
        name: "database_url",
        usual: "",
        text: (
            "改用 PostgreSQL：postgres://用户@主机/数据库",
            "PostgreSQL instead of SQLite in the folder: postgres://user@host/database",
        ),
        set: |all, text| {
            let known = ["postgres://", "postgresql://"];
            match known.iter().any(|start| text.starts_with(start)) {
                true => put(&mut all.database_url, Some(text.to_owned())),
                false => Err(("须以 postgres:// 开头", "has to begin with postgres://")),
            }
        },
    },
    Key {
        name: "secret_file",
        usual: "",
        text: (
            "存放密钥的文件，至少 32 个字符；监听其他机器能访问的地址时必须有",
            "a file with a secret of at least 32 characters; needed for an address others can reach",
        ),
        set: |all, text| put(&mut all.secret_file, Some(filled(text)?.into())),
    },
    Key {
        name: "base_url",
        usual: "",
        text: (
            "用户访问的地址，如 https://plans.example.cn；https 表示前面有 TLS",
            "under which address people reach it, such as https://plans.example.cn; https says that TLS stands before it",
        ),
        set: |all, text| {
            let wrong = (
                "须为 http 或 https 地址",
                "has to be an http or https address",
            );
            let url: url::Url = parsed(text, wrong)?;
            match matches!(url.scheme(), "http" | "https") && url.has_host() {
                true => put(&mut all.base_url, Some(url)),
                false => Err(wrong),
            }
        },
    },
    Key {
        name: "trusted_proxies",
        usual: "[]",
        text: (
            "信任的代理，如 [\"10.0.0.0/8\"]：采信其 X-Forwarded-For、X-Forwarded-Proto 与 X-Request-Id",
            "proxies such as [\"10.0.0.0/8\"] whose X-Forwarded-For, X-Forwarded-Proto and X-Request-Id are believed",
        ),
        set: |all, text| {
            let wrong = ("须为地址或网段", "has to be addresses or ranges of them");
            let ranges = text.split(',').map(str::trim).filter(|one| !one.is_empty());
            put(
                &mut all.trusted_proxies,
                ranges
                    .map(|one| parsed(one, wrong))
                    .collect::<Result<_, _>>()?,
            )
        },
    },
    Key {
        name: "sessions.idle_hours",
        usual: "12",
        text: (
            "多少小时没有请求即退出登录",
            "after how many hours without a request a session ends",
        ),
        set: |all, text| {
            let hours = count(text, 1, 24 * 30)? as i64;
            put(&mut all.session_idle, SignedDuration::from_hours(hours))
        },
    },
    Key {
        name: "sessions.absolute_hours",
        usual: "168",
        text: (
            "多少小时后必须重新登录",
            "after how many hours a session ends whatever happens",
        ),
        set: |all, text| {
            let hours = count(text, 1, 24 * 90)? as i64;
            put(&mut all.session_absolute, SignedDuration::from_hours(hours))
        },
    },
    Key {
        name: "metrics_token",
        usual: "",
        text: (
            "从其他机器读取 /metrics 的令牌，至少 16 个字符",
            "the token that reads /metrics from elsewhere, at least 16 characters",
        ),
        set: |all, text| match text.len() >= 16 {
            true => put(&mut all.metrics_token, Some(text.to_owned())),
            false => Err(("至少 16 个字符", "has at least 16 characters")),
        },
    },
    Key {
        name: "log.level",
        usual: "info",
        text: (
            "日志的详细程度：error、warn、info、debug，或 warn,fenjie_app=debug",
            "how much is logged: error, warn, info, debug, or warn,fenjie_app=debug",
        ),
        set: |all, text| match is_filter(text) {
            true => put(&mut all.log_level, text.to_owned()),
            false => Err((
                "须如 info 或 warn,fenjie_app=debug",
                "has to be like info or warn,fenjie_app=debug",
            )),
        },
    },
    Key {
        name: "log.format",
        usual: "text",
        text: (
            "日志的格式：text 或 json",
            "how lines of the log look: text or json",
        ),
        set: |all, text| {
            put(
                &mut all.log_format,
                parsed(text, ("须为 text 或 json", "has to be text or json"))?,
            )
        },
    },
    Key {
        name: "limits.url_bytes",
        usual: "8192",
        text: ("地址最长多少字节", "the longest address, in bytes"),
        set: |all, text| put(&mut all.limits.url_bytes, count(text, 256, 65_536)?),
    },
    Key {
        name: "limits.header_bytes",
        usual: "32768",
        text: (
            "请求头合计最多多少字节",
            "all headers of a request together, in bytes",
        ),
        set: |all, text| put(&mut all.limits.header_bytes, count(text, 1_024, 100_000)?),
    },
    Key {
        name: "limits.in_flight",
        usual: "256",
        text: ("同时处理多少请求", "requests worked on at the same time"),
        set: |all, text| put(&mut all.limits.in_flight, count(text, 1, 100_000)?),
    },
    Key {
        name: "limits.waiting",
        usual: "512",
        text: (
            "最多多少请求排队，再多即 503",
            "requests that wait for their turn; the next one gets 503",
        ),
        set: |all, text| put(&mut all.limits.waiting, count(text, 0, 100_000)?),
    },
    Key {
        name: "limits.wait_seconds",
        usual: "2",
        text: ("排队最久多少秒", "how long a request waits for its turn"),
        set: |all, text| put(&mut all.limits.wait, seconds(text)?),
    },
    Key {
        name: "limits.streams",
        usual: "1000",
        text: ("同时多少事件流", "streams of events at the same time"),
        set: |all, text| put(&mut all.limits.streams, count(text, 1, 100_000)?),
    },
    Key {
        name: "limits.connections",
        usual: "4096",
        text: (
            "同时多少连接，再多则等候",
            "connections at the same time; later ones wait",
        ),
        set: |all, text| put(&mut all.limits.connections, count(text, 1, 1_000_000)?),
    },
    Key {
        name: "limits.head_seconds",
        usual: "15",
        text: (
            "请求头须在多少秒内到齐，两次请求之间也最多空闲这么久",
            "how long the head of a request may take, and the rest between two requests",
        ),
        set: |all, text| put(&mut all.limits.head_time, seconds(text)?),
    },
    Key {
        name: "limits.stall_seconds",
        usual: "20",
        text: (
            "客户端多少秒不再收发即断开",
            "how long a client may go without sending or taking more",
        ),
        set: |all, text| put(&mut all.limits.stall, seconds(text)?),
    },
    Key {
        name: "limits.request_seconds",
        usual: "120",
        text: (
            "一个请求最多处理多少秒，从收到最后一个字节算起",
            "how long a request may be worked on, from the last byte of its body",
        ),
        set: |all, text| put(&mut all.limits.request_time, seconds(text)?),
    },
    Key {
        name: "limits.stop_seconds",
        usual: "20",
        text: (
            "停止时最多等多少秒让已开始的请求完成",
            "how long a stop waits for what was begun",
        ),
        set: |all, text| put(&mut all.limits.stop_time, seconds(text)?),
    },
    Key {
        name: "limits.per_actor",
        usual: "200",
        text: (
            "每个账号或令牌每秒多少请求；0 为不限",
            "requests of one account or key each second; 0 for any number",
        ),
        set: |all, text| {
            put(
                &mut all.limits.per_actor.per_second,
                count(text, 0, 1_000_000)? as u32,
            )
        },
    },
    Key {
        name: "limits.per_actor_burst",
        usual: "1000",
        text: (
            "每个账号或令牌一次最多多少请求",
            "requests of one account or key at once",
        ),
        set: |all, text| {
            put(
                &mut all.limits.per_actor.burst,
                count(text, 1, 1_000_000)? as u32,
            )
        },
    },
    Key {
        name: "limits.per_address",
        usual: "2000",
        text: (
            "每个地址每秒多少请求；0 为不限",
            "requests of one address each second; 0 for any number",
        ),
        set: |all, text| {
            put(
                &mut all.limits.per_address.per_second,
                count(text, 0, 1_000_000)? as u32,
            )
        },
    },
    Key {
        name: "limits.per_address_burst",
        usual: "10000",
        text: (
            "每个地址一次最多多少请求",
            "requests of one address at once",
        ),
        set: |all, text| {
            put(
                &mut all.limits.per_address.burst,
                count(text, 1, 1_000_000)? as u32,
            )
        },
    },
];

pub(super) fn put<T>(place: &mut T, value: T) -> Result<(), Wrong> {
    *place = value;
    Ok(())
}

pub(super) fn filled(text: &str) -> Result<&str, Wrong> {
    match text.is_empty() {
        true => Err(("不能为空", "must not be empty")),
        false => Ok(text),
    }
}

pub(super) fn parsed<T: FromStr>(text: &str, wrong: Wrong) -> Result<T, Wrong> {
    text.parse().map_err(|_| wrong)
}

pub(super) fn count(text: &str, least: usize, most: usize) -> Result<usize, Wrong> {
    let wrong = (
        "须为允许范围内的整数",
        "has to be a whole number within its bounds",
    );
    let found: usize = parsed(text, wrong)?;
    (least..=most)
        .contains(&found)
        .then_some(found)
        .ok_or(wrong)
}

fn seconds(text: &str) -> Result<Duration, Wrong> {
    let wrong = ("须为 1 至 3600 秒", "has to be 1 to 3600 seconds");
    let found: u64 = parsed(text, wrong)?;
    match (1..=3600).contains(&found) {
        true => Ok(Duration::from_secs(found)),
        false => Err(wrong),
    }
}

/// Every key.
fn keys() -> impl Iterator<Item = &'static Key> {
    KEYS.iter()
        .chain(super::messages::KEYS)
        .chain(super::retention::KEYS)
}

/// Names in the environment that are not the server's.
const NOT_OURS: [&str; 6] = [
    "FENJIE_CONFIG",
    "FENJIE_LANG",
    "FENJIE_PASSWORD",
    "FENJIE_SHARED",
    "FENJIE_SLOW",
    "FENJIE_TOKEN",
];

fn variable(key: &str) -> String {
    format!("FENJIE_{}", key.to_ascii_uppercase().replace('.', "_"))
}

/// The key that a variable of the environment sets; itself in lower case where there is none.
pub(super) fn key_of(name: &str) -> Option<String> {
    let of_tests = ["FENJIE_TEST", "FENJIE_REQUIRE_"];
    let others = of_tests.iter().any(|prefix| name.starts_with(prefix));
    if !name.starts_with("FENJIE_") || others || NOT_OURS.contains(&name) {
        return None;
    }
    let known = keys().find(|key| variable(key.name) == name);
    Some(known.map_or_else(|| name.to_owned(), |key| key.name.to_owned()))
}

/// Whether keys begin with this name and a dot.
pub(super) fn is_group(name: &str) -> bool {
    keys().any(|key| {
        key.name
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

pub(super) fn set(
    settings: &mut ServeSettings,
    place: Place,
    name: &str,
    value: &str,
) -> Result<(), SettingsError> {
    let Some(key) = keys().find(|key| key.name == name) else {
        return Err(unknown(place, name));
    };
    (key.set)(settings, value).map_err(|(zh, en)| SettingsError::Invalid {
        place,
        key: key.name,
        zh: zh.to_owned(),
        en: en.to_owned(),
    })
}

pub(super) fn unknown(place: Place, name: &str) -> SettingsError {
    let in_environment = matches!(place, Place::Environment(_));
    let spelled = |key: &Key| match in_environment {
        true => variable(key.name),
        false => key.name.to_owned(),
    };
    let likeness = |key: &Key| {
        let known = spelled(key);
        let bare = known.rsplit('.').next().unwrap_or(&known).to_owned();
        let typed = name.rsplit('.').next().unwrap_or(name);
        strsim::normalized_damerau_levenshtein(name, &known)
            .max(strsim::normalized_damerau_levenshtein(typed, &bare))
    };
    let near = keys()
        .map(|key| (likeness(key), key))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .filter(|(likeness, _)| *likeness >= 0.6);
    SettingsError::Unknown {
        place,
        key: name.to_owned(),
        near: near.map(|(_, key)| spelled(key)),
    }
}

pub(super) fn table(lang: Lang) -> Vec<[String; 4]> {
    let row = |key: &Key| {
        let text = lang.pick(key.text.0, key.text.1).to_owned();
        [
            key.name.to_owned(),
            variable(key.name),
            key.usual.to_owned(),
            text,
        ]
    };
    keys().map(row).collect()
}
