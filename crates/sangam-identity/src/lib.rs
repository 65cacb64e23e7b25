#![doc = include_str!("../README.md")]

mod accounts;
mod attempts;
mod audit;
mod clock;
mod error;
mod identity;
mod links;
mod oidc;
mod password;
mod people;
mod return_to;
mod sessions;
mod text;
mod token;

pub use accounts::{Account, Accounts};
pub use attempts::{ATTEMPTS_WINDOW, Attempts};
pub use audit::{AUDIT_AGE_MAX, AUDIT_EVENTS_MAX, AUDIT_PAGE_MAX, Audit, Event, OK};
pub use clock::Clock;
pub use error::IdentityError;
pub use identity::{Identity, Origin, Reader, Role, account_subject};
pub use links::{LINK_AGE_MAX, Links};
pub use oidc::{
    Callback, EMAIL_CLAIM, Finished, GROUPS_CLAIM, Oidc, OidcError, OidcSettings, ReaderGap, SIGN_IN_AGE_MAX,
    TokenProblem,
};
pub use password::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN};
pub use people::{People, SIGN_IN, SIGN_OUT, SignedIn, UNKNOWN, WRONG_PASSWORD};
pub use return_to::safe_return_to;
pub use sangam_store::{AuditEvent, AuditFilter, AuditRecord};
pub use sessions::{SESSION_AGE_MAX, SESSION_IDLE_MAX, Session, SessionInfo, Sessions};
pub use token::BrowserBinding;
