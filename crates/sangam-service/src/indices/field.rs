//! Index fields, and their form on the wire.

use std::collections::BTreeMap;

use sangam_api::kendra::{DocumentAttributeValueType, DocumentMetadataConfiguration, Order, Relevance, Search};
use serde::{Deserialize, Serialize};

/// What values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One string.
    String,
    /// Several strings.
    StringList,
    /// A whole number.
    Long,
    /// A moment.
    Date,
}

impl FieldKind {
    /// The kind that the API calls `kind`.
    pub fn of(kind: DocumentAttributeValueType) -> Self {
        match kind {
            DocumentAttributeValueType::StringValue => Self::String,
            DocumentAttributeValueType::StringListValue => Self::StringList,
            DocumentAttributeValueType::LongValue => Self::Long,
            DocumentAttributeValueType::DateValue => Self::Date,
        }
    }

    /// What the API calls it.
    pub fn wire(self) -> DocumentAttributeValueType {
        match self {
            Self::String => DocumentAttributeValueType::StringValue,
            Self::StringList => DocumentAttributeValueType::StringListValue,
            Self::Long => DocumentAttributeValueType::LongValue,
            Self::Date => DocumentAttributeValueType::DateValue,
        }
    }
}

/// What a field is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSearch {
    /// It comes back with results.
    pub displayable: bool,
    /// It can be counted.
    pub facetable: bool,
    /// Words of a query are looked for in it.
    pub searchable: bool,
    /// Results can be ordered by it.
    pub sortable: bool,
}

/// How a field moves a document in the ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRelevance {
    /// 1 to 10.
    pub importance: i32,
    /// Dates: newer is better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freshness: Option<bool>,
    /// Dates: for how long, e.g. `25920000s`, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Numbers and dates: which end is better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank_order: Option<Order>,
    /// Strings: values with an importance of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_importance: Option<BTreeMap<String, i32>>,
}

/// How long a new date field stays fresh: 300 days, which live indices show.
const DEFAULT_DURATION: &str = "25920000s";

impl FieldRelevance {
    /// What a field of this kind begins with, and exactly the members that it shows.
    pub(crate) fn initial(kind: FieldKind, importance: i32) -> Self {
        let is_date = kind == FieldKind::Date;
        Self {
            importance,
            freshness: is_date.then_some(false),
            duration: is_date.then(|| DEFAULT_DURATION.to_owned()),
            rank_order: matches!(kind, FieldKind::Date | FieldKind::Long).then_some(Order::Ascending),
            value_importance: (kind == FieldKind::String).then(BTreeMap::new),
        }
    }
}

/// A field of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name, which documents use as the attribute's key.
    pub name: String,
    /// What values it has; never changes.
    pub kind: FieldKind,
    /// What it is used for.
    pub search: FieldSearch,
    /// How it moves a document.
    pub relevance: FieldRelevance,
}

impl Field {
    /// A field that was just added: shown, and searched if it has strings.
    pub(crate) fn added(name: &str, kind: FieldKind) -> Self {
        let searchable = matches!(kind, FieldKind::String | FieldKind::StringList);
        Self {
            name: name.to_owned(),
            kind,
            search: FieldSearch { displayable: true, facetable: false, searchable, sortable: false },
            relevance: FieldRelevance::initial(kind, 1),
        }
    }

    /// As `DescribeIndex` shows it.
    pub(crate) fn wire(&self) -> DocumentMetadataConfiguration {
        let FieldRelevance { importance, freshness, duration, rank_order, value_importance } = self.relevance.clone();
        DocumentMetadataConfiguration {
            name: self.name.clone(),
            r#type: self.kind.wire(),
            relevance: Some(Relevance {
                freshness,
                importance: Some(importance),
                duration,
                rank_order,
                value_importance_map: value_importance,
            }),
            search: Some(Search {
                facetable: Some(self.search.facetable),
                searchable: Some(self.search.searchable),
                displayable: Some(self.search.displayable),
                sortable: Some(self.search.sortable),
            }),
        }
    }
}
