//! One secret: everything but its value.

use axum::extract::Path;
use serde_json::json;

use crate::failed::Done;
use crate::fields::segment;
use crate::view::{Action, Cell, Facts, Notice, Screen, Table, Tone};
use crate::visit::Visit;

/// The secret's page.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let secret = visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": id })).await?;
    let text = |name: &str| secret[name].as_str().unwrap_or_default();
    let at = format!("/console/secrets/{}", segment(&id));
    let mut facts = Facts::new("Secret details")
        .fact("Secret name", Cell::text(text("Name")))
        .fact("Description", Cell::text(text("Description")))
        .fact("Secret ARN", Cell::code(text("ARN")))
        .fact("Created", Cell::api_time(secret["CreatedDate"].as_f64()))
        .fact("Last changed", Cell::api_time(secret["LastChangedDate"].as_f64()))
        .fact("Value", Cell::muted("sealed; it is never shown"));
    if !secret["DeletedDate"].is_null() {
        facts = facts.fact("Deleted on", Cell::api_time(secret["DeletedDate"].as_f64()));
    }
    let mut tags = Table::new("Tags", &["Key", "Value"], "This secret has no tags.");
    for tag in secret["Tags"].as_array().into_iter().flatten() {
        tags = tags.row(vec![
            Cell::text(tag["Key"].as_str().unwrap_or_default()),
            Cell::text(tag["Value"].as_str().unwrap_or_default()),
        ]);
    }
    let mut screen = Screen::new(text("Name")).crumb("/console/secrets", "Secrets").notices(visit.said(&[
        ("stored", "The secret is stored. Its value will not be shown again."),
        ("edited", "The secret was changed. The next sync uses the new value."),
    ]));
    if secret["DeletedDate"].is_null() {
        screen = screen
            .action(Action::plain(&format!("{at}/connect"), "Connect to Confluence"))
            .action(Action::primary(&format!("{at}/edit"), "Edit"))
            .action(Action::plain(&format!("{at}/delete"), "Delete"));
    } else {
        screen = screen.notice(&Notice::new(
            Tone::Wait,
            "This secret is to be deleted. Data sources cannot use it; the command below brings it back.",
        ));
        visit.will_call("secretsmanager:RestoreSecret", &json!({ "SecretId": id }));
    }
    Ok(visit.page(&screen.block(facts.render()).block(tags.render()), None))
}
