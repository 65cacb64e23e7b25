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
}

impl Entity {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 5] = [Self::Space, Self::Page, Self::Blog, Self::Comment, Self::Attachment];

    /// The name in configurations, ids and the `itemType` field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Space => "space",
            Self::Page => "page",
            Self::Blog => "blog",
            Self::Comment => "comment",
            Self::Attachment => "attachment",
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
}

/// The mappings of all kinds of documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mappings {
    by_entity: [Vec<FieldMapping>; 5],
}

impl Mappings {
    /// The mappings of one kind of document, in the order of the configuration.
    pub fn of(&self, entity: Entity) -> &[FieldMapping] {
        &self.by_entity[entity as usize]
    }

    /// True if a value called one of `names` is mapped for `entity`.
    pub fn maps(&self, entity: Entity, names: &[&str]) -> bool {
        self.of(entity).iter().any(|mapping| names.contains(&mapping.source_field.as_str()))
    }

    /// Replaces the mappings of one kind of document.
    pub fn set(&mut self, entity: Entity, mappings: Vec<FieldMapping>) {
        self.by_entity[entity as usize] = mappings;
    }

    /// Reads `repositoryConfigurations`.
    pub(super) fn parse(configurations: &Member<'_>, violations: &mut Violations) -> Self {
        let mut mappings = Self::default();
        if !configurations.require_object(violations) {
            return mappings;
        }
        for entity in Entity::ALL {
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
    if format.filled_string(violations).is_some_and(|format| !format.contains(DATE_FORMAT)) {
        format.must(&format!("be `{DATE_FORMAT}`"), violations);
    }
    Some(FieldMapping { index_field: index_field?, index_type: index_type?, source_field: source_field? })
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
