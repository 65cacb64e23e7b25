//! Which shapes can be reached from which: what must be generated, and what must be boxed.

use std::collections::BTreeSet;

use crate::model::{Kind, Model};

/// Every shape that can be reached from `roots`, the roots included.
pub(crate) fn reachable<'m>(model: &'m Model, roots: impl IntoIterator<Item = &'m str>) -> BTreeSet<&'m str> {
    reachable_without(model, roots, "")
}

/// As [`reachable`], but never stepping on `barrier`.
pub(crate) fn reachable_without<'m>(
    model: &'m Model,
    roots: impl IntoIterator<Item = &'m str>,
    barrier: &str,
) -> BTreeSet<&'m str> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = roots.into_iter().collect();
    while let Some(name) = open.pop() {
        if name != barrier && seen.insert(name) {
            open.extend(model.shape(name).references());
        }
    }
    seen
}

/// The shapes that operations take.
pub(crate) fn inputs(model: &Model) -> BTreeSet<&str> {
    model.operations.iter().map(|operation| operation.input.as_str()).collect()
}

/// The shapes that operations answer with.
pub(crate) fn outputs(model: &Model) -> BTreeSet<&str> {
    model.operations.iter().filter_map(|operation| operation.output.as_deref()).collect()
}

/// The shapes of the errors of all operations.
pub(crate) fn errors(model: &Model) -> BTreeSet<&str> {
    model.operations.iter().flat_map(|operation| &operation.errors).map(String::as_str).collect()
}

/// Whether a value of `from` would hold a value of `to` in place, without a list or a map between: then Rust needs a box.
pub(crate) fn embeds(model: &Model, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) && matches!(model.shape(name).kind, Kind::Structure(_)) {
            open.extend(model.shape(name).references());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::model;

    #[test]
    fn a_list_breaks_the_embedding() {
        let model = model(
            r#""AskRequest":{"type":"structure","members":{"F":{"shape":"Filter"}}},
               "Filter":{"type":"structure","members":{"Not":{"shape":"Filter"},"All":{"shape":"Filters"}}},
               "Filters":{"type":"list","member":{"shape":"Filter"}}"#,
        );
        assert!(embeds(&model, "Filter", "Filter"));
        assert!(!embeds(&model, "Filters", "Filter"));
        assert!(!embeds(&model, "Filter", "AskRequest"));
        assert_eq!(reachable(&model, ["Filters"]).len(), 2);
        assert!(reachable_without(&model, ["AskRequest"], "Filter").len() == 1);
    }
}
