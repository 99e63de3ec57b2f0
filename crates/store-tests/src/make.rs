//! Small records to test with.

use fenjie_store::audit::AuditEntry;
use fenjie_store::organisation::Organisation;
use fenjie_store::people::{Role, Scope, User};
use fenjie_store::{OrganisationId, Store, Timestamp, UserId};

/// The moment at which everything is made here: 2026-01-05 08:00 UTC.
pub fn moment() -> Timestamp {
    Timestamp::from_second(1_767_600_000).expect("a moment of 2026")
}

/// An organisation of this name, not kept yet.
pub fn organisation(code: &str) -> Organisation {
    Organisation {
        id: OrganisationId::of(rand::random()),
        code: code.into(),
        name: format!("{code} 公司"),
        language: "zh".into(),
        zone: "Asia/Shanghai".into(),
        created_at: moment(),
    }
}

/// An organisation of this name, kept.
///
/// # Panics
/// Where the store refuses.
pub async fn kept_organisation(store: &dyn Store, code: &str) -> OrganisationId {
    let made = organisation(code);
    let mut tx = store.write().await.expect("a transaction");
    tx.add_organisation(&made).await.expect("an organisation");
    tx.commit().await.expect("a commit");
    made.id
}

/// Somebody of an organisation who may sign in as `p<number>`, not kept yet.
pub fn user(organisation: &OrganisationId, number: u128) -> User {
    User {
        id: UserId::of(number),
        organisation: organisation.clone(),
        login: format!("p{number}"),
        name: format!("p{number}"),
        email: Some("both@example.com".into()),
        role: Role::Salesperson,
        scope: Scope::All,
        member: None,
        reports_to: None,
        language: None,
        active: true,
        password_hash: Some("h".into()),
        revision: 1,
        created_at: moment(),
    }
}

/// The audit entry number `number` of a test, of now: younger than what the database lets go.
pub fn entry(number: u64) -> AuditEntry {
    AuditEntry {
        at: Timestamp::now(),
        who: format!("usr_{}", number % 3),
        origin: "127.0.0.1 test".into(),
        action: ["plan.operation", "plan.create", "view.update"][number as usize % 3].into(),
        target: format!("pln_{}", number % 5),
        before: serde_json::json!({ "amount": number }),
        after: serde_json::json!({ "amount": number + 1, "why": "改" }),
        result: "done".into(),
    }
}
