//! Signing in by name and password.

use axum::http::StatusCode;
use sangam_identity::IdentityError;

use super::{page, welcome};
use crate::answer::Answer;
use crate::failed::Done;
use crate::trouble::Troubles;
use crate::view::{Notice, Tone};
use crate::visitor::Visitor;

/// The page.
pub(crate) async fn show(visitor: Visitor) -> Answer {
    let notices = match visitor.query.last("said") {
        "out" => vec![signed_out(&visitor)],
        "stays" => {
            vec![Notice::new(Tone::Wait, "The provider has no way to sign you out there. You are signed out here.")]
        }
        _ => Vec::new(),
    };
    let to = visitor.query.last("to").to_owned();
    page::show(&visitor, StatusCode::OK, &to, "", Troubles::default(), notices)
}

/// Signing out here leaves the session at the provider, where the next sign-in would ask for nothing.
fn signed_out(visitor: &Visitor) -> Notice {
    let notice = Notice::new(Tone::Good, "You are signed out.");
    match visitor.console.provider_host() {
        Some(host) => notice.link(super::OUT, &format!("Sign out at {host} too")),
        None => notice,
    }
}

/// Name and password.
pub(crate) async fn submit(visitor: Visitor) -> Done {
    let form = &visitor.form;
    let (to, kept) = (form.last("to").to_owned(), form.raw("_kept").to_owned());
    // One sentence, whatever stands in it.
    let again = |status, trouble: &str| {
        let troubles = Troubles::list([trouble.to_owned()]);
        Ok(page::show(&visitor, status, &to, &kept, troubles, Vec::new()))
    };
    if !visitor.binding().is_some_and(|binding| binding.csrf_matches(form.last("_csrf"))) {
        return again(
            StatusCode::FORBIDDEN,
            "The page had been open for long, or cookies are off: please sign in again.",
        );
    }
    let password = form.raw("password").to_owned().into();
    match visitor.console.people.sign_in(form.last("name"), password, &visitor.origin).await {
        Ok(Some(signed_in)) => welcome(&visitor, &signed_in, &to, &kept).await,
        Ok(None) => again(StatusCode::UNAUTHORIZED, "Name or password is wrong."),
        Err(error @ (IdentityError::TooManyAttempts { .. } | IdentityError::Busy | IdentityError::AccountChanged)) => {
            again(StatusCode::TOO_MANY_REQUESTS, &error.to_string())
        }
        Err(error) => Err(error.into()),
    }
}
