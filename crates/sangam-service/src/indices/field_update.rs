//! `DocumentMetadataConfigurationUpdates`: adding fields, and changing what existing ones are used for.

use std::collections::HashSet;

use sangam_api::ApiError;
use sangam_api::kendra::{DocumentMetadataConfiguration, Relevance, Search};

use super::field::{Field, FieldKind};
use super::predefined::N_PREDEFINED;
use crate::error::{Outcome, invalid};

/// Most fields beside the predefined ones, by Kendra's quota page; a listing of them stays one answer.
const CUSTOM_FIELDS_MAX: usize = 500;

/// Applies `updates` to `fields`: all of them, or none if one is refused.
///
/// # Errors
/// `ValidationException` that names the field, `ServiceQuotaExceededException` past the limit of custom fields.
pub(crate) fn apply(fields: &mut Vec<Field>, updates: &[DocumentMetadataConfiguration]) -> Outcome<()> {
    let mut next = fields.clone();
    let mut named = HashSet::new();
    for update in updates {
        if !named.insert(update.name.as_str()) {
            return Err(invalid(format!("field `{}` is given twice", update.name)));
        }
        let kind = FieldKind::of(update.r#type);
        let known = next.iter().position(|field| field.name == update.name);
        let position = if let Some(position) = known {
            position
        } else {
            check_name(&update.name)?;
            next.push(Field::added(&update.name, kind));
            next.len() - 1
        };
        change(&mut next[position], kind, update)?;
    }
    if next.len() > N_PREDEFINED + CUSTOM_FIELDS_MAX {
        let message = format!("an index can have at most {CUSTOM_FIELDS_MAX} custom fields");
        return Err(ApiError::quota_exceeded(message).into());
    }
    let fresh: Vec<&str> =
        next.iter().filter(|f| f.relevance.freshness == Some(true)).map(|f| f.name.as_str()).collect();
    if fresh.len() > 1 {
        return Err(invalid(format!("only one field of an index can have Freshness, not `{}`", fresh.join("` and `"))));
    }
    *fields = next;
    Ok(())
}

/// A new field's name must be usable as an attribute's key, and must not look like one of Kendra's own.
fn check_name(name: &str) -> Outcome<()> {
    if name.starts_with('_') {
        return Err(invalid(format!(
            "field `{name}` cannot be added: names that begin with an underscore are reserved"
        )));
    }
    let is_key =
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) && !name.starts_with('-');
    if is_key {
        Ok(())
    } else {
        Err(invalid(format!(
            "field `{name}` cannot be added: a name has letters, digits, underscores and hyphens only"
        )))
    }
}

