//! Tags of secrets.

use std::collections::BTreeSet;

use sangam_api::secretsmanager::Tag;
use sangam_store::Tag as StoredTag;

use crate::error::SecretsError;

/// Tags that a secret may have, as the service has it.
const TAGS_MAX: usize = 50;
/// Keys with this beginning are the cloud's own.
const RESERVED: &str = "aws:";

/// The tags of a request.
pub(crate) fn of_request(tags: Vec<Tag>) -> Result<Vec<StoredTag>, SecretsError> {
    let mut seen = BTreeSet::new();
    let mut stored = Vec::with_capacity(tags.len());
    for tag in tags {
        let key = tag.key.ok_or_else(|| SecretsError::parameter("a tag needs a Key"))?;
        if key.to_ascii_lowercase().starts_with(RESERVED) {
            return Err(SecretsError::parameter(format!("tag keys that begin with `{RESERVED}` are reserved")));
        }
        if !seen.insert(key.clone()) {
            return Err(SecretsError::parameter(format!("the tag key `{key}` is given twice")));
        }
        stored.push((key, tag.value.unwrap_or_default()));
    }
    check_limit(&stored)?;
    Ok(stored)
}

/// Whether a secret may have so many.
pub(crate) fn check_limit(tags: &[StoredTag]) -> Result<(), SecretsError> {
    if tags.len() > TAGS_MAX {
        return Err(SecretsError::parameter(format!("a secret has at most {TAGS_MAX} tags")));
    }
    Ok(())
}

/// The tags of an answer; nothing if there are none, as recorded.
pub(crate) fn to_wire(tags: &[StoredTag]) -> Option<Vec<Tag>> {
    let tag = |(key, value): &StoredTag| Tag { key: Some(key.clone()), value: Some(value.clone()) };
    (!tags.is_empty()).then(|| tags.iter().map(tag).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str) -> Tag {
        Tag { key: Some(key.into()), value: None }
    }

    #[test]
    fn keys_are_there_once_and_ours() {
        assert_eq!(
            of_request(vec![tag("a"), tag("A")]).unwrap(),
            [("a".into(), String::new()), ("A".into(), String::new())]
        );
        let many = (0..=TAGS_MAX).map(|i| tag(&i.to_string())).collect();
        for wrong in [vec![tag("a"), tag("a")], vec![tag("aws:x")], vec![Tag::default()], many] {
            assert!(matches!(of_request(wrong), Err(SecretsError::InvalidParameter(_))));
        }
    }
}
