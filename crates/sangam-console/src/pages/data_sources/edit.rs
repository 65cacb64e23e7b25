//! *Edit* a data source in place: all that the five steps ask, at once; of other kinds than the Confluence connector's, what the API lets
//! change without its configuration.

use axum::extract::Path;
use serde_json::Value;

use super::form::{self, Shown};
use super::place::{Form, Source};
use super::{check, create, input, schedule, scope, secret, template};
use crate::answer;
use crate::failed::Done;
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{self, Button, Notice};
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
    let now = now(&source);
    page(&visit, &source, &now, View::default()).await
}

/// The changes. Whoever edits an older state than there is now is told, and nothing is overwritten.
pub(super) async fn submit(Path((index, id)): Path<(String, String)>, visit: Visit) -> Done {
    let source = Source::find(&visit, &index, &id).await?;
    let mut typed = visit.form().clone();
    let view = match typed.last("_go") {
        "save" => match save(&visit, &source, &mut typed).await {
            Ok(said) => return Ok(answer::see_other(&format!("{}?said={said}", source.href("")))),
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

/// Saves, and returns what is to be said of it.
async fn save(visit: &Visit, source: &Source, typed: &mut Fields) -> Result<&'static str, Troubles> {
    if typed.last("_seen") != version(&source.described) {
        typed.set("_seen", &version(&source.described));
        return Err(Troubles::list([CHANGED.to_owned()]));
    }
    let steps =
        if is_connector(source) { create::DETAILS..=create::MAPPINGS } else { create::DETAILS..=create::DETAILS };
    let missing = form::check(steps, typed).into_iter().chain(vpc_removed(source, typed));
    let missing = missing.fold(Troubles::default(), |all, (field, why)| all.about(field, why));
    if !missing.is_empty() {
        return Err(missing);
    }
    // A schedule that nobody touched may be over: that is no reason to refuse another change.
    let schedule = schedule::expression(typed)?;
    if schedule != source.text("Schedule") {
        check::schedule(visit, typed).await?;
    }
    let mut said = "edited";
    if let Form::Connector(template) = source.form() {
        let violations = check::configuration(visit, &template::write(template, typed)).await;
        let violations = violations.map_err(|error| Troubles::from_api(&error))?;
        if !violations.is_empty() {
            return Err(Troubles::list(violations));
        }
        if scope::settle(typed).is_some() {
            said = "settled";
        }
        secret::make(visit, typed).await?;
        input::make_fields(visit, &source.index, typed).await?;
    }
    let changed = visit.call("kendra:UpdateDataSource", input::update(source, typed, &schedule)).await;
    changed.map(|_| said).map_err(|error| Troubles::from_api(&error))
}

fn is_connector(source: &Source) -> bool {
    matches!(source.form(), Form::Connector(_))
}

/// A VPC that was emptied: what is left out of `UpdateDataSource` stays as it is, and an empty list is refused.
fn vpc_removed(source: &Source, typed: &Fields) -> Option<(&'static str, &'static str)> {
    let is_recorded = source.described["VpcConfiguration"].is_object();
    let is_empty =
        typed.has("subnetIds") && typed.lines("subnetIds").is_empty() && typed.lines("securityGroupIds").is_empty();
    (is_recorded && is_empty).then_some((
        "subnetIds",
        "A recorded VPC can be changed but not removed: the API has no call for that. To be without one, add the data source anew.",
    ))
}

/// The data source as the form has it.
fn now(source: &Source) -> Fields {
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
    if let Form::Connector(template) = source.form() {
        template::read(template, &mut now);
    }
    now.push("_seen", &version(&source.described));
    now
}

/// What tells one state of the data source from another.
fn version(described: &Value) -> String {
    described["UpdatedAt"].to_string()
}

async fn page(visit: &Visit, source: &Source, typed: &Fields, view: View) -> Done {
    let View { mut troubles, notice, mut shown } = view;
    let mut sections = form::details(false);
    match source.form() {
        Form::Connector(_) => {
            if let Some(input) = input::fields(&source.index, typed) {
                visit.will_call("kendra:UpdateIndex", &input);
            }
            shown.secrets = secret::options(visit, typed).await?;
            sections.extend(form::access(typed, &shown));
            sections.extend(form::sync(&shown));
            sections.extend(form::mappings());
        }
        Form::Scheduled => sections.extend([form::vpc(), form::role(), schedule::section(shown.next_runs)]),
        Form::Custom => {}
    }
    let schedule = schedule::expression(typed).unwrap_or_default();
    visit.will_call("kendra:UpdateDataSource", &input::update(source, typed, &schedule));
    let lead = match source.form() {
        Form::Connector(_) => None,
        Form::Scheduled => Some(
            "The configuration of this kind of data source is changed by UpdateDataSource, with an SDK or the AWS CLI.",
        ),
        Form::Custom => Some("A custom data source has no configuration: your own program puts its documents."),
    };
    let form = view::Form::new(&source.href("edit"), Button::primary("save", "Save changes"))
        .cancel(&source.href(""))
        .hidden("_seen", typed.last("_seen"));
    let form = sections.into_iter().fold(form, view::Form::section);
    let refused = !troubles.is_empty();
    let html = form.render(visit.csrf(), typed, &mut troubles);
    let mut screen = source.screen("Edit data source").notices(notice);
    if let Some(lead) = lead {
        screen = screen.lead(lead);
    }
    Ok(visit.form_page(screen, html, &mut troubles, refused, Some(&source.index)))
}