fn change(field: &mut Field, kind: FieldKind, update: &DocumentMetadataConfiguration) -> Outcome<()> {
    if field.kind != kind {
        let (old, new) = (field.kind.wire(), update.r#type);
        return Err(invalid(format!("the type of field `{}` cannot be changed from {old} to {new}", field.name)));
    }
    if let Some(search) = &update.search {
        change_search(field, search)?;
    }
    if let Some(relevance) = &update.relevance {
        change_relevance(field, relevance)?;
    }
    Ok(())
}

fn change_search(field: &mut Field, update: &Search) -> Outcome<()> {
    if update.sortable == Some(true) && field.kind == FieldKind::StringList {
        return Err(invalid(format!("field `{}` cannot be sortable: it is a string list", field.name)));
    }
    let search = &mut field.search;
    search.displayable = update.displayable.unwrap_or(search.displayable);
    search.facetable = update.facetable.unwrap_or(search.facetable);
    search.searchable = update.searchable.unwrap_or(search.searchable);
    search.sortable = update.sortable.unwrap_or(search.sortable);
    Ok(())
}

fn change_relevance(field: &mut Field, update: &Relevance) -> Outcome<()> {
    let refuse = |member: &str| {
        let kind = field.kind.wire();
        Err(invalid(format!("field `{}` cannot have {member}: its type is {kind}", field.name)))
    };
    let is_date = field.kind == FieldKind::Date;
    // `Freshness: false` and an empty map say nothing that is not so already; some clients always send them.
    if update.freshness == Some(true) && !is_date {
        return refuse("Freshness");
    }
    if update.duration.is_some() && !is_date {
        return refuse("Duration");
    }
    if update.rank_order.is_some() && !is_date && field.kind != FieldKind::Long {
        return refuse("RankOrder");
    }
    if update.value_importance_map.as_ref().is_some_and(|map| !map.is_empty()) && field.kind != FieldKind::String {
        return refuse("ValueImportanceMap");
    }
    let relevance = &mut field.relevance;
    relevance.importance = update.importance.unwrap_or(relevance.importance);
    if is_date {
        relevance.freshness = update.freshness.or(relevance.freshness);
    }
    if let Some(duration) = &update.duration {
        relevance.duration = Some(duration.clone());
    }
    relevance.rank_order = update.rank_order.or(relevance.rank_order);
    if let Some(map) = update.value_importance_map.as_ref().filter(|_| field.kind == FieldKind::String) {
        relevance.value_importance = Some(map.clone());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sangam_api::kendra::{DocumentAttributeValueType, Order};

    use super::*;
    use crate::indices::{FieldSearch, predefined};

    fn update(name: &str, kind: DocumentAttributeValueType) -> DocumentMetadataConfiguration {
        DocumentMetadataConfiguration { name: name.into(), r#type: kind, relevance: None, search: None }
    }

    fn refusal(updates: &[DocumentMetadataConfiguration]) -> String {
        let mut fields = predefined::fields();
        let error = apply(&mut fields, updates).unwrap_err();
        assert_eq!(fields, predefined::fields(), "nothing is changed by a refused update");
        error.to_string()
    }

    #[test]
    fn sending_back_what_was_shown_changes_nothing() {
        let mut fields = predefined::fields();
        let shown: Vec<_> = fields.iter().map(Field::wire).collect();
        apply(&mut fields, &shown).unwrap();
        assert_eq!(fields, predefined::fields());
    }

    #[test]
    fn new_fields_have_the_defaults_of_their_type() {
        use DocumentAttributeValueType::{DateValue, LongValue, StringListValue, StringValue};
        let mut fields = predefined::fields();
        let kinds = [("s", StringValue), ("l", StringListValue), ("n", LongValue), ("d", DateValue)];
        apply(&mut fields, &kinds.map(|(name, kind)| update(name, kind))).unwrap();
        let search = |position: usize| fields[N_PREDEFINED + position].search;
        for (position, searchable) in [(0, true), (1, true), (2, false), (3, false)] {
            let expected = FieldSearch { displayable: true, facetable: false, searchable, sortable: false };
            assert_eq!(search(position), expected);
        }
        let relevance = |position: usize| fields[N_PREDEFINED + position].relevance.clone();
        assert_eq!(relevance(0).value_importance, Some([].into()));
        assert_eq!(relevance(1).value_importance, None);
        assert_eq!(relevance(2).rank_order, Some(Order::Ascending));
        assert_eq!(relevance(3).duration.as_deref(), Some("25920000s"));
        assert_eq!(relevance(3).freshness, Some(false));
    }

    #[test]
    fn members_that_are_left_out_keep_their_value() {
        let mut fields = predefined::fields();
        let mut change = update("_category", DocumentAttributeValueType::StringValue);
        change.search = Some(Search { facetable: Some(true), ..Search::default() });
        change.relevance = Some(Relevance { importance: Some(5), ..Relevance::default() });
        apply(&mut fields, &[change]).unwrap();
        let category = fields.iter().find(|field| field.name == "_category").unwrap();
        assert!(category.search.facetable && category.search.sortable && !category.search.displayable);
        assert_eq!(category.relevance.importance, 5);
        assert_eq!(category.relevance.value_importance, Some([].into()));
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        use DocumentAttributeValueType::{DateValue, LongValue, StringListValue, StringValue};
        let message = refusal(&[update("fine", LongValue), update("_category", LongValue)]);
        assert!(message.contains("the type of field `_category` cannot be changed"), "{message}");

        let mut list = update("list", StringListValue);
        list.search = Some(Search { sortable: Some(true), ..Search::default() });
        assert!(refusal(&[list]).contains("`list` cannot be sortable"));

        let mut text = update("text", StringValue);
        text.relevance = Some(Relevance { duration: Some("1s".into()), ..Relevance::default() });
        assert!(refusal(&[text]).contains("`text` cannot have Duration"));

        assert!(refusal(&[update("_mine", StringValue)]).contains("reserved"));
        assert!(refusal(&[update("my field", StringValue)]).contains("letters, digits"));
        assert!(refusal(&[update("a", StringValue), update("a", StringValue)]).contains("given twice"));

        let fresh = |name: &str| {
            let mut field = update(name, DateValue);
            field.relevance = Some(Relevance { freshness: Some(true), ..Relevance::default() });
            field
        };
        assert!(refusal(&[fresh("_created_at"), fresh("_last_updated_at")]).contains("only one field"));
    }

    #[test]
    fn the_five_hundred_and_first_custom_field_is_too_many() {
        let mut fields = predefined::fields();
        let many: Vec<_> =
            (0..CUSTOM_FIELDS_MAX).map(|n| update(&format!("f{n}"), DocumentAttributeValueType::LongValue)).collect();
        apply(&mut fields, &many).unwrap();
        let error = apply(&mut fields, &[update("one-more", DocumentAttributeValueType::LongValue)]).unwrap_err();
        assert!(ApiError::from(error).code().starts_with("ServiceQuotaExceeded"));
    }
}
