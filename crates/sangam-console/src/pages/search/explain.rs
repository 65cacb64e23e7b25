//! Why somebody sees a document, or does not.

use axum::extract::Path;
use sangam_api::{ApiError, ErrorKind};
use sangam_identity::Role;
use serde_json::json;

use super::explained;
use super::question::Question;
use super::which::{self, Which};
use crate::failed::Done;
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Button, Field, Form, Html, Notice, Screen, Section, Tone};
use crate::visit::{InIndex, Visit};

/// What a form says that names no document.
const EMPTY: &str = "Say which document is meant, here or by its ID below.";

/// What it says to an auditor who asks by a title.
const NO_TITLES: &str = "This must be an address, beginning with `https://`. An auditor reads no titles.";

/// What is known of the document that is asked about.
enum Asked {
    /// Nobody asked yet, or in vain.
    Nothing(Troubles),
    /// One of these.
    Several(Html),
    /// This one, with what the index knows of it.
    One(String, Option<Which>),
}

/// The page: a form, and the answer once a document is named.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let mut typed = visit.query().clone();
    if typed.given("find").is_some() {
        // The address or title was typed after the id came there.
        typed.remove("document");
    }
    let (mut troubles, mut blocks) = (Troubles::default(), Vec::new());
    match asked(&visit, &index, &typed).await? {
        Asked::Nothing(told) => troubles = told,
        Asked::Several(table) => blocks.push(table),
        Asked::One(document, which) => match explain(&visit, &index, &document, which.as_ref()).await {
            Ok(told) => blocks = told,
            Err(error) => troubles = Troubles::from_api(&error),
        },
    }
    let html = form(&index, visit.identity().role).render(visit.csrf(), &typed, &mut troubles);
    let rest = troubles.rest().into_iter().map(|sentence| Notice::new(Tone::Bad, &sentence));
    let screen = Screen::new("Who sees a document, and why")
        .lead("A reader sees a document if every layer lets them in: the site, the space, and each restriction above it and on it.")
        .crumb("/console/indices", "Indices")
        .crumb(&index.href(""), index.name())
        .crumb(&index.href("search"), "Search indexed content")
        .notices(rest);
    let screen = blocks.into_iter().fold(screen, Screen::block).block(html);
    Ok(visit.page(&screen, Some(&index)))
}

fn form(index: &InIndex, role: Role) -> Form {
    // Titles are content, which an auditor does not read.
    let (label, more) = match role {
        Role::Auditor => ("Page address", ""),
        Role::Administrator | Role::Searcher => ("Page address or title", " Or words of the title."),
    };
    let help = "The address as a browser or a result has it, of any document of the index, whoever may read it.";
    Form::search(&index.href("explain"), Button::primary("", "Explain")).section(
        Section::new("")
            .field(
                Field::text("find", label)
                    .placeholder("https://example.atlassian.net/wiki/spaces/HR/pages/123456/Pay+days")
                    .help(&format!("{help}{more}")),
            )
            .field(Field::text("document", "Document ID").optional().help(
                "Instead of the address, as results and reports show it: `confluence/<data source>/<page, blog, comment or attachment>/<id>`.",
            ))
            .field(Field::text("user", "User name").optional().placeholder("ada@example.com"))
            .field(Field::text("groups", "Groups").optional().help("Separated by commas.")),
    )
}

async fn asked(visit: &Visit, index: &InIndex, typed: &Fields) -> Result<Asked, ApiError> {
    let Some(find) = typed.given("find") else {
        return Ok(match typed.given("document") {
            Some(id) => {
                // Whether there is such a document, the explanation says.
                let known = which::find(visit, index, id).await.map_or_else(|_| Vec::new(), |found| found.documents);
                Asked::One(id.to_owned(), known.into_iter().find(|known| known.id == id))
            }
            // A link that leads here asks nothing yet; a form that was sent does.
            None if typed.has("find") => Asked::Nothing(Troubles::default().about("find", EMPTY)),
            None => Asked::Nothing(Troubles::default()),
        });
    };
    let mut matches = match which::find(visit, index, find).await {
        Ok(matches) => matches,
        Err(error) if error.kind == ErrorKind::Validation => {
            return Ok(Asked::Nothing(Troubles::default().about("find", NO_TITLES)));
        }
        Err(error) => return Err(error),
    };
    Ok(match matches.documents.len() {
        0 => Asked::Nothing(Troubles::default().about("find", &matches.nothing(find))),
        1 => {
            let which = matches.documents.remove(0);
            Asked::One(which.id.clone(), Some(which))
        }
        _ => Asked::Several(matches.table(index, typed)),
    })
}

async fn explain(visit: &Visit, index: &InIndex, document: &str, which: Option<&Which>) -> Result<Vec<Html>, ApiError> {
    let question = Question::read(visit.query());
    let mut body = json!({ "documentId": document, "groups": question.groups });
    if !question.user.is_empty() {
        body["user"] = question.user.as_str().into();
    }
    let told = visit.v1("POST", &["indices", &index.id, "explain"], &Fields::default(), Some(body)).await?;
    Ok(explained::blocks(&told, &question, index, which))
}
