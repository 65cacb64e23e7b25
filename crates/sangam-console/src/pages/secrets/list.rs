//! All secrets, by name.

use serde_json::json;

use crate::failed::Done;
use crate::fields::segment;
use crate::view::{Action, Cell, Screen, Table, Tone};
use crate::visit::Visit;

/// Secrets on one page.
const PAGE: u32 = 50;

/// The list.
pub(super) async fn show(visit: Visit) -> Done {
    let mut input = json!({ "MaxResults": PAGE, "IncludePlannedDeletion": true });
    if let Some(token) = visit.query().given("next") {
        input["NextToken"] = token.into();
    }
    let listed = visit.call("secretsmanager:ListSecrets", input).await?;
    let mut table = Table::new(
        "Secrets",
        &["Secret name", "Description", "Last changed", "State"],
        "No secrets yet. A secret holds the credentials with which a data source is read.",
    );
    if visit.may_change() {
        table = table.action(Action::primary("/console/secrets/new", "Store a new secret"));
    }
    for secret in listed["SecretList"].as_array().into_iter().flatten() {
        let text = |name: &str| secret[name].as_str().unwrap_or_default();
        let is_planned = !secret["DeletedDate"].is_null();
        table = table.row(vec![
            Cell::link(&format!("/console/secrets/{}", segment(text("Name"))), text("Name")),
            Cell::text(text("Description")),
            Cell::api_time(secret["LastChangedDate"].as_f64()),
            if is_planned { Cell::badge(Tone::Wait, "to be deleted") } else { Cell::badge(Tone::Good, "in use") },
        ]);
    }
    let next = listed["NextToken"].as_str().map(|token| format!("/console/secrets?next={}", segment(token)));
    let said = visit.said(&[
        ("stored", "The secret is stored. Its value will not be shown again."),
        ("deleted", "The secret will be deleted when its recovery window ends."),
    ]);
    let screen = Screen::new("Secrets").notices(said).block(table.next(next).render());
    Ok(visit.page(&screen, None))
}
