//! Both services behind one face, so that a loop covers all 92 operations.

use sangam_api::constraint::Shape;
use sangam_api::{ApiError, ErrorKind, KendraOperation, KendraRequest, SecretsOperation, SecretsRequest};
use serde_json::Value;

/// An operation of either service.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Kendra(KendraOperation),
    Secrets(SecretsOperation),
}

/// A parsed request of either service, reduced to what tests look at.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// The request as JSON again.
    pub(crate) json: Value,
    /// What `Debug` shows of it.
    pub(crate) debug: String,
}

/// Every operation.
pub(crate) fn all() -> impl Iterator<Item = Operation> {
    let kendra = KendraOperation::ALL.iter().copied().map(Operation::Kendra);
    kendra.chain(SecretsOperation::ALL.iter().copied().map(Operation::Secrets))
}

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kendra(operation) => operation.name(),
            Self::Secrets(operation) => operation.name(),
        }
    }

    pub(crate) fn input(self) -> &'static Shape {
        match self {
            Self::Kendra(operation) => operation.input(),
            Self::Secrets(operation) => operation.input(),
        }
    }

    /// The error that §2.4 and §16 of the contract have for a violated constraint.
    pub(crate) fn constraint_error(self) -> ErrorKind {
        match self {
            Self::Kendra(KendraOperation::GetSnapshots) => ErrorKind::InvalidRequest,
            _ => ErrorKind::Validation,
        }
    }

    pub(crate) fn parse(self, body: &Value) -> Result<Parsed, ApiError> {
        self.parse_bytes(body.to_string().as_bytes())
    }

    pub(crate) fn parse_bytes(self, body: &[u8]) -> Result<Parsed, ApiError> {
        let (json, debug) = match self {
            Self::Kendra(operation) => {
                let request = KendraRequest::parse(operation, body)?;
                assert_eq!(request.operation(), operation);
                (request.body()?, format!("{request:?}"))
            }
            Self::Secrets(operation) => {
                let request = SecretsRequest::parse(operation, body)?;
                assert_eq!(request.operation(), operation);
                (request.body()?, format!("{request:?}"))
            }
        };
        Ok(Parsed { json: serde_json::from_slice(&json).unwrap(), debug })
    }
}
