//! Signing in by a one-time link. Opening it shows a button: programs that look at links in messages would use it up otherwise.

use axum::http::StatusCode;
use sangam_identity::BrowserBinding;

use super::welcome;
use crate::answer::{self, Answer};
use crate::cookie::Cookie;
use crate::failed::{Done, Failed};
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Button, Form, Screen, Section};
use crate::visitor::Visitor;

/// Where a link leads.
const PATH: &str = "/sign-in/link";

/// The page with the button.
pub(crate) async fn show(visitor: Visitor) -> Answer {
    let known = visitor.binding();
    let binding = known.clone().unwrap_or_else(BrowserBinding::generate);
    let section = Section::new("").about(
        "The button signs you in as an administrator of this server. On the search page you find public documents then: a link does not \
         say who you are.",
    );
    let form = Form::new(PATH, Button::primary("sign-in", "Sign in"))
        .hidden("token", visitor.query.last("token"))
        .section(section);
    let html = form.render(&binding.csrf(), &Fields::default(), &mut Troubles::default());
    let screen =
        Screen::new("Sign in with a one-time link").lead("The link works once, and for 15 minutes.").block(html);
    let answer = answer::page(StatusCode::OK, screen.render(None, &[], &[]));
    match known {
        Some(_) => answer,
        None => answer::with_cookie(answer, &Cookie::Browser.set(binding.expose(), visitor.console.secure)),
    }
}

/// The button.
pub(crate) async fn take(visitor: Visitor) -> Done {
    if !visitor.binding().is_some_and(|binding| binding.csrf_matches(visitor.form.last("_csrf"))) {
        return Err(used());
    }
    let people = &visitor.console.people;
    let Some(identity) = people.links.take(visitor.form.last("token")).await? else { return Err(used()) };
    let signed_in = people.start(identity, &visitor.origin).await?;
    welcome(&visitor, &signed_in, "/console", "").await
}

fn used() -> Failed {
    Failed::new(
        StatusCode::FORBIDDEN,
        "This link does not work any more",
        "A link works once, and for 15 minutes. `sangam console`, run on the server, prints another.",
    )
}
