//! What results can be narrowed by: values of fields, the chosen ones among them, and ages.

use askama::Template;
use serde_json::Value;

use super::asked::{Asked, filter_name};
use super::place::Place;
use super::since::Since;
use super::view::{CHANGED, value_label};
use crate::hits::label;
use crate::view::Html;

/// Values that are seen at once: a list that is read at a glance.
const SEEN_MAX: usize = 7;

/// Values of a field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FacetView {
    pub(super) title: String,
    /// Those that are seen at once.
    pub(super) values: Vec<FacetValue>,
    /// Those behind them.
    pub(super) more: Vec<FacetValue>,
}

/// A value that can be chosen, or one that is. Choosing is a button: the form around all of them has the question once, not each of them.
#[derive(Template, Debug, PartialEq, Eq)]
#[template(
    source = r#"{% if let Some(href) = without %}<a class="chosen" aria-current="true" href="{{ href }}"><span><span aria-hidden="true">✓ </span><span class="sr">Remove </span><bdi>{{ label }}</bdi></span>{% else %}<button class="value" name="{{ name }}" value="{{ value }}"><bdi>{{ label }}</bdi>{% endif %}{% if let Some(count) = count %} <span class="muted">{{ count }}</span>{% endif %}{% if without.is_some() %}</a>{% else %}</button>{% endif %}"#,
    ext = "html"
)]
pub(super) struct FacetValue {
    /// What it is called in an address.
    pub(super) name: String,
    /// What stands there.
    pub(super) value: String,
    /// What is read.
    pub(super) label: String,
    /// How many documents have it, where that is known.
    pub(super) count: Option<i64>,
    /// The address without it, if it is chosen.
    pub(super) without: Option<String>,
}

impl FacetValue {
    /// The link or button.
    pub(super) fn html(&self) -> Html {
        Html::of(self)
    }
}

impl FacetView {
    fn new(title: String, mut values: Vec<FacetValue>) -> Self {
        let more = values.split_off(values.len().min(SEEN_MAX));
        // One value is not worth hiding.
        if let [_] = more.as_slice() {
            values.extend(more);
            return Self { title, values, more: Vec::new() };
        }
        Self { title, values, more }
    }
}

/// What the answer can be narrowed by. `without_choice` has the other values of fields of which some were chosen.
pub(super) fn read(answer: &Value, without_choice: &Value, asked: &Asked, place: &Place) -> Vec<FacetView> {
    let total = answer["TotalNumberOfResults"].as_i64().unwrap_or_default();
    let facets = place.facets.iter().filter_map(|facet| {
        let values = if asked.values(&facet.name).is_empty() {
            offered(&counts(answer, &facet.name), total, asked, place, &facet.name)
        } else {
            chosen(answer, without_choice, asked, place, &facet.name)
        };
        (!values.is_empty()).then(|| FacetView::new(label(&facet.name), values))
    });
    facets.chain(ages(asked, place, total)).collect()
}

/// Values of a field of which none is chosen; empty where all documents have the same and nothing is left to choose.
fn offered(counts: &[(String, i64)], total: i64, asked: &Asked, place: &Place, name: &str) -> Vec<FacetValue> {
    let narrows = counts.len() > 1 || counts.iter().any(|(_, count)| *count < total);
    if !narrows || !asked.may_narrow() {
        return Vec::new();
    }
    counts.iter().map(|(value, count)| open(place, name, value, Some(*count))).collect()
}

/// Values of a field of which some are chosen: those first, then what else there is.
fn chosen(answer: &Value, without_choice: &Value, asked: &Asked, place: &Place, name: &str) -> Vec<FacetValue> {
    let counted = counts(answer, name);
    let chosen = asked.values(name).into_iter().map(|value| FacetValue {
        count: counted.iter().find(|(known, _)| known == value).map(|(_, count)| *count),
        without: Some(asked.without(name, value).href()),
        ..open(place, name, value, None)
    });
    let mut values: Vec<FacetValue> = chosen.collect();
    if !asked.may_narrow() {
        return values;
    }
    // Where values of other fields are chosen too, fewer documents have both.
    let is_exact = asked.filters.iter().all(|(field, _)| field == name);
    let others = counts(without_choice, name).into_iter().filter(|(value, _)| !asked.has(name, value));
    values.extend(others.map(|(value, count)| open(place, name, &value, is_exact.then_some(count))));
    values
}

fn open(place: &Place, name: &str, value: &str, count: Option<i64>) -> FacetValue {
    FacetValue {
        name: filter_name(name),
        value: value.to_owned(),
        label: value_label(place, name, value),
        count,
        without: None,
    }
}

