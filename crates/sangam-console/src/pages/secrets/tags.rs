//! Tags of a secret.

use axum::extract::Path;
use serde_json::{Value, json};

use crate::failed::Done;
use crate::fields::segment;
use crate::pages::indices::TagsForm;
use crate::visit::Visit;

/// The form, as the tags are now.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let secret = visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": id })).await?;
    Ok(form(&id, &secret).show(&visit))
}

/// The changes.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    let secret = visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": id })).await?;
    Ok(form(&id, &secret).submit(&visit).await)
}

fn form<'a>(id: &'a str, secret: &'a Value) -> TagsForm<'a> {
    TagsForm {
        now: &secret["Tags"],
        service: "secretsmanager",
        resource: json!({ "SecretId": id }),
        list: ("/console/secrets", "Secrets"),
        at: format!("/console/secrets/{}", segment(id)),
        title: id,
        index: None,
    }
}
