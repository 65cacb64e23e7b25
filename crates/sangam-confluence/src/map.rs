//! What the listings say about a document, to a document. Pure.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use sangam_sync::{Content, FieldValue, SourceDocument, Unchanged};

use crate::{
    config::{Entity, FieldMapping, FieldType, Mappings},
    wire::{self, Version},
};

/// Changes with everything here that makes another document of the same item, so that all are made again.
const MAPPER_REVISION: &str = "1";

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
    /// The page or blog post that it is attached to.
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
            space: Arc::clone(facts),
            file: None,
            is_live: row.subtype.as_deref() == Some("live"),
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
            space: Arc::clone(facts),
            file: None,
            is_live: false,
        }
    }

    /// A file attached to the page or blog post `container_id`.
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
            container_id: container_id.to_owned(),
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
            let value = self.field(&mapping.source_field, &no_names).and_then(|value| convert(value, mapping));
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
        for mapping in mappings.of(self.entity).iter().filter(|mapping| !is_given_otherwise(&mapping.index_field)) {
            if let Some(value) = self.field(&mapping.source_field, names).and_then(|value| convert(value, mapping)) {
                attributes.push((mapping.index_field.clone(), value));
            }
        }
        SourceDocument {
            id: self.document_id(),
            anchor: self.anchor.clone(),
            version,
            title: self.title.clone(),
            uri: self.uri.clone(),
            content,
            attributes,
        }
    }

    /// The document as it was.
    pub(crate) fn unchanged(&self) -> Unchanged {
        Unchanged { id: self.document_id(), anchor: self.anchor.clone() }
    }

    /// The value that configurations call `name`.
    fn field(&self, name: &str, names: &Names) -> Option<Field> {
        let text = |text: &str| Some(Field::Text(text.to_owned())).filter(|_| !text.is_empty());
        match name {
            "id" => text(&self.id),
            "documentId" => text(&self.document_id()),
            "itemType" => text(self.entity.as_str()),
            "url" => text(&self.uri),
            "title" | "fileName" | "displayName" => text(&self.title),
            "spaceName" => text(&self.space.name),
            "spaceKey" => text(&self.space.key),
            "spaceType" => text(&self.space.kind),
            "description" if self.entity == Entity::Space => text(&self.space.description),
            "status" => text(&self.status),
            "parentId" => text(self.parent_id.as_deref()?),
            "author" | "authors" => {
                let id = self.author_id.as_deref()?;
                Some(Field::List(vec![names.get(id).map_or(id, String::as_str).to_owned()]))
            }
            "createdDate" | "publishedDate" => date(&self.created_at),
            "modifiedDate" | "lastModifiedDate" => date(&self.version.created_at),
            "labels" => {
                let mut labels = self.labels.clone();
                labels.sort_unstable();
                Some(Field::List(labels)).filter(|_| !self.labels.is_empty())
            }
            "version" => Some(Field::Number(self.version.number)).filter(|_| self.version.number > 0),
            "contentType" => match &self.file {
                Some(file) => text(file.media_type.as_deref()?),
                None => text(self.entity.as_str()),
            },
            "fileSize" => self.file.as_ref().map(|file| Field::Number(file.bytes as i64)),
            "fileType" => {
                self.file.as_ref()?;
                text(&self.title.rsplit_once('.')?.1.to_lowercase())
            }
            "attachmentComment" => text(self.file.as_ref()?.comment.as_deref()?),
            _ => None,
        }
    }
}

/// Fields of the index that a document has without a mapping: its title, address, id and text.
fn is_given_otherwise(index_field: &str) -> bool {
    matches!(index_field, "_source_uri" | "_document_title" | "_document_id" | "_document_body")
}

/// Attachment ids have their prefix; older servers leave it out.
fn attachment_id(id: &str) -> String {
    if id.starts_with("att") { id.to_owned() } else { format!("att{id}") }
}

/// A value of the source, before it has the type of a field of the index.
enum Field {
    Text(String),
    List(Vec<String>),
    Number(i64),
    /// As it was given, and in milliseconds since 1970.
    Date(String, i64),
}

fn date(text: &str) -> Option<Field> {
    let instant: Timestamp = text.parse().ok()?;
    Some(Field::Date(text.to_owned(), instant.as_millisecond()))
}

/// The value in the mapping's type; `None` if it has none there.
fn convert(value: Field, mapping: &FieldMapping) -> Option<FieldValue> {
    Some(match (mapping.index_type, value) {
        (FieldType::String, Field::Text(text) | Field::Date(text, _)) => FieldValue::String(text),
        (FieldType::String, Field::List(list)) => FieldValue::String(list.join(", ")),
        (FieldType::String, Field::Number(number)) => FieldValue::String(number.to_string()),
        (FieldType::StringList, Field::List(list)) => FieldValue::StringList(list),
        (FieldType::StringList, Field::Text(text) | Field::Date(text, _)) => FieldValue::StringList(vec![text]),
        (FieldType::StringList, Field::Number(number)) => FieldValue::StringList(vec![number.to_string()]),
        (FieldType::Long, Field::Number(number)) => FieldValue::Long(number),
        (FieldType::Long, Field::Date(_, millis)) => FieldValue::Long(millis),
        (FieldType::Long, Field::Text(text)) => FieldValue::Long(text.parse().ok()?),
        (FieldType::Date, Field::Date(_, millis)) => FieldValue::Date(millis),
        (FieldType::Date, Field::Text(text)) => match date(&text)? {
            Field::Date(_, millis) => FieldValue::Date(millis),
            _ => return None,
        },
        (FieldType::Long, Field::List(_)) | (FieldType::Date, Field::List(_) | Field::Number(_)) => return None,
    })
}

/// FNV-1a over parts. It tells changes apart; nothing is protected by it.
pub(crate) struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// Adds one part; parts do not run into each other.
    pub(crate) fn add(&mut self, part: &str) {
        for byte in part.len().to_le_bytes().into_iter().chain(part.bytes()) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// Adds a value and its type; none is a value of its own.
    fn add_value(&mut self, value: Option<&FieldValue>) {
        match value {
            None => self.add("none"),
            Some(FieldValue::String(text)) => {
                self.add("string");
                self.add(text);
            }
            Some(FieldValue::StringList(list)) => {
                self.add(&format!("list of {}", list.len()));
                for text in list {
                    self.add(text);
                }
            }
            Some(FieldValue::Long(number)) => self.add(&format!("long {number}")),
            Some(FieldValue::Date(millis)) => self.add(&format!("date {millis}")),
        }
    }

    pub(crate) fn finish(&self) -> String {
        format!("{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests;
