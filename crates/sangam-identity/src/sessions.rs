//! Sessions: a token in a cookie, until it is idle, old, or ended.

use std::fmt;
use std::time::Duration;

use sangam_store::{AccountState, SessionRecord, Store};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::text::clean;
use crate::{Clock, Identity, IdentityError, Origin, Reader, ReaderGap, Role, token};

/// How long a session is kept unused: a working day, so that nobody signs in twice in one.
pub const SESSION_IDLE_MAX: Duration = Duration::from_hours(8);
/// How long a session is kept at most: what a provider says about groups and roles is looked at again by then.
pub const SESSION_AGE_MAX: Duration = Duration::from_hours(24);
/// How exact the time of the last use is. Every request would be a durable write otherwise.
const SEEN_EVERY: Duration = Duration::from_mins(1);
/// Sessions of one person or link at once; more are a script that forgets its cookies, and the oldest end.
const SESSIONS_PER_SUBJECT_MAX: i64 = 50;
/// Longest description of a browser that is stored.
const AGENT_CHARS_MAX: usize = 256;

/// A session, to show.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// What to end it by; no secret.
    pub id: String,
    /// Who is signed in.
    pub identity: Identity,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, to the minute.
    pub seen_at: i64,
    /// When it ends if it is not used any more.
    pub expires_at: i64,
    /// Where it was started from.
    pub address: String,
    /// The browser that it was started in, in its own words.
    pub agent: String,
}

/// The session of a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// What may be shown of it.
    pub info: SessionInfo,
    csrf: String,
}

impl Session {
    /// Who is signed in.
    pub fn identity(&self) -> &Identity {
        &self.info.identity
    }

    /// What every form of this session carries in a hidden field.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Whether a form carried the right one, in constant time.
    pub fn csrf_matches(&self, presented: &str) -> bool {
        token::equal(&self.csrf, presented)
    }

    /// A secret of this session alone, for `purpose` and `value`: 43 characters of base64url.
    pub fn derive(&self, purpose: &str, value: &str) -> String {
        token::derive(&self.csrf, purpose, value)
    }

    /// `text`, readable and signed by this session for `purpose`: it may leave in an address and come back. Base64url with a point.
    pub fn sign(&self, purpose: &str, text: &str) -> String {
        let text = token::encode(text);
        format!("{text}.{}", self.derive(purpose, &text))
    }

    /// The text that this session has signed for `purpose`, if that is what `signed` is; compared in constant time.
    pub fn verified(&self, purpose: &str, signed: &str) -> Option<String> {
        let (text, signature) = signed.split_once('.')?;
        if token::equal(&self.derive(purpose, text), signature) { token::decode(text) } else { None }
    }
}

impl fmt::Debug for SessionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionInfo").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.info.id).finish_non_exhaustive()
    }
}

/// The sessions of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
}

impl Sessions {
    /// The sessions in `store`.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Starts a session. Returns its token, which only the browser may keep: in a cookie that scripts cannot read.
    ///
    /// # Errors
    /// [`IdentityError::AccountChanged`] if it is a local account that was changed, disabled or removed since the password was checked.
    pub async fn start(&self, identity: &Identity, origin: &Origin) -> Result<SecretString, IdentityError> {
        let token = token::random();
        let now = self.clock.now_ms();
        let record = SessionRecord {
            id: uuid::Uuid::new_v4().to_string(),
            subject: identity.subject.clone(),
            document: Document::write(identity)?,
            address: origin.address.to_canonical().to_string(),
            agent: clean(&origin.agent, AGENT_CHARS_MAX),
            created_at: now,
            seen_at: now,
            expires_at: now + millis(SESSION_AGE_MAX),
        };
        // An account without a revision is in no state.
        let account = identity
            .account()
            .map(|name| AccountState { name, revision: identity.account_revision.unwrap_or(i64::MIN) });
        let hash = token::hash(token.expose_secret());
        if self.store.insert_session(&record, &hash, account, SESSIONS_PER_SUBJECT_MAX).await? {
            return Ok(token);
        }
        Err(IdentityError::AccountChanged)
    }

