//! Which field of an item goes into which field of the index.

use super::member::{Member, Violations};

/// A kind of document that the source yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    /// A space.
    Space,
    /// A page, whatever its depth.
    Page,
    /// A blog post.
    Blog,
    /// A footer or inline comment, or a reply to one.
    Comment,
    /// A file attached to a page or blog post.
    Attachment,
    /// A folder of the page tree: a title and a place.
    Folder,
    /// A whiteboard: a title and a place, as the API gives no more.
    Whiteboard,
    /// A database, likewise.
    Database,
    /// A link shown in the page tree, likewise.
    Embed,
}

impl Entity {
    /// Those that are configured, in the order of the contract. The others go with pages.
    pub const CONFIGURED: [Self; 5] = [Self::Space, Self::Page, Self::Blog, Self::Comment, Self::Attachment];

    /// Those of the page tree that have no text, by the words of `parentType`.
    pub const PLACES: [Self; 4] = [Self::Folder, Self::Whiteboard, Self::Database, Self::Embed];

    /// The name in configurations, ids and the `itemType` field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Space => "space",
            Self::Page => "page",
            Self::Blog => "blog",
            Self::Comment => "comment",
            Self::Attachment => "attachment",
            Self::Folder => "folder",
            Self::Whiteboard => "whiteboard",
            Self::Database => "database",
            Self::Embed => "embed",
        }
    }
}

/// The type of an index field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// `STRING`.
    String,
    /// `STRING_LIST`.
    StringList,
    /// `LONG`.
    Long,
    /// `DATE`.
    Date,
}

/// One field mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMapping {
    /// The field of the index.
    pub index_field: String,
    /// Its type.
    pub index_type: FieldType,
    /// The source's name of the value, such as `spaceKey`; names that the source does not know give no value.
    pub source_field: String,
    /// True if `dateFieldFormat` is given: a date that becomes text is written so, to the second.
    pub has_date_format: bool,
}

/// The mappings of all kinds of documents. Fields that every index has from the start are filled without a mapping too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mappings {
    by_entity: [Vec<FieldMapping>; 5],
}

/// Fields that every index has, and what they hold where the configuration says nothing else.
const ALWAYS: [(&str, &str); 4] = [
    ("_category", "itemType"),
    ("_authors", "author"),
    ("_created_at", "createdDate"),
    ("_last_updated_at", "modifiedDate"),
];

impl Default for Mappings {
    fn default() -> Self {
        let mut mappings = Self { by_entity: Default::default() };
        for entity in Entity::CONFIGURED {
            mappings.set(entity, Vec::new());
        }
        mappings
    }
}

impl Mappings {
    /// The mappings of one kind of document, in the order of the configuration, then those that are always there; places of the page tree have those of pages.
    pub fn of(&self, entity: Entity) -> &[FieldMapping] {
        &self.by_entity[row(entity)]
    }

    /// True if a value called one of `names` is mapped for `entity`.
    pub fn maps(&self, entity: Entity, names: &[&str]) -> bool {
        self.of(entity).iter().any(|mapping| names.contains(&mapping.source_field.as_str()))
    }

    /// Replaces the mappings of one kind of document; those that are always there come after them.
    pub fn set(&mut self, entity: Entity, mut mappings: Vec<FieldMapping>) {
        for (index_field, source_field) in ALWAYS {
            if !mappings.iter().any(|mapping| mapping.index_field == index_field) {
                mappings.push(FieldMapping {
                    index_field: index_field.to_owned(),
                    index_type: FieldType::of_source(source_field),
                    source_field: source_field.to_owned(),
                    has_date_format: false,
                });
            }
        }
        self.by_entity[row(entity)] = mappings;
    }

    /// Reads `repositoryConfigurations`.
    pub(super) fn parse(configurations: &Member<'_>, violations: &mut Violations) -> Self {
        let mut mappings = Self::default();
        if !configurations.require_object(violations) {
            return mappings;
        }
        for entity in Entity::CONFIGURED {
            let member = configurations.get(entity.as_str());
            if !member.is_present() || !member.require_object(violations) {
                continue;
            }
            let list = member.get("fieldMappings");
            if !list.is_present() {
                list.must("be present", violations);
            }
            let parsed = list.items(violations).iter().filter_map(|item| parse_one(entity, item, violations)).collect();
            mappings.set(entity, parsed);
        }
        mappings
    }
}

fn row(entity: Entity) -> usize {
    match entity {
        Entity::Space => 0,
        Entity::Page | Entity::Folder | Entity::Whiteboard | Entity::Database | Entity::Embed => 1,
        Entity::Blog => 2,
        Entity::Comment => 3,
        Entity::Attachment => 4,
    }
}

/// The one date format that the contract has.
const DATE_FORMAT: &str = "yyyy-MM-dd'T'HH:mm:ss'Z'";

fn parse_one(entity: Entity, item: &Member<'_>, violations: &mut Violations) -> Option<FieldMapping> {
    if !item.require_object(violations) {
        return None;
    }
    let index_field = filled(&item.get("indexFieldName"), violations);
    let source_field = filled(&item.get("dataSourceFieldName"), violations);
    let index_type = parse_type(entity, &item.get("indexFieldType"), violations);
    let format = item.get("dateFieldFormat");
    let written = format.filled_string(violations);
    if written.as_ref().is_some_and(|written| !written.contains(DATE_FORMAT)) {
        format.must(&format!("be `{DATE_FORMAT}`"), violations);
    }
    Some(FieldMapping {
        index_field: index_field?,
        index_type: index_type?,
        source_field: source_field?,
        has_date_format: written.is_some(),
    })
}

