//! The question as the API takes it.

use jiff::Timestamp;
use sangam_api::kendra::NOBODY;
use sangam_identity::Reader;
use serde_json::{Value, json};

use super::asked::Asked;
use super::place::{Facet, Place};
use crate::hits::SOURCE;

/// Results on a page.
pub(super) const PAGE_SIZE: u32 = 10;
/// Values of a facet: more than these are looked for with words.
const VALUES_MAX: usize = 20;

/// The input of `Query` for `reader`; `None` if there is nothing to ask.
pub(super) fn input(asked: &Asked, place: &Place, reader: &Reader, now: Timestamp) -> Option<Value> {
    let has_text = !asked.text.is_empty();
    let facets: Vec<&Facet> = place.facets.iter().collect();
    let input = question(asked, place, reader, &facets, now);
    // Without a question, documents are listed, and they need an order and a reason.
    let is_listed = input.get("SortingConfiguration").is_some() && input.get("AttributeFilter").is_some();
    (has_text || is_listed && !asked.is_empty()).then_some(input)
}

/// The input of `Query` that counts the fields in which values were chosen as if none were; `None` if none were.
pub(super) fn without_choice(asked: &Asked, place: &Place, reader: &Reader, now: Timestamp) -> Option<Value> {
    let is_chosen = |facet: &&Facet| asked.filters.iter().any(|(name, _)| *name == facet.name);
    let facets: Vec<&Facet> = place.facets.iter().filter(is_chosen).collect();
    if facets.is_empty() {
        return None;
    }
    let asked = Asked { filters: Vec::new(), page: 1, ..asked.clone() };
    let mut input = question(&asked, place, reader, &facets, now);
    // Only its counts are wanted.
    input["PageSize"] = 1.into();
    Some(input)
}

fn question(asked: &Asked, place: &Place, reader: &Reader, facets: &[&Facet], now: Timestamp) -> Value {
    let has_text = !asked.text.is_empty();
    let mut input = json!({
        "IndexId": place.id,
        "PageNumber": asked.page,
        "PageSize": PAGE_SIZE,
        "UserContext": user_context(reader),
    });
    if has_text {
        input["QueryText"] = asked.text.as_str().into();
    }
    let filters = filters(asked, place, now);
    if !filters.is_empty() {
        input["AttributeFilter"] = json!({ "AndAllFilters": filters });
    }
    if !facets.is_empty() {
        let facet = |facet: &&Facet| json!({ "DocumentAttributeKey": facet.name, "MaxResults": VALUES_MAX });
        input["Facets"] = facets.iter().map(facet).collect();
    }
    if let Some(newest) = place.newest.as_ref().filter(|_| asked.is_newest_first || !has_text) {
        input["SortingConfiguration"] = json!({ "DocumentAttributeKey": newest, "SortOrder": "DESC" });
    }
    input
}

/// Who is asking. Somebody without a user id is nobody on purpose: a request that names nobody may be answered with everything.
fn user_context(reader: &Reader) -> Value {
    let Some(user_id) = reader.user_id.as_ref().filter(|id| !id.trim().is_empty()) else {
        return json!({ "UserId": NOBODY });
    };
    let mut context = json!({ "UserId": user_id });
    if !reader.groups.is_empty() {
        context["Groups"] = reader.groups.as_slice().into();
    }
    context
}

/// What documents must have: in every field that the page counts one of the values that were chosen of it, and one of the sources that
/// the page shows.
fn filters(asked: &Asked, place: &Place, now: Timestamp) -> Vec<Value> {
    let mut filters: Vec<Value> =
        place.facets.iter().filter_map(|facet| one_of(facet, &asked.values(&facet.name))).collect();
    if let (Some(since), Some(newest)) = (asked.since, &place.newest) {
        let value = json!({ "DateValue": since.begins_at(now) });
        filters.push(json!({ "GreaterThanOrEquals": { "Key": newest, "Value": value } }));
    }
    if !place.only.is_empty() {
        let sources: Vec<Value> = place.only.iter().map(|id| equals(SOURCE, id)).collect();
        filters.push(json!({ "OrAllFilters": sources }));
    }
    filters
}

fn one_of(facet: &Facet, values: &[&str]) -> Option<Value> {
    match values {
        [] => None,
        _ if facet.is_list => {
            Some(json!({ "ContainsAny": { "Key": facet.name, "Value": { "StringListValue": values } } }))
        }
        [value] => Some(equals(&facet.name, value)),
        _ => Some(json!({ "OrAllFilters": values.iter().map(|value| equals(&facet.name, value)).collect::<Vec<_>>() })),
    }
}

