//! *Facet definition*: what the fields of an index are used for, and new ones.

use axum::extract::Path;
use serde_json::{Map, Value, json};

use super::text::{KINDS, kind_name};
use crate::answer::{self, Answer};
use crate::failed::Done;
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Action, Button, Cell, Field, Form, Html, Matrix, MatrixRow, Opt, Screen, Section, Table, Tone};
use crate::visit::{InIndex, Visit};

/// What a field can be used for: members of `Search`, and what Kendra's console calls them.
const USES: &[&str] = &["Displayable", "Searchable", "Facetable", "Sortable"];
/// The form's name of the table.
const TABLE: &str = "fields";
/// The type of which nothing can be sorted.
const STRING_LIST: &str = "STRING_LIST_VALUE";

const ABOUT: &str = "Displayable: results show it. Searchable: the words of a query are looked for in it. Facetable: its values are counted \
                     and can be chosen. Sortable: results can be ordered by it, except by string lists.";

/// The fields on the index's page.
pub(super) fn table(visit: &Visit, index: &InIndex) -> Html {
    let mut columns = vec!["Index field", "Data type"];
    columns.extend(USES);
    let mut table = Table::new("Facet definition", &columns, "This index has no fields.");
    if visit.may_change() {
        table = table
            .action(Action::plain(&index.href("fields"), "Edit fields"))
            .action(Action::plain(&index.href("fields/new"), "Add field"));
    }
    for field in fields(index) {
        let mut row = vec![Cell::code(text(field, "Name")), Cell::text(kind_name(text(field, "Type")))];
        let is_used =
            |used: &&str| if field["Search"][*used] == true { Cell::badge(Tone::Good, "yes") } else { Cell::text("") };
        row.extend(USES.iter().map(is_used));
        table = table.row(row);
    }
    table.counted().render()
}

/// The form, as the fields are now.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let mut now = Fields::default();
    now.push("_seen", &super::version(&index.described));
    Ok(page(&visit, &index, &now, Troubles::default(), false))
}

/// The changes. Whoever edits an older state than there is now is told, and nothing is overwritten.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let typed = visit.form();
    if typed.last("_seen") != super::version(&index.described) {
        let mut typed = typed.clone();
        typed.set("_seen", &super::version(&index.described));
        return Ok(page(&visit, &index, &typed, Troubles::of(super::CHANGED), true));
    }
    let updates: Vec<Value> = fields(&index).filter_map(|field| update(field, typed)).collect();
    if updates.is_empty() {
        return Ok(answer::see_other(&format!("{}?said=unchanged", index.href(""))));
    }
    let input = json!({ "Id": id, "DocumentMetadataConfigurationUpdates": updates });
    match visit.call("kendra:UpdateIndex", input).await {
        Ok(_) => Ok(answer::see_other(&format!("{}?said=fields", index.href("")))),
        Err(error) => Ok(page(&visit, &index, typed, Troubles::from_api(&error).all_about(TABLE), true)),
    }
}

/// The form of a new field.
pub(super) async fn new(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    Ok(new_page(&visit, &index, Troubles::default(), false))
}

/// A new field.
pub(super) async fn add(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let name = visit.form().last("name");
    // The operation would take it for a change of the field that there is.
    if fields(&index).any(|field| text(field, "Name") == name) {
        let troubles = Troubles::default()
            .about("name", "The index has a field of that name. Edit that one, or choose another name.");
        return Ok(new_page(&visit, &index, troubles, true));
    }
    if visit.form().last("type") == STRING_LIST && visit.form().checked("Sortable", false) {
        let troubles = Troubles::default().about("Sortable", "Results cannot be ordered by a string list.");
        return Ok(new_page(&visit, &index, troubles, true));
    }
    match visit.call("kendra:UpdateIndex", added(&id, visit.form())).await {
        Ok(_) => Ok(answer::see_other(&format!("{}?said=added", index.href("")))),
        Err(error) => Ok(new_page(&visit, &index, Troubles::from_api(&error).all_about("name"), true)),
    }
}

fn fields(index: &InIndex) -> impl Iterator<Item = &Value> {
    index.described["DocumentMetadataConfigurations"].as_array().into_iter().flatten()
}

fn text<'a>(field: &'a Value, name: &str) -> &'a str {
    field[name].as_str().unwrap_or_default()
}

/// Whether a field can be used so at all.
fn can_be(field: &Value, used: &str) -> bool {
    used != "Sortable" || text(field, "Type") != STRING_LIST
}

