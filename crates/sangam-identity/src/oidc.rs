//! Sign-in by OpenID Connect: the authorization code flow with PKCE, by hand, as it is two calls.
//!
//! A sign-in that has begun is a row with the hash of its state, bound to the browser by the hash of a cookie. Nonce and PKCE verifier are
//! derived from that cookie and the state, so that nothing in the store is of use to who reads it. The row is taken once, by the browser
//! that began; the code then goes to the provider's token endpoint, and the id token that comes back is believed for its signature and for
//! nothing else.
//!
//! Sources: OpenID Connect Core 1.0 and Discovery 1.0, RP-Initiated Logout 1.0, RFC 7636, RFC 9207, RFC 9700.

mod error;
mod exchange;
mod http;
mod id_token;
mod keys;
mod person;
mod provider;
mod settings;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sangam_store::{PendingSignIn, Store};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use self::exchange::Tokens;
use self::http::{Http, answer};
use self::id_token::{Claims, Expected};
use self::keys::Keys;
use self::person::Told;
use self::provider::{Discovery, Provider};
use crate::identity::provider_subject;
use crate::{BrowserBinding, Clock, Identity, safe_return_to, token};

pub use self::error::{OidcError, TokenProblem};
pub use self::person::ReaderGap;
pub use self::settings::{EMAIL_CLAIM, GROUPS_CLAIM, OidcSettings};

/// How long somebody may take at the provider: a password, a second factor, and somebody at the door.
pub const SIGN_IN_AGE_MAX: Duration = Duration::from_mins(10);
/// Sign-ins that have begun; anybody can begin one, so the oldest are forgotten beyond a megabyte of them.
const PENDING_MAX: i64 = 10_000;
/// Longest code of a provider that is taken from an address.
const CODE_BYTES_MAX: usize = 4_096;

/// What a browser brings back from the provider: the parameters of the address that it was sent to.
#[derive(Clone, Default)]
pub struct Callback {
    /// `state`.
    pub state: String,
    /// `code`.
    pub code: Option<String>,
    /// `error`.
    pub error: Option<String>,
    /// `iss`.
    pub issuer: Option<String>,
}

/// A sign-in that has ended well.
pub struct Finished {
    /// Who it is.
    pub identity: Identity,
    /// Where they wanted to go: a path of ours.
    pub return_to: String,
    /// What tells the provider at the end who signs out. It names the person: keep it where the session is, or nowhere.
    pub id_token_hint: SecretString,
    /// Why they find what is public only, if so.
    pub gap: Option<ReaderGap>,
}

/// Sign-in at one provider. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Oidc(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: OidcSettings,
    store: Store,
    clock: Clock,
    http: Http,
    discovery: Discovery,
    keys: Keys,
}

impl Oidc {
    /// Sign-in with `settings`. Nothing is asked yet: the provider may come up later than we do.
    ///
    /// # Errors
    /// [`OidcError::Setting`].
    pub fn new(settings: OidcSettings, store: Store, clock: Clock) -> Result<Self, OidcError> {
        let settings = settings.checked()?;
        let http = Http::new(&settings)?;
        let discovery = Discovery::new(&settings.issuer);
        Ok(Self(Arc::new(Inner { settings, store, clock, http, discovery, keys: Keys::default() })))
    }

    /// The provider's identifier, an address.
    pub fn issuer(&self) -> &str {
        &self.0.settings.issuer
    }

    /// Whether the provider answers and describes itself as one that can be used.
    ///
    /// # Errors
    /// [`OidcError::Unreachable`], [`OidcError::Answer`].
    pub async fn check(&self) -> Result<(), OidcError> {
        self.provider().await.map(drop)
    }

