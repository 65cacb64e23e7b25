//! What the listings say about a document, to a document. Pure.

mod field;
mod fingerprint;

use std::{collections::HashMap, sync::Arc};

use sangam_sync::{Content, FieldValue, SourceDocument, Unchanged};

use crate::{
    config::{Entity, FieldMapping, Mappings},
    wire::{self, Version},
};

use field::convert;
pub(crate) use fingerprint::Fingerprint;

/// Changes with everything here that makes another document of the same item, so that all are made again.
const MAPPER_REVISION: &str = "2";

/// What is known of a space.
#[derive(Debug, Clone, Default)]
pub(crate) struct SpaceFacts {
    pub key: String,
    pub name: String,
    pub kind: String,
    pub description: String,
}

/// What is known of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileFacts {
    pub media_type: Option<String>,
    pub bytes: u64,
    pub comment: Option<String>,
    pub file_id: Option<String>,
    /// What it is attached to, where its bytes are.
    pub container_id: String,
}

/// A document without its text.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub entity: Entity,
    pub id: String,
    pub anchor: String,
    pub title: String,
    pub uri: String,
    pub status: String,
    pub version: Version,
    pub created_at: String,
    pub author_id: Option<String>,
    pub parent_id: Option<String>,
    pub labels: Vec<String>,
    /// Titles of what is above, from the top down; only if they are mapped.
    pub ancestors: Vec<String>,
    /// Ids of people whom the text mentions, each once; only if they are mapped, and only once the text was read.
    pub mentions: Vec<String>,
    pub space: Arc<SpaceFacts>,
    pub file: Option<FileFacts>,
    /// A live doc: its text changes without its version.
    pub is_live: bool,
}

/// Display names by account id.
pub(crate) type Names = HashMap<String, String>;

/// The node of a space.
pub(crate) fn space_node(space_id: &str) -> String {
    format!("space/{space_id}")
}

/// An address for people: the site's base and a row's link, or the address that always works.
pub(crate) fn uri(base: &str, webui: &str, content_id: &str) -> String {
    if webui.is_empty() {
        return format!("{base}/pages/viewpage.action?pageId={content_id}");
    }
    let slash = if webui.starts_with('/') { "" } else { "/" };
    format!("{base}{slash}{webui}")
}

/// The address of a folder, whiteboard, database or embed for people.
pub(crate) fn place_uri(entity: Entity, id: &str, space_key: &str, base: &str) -> String {
    format!("{base}/spaces/{space_key}/{}/{id}", entity.as_str())
}

/// The address of a space for people.
pub(crate) fn space_uri(space: &wire::Space, base: &str) -> String {
    match space.links.webui.as_str() {
        "" => uri(base, &format!("/spaces/{}", space.key), &space.id),
        webui => uri(base, webui, &space.id),
    }
}

impl Item {
    /// A space.
    pub(crate) fn space(space: &wire::Space, facts: &Arc<SpaceFacts>, base: &str, anchor: String) -> Self {
        Self {
            entity: Entity::Space,
            id: space.id.clone(),
            anchor,
            title: space.name.clone(),
            uri: space_uri(space, base),
            status: space.status.clone(),
            version: Version::default(),
            created_at: space.created_at.clone(),
            author_id: space.author_id.clone(),
            parent_id: None,
            labels: Vec::new(),
            ancestors: Vec::new(),
            mentions: Vec::new(),
            space: Arc::clone(facts),
            file: None,
            is_live: false,
        }
    }

    /// A page or blog post.
    pub(crate) fn content(
        entity: Entity,
        row: &wire::Content,
        facts: &Arc<SpaceFacts>,
        base: &str,
        anchor: String,
    ) -> Self {
        Self {
            entity,
            id: row.id.clone(),
            anchor,
            title: row.title.clone(),
            uri: uri(base, &row.links.webui, &row.id),
            status: row.status.clone(),
            version: row.version.clone(),
            created_at: row.created_at.clone(),
            author_id: row.author_id.clone(),
            parent_id: row.parent_id.clone(),
            labels: Vec::new(),
            ancestors: Vec::new(),
            mentions: Vec::new(),
            space: Arc::clone(facts),
            file: None,
            is_live: row.subtype.as_deref() == Some("live"),
        }
    }

    /// A folder, whiteboard, database or embed. Listings tell its title and place alone, so that is all of every one.
    pub(crate) fn place(
        entity: Entity,
        row: &wire::Content,
        facts: &Arc<SpaceFacts>,
        base: &str,
        anchor: String,
    ) -> Self {
        Self {
            entity,
            id: row.id.clone(),
            anchor,
            title: row.title.clone(),
            uri: place_uri(entity, &row.id, &facts.key, base),
            status: row.status.clone(),
            version: Version::default(),
            created_at: String::new(),
            author_id: None,
            parent_id: row.parent_id.clone(),
            labels: Vec::new(),
            ancestors: Vec::new(),
            mentions: Vec::new(),
            space: Arc::clone(facts),
            file: None,
            is_live: false,
        }
    }

