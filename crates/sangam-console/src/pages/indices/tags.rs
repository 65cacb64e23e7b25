//! Tags of an index, and what tags of anything have in common.

use axum::extract::Path;
use sangam_api::ApiError;
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::failed::{Done, Failed};
use crate::fields::Fields;
use crate::trouble::Troubles;
use crate::view::{Action, Button, Cell, Form, Html, Rows, Screen, Section, Table};
use crate::visit::{InIndex, Visit};

/// Said to whoever edits older tags than there are now.
const CHANGED: &str =
    "Somebody else has changed the tags meanwhile. Compare what you typed with them, and save again to overwrite them.";

/// Rows for tags.
pub(crate) fn tags() -> Rows {
    Rows {
        name: "tags",
        label: "Tags",
        key_label: "Key",
        value_label: "Value",
        help: "Labels for people and tools. `sangam:` begins the names of those that this server reads.".to_owned(),
        hidden: false,
        optional: true,
        offered: Vec::new(),
    }
}

/// The tags that were typed, as the API takes them.
pub(crate) fn typed(typed: &Fields) -> Vec<Value> {
    Rows::read("tags", typed).iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

/// The tags of an answer, as a table with a way to edit them; `edit` is empty where nobody may.
pub(crate) fn table(tags: &Value, edit: &str, empty: &str) -> Html {
    let mut table = Table::new("Tags", &["Key", "Value"], empty);
    if !edit.is_empty() {
        table = table.action(Action::plain(edit, "Edit tags"));
    }
    for (key, value) in pairs(tags) {
        table = table.row(vec![Cell::text(key), Cell::text(value)]);
    }
    table.render()
}

/// *Edit tags* of something: TagResource and UntagResource, which both services have.
pub(crate) struct TagsForm<'a> {
    /// What `ListTagsForResource` or `DescribeSecret` answered.
    pub(crate) now: &'a Value,
    /// `kendra` or `secretsmanager`.
    pub(crate) service: &'static str,
    /// The member that names the resource, with its name.
    pub(crate) resource: Value,
    /// The list that it is in: address and title.
    pub(crate) list: (&'static str, &'static str),
    /// The address of its page; the form is at `tags` below it.
    pub(crate) at: String,
    /// What it is called.
    pub(crate) title: &'a str,
    /// The index that it is, if it is one.
    pub(crate) index: Option<&'a InIndex>,
}

impl TagsForm<'_> {
    /// The form, as the tags are now.
    pub(crate) fn show(&self, visit: &Visit) -> Answer {
        self.page(visit, &self.fields(), Troubles::default())
    }

    /// The changes. Whoever saw older tags is told, and nothing is overwritten.
    pub(crate) async fn submit(&self, visit: &Visit) -> Answer {
        let mut typed = visit.form().clone();
        let version = self.now.to_string();
        if typed.last("_go") != "save" {
            return self.page(visit, &typed, Troubles::default());
        }
        if typed.last("_seen") != version {
            typed.set("_seen", &version);
            return self.page(visit, &typed, Troubles::of(CHANGED));
        }
        match self.save(visit, &typed).await {
            Ok(()) => answer::see_other(&format!("{}?said=tags", self.at)),
            Err(error) => self.page(visit, &typed, Troubles::from_api(&error).all_about("tags")),
        }
    }

    /// What may be refused comes first.
    async fn save(&self, visit: &Visit, typed: &Fields) -> Result<(), ApiError> {
        let (put, gone) = self.changes(typed);
        for (operation, member, changes) in [("TagResource", "Tags", put), ("UntagResource", "TagKeys", gone)] {
            if !changes.is_empty() {
                let mut input = self.resource.clone();
                input[member] = changes.into();
                visit.call(&format!("{}:{operation}", self.service), input).await?;
            }
        }
        Ok(())
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::default();
        for (key, value) in pairs(self.now) {
            fields.push("tags_key", key);
            fields.push("tags_value", value);
        }
        fields.push("_seen", &self.now.to_string());
        fields
    }

    /// The tags to put, and the keys to take away.
    fn changes(&self, typed: &Fields) -> (Vec<Value>, Vec<Value>) {
        let (rows, now) = (Rows::read("tags", typed), self.now);
        let is_new = |(key, value): &&(String, String)| !pairs(now).any(|tag| tag == (key.as_str(), value.as_str()));
        let put = rows.iter().filter(is_new).map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        let gone = pairs(now).filter(|(key, _)| !rows.iter().any(|(kept, _)| kept == key));
        (put, gone.map(|(key, _)| key.into()).collect())
    }

    fn page(&self, visit: &Visit, typed: &Fields, mut troubles: Troubles) -> Answer {
        let refused = !troubles.is_empty();
        let help = format!("{} Empty both fields of a row to remove its tag.", tags().help);
        let html = Form::new(&format!("{}/tags", self.at), Button::primary("save", "Save changes"))
            .cancel(&self.at)
            .hidden("_seen", typed.last("_seen"))
            .section(Section::new("").rows(Rows { help, ..tags() }))
            .render(visit.csrf(), typed, &mut troubles);
        let screen = Screen::new("Edit tags").crumb(self.list.0, self.list.1).crumb(&self.at, self.title);
        visit.form_page(screen, html, &mut troubles, refused, self.index)
    }
}

fn pairs(tags: &Value) -> impl Iterator<Item = (&str, &str)> {
    tags.as_array().into_iter().flatten().map(|tag| {
        let text = |name: &str| tag[name].as_str().unwrap_or_default();
        (text("Key"), text("Value"))
    })
}

/// The tags of an index.
pub(super) async fn list(visit: &Visit, index: &InIndex) -> Result<Value, Failed> {
    let listed = visit.call("kendra:ListTagsForResource", json!({ "ResourceARN": arn(&index.id) })).await?;
    Ok(listed["Tags"].clone())
}

/// The form, as the tags are now.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let now = list(&visit, &index).await?;
    Ok(form(&index, &now).show(&visit))
}

/// The changes.
pub(super) async fn submit(Path(id): Path<String>, visit: Visit) -> Done {
    let index = visit.index(&id).await?;
    let now = list(&visit, &index).await?;
    Ok(form(&index, &now).submit(&visit).await)
}

fn form<'a>(index: &'a InIndex, now: &'a Value) -> TagsForm<'a> {
    TagsForm {
        now,
        service: "kendra",
        resource: json!({ "ResourceARN": arn(&index.id) }),
        list: ("/console/indices", "Indices"),
        at: index.href(""),
        title: index.name(),
        index: Some(index),
    }
}

/// The ARN of an index. Of one that comes in, only the end counts: region and account may be anybody's, as in what infrastructure
/// clients compose.
fn arn(index_id: &str) -> String {
    format!("arn:aws:kendra:us-east-1:000000000000:index/{index_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_put_and_what_is_gone_is_taken_away() {
        let now = json!([{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }, { "Key": "c", "Value": "" }]);
        let form = TagsForm {
            now: &now,
            service: "kendra",
            resource: json!({}),
            list: ("", ""),
            at: String::new(),
            title: "",
            index: None,
        };
        assert_eq!(form.changes(&form.fields()), (vec![], vec![]));
        let rows = "tags_key=a&tags_value=1&tags_key=b&tags_value=3&tags_key=&tags_value=&tags_key=d&tags_value=4";
        let put = vec![json!({ "Key": "b", "Value": "3" }), json!({ "Key": "d", "Value": "4" })];
        assert_eq!(form.changes(&Fields::parse(rows)), (put, vec![json!("c")]));
    }
}
