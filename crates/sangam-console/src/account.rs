//! *Account*: whoever signs in with a local account changes its password here.

use axum::http::StatusCode;
use sangam_identity::{Event, Identity, IdentityError, Role};
use secrecy::ExposeSecret as _;

use crate::answer::{self, Answer};
use crate::console::role_name;
use crate::cookie::Cookie;
use crate::failed::{Done, Failed};
use crate::fields::Fields;
use crate::search_page;
use crate::trouble::Troubles;
use crate::view::{Button, Cell, Facts, Field, Form, Notice, Screen, Section, Tone, Who};
use crate::visit::Visit;

/// Where it is.
pub(crate) const PATH: &str = "/account";
/// What a change of a password is called in the audit trail.
const CHANGED: &str = "ChangePassword";

/// The page.
pub(crate) async fn show(visit: Visit) -> Done {
    account(visit.identity())?;
    Ok(page(&visit, StatusCode::OK, Troubles::default()))
}

/// Another password. All sessions of the account end; this browser gets a new one.
pub(crate) async fn change(visit: Visit) -> Done {
    let name = account(visit.identity())?.to_owned();
    let (console, origin, form) = (&visit.visitor.console, &visit.visitor.origin, visit.form());
    let (old, new) = (form.raw("password"), form.raw("new_password"));
    if new != form.raw("again") {
        return Ok(refused(&visit, "again", "This differs from the new password."));
    }
    let people = &console.people;
    // Whoever finds an open browser shall not guess the password here either.
    if let Err(error) = people.attempts.begin(&name, origin.address).await {
        return told(&visit, "password", error);
    }
    match people.accounts.verify(&name, old.to_owned().into()).await {
        Ok(Some(_)) => people.attempts.succeeded(&name, origin.address).await?,
        Ok(None) => return Ok(refused(&visit, "password", "The password is wrong.")),
        Err(error) => return told(&visit, "password", error),
    }
    if let Err(error) = people.accounts.set_password(&name, new.to_owned().into()).await {
        return told(&visit, "new_password", error);
    }
    people.audit.record(Event { address: Some(origin.address), ..Event::of(visit.identity(), CHANGED) }).await?;
    let signed_in = people.sign_in(&name, new.to_owned().into(), origin).await?;
    let answer = answer::see_other(&format!("{PATH}?said=changed"));
    Ok(match signed_in {
        Some(signed_in) => {
            answer::with_cookie(answer, &Cookie::Session.set(signed_in.token.expose_secret(), console.secure))
        }
        None => answer,
    })
}

/// The name of the local account; whoever signed in otherwise has no password here.
fn account(identity: &Identity) -> Result<&str, Failed> {
    identity.account().ok_or_else(|| {
        let told =
            "You signed in with a one-time link or at your identity provider: there is no password of yours here.";
        Failed::new(StatusCode::NOT_FOUND, "No local account", told)
    })
}

fn told(visit: &Visit, field: &'static str, error: IdentityError) -> Done {
    match error {
        IdentityError::Store(_) | IdentityError::Hashing => Err(error.into()),
        error => {
            let sentence = error.to_string();
            let mut letters = sentence.chars();
            let upper: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
            Ok(refused(visit, field, &format!("{upper}.")))
        }
    }
}

fn refused(visit: &Visit, field: &'static str, sentence: &str) -> Answer {
    page(visit, StatusCode::UNPROCESSABLE_ENTITY, Troubles::default().about(field, sentence))
}

fn page(visit: &Visit, status: StatusCode, mut troubles: Troubles) -> Answer {
    let identity = visit.identity();
    let form = Form::new(PATH, Button::primary("change", "Change the password")).section(
        Section::new("Password")
            .about("A change signs you out everywhere else.")
            .field(Field::password("password", "Password now").autocomplete("current-password"))
            .field(
                Field::password("new_password", "New password")
                    .autocomplete("new-password")
                    .help("At least 12 characters. A sentence of your own is easy to keep in mind."),
            )
            .field(Field::password("again", "New password again").autocomplete("new-password")),
    );
    // No password is written back into the page.
    let html = form.render(visit.csrf(), &Fields::default(), &mut troubles);
    let facts = Facts::new("")
        .fact("Name", Cell::text(&identity.name))
        .fact("Role", Cell::text(role_name(identity.role)))
        .fact(
            "You search as",
            Cell::text(identity.reader.user_id.as_deref().unwrap_or("nobody: public documents only")),
        );
    let rest = troubles.rest().into_iter().map(|sentence| Notice::new(Tone::Bad, &sentence));
    let mut screen = Screen::new("Account")
        .crumb(search_page::PATH, "Search")
        .notices(visit.said(&[("changed", "The password is changed. Your other sessions have ended.")]))
        .notices(rest)
        .block(facts.render())
        .block(html);
    if identity.role != Role::Searcher {
        screen = screen.crumb("/console", "Console");
    }
    let who = Who { name: identity.name.clone(), role: role_name(identity.role), csrf: visit.csrf().to_owned() };
    answer::page(status, screen.render(Some(&who), &[], &[]))
}
