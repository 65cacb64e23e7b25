//! What an address asks for, and the addresses of what may be asked next. Nothing in it says who is asking.

use crate::fields::Fields;

/// Begins the names of filters in an address.
const FILTER: &str = "f.";
/// Filters at once: with the condition on data sources, as many as a list in a filter takes.
const FILTERS_MAX: usize = 8;
/// The last page that an address can name; the server stops earlier.
const PAGE_MAX: u32 = 1_000;
/// What the sorting is called in an address.
const NEWEST: &str = "newest";

/// A question with all that narrows and sorts its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// What was typed.
    pub(super) text: String,
    /// The index; the first one if it is empty.
    pub(super) index: String,
    /// Newest first, instead of the best first.
    pub(super) is_newest_first: bool,
    /// From 1.
    pub(super) page: u32,
    /// Fields with the values that documents must have.
    pub(super) filters: Vec<(String, String)>,
}

impl Asked {
    /// Reads an address.
    pub(super) fn read(query: &Fields) -> Self {
        let filters = query.iter().filter_map(|(name, value)| Some((name.strip_prefix(FILTER)?, value)));
        let mut asked = Self {
            text: query.last("q").to_owned(),
            index: query.last("index").to_owned(),
            is_newest_first: query.last("sort") == NEWEST,
            page: query.last("page").parse().unwrap_or(1).clamp(1, PAGE_MAX),
            filters: Vec::new(),
        };
        for (name, value) in filters {
            if asked.filters.len() < FILTERS_MAX && !asked.has(name, value) {
                asked.filters.push((name.to_owned(), value.to_owned()));
            }
        }
        asked
    }

    /// Whether a filter is among them.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.filters.iter().any(|(key, chosen)| key == name && chosen == value)
    }

    /// Whether nothing is asked for yet.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.filters.is_empty()
    }

    /// The address of this.
    pub(super) fn href(&self) -> String {
        let mut fields = Fields::default();
        for (name, value) in [("q", &self.text), ("index", &self.index)] {
            if !value.is_empty() {
                fields.push(name, value);
            }
        }
        for (name, value) in self.carried() {
            fields.push(&name, value);
        }
        if self.page > 1 {
            fields.push("page", &self.page.to_string());
        }
        format!("{}?{}", super::PATH, fields.encode())
    }

    /// What the form carries beside what is typed and chosen in it.
    pub(super) fn carried(&self) -> Vec<(String, &str)> {
        let sort = self.is_newest_first.then(|| ("sort".to_owned(), NEWEST));
        let filters = self.filters.iter().map(|(name, value)| (format!("{FILTER}{name}"), value.as_str()));
        sort.into_iter().chain(filters).collect()
    }

    /// The same at another page.
    pub(super) fn at_page(&self, page: u32) -> Self {
        Self { page, ..self.clone() }
    }

    /// The same in another order.
    pub(super) fn sorted(&self, is_newest_first: bool) -> Self {
        Self { is_newest_first, page: 1, ..self.clone() }
    }

    /// The same, narrowed.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut asked = self.at_page(1);
        asked.filters.push((name.to_owned(), value.to_owned()));
        asked
    }

    /// The same without a filter.
    pub(super) fn without(&self, name: &str, value: &str) -> Self {
        let mut asked = self.at_page(1);
        asked.filters.retain(|(key, chosen)| key != name || chosen != value);
        asked
    }

    /// The same without any.
    pub(super) fn unfiltered(&self) -> Self {
        Self { filters: Vec::new(), page: 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_alike() {
        let text = "q=%22a%22+%26+b&index=i&sort=newest&f._category=page&f.cf_labels=x%3Dy&page=3";
        let asked = Asked::read(&Fields::parse(text));
        assert_eq!((asked.text.as_str(), asked.page, asked.is_newest_first), ("\"a\" & b", 3, true));
        assert_eq!(Asked::read(&Fields::parse(asked.href().split_once('?').unwrap().1)), asked);
        let narrowed = asked.with("_authors", "Ada");
        assert_eq!((narrowed.page, narrowed.filters.len()), (1, 3));
        assert_eq!(narrowed.without("_authors", "Ada"), asked.at_page(1));
        assert!(asked.unfiltered().filters.is_empty());
    }

    #[test]
    fn nonsense_is_bounded() {
        let many: Vec<String> = (0..50).map(|n| format!("f.a={n}")).collect();
        let asked = Asked::read(&Fields::parse(&format!("{}&page=-1&sort=x", many.join("&"))));
        assert_eq!((asked.filters.len(), asked.page, asked.is_newest_first), (FILTERS_MAX, 1, false));
        assert_eq!(Asked::read(&Fields::parse("page=99999")).page, PAGE_MAX);
        assert!(Asked::read(&Fields::parse("q=+")).is_empty());
    }
}
