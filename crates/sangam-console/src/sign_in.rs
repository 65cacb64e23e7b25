//! Signing in and out.

mod kept_forms;
mod link;
mod local;
mod page;
mod provider;

pub(crate) use kept_forms::KeptForms;
pub(crate) use link::{show as show_link, take as take_link};
pub(crate) use local::{show, submit};
pub(crate) use page::{needed, resend};
pub(crate) use provider::{BEGIN, CALLBACK, OUT, begin, callback, out as out_at_provider};

use axum::extract::State;
use sangam_identity::{Role, SignedIn, safe_return_to};
use secrecy::ExposeSecret as _;
use std::sync::Arc;

use crate::answer;
use crate::console::Console;
use crate::cookie::Cookie;
use crate::failed::{Done, Failed};
use crate::search_page;
use crate::visitor::Visitor;

/// The page on which one signs in.
pub(crate) const SIGN_IN: &str = "/sign-in";

/// Ends the session, wherever its token is still kept.
pub(crate) async fn out(State(console): State<Arc<Console>>, visitor: Visitor) -> Done {
    if let Some(token) = visitor.session_token() {
        // Signing somebody else out is a nuisance at most, but a stranger's page shall not do even that.
        if let Some(session) = console.people.sessions.find(token).await? {
            if !session.csrf_matches(visitor.form.last("_csrf")) {
                return Err(Failed::new(
                    axum::http::StatusCode::FORBIDDEN,
                    "Refused",
                    "The button was of an older page. Load the page again and press it there.",
                ));
            }
            console.people.sign_out(session.identity(), token, &visitor.origin).await?;
        }
    }
    let answer = answer::see_other("/sign-in?said=out");
    let mut answer = answer::with_cookie(answer, &Cookie::Session.clear(console.secure));
    // What the browser still holds of pages goes with the session.
    answer.headers_mut().insert("clear-site-data", axum::http::HeaderValue::from_static("\"cache\""));
    Ok(answer)
}

/// Goes on as somebody who has just signed in: to where they wanted to go, or on with the form that they had filled in.
async fn welcome(visitor: &Visitor, signed_in: &SignedIn, to: &str, kept: &str) -> Done {
    let (to, token) = (safe_return_to(to), signed_in.token.expose_secret());
    if let Some(old) = visitor.session_token() {
        // Whoever signs in leaves nothing behind of who was here before.
        visitor.console.people.sessions.end(old).await?;
    }
    let to = match signed_in.identity.role {
        // What is at `/` itself is for programs.
        _ if to != "/" => to,
        Role::Searcher => search_page::PATH,
        Role::Administrator | Role::Auditor => "/console",
    };
    let answer = match visitor.console.people.sessions.find(token).await? {
        Some(session) if !kept.is_empty() => page::kept(to, kept, session.csrf()),
        _ => answer::see_other(to),
    };
    Ok(answer::with_cookie(answer, &Cookie::Session.set(token, visitor.console.secure)))
}
