//! The table of every error code a client can see.

/// Defines [`ErrorKind`] from rows of meaning, variant, code, status and the name of the member that holds the message.
macro_rules! error_kinds {
    ($(#[doc = $meaning:literal] $kind:ident = $code:literal $status:literal $message:ident;)+) => {
        /// Every error a client can see.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorKind {
            $(#[doc = $meaning] $kind,)+
        }

        impl ErrorKind {
            /// All kinds, modelled ones first.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The code on the wire.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$kind => $code,)+
                }
            }

            /// The HTTP status: 400, unless the fault is the server's or HTTP has a word of its own.
            pub const fn status(self) -> u16 {
                match self {
                    $(Self::$kind => $status,)+
                }
            }

            /// What the error means, in one sentence; the documentation's table of errors is made of these.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$kind => $meaning.trim_ascii(),)+
                }
            }

            /// The name of the body's member that holds the message: the services' own shapes call it `Message`, AWS's front end
            /// `message`.
            pub const fn message_member(self) -> &'static str {
                match self {
                    $(Self::$kind => stringify!($message),)+
                }
            }
        }
    };
}

error_kinds! {
    /// The key may not do this.
    AccessDenied = "AccessDeniedException" 400 Message;
    /// The resource is not in a state that allows this.
    Conflict = "ConflictException" 400 Message;
    /// A query text already belongs to another featured results set.
    FeaturedResultsConflict = "FeaturedResultsConflictException" 400 Message;
    /// The server failed; the same request may succeed later.
    InternalServer = "InternalServerException" 500 Message;
    /// The request makes no sense, or not in this state.
    InvalidRequest = "InvalidRequestException" 400 Message;
    /// A resource of that name exists.
    ResourceAlreadyExist = "ResourceAlreadyExistException" 400 Message;
    /// The resource is busy with another job.
    ResourceInUse = "ResourceInUseException" 400 Message;
    /// There is no such resource.
    ResourceNotFound = "ResourceNotFoundException" 400 Message;
    /// The resource that the ARN or id names cannot be used.
    ResourceUnavailable = "ResourceUnavailableException" 400 Message;
    /// A quota of the service would be exceeded.
    ServiceQuotaExceeded = "ServiceQuotaExceededException" 400 Message;
    /// Too many requests at a time; try again.
    Throttling = "ThrottlingException" 400 Message;
    /// The input violates a constraint.
    Validation = "ValidationException" 400 Message;
    /// A secret could not be unsealed.
    DecryptionFailure = "DecryptionFailure" 400 Message;
    /// A secret could not be sealed.
    EncryptionFailure = "EncryptionFailure" 400 Message;
    /// The server failed in handling a secret; the same request may succeed later.
    InternalServiceError = "InternalServiceError" 500 Message;
    /// The token of the next page is not one of ours.
    InvalidNextToken = "InvalidNextTokenException" 400 Message;
    /// A parameter of a request about secrets has a wrong value.
    InvalidParameter = "InvalidParameterException" 400 Message;
    /// A limit on secrets would be exceeded.
    LimitExceeded = "LimitExceededException" 400 Message;
    /// The resource policy is not valid.
    MalformedPolicyDocument = "MalformedPolicyDocumentException" 400 Message;
    /// Something must be done before this.
    PreconditionNotMet = "PreconditionNotMetException" 400 Message;
    /// The resource policy would open a secret to everybody.
    PublicPolicy = "PublicPolicyException" 400 Message;
    /// A secret of that name exists.
    ResourceExists = "ResourceExistsException" 400 Message;
    /// The request has no signature.
    MissingAuthenticationToken = "MissingAuthenticationTokenException" 400 message;
    /// The signature lacks a part, or is not of a form that is accepted.
    IncompleteSignature = "IncompleteSignatureException" 400 message;
    /// The access key or the session token is unknown.
    UnrecognizedClient = "UnrecognizedClientException" 400 message;
    /// The signature does not fit the request, its scope, or the time.
    InvalidSignature = "InvalidSignatureException" 400 message;
    /// The session's credentials are over.
    ExpiredToken = "ExpiredTokenException" 400 message;
    /// The target names no operation.
    UnknownOperation = "UnknownOperationException" 400 message;
    /// The body is not JSON, or a member has another JSON type.
    Serialization = "SerializationException" 400 message;
    /// The body did not arrive in time.
    RequestTimeout = "RequestTimeoutException" 408 message;
    /// The body is over the limit.
    RequestEntityTooLarge = "RequestEntityTooLargeException" 413 message;
    /// The server is starting, stopping or overloaded; try again.
    ServiceUnavailable = "ServiceUnavailableException" 503 message;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_meanings_are_sentences() {
        let codes: BTreeSet<_> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), ErrorKind::ALL.len());
        for kind in ErrorKind::ALL {
            assert!(kind.meaning().ends_with('.') && !kind.meaning().starts_with(' '), "{kind:?}");
        }
    }

    #[test]
    fn only_faults_of_the_server_are_5xx() {
        let faults: Vec<_> = ErrorKind::ALL.iter().filter(|kind| kind.status() >= 500).collect();
        assert_eq!(
            faults,
            [&ErrorKind::InternalServer, &ErrorKind::InternalServiceError, &ErrorKind::ServiceUnavailable]
        );
    }
}
