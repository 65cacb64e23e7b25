//! One secret: everything but its value.

use axum::extract::Path;
use serde_json::json;

use crate::failed::Done;
use crate::fields::segment;
use crate::pages::indices::tags_table;
use crate::view::{Action, Cell, Facts, Notice, Screen, Tone};
use crate::visit::Visit;

/// The secret's page.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let secret = visit.call("secretsmanager:DescribeSecret", json!({ "SecretId": id })).await?;
    let text = |name: &str| secret[name].as_str().unwrap_or_default();
    let at = format!("/console/secrets/{}", segment(&id));
    let is_used = secret["DeletedDate"].is_null();
    let mut facts = Facts::new("Secret details")
        .fact("Secret name", Cell::text(text("Name")))
        .fact("Description", Cell::text(text("Description")))
        .fact("Secret ARN", Cell::code(text("ARN")))
        .fact("Created", Cell::api_time(secret["CreatedDate"].as_f64()))
        .fact("Last changed", Cell::api_time(secret["LastChangedDate"].as_f64()))
        .fact("Value", Cell::muted("sealed; it is never shown"));
    if !is_used {
        facts = facts.fact("Deleted on", Cell::api_time(secret["DeletedDate"].as_f64()));
    }
    let edit_tags = if is_used && visit.may_change() { format!("{at}/tags") } else { String::new() };
    let mut screen = Screen::new(text("Name")).crumb("/console/secrets", "Secrets").notices(visit.said(&[
        ("stored", "The secret is stored. Its value will not be shown again."),
        ("edited", "The secret was changed. The next sync uses what it holds now."),
        ("tags", "The tags were changed."),
        ("restored", "The secret is back. Data sources can use it again."),
    ]));
    if is_used && visit.may_change() {
        screen = screen
            .action(Action::plain(&format!("{at}/connect"), "Connect to Confluence"))
            .action(Action::primary(&format!("{at}/edit"), "Edit"))
            .action(Action::plain(&format!("{at}/delete"), "Delete"));
    }
    if !is_used {
        let told = "This secret is to be deleted. Data sources cannot use it until it is restored.";
        screen = screen.notice(&Notice::new(Tone::Wait, told));
    }
    if !is_used && visit.may_change() {
        screen = screen.action(Action::post(&format!("{at}/restore"), visit.csrf(), &[], "Restore", ""));
        visit.will_call("secretsmanager:RestoreSecret", &json!({ "SecretId": id }));
    }
    let tags = tags_table(&secret["Tags"], &edit_tags, "This secret has no tags.");
    Ok(visit.page(&screen.block(facts.render()).block(tags), None))
}
