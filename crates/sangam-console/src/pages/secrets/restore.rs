//! *Restore* a secret that is to be deleted.

use axum::extract::Path;
use serde_json::json;

use crate::answer;
use crate::failed::Done;
use crate::fields::segment;
use crate::visit::Visit;

/// Brings it back.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    visit.call("secretsmanager:RestoreSecret", json!({ "SecretId": id })).await?;
    Ok(answer::see_other(&format!("/console/secrets/{}?said=restored", segment(&id))))
}
