//! *Edit* a secret: its description, and a new value in place of the old one.

use axum::extract::Path;
use serde_json::{Value, json};

use super::create::{check, pairs, value};
use crate::answer::{self, Answer};
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Button, Field, Form, Rows, Screen, Section};
use crate::visit::Visit;

/// The form.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let secret = visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": id })).await?;
    let mut now = Fields::default();
    now.push("description", secret["Description"].as_str().unwrap_or_default());
    now.push("_seen", &version(&secret));
    Ok(form(&visit, &id, &now, Troubles::default(), false))
}

/// The changes.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    let typed = visit.form();
    if typed.last("_go") == "rows" {
        return Ok(form(&visit, &id, typed, Troubles::default(), false));
    }
    let secret = visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": id })).await?;
    if typed.last("_seen") != version(&secret) {
        let mut typed = typed.clone();
        typed.set("_seen", &version(&secret));
        let trouble =
            "Somebody else has changed this secret meanwhile, or its tokens were renewed. Save again to overwrite it.";
        return Ok(form(&visit, &id, &typed, Troubles::of(trouble), true));
    }
    let mut input = json!({ "SecretId": id, "Description": typed.last("description") });
    let is_new_value = Rows::read("secretString", typed).iter().any(|(_, value)| !value.is_empty());
    if is_new_value {
        if let Err(troubles) = check(typed) {
            return Ok(form(&visit, &id, typed, troubles, true));
        }
        input["SecretString"] = value(typed).into();
    }
    match visit.call("secretsmanager:UpdateSecret", input).await {
        Ok(_) => Ok(answer::see_other(&format!("/console/secrets/{}?said=edited", segment(&id)))),
        Err(error) => Ok(form(&visit, &id, typed, Troubles::from_api(&error), true)),
    }
}

/// What tells one state of the secret from another.
fn version(secret: &Value) -> String {
    secret["LastChangedDate"].to_string()
}

fn form(visit: &Visit, id: &str, typed: &Fields, mut troubles: Troubles, refused: bool) -> Answer {
    let at = format!("/console/secrets/{}", segment(id));
    let form = Form::new(&format!("{at}/edit"), Button::primary("save", "Save"))
        .cancel(&at)
        .hidden("_seen", typed.last("_seen"))
        .section(Section::new("").field(Field::area("description", "Description", 2).optional()))
        .section(
            Section::new("New value")
                .about("Left empty, the value stays. Otherwise all pairs are replaced by these: the old ones are not shown.")
                .rows(Rows { optional: true, ..pairs(&[]) }),
        );
    let html = form.render(visit.csrf(), typed, &mut troubles);
    let screen = Screen::new("Edit secret").crumb("/console/secrets", "Secrets").crumb(&at, id);
    visit.form_page(screen, html, &mut troubles, refused, None)
}
