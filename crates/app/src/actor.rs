//! Who asks. Must not know how they proved it.

use std::sync::Arc;

use fenjie_message::Lang;
use fenjie_store::people::{Role, Scope};
use fenjie_store::{OrganisationId, UserId};

use crate::remembered::Moment;
use crate::rights::{TokenScope, Verb};
use crate::{AppError, rights};

/// Who asks, as proved by a session, a key, or the local first run.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Their organisation: the wall around everything they can name.
    pub organisation: OrganisationId,
    /// Their account.
    pub user: UserId,
    /// What they are called; what a plan's log says in `who`.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whose rows they see.
    pub scope: Scope,
    /// Their own member of the organisation tree, by code.
    pub member: Option<String>,
    /// The members of the people who report to them, over all levels.
    pub subordinates: Vec<String>,
    /// What their key is limited to; none for a person who signed in.
    pub limited_to: Option<Vec<TokenScope>>,
    /// The language of answers.
    pub lang: Lang,
    /// Where the request came from.
    pub origin: Origin,
    /// The moment of the database at which the request was let in.
    pub moment: Option<Moment>,
}

/// Where a request came from, for the audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address.
    pub address: String,
    /// The session, key, or `local`.
    pub by: String,
    /// The number of the request.
    pub request: String,
}

impl Origin {
    /// As the audit writes it.
    pub fn text(&self) -> String {
        format!("{} {} {}", self.address, self.by, self.request)
            .trim()
            .to_owned()
    }
}

impl Actor {
    /// The machinery itself, doing a job of an organisation: `by` says which, such as `alerts job_…`.
    pub fn system(organisation: &OrganisationId, language: &str, by: String) -> Actor {
        let lang = Lang::from_locale(language);
        Actor {
            organisation: organisation.clone(),
            user: UserId::of(0),
            name: lang.pick("系统", "system").to_owned(),
            role: Role::Administrator,
            scope: Scope::All,
            member: None,
            subordinates: Vec::new(),
            limited_to: None,
            lang,
            origin: Origin {
                by,
                ..Origin::default()
            },
            moment: None,
        }
    }

    /// Whom the audit names: an account, or `system` with a job's name.
    pub fn who(&self) -> String {
        match self.user == UserId::of(0) {
            true => format!("system {}", self.origin.by),
            false => self.user.to_string(),
        }
    }

    /// The same person trying something out. Nothing comes of that: a key that reads plans may try what
    /// its person's role may do.
    pub fn trying(&self) -> Actor {
        let mut own = self.clone();
        if let Some(scopes) = &mut own.limited_to
            && scopes.contains(&TokenScope::PlanRead)
        {
            scopes.push(TokenScope::PlanWrite);
        }
        own
    }

    /// Lets pass who may do this, by role and by key.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn may(&self, verb: Verb) -> Result<(), AppError> {
        let by_key = self
            .limited_to
            .as_ref()
            .is_none_or(|scopes| scopes.contains(&verb.token_scope()));
        if by_key && rights::role_may(self.role, verb) {
            return Ok(());
        }
        Err(AppError::Forbidden { verb })
    }
}

/// A request that may change something: who asks, and under which key it is repeated.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who.
    pub actor: Arc<Actor>,
    /// The key, where they gave one.
    pub key: Option<IdempotencyKey>,
}

/// What a repeated request is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key that the client chose.
    pub key: String,
    /// SHA-256 of method, path and body: the same key with another request is refused.
    pub request_hash: String,
}
