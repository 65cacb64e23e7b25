//! Asks the server what it thinks of what was typed: the configuration, the schedule, the connection.

use sangam_api::ApiError;
use serde_json::{Value, json};

use super::{create, form, schedule, secret, template, words};
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Cell, Facts, Html, Lines, Notice, Tone};
use crate::visit::Visit;

/// What the connector says of the configuration, a sentence for each mistake.
pub(super) async fn configuration(visit: &Visit, template: &Value) -> Result<Vec<String>, ApiError> {
    let body = json!({ "configuration": template });
    let told = visit.v1("POST", &["connections", "check"], &Fields::default(), Some(body)).await?;
    let sentences = told["violations"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(sentences.map(words::in_words).collect())
}

/// The schedule, if there is nothing wrong with it.
pub(super) async fn schedule(visit: &Visit, typed: &Fields) -> Result<String, Troubles> {
    schedule::next_runs(visit, typed).await?;
    schedule::expression(typed)
}

/// What a test of the connection found: what to show, and what to say above it or beside a field.
pub(super) struct Tested {
    pub(super) html: Option<Html>,
    pub(super) notice: Option<Notice>,
    pub(super) troubles: Troubles,
}

/// *Test connection* with what was typed; `base` is the template that is edited.
pub(super) async fn connection(visit: &Visit, base: &Value, typed: &Fields) -> Tested {
    let template = template::write(base, typed);
    let mut body = json!({ "configuration": template });
    if typed.last("secretArn") == secret::NEW {
        body["secretString"] = secret::value(typed).into();
    }
    let missing = form::check(create::ACCESS..=create::ACCESS, typed);
    let known = missing.iter().fold(Troubles::default(), |all, (field, why)| all.about(field, why));
    if !known.is_empty() {
        return Tested { html: None, notice: None, troubles: known };
    }
    match configuration(visit, &template).await {
        Ok(violations) if violations.is_empty() => {}
        Ok(violations) => return Tested { html: None, notice: None, troubles: Troubles::list(violations) },
        Err(error) => return Tested { html: None, notice: None, troubles: Troubles::from_api(&error) },
    }
    match visit.v1("POST", &["connections", "test"], &Fields::default(), Some(body)).await {
        Ok(told) if told["connected"] == true => connected(&told["probe"]),
        Ok(told) => {
            let message = told["message"].as_str().unwrap_or("the connection failed");
            let code = told["code"].as_str().unwrap_or_default();
            let mut sentence = words::in_words(message);
            if !code.is_empty() {
                sentence = format!("{sentence} ({code})");
            }
            let troubles = Troubles::default().about(field_of(code, message), &sentence);
            Tested { html: None, notice: None, troubles }
        }
        Err(error) => {
            let field = field_of("", &error.message);
            let troubles = Troubles::default().about(field, &words::in_words(&error.message));
            Tested { html: None, notice: None, troubles }
        }
    }
}

/// Where a mistake of the connector belongs in the form: by its code, or by what the message names.
fn field_of(code: &str, message: &str) -> &'static str {
    match code.trim_start_matches("CNF-") {
        "5506" | "5507" | "5523" => "authType",
        "5561" => "proxyHost",
        "5562" | "5564" => "proxyPort",
        "5500" | "5501" | "5502" | "5503" | "5504" | "5505" | "5515" | "5516" | "5522" | "5540" | "5541" | "5572"
        | "5123" => "secretArn",
        _ if message.contains("secret") => "secretArn",
        _ if message.contains("proxy") => "proxyHost",
        _ => "hostUrl",
    }
}

fn connected(probe: &Value) -> Tested {
    let text = |name: &str| probe[name].as_str().unwrap_or_default();
    let lines = |name: &str| {
        let sentences = probe[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        sentences.map(Lines::sentence).collect::<Vec<_>>()
    };
    let (abilities, lacks) = (lines("abilities"), lines("lacks"));
    let n_spaces = probe["nSpaces"].as_i64().unwrap_or_default();
    let notice = if lacks.is_empty() {
        Notice::new(Tone::Good, "The connection works, and the account may read what a sync needs. Nothing was saved.")
    } else {
        Notice::new(Tone::Wait, "The connection works, but the account lacks something: see below. Nothing was saved.")
    };
    let facts = Facts::new("")
        .fact("Product", Lines::stranger(text("product")))
        .fact("Site", Lines::stranger(text("site")))
        .fact("Account", Lines::stranger(text("account")))
        .fact("Spaces that it sees", Cell::number(n_spaces));
    let nothing = [Cell::text("Nothing.")];
    let listed = |lines: Vec<Html>| if lines.is_empty() { nothing.to_vec() } else { lines };
    let html = facts
        .render()
        .then(&Lines::titled("The account may", &listed(abilities)))
        .then(&Lines::titled("It lacks", &listed(lacks)));
    Tested { html: Some(html), notice: Some(notice), troubles: Troubles::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_connection_is_told_at_the_field_that_can_mend_it() {
        for (code, message, field) in [
            ("CNF-5515", "refused", "secretArn"),
            ("CNF-5565", "`wiki.example` cannot be reached", "hostUrl"),
            ("CNF-5561", "scheme", "proxyHost"),
            ("", "secret `x` not found", "secretArn"),
            ("", "the site does not answer", "hostUrl"),
        ] {
            assert_eq!(field_of(code, message), field, "{code} {message}");
        }
    }
}