    /// The provider's address at which the browser of `binding` signs in. Afterwards it goes to `return_to`, if that is a page of ours.
    ///
    /// # Errors
    /// [`OidcError::Unreachable`], [`OidcError::Answer`] if the provider cannot be asked for its endpoints.
    pub async fn begin(&self, return_to: &str, binding: &BrowserBinding) -> Result<String, OidcError> {
        let provider = self.provider().await?;
        let state = token::random();
        let state = state.expose_secret();
        let now = self.0.clock.now_ms();
        let times = [now, now + SIGN_IN_AGE_MAX.as_millis() as i64];
        let (state_hash, browser_hash) = (token::hash(state), token::hash(binding.expose()));
        let return_to = safe_return_to(return_to);
        self.0.store.insert_pending_sign_in(&state_hash, &browser_hash, return_to, times, PENDING_MAX).await?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier(binding, state)));
        let mut url = provider.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.0.settings.client_id)
            .append_pair("redirect_uri", &self.0.settings.redirect_url)
            .append_pair("scope", &self.0.settings.scope())
            .append_pair("state", state)
            .append_pair("nonce", &nonce(binding, state))
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Ends the sign-in that `callback` comes back from: who it is, by the provider's word.
    ///
    /// # Errors
    /// Every variant of [`OidcError`]; whatever it is, the sign-in is used up unless it was another browser's.
    pub async fn finish(&self, callback: &Callback, binding: &BrowserBinding) -> Result<Finished, OidcError> {
        let return_to = self.take(&callback.state, binding).await?;
        if let Some(error) = &callback.error {
            return Err(OidcError::Refused { code: exchange::error_code(error) });
        }
        let provider = self.provider().await?;
        let is_from_there = match &callback.issuer {
            Some(issuer) => *issuer == provider.issuer,
            None => !provider.tells_issuer,
        };
        if !is_from_there {
            return Err(answer("callback", "it comes from another issuer".to_owned()));
        }
        let code = callback.code.as_deref().filter(|code| !code.is_empty() && code.len() <= CODE_BYTES_MAX);
        let Some(code) = code else { return Err(answer("callback", "it brings no code".to_owned())) };
        let Inner { settings, http, .. } = &*self.0;
        let verifier = verifier(binding, &callback.state);
        let tokens = exchange::exchange(http, &provider, settings, code, &verifier).await?;
        let claims = self.verified(&provider, &tokens).await?;
        let nonce = nonce(binding, &callback.state);
        let expected = Expected {
            issuer: &provider.issuer,
            client_id: &settings.client_id,
            nonce: &nonce,
            now_ms: self.0.clock.now_ms(),
        };
        let sub = id_token::checked(&claims, expected)?;
        let userinfo = if person::is_lacking(&claims, settings) {
            exchange::userinfo(http, &provider, &tokens, sub).await?
        } else {
            None
        };
        let person = person::person(Told { id_token: &claims, userinfo: userinfo.as_ref() }, settings)?;
        let subject = provider_subject(&provider.issuer, sub);
        let identity =
            Identity { subject, name: person.name, role: person.role, reader: person.reader, account_revision: None };
        Ok(Finished { identity, return_to, id_token_hint: tokens.id_token, gap: person.gap })
    }

    /// The provider's address at which somebody signs out there too, after which the browser comes to `post_logout`; `None` if the provider
    /// has none. Without a hint the provider asks whether they mean it.
    pub async fn end_session_url(
        &self,
        id_token_hint: Option<&SecretString>,
        post_logout: &str,
    ) -> Result<Option<String>, OidcError> {
        let provider = self.provider().await?;
        let Some(mut url) = provider.end_session.clone() else { return Ok(None) };
        let mut query = url.query_pairs_mut();
        if let Some(hint) = id_token_hint {
            query.append_pair("id_token_hint", hint.expose_secret());
        }
        query.append_pair("client_id", &self.0.settings.client_id);
        query.append_pair("post_logout_redirect_uri", post_logout);
        drop(query);
        Ok(Some(url.into()))
    }

    async fn provider(&self) -> Result<Arc<Provider>, OidcError> {
        self.0.discovery.provider(&self.0.http, &self.0.clock).await
    }

    /// Takes the pending sign-in of `state`; returns where it wanted to go.
    async fn take(&self, state: &str, binding: &BrowserBinding) -> Result<String, OidcError> {
        if !token::is_token(state) {
            return Err(OidcError::UnknownState);
        }
        let (state, browser) = (token::hash(state), token::hash(binding.expose()));
        match self.0.store.take_pending_sign_in(&state, &browser, self.0.clock.now_ms()).await? {
            PendingSignIn::Taken { return_to } => Ok(return_to),
            PendingSignIn::OtherBrowser => Err(OidcError::OtherBrowser),
            PendingSignIn::Unknown => Err(OidcError::UnknownState),
        }
    }

    /// The claims of the id token, if the provider signed it; its keys are asked for again if one is lacking.
    async fn verified(&self, provider: &Provider, tokens: &Tokens) -> Result<Claims, OidcError> {
        let Inner { http, clock, keys, .. } = &*self.0;
        let id_token = tokens.id_token.expose_secret();
        let header = id_token::header(id_token)?;
        let known = keys.current(http, provider, clock).await?;
        match id_token::verified(id_token, &header, &known) {
            Err(TokenProblem::UnknownKey) => {}
            other => return Ok(other?),
        }
        let newer = keys.newer(http, provider, clock).await?.ok_or(TokenProblem::UnknownKey)?;
        Ok(id_token::verified(id_token, &header, &newer)?)
    }
}

/// What the id token of this sign-in must repeat.
fn nonce(binding: &BrowserBinding, state: &str) -> String {
    token::derive(binding.expose(), "nonce", state)
}

/// What proves at the token endpoint that the code comes from who asked for it.
fn verifier(binding: &BrowserBinding, state: &str) -> String {
    token::derive(binding.expose(), "verifier", state)
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not where they wanted to go: it may be a search.
        f.debug_struct("Finished").field("identity", &self.identity).field("gap", &self.gap).finish_non_exhaustive()
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback")
    }
}
