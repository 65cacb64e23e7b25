//! What the models get wrong, and what they do not say: the listed patches of this generator.

use anyhow::{Context as _, bail};

use crate::model::{Kind, Model};
use crate::service::Service;

/// Shapes whose pattern is published between literal slashes, which no value has: `(module, shape)`.
const SLASHED_PATTERNS: [(&str, &str); 1] = [("kendra", "LambdaArn")];

/// Shapes whose values are document text, questions, or tokens, though the model does not call them sensitive: an error must not
/// repeat them. `(module, shape)`.
const HIDDEN: [(&str, &str); 6] = [
    ("kendra", "DocumentAttributeStringValue"),
    ("kendra", "QueryText"),
    ("kendra", "SuggestionQueryText"),
    ("kendra", "Title"),
    ("kendra", "Token"),
    ("secretsmanager", "ExternalSecretRotationMetadataItemValueType"),
];

/// Applies the patches to a parsed model.
///
/// # Errors
/// When a patch no longer fits the model: then it is time to remove it.
pub(crate) fn apply(service: &Service, model: &mut Model) -> anyhow::Result<()> {
    for (_, name) in SLASHED_PATTERNS.iter().filter(|(module, _)| *module == service.module) {
        let shape = model.shapes.get_mut(*name).with_context(|| format!("quirk: no shape `{name}`"))?;
        let Kind::String { pattern: Some(pattern) } = &mut shape.kind else { bail!("quirk: `{name}` has no pattern") };
        *pattern =
            unslashed(pattern).with_context(|| format!("quirk: the pattern of `{name}` has no slashes around it"))?;
    }
    for (_, name) in HIDDEN.iter().filter(|(module, _)| *module == service.module) {
        model.shapes.get_mut(*name).with_context(|| format!("quirk: no shape `{name}`"))?.hidden = true;
    }
    Ok(())
}

fn unslashed(pattern: &str) -> Option<String> {
    pattern.strip_prefix('/')?.strip_suffix('/').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_are_taken_off_only_in_pairs() {
        assert_eq!(unslashed("/arn:.*/").as_deref(), Some("arn:.*"));
        assert_eq!(unslashed("/arn:.*"), None);
        assert_eq!(unslashed("arn:.*/"), None);
    }
}
