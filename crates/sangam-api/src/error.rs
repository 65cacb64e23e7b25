//! What an operation answers when it does not answer what was asked for.

mod kind;

use std::fmt;

use serde_json::{Map, Value};

pub use kind::ErrorKind;

/// An error as a client sees it.
///
/// The message is for the client and for logs: it names ids and members, and holds no document text, question, token or secret.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// Which error it is.
    pub kind: ErrorKind,
    /// What is wrong, in words.
    pub message: String,
    /// Further members of the body, for errors that have some.
    pub extra: Map<String, Value>,
}

impl ApiError {
    /// An error of any kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), extra: Map::new() }
    }

    /// `ValidationException`: the input makes no sense to the operation.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Validation, message)
    }

    /// `ResourceNotFoundException`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ResourceNotFound, message)
    }

    /// `ConflictException`: not in this state.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// `AccessDeniedException`.
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::AccessDenied, message)
    }

    /// `ResourceInUseException`.
    pub fn in_use(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ResourceInUse, message)
    }

    /// Kendra's `ResourceAlreadyExistException`.
    pub fn already_exists(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ResourceAlreadyExist, message)
    }

    /// `ResourceUnavailableException`: what tag operations answer for an unknown ARN.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ResourceUnavailable, message)
    }

    /// `ServiceQuotaExceededException`.
    pub fn quota_exceeded(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ServiceQuotaExceeded, message)
    }

    /// `ThrottlingException`: SDKs try again.
    pub fn throttling(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Throttling, message)
    }

    /// Kendra's `InternalServerException`: our fault; SDKs try again.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InternalServer, message)
    }

    /// `InvalidRequestException`: in Kendra only `GetSnapshots` has it, in Secrets Manager it is a wrong state.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    /// Secrets Manager's `InvalidParameterException`: a semantic mistake in the input.
    pub fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidParameter, message)
    }

    /// Secrets Manager's `ResourceExistsException`.
    pub fn secret_exists(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ResourceExists, message)
    }

    /// Secrets Manager's `InternalServiceError`.
    pub fn internal_service(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InternalServiceError, message)
    }

    /// `SerializationException`: the body is not JSON, or a member has another JSON type.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Serialization, message)
    }

    /// The same error with one more member in its body, such as `ConflictingItems`.
    pub fn with(mut self, member: &str, value: Value) -> Self {
        self.extra.insert(member.to_owned(), value);
        self
    }

    /// The code, for `__type` and for the header `x-amzn-ErrorType`.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.kind.status()
    }

    /// The JSON body: `__type`, the message under the name that the service's shapes or AWS's front end have for it, and what is extra.
    pub fn body(&self) -> Vec<u8> {
        let mut body = Map::new();
        body.insert("__type".to_owned(), self.code().into());
        body.insert(self.kind.message_member().to_owned(), self.message.as_str().into());
        body.extend(self.extra.clone());
        Value::Object(body).to_string().into_bytes()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.message)
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modelled_error_has_a_capital_message() {
        let error = ApiError::not_found("index `i` not found");
        assert_eq!(error.body(), br#"{"__type":"ResourceNotFoundException","Message":"index `i` not found"}"#);
        assert_eq!(
            (error.status(), error.to_string()),
            (400, "ResourceNotFoundException: index `i` not found".to_owned())
        );
    }

    #[test]
    fn an_error_of_the_front_end_has_a_small_one() {
        let error = ApiError::serialization("no");
        assert_eq!(error.body(), br#"{"__type":"SerializationException","message":"no"}"#);
    }

    #[test]
    fn conflicting_items_stand_beside_the_message() {
        let items = serde_json::json!([{"QueryText": "q", "SetName": "n", "SetId": "s"}]);
        let error = ApiError::new(ErrorKind::FeaturedResultsConflict, "taken").with("ConflictingItems", items.clone());
        let body: Value = serde_json::from_slice(&error.body()).unwrap();
        assert_eq!(body["ConflictingItems"], items);
        assert_eq!(body["Message"], "taken");
    }
}
