//! Signing in at the provider, and coming back from it.

use axum::http::StatusCode;
use sangam_identity::{BrowserBinding, Callback, Event, Oidc, OidcError, SIGN_IN, UNKNOWN};
use secrecy::{ExposeSecret as _, SecretString};

use super::{page, welcome};
use crate::answer;
use crate::cookie::Cookie;
use crate::failed::{Done, Failed};
use crate::trouble::Troubles;
use crate::view::{Notice, Tone};
use crate::visitor::Visitor;

/// Where the way to the provider begins.
pub(crate) const BEGIN: &str = "/sign-in/provider";
/// Where the provider sends browsers back to.
pub(crate) const CALLBACK: &str = "/sign-in/callback";
/// Where the way out at the provider begins.
pub(crate) const OUT: &str = "/sign-out/provider";

/// Bytes of an id token that is kept: browsers take cookies of 4,096. Without one, the provider asks whether somebody means to sign out.
const HINT_BYTES_MAX: usize = 3_900;

/// Sends the browser to the provider, bound to come back as itself.
pub(crate) async fn begin(visitor: Visitor) -> Done {
    let oidc = oidc(&visitor)?;
    let known = visitor.binding();
    let binding = known.clone().unwrap_or_else(BrowserBinding::generate);
    let to = visitor.query.last("to");
    match oidc.begin(to, &binding).await {
        Ok(url) => {
            let answer = answer::see_other(&url);
            Ok(match known {
                Some(_) => answer,
                None => answer::with_cookie(answer, &Cookie::Browser.set(binding.expose(), visitor.console.secure)),
            })
        }
        Err(error) => Ok(refused(&visitor, to, &error)),
    }
}

/// Whoever comes back from the provider.
pub(crate) async fn callback(visitor: Visitor) -> Done {
    let oidc = oidc(&visitor)?;
    // A browser without a binding has begun nothing: it is told so as one that began elsewhere is.
    let binding = visitor.binding().unwrap_or_else(BrowserBinding::generate);
    let given = |name: &str| visitor.query.given(name).map(str::to_owned);
    let callback = Callback {
        state: given("state").unwrap_or_default(),
        code: given("code"),
        error: given("error"),
        issuer: given("iss"),
    };
    match oidc.finish(&callback, &binding).await {
        Ok(finished) => {
            let signed_in = visitor.console.people.start(finished.identity, &visitor.origin).await?;
            let kept = visitor.console.kept_forms.take(&binding.csrf(), &finished.return_to);
            let answer = welcome(&visitor, &signed_in, &finished.return_to, &kept).await?;
            let hint = finished.id_token_hint.expose_secret();
            let hint = if hint.len() <= HINT_BYTES_MAX { hint } else { "" };
            Ok(answer::with_cookie(answer, &Cookie::Hint.set(hint, visitor.console.secure)))
        }
        Err(error) => {
            record(&visitor, &error).await?;
            Ok(refused(&visitor, "", &error))
        }
    }
}

/// Sends the browser to where the provider signs people out.
pub(crate) async fn out(visitor: Visitor) -> Done {
    let oidc = oidc(&visitor)?;
    let back = visitor.console.outside(visitor.host(), super::SIGN_IN);
    let hint = Cookie::Hint.read(&visitor.headers, visitor.console.secure).filter(|hint| !hint.is_empty());
    let url = match oidc.end_session_url(hint.map(SecretString::from).as_ref(), &back).await {
        Ok(url) => url,
        Err(error) => return Ok(refused(&visitor, "", &error)),
    };
    let answer = answer::see_other(url.as_deref().unwrap_or("/sign-in?said=stays"));
    Ok(answer::with_cookie(answer, &Cookie::Hint.clear(visitor.console.secure)))
}

fn oidc(visitor: &Visitor) -> Result<&Oidc, Failed> {
    visitor.console.oidc.as_ref().ok_or_else(|| Failed::not_found("identity provider"))
}

/// The sign-in page with what went wrong.
fn refused(visitor: &Visitor, to: &str, error: &OidcError) -> answer::Answer {
    let status = match error {
        OidcError::Store(error) => {
            tracing::error!(%error, "a sign-in could not be kept");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        OidcError::UnknownState | OidcError::OtherBrowser | OidcError::Refused { .. } => StatusCode::FORBIDDEN,
        OidcError::Busy => StatusCode::SERVICE_UNAVAILABLE,
        _ => {
            tracing::warn!(%error, "nobody could sign in at the identity provider");
            StatusCode::BAD_GATEWAY
        }
    };
    let told = match error {
        OidcError::Store(_) => "The server failed; its log tells more.".to_owned(),
        error => format!("You are not signed in: {error}."),
    };
    page::show(visitor, status, to, "", Troubles::default(), vec![Notice::new(Tone::Bad, &told)])
}

/// Puts into the trail that somebody came back from the provider and was not let in. What anybody can cause without the provider is left
/// out: it would fill the trail.
async fn record(visitor: &Visitor, error: &OidcError) -> Result<(), Failed> {
    let outcome = match error {
        OidcError::Refused { .. } => "Refused",
        OidcError::Exchange { .. } => "CodeRefused",
        OidcError::Token(_) => "TokenNotValid",
        OidcError::Answer { .. } => "AnswerNotValid",
        _ => return Ok(()),
    };
    let event = Event {
        actor: UNKNOWN.into(),
        action: SIGN_IN.into(),
        address: Some(visitor.origin.address),
        outcome: outcome.into(),
        detail: Some(error.to_string()),
        ..Event::default()
    };
    Ok(visitor.console.people.audit.record(event).await?)
}
