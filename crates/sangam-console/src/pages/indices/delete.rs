//! *Delete* an index, confirmed by typing its name.

use axum::extract::Path;
use serde_json::json;

use crate::answer;
use crate::failed::Done;
use crate::trouble::Troubles;
use crate::view::{Button, Field, Form, Screen, Section};
use crate::visit::{InIndex, Visit};

/// The question.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    Ok(form(&visit, &index, Troubles::default(), false))
}

/// The answer.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    if visit.form().last("confirmation") != index.name() {
        let troubles =
            Troubles::default().about("confirmation", "That is not the name of the index. Nothing was deleted.");
        return Ok(form(&visit, &index, troubles, true));
    }
    match visit.call("kendra:DeleteIndex", json!({ "Id": id })).await {
        Ok(_) => Ok(answer::see_other("/console/indices?said=deleted")),
        Err(error) => Ok(form(&visit, &index, Troubles::from_api(&error), true)),
    }
}

fn form(visit: &Visit, index: &InIndex, mut troubles: Troubles, refused: bool) -> answer::Answer {
    visit.will_call("kendra:DeleteIndex", &json!({ "Id": index.id }));
    let about = "Its documents, data sources, sync history and permissions are deleted with it. This cannot be undone. Confluence is not touched.";
    let form =
        Form::new(&index.href("delete"), Button::danger("delete", "Delete index")).cancel(&index.href("")).section(
            Section::new("").about(about).field(Field::text(
                "confirmation",
                &format!("To confirm, type the name of the index: {}", index.name()),
            )),
        );
    let html = form.render(visit.csrf(), visit.form(), &mut troubles);
    let screen = Screen::new("Delete index").crumb("/console/indices", "Indices").crumb(&index.href(""), index.name());
    visit.form_page(screen, html, &mut troubles, refused, Some(index))
}
