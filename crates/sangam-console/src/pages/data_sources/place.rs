//! A data source that a page is about, and where its pages are.

use sangam_api::ApiError;
use serde_json::{Value, json};

use crate::fields::{Fields, segment};
use crate::view::Screen;
use crate::visit::{InIndex, Visit};

/// A data source with its index.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) index: InIndex,
    pub(super) id: String,
    /// What `DescribeDataSource` answered.
    pub(super) described: Value,
}

/// What of a data source can be edited here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form<'s> {
    /// Everything: it has a template of the Confluence connector.
    Connector(&'s Value),
    /// All but its configuration, which is written elsewhere.
    Scheduled,
    /// Name, description and language: whoever puts its documents does the rest.
    Custom,
}

impl Source {
    /// Finds it.
    pub(super) async fn find(visit: &Visit, index: &str, id: &str) -> Result<Self, ApiError> {
        let index = visit.index(index).await?;
        let described = visit.call("kendra:DescribeDataSource", json!({ "IndexId": index.id, "Id": id })).await?;
        Ok(Self { index, id: id.to_owned(), described })
    }

    /// A member that is a text.
    pub(super) fn text(&self, name: &str) -> &str {
        self.described[name].as_str().unwrap_or_default()
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        self.text("Name")
    }

    /// The template of a connector of the second generation, if it has one.
    pub(super) fn template(&self) -> Option<&Value> {
        let template = &self.described["Configuration"]["TemplateConfiguration"]["Template"];
        template.is_object().then_some(template)
    }

    /// What *Edit* asks of it.
    pub(super) fn form(&self) -> Form<'_> {
        let is_ours = |template: &&Value| matches!(template["type"].as_str(), Some("CONFLUENCEV2" | "CONFLUENCE"));
        match self.template().filter(is_ours) {
            Some(template) => Form::Connector(template),
            None if self.can_sync() => Form::Scheduled,
            None => Form::Custom,
        }
    }

    /// Whether this server can sync it.
    pub(super) fn can_sync(&self) -> bool {
        self.text("Type") != "CUSTOM"
    }

    /// The address of a page of it; empty for its own.
    pub(super) fn href(&self, below: &str) -> String {
        let id = segment(&self.id);
        let slash = if below.is_empty() { "" } else { "/" };
        self.index.href(&format!("data-sources/{id}{slash}{below}"))
    }

    /// What `IndexId` and `Id` are.
    pub(super) fn ids(&self) -> Value {
        json!({ "IndexId": self.index.id, "Id": self.id })
    }

    /// A page below it.
    pub(super) fn screen(&self, title: &str) -> Screen {
        self.above(title).crumb(&self.href(""), self.name())
    }

    /// A page with the way to it, without itself.
    pub(super) fn above(&self, title: &str) -> Screen {
        Screen::new(title)
            .crumb("/console/indices", "Indices")
            .crumb(&self.index.href(""), self.index.name())
            .crumb(&self.index.href("data-sources"), "Data sources")
    }

    /// Calls an endpoint about it; `below` are the segments after its id.
    pub(super) async fn v1(
        &self,
        visit: &Visit,
        method: &str,
        below: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Value, ApiError> {
        let mut path = vec!["indices", &self.index.id, "data-sources", &self.id];
        path.extend_from_slice(below);
        let mut fields = Fields::default();
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            fields.push(name, value);
        }
        visit.v1(method, &path, &fields, (method == "POST").then(|| json!({}))).await
    }
}
