//! The sign-in page, and what becomes of a form that was sent without a session.

use askama::Template;
use axum::http::StatusCode;
use sangam_identity::{BrowserBinding, Session};

use crate::answer::{self, Answer};
use crate::cookie::Cookie;
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Button, Form, Html, Message, Notice, Screen, Section, Tone};
use crate::visitor::Visitor;

/// For whoever has no way in; most of them cannot run a command on the server.
const HELP: &str = "No account yet, or the password is lost? Ask whoever runs this search at your place. An administrator who is locked \
    out gets a link that works once from `sangam console`, run on the server.";

/// What a local account signs in with. The first field that is empty has the focus, unless most people go elsewhere.
#[derive(Template)]
#[template(
    source = r#"<div class="field"><label for="f-name">Name</label><input type="text" id="f-name" name="name" value="{{ name }}" autocomplete="username" autocapitalize="none" spellcheck="false"{% if begins && name.is_empty() %} autofocus{% endif %}></div>
<div class="field"><label for="f-password">Password</label><input type="password" id="f-password" name="password" autocomplete="current-password"{% if begins && !name.is_empty() %} autofocus{% endif %}></div>"#,
    ext = "html"
)]
struct NameAndPassword<'a> {
    name: &'a str,
    begins: bool,
}

/// Nobody is signed in: a page is shown after sign-in, a form is kept.
pub(crate) fn needed(visitor: &Visitor) -> Answer {
    if !visitor.is_post {
        return answer::see_other(&format!("{}?to={}", super::SIGN_IN, segment(&visitor.target)));
    }
    let notice =
        Notice::new(Tone::Wait, "Your session has ended. Sign in again: what you typed is kept and will be sent then.");
    let kept = kept_text(&visitor.form);
    show(visitor, StatusCode::UNAUTHORIZED, &visitor.path, &kept, Troubles::default(), vec![notice])
}

/// A form of another session in this browser: shown once more to whoever is signed in now.
pub(crate) fn resend(visitor: &Visitor, session: &Session) -> Answer {
    kept(&visitor.path, &kept_text(&visitor.form), session.csrf())
}

/// The page itself. `to` is where to go afterwards, `kept` a form to go on with.
pub(super) fn show(
    visitor: &Visitor,
    status: StatusCode,
    to: &str,
    kept: &str,
    mut troubles: Troubles,
    notices: Vec<Notice>,
) -> Answer {
    let known = visitor.binding();
    let binding = known.clone().unwrap_or_else(BrowserBinding::generate);
    let host = visitor.console.provider_host();
    // Forms of other pages have names too, of other things.
    let name = if visitor.path == super::SIGN_IN { visitor.form.last("name") } else { "" };
    // Where there is one way in only, it needs no title.
    let title = if host.is_some() { "Local account" } else { "" };
    let form = Form::new(super::SIGN_IN, Button::primary("sign-in", "Sign in"))
        .hidden("to", to)
        .hidden("_kept", kept)
        .section(Section::new(title).html(Html::of(&NameAndPassword { name, begins: host.is_none() })));
    let html = form.render(&binding.csrf(), &Fields::default(), &mut troubles);
    let rest = troubles.rest().into_iter().map(|sentence| Notice::new(Tone::Bad, &sentence));
    let help = Message { text: HELP, links: &[] };
    let mut screen = Screen::new("Sign in").notices(notices).notices(rest);
    if let Some(host) = host {
        let is_kept = kept.is_empty() || visitor.console.kept_forms.put(&binding.csrf(), to, kept);
        screen = screen.block(provider(host, to, is_kept));
    }
    let screen = screen.block(html).block(help.render());
    let answer = answer::page(status, screen.render(None, &[], &[]));
    match known {
        Some(_) => answer,
        None => answer::with_cookie(answer, &Cookie::Browser.set(binding.expose(), visitor.console.secure)),
    }
}

/// The way to the provider. A form that is too long to wait goes with a local account only.
fn provider(host: &str, to: &str, is_kept: bool) -> Html {
    let href = format!("{}?to={}", super::BEGIN, segment(to));
    let label = format!("Sign in with {host}");
    let text = if is_kept {
        "Most people sign in here."
    } else {
        "Signing in there leads back to the page, without what you typed: sign in with a local account below to keep it."
    };
    Message { text, links: &[(&href, &label)] }.render()
}

/// A form that was filled in before, ready to be sent.
pub(super) fn kept(to: &str, kept: &str, csrf: &str) -> Answer {
    let mut form = Form::new(to, Button::primary("", "Continue")).cancel("/console");
    let fields = Fields::parse(kept);
    for (name, value) in fields.iter().filter(|(name, _)| *name != "_csrf") {
        form = form.hidden(name, value);
    }
    // The button has no value of its own: the one that was pressed then is among the fields.
    let html: Html = form.render(csrf, &Fields::default(), &mut Troubles::default());
    let screen = Screen::new("Continue where you were")
        .lead("You filled in a form before you signed in. It has not been sent yet.")
        .block(html);
    answer::page(StatusCode::OK, screen.render(None, &[], &[]))
}

fn kept_text(form: &Fields) -> String {
    let mut kept = form.clone();
    kept.remove("_csrf");
    kept.encode()
}