fn equals(name: &str, value: &str) -> Value {
    json!({ "EqualsTo": { "Key": name, "Value": { "StringValue": value } } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Fields;

    fn place() -> Place {
        let facet = |name: &str, is_list| Facet { name: name.into(), is_list };
        Place {
            id: "i".into(),
            facets: vec![facet("_category", false), facet("cf_labels", true)],
            newest: Some("_last_updated_at".into()),
            ..Place::default()
        }
    }

    fn ada() -> Reader {
        Reader { user_id: Some("ada@example.com".into()), groups: vec!["staff".into()], gap: None }
    }

    fn of(address: &str, place: &Place, reader: &Reader) -> Value {
        input(&Asked::read(&Fields::parse(address)), place, reader, Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn the_signed_in_person_asks_whatever_the_address_says() {
        let hostile =
            "q=x&UserContext=boss&UserId=boss&user=boss&groups=admins&f._user_id=boss&f._group_ids=admins&index=other";
        let input = of(hostile, &place(), &ada());
        assert_eq!(input["UserContext"], json!({ "UserId": "ada@example.com", "Groups": ["staff"] }));
        assert!(!input.to_string().contains("boss") && !input.to_string().contains("admins"), "{input}");
        assert_eq!(input["IndexId"], "i");
    }

    #[test]
    fn nobody_is_named_as_nobody() {
        let groups_only = Reader { user_id: None, groups: vec!["staff".into()], gap: None };
        let blank = Reader { user_id: Some(" ".into()), ..Reader::default() };
        for reader in [Reader::default(), groups_only, blank] {
            assert_eq!(of("q=x", &place(), &reader)["UserContext"], json!({ "UserId": NOBODY }));
        }
    }

    #[test]
    fn filters_are_of_fields_that_are_counted_and_of_sources_that_are_shown() {
        let place = Place { only: vec!["s1".into(), "s2".into()], ..place() };
        let input = of("q=x&f._category=page&f.cf_labels=a&f.secret=b", &place, &ada());
        let filters = input["AttributeFilter"]["AndAllFilters"].as_array().unwrap();
        assert_eq!(filters.len(), 3);
        assert_eq!(filters[0]["EqualsTo"]["Value"]["StringValue"], "page");
        assert_eq!(filters[1]["ContainsAny"]["Value"]["StringListValue"], json!(["a"]));
        assert_eq!(filters[2]["OrAllFilters"].as_array().unwrap().len(), 2);
        let unfiltered = of("q=x", &place, &ada());
        assert!(unfiltered["AttributeFilter"].to_string().contains("s1"), "no address shows other sources");
    }

    #[test]
    fn values_of_one_field_are_alternatives() {
        let filters = |address| of(address, &place(), &ada())["AttributeFilter"]["AndAllFilters"].clone();
        let both = filters("q=x&f._category=page&f.cf_labels=a&f._category=blog&f.cf_labels=b");
        assert_eq!(both[0]["OrAllFilters"].as_array().unwrap().len(), 2, "{both}");
        assert_eq!(both[1]["ContainsAny"]["Value"]["StringListValue"], json!(["a", "b"]));
        assert_eq!(both.as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_chosen_field_is_counted_as_if_nothing_were_chosen() {
        let place = Place { only: vec!["s1".into()], ..place() };
        let input = |address: &str| {
            without_choice(&Asked::read(&Fields::parse(address)), &place, &ada(), Timestamp::UNIX_EPOCH)
        };
        assert_eq!(input("q=x&since=week"), None);
        assert_eq!(input("q=x&f.unknown=1"), None);
        let counted = input("q=x&f._category=page&page=3&since=week").unwrap();
        assert_eq!(counted["Facets"], json!([{ "DocumentAttributeKey": "_category", "MaxResults": VALUES_MAX }]));
        assert_eq!((&counted["PageSize"], &counted["PageNumber"]), (&json!(1), &json!(1)));
        let filters = counted["AttributeFilter"]["AndAllFilters"].to_string();
        assert!(!filters.contains("page") && filters.contains("s1") && filters.contains("DateValue"), "{filters}");
        assert_eq!(counted["UserContext"]["UserId"], "ada@example.com");
    }

    #[test]
    fn documents_are_listed_in_an_order_and_nothing_is_asked_without_a_wish() {
        let input = |address: &str, place: &Place| {
            input(&Asked::read(&Fields::parse(address)), place, &ada(), Timestamp::UNIX_EPOCH)
        };
        assert_eq!(input("", &place()), None);
        assert_eq!(input("f.unknown=1", &place()), None);
        assert_eq!(input("", &Place { only: vec!["s1".into()], ..place() }), None);
        let listed = input("f._category=page", &place()).unwrap();
        assert!(listed.get("QueryText").is_none() && listed["SortingConfiguration"]["SortOrder"] == "DESC");
        let unsorted = Place { newest: None, ..place() };
        assert_eq!(input("f._category=page", &unsorted), None);
        assert_eq!(input("since=week", &unsorted), None);
        assert!(input("q=x&sort=newest", &unsorted).unwrap().get("SortingConfiguration").is_none());
        assert!(input("q=x", &place()).unwrap().get("SortingConfiguration").is_none());
    }
}