/// The values of a field with their counts, as `Query` answers them.
fn counts(answer: &Value, name: &str) -> Vec<(String, i64)> {
    let mut facets = answer["FacetResults"].as_array().into_iter().flatten();
    let facet = facets.find(|facet| facet["DocumentAttributeKey"] == name);
    let pairs = facet.and_then(|facet| facet["DocumentAttributeValueCountPairs"].as_array()).into_iter().flatten();
    let read = |pair: &Value| {
        let value = pair["DocumentAttributeValue"]["StringValue"].as_str().filter(|value| !value.is_empty())?;
        Some((value.to_owned(), pair["Count"].as_i64().unwrap_or_default()))
    };
    pairs.filter_map(read).collect()
}

/// Ages to choose from, where the index knows when documents were changed.
fn ages(asked: &Asked, place: &Place, total: i64) -> Option<FacetView> {
    if place.newest.is_none() || (total < 2 && asked.since.is_none()) {
        return None;
    }
    let age = |since: Since| FacetValue {
        name: Since::NAME.to_owned(),
        value: since.value().to_owned(),
        label: since.label().to_owned(),
        count: None,
        without: (asked.since == Some(since)).then(|| asked.of_any_age().href()),
    };
    Some(FacetView::new(CHANGED.to_owned(), Since::ALL.into_iter().map(age).collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::place::Facet;
    use super::*;
    use crate::fields::Fields;

    fn place() -> Place {
        let facet = |name: &str| Facet { name: name.into(), is_list: false };
        Place { facets: vec![facet("_category"), facet("cf_space_name")], ..Place::default() }
    }

    fn answer(total: i64, facets: &[(&str, &[(&str, i64)])]) -> Value {
        let pair = |(value, n): &(&str, i64)| json!({ "DocumentAttributeValue": { "StringValue": value }, "Count": n });
        let facet = |(name, pairs): &(&str, &[(&str, i64)])| {
            let pairs: Vec<Value> = pairs.iter().map(pair).collect();
            json!({ "DocumentAttributeKey": name, "DocumentAttributeValueCountPairs": pairs })
        };
        json!({ "TotalNumberOfResults": total, "FacetResults": facets.iter().map(facet).collect::<Vec<_>>() })
    }

    /// Each facet as `title: value 1, [chosen] 2`.
    fn shown(answer: &Value, without_choice: &Value, address: &str) -> Vec<String> {
        let asked = Asked::read(&Fields::parse(address));
        let text = |value: &FacetValue| {
            let count = value.count.map(|count| format!(" {count}")).unwrap_or_default();
            if value.without.is_some() {
                format!("[{}]{count}", value.label)
            } else {
                format!("{}{count}", value.label)
            }
        };
        let facets = read(answer, without_choice, &asked, &place());
        let line = |facet: &FacetView| {
            let values: Vec<String> = facet.values.iter().chain(&facet.more).map(text).collect();
            format!("{}: {}", facet.title, values.join(", "))
        };
        facets.iter().map(line).collect()
    }

    #[test]
    fn the_other_values_of_a_chosen_field_stay() {
        let narrowed = answer(3, &[("_category", &[("page", 3)]), ("cf_space_name", &[("Eng", 2), ("Ops", 1)])]);
        let all = answer(9, &[("_category", &[("blog", 6), ("page", 3)])]);
        let facets = shown(&narrowed, &all, "q=x&f._category=page");
        assert_eq!(facets, ["Type: [page] 3, blog 6", "Space: Eng 2, Ops 1"]);
        // A second field makes the counts of the others too high.
        let facets = shown(&narrowed, &all, "q=x&f._category=page&f.cf_space_name=Eng");
        assert_eq!(facets, ["Type: [page] 3, blog", "Space: [Eng] 2"]);
    }

    #[test]
    fn what_leaves_nothing_to_choose_is_not_offered() {
        let alike = answer(3, &[("_category", &[("page", 3)]), ("cf_space_name", &[("Eng", 2)])]);
        assert_eq!(shown(&alike, &Value::Null, "q=x"), ["Space: Eng 2"]);
        assert_eq!(shown(&Value::Null, &Value::Null, "q=x&f._category=gone"), ["Type: [gone]"]);
        let full: Vec<String> = (0..8).map(|n| format!("f._category={n}")).collect();
        let facets = shown(&alike, &alike, &full.join("&"));
        assert_eq!(facets.len(), 1, "eight filters are as many as fit: {facets:?}");
    }

    #[test]
    fn a_long_list_is_folded() {
        let names: Vec<String> = (0..12).map(|n| n.to_string()).collect();
        let value = |name: &String| open(&place(), "a", name, None);
        let folded = FacetView::new(String::new(), names.iter().map(value).collect());
        assert_eq!((folded.values.len(), folded.more.len()), (SEEN_MAX, 12 - SEEN_MAX));
        let whole = FacetView::new(String::new(), names[..=SEEN_MAX].iter().map(value).collect());
        assert_eq!((whole.values.len(), whole.more.len()), (SEEN_MAX + 1, 0));
    }
}
