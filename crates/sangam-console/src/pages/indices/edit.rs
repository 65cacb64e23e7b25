//! *Edit* an index in place.

use axum::extract::Path;
use serde_json::json;

use super::create::refusal;
use super::text::{NAME_HELP, ROLE_HELP, policies};
use super::{CHANGED, version};
use crate::answer;
use crate::failed::Done;
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Button, Field, Form, Screen, Section};
use crate::visit::{InIndex, Visit};

/// The form, as the index is now.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let mut now = Fields::default();
    for (field, member) in MEMBERS {
        now.push(field, index.described[*member].as_str().unwrap_or_default());
    }
    now.push("_seen", &version(&index.described));
    Ok(form(&visit, &index, &now, Troubles::default(), false))
}

/// The changes. Whoever edits an older state than there is now is told, and nothing is overwritten.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let typed = visit.form();
    if typed.last("_seen") != version(&index.described) {
        let mut typed = typed.clone();
        typed.set("_seen", &version(&index.described));
        return Ok(form(&visit, &index, &typed, Troubles::of(CHANGED), true));
    }
    let mut input = json!({ "Id": id });
    for (field, member) in MEMBERS {
        input[*member] = typed.last(field).into();
    }
    match visit.call("kendra:UpdateIndex", input).await {
        Ok(_) => Ok(answer::see_other(&format!("{}?said=edited", index.href("")))),
        Err(error) => Ok(form(&visit, &index, typed, refusal(&error), true)),
    }
}

/// Fields of the form and members of the API.
const MEMBERS: &[(&str, &str)] = &[
    ("name", "Name"),
    ("description", "Description"),
    ("roleArn", "RoleArn"),
    ("userContextPolicy", "UserContextPolicy"),
];

fn form(visit: &Visit, index: &InIndex, typed: &Fields, mut troubles: Troubles, refused: bool) -> answer::Answer {
    let form = Form::new(&index.href("edit"), Button::primary("save", "Save changes"))
        .cancel(&index.href(""))
        .hidden("_seen", typed.last("_seen"))
        .section(
            Section::new("Index details")
                .field(Field::text("name", "Index name").help(NAME_HELP))
                .field(Field::area("description", "Description", 2).optional())
                .field(Field::text("roleArn", "Role ARN").help(ROLE_HELP)),
        )
        .section(Section::new("User access control").field(Field::radio(
            "userContextPolicy",
            "Use tokens for access control?",
            policies(),
        )));
    let html = form.render(visit.csrf(), typed, &mut troubles);
    let screen = Screen::new("Edit index").crumb("/console/indices", "Indices").crumb(&index.href(""), index.name());
    visit.form_page(screen, html, &mut troubles, refused, Some(index))
}
