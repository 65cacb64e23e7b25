//! *Connect to Confluence*: the dance of OAuth 2.0 from the secret's page. Nothing is copied by hand but the callback address.
//!
//! The way to Confluence is a link: the content security policy lets no form lead away from here.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use jiff::Timestamp;
use sangam_api::{ApiError, ErrorKind};
use serde_json::{Map, Value, json};

use crate::answer::{self, Answer};
use crate::consents::Consent;
use crate::console::Console;
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Button, Cell, Facts, Field, Form, Html, Message, Notice, Opt, Screen, Section, Tone, day_time};
use crate::visit::Visit;

/// Where browsers come back to; the app has to know it.
const CALLBACK: &str = "/console/connect/callback";
/// What a secret needs for the dance: which app it is.
const APP_KEYS: [&str; 2] = ["confluenceAppKey", "confluenceAppSecret"];
/// Characters of a word that Confluence sends back for a refusal: it is shown.
const REFUSAL_CHARS: usize = 100;
/// Milliseconds in a second.
const SECOND_MS: i64 = 1_000;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new().route("/console/secrets/{secret}/connect", get(show).post(submit)).route(CALLBACK, get(come_back))
}

/// What to register, and where to; after the form, the link that leads away.
async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": id })).await?;
    if let Some(lacking) = lacking(&visit, &id).await {
        return Ok(without_app(&visit, &id, &lacking));
    }
    let state = visit.query().last("go").to_owned();
    let consent = Consent::of_state(&visit.session, &state).filter(|consent| consent.secret == id);
    match consent {
        Some(consent) => match address(&visit, &consent, &state).await {
            Ok(address) => Ok(page(&visit, &id, &fields(&consent), Troubles::default(), Some(&address))),
            Err(error) => Ok(page(&visit, &id, &fields(&consent), troubles(&error), None)),
        },
        None => Ok(page(&visit, &id, &Fields::default(), Troubles::default(), None)),
    }
}

/// What the secret has no key for, in a sentence; nothing for whoever may not read it, who is told by the server then.
async fn lacking(visit: &Visit, id: &str) -> Option<String> {
    let answer = visit.call("secretsmanager:GetSecretValue", json!({ "SecretId": id })).await;
    let held = match answer {
        Ok(answer) => serde_json::from_str(answer["SecretString"].as_str().unwrap_or_default()).unwrap_or_default(),
        Err(error) if error.kind == ErrorKind::ResourceNotFound => Map::new(),
        Err(_) => return None,
    };
    lacking_of(&held)
}

fn lacking_of(held: &Map<String, Value>) -> Option<String> {
    let is_held = |key: &str| held.get(key).and_then(Value::as_str).is_some_and(|value| !value.trim().is_empty());
    let listed = |keys: &[&str]| keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ");
    let lacking: Vec<&str> = APP_KEYS.into_iter().filter(|key| !is_held(key)).collect();
    (!lacking.is_empty()).then(|| {
        format!(
            "This secret has no {}. For OAuth 2.0 it needs the key and the secret of your app; the tokens are fetched here then.",
            listed(&lacking)
        )
    })
}

/// A secret that is for another way into Confluence, or is not finished.
fn without_app(visit: &Visit, id: &str, lacking: &str) -> Answer {
    let secret_at = format!("/console/secrets/{}", segment(id));
    let edit = Notice::new(Tone::Bad, lacking).link(&format!("{secret_at}/edit"), "Edit the secret");
    let screen = Screen::new("Connect to Confluence")
        .crumb("/console/secrets", "Secrets")
        .crumb(&secret_at, id)
        .notice(&edit)
        .block(register(visit));
    visit.page(&screen, None)
}

/// The form: which site.
async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": id })).await?;
    let typed = visit.form();
    let consent = Consent::new(&id, typed.last("type"), typed.last("hostUrl").trim_end_matches('/'));
    let state = consent.state(&visit.session);
    match address(&visit, &consent, &state).await {
        Ok(_) => Ok(answer::see_other(&format!("{}?go={state}", at(&id)))),
        Err(error) => Ok(page(&visit, &id, typed, troubles(&error), None)),
    }
}

/// Back from Confluence, with a code or a refusal.
async fn come_back(visit: Visit) -> Done {
    let query = visit.query();
    let Some(consent) = Consent::of_state(&visit.session, query.last("state")) else {
        return Ok(lost(&visit));
    };
    let id = consent.secret.clone();
    let Some(code) = query.given("code") else {
        let word: String = query.last("error").chars().take(REFUSAL_CHARS).collect();
        let sentence = format!("Confluence was not allowed to be connected ({word}). Nothing was changed.");
        return Ok(page(&visit, &id, &fields(&consent), Troubles::list([sentence]), None));
    };
    let mut body = request(&visit, &consent);
    body["authorizationCode"] = code.into();
    match visit.v1("POST", &["connections", "grant"], &Fields::default(), Some(body)).await {
        Ok(granted) => {
            let seconds = granted["accessTokenSeconds"].as_i64().unwrap_or_default();
            let until = Timestamp::now().as_millisecond() + seconds * SECOND_MS;
            Ok(answer::see_other(&format!("{}?said=connected&until={until}&type={}", at(&id), consent.hosting)))
        }
        Err(error) => Ok(page(&visit, &id, &fields(&consent), troubles(&error), None)),
    }
}

/// The members that both endpoints take.
fn request(visit: &Visit, consent: &Consent) -> Value {
    json!({
        "secretId": consent.secret,
        "type": consent.hosting,
        "hostUrl": consent.host_url,
        "redirectUri": callback(visit),
        "codeVerifier": consent.verifier(&visit.session),
    })
}

