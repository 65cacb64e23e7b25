//! *Add data source*: the five steps.

use axum::extract::Path;
use serde_json::json;

use super::form::{self, Shown};
use super::{check, input, review, schedule, scope, secret, template};
use crate::answer;
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Action, Cell, Notice, Screen, Section, Step, Table, Tone, Turn, Wizard};
use crate::visit::{InIndex, Visit};

/// The steps, by their places.
pub(super) const DETAILS: usize = 0;
pub(super) const ACCESS: usize = 1;
pub(super) const SYNC: usize = 2;
pub(super) const MAPPINGS: usize = 3;
const REVIEW: usize = 4;

/// What a step is shown with.
#[derive(Default)]
struct View {
    troubles: Troubles,
    notice: Option<Notice>,
    shown: Shown,
}

impl View {
    fn of(troubles: Troubles) -> Self {
        Self { troubles, ..Self::default() }
    }
}

/// The first step.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    step(&visit, &index, &Fields::default(), DETAILS, View::default()).await
}

/// Any step.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let mut typed = visit.form().clone();
    let wizard = wizard(&index, &typed, &Shown::default());
    let from = typed.last("_step").parse::<usize>().unwrap_or_default().min(REVIEW);
    let pressed = typed.last("_go").to_owned();
    match (wizard.turn(&typed), pressed.as_str()) {
        (Turn::Finish, _) => finish(&visit, &index, &mut typed).await,
        (Turn::Show(at), _) if at > from => match leave(&visit, &wizard, &mut typed, at - 1).await {
            Ok(()) => {
                let notice = scope::settle(&mut typed).map(|told| Notice::new(Tone::Wait, &told));
                step(&visit, &index, &typed, at, View { notice, ..View::default() }).await
            }
            Err(troubles) => step(&visit, &index, &typed, from, View::of(troubles)).await,
        },
        (Turn::Show(at), "test") => {
            let tested = check::connection(&visit, &json!({}), &typed).await;
            let shown = Shown { tested: tested.html, ..Shown::default() };
            let view = View { troubles: tested.troubles, notice: tested.notice, shown };
            step(&visit, &index, &typed, at, view).await
        }
        (Turn::Show(at), "runs") => {
            let view = match schedule::next_runs(&visit, &typed).await {
                Ok(runs) => View { shown: Shown { next_runs: Some(runs), ..Shown::default() }, ..View::default() },
                Err(troubles) => View::of(troubles),
            };
            step(&visit, &index, &typed, at, view).await
        }
        (Turn::Show(at), _) => step(&visit, &index, &typed, at, View::default()).await,
    }
}

/// Everything that can be wrong with the steps up to `from`; a new secret is stored on the way out of its step.
async fn leave(visit: &Visit, wizard: &Wizard, typed: &mut Fields, from: usize) -> Result<(), Troubles> {
    let violations = check::configuration(visit, &template::write(&json!({}), typed)).await;
    let violations = violations.map_err(|error| Troubles::from_api(&error))?;
    let is_reached =
        |violation: &String| wizard.step_of(&Troubles::list([violation.clone()])).is_some_and(|step| step <= from);
    let missing = form::check(DETAILS..=from, typed);
    // Of a field that is empty the connector says the same in other words.
    let is_new =
        |violation: &String| !missing.iter().any(|(field, _)| Troubles::list([violation.clone()]).concern(field));
    let troubles = Troubles::list(violations.into_iter().filter(is_reached).filter(is_new));
    let troubles = missing.iter().fold(troubles, |all, (field, why)| all.about(field, why));
    if !troubles.is_empty() {
        return Err(troubles);
    }
    let schedule = if from >= SYNC { check::schedule(visit, typed).await? } else { String::new() };
    // The service model's own rules: the length of a description, the form of a role's ARN.
    let input = input::create("00000000-0000-0000-0000-000000000000", typed, &schedule);
    let foreseen = Troubles::foreseen("kendra:CreateDataSource", &input);
    let foreseen = foreseen.keep(|trouble| wizard.step_of(trouble).is_some_and(|step| step <= from));
    if !foreseen.is_empty() {
        return Err(foreseen);
    }
    if from >= ACCESS { secret::make(visit, typed).await } else { Ok(()) }
}

/// Makes what is missing in the index, then the data source.
async fn finish(visit: &Visit, index: &InIndex, typed: &mut Fields) -> Done {
    let wizard = wizard(index, typed, &Shown::default());
    let made = async {
        leave(visit, &wizard, typed, REVIEW).await?;
        let schedule = schedule::expression(typed)?;
        input::make_fields(visit, index, typed).await?;
        let made = visit.call("kendra:CreateDataSource", input::create(&index.id, typed, &schedule)).await;
        made.map_err(|error| Troubles::from_api(&error))
    };
    match made.await {
        Ok(made) => {
            let id = segment(made["Id"].as_str().unwrap_or_default());
            Ok(answer::see_other(&index.href(&format!("data-sources/{id}?said=added"))))
        }
        Err(troubles) => step(visit, index, typed, REVIEW, View::of(troubles)).await,
    }
}

async fn step(visit: &Visit, index: &InIndex, typed: &Fields, at: usize, view: View) -> Done {
    let mut shown = view.shown;
    let mut troubles = view.troubles;
    let at = wizard(index, typed, &shown).step_of(&troubles).unwrap_or(at);
    if at == ACCESS {
        shown.secrets = secret::options(visit, typed).await?;
    }
    if at == REVIEW {
        let schedule = schedule::expression(typed).unwrap_or_default();
        if let Some(input) = input::fields(index, typed) {
            visit.will_call("kendra:UpdateIndex", &input);
        }
        visit.will_call("kendra:CreateDataSource", &input::create(&index.id, typed, &schedule));
    }
    let refused = !troubles.is_empty();
    let html = wizard(index, typed, &shown).render(at, visit.csrf(), typed, &mut troubles);
    let screen = Screen::new("Add data source")
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .crumb(&index.href("data-sources"), "Data sources")
        .notices(view.notice);
    Ok(visit.form_page(screen, html, &mut troubles, refused, Some(index)))
}

fn wizard(index: &InIndex, typed: &Fields, shown: &Shown) -> Wizard {
    let review = review::sections(index, typed);
    Wizard {
        action: index.href("data-sources/new"),
        cancel: index.href("data-sources"),
        finish: "Add data source",
        steps: vec![
            Step { name: "Specify data source details", sections: form::details(true) },
            Step { name: "Define access and security", sections: form::access(typed, shown) },
            Step { name: "Configure sync settings", sections: form::sync(shown) },
            Step { name: "Set field mappings", sections: form::mappings() },
            Step { name: "Review and add", sections: vec![Section::new("Review").html(review)] },
        ],
    }
}

/// The connectors, of which one is chosen before the steps.
pub(super) async fn choose(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let add = Action::primary(&index.href("data-sources/new"), "Add connector");
    let table = Table::new("Available connectors", &["Connector", "Reads", ""], "").row(vec![
        Cell::text("Confluence connector V2.0"),
        Cell::text(
            "Spaces, pages, blogs, comments and attachments of Confluence Cloud and Server/Data Center, with who may read them",
        ),
        add,
    ]);
    let screen = Screen::new("Add data source")
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .crumb(&index.href("data-sources"), "Data sources")
        .block(table.render());
    Ok(visit.page(&screen, Some(&index)))
}
