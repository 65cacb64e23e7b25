//! *Delete* a data source, confirmed by typing its name.

use axum::extract::Path;

use super::place::Source;
use crate::answer::{self, Answer};
use crate::failed::Done;
use crate::trouble::Troubles;
use crate::view::{Button, Field, Form, Section};
use crate::visit::Visit;

/// The question.
pub(super) async fn show(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    Ok(form(&visit, &source, Troubles::default(), false))
}

/// The answer.
pub(super) async fn submit(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    if visit.form().last("confirmation") != source.name() {
        let sentence = "That is not the name of the data source. Nothing was deleted.";
        return Ok(form(&visit, &source, Troubles::default().about("confirmation", sentence), true));
    }
    match visit.call("kendra:DeleteDataSource", source.ids()).await {
        Ok(_) => Ok(answer::see_other(&source.index.href("data-sources?said=deleted"))),
        Err(error) => Ok(form(&visit, &source, Troubles::from_api(&error), true)),
    }
}

fn form(visit: &Visit, source: &Source, mut troubles: Troubles, refused: bool) -> Answer {
    visit.will_call("kendra:DeleteDataSource", &source.ids());
    let about = "Its documents, permissions and sync history are deleted with it. This cannot be undone. Confluence is not touched, and the secret stays.";
    let label = format!("To confirm, type the name of the data source: {}", source.name());
    let form = Form::new(&source.href("delete"), Button::danger("delete", "Delete data source"))
        .cancel(&source.href(""))
        .section(Section::new("").about(about).field(Field::text("confirmation", &label)));
    let html = form.render(visit.csrf(), visit.form(), &mut troubles);
    visit.form_page(source.screen("Delete data source"), html, &mut troubles, refused, Some(&source.index))
}
