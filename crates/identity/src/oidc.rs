//! Sign-in elsewhere, by OpenID Connect: discovery, authorization code with PKCE, state and nonce,
//! the identity token checked by the provider's own keys. Must not know accounts.

use fenjie_message::{Lang, Message, english};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};

use crate::oidc_http::Caller;

/// An identity provider, and who we are there.
#[derive(Clone)]
pub struct Provider {
    /// Its address, as it calls itself.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: Option<String>,
    /// Whether it may be called by plain HTTP or at a private address.
    pub private: bool,
}

/// A sign-in that begins: where the browser goes, and what is kept meanwhile.
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// What the provider gives back with the code.
    pub state: String,
    /// What the identity token has to repeat.
    pub nonce: String,
    /// What proves that whoever begins also finishes.
    pub verifier: String,
}

/// Who somebody is, by the provider's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Who says so.
    pub issuer: String,
    /// Their identifier there, which never changes.
    pub subject: String,
    /// Their e-mail address, where the provider has verified it.
    pub verified_email: Option<String>,
}

/// Why a sign-in elsewhere did not come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OidcError {
    /// An address is none, or not one that may be called.
    Address {
        /// Which.
        address: String,
    },
    /// The provider cannot be reached, or answers with something else.
    Unreachable {
        /// What is known of it, for the operator.
        reason: String,
    },
    /// The provider does not take the code.
    CodeRefused {
        /// What is known of it, for the operator.
        reason: String,
    },
    /// The identity token does not hold: signature, issuer, audience, time or nonce.
    TokenInvalid {
        /// What is known of it, for the operator.
        reason: String,
    },
}

impl Message for OidcError {
    fn code(&self) -> &'static str {
        match self {
            OidcError::Address { .. } => "provider_address",
            OidcError::Unreachable { .. } => "provider_unreachable",
            OidcError::CodeRefused { .. } => "provider_code_refused",
            OidcError::TokenInvalid { .. } => "provider_token_invalid",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            OidcError::Address { address } if zh => format!("地址 `{address}` 不可用"),
            OidcError::Address { address } => format!("the address `{address}` cannot be used"),
            OidcError::Unreachable { .. } => lang
                .pick(
                    "连不上身份提供方",
                    "the identity provider cannot be reached",
                )
                .into(),
            OidcError::CodeRefused { .. } => lang
                .pick(
                    "身份提供方不认这次登录",
                    "the identity provider does not take this sign-in",
                )
                .into(),
            OidcError::TokenInvalid { .. } => lang
                .pick("身份令牌无效", "the identity token does not hold")
                .into(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let text = match self {
            OidcError::Address { .. } => lang.pick(
                "须为 https 的公网地址，除非运维另行允许",
                "it has to be a public address with https, unless the operator allows others",
            ),
            OidcError::Unreachable { .. } => lang.pick(
                "稍后再试，或请管理员检查设置",
                "try later, or ask an administrator",
            ),
            _ => lang.pick("从头再登录一次", "sign in once more from the beginning"),
        };
        Some(text.into())
    }
}

impl std::fmt::Display for OidcError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reason = match self {
            OidcError::Address { .. } => "",
            OidcError::Unreachable { reason }
            | OidcError::CodeRefused { reason }
            | OidcError::TokenInvalid { reason } => reason,
        };
        write!(f, "{} {reason}", english(self))
    }
}

impl std::error::Error for OidcError {}

/// What a provider says of itself, by its issuer's address.
async fn discovered(
    provider: &Provider,
    caller: &Caller,
) -> Result<CoreProviderMetadata, OidcError> {
    let issuer = IssuerUrl::new(provider.issuer.clone());
    let issuer = issuer.map_err(|_| address(&provider.issuer))?;
    let found = CoreProviderMetadata::discover_async(issuer, caller).await;
    found.map_err(|error| OidcError::Unreachable {
        reason: chain(&error),
    })
}

fn address(text: &str) -> OidcError {
    OidcError::Address {
        address: text.chars().take(200).collect(),
    }
}

/// An error with what is behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}

/// Begins a sign-in; the provider sends the browser back to `redirect_uri`.
///
/// # Errors
/// [`OidcError::Address`], [`OidcError::Unreachable`].
pub async fn begin(provider: &Provider, redirect_uri: &str) -> Result<Begun, OidcError> {
    let caller = Caller::new(provider.private)?;
    let metadata = discovered(provider, &caller).await?;
    let secret = provider.client_secret.clone().map(ClientSecret::new);
    let redirect = RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| address(redirect_uri))?;
    let client_id = ClientId::new(provider.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata, client_id, secret);
    let client = client.set_redirect_uri(redirect);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scope(Scope::new("email".into()))
        .set_pkce_challenge(challenge)
        .url();
    Ok(Begun {
        url: url.to_string(),
        state: state.into_secret(),
        nonce: nonce.secret().clone(),
        verifier: verifier.into_secret(),
    })
}

/// Finishes a sign-in: exchanges the code and checks who the provider says it is.
///
/// # Errors
/// [`OidcError`].
pub async fn finish(
    provider: &Provider,
    redirect_uri: &str,
    code: &str,
    nonce: &str,
    verifier: &str,
) -> Result<Claims, OidcError> {
    let caller = Caller::new(provider.private)?;
    let metadata = discovered(provider, &caller).await?;
    let secret = provider.client_secret.clone().map(ClientSecret::new);
    let redirect = RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| address(redirect_uri))?;
    let client_id = ClientId::new(provider.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata, client_id, secret);
    let client = client.set_redirect_uri(redirect);
    let invalid = |error: &dyn std::error::Error| OidcError::TokenInvalid {
        reason: chain(error),
    };
    let exchange = client.exchange_code(AuthorizationCode::new(code.to_owned()));
    let exchange = exchange.map_err(|error| invalid(&error))?;
    let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
    let answer = exchange.request_async(&caller).await;
    let answer = answer.map_err(|error| OidcError::CodeRefused {
        reason: chain(&error),
    })?;
    let token = answer.id_token().ok_or_else(|| OidcError::TokenInvalid {
        reason: "no identity token".into(),
    })?;
    let checker = client.id_token_verifier();
    let claims = token.claims(&checker, &Nonce::new(nonce.to_owned()));
    let claims = claims.map_err(|error| invalid(&error))?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|error| invalid(&error))?;
        let key = token
            .signing_key(&checker)
            .map_err(|error| invalid(&error))?;
        let found = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
        if found.map_err(|error| invalid(&error))? != *expected {
            return Err(OidcError::TokenInvalid {
                reason: "the access token is another one".into(),
            });
        }
    }
    let verified = claims.email_verified() == Some(true);
    let email = claims.email().filter(|_| verified);
    Ok(Claims {
        issuer: claims.issuer().as_str().to_owned(),
        subject: claims.subject().as_str().to_owned(),
        verified_email: email.map(|email| email.as_str().to_owned()),
    })
}