    /// A comment on the page or blog post `container_id`.
    pub(crate) fn comment(
        row: &wire::Comment,
        container_id: &str,
        facts: &Arc<SpaceFacts>,
        base: &str,
        anchor: String,
    ) -> Self {
        Self {
            entity: Entity::Comment,
            id: row.id.clone(),
            anchor,
            title: row.title.clone(),
            uri: uri(base, &row.links.webui, container_id),
            status: row.status.clone(),
            // The listing has no date of creation; the version's is it as long as there is one version.
            created_at: row.version.created_at.clone(),
            author_id: row.version.author_id.clone(),
            version: row.version.clone(),
            parent_id: row.parent_comment_id.clone().or_else(|| Some(container_id.to_owned())),
            labels: Vec::new(),
            ancestors: Vec::new(),
            mentions: Vec::new(),
            space: Arc::clone(facts),
            file: None,
            is_live: false,
        }
    }

    /// A file attached to the page or blog post `container_id`, or to custom content on it.
    pub(crate) fn attachment(
        row: &wire::Attachment,
        container_id: &str,
        facts: &Arc<SpaceFacts>,
        base: &str,
        anchor: String,
    ) -> Self {
        let file = FileFacts {
            media_type: row.media_type.clone().filter(|kind| !kind.is_empty()),
            bytes: row.file_size,
            comment: row.comment.clone().filter(|comment| !comment.is_empty()),
            file_id: row.file_id.clone(),
            container_id: row.custom_content_id.clone().unwrap_or_else(|| container_id.to_owned()),
        };
        Self {
            entity: Entity::Attachment,
            id: attachment_id(&row.id),
            anchor,
            title: row.title.clone(),
            uri: uri(base, row.webui(), container_id),
            status: row.status.clone(),
            created_at: row.created_at.clone(),
            author_id: row.version.author_id.clone(),
            version: row.version.clone(),
            parent_id: Some(container_id.to_owned()),
            labels: Vec::new(),
            ancestors: Vec::new(),
            mentions: Vec::new(),
            space: Arc::clone(facts),
            file: Some(file),
            is_live: false,
        }
    }

    /// The last two parts of the document's id.
    pub(crate) fn document_id(&self) -> String {
        format!("{}/{}", self.entity.as_str(), self.id)
    }

    /// Changes whenever the document does, as far as the listings tell; compared, never parsed. What is not indexed, such as where an
    /// unmapped parent is, does not count: moving a page fetches nothing.
    pub(crate) fn fingerprint(&self, mappings: &Mappings) -> String {
        let mut hash = Fingerprint::default();
        for part in [MAPPER_REVISION, &self.title, &self.uri, &self.version.created_at] {
            hash.add(part);
        }
        if self.entity == Entity::Space {
            hash.add(&self.space.description);
        }
        if let Some(file) = &self.file {
            hash.add(file.media_type.as_deref().unwrap_or_default());
            hash.add(&file.bytes.to_string());
        }
        // Authors count by their ids: a name that changes is no change of the document.
        let no_names = Names::new();
        for mapping in mappings.of(self.entity) {
            hash.add(&mapping.index_field);
            // Whom a text mentions is known once it was read; the version tells when it changed.
            let is_of_text = mapping.source_field == "mentions";
            let value = Some(mapping.source_field.as_str()).filter(|_| !is_of_text);
            let value = value.and_then(|name| self.field(name, &no_names)).and_then(|value| convert(value, mapping));
            hash.add_value(value.as_ref());
        }
        format!("{}-{}", self.version.number, hash.finish())
    }

    /// The document with its text.
    pub(crate) fn document(
        &self,
        version: String,
        content: Content,
        mappings: &Mappings,
        names: &Names,
    ) -> SourceDocument {
        let mut attributes = vec![("_source_uri".to_owned(), FieldValue::String(self.uri.clone()))];
        let mut title = self.title.clone();
        for mapping in mappings.of(self.entity) {
            let value = self.field(&mapping.source_field, names).and_then(|value| convert(value, mapping));
            match (mapping.index_field.as_str(), value) {
                ("_document_title", Some(FieldValue::String(mapped))) => title = mapped,
                (_, Some(value)) if !is_given_otherwise(mapping) => {
                    attributes.push((mapping.index_field.clone(), value));
                }
                _ => {}
            }
        }
        SourceDocument {
            id: self.document_id(),
            anchor: self.anchor.clone(),
            version,
            title,
            uri: self.uri.clone(),
            content,
            attributes,
        }
    }

    /// The document as it was.
    pub(crate) fn unchanged(&self) -> Unchanged {
        Unchanged { id: self.document_id(), anchor: self.anchor.clone() }
    }
}

/// Fields of the index that a document has without a mapping: its title, address, id and text.
fn is_given_otherwise(mapping: &FieldMapping) -> bool {
    matches!(mapping.index_field.as_str(), "_source_uri" | "_document_title" | "_document_id" | "_document_body")
}

/// Attachment ids have their prefix; older servers leave it out.
fn attachment_id(id: &str) -> String {
    if id.starts_with("att") { id.to_owned() } else { format!("att{id}") }
}

#[cfg(test)]
mod tests;
