//! *Preview*: what a dry run found: documents, spaces, who could see them.

use sangam_api::{ApiError, ErrorKind};
use serde_json::Value;

use super::place::Source;
use super::runs::Job;
use crate::view::{Cell, Facts, Html, Lines, Message, Table, prose};
use crate::visit::Visit;

/// Rows of each table: the largest are first.
const ROWS: usize = 50;

/// The blocks of a dry run's page; none until it has ended.
pub(super) async fn blocks(visit: &Visit, source: &Source, job: &Job) -> Result<Vec<Html>, ApiError> {
    if job.is_running() {
        return Ok(vec![said("What a sync would do is shown here when the preview has ended.")]);
    }
    let found = source.v1(visit, "GET", &["jobs", job.text("executionId"), "preview"], &[]).await;
    match found {
        Ok(Value::Null) => Ok(vec![said("It ended before it found anything.")]),
        Ok(found) => {
            let mut blocks = vec![documents(&found)];
            blocks.extend(warnings(&found));
            blocks.extend([spaces(&found), people(&found), groups(&found), hidden(&found)]);
            Ok(blocks)
        }
        Err(error) if error.kind == ErrorKind::AccessDenied => {
            Ok(vec![said("What it found names people and what each could read. Your role may not see that.")])
        }
        Err(error) => Err(error),
    }
}

fn said(text: &str) -> Html {
    Message { text, links: &[] }.render()
}

fn number(value: &Value, name: &str) -> Html {
    Cell::number(value[name].as_i64().unwrap_or_default())
}

fn documents(found: &Value) -> Html {
    let (documents, deletions) = (&found["documents"], &found["deletions"]);
    let deleted = ["hidden", "removed", "excluded"].map(|name| deletions[name].as_i64().unwrap_or_default());
    let mut facts = Facts::new("What a sync would do")
        .fact("Would be added", number(documents, "added"))
        .fact("Would be changed", number(documents, "changed"))
        .fact("Would be deleted", Cell::number(deleted.iter().sum()))
        .fact("Would stay as they are", number(documents, "unchanged"))
        .fact("People that were found", number(found, "nPeople"))
        .fact("Groups that were found", number(found, "nGroups"));
    if deletions["heldBackByGuard"] == true {
        facts = facts.fact("Deletion protection", Cell::text("It would hold the deletions back."));
    }
    if deletions["nothingSeen"] == true {
        facts = facts.fact("Nothing was seen", Cell::text("The sync would fail and delete nothing."));
    }
    facts.render()
}

/// What the preview could not find out, and what a sync would leave out.
fn warnings(found: &Value) -> Vec<Html> {
    let titles = [("incomplete", "Not read to the end"), ("warnings", "Warnings")];
    let table = |(name, title): (&str, &'static str)| {
        let sentences = found[name].as_array().into_iter().flatten().filter_map(Value::as_str).take(ROWS);
        let rows: Vec<Html> = sentences.map(|sentence| prose(&capitalised(sentence))).collect();
        let filled = rows.into_iter().fold(Table::new(title, &["What"], ""), |table, row| table.row(vec![row]));
        found[name].as_array().is_some_and(|all| !all.is_empty()).then(|| filled.render())
    };
    titles.into_iter().filter_map(table).collect()
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn spaces(found: &Value) -> Html {
    let mut table = Table::new(
        "Spaces",
        &[
            "Space key",
            "Added",
            "Changed",
            "Unchanged",
            "People who could read",
            "Public documents",
            "Hidden documents",
        ],
        "There are no documents in the sync scope.",
    );
    let spaces = found["spaces"].as_object();
    for (key, space) in spaces.into_iter().flatten().take(ROWS) {
        let key = if key.is_empty() { Cell::muted("in no space") } else { Lines::stranger(key) };
        table = table.row(vec![
            key,
            number(&space["documents"], "added"),
            number(&space["documents"], "changed"),
            number(&space["documents"], "unchanged"),
            number(space, "nPeople"),
            number(space, "nPublic"),
            number(space, "nHidden"),
        ]);
    }
    table.render()
}

fn people(found: &Value) -> Html {
    let columns = &["Person", "Account", "Documents"];
    let mut table = Table::new("Who could see how much", columns, "Nobody could see a document that is not public.");
    for person in rows(found, "people") {
        table = table.row(vec![
            Lines::stranger(person["name"].as_str().unwrap_or_default()),
            Cell::code(person["id"].as_str().unwrap_or_default()),
            number(person, "nDocuments"),
        ]);
    }
    table.render()
}

fn groups(found: &Value) -> Html {
    let columns = &["Group", "Documents that are not public"];
    let mut table = Table::new("What groups open", columns, "No group opens a document.");
    for group in rows(found, "groups") {
        table =
            table.row(vec![Lines::stranger(group["name"].as_str().unwrap_or_default()), number(group, "nDocuments")]);
    }
    table.render()
}

fn hidden(found: &Value) -> Html {
    let columns = &["Why", "Documents"];
    let mut table = Table::new("Documents that nobody could see", columns, "There are none.");
    for gap in rows(found, "hidden") {
        table = table.row(vec![Lines::stranger(gap["reason"].as_str().unwrap_or_default()), number(gap, "nDocuments")]);
    }
    table.render()
}

fn rows<'f>(found: &'f Value, name: &str) -> impl Iterator<Item = &'f Value> {
    found[name].as_array().into_iter().flatten().take(ROWS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_strangers_are_text_and_all_deletions_are_counted() {
        let found = json!({ "deletions": { "hidden": 1, "removed": 2, "excluded": 3 }, "spaces": { "<b>": {} },
            "people": [{ "name": "<i>", "id": "<u>", "nDocuments": 3 }], "hidden": [{ "reason": "<s>" }] });
        let html: String = [documents(&found), spaces(&found), people(&found), groups(&found), hidden(&found)]
            .map(Html::into_string)
            .concat();
        assert!(html.contains("<dd>6</dd>"), "{html}");
        for tag in ["<b>", "<i>", "<u>", "<s>"] {
            assert!(!html.contains(tag), "{tag}");
        }
    }
}
