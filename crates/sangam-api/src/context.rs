//! Who asks, and under which names the answer is given.

/// What an operation knows about its caller beside the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestContext {
    /// Unique id of the request, sent back in `x-amzn-RequestId`.
    pub request_id: String,
    /// Region of the signature's scope; ARNs in the answer carry it.
    pub region: String,
    /// Twelve digits; ARNs in the answer carry them.
    pub account_id: String,
    /// Identifier of the key that signed the request. It is public, the secret belonging to it is not here.
    pub access_key_id: String,
}

impl RequestContext {
    /// A context with fixed values, for tests of implementations.
    pub fn for_tests() -> Self {
        Self {
            request_id: "11111111-2222-3333-4444-555555555555".to_owned(),
            region: "eu-west-1".to_owned(),
            account_id: "000000000000".to_owned(),
            access_key_id: "AKIATEST".to_owned(),
        }
    }
}
