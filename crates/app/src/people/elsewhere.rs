//! Sign-in elsewhere: an organisation's identity provider, and accounts found by what it says. Nobody
//! gets an account this way; the first time they are found by a verified e-mail address, then by the
//! provider's own identifier. Must not know cookies.

use fenjie_identity::oidc::{self, OidcError, Provider};
use fenjie_identity::secret::{self, Secret};
use fenjie_store::Transaction;
use fenjie_store::audit::AuditEntry;
use fenjie_store::elsewhere::{IdentityProvider, SignInElsewhere};
use fenjie_store::people::User;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::sign_in::{SignedIn, Visitor, admit, organisation_meant};
use crate::{App, AppError, Unit, Verb};

/// How long a sign-in may be on its way, in minutes.
const ON_ITS_WAY_MINUTES: i64 = 10;
/// The longest path to return to.
const LONGEST_RETURN: usize = 500;

/// What a provider is to be.
#[derive(Clone)]
pub struct Wanted {
    /// Its address, as it calls itself.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// Our secret there; none keeps the one there is.
    pub client_secret: Option<String>,
    /// What people read on the button.
    pub label: String,
    /// Whether an account is found by a verified e-mail address the first time.
    pub by_email: bool,
}

/// A sign-in that goes to the provider.
pub struct Leaving {
    /// Where the browser goes.
    pub url: String,
    /// What the browser keeps meanwhile.
    pub browser: Secret,
    /// For how many seconds.
    pub seconds: i64,
}

fn refused(error: OidcError) -> AppError {
    tracing::warn!(%error, "a sign-in elsewhere did not come about");
    AppError::refused(error)
}

fn provider_of(app: &App, kept: &IdentityProvider) -> Provider {
    Provider {
        issuer: kept.issuer.clone(),
        client_id: kept.client_id.clone(),
        client_secret: kept.client_secret.clone(),
        private: app.settings().people.private_providers,
    }
}

/// Begins a sign-in at the organisation's provider. `place` is where the browser has found us.
///
/// # Errors
/// `not_found` where the organisation has none, `return_to_invalid`, what the provider refuses.
pub async fn begin(
    app: &App,
    organisation: Option<&str>,
    return_to: Option<&str>,
    place: &str,
) -> Result<Leaving, AppError> {
    let return_to = own_path(return_to.unwrap_or("/"))?;
    let missing = || AppError::not_found("identity_provider");
    let mut tx = app.store().read().await?;
    let organisation = organisation_meant(&mut *tx, organisation).await?;
    let organisation = organisation.ok_or_else(missing)?;
    let kept = tx.identity_provider(&organisation.id).await?;
    let kept = kept.ok_or_else(missing)?;
    drop(tx);
    let place = app.settings().people.public_url.as_deref().unwrap_or(place);
    let redirect_uri = format!("{}/api/v1/oidc/callback", place.trim_end_matches('/'));
    let begun = oidc::begin(&provider_of(app, &kept), &redirect_uri)
        .await
        .map_err(refused)?;
    let browser = Secret::random("");
    let now = app.now();
    let mut tx = app.store().write().await?;
    tx.forget_expired(now).await?;
    tx.add_sign_in_elsewhere(&SignInElsewhere {
        organisation: organisation.id,
        state_hash: secret::hash(&begun.state),
        browser_hash: browser.hash(),
        nonce: begun.nonce,
        verifier: begun.verifier,
        redirect_uri,
        return_to,
        expires_at: now + SignedDuration::from_mins(ON_ITS_WAY_MINUTES),
    })
    .await?;
    tx.commit().await?;
    Ok(Leaving {
        url: begun.url,
        browser,
        seconds: ON_ITS_WAY_MINUTES * 60,
    })
}

/// A path of ours: never an address elsewhere.
fn own_path(path: &str) -> Result<String, AppError> {
    let fits = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= LONGEST_RETURN
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    match fits {
        true => Ok(path.to_owned()),
        false => Err(AppError::invalid(
            "return_to",
            "return_to_invalid",
            "return_to 须是本站的路径",
            "return_to has to be a path of this server",
        )),
    }
}

fn strayed() -> AppError {
    AppError::unproved(
        "sign_in_strayed",
        "这次登录不是从这个浏览器开始的，或已过时",
        "this sign-in was not begun in this browser, or took too long",
    )
}

/// Finishes a sign-in: `browser` is what the browser kept. Gives who it is and where to go.
///
/// # Errors
/// `sign_in_strayed`, `account_unknown`, what the provider refuses.
pub async fn finish(
    app: &App,
    state: &str,
    code: &str,
    browser: Option<&str>,
    visitor: &Visitor,
) -> Result<(SignedIn, String), AppError> {
    if state.len() > secret::LONGEST || code.len() > 4096 {
        return Err(strayed());
    }
    let mut tx = app.store().write().await?;
    let on_its_way = tx.take_sign_in_elsewhere(&secret::hash(state)).await?;
    let kept = match &on_its_way {
        Some(on_its_way) => tx.identity_provider(&on_its_way.organisation).await?,
        None => None,
    };
    // Taken for good, whatever comes of it.
    tx.commit().await?;
    let (on_its_way, kept) = on_its_way.zip(kept).ok_or_else(strayed)?;
    let same =
        browser.is_some_and(|shown| secret::same(&secret::hash(shown), &on_its_way.browser_hash));
    if !same || app.now() >= on_its_way.expires_at {
        return Err(strayed());
    }
    let provider = provider_of(app, &kept);
    let claims = oidc::finish(
        &provider,
        &on_its_way.redirect_uri,
        code,
        &on_its_way.nonce,
        &on_its_way.verifier,
    );
    let claims = claims.await.map_err(refused)?;
    let mut tx = app.store().write().await?;
    let Some(user) = account_of(&mut *tx, &kept, &claims).await? else {
        let entry = AuditEntry {
            at: app.now(),
            who: "-".into(),
            origin: visitor.origin.text(),
            action: "session.create".into(),
            target: "-".into(),
            before: Json::Null,
            after: json!({ "means": "oidc" }),
            result: "account_unknown".into(),
        };
        tx.append_audit(&kept.organisation, &[entry]).await?;
        tx.commit().await?;
        return Err(AppError::unproved(
            "account_unknown",
            "没有与此身份对应的账号，请联系管理员",
            "no account belongs to this identity; ask an administrator",
        ));
    };
    let signed = admit(
        app,
        &mut *tx,
        user,
        "oidc",
        visitor,
        visitor.device.is_none(),
    )
    .await?;
    tx.commit().await?;
    Ok((signed, on_its_way.return_to))
}

