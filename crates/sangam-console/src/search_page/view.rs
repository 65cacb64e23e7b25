//! The page as it is rendered: a document of its own, lighter than the console's.

use askama::Template;
use serde_json::Value;

use super::asked::Asked;
use super::facets::{self, FacetView};
use super::place::Place;
use super::question::PAGE_SIZE;
use crate::assets::{self, Assets};
use crate::hits::{self, Hit, SOURCE, cut, is_blank, label};
use crate::view::{Html, Who};

/// Characters of a value in a filter.
const VALUE_CHARS_MAX: usize = 40;
/// Characters of the question in the page's title.
const TITLE_CHARS_MAX: usize = 80;
/// Results over all pages, as the server ranks them.
const RANKED_MAX: i64 = 1_000;
/// What the age of documents is called.
pub(super) const CHANGED: &str = "Changed";

/// A link with what is read.
pub(super) struct Choice {
    /// The address.
    pub(super) href: String,
    /// What is read.
    pub(super) label: String,
    /// Whether it is chosen.
    pub(super) is_current: bool,
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
    /// The last page.
    pub(super) n_pages: u32,
    /// The first page.
    pub(super) first: String,
}

/// Everything below the form.
#[derive(Default)]
pub(super) struct Results {
    /// Why nothing could be asked.
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
    /// The question as the page's title has it.
    fn title(&self) -> String {
        cut(&self.asked.text, TITLE_CHARS_MAX)
    }

    /// The document.
    pub(super) fn into_document(self) -> String {
        Html::of(&self).into_string()
    }
}

impl Results {
    /// What stands around an answer, which is added later.
    pub(super) fn new(asked: &Asked, place: &Place) -> Self {
        let chip = |(name, value): &(String, String)| Chip {
            title: label(name),
            value: value_label(place, name, value),
            href: asked.without(name, value).href(),
        };
        let order = |label: &str, is_newest_first: bool| Choice {
            href: asked.sorted(is_newest_first).href(),
            label: label.to_owned(),
            is_current: asked.is_newest_first == is_newest_first,
        };
        let since = asked.since.map(|since| Chip {
            title: CHANGED.to_owned(),
            value: since.label().to_lowercase(),
            href: asked.of_any_age().href(),
        });
        // Without a question there is no relevance to sort by.
        let can_sort = place.newest.is_some() && !asked.text.is_empty();
        Self {
            trouble: None,
            chips: asked.filters.iter().map(chip).chain(since).collect(),
            unfiltered: asked.unfiltered().href(),
            orders: if can_sort { vec![order("Best first", false), order("Newest first", true)] } else { Vec::new() },
            found: None,
        }
    }
}

impl Found {
    /// Reads the answer of `Query`, and that of the same question without the values that were chosen.
    pub(super) fn read(answer: &Value, without_choice: &Value, asked: &Asked, place: &Place) -> Self {
        let items = answer["ResultItems"].as_array().into_iter().flatten();
        let hits: Vec<Hit> = items.map(|item| with_source(Hit::read(item), place)).collect();
        let total = answer["TotalNumberOfResults"].as_i64().unwrap_or_default();
        let n_pages = n_pages(total);
        // A page behind the last one has nothing, and nothing to narrow.
        let is_behind = hits.is_empty() && total > 0;
        Self {
            total,
            facets: if is_behind { Vec::new() } else { facets::read(answer, without_choice, asked, place) },
            previous: (asked.page > 1 && !is_behind).then(|| asked.at_page(asked.page - 1).href()),
            next: (asked.page < n_pages && !is_behind).then(|| asked.at_page(asked.page + 1).href()),
            page: asked.page,
            n_pages,
            first: asked.at_page(1).href(),
            is_empty: hits.is_empty(),
            hits: hits::render(&hits),
        }
    }

    /// Whether there are results, and this page is behind them.
    fn is_behind(&self) -> bool {
        self.is_empty && self.total > 0
    }
}

/// Pages of that many documents; the server ranks so many and no more.
fn n_pages(total: i64) -> u32 {
    u32::try_from(total.clamp(0, RANKED_MAX)).unwrap_or_default().div_ceil(PAGE_SIZE)
}

/// The result with the name of its source, where the same page may have come from several.
fn with_source(hit: Hit, place: &Place) -> Hit {
    let source = hit.source_id.as_deref().filter(|_| place.sources.len() > 1);
    let source = source.map(|id| value_label(place, SOURCE, id));
    Hit { source, ..hit }
}

/// A value as people read it: a data source by its name.
pub(super) fn value_label(place: &Place, name: &str, value: &str) -> String {
    let source = place.sources.iter().find(|(id, _)| name == SOURCE && id == value);
    let shown = source.map_or(value, |(_, name)| name);
    if is_blank(shown) { "Unnamed".to_owned() } else { cut(shown, VALUE_CHARS_MAX) }
}

/// The style, script and icon of the page.
pub(super) fn assets() -> (&'static Assets, &'static str) {
    (assets::all(), assets::MARK)
}
