//! The page as it is rendered: a document of its own, lighter than the console's.

use askama::Template;
use serde_json::Value;

use super::asked::Asked;
use super::place::Place;
use super::question::{PAGE_SIZE, SOURCE};
use crate::assets::{self, Assets};
use crate::hits::{self, Hit, cut, label};
use crate::view::{Html, Who};

/// Characters of a value in a filter.
const VALUE_CHARS_MAX: usize = 40;

/// A link with what is read.
pub(super) struct Choice {
    /// The address.
    pub(super) href: String,
    /// What is read.
    pub(super) label: String,
    /// How many documents, in a facet.
    pub(super) count: i64,
    /// Whether it is chosen.
    pub(super) is_current: bool,
}

/// Values of a field.
pub(super) struct FacetView {
    pub(super) title: String,
    pub(super) values: Vec<Choice>,
}

/// A filter that can be taken away.
pub(super) struct Chip {
    pub(super) title: String,
    pub(super) value: String,
    pub(super) href: String,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) total: i64,
    pub(super) hits: Html,
    pub(super) is_empty: bool,
    pub(super) facets: Vec<FacetView>,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    pub(super) page: u32,
}

/// Everything below the form.
#[derive(Default)]
pub(super) struct Results {
    /// What went wrong, in the server's words.
    pub(super) trouble: Option<String>,
    /// Filters that hold.
    pub(super) chips: Vec<Chip>,
    /// Takes all of them away.
    pub(super) unfiltered: String,
    /// Orders to choose from; none if there is one only.
    pub(super) orders: Vec<Choice>,
    /// The answer, if something was asked.
    pub(super) found: Option<Found>,
}

/// The page.
#[derive(Template)]
#[template(path = "search.html")]
pub(super) struct SearchView<'a> {
    pub(super) assets: &'static Assets,
    pub(super) mark: &'static str,
    pub(super) who: &'a Who,
    pub(super) has_console: bool,
    pub(super) has_account: bool,
    pub(super) reader: Option<&'a str>,
    pub(super) gap: Option<String>,
    pub(super) asked: &'a Asked,
    pub(super) places: &'a [(String, String)],
    pub(super) place: Option<&'a Place>,
    pub(super) results: Results,
}

impl SearchView<'_> {
    /// The document.
    pub(super) fn into_document(self) -> String {
        Html::of(&self).into_string()
    }
}

impl Results {
    /// What stands around an answer, which is added later.
    pub(super) fn new(asked: &Asked, place: &Place) -> Self {
        let chosen = asked.filters.iter().filter(|(name, _)| place.facet(name).is_some());
        let chip = |(name, value): &(String, String)| Chip {
            title: label(name),
            value: value_label(place, name, value),
            href: asked.without(name, value).href(),
        };
        let order = |label: &str, is_newest_first: bool| Choice {
            href: asked.sorted(is_newest_first).href(),
            label: label.to_owned(),
            count: 0,
            is_current: asked.is_newest_first == is_newest_first,
        };
        // Without a question there is no relevance to sort by.
        let can_sort = place.newest.is_some() && !asked.text.is_empty();
        Self {
            trouble: None,
            chips: chosen.map(chip).collect(),
            unfiltered: asked.unfiltered().href(),
            orders: if can_sort { vec![order("Best first", false), order("Newest first", true)] } else { Vec::new() },
            found: None,
        }
    }
}

impl Found {
    /// Reads the answer of `Query`.
    pub(super) fn read(answer: &Value, asked: &Asked, place: &Place) -> Self {
        let hits: Vec<Hit> = answer["ResultItems"].as_array().into_iter().flatten().map(Hit::read).collect();
        let total = answer["TotalNumberOfResults"].as_i64().unwrap_or_default();
        let has_more = !hits.is_empty() && i64::from(asked.page) * i64::from(PAGE_SIZE) < total;
        Self {
            total,
            facets: facets(answer, asked, place),
            previous: (asked.page > 1).then(|| asked.at_page(asked.page - 1).href()),
            next: has_more.then(|| asked.at_page(asked.page + 1).href()),
            page: asked.page,
            is_empty: hits.is_empty(),
            hits: hits::render(&hits),
        }
    }
}

/// What can be narrowed further.
fn facets(answer: &Value, asked: &Asked, place: &Place) -> Vec<FacetView> {
    let total = answer["TotalNumberOfResults"].as_i64().unwrap_or_default();
    let facet = |counted: &Value| {
        let name = counted["DocumentAttributeKey"].as_str()?;
        let pairs = counted["DocumentAttributeValueCountPairs"].as_array()?;
        let values: Vec<Choice> = pairs
            .iter()
            .filter_map(|pair| {
                let value = pair["DocumentAttributeValue"]["StringValue"].as_str()?;
                let fits = !value.is_empty() && !asked.has(name, value);
                fits.then(|| Choice {
                    href: asked.with(name, value).href(),
                    label: value_label(place, name, value),
                    count: pair["Count"].as_i64().unwrap_or_default(),
                    is_current: false,
                })
            })
            .collect();
        // One value that all documents have leaves nothing to choose.
        let narrows = values.len() > 1 || values.iter().any(|value| value.count < total);
        narrows.then(|| FacetView { title: label(name), values })
    };
    answer["FacetResults"].as_array().into_iter().flatten().filter_map(facet).collect()
}

/// A value as people read it: a data source by its name.
fn value_label(place: &Place, name: &str, value: &str) -> String {
    let source = place.sources.iter().find(|(id, _)| name == SOURCE && id == value);
    cut(source.map_or(value, |(_, name)| name), VALUE_CHARS_MAX)
}

/// The style, script and icon of the page.
pub(super) fn assets() -> (&'static Assets, &'static str) {
    (assets::all(), assets::MARK)
}
