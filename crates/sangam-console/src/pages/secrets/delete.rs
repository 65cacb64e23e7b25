//! *Delete* a secret, after a time in which it can be brought back.

use axum::extract::Path;
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::failed::Done;
use crate::fields::segment;
use crate::trouble::Troubles;
use crate::view::{Button, Field, Form, Screen, Section};
use crate::visit::Visit;

/// Days in which a secret can be brought back, as Secrets Manager has it unless told otherwise.
const RECOVERY_DAYS: &str = "30";

/// The question.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    Ok(form(&visit, &id, Troubles::default(), false))
}

/// The answer.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    if visit.form().last("confirmation") != id {
        let trouble = "That is not the name of the secret. Nothing was deleted.";
        return Ok(form(&visit, &id, Troubles::default().about("confirmation", trouble), true));
    }
    let Ok(days) = visit.form().last("recoveryWindowInDays").parse::<i64>() else {
        let trouble = "Give a number of days from 7 to 30.";
        return Ok(form(&visit, &id, Troubles::default().about("recoveryWindowInDays", trouble), true));
    };
    match visit.call("secretsmanager:DeleteSecret", input(&id, days)).await {
        Ok(_) => Ok(answer::see_other("/console/secrets?said=deleted")),
        Err(error) => Ok(form(&visit, &id, Troubles::from_api(&error), true)),
    }
}

fn input(id: &str, days: i64) -> Value {
    json!({ "SecretId": id, "RecoveryWindowInDays": days })
}

fn form(visit: &Visit, id: &str, mut troubles: Troubles, refused: bool) -> Answer {
    visit.will_call("secretsmanager:DeleteSecret", &input(id, 30));
    let at = format!("/console/secrets/{}", segment(id));
    let form = Form::new(&format!("{at}/delete"), Button::danger("delete", "Delete secret")).cancel(&at).section(
        Section::new("")
            .about("Data sources that use it cannot sync from now on. Until the recovery window ends it can be brought back.")
            .field(Field::text("recoveryWindowInDays", "Recovery window in days").default(RECOVERY_DAYS))
            .field(Field::text("confirmation", &format!("To confirm, type the name of the secret: {id}"))),
    );
    let html = form.render(visit.csrf(), visit.form(), &mut troubles);
    let screen = Screen::new("Delete secret").crumb("/console/secrets", "Secrets").crumb(&at, id);
    visit.form_page(screen, html, &mut troubles, refused, None)
}
