//! What an address asks for, and the addresses of what may be asked next. Nothing in it says who is asking.

use super::place::Place;
use super::since::Since;
use crate::fields::Fields;

/// Begins the names of filters in an address.
const FILTER: &str = "f.";
/// Filters at once: with the condition on data sources, as many as a list in a filter takes.
const FILTERS_MAX: usize = 8;
/// Characters of a field's name, and of a value: what the API takes.
const NAME_CHARS_MAX: usize = 200;
const VALUE_CHARS_MAX: usize = 2_048;
/// Characters of a question: what the API takes.
pub(super) const TEXT_CHARS_MAX: usize = 1_000;
/// The last page that an address can name: with ten results on each, more than the server ranks.
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
    /// How recently documents were changed.
    pub(super) since: Option<Since>,
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
            since: Since::read(query.last("since")),
            is_newest_first: query.last("sort") == NEWEST,
            page: query.last("page").parse().unwrap_or(1).clamp(1, PAGE_MAX),
            filters: Vec::new(),
        };
        for (name, value) in filters {
            // What no facet can have named is no filter.
            let fits = |text: &str, chars_max| !text.is_empty() && text.chars().count() <= chars_max;
            let is_filter = fits(name, NAME_CHARS_MAX) && fits(value, VALUE_CHARS_MAX);
            if is_filter && asked.may_narrow() && !asked.has(name, value) {
                asked.filters.push((name.to_owned(), value.to_owned()));
            }
        }
        // Filters are of the index in which they were chosen.
        match query.given("was") {
            Some(was) if was != asked.index => asked.unfiltered(),
            _ => asked,
        }
    }

    /// The same for one of the indices on the page; `None` where there is no choice. What was chosen in another one does not hold.
    pub(super) fn within(self, index: Option<&str>) -> Self {
        let is_it = index.is_none_or(|index| self.index.is_empty() || self.index == index);
        let asked = if is_it { self } else { self.unfiltered() };
        Self { index: index.unwrap_or_default().to_owned(), ..asked }
    }

    /// The same with what that index can narrow by.
    pub(super) fn suiting(mut self, place: &Place) -> Self {
        self.filters.retain(|(name, _)| place.facet(name).is_some());
        self.since = self.since.filter(|_| place.newest.is_some());
        self
    }

    /// Whether another filter finds room.
    pub(super) fn may_narrow(&self) -> bool {
        self.filters.len() < FILTERS_MAX
    }

    /// Whether a filter is among them.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.filters.iter().any(|(key, chosen)| key == name && chosen == value)
    }

    /// The values that were chosen of a field.
    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        self.filters.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether nothing is asked for yet.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.filters.is_empty() && self.since.is_none()
    }

    /// The address of this.
    pub(super) fn href(&self) -> String {
        let mut fields = Fields::default();
        for (name, value) in self.typed().into_iter().chain(self.carried()) {
            fields.push(&name, value);
        }
        if self.page > 1 {
            fields.push("page", &self.page.to_string());
        }
        let query = fields.encode();
        if query.is_empty() { super::PATH.to_owned() } else { format!("{}?{query}", super::PATH) }
    }

    /// What is typed and chosen in the form, as another form carries it.
    pub(super) fn typed(&self) -> Vec<(String, &str)> {
        let both = [("q", self.text.as_str()), ("index", self.index.as_str())];
        both.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// What the form carries beside what is typed and chosen in it.
    pub(super) fn carried(&self) -> Vec<(String, &str)> {
        let sort = self.is_newest_first.then(|| ("sort".to_owned(), NEWEST));
        let since = self.since.map(|since| (Since::NAME.to_owned(), since.value()));
        let filters = self.filters.iter().map(|(name, value)| (filter_name(name), value.as_str()));
        sort.into_iter().chain(since).chain(filters).collect()
    }

    /// The same at another page.
    pub(super) fn at_page(&self, page: u32) -> Self {
        Self { page, ..self.clone() }
    }

    /// The same in another order.
    pub(super) fn sorted(&self, is_newest_first: bool) -> Self {
        Self { is_newest_first, page: 1, ..self.clone() }
    }

    /// The same without a filter.
    pub(super) fn without(&self, name: &str, value: &str) -> Self {
        let mut asked = self.at_page(1);
        asked.filters.retain(|(key, chosen)| key != name || chosen != value);
        asked
    }

    /// The same of any age.
    pub(super) fn of_any_age(&self) -> Self {
        Self { since: None, page: 1, ..self.clone() }
    }

    /// The same without any filter.
    pub(super) fn unfiltered(&self) -> Self {
        Self { filters: Vec::new(), since: None, page: 1, ..self.clone() }
    }
}

/// What a filter is called in an address.
pub(super) fn filter_name(field: &str) -> String {
    format!("{FILTER}{field}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_alike() {
        let text = "q=%22a%22+%26+b&index=i&sort=newest&since=month&f._category=page&f.cf_labels=x%3Dy&page=3";
        let asked = Asked::read(&Fields::parse(text));
        assert_eq!((asked.text.as_str(), asked.page, asked.is_newest_first), ("\"a\" & b", 3, true));
        assert_eq!(Asked::read(&Fields::parse(asked.href().split_once('?').unwrap().1)), asked);
        let wider = asked.without("_category", "page");
        assert_eq!((wider.page, wider.filters.len()), (1, 1));
        assert!(asked.unfiltered().filters.is_empty() && asked.of_any_age().since.is_none());
        assert_eq!(Asked::default().href(), "/search");
    }

    #[test]
    fn filters_go_with_the_index_in_which_they_were_chosen() {
        let read = |address: &str| Asked::read(&Fields::parse(address));
        assert_eq!(read("q=x&index=a&was=a&f._category=page").filters.len(), 1);
        let switched = read("q=x&index=b&was=a&f._category=page&since=week&sort=newest");
        assert!(switched.filters.is_empty() && switched.since.is_none() && switched.is_newest_first);
        // An index that is not shown any more.
        let moved = read("q=x&index=gone&f._category=page").within(Some("a"));
        assert_eq!((moved.index.as_str(), moved.filters.len()), ("a", 0));
        let kept = read("q=x&index=a&f._category=page");
        assert_eq!((kept.clone().within(Some("a")).filters.len(), kept.within(None).index.as_str()), (1, ""));
        assert_eq!(read("q=x&f._category=page").within(Some("a")).filters.len(), 1);
    }

    #[test]
    fn nonsense_is_bounded() {
        let many: Vec<String> = (0..50).map(|n| format!("f.a={n}")).collect();
        let asked = Asked::read(&Fields::parse(&format!("{}&page=-1&sort=x&since=ever", many.join("&"))));
        assert_eq!((asked.filters.len(), asked.page, asked.is_newest_first), (FILTERS_MAX, 1, false));
        assert_eq!((Asked::read(&Fields::parse("page=99999")).page, asked.since), (PAGE_MAX, None));
        assert!(Asked::read(&Fields::parse("q=+")).is_empty());
        let long = "a".repeat(VALUE_CHARS_MAX + 1);
        assert!(Asked::read(&Fields::parse(&format!("f.a={long}&f.{long}=a&f.=a&f.a="))).is_empty());
    }
}
