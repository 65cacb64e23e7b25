//! *Search page*: which indices, data sources and facets it shows.

use axum::extract::Path;
use sangam_identity::Role;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::answer::{self, Answer};
use crate::failed::{Done, Failed};
use crate::fields::{Fields, segment};
use crate::hits::label;
use crate::trouble::Troubles;
use crate::view::{Action, Button, Cell, Facts, Form, Html, Opt, Screen, Section, Table, ticks};
use crate::visit::Visit;

/// Where it is.
pub(super) const PATH: &str = "/console/search-page";
/// Indices and sources on this page; the setting itself takes fewer.
const LISTED_MAX: u32 = 100;
/// Joins an index and one of its data sources in a form.
const JOIN: char = '/';
/// Fields that make results worth looking at, with what a fresh index does not use them for: showing, and counting where it is a text.
const FIELDS: [(&str, &str, bool); 6] = [
    ("_authors", "STRING_LIST_VALUE", true),
    ("_category", "STRING_VALUE", true),
    ("_file_type", "STRING_VALUE", true),
    ("_data_source_id", "STRING_VALUE", true),
    ("_created_at", "DATE_VALUE", false),
    ("_last_updated_at", "DATE_VALUE", false),
];

/// An index as this page knows it.
struct Known {
    id: String,
    name: String,
    described: Value,
    sources: Vec<(String, String)>,
}

/// The form as it is set now.
pub(super) async fn show(visit: Visit) -> Done {
    let set = visit.v1("GET", &["search-page"], &Fields::default(), None).await?;
    let known = known(&visit).await?;
    if visit.identity().role != Role::Administrator {
        return Ok(visit.page(&screen(&visit, &known).block(facts(&set, &known)), None));
    }
    Ok(form(&visit, &known, &typed(&set), Troubles::default(), false))
}

/// The changes.
pub(super) async fn submit(visit: Visit) -> Done {
    let known = known(&visit).await?;
    let now = version(&visit.v1("GET", &["search-page"], &Fields::default(), None).await?);
    if visit.form().last("_seen") != now {
        let mut typed = visit.form().clone();
        typed.set("_seen", &now);
        let trouble = "Somebody else has changed the search page meanwhile. Save again to overwrite it.";
        return Ok(form(&visit, &known, &typed, Troubles::of(trouble), true));
    }
    let body = setting(visit.form(), &known);
    match visit.v1("PUT", &["search-page"], &Fields::default(), Some(body)).await {
        Ok(_) => Ok(answer::see_other(&format!("{PATH}?said=saved"))),
        Err(error) => Ok(form(&visit, &known, visit.form(), Troubles::from_api(&error), true)),
    }
}

/// Has an index show and count what results are made of.
pub(super) async fn show_fields(Path(id): Path<String>, visit: Visit) -> Done {
    let field = |(name, kind, is_counted): &(&str, &str, bool)| {
        let mut search = json!({ "Displayable": true });
        if *is_counted {
            search["Facetable"] = true.into();
        }
        json!({ "Name": name, "Type": kind, "Search": search })
    };
    let updates: Vec<Value> = FIELDS.iter().map(field).collect();
    visit.call("kendra:UpdateIndex", json!({ "Id": id, "DocumentMetadataConfigurationUpdates": updates })).await?;
    Ok(answer::see_other(&format!("{PATH}?said=fields")))
}

async fn known(visit: &Visit) -> Result<Vec<Known>, Failed> {
    let listed = visit.call("kendra:ListIndices", json!({ "MaxResults": LISTED_MAX })).await?;
    let mut known = Vec::new();
    for index in listed["IndexConfigurationSummaryItems"].as_array().into_iter().flatten() {
        let id = index["Id"].as_str().unwrap_or_default();
        if index["Status"] != "ACTIVE" {
            continue;
        }
        let described = visit.call("kendra:DescribeIndex", json!({ "Id": id })).await?;
        let input = json!({ "IndexId": id, "MaxResults": LISTED_MAX });
        let sources = visit.call("kendra:ListDataSources", input).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let sources = sources["SummaryItems"].as_array().into_iter().flatten();
        known.push(Known {
            id: id.to_owned(),
            name: text(&index["Name"]),
            sources: sources.map(|source| (text(&source["Id"]), text(&source["Name"]))).collect(),
            described,
        });
    }
    Ok(known)
}

