//! What an administrator asks: the question, as whom, and how the answer is wanted.

use serde_json::{Value, json};

use crate::fields::Fields;

/// Results on a page.
pub(super) const PAGE: usize = 10;
/// The last page that Kendra's limit of 100 results leaves.
pub(super) const PAGES_MAX: usize = 10;
/// Values of a facet that are shown.
const FACET_VALUES: usize = 10;
/// Begins the names of facet filters in the address.
pub(super) const FILTER: &str = "is.";

/// A question as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) text: String,
    pub(super) user: String,
    pub(super) groups: Vec<String>,
    pub(super) sort: String,
    pub(super) language: String,
    pub(super) page: usize,
    /// Field and value, as text.
    pub(super) filters: Vec<(String, String)>,
}

impl Question {
    /// Reads the address.
    pub(super) fn read(query: &Fields) -> Self {
        let filters = query.iter().filter_map(|(name, value)| {
            let field = name.strip_prefix(FILTER).filter(|field| !field.is_empty())?;
            Some((field.to_owned(), value.to_owned()))
        });
        let groups = query.last("groups").split([',', '\n']).map(str::trim).filter(|group| !group.is_empty());
        Self {
            text: query.last("q").to_owned(),
            user: query.last("user").to_owned(),
            groups: groups.map(str::to_owned).collect(),
            sort: query.last("sort").to_owned(),
            language: query.last("language").to_owned(),
            page: query.last("page").parse().unwrap_or(1).clamp(1, PAGES_MAX),
            filters: filters.collect(),
        }
    }

    /// Whether anything is asked at all.
    pub(super) fn is_asked(&self, query: &Fields) -> bool {
        !self.text.is_empty() || query.has("browse")
    }

    /// Whether a reader is named.
    pub(super) fn names_somebody(&self) -> bool {
        !self.user.is_empty() || !self.groups.is_empty()
    }

    /// The input of `Query` for an index with these fields.
    pub(super) fn input(&self, index_id: &str, fields: &Value) -> Value {
        let mut input = json!({
            "IndexId": index_id,
            "QueryText": self.text,
            "PageNumber": self.page,
            "PageSize": PAGE,
        });
        if self.names_somebody() {
            let mut context = json!({});
            if !self.user.is_empty() {
                context["UserId"] = self.user.as_str().into();
            }
            if !self.groups.is_empty() {
                context["Groups"] = self.groups.clone().into();
            }
            input["UserContext"] = context;
        }
        let facets: Vec<Value> = searchable(fields, "Facetable")
            .map(|field| json!({ "DocumentAttributeKey": field, "MaxResults": FACET_VALUES }))
            .collect();
        if !facets.is_empty() {
            input["Facets"] = facets.into();
        }
        if let Some((field, order)) = self.sort.split_once(' ') {
            input["SortingConfiguration"] = json!({ "DocumentAttributeKey": field, "SortOrder": order });
        }
        if let Some(filter) = self.filter(fields) {
            input["AttributeFilter"] = filter;
        }
        if self.text.is_empty() {
            browse(&mut input);
        }
        input
    }

    fn filter(&self, fields: &Value) -> Option<Value> {
        let mut all: Vec<Value> = self.filters.iter().map(|(field, value)| condition(fields, field, value)).collect();
        if !self.language.is_empty() {
            all.push(json!({ "EqualsTo": { "Key": "_language_code", "Value": { "StringValue": self.language } } }));
        }
        match all.len() {
            0 => None,
            1 => all.pop(),
            _ => Some(json!({ "AndAllFilters": all })),
        }
    }
}