async fn address(visit: &Visit, consent: &Consent, state: &str) -> Result<String, ApiError> {
    let mut body = request(visit, consent);
    body["state"] = state.into();
    let told = visit.v1("POST", &["connections", "consent"], &Fields::default(), Some(body)).await?;
    Ok(told["address"].as_str().unwrap_or_default().to_owned())
}

fn fields(consent: &Consent) -> Fields {
    let mut fields = Fields::default();
    fields.push("type", &consent.hosting);
    fields.push("hostUrl", &consent.host_url);
    fields
}

/// A server's sentence is one sentence, whatever stands in it.
fn troubles(error: &ApiError) -> Troubles {
    Troubles::list([error.message.clone()])
}

fn at(id: &str) -> String {
    format!("/console/secrets/{}/connect", segment(id))
}

fn callback(visit: &Visit) -> String {
    visit.visitor.console.outside(visit.visitor.host(), CALLBACK)
}

/// Whoever comes back with a state that is not this session's, or too old.
fn lost(visit: &Visit) -> Answer {
    let text = "It took longer than 10 minutes, or somebody else began it in another session. Open the secret and connect again.";
    let screen = Screen::new("Connect to Confluence")
        .crumb("/console/secrets", "Secrets")
        .notice(&Notice::new(Tone::Bad, "Nothing was changed."))
        .block(Message { text, links: &[("/console/secrets", "To the secrets")] }.render());
    visit.refused(&screen, None)
}

fn page(visit: &Visit, id: &str, typed: &Fields, mut troubles: Troubles, address: Option<&str>) -> Answer {
    let secret_at = format!("/console/secrets/{}", segment(id));
    let refused = !troubles.is_empty();
    let form = form(visit, id, &secret_at, typed, &mut troubles);
    let mut screen = Screen::new("Connect to Confluence")
        .crumb("/console/secrets", "Secrets")
        .crumb(&secret_at, id)
        .lead("Fetches tokens for the app whose key and secret this secret holds, as the account that allows it. They are renewed by this server whenever they are used.")
        .notices(connected(visit))
        .notices(troubles.rest().into_iter().map(|sentence| Notice::new(Tone::Bad, &sentence)));
    screen = screen.block(register(visit));
    match address {
        Some(address) => {
            let text = "Follow the link, sign in as the account that is to crawl, and press Allow. You come back here.";
            let links = [(address, "Open Confluence to allow access")];
            screen = screen.block(Message { text, links: &links }.render());
        }
        None => screen = screen.block(form),
    }
    if refused { visit.refused(&screen, None) } else { visit.page(&screen, None) }
}

fn register(visit: &Visit) -> Html {
    Facts::new("1. Register the callback URL with the app")
        .fact("Callback URL", Cell::code(&callback(visit)))
        .fact("Confluence Cloud", Cell::text("In the developer console: Authorization, OAuth 2.0 (3LO), Callback URL"))
        .fact(
            "Confluence Data Center",
            Cell::text("In the administration: Application links, external application, incoming, Redirect URL"),
        )
        .render()
}

fn form(visit: &Visit, id: &str, cancel: &str, typed: &Fields, troubles: &mut Troubles) -> Html {
    let hostings = vec![
        Opt::new("SAAS", "Confluence Cloud", "The site is at atlassian.net."),
        Opt::new("ON_PREM", "Confluence Server/Data Center", "The site is at an address of your own."),
    ];
    Form::new(&at(id), Button::primary("", "Go on"))
        .cancel(cancel)
        .section(
            Section::new("2. Name the site").field(Field::radio("type", "Confluence", hostings).default("SAAS")).field(
                Field::text("hostUrl", "Confluence URL").optional().placeholder("https://example.atlassian.net").help(
                    "Needed for Data Center, and for Cloud if the account uses several sites. Empty, it is the secret's.",
                ),
            ),
        )
        .render(visit.csrf(), typed, troubles)
}

/// What is said after a grant was stored.
fn connected(visit: &Visit) -> Option<Notice> {
    if visit.query().last("said") != "connected" {
        return None;
    }
    let until = visit.query().last("until").parse().ok().and_then(|until| Timestamp::from_millisecond(until).ok());
    let until = until.map(|until| format!(" The access token holds until {} and is then renewed.", day_time(until)));
    let end = if visit.query().last("type") == "ON_PREM" {
        "The grant ends when somebody revokes it, or when it is not used for as long as the site's refresh tokens live."
    } else {
        "The grant ends when somebody revokes it, or when it is not used for 90 days, and after 365 days at the latest."
    };
    let text =
        format!("Confluence is connected, and the tokens are stored in the secret.{} {end}", until.unwrap_or_default());
    Some(Notice::new(Tone::Good, &text).link("/console/indices", "To the indices"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_without_an_app_is_told_of_by_the_names_of_its_keys() {
        let held = |value: Value| lacking_of(value.as_object().unwrap());
        let basic = held(json!({ "username": "ada", "password": "hunter2" })).unwrap();
        assert!(basic.contains("no `confluenceAppKey` and `confluenceAppSecret`.") && !basic.contains("hunter2"));
        let half = held(json!({ "confluenceAppKey": "k", "confluenceAppSecret": " " })).unwrap();
        assert!(half.contains("no `confluenceAppSecret`."), "{half}");
        assert_eq!(held(json!({ "confluenceAppKey": "k", "confluenceAppSecret": "s" })), None);
    }
}