    /// The session of that token, if there is one and it is neither idle for too long nor too old. Using it keeps it from being idle.
    pub async fn find(&self, token: &str) -> Result<Option<Session>, IdentityError> {
        if !token::is_token(token) {
            return Ok(None);
        }
        let now = self.clock.now_ms();
        let found = self.store.find_session(&token::hash(token), now - millis(SESSION_IDLE_MAX), now).await?;
        let Some(mut record) = found else { return Ok(None) };
        if now - record.seen_at >= millis(SEEN_EVERY) {
            // Who cannot be noted as seen is signed out earlier, and is none the worse for this request.
            match self.store.touch_session(&record.id, now).await {
                Ok(()) => record.seen_at = now,
                Err(error) => tracing::warn!(%error, "the use of a session could not be noted"),
            }
        }
        let Some(info) = info(record) else { return Ok(None) };
        Ok(Some(Session { info, csrf: token::csrf(token) }))
    }

    /// Ends the session of that token. Returns whether there was one.
    pub async fn end(&self, token: &str) -> Result<bool, IdentityError> {
        Ok(token::is_token(token) && self.store.end_session(&token::hash(token)).await?)
    }

    /// Ends the session of that id. Returns whether there was one.
    pub async fn end_by_id(&self, id: &str) -> Result<bool, IdentityError> {
        Ok(self.store.end_session_by_id(id).await?)
    }

    /// Ends every session of `subject`. Returns how many there were.
    pub async fn end_of(&self, subject: &str) -> Result<u64, IdentityError> {
        Ok(self.store.end_sessions_of(subject).await?)
    }

    /// Who is signed in, the last seen first.
    pub async fn list(&self) -> Result<Vec<SessionInfo>, IdentityError> {
        let now = self.clock.now_ms();
        let records = self.store.sessions(now - millis(SESSION_IDLE_MAX), now).await?;
        Ok(records.into_iter().filter_map(info).collect())
    }

    /// Forgets the sessions that are over. Returns how many. They are not found before it either.
    pub async fn purge_due(&self) -> Result<u64, IdentityError> {
        let now = self.clock.now_ms();
        Ok(self.store.purge_sessions(now - millis(SESSION_IDLE_MAX), now).await?)
    }
}

fn millis(duration: Duration) -> i64 {
    duration.as_millis() as i64
}

/// A session as it is shown; `None` if its identity cannot be read, which signs nobody in.
fn info(record: SessionRecord) -> Option<SessionInfo> {
    let document = serde_json::from_str::<Document>(&record.document).ok()?;
    let SessionRecord { id, subject, address, agent, created_at, seen_at, expires_at, .. } = record;
    let expires_at = expires_at.min(seen_at + millis(SESSION_IDLE_MAX));
    Some(SessionInfo { id, identity: document.identity(subject), created_at, seen_at, expires_at, address, agent })
}

/// What of an identity is in the column.
#[derive(Serialize, Deserialize)]
struct Document {
    name: String,
    role: String,
    user_id: Option<String>,
    groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gap: Option<String>,
    account_revision: Option<i64>,
}

impl Document {
    fn write(identity: &Identity) -> Result<String, IdentityError> {
        let Identity { name, role, reader, account_revision, .. } = identity.clone();
        let Reader { user_id, groups, gap } = reader;
        let gap = gap.map(|gap| gap.name().to_owned());
        let document = Self { name, role: role.as_str().to_owned(), user_id, groups, gap, account_revision };
        let corrupt = |source| sangam_store::StoreError::Corrupt { table: "sessions", source };
        Ok(serde_json::to_string(&document).map_err(corrupt)?)
    }

    fn identity(self, subject: String) -> Identity {
        let Self { name, role, user_id, groups, gap, account_revision } = self;
        let reader = Reader { user_id, groups, gap: gap.as_deref().and_then(ReaderGap::parse) };
        Identity { subject, name, role: Role::stored(&role), reader, account_revision }
    }
}
