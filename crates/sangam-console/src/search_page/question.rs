//! The question as the API takes it.

use sangam_api::kendra::NOBODY;
use sangam_identity::Reader;
use serde_json::{Value, json};

use super::asked::Asked;
use super::place::{Facet, Place};

/// Results on a page.
pub(super) const PAGE_SIZE: u32 = 10;
/// Values of a facet that are shown: a list that is read at a glance.
const VALUES_MAX: usize = 8;
/// The field with the data source.
pub(super) const SOURCE: &str = "_data_source_id";

/// The input of `Query` for `reader`; `None` if there is nothing to ask.
pub(super) fn input(asked: &Asked, place: &Place, reader: &Reader) -> Option<Value> {
    let filters = filters(asked, place);
    let has_text = !asked.text.is_empty();
    // Without a question, documents are listed, and they need an order.
    if !has_text && (filters.is_empty() || place.newest.is_none()) {
        return None;
    }
    let mut input = json!({
        "IndexId": place.id,
        "PageNumber": asked.page,
        "PageSize": PAGE_SIZE,
        "UserContext": user_context(reader),
    });
    if has_text {
        input["QueryText"] = asked.text.as_str().into();
    }
    if !filters.is_empty() {
        input["AttributeFilter"] = json!({ "AndAllFilters": filters });
    }
    if !place.facets.is_empty() {
        let facet = |facet: &Facet| json!({ "DocumentAttributeKey": facet.name, "MaxResults": VALUES_MAX });
        input["Facets"] = place.facets.iter().map(facet).collect();
    }
    if let Some(newest) = place.newest.as_ref().filter(|_| asked.is_newest_first || !has_text) {
        input["SortingConfiguration"] = json!({ "DocumentAttributeKey": newest, "SortOrder": "DESC" });
    }
    Some(input)
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

/// What documents must have: what was chosen, of fields that the page counts, and one of the sources that it shows.
fn filters(asked: &Asked, place: &Place) -> Vec<Value> {
    let leaf = |name: &str, value: &str| match place.facet(name) {
        Some(Facet { is_list: true, .. }) => {
            json!({ "ContainsAny": { "Key": name, "Value": { "StringListValue": [value] } } })
        }
        _ => json!({ "EqualsTo": { "Key": name, "Value": { "StringValue": value } } }),
    };
    let chosen = asked.filters.iter().filter(|(name, _)| place.facet(name).is_some());
    let mut filters: Vec<Value> = chosen.map(|(name, value)| leaf(name, value)).collect();
    if !place.only.is_empty() {
        let sources: Vec<Value> = place.only.iter().map(|id| leaf(SOURCE, id)).collect();
        filters.push(json!({ "OrAllFilters": sources }));
    }
    filters
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
        input(&Asked::read(&Fields::parse(address)), place, reader).unwrap()
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
    fn documents_are_listed_in_an_order_and_nothing_is_asked_without_a_wish() {
        let input = |address: &str, place: &Place| input(&Asked::read(&Fields::parse(address)), place, &ada());
        assert_eq!(input("", &place()), None);
        assert_eq!(input("f.unknown=1", &place()), None);
        let listed = input("f._category=page", &place()).unwrap();
        assert!(listed.get("QueryText").is_none() && listed["SortingConfiguration"]["SortOrder"] == "DESC");
        let unsorted = Place { newest: None, ..place() };
        assert_eq!(input("f._category=page", &unsorted), None);
        assert!(input("q=x&sort=newest", &unsorted).unwrap().get("SortingConfiguration").is_none());
        assert!(input("q=x", &place()).unwrap().get("SortingConfiguration").is_none());
    }
}
