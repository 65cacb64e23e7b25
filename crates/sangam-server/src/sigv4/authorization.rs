//! The `Authorization` header, taken apart without mercy.

use super::error::SignatureError;
use super::{ALGORITHM, TERMINATOR};

/// The header's parts: `AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/<service>/aws4_request, SignedHeaders=<a;b>, Signature=<hex>`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Authorization {
    pub(super) access_key_id: String,
    pub(super) day: String,
    pub(super) region: String,
    pub(super) service: String,
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
}

const ALGORITHM_WRONG: &str = "Authorization header requires the algorithm 'AWS4-HMAC-SHA256'.";
const CREDENTIAL: &str = "Authorization header requires 'Credential' parameter.";
const CREDENTIAL_FORM: &str = "'Credential' must have five elements: key id, date, region, service, 'aws4_request'.";
const SIGNED_HEADERS: &str = "Authorization header requires 'SignedHeaders' parameter.";
const SIGNATURE: &str = "Authorization header requires 'Signature' parameter.";
const PARAMETERS: &str =
    "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature', each once, and nothing else.";

impl Authorization {
    /// Takes a header's value apart: all three parameters once, in any order, nothing else.
    ///
    /// # Errors
    /// [`SignatureError::Incomplete`] names what is missing, all at once; [`SignatureError::Scope`] for another terminator.
    pub(super) fn parse(header: &str) -> Result<Self, SignatureError> {
        let incomplete = |part| SignatureError::Incomplete(vec![part]);
        let (algorithm, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if algorithm != ALGORITHM {
            return Err(incomplete(ALGORITHM_WRONG));
        }
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for parameter in rest.split(',').map(str::trim).filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').ok_or_else(|| incomplete(PARAMETERS))?;
            let slot = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => return Err(incomplete(PARAMETERS)),
            };
            if slot.replace(value).is_some() {
                return Err(incomplete(PARAMETERS));
            }
        }
        let present = |value: Option<&str>| value.is_some_and(|value| !value.is_empty());
        let missing: Vec<_> = [(credential, CREDENTIAL), (signature, SIGNATURE), (signed_headers, SIGNED_HEADERS)]
            .into_iter()
            .filter_map(|(value, sentence)| (!present(value)).then_some(sentence))
            .collect();
        let (Some(credential), Some(signed_headers), Some(signature), true) =
            (credential, signed_headers, signature, missing.is_empty())
        else {
            return Err(SignatureError::Incomplete(missing));
        };
        let elements: Vec<&str> = credential.split('/').collect();
        let [access_key_id, day, region, service, terminator] = elements[..] else {
            return Err(incomplete(CREDENTIAL_FORM));
        };
        if access_key_id.is_empty() {
            return Err(incomplete(CREDENTIAL_FORM));
        }
        if terminator != TERMINATOR {
            return Err(SignatureError::Scope(format!(
                "Credential should be scoped with a valid terminator: '{TERMINATOR}'."
            )));
        }
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            day: day.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers: signed_headers.split(';').map(str::to_owned).collect(),
            signature: signature.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDENTIAL_VALUE: &str = "Credential=KEY/20261124/eu-west-1/kendra/aws4_request";

    fn message(header: &str) -> String {
        Authorization::parse(header).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn parts_come_in_any_order_with_or_without_spaces() {
        for header in [
            format!("AWS4-HMAC-SHA256 {CREDENTIAL_VALUE}, SignedHeaders=host;x-amz-date, Signature=ab"),
            format!("AWS4-HMAC-SHA256 Signature=ab,SignedHeaders=host;x-amz-date,{CREDENTIAL_VALUE}"),
        ] {
            let authorization = Authorization::parse(&header).ok().unwrap();
            assert_eq!((authorization.access_key_id.as_str(), authorization.day.as_str()), ("KEY", "20261124"));
            assert_eq!((authorization.region.as_str(), authorization.service.as_str()), ("eu-west-1", "kendra"));
            assert_eq!(
                (authorization.signed_headers.join("|").as_str(), authorization.signature.as_str()),
                ("host|x-amz-date", "ab")
            );
        }
    }

    #[test]
    fn every_missing_part_is_named() {
        assert_eq!(message(&format!("AWS4-HMAC-SHA256 {CREDENTIAL_VALUE}, SignedHeaders=host")), SIGNATURE);
        assert_eq!(
            message(&format!("AWS4-HMAC-SHA256 {CREDENTIAL_VALUE}, SignedHeaders=, Signature=ab")),
            SIGNED_HEADERS
        );
        assert_eq!(message("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=ab"), CREDENTIAL);
        assert_eq!(message("AWS4-HMAC-SHA256"), format!("{CREDENTIAL} {SIGNATURE} {SIGNED_HEADERS}"));
    }

    #[test]
    fn malformed_headers_are_refused() {
        let complete = format!("{CREDENTIAL_VALUE}, SignedHeaders=host, Signature=ab");
        assert_eq!(message(""), ALGORITHM_WRONG);
        assert_eq!(message("Bearer abc"), ALGORITHM_WRONG);
        assert_eq!(message(&format!("AWS4-ECDSA-P256-SHA256 {complete}")), ALGORITHM_WRONG);
        assert_eq!(message(&format!("AWS4-HMAC-SHA256 {complete}, Signature=cd")), PARAMETERS);
        assert_eq!(message(&format!("AWS4-HMAC-SHA256 {complete}, Other=1")), PARAMETERS);
        assert_eq!(message(&format!("AWS4-HMAC-SHA256 {complete}, loose")), PARAMETERS);
        assert_eq!(
            message("AWS4-HMAC-SHA256 Credential=KEY/20261124/kendra, SignedHeaders=host, Signature=ab"),
            CREDENTIAL_FORM
        );
        assert_eq!(
            message("AWS4-HMAC-SHA256 Credential=/1/2/3/aws4_request, SignedHeaders=host, Signature=ab"),
            CREDENTIAL_FORM
        );
        assert!(
            message("AWS4-HMAC-SHA256 Credential=K/1/2/3/aws3, SignedHeaders=host, Signature=ab")
                .contains("terminator")
        );
    }
}
