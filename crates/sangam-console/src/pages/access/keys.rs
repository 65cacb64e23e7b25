//! Access keys: what SDKs and the command line sign with.

use axum::extract::Path;
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::failed::{Done, Failed};
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Action, Button, Cell, Facts, Field, Form, Notice, Opt, Screen, Section, Table, Tone};
use crate::visit::Visit;

const LIST: &str = "/console/keys";
/// Indices to choose from, as many as a call lists.
const INDICES_MAX: usize = 100;

/// All keys.
pub(super) async fn list(visit: Visit) -> Done {
    let listed = visit.v1("GET", &["access-keys"], &Fields::default(), None).await?;
    let mut table =
        Table::new("Access keys", &["Access key ID", "May", "For", "State", "Created", ""], "No access keys yet.");
    if visit.may_change() {
        table = table.action(Action::primary("/console/keys/new", "Create access key"));
    }
    for key in listed["accessKeys"].as_array().into_iter().flatten() {
        table = table.row(row(&visit, key));
    }
    let screen = Screen::new("Access keys")
        .lead("SDKs and the command line sign their requests with a key. Its secret is shown once, when it is made.")
        .notices(visit.said(&[("revoked", "The key is revoked. It is refused within two seconds.")]))
        .block(table.render());
    Ok(visit.page(&screen, None))
}

fn row(visit: &Visit, key: &Value) -> Vec<crate::view::Html> {
    let id = key["accessKeyId"].as_str().unwrap_or_default();
    let policy = key["policy"].as_str().map_or_else(|| key["policy"].to_string(), str::to_owned);
    let is_preset = key["isPreset"].as_bool() == Some(true);
    let (state, action) = if key["revokedAt"].is_null() {
        let revoke = format!("{LIST}/{}/revoke", segment(id));
        let state = if is_preset { "from the settings" } else { "active" };
        let action = if visit.may_change() { Action::plain(&revoke, "Revoke") } else { Cell::muted("–") };
        (Cell::badge(Tone::Good, state), action)
    } else {
        (Cell::badge(Tone::Plain, "revoked"), Cell::muted("–"))
    };
    vec![
        Cell::code(id),
        Cell::text(&policy),
        Cell::text(key["description"].as_str().unwrap_or_default()),
        state,
        Cell::time(key["createdAt"].as_i64()),
        action,
    ]
}

/// The form of a new key.
pub(super) async fn new(visit: Visit) -> Done {
    let indices = indices(&visit).await?;
    Ok(form(&visit, &indices, Troubles::default(), false))
}

/// A new key; its secret is on this one page.
pub(super) async fn create(visit: Visit) -> Done {
    let typed = visit.form();
    let policy = match (typed.last("policy"), typed.last("indexId")) {
        ("advanced", _) => match serde_json::from_str::<Value>(typed.last("json")) {
            Ok(policy) => policy,
            Err(error) => {
                let trouble = format!("This is no JSON: {error}.");
                return Ok(form(&visit, &indices(&visit).await?, Troubles::default().about("json", &trouble), true));
            }
        },
        (preset, "") => preset.into(),
        (preset, index) => {
            if visit.index(index).await.is_err() {
                let trouble = "There is no index of that ID.";
                return Ok(form(&visit, &indices(&visit).await?, Troubles::default().about("indexId", trouble), true));
            }
            json!({ "actions": [preset], "indices": [index] })
        }
    };
    let body = json!({ "policy": policy, "description": typed.last("description") });
    let made = match visit.v1("POST", &["access-keys"], &Fields::default(), Some(body)).await {
        Ok(made) => made,
        Err(error) => return Ok(form(&visit, &indices(&visit).await?, Troubles::from_api(&error), true)),
    };
    let text = |name: &str| made[name].as_str().unwrap_or_default();
    let facts = Facts::new("")
        .fact("Access key ID", Cell::code(text("accessKeyId")))
        .fact("Secret access key", Cell::code(text("secretAccessKey")))
        .fact(
            "For a shell",
            Cell::code(&format!(
                "export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={} AWS_ENDPOINT_URL={}",
                text("accessKeyId"),
                text("secretAccessKey"),
                visit.visitor.console.outside(visit.visitor.host(), ""),
            )),
        )
        .render();
    let screen = Screen::new("Access key created")
        .crumb(LIST, "Access keys")
        .notice(&Notice::new(Tone::Wait, "The secret is shown this once. Keep it now.").link(LIST, "Done"))
        .block(facts);
    Ok(visit.page(&screen, None))
}

