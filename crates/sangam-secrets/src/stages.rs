//! Where staging labels go. A label is attached to one version at a time; `AWSPREVIOUS` follows `AWSCURRENT`.

use std::collections::BTreeMap;

use sangam_store::Stages;

use crate::error::SecretsError;

/// The label of the version that is read when none is named.
pub(crate) const CURRENT: &str = "AWSCURRENT";
/// The label of the version that was current before.
pub(crate) const PREVIOUS: &str = "AWSPREVIOUS";
/// Labels that one version may have, as in the model.
const LABELS_MAX: usize = 20;

/// Attaches `labels` to a new version, taking them from whichever had them. The first version of all is current, whatever the labels.
pub(crate) fn attach(stages: &mut Stages, version: &str, labels: &[String]) -> Result<(), SecretsError> {
    let current = stages.get(CURRENT).cloned();
    for label in labels {
        stages.insert(label.clone(), version.to_owned());
    }
    match current {
        None => {
            stages.insert(CURRENT.to_owned(), version.to_owned());
        }
        Some(before) if stages[CURRENT] != before && !labels.iter().any(|label| label == PREVIOUS) => {
            stages.insert(PREVIOUS.to_owned(), before);
        }
        Some(_) => {}
    }
    check_limit(stages, version)
}

/// Moves `label` to `to`, or takes it away. `from` must name the version that has it, if one has.
pub(crate) fn move_label(
    stages: &mut Stages,
    label: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(), SecretsError> {
    let holder = stages.get(label).cloned();
    if let (Some(to), Some(holder)) = (to, &holder)
        && to == holder
    {
        return Ok(());
    }
    match (from, &holder) {
        (Some(from), Some(holder)) if from != holder => {
            return Err(SecretsError::parameter(format!(
                "label `{label}` is attached to version `{holder}`, not to `{from}`"
            )));
        }
        (Some(from), None) => {
            return Err(SecretsError::parameter(format!("label `{label}` is not attached to version `{from}`")));
        }
        (None, Some(holder)) if to.is_some() => {
            return Err(SecretsError::parameter(format!(
                "label `{label}` is attached to version `{holder}`: name that version in RemoveFromVersionId to move it"
            )));
        }
        _ => {}
    }
    match to {
        Some(to) => {
            stages.insert(label.to_owned(), to.to_owned());
            if let (CURRENT, Some(holder)) = (label, holder) {
                stages.insert(PREVIOUS.to_owned(), holder);
            }
            check_limit(stages, to)
        }
        None if from.is_none() => {
            Err(SecretsError::parameter("name a version in MoveToVersionId, in RemoveFromVersionId, or in both"))
        }
        None if label == CURRENT => Err(SecretsError::parameter(format!(
            "label `{CURRENT}` can be moved to another version, and not be taken away"
        ))),
        None => {
            stages.remove(label);
            Ok(())
        }
    }
}

/// The labels of `version`, in order.
pub(crate) fn labels_of(stages: &Stages, version: &str) -> Vec<String> {
    stages.iter().filter(|(_, holder)| *holder == version).map(|(label, _)| label.clone()).collect()
}

/// The labels of each version that has some; nothing if there is no version.
pub(crate) fn by_version(stages: &Stages) -> Option<BTreeMap<String, Vec<String>>> {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (label, version) in stages {
        versions.entry(version.clone()).or_default().push(label.clone());
    }
    (!versions.is_empty()).then_some(versions)
}

fn check_limit(stages: &Stages, version: &str) -> Result<(), SecretsError> {
    if labels_of(stages, version).len() > LABELS_MAX {
        return Err(SecretsError::LimitExceeded(format!(
            "version `{version}` would have more than {LABELS_MAX} labels"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(pairs: &[(&str, &str)]) -> Stages {
        pairs.iter().map(|&(label, version)| (label.into(), version.into())).collect()
    }

    fn attached(before: &[(&str, &str)], version: &str, labels: &[&str]) -> Stages {
        let mut stages = stages(before);
        let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
        attach(&mut stages, version, &labels).unwrap();
        stages
    }

    fn moved(
        before: &[(&str, &str)],
        label: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Stages, SecretsError> {
        let mut stages = stages(before);
        move_label(&mut stages, label, from, to).map(|()| stages)
    }

    #[test]
    fn previous_follows_current() {
        assert_eq!(attached(&[], "1", &[CURRENT]), stages(&[(CURRENT, "1")]));
        assert_eq!(attached(&[(CURRENT, "1")], "2", &[CURRENT]), stages(&[(CURRENT, "2"), (PREVIOUS, "1")]));
        let third = attached(&[(CURRENT, "2"), (PREVIOUS, "1")], "3", &[CURRENT]);
        assert_eq!(third, stages(&[(CURRENT, "3"), (PREVIOUS, "2")]));
    }

    #[test]
    fn the_first_version_is_current_and_other_labels_only_move() {
        assert_eq!(attached(&[], "1", &["X"]), stages(&[(CURRENT, "1"), ("X", "1")]));
        assert_eq!(attached(&[(CURRENT, "1"), ("X", "1")], "2", &["X"]), stages(&[(CURRENT, "1"), ("X", "2")]));
    }

    #[test]
    fn a_label_named_by_the_request_stays_where_it_asked() {
        assert_eq!(attached(&[(CURRENT, "1")], "2", &[CURRENT, PREVIOUS]), stages(&[(CURRENT, "2"), (PREVIOUS, "2")]));
    }

    #[test]
    fn moving_current_as_recorded() {
        let before = [(CURRENT, "1"), ("AWSPENDING", "2")];
        let after = moved(&before, CURRENT, Some("1"), Some("2")).unwrap();
        assert_eq!(after, stages(&[(CURRENT, "2"), (PREVIOUS, "1"), ("AWSPENDING", "2")]));
        // Back again.
        let back = moved(&[(CURRENT, "2"), (PREVIOUS, "1")], CURRENT, Some("2"), Some("1")).unwrap();
        assert_eq!(back, stages(&[(CURRENT, "1"), (PREVIOUS, "2")]));
    }

    #[test]
    fn a_free_label_needs_no_holder_and_moving_to_the_holder_is_nothing() {
        assert_eq!(moved(&[], "X", None, Some("1")).unwrap(), stages(&[("X", "1")]));
        assert_eq!(moved(&[("X", "1")], "X", None, Some("1")).unwrap(), stages(&[("X", "1")]));
        assert_eq!(moved(&[("X", "1")], "X", Some("1"), None).unwrap(), stages(&[]));
    }

    #[test]
    fn the_holder_must_be_named_and_named_right() {
        for (label, from, to) in [
            ("X", None, Some("2")),
            ("X", Some("2"), Some("3")),
            ("X", Some("2"), None),
            ("Y", Some("1"), None),
            ("Y", Some("1"), Some("2")),
            ("X", None, None),
            (CURRENT, Some("1"), None),
        ] {
            let result = moved(&[("X", "1"), (CURRENT, "1")], label, from, to);
            assert!(matches!(result, Err(SecretsError::InvalidParameter(_))), "{label} {from:?} {to:?}");
        }
    }

    #[test]
    fn twenty_labels_and_no_more() {
        let labels: Vec<String> = (0..LABELS_MAX).map(|i| i.to_string()).collect();
        let mut stages = stages(&[(CURRENT, "0")]);
        attach(&mut stages, "1", &labels).unwrap();
        assert!(matches!(move_label(&mut stages, "X", None, Some("1")), Err(SecretsError::LimitExceeded(_))));
    }
}
