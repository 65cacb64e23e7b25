//! *Edit* a secret: its description, and its keys and values without showing a value.

use axum::extract::Path;
use sangam_api::ErrorKind;
use serde_json::{Value, json};

use super::pairs::{self, Stored};
use crate::answer::{self, Answer};
use crate::failed::{Done, Failed};
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Button, Field, Form, Rows, Screen, Section};
use crate::visit::Visit;

/// Said to whoever edits an older state.
const CHANGED: &str =
    "Somebody else has changed this secret meanwhile, or its tokens were renewed. Save again to overwrite it.";

/// A secret as it is now.
struct Now {
    description: String,
    /// What tells one state from another.
    version: String,
    stored: Stored,
}

/// The form.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let now = now(&visit, &id).await?;
    let mut fields = Fields::default();
    fields.push("description", &now.description);
    fields.push("_seen", &now.version);
    now.stored.offer(&mut fields);
    Ok(form(&visit, &id, &now, &fields, Troubles::default(), false))
}

/// The changes.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    let typed = visit.form();
    let now = now(&visit, &id).await?;
    if typed.last("_go") == "rows" {
        return Ok(form(&visit, &id, &now, typed, Troubles::default(), false));
    }
    if typed.last("_seen") != now.version {
        let mut typed = typed.clone();
        typed.set("_seen", &now.version);
        return Ok(form(&visit, &id, &now, &typed, Troubles::of(CHANGED), true));
    }
    let mut input = json!({ "SecretId": id, "Description": typed.last("description") });
    match now.stored.changed(typed) {
        Ok(Some(value)) => input["SecretString"] = value.into(),
        Ok(None) => {}
        Err(troubles) => return Ok(form(&visit, &id, &now, typed, troubles, true)),
    }
    match visit.call("secretsmanager:UpdateSecret", input).await {
        Ok(_) => Ok(answer::see_other(&format!("/console/secrets/{}?said=edited", segment(&id)))),
        Err(error) => Ok(form(&visit, &id, &now, typed, Troubles::from_api(&error), true)),
    }
}

/// Reads the value first: if the state is still the one that was seen afterwards, the value is that state's.
async fn now(visit: &Visit, id: &str) -> Result<Now, Failed> {
    let stored = match visit.call("secretsmanager:GetSecretValue", json!({ "SecretId": id })).await {
        Ok(answer) => Stored::read(&answer),
        Err(error) if error.kind == ErrorKind::ResourceNotFound => Stored::Nothing,
        Err(error) => return Err(error.into()),
    };
    // A secret that is not there at all ends here.
    let secret: Value = visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": id })).await?;
    Ok(Now {
        description: secret["Description"].as_str().unwrap_or_default().to_owned(),
        version: secret["LastChangedDate"].to_string(),
        stored,
    })
}

fn form(visit: &Visit, id: &str, now: &Now, typed: &Fields, mut troubles: Troubles, refused: bool) -> Answer {
    let at = format!("/console/secrets/{}", segment(id));
    let form =
        Form::new(&format!("{at}/edit"), Button::primary("save", "Save"))
            .cancel(&at)
            .hidden("_seen", typed.last("_seen"))
            .section(Section::new("").field(Field::area("description", "Description", 2).optional()))
            .section(Section::new("").rows(Rows {
                optional: !matches!(now.stored, Stored::Pairs(_)),
                ..pairs::rows(&[], now.stored.about())
            }));
    let html = form.render(visit.csrf(), typed, &mut troubles);
    let screen = Screen::new("Edit secret").crumb("/console/secrets", "Secrets").crumb(&at, id);
    visit.form_page(screen, html, &mut troubles, refused, None)
}
