//! AWS Signature Version 4: verifying what clients signed, and signing for our own command line.
//!
//! Pure: no I/O, and the time comes in as a parameter. Verification has two halves, because between them somebody looks up the secret:
//! [`Claim::read`] judges what the headers say alone, [`Claim::verify`] judges the signature over the body.
//!
//! What the *client* lists in `SignedHeaders` is verified, not a list of ours: botocore signs four headers, the JavaScript SDK nine. What
//! must be in that list is `host` and every `x-amz-*` header that is present, so that nothing that steers a request can be added on the way.
//!
//! Source: "Signature Version 4 signing process" of the AWS General Reference, and botocore 1.44 (`botocore/auth.py`), whose signatures
//! are this module's test data.

mod authorization;
mod canonical;
mod claim;
mod crypto;
mod date;
mod error;
mod sign;
mod uri;

pub use claim::{Claim, Expected, Head};
pub use error::SignatureError;
pub use sign::{Credentials, Unsigned, sign};

pub(crate) use uri::{decode, decoded_pairs, normalised_path};

/// The only algorithm that is accepted.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last element of every scope.
const TERMINATOR: &str = "aws4_request";
