//! Readers named inside an attribute filter: `_user_id` and `_group_ids`.
//!
//! They look like attributes and are none: no document has them, they say who is asking. Understood are an `EqualsTo` on one of them, several
//! under `OrAllFilters`, and either of the two as an element of the outermost `AndAllFilters`, beside conditions on real attributes. Anywhere
//! else they would mean "this reader or that condition", which no access can express, so that is refused.

use sangam_access::ReaderRequest;
use sangam_api::kendra::{AttributeFilter, DocumentAttribute};
use sangam_engine::{AttributeValue, FieldFilter};

use super::filter::{Comparison, Converter, Operator, check_length, operator, value};
use crate::error::{Outcome, invalid};
use crate::indices::IndexDocument;

/// The pseudo-attributes; the guide writes the group's in both ways.
const USER: &str = "_user_id";
const GROUPS: [&str; 2] = ["_group_ids", "_group_id"];
/// Most groups, as in a user context.
const GROUPS_MAX: usize = 2_048;

/// Splits a filter into the condition on documents and the reader that it names, if it does.
///
/// # Errors
/// `ValidationException` for a filter that cannot be understood.
pub(super) fn split(
    index: &IndexDocument,
    filter: &AttributeFilter,
    strings_max: usize,
) -> Outcome<(Option<FieldFilter>, Option<ReaderRequest>)> {
    let converter = Converter { index, strings_max };
    if is_identity(filter) {
        return Ok((None, Some(read(filter)?)));
    }
    let Operator::And(filters) = operator(filter)? else {
        refuse_identity(filter)?;
        return Ok((Some(converter.convert(filter, 0)?), None));
    };
    check_length(filters)?;
    let (identities, conditions): (Vec<&AttributeFilter>, Vec<&AttributeFilter>) =
        filters.iter().partition(|filter| is_identity(filter));
    let reader = match identities.as_slice() {
        [] => None,
        [identity] => Some(read(identity)?),
        _ => return Err(invalid("_user_id and _group_ids of one reader must stand under one OrAllFilters")),
    };
    let mut converted = Vec::with_capacity(conditions.len());
    for condition in conditions {
        refuse_identity(condition)?;
        converted.push(converter.convert(condition, 1)?);
    }
    let condition = if converted.is_empty() { None } else { Some(FieldFilter::And(converted)) };
    Ok((condition, reader))
}

/// True if the filter names a reader and nothing else.
fn is_identity(filter: &AttributeFilter) -> bool {
    match operator(filter) {
        Ok(Operator::Leaf(_, attribute)) => is_pseudo(&attribute.key),
        Ok(Operator::Or(filters)) => !filters.is_empty() && filters.iter().all(is_identity_leaf),
        _ => false,
    }
}

fn is_identity_leaf(filter: &AttributeFilter) -> bool {
    matches!(operator(filter), Ok(Operator::Leaf(_, attribute)) if is_pseudo(&attribute.key))
}

fn is_pseudo(key: &str) -> bool {
    key == USER || GROUPS.contains(&key)
}

/// Refuses a reader in a place where it cannot be understood.
fn refuse_identity(filter: &AttributeFilter) -> Outcome<()> {
    let inside = |filters: &[AttributeFilter]| filters.iter().try_for_each(refuse_identity);
    match operator(filter) {
        Ok(Operator::And(filters) | Operator::Or(filters)) => inside(filters),
        Ok(Operator::Not(filter)) => refuse_identity(filter),
        Ok(Operator::Leaf(_, attribute)) if is_pseudo(&attribute.key) => Err(invalid(format!(
            "{} can stand alone, under OrAllFilters with other user and group filters, or as such in the outermost \
             AndAllFilters",
            attribute.key
        ))),
        // A filter without one operator is refused when it is converted.
        Ok(Operator::Leaf(..)) | Err(_) => Ok(()),
    }
}

fn read(filter: &AttributeFilter) -> Outcome<ReaderRequest> {
    let mut reader = ReaderRequest::default();
    match operator(filter)? {
        Operator::Or(filters) => {
            check_length(filters)?;
            for filter in filters {
                if let Operator::Leaf(comparison, attribute) = operator(filter)? {
                    read_leaf(&mut reader, comparison, attribute)?;
                }
            }
        }
        Operator::Leaf(comparison, attribute) => read_leaf(&mut reader, comparison, attribute)?,
        Operator::And(_) | Operator::Not(_) => {}
    }
    if reader.groups.len() > GROUPS_MAX {
        return Err(invalid(format!("_group_ids cannot have more than {GROUPS_MAX} groups")));
    }
    if reader.is_empty() {
        // Never "no filter": an empty list of groups is not nobody named.
        return Err(invalid("_user_id and _group_ids must name somebody"));
    }
    Ok(reader)
}

fn read_leaf(reader: &mut ReaderRequest, comparison: Comparison, attribute: &DocumentAttribute) -> Outcome<()> {
    let key = &attribute.key;
    let any_of_list = comparison == Comparison::ContainsAny && key != USER;
    if comparison != Comparison::EqualsTo && !any_of_list {
        return Err(invalid(format!("{} cannot be used with {key}, use EqualsTo", comparison.name())));
    }
    match value(attribute)? {
        AttributeValue::String(user) if key == USER => {
            if reader.user.as_ref().is_some_and(|known| *known != user) {
                return Err(invalid("_user_id can name one user only"));
            }
            reader.user = Some(user);
        }
        AttributeValue::String(group) if key != USER => reader.groups.push(group),
        AttributeValue::StringList(groups) if key != USER => reader.groups.extend(groups),
        _ if key == USER => return Err(invalid("the value of _user_id must be of type STRING_VALUE")),
        _ => return Err(invalid(format!("the value of {key} must be of type STRING_LIST_VALUE"))),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
