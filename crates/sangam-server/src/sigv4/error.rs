//! Why a request counts as unsigned.

use sangam_api::{ApiError, ErrorKind};

use super::date::AmzDate;

/// What is wrong with a signature. The texts are the ones that AWS's services send, where those are known: people search for them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no `Authorization` header.
    #[error("Missing Authentication Token")]
    Missing,
    /// The `Authorization` header, or the date that belongs to it, lacks parts or is malformed; each sentence names one.
    #[error("{}", .0.join(" "))]
    Incomplete(Vec<&'static str>),
    /// A header that must stand alone is there more than once.
    #[error("Header '{0}' appears more than once.")]
    Duplicate(&'static str),
    /// The signature is in the query string.
    #[error("presigned requests are not accepted: sign with the `Authorization` header")]
    Presigned,
    /// Nobody issued that key, or that session token.
    #[error("The security token included in the request is invalid.")]
    Unrecognized,
    /// The scope is for another service, region, day or protocol.
    #[error("{0}")]
    Scope(String),
    /// The signature is too old.
    #[error("Signature expired: {signed} is now earlier than {limit} ({now} - 5 min.)")]
    Expired {
        /// When it was made.
        signed: AmzDate,
        /// The oldest acceptable time.
        limit: AmzDate,
        /// The time here.
        now: AmzDate,
    },
    /// The signature comes from the future.
    #[error("Signature not yet current: {signed} is still later than {limit} ({now} + 5 min.)")]
    NotYetCurrent {
        /// When it was made.
        signed: AmzDate,
        /// The latest acceptable time.
        limit: AmzDate,
        /// The time here.
        now: AmzDate,
    },
    /// `SignedHeaders` is not a sorted list of lower-case names.
    #[error("'SignedHeaders' must be lower-case header names in ascending order, each once.")]
    SignedHeaders,
    /// A header that must be signed is not.
    #[error("'{0}' must be a 'SignedHeader' in the AWS Authorization.")]
    Unsigned(String),
    /// The body is declared unsigned, or signed in chunks.
    #[error(
        "'x-amz-content-sha256' must be the SHA-256 of the body: unsigned and streaming payloads are not accepted."
    )]
    Payload,
    /// The body is not the one whose hash was sent.
    #[error("'x-amz-content-sha256' does not match the body.")]
    PayloadMismatch,
    /// Another secret, or an altered request.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing \
         method. Consult the service documentation for details."
    )]
    Mismatch,
}

impl SignatureError {
    /// The code that a client sees.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing => ErrorKind::MissingAuthenticationToken,
            Self::Incomplete(_) | Self::Duplicate(_) => ErrorKind::IncompleteSignature,
            Self::Presigned => ErrorKind::AccessDenied,
            Self::Unrecognized => ErrorKind::UnrecognizedClient,
            Self::Scope(_)
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::SignedHeaders
            | Self::Unsigned(_)
            | Self::Payload
            | Self::PayloadMismatch
            | Self::Mismatch => ErrorKind::InvalidSignature,
        }
    }
}

impl From<SignatureError> for ApiError {
    fn from(error: SignatureError) -> Self {
        Self::new(error.kind(), error.to_string())
    }
}