/// The account that claims belong to, linked from the first time on.
async fn account_of(
    tx: &mut dyn Transaction,
    provider: &IdentityProvider,
    claims: &oidc::Claims,
) -> Result<Option<User>, AppError> {
    let organisation = &provider.organisation;
    let known = tx
        .user_elsewhere(organisation, &claims.issuer, &claims.subject)
        .await?;
    if let Some(id) = known {
        let user = tx.user(organisation, &id).await?;
        return Ok(user.filter(|user| user.active));
    }
    let Some(email) = claims
        .verified_email
        .as_deref()
        .filter(|_| provider.by_email)
    else {
        return Ok(None);
    };
    let mut found = tx.users_by_email(organisation, email).await?;
    // An address that two accounts have is nobody's.
    let user = match (found.pop(), found.is_empty()) {
        (Some(user), true) if user.active => user,
        _ => return Ok(None),
    };
    tx.link_elsewhere(organisation, &claims.issuer, &claims.subject, &user.id)
        .await?;
    Ok(Some(user))
}

/// The organisation's provider, for whoever runs the accounts.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(unit: &mut Unit) -> Result<IdentityProvider, AppError> {
    unit.actor.may(Verb::ManagePeople)?;
    let organisation = unit.organisation();
    let found = unit.tx.identity_provider(&organisation).await?;
    found.ok_or_else(|| AppError::not_found("identity_provider"))
}

/// What people read on the button, where the organisation has a provider: no secret.
///
/// # Errors
/// What the store refuses.
pub async fn label(app: &App, organisation: Option<&str>) -> Result<Option<String>, AppError> {
    let mut tx = app.store().read().await?;
    let Some(organisation) = organisation_meant(&mut *tx, organisation).await? else {
        return Ok(None);
    };
    let found = tx.identity_provider(&organisation.id).await?;
    Ok(found.map(|provider| provider.label))
}

/// Writes the organisation's provider. `seen` is its revision, 0 where there was none.
///
/// # Errors
/// `forbidden`, `version_stale`, `provider_field`.
pub async fn put(unit: &mut Unit, seen: i64, wanted: Wanted) -> Result<IdentityProvider, AppError> {
    unit.actor.may(Verb::ManagePeople)?;
    check(&wanted)?;
    let organisation = unit.organisation();
    let before = unit.tx.identity_provider(&organisation).await?;
    // Another provider never gets the secret of the one before.
    let same = before
        .as_ref()
        .filter(|before| before.issuer == wanted.issuer.trim());
    let kept_secret = same.and_then(|before| before.client_secret.clone());
    let revision = before.as_ref().map_or(0, |before| before.revision);
    let after = IdentityProvider {
        organisation: organisation.clone(),
        issuer: wanted.issuer.trim().to_owned(),
        client_id: wanted.client_id.trim().to_owned(),
        client_secret: wanted.client_secret.or(kept_secret),
        label: wanted.label.trim().to_owned(),
        by_email: wanted.by_email,
        revision: revision + 1,
        updated_at: unit.now,
    };
    let stale = seen != revision || !unit.tx.keep_identity_provider(&after, seen).await?;
    let old = before.as_ref().map_or(Json::Null, audited);
    if stale {
        return Err(AppError::Stale {
            seen: seen.unsigned_abs(),
            found: revision.unsigned_abs(),
            changed: old,
        });
    }
    unit.record(
        "identity_provider.update",
        &organisation,
        old,
        audited(&after),
    );
    Ok(after)
}

fn check(wanted: &Wanted) -> Result<(), AppError> {
    let fields = [
        ("issuer", wanted.issuer.trim(), 500),
        ("client_id", wanted.client_id.trim(), 200),
        ("label", wanted.label.trim(), 100),
        (
            "client_secret",
            wanted.client_secret.as_deref().unwrap_or("-"),
            500,
        ),
    ];
    for (field, text, most) in fields {
        let length = text.chars().count();
        if length == 0 || length > most || text.chars().any(char::is_control) {
            return Err(AppError::invalid(
                field,
                "provider_field",
                format!("{field} 须为 1 至 {most} 个字符"),
                format!("{field} has 1 to {most} characters"),
            ));
        }
    }
    Ok(())
}

/// Takes the organisation's provider away.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn remove(unit: &mut Unit) -> Result<(), AppError> {
    let before = get(unit).await?;
    let organisation = unit.organisation();
    unit.tx.remove_identity_provider(&organisation).await?;
    unit.record(
        "identity_provider.remove",
        &organisation,
        audited(&before),
        Json::Null,
    );
    Ok(())
}

/// A provider as the audit writes it: without our secret there.
fn audited(provider: &IdentityProvider) -> Json {
    json!({
        "issuer": provider.issuer, "client_id": provider.client_id, "label": provider.label,
        "by_email": provider.by_email, "secret": provider.client_secret.is_some(),
    })
}
