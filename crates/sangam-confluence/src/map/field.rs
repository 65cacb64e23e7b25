//! The values that configurations name, in the types of the fields that they go to.

use jiff::Timestamp;
use sangam_sync::FieldValue;

use super::{Item, Names};
use crate::config::{Entity, FieldMapping, FieldType};

impl Item {
    /// The value that configurations call `name`.
    pub(super) fn field(&self, name: &str, names: &Names) -> Option<Field> {
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
            "author" | "authors" => Some(Field::List(vec![shown(names, self.author_id.as_deref()?)])),
            "mentions" => {
                let shown = self.mentions.iter().map(|id| shown(names, id)).collect();
                Some(Field::List(shown)).filter(|_| !self.mentions.is_empty())
            }
            "ancestors" | "path" => Some(Field::Path(self.ancestors.clone())).filter(|_| !self.ancestors.is_empty()),
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

/// A value of the source, before it has the type of a field of the index.
pub(super) enum Field {
    Text(String),
    List(Vec<String>),
    /// Titles from the top down.
    Path(Vec<String>),
    Number(i64),
    /// As it was given, and in milliseconds since 1970.
    Date(String, i64),
}

/// The name that a person has on the site, or else their id.
fn shown(names: &Names, id: &str) -> String {
    names.get(id).map_or(id, String::as_str).to_owned()
}

fn date(text: &str) -> Option<Field> {
    let instant: Timestamp = text.parse().ok()?;
    Some(Field::Date(text.to_owned(), instant.as_millisecond()))
}

/// The value in the mapping's type; `None` if it has none there.
pub(super) fn convert(value: Field, mapping: &FieldMapping) -> Option<FieldValue> {
    Some(match (mapping.index_type, value) {
        (FieldType::String, Field::Date(_, millis)) if mapping.has_date_format => {
            FieldValue::String(Timestamp::from_millisecond(millis).ok()?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        }
        (FieldType::String, Field::Text(text) | Field::Date(text, _)) => FieldValue::String(text),
        (FieldType::String, Field::List(list)) => FieldValue::String(list.join(", ")),
        (FieldType::String, Field::Path(path)) => FieldValue::String(path.join(" / ")),
        (FieldType::String, Field::Number(number)) => FieldValue::String(number.to_string()),
        (FieldType::StringList, Field::List(list) | Field::Path(list)) => FieldValue::StringList(list),
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
        (FieldType::Long | FieldType::Date, _) => return None,
    })
}
