//! *Edit* a data source in place: all that the five steps ask, at once.

use axum::extract::Path;
use serde_json::Value;

use super::form::{self, Shown};
use super::place::Source;
use super::{check, create, input, schedule, secret, template};
use crate::answer;
use crate::failed::{Done, Failed};
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Button, Form, Notice};
use crate::visit::Visit;

/// Said to whoever edits an older state.
const CHANGED: &str = "Somebody else has changed this data source meanwhile. Compare what you typed with the data source, and save again to overwrite it.";

/// What stands in the form beside what was typed.
#[derive(Default)]
struct View {
    troubles: Troubles,
    notice: Option<Notice>,
    shown: Shown,
}

/// The form, as the data source is now.
pub(super) async fn show(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    let now = now(&source)?;
    page(&visit, &source, &now, View::default()).await
}

/// The changes. Whoever edits an older state than there is now is told, and nothing is overwritten.
pub(super) async fn submit(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    let mut typed = visit.form().clone();
    let view = match typed.last("_go") {
        "save" => match save(&visit, &source, &mut typed).await {
            Ok(()) => return Ok(answer::see_other(&format!("{}?said=edited", source.href("")))),
            Err(troubles) => View { troubles, ..View::default() },
        },
        "test" => {
            let base = source.template().cloned().unwrap_or_default();
            let tested = check::connection(&visit, &base, &typed).await;
            let shown = Shown { tested: tested.html, ..Shown::default() };
            View { troubles: tested.troubles, notice: tested.notice, shown }
        }
        "runs" => match schedule::next_runs(&visit, &typed).await {
            Ok(runs) => View { shown: Shown { next_runs: Some(runs), ..Shown::default() }, ..View::default() },
            Err(troubles) => View { troubles, ..View::default() },
        },
        _ => View::default(),
    };
    page(&visit, &source, &typed, view).await
}

async fn save(visit: &Visit, source: &Source, typed: &mut Fields) -> Result<(), Troubles> {
    if typed.last("_seen") != version(&source.described) {
        typed.set("_seen", &version(&source.described));
        return Err(Troubles::list([CHANGED.to_owned()]));
    }
    let missing = form::check(create::DETAILS..=create::MAPPINGS, typed);
    if !missing.is_empty() {
        return Err(missing.into_iter().fold(Troubles::default(), |all, (field, why)| all.about(field, why)));
    }
    let base = source.template().cloned().unwrap_or_default();
    let violations = check::configuration(visit, &template::write(&base, typed)).await;
    let violations = violations.map_err(|error| Troubles::from_api(&error))?;
    if !violations.is_empty() {
        return Err(Troubles::list(violations));
    }
    let schedule = check::schedule(visit, typed).await?;
    secret::make(visit, typed).await?;
    input::make_fields(visit, &source.index, typed).await?;
    let changed = visit.call("kendra:UpdateDataSource", input::update(&source.described, typed, &schedule)).await;
    changed.map(drop).map_err(|error| Troubles::from_api(&error))
}

/// The data source as the form has it.
fn now(source: &Source) -> Result<Fields, Failed> {
    let template = source.template().filter(|template| template["type"] == "CONFLUENCEV2");
    let Some(template) = template else {
        return Err(Failed::new(
            axum::http::StatusCode::BAD_REQUEST,
            "Not here",
            "This page edits data sources of the Confluence connector V2.0. Others are changed by UpdateDataSource.",
        ));
    };
    let mut now = Fields::default();
    for (field, member) in
        [("name", "Name"), ("description", "Description"), ("languageCode", "LanguageCode"), ("roleArn", "RoleArn")]
    {
        now.push(field, source.text(member));
    }
    for (field, member) in [("subnetIds", "SubnetIds"), ("securityGroupIds", "SecurityGroupIds")] {
        let entries = source.described["VpcConfiguration"][member].as_array().into_iter().flatten();
        now.push(field, &entries.filter_map(Value::as_str).collect::<Vec<_>>().join("\n"));
    }
    schedule::read(source.text("Schedule"), &mut now);
    template::read(template, &mut now);
    now.push("_seen", &version(&source.described));
    Ok(now)
}

/// What tells one state of the data source from another.
fn version(described: &Value) -> String {
    described["UpdatedAt"].to_string()
}

async fn page(visit: &Visit, source: &Source, typed: &Fields, view: View) -> Done {
    let View { mut troubles, notice, mut shown } = view;
    shown.secrets = secret::options(visit, typed).await?;
    let sections = form::details(false)
        .into_iter()
        .chain(form::access(typed, &shown))
        .chain(form::sync(&shown))
        .chain(form::mappings());
    let form = Form::new(&source.href("edit"), Button::primary("save", "Save changes"))
        .cancel(&source.href(""))
        .hidden("_seen", typed.last("_seen"));
    let form = sections.fold(form, Form::section);
    let refused = !troubles.is_empty();
    let html = form.render(visit.csrf(), typed, &mut troubles);
    let screen = source.screen("Edit data source").notices(notice);
    Ok(visit.form_page(screen, html, &mut troubles, refused, Some(&source.index)))
}
