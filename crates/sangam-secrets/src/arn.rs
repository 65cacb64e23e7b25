//! Names and ARNs of secrets.
//!
//! ```text
//! arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six random characters>
//! ```
//!
//! An ARN that comes in may be of any partition, region and account, and may lack the random characters: only its end counts.

use rand::Rng;
use sangam_api::RequestContext;
use sangam_store::{SecretRecord, SecretsRead};

use crate::error::SecretsError;

/// Random characters at the end of an ARN; a recreated secret gets others, so that an old ARN does not find it.
const SUFFIX_LENGTH: usize = 6;
/// What they are made of.
const SUFFIX_CHARACTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// What a name may hold beside ASCII letters and digits.
const NAME_PUNCTUATION: &str = "/_+=.@!-";

/// What a `SecretId` points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SecretId<'a> {
    Name(&'a str),
    /// The end of an ARN: a name with or without the random characters.
    ArnEnd(&'a str),
}

impl<'a> SecretId<'a> {
    fn parse(id: &'a str) -> Result<Self, SecretsError> {
        if !id.starts_with("arn:") {
            return check_name(id).map(|()| Self::Name(id));
        }
        let fields: Vec<&str> = id.splitn(7, ':').collect();
        match fields[..] {
            ["arn", _, "secretsmanager", _, _, "secret", end] => check_name(end).map(|()| Self::ArnEnd(end)),
            _ => Err(SecretsError::InvalidName),
        }
    }
}

/// Whether `name` can be a secret's name.
pub(crate) fn check_name(name: &str) -> Result<(), SecretsError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || NAME_PUNCTUATION.contains(c);
    if !name.is_empty() && name.chars().all(allowed) { Ok(()) } else { Err(SecretsError::InvalidName) }
}

/// The end of a new secret's ARN.
pub(crate) fn new_suffix(name: &str) -> String {
    let mut rng = rand::rng();
    let random =
        (0..SUFFIX_LENGTH).map(|_| char::from(SUFFIX_CHARACTERS[rng.random_range(0..SUFFIX_CHARACTERS.len())]));
    format!("{name}-{}", random.collect::<String>())
}

/// The ARN that ends with `suffix`, in the request's region and account.
pub(crate) fn arn(ctx: &RequestContext, suffix: &str) -> String {
    format!("arn:aws:secretsmanager:{}:{}:secret:{suffix}", ctx.region, ctx.account_id)
}

/// The name that `id` has in it: of an ARN its end.
pub(crate) fn name_of(id: &str) -> Result<&str, SecretsError> {
    Ok(match SecretId::parse(id)? {
        SecretId::Name(name) | SecretId::ArnEnd(name) => name,
    })
}

/// The secret that `id` points at, if there is one. A whole ARN wins over a shortened one.
pub(crate) async fn find(view: &mut SecretsRead, id: &str) -> Result<Option<SecretRecord>, SecretsError> {
    let name = match SecretId::parse(id)? {
        SecretId::Name(name) => name,
        SecretId::ArnEnd(end) => {
            if let Some(secret) = view.find_by_arn_suffix(end).await? {
                return Ok(Some(secret));
            }
            end
        }
    };
    Ok(view.find(name).await?)
}

/// The secret that `id` points at, marked for deletion or not.
pub(crate) async fn get(view: &mut SecretsRead, id: &str) -> Result<SecretRecord, SecretsError> {
    find(view, id).await?.ok_or_else(|| SecretsError::no_secret(id))
}

/// The secret that `id` points at, if it is in use.
pub(crate) async fn get_usable(view: &mut SecretsRead, id: &str) -> Result<SecretRecord, SecretsError> {
    let secret = get(view, id).await?;
    match secret.deleted_at {
        Some(_) => Err(SecretsError::MarkedForDeletion { name: secret.name }),
        None => Ok(secret),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_arns_of_any_region_and_account() {
        assert_eq!(SecretId::parse("Valid/_+=.@-!Name").unwrap(), SecretId::Name("Valid/_+=.@-!Name"));
        for arn in [
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a/b-AbCdEf",
            "arn:aws-cn:secretsmanager:::secret:a/b-AbCdEf",
        ] {
            assert_eq!(SecretId::parse(arn).unwrap(), SecretId::ArnEnd("a/b-AbCdEf"));
        }
    }

    #[test]
    fn other_forms_are_invalid() {
        for id in [
            "",
            "Inv Name",
            " a",
            "Inv*Name?",
            "ä",
            "arn:aws:kendra:r:a:index/i",
            "arn:aws:secretsmanager:r:a:secret:",
            "arn:",
            "a:b",
        ] {
            assert!(matches!(SecretId::parse(id), Err(SecretsError::InvalidName)), "{id}");
        }
    }

    #[test]
    fn suffixes_differ() {
        let (one, two) = (new_suffix("a"), new_suffix("a"));
        assert!(one.starts_with("a-") && one.len() == 8 && one != two, "{one} {two}");
    }
}