/// The setting as the form's fields.
fn typed(set: &Value) -> Fields {
    let mut typed = Fields::default();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    for index in set["indices"].as_array().into_iter().flatten() {
        let id = index["id"].as_str().unwrap_or_default();
        typed.push("index", id);
        for source in texts(&index["sources"]) {
            typed.push("source", &format!("{id}{JOIN}{source}"));
        }
    }
    for facet in texts(&set["facets"]) {
        typed.push("facet", &facet);
    }
    typed.push("_seen", &version(set));
    typed
}

/// What tells one state of the setting from another.
fn version(set: &Value) -> String {
    Sha256::digest(set.to_string()).iter().map(|byte| char::from(b'a' + byte % 16)).collect()
}

/// The form's fields as the setting. A data source that is ticked brings its index along; where some index is left out, every one that is
/// shown has to be named.
fn setting(typed: &Fields, known: &[Known]) -> Value {
    let (ticked, sources) = (typed.all("index"), typed.all("source"));
    let of = |id: &str| -> Vec<&str> {
        sources
            .iter()
            .filter_map(|both| both.split_once(JOIN))
            .filter(|(index, _)| *index == id)
            .map(|(_, it)| it)
            .collect()
    };
    let all = ticked.is_empty();
    let shown = known.iter().map(|index| index.id.as_str());
    let shown = shown.filter(|id| all || ticked.contains(id) || !of(id).is_empty());
    let indices: Vec<Value> = if all && sources.is_empty() {
        Vec::new()
    } else {
        shown.map(|id| json!({ "id": id, "sources": of(id) })).collect()
    };
    json!({ "indices": indices, "facets": typed.all("facet") })
}

fn form(visit: &Visit, known: &[Known], typed: &Fields, mut troubles: Troubles, refused: bool) -> Answer {
    let indices: Vec<Opt> = known.iter().map(|index| Opt::new(&index.id, &index.name, "")).collect();
    let help = "Nothing ticked: every index with a data source, new ones too.";
    let mut section =
        Section::new("Indices").html(ticks("index", "index", "Indices to choose from", help, &indices, typed));
    for index in known.iter().filter(|index| index.sources.len() > 1) {
        let option = |(id, name): &(String, String)| Opt::new(&format!("{}{JOIN}{id}", index.id), name, "");
        let options: Vec<Opt> = index.sources.iter().map(option).collect();
        let legend = format!("Data sources of {}", index.name);
        let help = "Nothing ticked: all of them, and documents of no data source.";
        let id = format!("source-{}", index.id);
        section = section.html(ticks(&id, "source", &legend, help, &options, typed));
    }
    let facets = ticks("facet", "facet", "Fields to narrow by", "Nothing ticked: all of these.", &facets(known), typed);
    let form = Form::new(PATH, Button::primary("save", "Save"))
        .hidden("_seen", typed.last("_seen"))
        .section(section)
        .section(Section::new("Facets").about("Fields that at least one index counts.").html(facets));
    let html = form.render(visit.csrf(), typed, &mut troubles);
    visit.form_page(screen(visit, known), html, &mut troubles, refused, None)
}

/// What is around the form.
fn screen(visit: &Visit, known: &[Known]) -> Screen {
    Screen::new("Search page")
        .lead("What colleagues find at /search. Each of them finds what they may read, whatever is set here.")
        .action(Action::plain(super::PATH, "Open the search page"))
        .notices(visit.said(&[
            ("saved", "The search page shows this from now on."),
            ("fields", "The index shows and counts these fields from now on."),
        ]))
        .block(fields_table(visit, known).render())
}

