//! Tags of a data source.

use axum::extract::Path;
use sangam_api::ApiError;
use serde_json::{Value, json};

use super::place::Source;
use crate::failed::Done;
use crate::pages::indices::{TagsForm, tags_table};
use crate::view::Html;
use crate::visit::Visit;

/// The tags, with a way to edit them.
pub(super) async fn table(visit: &Visit, source: &Source) -> Result<Html, ApiError> {
    let edit = if visit.may_change() { source.href("tags") } else { String::new() };
    Ok(tags_table(&list(visit, source).await?, &edit, "This data source has no tags."))
}

/// The form, as the tags are now.
pub(super) async fn show(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    let now = list(&visit, &source).await?;
    Ok(form(&source, &now).show(&visit))
}

/// The changes.
pub(super) async fn submit(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    let now = list(&visit, &source).await?;
    Ok(form(&source, &now).submit(&visit).await)
}

fn form<'a>(source: &'a Source, now: &'a Value) -> TagsForm<'a> {
    TagsForm {
        now,
        service: "kendra",
        resource: resource(source),
        list: ("/console/indices", "Indices"),
        at: source.href(""),
        title: source.name(),
        index: Some(&source.index),
    }
}

async fn list(visit: &Visit, source: &Source) -> Result<Value, ApiError> {
    let listed = visit.call("kendra:ListTagsForResource", resource(source)).await?;
    Ok(listed["Tags"].clone())
}

/// The data source by its ARN. Of one that comes in, only the end counts.
fn resource(source: &Source) -> Value {
    let end = format!("index/{}/data-source/{}", source.index.id, source.id);
    json!({ "ResourceARN": format!("arn:aws:kendra:us-east-1:000000000000:{end}") })
}