/// The change of a field, if a box of it was ticked or cleared.
fn update(field: &Value, typed: &Fields) -> Option<Value> {
    let name = text(field, "Name");
    let is_used = |used: &str| field["Search"][used] == true;
    let wanted = |used: &str| Matrix::has(TABLE, name, used, is_used(used), typed);
    let can = USES.iter().filter(|used| can_be(field, used));
    let changed: Map<String, Value> = can
        .filter(|used| wanted(used) != is_used(used))
        .map(|used| ((*used).to_owned(), wanted(used).into()))
        .collect();
    (!changed.is_empty()).then(|| json!({ "Name": name, "Type": field["Type"], "Search": changed }))
}

/// The input of `UpdateIndex` that adds a field.
fn added(id: &str, typed: &Fields) -> Value {
    let search: Map<String, Value> =
        USES.iter().map(|used| ((*used).to_owned(), typed.checked(used, false).into())).collect();
    let field = json!({ "Name": typed.last("name"), "Type": typed.last("type"), "Search": search });
    json!({ "Id": id, "DocumentMetadataConfigurationUpdates": [field] })
}

fn page(visit: &Visit, index: &InIndex, typed: &Fields, mut troubles: Troubles, refused: bool) -> Answer {
    let row = |field: &Value| MatrixRow {
        key: text(field, "Name").to_owned(),
        cells: vec![text(field, "Name").to_owned(), kind_name(text(field, "Type")).to_owned()],
        ticks: USES.iter().map(|used| can_be(field, used).then_some(field["Search"][*used] == true)).collect(),
    };
    let matrix = Matrix {
        name: TABLE,
        label: "Facet definition",
        columns: &["Index field", "Data type"],
        ticks: USES,
        rows: fields(index).map(row).collect(),
    };
    let form = Form::new(&index.href("fields"), Button::primary("save", "Save changes"))
        .cancel(&index.href(""))
        .hidden("_seen", typed.last("_seen"))
        .section(Section::new("").about(ABOUT).matrix(matrix));
    let html = form.render(visit.csrf(), typed, &mut troubles);
    let screen = screen("Edit fields", index).action(Action::plain(&index.href("fields/new"), "Add field"));
    visit.form_page(screen, html, &mut troubles, refused, Some(index))
}

fn new_page(visit: &Visit, index: &InIndex, mut troubles: Troubles, refused: bool) -> Answer {
    let kinds = KINDS.iter().map(|(kind, label)| Opt::new(kind, label, "")).collect();
    let check = |used: &'static str, default: &str| Field::check(used, used).default(default);
    let form = Form::new(&index.href("fields/new"), Button::primary("add", "Add")).cancel(&index.href("")).section(
        Section::new("")
            .about("A field has to be there before documents use it, and its type stays.")
            .field(
                Field::text("name", "Field name")
                    .placeholder("cf_team")
                    .help("Up to 30 letters, digits, - and _. Names that begin with _ are reserved."),
            )
            .field(Field::select("type", "Data type", kinds))
            .field(check("Displayable", "on").help("Results show it."))
            .field(check("Searchable", "off").help("The words of a query are looked for in it."))
            .field(check("Facetable", "off").help("Its values are counted and can be chosen."))
            .field(check("Sortable", "off").help("Results can be ordered by it, except by string lists.")),
    );
    if refused {
        visit.will_call("kendra:UpdateIndex", &added(&index.id, visit.form()));
    }
    let html = form.render(visit.csrf(), visit.form(), &mut troubles);
    visit.form_page(screen("Add field", index), html, &mut troubles, refused, Some(index))
}

fn screen(title: &str, index: &InIndex) -> Screen {
    Screen::new(title).crumb("/console/indices", "Indices").crumb(&index.href(""), index.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_changed_by_the_boxes_that_were_changed() {
        let field = json!({
            "Name": "_authors", "Type": STRING_LIST,
            "Search": { "Displayable": true, "Searchable": false, "Facetable": false, "Sortable": false },
        });
        let change = |typed: &str| update(&field, &Fields::parse(typed)).map(|update| update["Search"].clone());
        assert_eq!(change(""), None, "a row that was not shown stays");
        assert_eq!(change("fields=_authors&fields=_authors%3ADisplayable"), None);
        assert_eq!(change("fields=_authors&fields=_authors%3ASortable"), Some(json!({ "Displayable": false })));
        let both = change("fields=_authors&fields=_authors%3ADisplayable&fields=_authors%3AFacetable");
        assert_eq!(both, Some(json!({ "Facetable": true })));
    }

    #[test]
    fn a_new_field_says_of_each_use_whether_it_is_meant() {
        let typed = Fields::parse("name=team&type=STRING_VALUE&Displayable=off&Displayable=on&Facetable=off");
        let input = added("i", &typed);
        let search = json!({ "Displayable": true, "Searchable": false, "Facetable": false, "Sortable": false });
        let field = json!({ "Name": "team", "Type": "STRING_VALUE", "Search": search });
        assert_eq!(input, json!({ "Id": "i", "DocumentMetadataConfigurationUpdates": [field] }));
    }
}
