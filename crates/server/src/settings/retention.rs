//! The keys about how long things are kept, and about identity providers. Must not know where a text
//! came from. Audit records are kept for good: no key shortens that.

use jiff::SignedDuration;

use super::keys::{Key, count, parsed, put};

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "retention.answers_hours",
        usual: "24",
        text: (
            "带 Idempotency-Key 的回答保留多少小时，至少 24",
            "for how many hours an answer is given again to the same Idempotency-Key, at least 24",
        ),
        set: |all, text| {
            let hours = count(text, 24, 24 * 30)? as i64;
            put(
                &mut all.retention.answers,
                SignedDuration::from_hours(hours),
            )
        },
    },
    Key {
        name: "retention.jobs_days",
        usual: "90",
        text: (
            "已结束的任务保留多少天",
            "for how many days ended jobs are listed",
        ),
        set: |all, text| put(&mut all.retention.jobs, days(count(text, 1, 3650)?)),
    },
    Key {
        name: "retention.deliveries_days",
        usual: "90",
        text: (
            "已发出或放弃的消息保留多少天",
            "for how many days messages that were sent or given up are listed",
        ),
        set: |all, text| put(&mut all.retention.deliveries, days(count(text, 1, 3650)?)),
    },
    Key {
        name: "oidc.private_providers",
        usual: "false",
        text: (
            "身份提供方是否可以在内网或使用 http",
            "whether an identity provider may be at a private address or speak plain http",
        ),
        set: |all, text| {
            let wrong = ("须为 true 或 false", "has to be true or false");
            put(&mut all.private_providers, parsed(text, wrong)?)
        },
    },
];

fn days(count: usize) -> SignedDuration {
    SignedDuration::from_hours(24 * count as i64)
}