/// What the API wants of a query without a question: an order, and a filter or facets. The filter is one that everything passes.
fn browse(input: &mut Value) {
    if input.get("SortingConfiguration").is_none() {
        input["SortingConfiguration"] = json!({ "DocumentAttributeKey": "_last_updated_at", "SortOrder": "DESC" });
    }
    if input.get("AttributeFilter").is_none() && input.get("Facets").is_none() {
        let none = json!({ "EqualsTo": { "Key": "_data_source_id", "Value": { "StringValue": "-" } } });
        input["AttributeFilter"] = json!({ "NotFilter": none });
    }
}

/// One field's value as a filter, of the type that the index's field has.
fn condition(fields: &Value, field: &str, value: &str) -> Value {
    let found = fields.as_array().into_iter().flatten().find(|known| known["Name"] == field);
    let kind = found.and_then(|field| field["Type"].as_str()).unwrap_or("STRING_VALUE");
    match kind {
        "STRING_LIST_VALUE" => json!({ "ContainsAny": { "Key": field, "Value": { "StringListValue": [value] } } }),
        "LONG_VALUE" => {
            let number = value.parse::<i64>().map_or(Value::Null, Value::from);
            json!({ "EqualsTo": { "Key": field, "Value": { "LongValue": number } } })
        }
        "DATE_VALUE" => {
            let seconds = value.parse::<f64>().map_or(Value::Null, Value::from);
            json!({ "EqualsTo": { "Key": field, "Value": { "DateValue": seconds } } })
        }
        _ => json!({ "EqualsTo": { "Key": field, "Value": { "StringValue": value } } }),
    }
}

/// The fields that can be counted or sorted by.
pub(super) fn searchable<'f>(fields: &'f Value, ability: &'static str) -> impl Iterator<Item = &'f str> {
    let able = fields.as_array().into_iter().flatten().filter(move |field| field["Search"][ability] == true);
    able.filter_map(|field| field["Name"].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Value {
        json!([
            {"Name": "labels", "Type": "STRING_LIST_VALUE", "Search": {"Facetable": true}},
            {"Name": "views", "Type": "LONG_VALUE", "Search": {"Sortable": true}},
        ])
    }

    #[test]
    fn an_address_becomes_the_operation_s_input() {
        let query =
            Fields::parse("q=rust&user=ada&groups=a%2C+b&sort=views+DESC&page=2&is.labels=x&is.views=3&language=en");
        let input = Question::read(&query).input("i", &fields());
        assert_eq!(input["UserContext"], json!({"UserId": "ada", "Groups": ["a", "b"]}));
        assert_eq!(input["SortingConfiguration"], json!({"DocumentAttributeKey": "views", "SortOrder": "DESC"}));
        assert_eq!(input["Facets"], json!([{"DocumentAttributeKey": "labels", "MaxResults": 10}]));
        assert_eq!(input["AttributeFilter"]["AndAllFilters"].as_array().unwrap().len(), 3);
        assert_eq!(
            input["AttributeFilter"]["AndAllFilters"][0]["ContainsAny"]["Value"]["StringListValue"],
            json!(["x"])
        );
        assert_eq!(input["PageNumber"], 2);
    }

    #[test]
    fn browsing_asks_for_an_order_and_a_filter_that_everything_passes() {
        let input = Question::read(&Fields::parse("browse=1")).input("i", &json!([]));
        assert_eq!(input["SortingConfiguration"]["DocumentAttributeKey"], "_last_updated_at");
        assert!(input["AttributeFilter"]["NotFilter"].is_object());
        let counted = Question::read(&Fields::parse("browse=1&sort=views+ASC")).input("i", &fields());
        assert_eq!(counted["SortingConfiguration"]["SortOrder"], "ASC");
        assert!(counted.get("AttributeFilter").is_none());
    }

    #[test]
    fn nobody_is_named_unless_somebody_is() {
        let input = Question::read(&Fields::parse("q=x&user=+&groups=,")).input("i", &fields());
        assert!(input.get("UserContext").is_none() && input.get("AttributeFilter").is_none());
        assert_eq!(Question::read(&Fields::parse("page=999")).page, PAGES_MAX);
    }
}