fn filled(member: &Member<'_>, violations: &mut Violations) -> Option<String> {
    let text = member.required_string(violations)?;
    if text.is_empty() {
        member.must("not be empty", violations);
        return None;
    }
    Some(text)
}

fn parse_type(entity: Entity, member: &Member<'_>, violations: &mut Violations) -> Option<FieldType> {
    let text = member.required_string(violations)?;
    match (text.as_str(), entity) {
        ("STRING", _) => return Some(FieldType::String),
        ("STRING_LIST", _) => return Some(FieldType::StringList),
        ("DATE", _) => return Some(FieldType::Date),
        ("LONG", entity) if entity != Entity::Space => return Some(FieldType::Long),
        (_, Entity::Space) => member.must("be `STRING`, `STRING_LIST` or `DATE`", violations),
        _ => member.must("be `STRING`, `STRING_LIST`, `DATE` or `LONG`", violations),
    }
    None
}

/// What each entity of the first generation has, with the second generation's names.
const V1_FIELDS: [(Entity, &[(&str, &str)]); 4] = [
    (Entity::Space, &[("DISPLAY_URL", "url"), ("ITEM_TYPE", "itemType"), ("SPACE_KEY", "spaceKey"), ("URL", "url")]),
    (
        Entity::Page,
        &[
            ("AUTHOR", "author"),
            ("CONTENT_STATUS", "status"),
            ("CREATED_DATE", "createdDate"),
            ("DISPLAY_URL", "url"),
            ("ITEM_TYPE", "itemType"),
            ("LABELS", "labels"),
            ("MODIFIED_DATE", "modifiedDate"),
            ("PARENT_ID", "parentId"),
            ("SPACE_KEY", "spaceKey"),
            ("SPACE_NAME", "spaceName"),
            ("URL", "url"),
            ("VERSION", "version"),
        ],
    ),
    (
        Entity::Blog,
        &[
            ("AUTHOR", "author"),
            ("DISPLAY_URL", "url"),
            ("ITEM_TYPE", "itemType"),
            ("LABELS", "labels"),
            ("PUBLISH_DATE", "publishedDate"),
            ("SPACE_KEY", "spaceKey"),
            ("SPACE_NAME", "spaceName"),
            ("URL", "url"),
            ("VERSION", "version"),
        ],
    ),
    (
        Entity::Attachment,
        &[
            ("AUTHOR", "author"),
            ("CONTENT_TYPE", "contentType"),
            ("CREATED_DATE", "createdDate"),
            ("DISPLAY_URL", "url"),
            ("FILE_SIZE", "fileSize"),
            ("ITEM_TYPE", "itemType"),
            ("PARENT_ID", "parentId"),
            ("SPACE_KEY", "spaceKey"),
            ("SPACE_NAME", "spaceName"),
            ("URL", "url"),
            ("VERSION", "version"),
        ],
    ),
];

/// Reads the mappings of the first generation, in the order of [`V1_FIELDS`]. They name no types: a value takes the type that its field has
/// in `fields` (the API's words by name), if it can have it, and else its own, so that the job can say what does not fit.
pub(super) fn parse_v1(lists: &[Member<'_>; 4], fields: &Member<'_>, violations: &mut Violations) -> Mappings {
    let mut mappings = Mappings::default();
    for (list, (entity, names)) in lists.iter().zip(V1_FIELDS) {
        let items = list.items(violations);
        mappings.set(entity, items.iter().filter_map(|item| parse_one_v1(item, names, fields, violations)).collect());
    }
    mappings
}

fn parse_one_v1(
    item: &Member<'_>,
    names: &[(&str, &str)],
    fields: &Member<'_>,
    violations: &mut Violations,
) -> Option<FieldMapping> {
    if !item.require_object(violations) {
        return None;
    }
    let index_field = filled(&item.get("IndexFieldName"), violations);
    let format = item.get("DateFieldFormat").filled_string(violations);
    let name = item.get("DataSourceFieldName");
    let given = filled(&name, violations)?;
    let Some((_, source_field)) = names.iter().find(|(first, _)| *first == given) else {
        let names: Vec<String> = names.iter().map(|(first, _)| format!("`{first}`")).collect();
        name.must(&format!("be one of {}", names.join(", ")), violations);
        return None;
    };
    let index_field = index_field?;
    let own = FieldType::of_source(source_field);
    let index_type = match fields.get(&index_field).string(violations).as_deref() {
        Some("STRING_VALUE") => FieldType::String,
        Some("STRING_LIST_VALUE") => FieldType::StringList,
        Some("LONG_VALUE") if matches!(own, FieldType::Long | FieldType::Date) => FieldType::Long,
        Some("DATE_VALUE") if own == FieldType::Date => FieldType::Date,
        _ => own,
    };
    Some(FieldMapping {
        index_field,
        index_type,
        source_field: (*source_field).to_owned(),
        has_date_format: format.is_some(),
    })
}

impl FieldType {
    /// The type that a value of the source has by itself.
    pub(crate) fn of_source(source_field: &str) -> Self {
        match source_field {
            "author" | "authors" | "labels" | "ancestors" | "path" | "mentions" => Self::StringList,
            "version" | "fileSize" => Self::Long,
            "createdDate" | "publishedDate" | "modifiedDate" | "lastModifiedDate" => Self::Date,
            _ => Self::String,
        }
    }
}
