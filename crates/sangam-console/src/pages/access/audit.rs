//! The audit trail.

use sangam_api::ErrorKind;
use serde_json::Value;

use crate::failed::Done;
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Button, Cell, Field, Form, Notice, Screen, Section, Table, Tone};
use crate::visit::Visit;

/// Events on one page.
const PAGE: usize = 100;

/// Events, newest first.
pub(super) async fn list(visit: Visit) -> Done {
    let mut query = Fields::default();
    query.push("limit", &PAGE.to_string());
    for name in ["after", "actor", "action", "from", "until"] {
        if let Some(value) = visit.query().given(name) {
            query.push(name, value);
        }
    }
    let mut troubles = Troubles::default();
    let listed = match visit.v1("GET", &["audit"], &query, None).await {
        Ok(listed) => listed,
        Err(error) if error.kind == ErrorKind::Validation => {
            troubles = Troubles::from_api(&error);
            Value::Null
        }
        Err(error) => return Err(error.into()),
    };
    let events: Vec<_> = listed["events"].as_array().into_iter().flatten().collect();
    let mut table = Table::new(
        "Events",
        &["When", "Who", "What", "Of what", "From", "Outcome"],
        "Nothing is recorded that fits. Changes, sign-ins, reads of secrets and questions about access are.",
    );
    for event in &events {
        let text = |name: &str| event[name].as_str().unwrap_or_default();
        let tone = if text("outcome") == "ok" { Tone::Good } else { Tone::Bad };
        table = table.row(vec![
            Cell::time(event["at"].as_i64()),
            Cell::text(&who(text("name"), text("actor"))),
            Cell::text(text("action")),
            Cell::code(text("subject")),
            Cell::text(text("address")),
            Cell::badge(tone, text("outcome")),
        ]);
    }
    let last = events.last().filter(|_| events.len() == PAGE).and_then(|event| event["seq"].as_i64());
    let next = last.map(|seq| {
        let mut query = visit.query().clone();
        query.set("after", &seq.to_string());
        format!("/console/audit?{}", query.encode())
    });
    let filter = Form::search("/console/audit", Button::primary("", "Filter")).section(
        Section::new("")
            .field(Field::text("actor", "Who").optional().placeholder("local:ada"))
            .field(Field::text("action", "What").optional().placeholder("CreateIndex"))
            .field(Field::text("from", "From day").optional().placeholder("2026-11-01").help("In UTC."))
            .field(Field::text("until", "Until day").optional().placeholder("2026-11-30")),
    );
    let html = filter.render(visit.csrf(), visit.query(), &mut troubles);
    let rest = troubles.rest().into_iter().map(|sentence| Notice::new(Tone::Bad, &sentence));
    let screen = Screen::new("Audit trail")
        .notices(rest)
        .lead("Every change and every sign-in: who, when, what, from where. Values, documents and questions are never recorded.")
        .block(html)
        .block(table.next(next).render());
    Ok(visit.page(&screen, None))
}

/// A name and what it stands for: two people may have one name, and a link is not a person.
fn who(name: &str, actor: &str) -> String {
    if name.is_empty() || name == actor { actor.to_owned() } else { format!("{name} ({actor})") }
}