/// The setting, for whoever may not change it.
fn facts(set: &Value, known: &[Known]) -> Html {
    let list = |name: &str| set[name].as_array().cloned().unwrap_or_default();
    let name =
        |index: &Value| known.iter().find(|known| index["id"] == known.id.as_str()).map(|known| known.name.clone());
    let indices: Vec<String> = list("indices").iter().filter_map(name).collect();
    let facets: Vec<String> = list("facets").iter().filter_map(Value::as_str).map(label).collect();
    let or_all = |names: &[String], all: &str| if names.is_empty() { all.to_owned() } else { names.join(", ") };
    Facts::new("What is shown")
        .fact("Indices to choose from", Cell::text(&or_all(&indices, "every index with a data source")))
        .fact("Fields to narrow by", Cell::text(&or_all(&facets, "all that an index counts")))
        .render()
}

/// Texts and lists of texts that an index counts.
fn facets(known: &[Known]) -> Vec<Opt> {
    let fields = known.iter().flat_map(|index| fields(&index.described)).filter(|field| {
        let is_text = field["Type"] == "STRING_VALUE" || field["Type"] == "STRING_LIST_VALUE";
        is_text && field["Search"]["Facetable"] == true
    });
    let mut names: Vec<&str> = fields.filter_map(|field| field["Name"].as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| Opt::new(name, &label(name), name)).collect()
}

fn fields(described: &Value) -> impl Iterator<Item = &Value> {
    described["DocumentMetadataConfigurations"].as_array().into_iter().flatten()
}

/// What each index lets results show, and how to have it show more.
fn fields_table(visit: &Visit, known: &[Known]) -> Table {
    let mut table = Table::new("What results show", &["Index", "Shown", "Counted", ""], "No index is ready.");
    for index in known {
        let named = |use_of: &str| -> Vec<String> {
            let used = fields(&index.described).filter(|field| field["Search"][use_of] == true);
            used.filter_map(|field| field["Name"].as_str()).map(label).collect()
        };
        let lacks = FIELDS.iter().any(|(name, _, is_counted)| {
            let field = fields(&index.described).find(|field| field["Name"] == *name);
            field.is_some_and(|field| {
                field["Search"]["Displayable"] != true || (*is_counted && field["Search"]["Facetable"] != true)
            })
        });
        let action = format!("{PATH}/{}/fields", segment(&index.id));
        let may_change = visit.identity().role == Role::Administrator;
        table = table.row(vec![
            Cell::text(&index.name),
            Cell::text(&named("Displayable").join(", ")),
            Cell::text(&named("Facetable").join(", ")),
            if lacks && may_change {
                Action::post(&action, visit.csrf(), &[], "Show author, type and date", "plain")
            } else {
                Cell::text(" ")
            },
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(id: &str) -> Known {
        Known { id: id.into(), name: id.into(), described: Value::Null, sources: Vec::new() }
    }

    #[test]
    fn a_form_becomes_the_setting_and_comes_back() {
        let known = [known("a"), known("b")];
        let set = setting(&Fields::parse("index=a&source=a%2Fs1&source=a%2Fs2&facet=_category"), &known);
        let expected = json!({ "indices": [{ "id": "a", "sources": ["s1", "s2"] }], "facets": ["_category"] });
        assert_eq!(set, expected);
        assert_eq!(setting(&typed(&set), &known), expected);
    }

    #[test]
    fn nothing_ticked_is_everything() {
        let known = [known("a"), known("b")];
        assert_eq!(setting(&Fields::default(), &known), json!({ "indices": [], "facets": [] }));
        let narrowed = setting(&Fields::parse("source=a%2Fs1"), &known);
        assert_eq!(narrowed["indices"], json!([{ "id": "a", "sources": ["s1"] }, { "id": "b", "sources": [] }]));
    }
}
