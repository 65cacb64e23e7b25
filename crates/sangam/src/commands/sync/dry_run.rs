//! `sangam sync --dry-run`: what a sync would do, and who could see it.

use sangam_sync::{Deletions, Preview, TypeCounts};

use super::{Target, told};
use crate::client::Client;
use crate::failure::{Exit, Failure};
use crate::output::{Output, printable, thousands};

/// Spaces, people, groups and reasons that are shown each; `--json` has more.
const SHOWN: usize = 20;

/// Runs a dry run and shows what it found.
pub(super) async fn run(client: &Client, target: &Target, output: &Output) -> Result<Exit, Failure> {
    let id = told::start(client, target, "dry-run", &serde_json::json!({})).await?;
    let Some(job) = told::ended(client, target, &id, output).await? else { return Ok(Exit::No) };
    let found = told::preview(client, target, &id).await?;
    if output.is_json() {
        output.json(&found)?;
    } else if !found.is_null() {
        let found: Preview = serde_json::from_value(found).map_err(Failure::failed)?;
        output.line(tell(&found))?;
    }
    told::verdict(&job)
}

/// The whole answer, several lines.
fn tell(found: &Preview) -> String {
    let mut lines = vec![format!(
        "A sync would see {} documents: {}.",
        thousands(found.documents.total()),
        counts(&found.documents)
    )];
    lines.extend(deletions(&found.deletions));
    lines.push(String::new());
    lines.push(format!(
        "{:<16}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "SPACE", "ADDED", "CHANGED", "SAME", "PEOPLE", "PUBLIC", "HIDDEN"
    ));
    for (key, space) in found.spaces.iter().take(SHOWN) {
        let key = if key.is_empty() { "-".to_owned() } else { printable(key) };
        let numbers = [
            space.documents.added,
            space.documents.changed,
            space.documents.unchanged,
            space.n_people,
            space.n_public,
            space.n_hidden,
        ];
        let cells = numbers.map(|number| format!("{:>10}", thousands(number)));
        lines.push(format!("{key:<16}{}", cells.concat()));
    }
    lines.extend(more(found.spaces.len(), "spaces"));
    if found.n_people_left_out > 0 {
        lines.push(format!(
            "Of {} active accounts only the first {} were evaluated: PEOPLE counts those, and HIDDEN only what could not be read.",
            thousands(found.n_people_evaluated + found.n_people_left_out),
            thousands(found.n_people_evaluated)
        ));
    }
    if found.n_groups_left_out > 0 {
        lines.push(format!("{} groups were not evaluated: they are too many.", thousands(found.n_groups_left_out)));
    }
    if !found.hidden.is_empty() {
        lines.push("\nVisible to nobody:".to_owned());
        let told = found.hidden.iter().take(SHOWN);
        lines.extend(told.map(|gap| format!("  {} documents: {}", thousands(gap.n_documents), printable(&gap.reason))));
    }
    section(&mut lines, "People and what they could read:", &found.people, |person| (&person.name, person.n_documents));
    section(&mut lines, "Groups and what they alone open:", &found.groups, |group| (&group.name, group.n_documents));
    lines.extend(
        found
            .incomplete
            .iter()
            .take(SHOWN)
            .map(|place| format!("Not counted, because its listing broke off: {}", printable(place))),
    );
    lines.extend(found.warnings.iter().take(SHOWN).map(|warning| format!("Warning: {}", printable(warning))));
    lines.join("\n")
}

fn section<T>(lines: &mut Vec<String>, title: &str, all: &[T], told: impl Fn(&T) -> (&String, u64)) {
    if all.is_empty() {
        return;
    }
    lines.push(format!("\n{title}"));
    for one in all.iter().take(SHOWN) {
        let (name, n_documents) = told(one);
        lines.push(format!("  {:<30}{:>10}", printable(name), thousands(n_documents)));
    }
    lines.extend(more(all.len(), "more, with --json"));
}

fn more(n: usize, what: &str) -> Option<String> {
    (n > SHOWN).then(|| format!("  … and {} {what}", n - SHOWN))
}

fn counts(counts: &TypeCounts) -> String {
    format!(
        "{} added, {} changed, {} as they are",
        thousands(counts.added),
        thousands(counts.changed),
        thousands(counts.unchanged)
    )
}

fn deletions(deletions: &Deletions) -> Vec<String> {
    let n_gone = deletions.hidden + deletions.removed;
    let mut lines = Vec::new();
    if deletions.nothing_seen {
        return vec!["Nothing of what is indexed was seen: the sync would fail and remove nothing.".to_owned()];
    }
    if n_gone > 0 {
        lines.push(format!(
            "Deleted: {}, of which {} are removed at once and {} are hidden first.",
            thousands(n_gone),
            thousands(deletions.removed),
            thousands(deletions.hidden)
        ));
    }
    if deletions.held_back_by_guard {
        lines.push("The deletion guard would hold these back, and the sync would end as INCOMPLETE.".to_owned());
    }
    if deletions.excluded > 0 {
        lines.push(format!("Left out by the configuration and removed: {}.", thousands(deletions.excluded)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_would_happen_and_to_whom() {
        let found: Preview = serde_json::from_value(serde_json::json!({
            "documents": { "added": 1200, "changed": 1, "unchanged": 3 },
            "deletions": { "hidden": 2, "removed": 1, "heldBackByGuard": true },
            "spaces": { "ENG": { "documents": { "added": 1200 }, "nPeople": 7, "nPublic": 5, "nHidden": 1 } },
            "people": [{ "id": "ada", "name": "Ada", "nDocuments": 1199 }],
            "nPeopleEvaluated": 5000, "nPeopleLeftOut": 1234, "nGroupsLeftOut": 2,
            "hidden": [{ "reason": "its access could not be read", "nDocuments": 1 }]
        }))
        .unwrap();
        let told = tell(&found);
        for part in [
            "A sync would see 1,204 documents: 1,200 added, 1 changed, 3 as they are.",
            "Deleted: 3, of which 1 are removed at once and 2 are hidden first.",
            "guard would hold these back",
            "Of 6,234 active accounts only the first 5,000 were evaluated",
            "2 groups were not evaluated",
            "ENG                  1,200         0         0         7         5         1",
            "  Ada                                1,199",
            "  1 documents: its access could not be read",
        ] {
            assert!(told.contains(part), "{told}");
        }
    }
}
