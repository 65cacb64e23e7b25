//! What results can be narrowed by, and what narrows them, in words.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::question::{FILTER, searchable};
use crate::fields::Fields;
use crate::hits::{SOURCE, cut, is_blank, label};
use crate::visit::InIndex;

/// Characters of a value.
const VALUE_CHARS: usize = 80;

/// A filter that can be taken away, or a value that can be filtered by.
pub(super) struct Chip {
    pub(super) label: String,
    pub(super) count: Option<i64>,
    pub(super) href: String,
}

/// Values of a field.
pub(super) struct Facet {
    pub(super) title: String,
    pub(super) values: Vec<Chip>,
}

/// What fields and values are called.
pub(super) struct Words<'w> {
    /// The index's fields, as `DescribeIndex` tells them.
    pub(super) fields: &'w Value,
    /// Data sources by id.
    pub(super) sources: &'w HashMap<String, String>,
}

impl Words<'_> {
    /// A field's name for people. If another that is counted is called the same, its own name stands beside it.
    fn title(&self, name: &str) -> String {
        let title = label(name);
        let mut others = searchable(self.fields, "Facetable");
        if title.is_empty() {
            name.to_owned()
        } else if others.any(|other| other != name && label(other) == title) {
            format!("{title} ({name})")
        } else {
            title
        }
    }

    /// A value for people: a data source's name, a day, a text that turns no other.
    fn value(&self, name: &str, value: &str) -> String {
        if name == SOURCE
            && let Some(source) = self.sources.get(value)
        {
            return cut(source, VALUE_CHARS);
        }
        let field = self.fields.as_array().into_iter().flatten().find(|field| field["Name"] == name);
        let seconds = value.parse::<f64>().ok().filter(|_| field.is_some_and(|field| field["Type"] == "DATE_VALUE"));
        match seconds.and_then(day) {
            Some(day) => day,
            None if is_blank(value) => "(blank)".to_owned(),
            None => cut(value, VALUE_CHARS),
        }
    }
}

/// The filters in use, each with an address without it.
pub(super) fn chips(query: &Fields, index: &InIndex, words: &Words<'_>) -> Vec<Chip> {
    let used = query.iter().filter_map(|(name, value)| Some((name, name.strip_prefix(FILTER)?, value)));
    used.map(|(name, field, value)| {
        let mut without = Fields::default();
        for (key, kept) in query.iter().filter(|(key, kept)| *key != "page" && !(*key == name && *kept == value)) {
            without.push(key, kept);
        }
        let href = format!("{}?{}", index.href("search"), without.encode());
        Chip { label: format!("{}: {}", words.title(field), words.value(field, value)), count: None, href }
    })
    .collect()
}

/// The values that an answer counted, each with an address that filters by it.
pub(super) fn facets(answer: &Value, query: &Fields, index: &InIndex, words: &Words<'_>) -> Vec<Facet> {
    let told = answer["FacetResults"].as_array().into_iter().flatten().map(|facet| {
        let name = facet["DocumentAttributeKey"].as_str().unwrap_or_default();
        let pairs = facet["DocumentAttributeValueCountPairs"].as_array().into_iter().flatten();
        let values = pairs.filter_map(|pair| {
            let value = plain(&pair["DocumentAttributeValue"])?;
            let mut with = query.clone();
            with.remove("page");
            with.push(&format!("{FILTER}{name}"), &value);
            let href = format!("{}?{}", index.href("search"), with.encode());
            Some(Chip { label: words.value(name, &value), count: pair["Count"].as_i64(), href })
        });
        Facet { values: values.collect(), title: words.title(name) }
    });
    told.filter(|facet| !facet.values.is_empty()).collect()
}

/// Whether something is told by a data source's id.
pub(super) fn names_sources(answer: &Value, query: &Fields) -> bool {
    let mut facets = answer["FacetResults"].as_array().into_iter().flatten();
    query.has(&format!("{FILTER}{SOURCE}")) || facets.any(|facet| facet["DocumentAttributeKey"] == SOURCE)
}

fn day(seconds: f64) -> Option<String> {
    // To the second: a date is shown.
    let at = Timestamp::from_second(seconds.floor() as i64).ok()?;
    Some(at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string())
}

fn plain(value: &Value) -> Option<String> {
    let text = value["StringValue"].as_str().map(str::to_owned);
    text.or_else(|| value["LongValue"].as_i64().map(|number| number.to_string()))
        .or_else(|| value["DateValue"].as_f64().map(|seconds| seconds.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_fields_never_have_one_title_and_values_are_words() {
        let field = |name: &str, kind: &str| json!({ "Name": name, "Type": kind, "Search": { "Facetable": true } });
        let fields = json!([
            field("_category", "STRING_VALUE"),
            field("cf_content_type", "STRING_VALUE"),
            field("cf_space_name", "STRING_VALUE"),
            field("cf_due", "DATE_VALUE"),
        ]);
        let sources = HashMap::from([("s1".to_owned(), "wiki".to_owned())]);
        let words = Words { fields: &fields, sources: &sources };
        assert_eq!(words.title("_category"), "Type (_category)");
        assert_eq!(words.title("cf_content_type"), "Type (cf_content_type)");
        assert_eq!((words.title("cf_space_name").as_str(), words.title("_").as_str()), ("Space", "_"));
        assert_eq!((words.value(SOURCE, "s1").as_str(), words.value(SOURCE, "s2").as_str()), ("wiki", "s2"));
        assert_eq!(words.value("cf_due", "86400"), "1970-01-02");
        assert_eq!(
            (words.value("cf_space_name", "86400").as_str(), words.value("x", " ").as_str()),
            ("86400", "(blank)")
        );
        let index = InIndex { id: "i".to_owned(), described: Value::Null };
        let query = Fields::parse("q=x&is.cf_space_name=HR&is._data_source_id=s1&page=2");
        let chips = chips(&query, &index, &words);
        let labels: Vec<&str> = chips.iter().map(|chip| chip.label.as_str()).collect();
        assert_eq!(labels, ["Space: HR", "Source: wiki"]);
        assert!(chips[0].href.ends_with("search?q=x&is._data_source_id=s1"), "{}", chips[0].href);
        assert!(names_sources(&Value::Null, &query) && !names_sources(&Value::Null, &Fields::default()));
    }
}