/// Asks whether a key is to be revoked: what signs with it stops at once.
pub(super) async fn ask_revoke(Path(id): Path<String>, visit: Visit) -> Done {
    let listed = visit.v1("GET", &["access-keys"], &Fields::default(), None).await?;
    let key = listed["accessKeys"].as_array().into_iter().flatten().find(|key| key["accessKeyId"] == id.as_str());
    let key = key.ok_or_else(|| Failed::not_found("access key"))?;
    let origin = if key["isPreset"].as_bool() == Some(true) {
        " It is the one of the settings, which automation is likely to sign with."
    } else {
        ""
    };
    let about = format!("Every program that signs with {id} is refused from then on. This cannot be undone.{origin}");
    let form = Form::new(&format!("{LIST}/{}/revoke", segment(&id)), Button::danger("revoke", "Revoke access key"))
        .cancel(LIST)
        .section(Section::new("").about(&about));
    let html = form.render(visit.csrf(), &Fields::default(), &mut Troubles::default());
    Ok(visit.page(&Screen::new("Revoke access key").crumb(LIST, "Access keys").block(html), None))
}

/// Revokes a key.
pub(super) async fn revoke(Path(id): Path<String>, visit: Visit) -> Done {
    visit.v1("DELETE", &["access-keys", &id], &Fields::default(), None).await?;
    Ok(answer::see_other(&format!("{LIST}?said=revoked")))
}

/// The indices to choose from.
async fn indices(visit: &Visit) -> Result<Vec<Opt>, Failed> {
    let listed = visit.call("kendra:ListIndices", json!({ "MaxResults": INDICES_MAX })).await?;
    let mut indices = vec![Opt::new("", "Every index", "")];
    for index in listed["IndexConfigurationSummaryItems"].as_array().into_iter().flatten() {
        let text = |name: &str| index[name].as_str().unwrap_or_default();
        indices.push(Opt::new(text("Id"), text("Name"), ""));
    }
    Ok(indices)
}

fn form(visit: &Visit, indices: &[Opt], mut troubles: Troubles, refused: bool) -> Answer {
    let policies = vec![
        Opt::new("query", "Query", "Asks questions and lists indices. For applications."),
        Opt::new(
            "ingest",
            "Ingest",
            "Puts documents, runs sync jobs, maps principals; describes and lists. For pipelines.",
        ),
        Opt::new("admin", "Admin", "Everything, on every index."),
        Opt::new("advanced", "Advanced", "The actions and indices below."),
    ];
    let form = Form::new("/console/keys/new", Button::primary("create", "Create access key")).cancel(LIST).section(
        Section::new("")
            .field(Field::radio("policy", "What the key may do", policies).default("query"))
            .field(Field::select("indexId", "Index", indices.to_vec()).help("Not for Advanced: its policy names them."))
            .field(
                Field::area("json", "Policy as JSON", 4)
                    .optional()
                    .placeholder(r#"{"actions": ["kendra:Query"], "indices": ["*"]}"#),
            )
            .field(Field::text("description", "What it is for").optional()),
    );
    let html = form.render(visit.csrf(), visit.form(), &mut troubles);
    visit.form_page(Screen::new("Create access key").crumb(LIST, "Access keys"), html, &mut troubles, refused, None)
}
