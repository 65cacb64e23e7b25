//! From `X-Amz-Target` to a call.

use axum::http::HeaderMap;
use sangam_api::{
    ApiError, ErrorKind, KendraOperation, KendraRequest, RequestContext, SecretsOperation, SecretsRequest,
};

use super::app::Services;
use super::service::Service;

/// An operation of one of AWS's two services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Kendra(KendraOperation),
    Secrets(SecretsOperation),
}

/// An operation with an input that satisfies its model.
pub(super) enum Call {
    Kendra(KendraRequest),
    Secrets(SecretsRequest),
}

impl Operation {
    /// The operation that the headers ask for, if there is one of that name.
    pub(super) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let target = headers.get("x-amz-target")?.to_str().ok()?;
        KendraOperation::from_target(target)
            .map(Self::Kendra)
            .or_else(|| SecretsOperation::from_target(target).map(Self::Secrets))
    }

    /// The operation of a name in policies, such as `kendra:CreateIndex`.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.split_once(':')? {
            ("kendra", operation) => operation.parse().ok().map(Self::Kendra),
            ("secretsmanager", operation) => operation.parse().ok().map(Self::Secrets),
            _ => None,
        }
    }

    /// The answer when there is none. The target is not repeated: it may be anything.
    pub(super) fn unknown(headers: &HeaderMap) -> ApiError {
        let message = if headers.contains_key("x-amz-target") {
            "the header `X-Amz-Target` names no operation of Kendra (`AWSKendraFrontendService.…`) or Secrets Manager (`secretsmanager.…`)"
        } else {
            "the header `X-Amz-Target` is missing"
        };
        ApiError::new(ErrorKind::UnknownOperation, message)
    }

    pub(super) const fn service(self) -> Service {
        match self {
            Self::Kendra(_) => Service::Kendra,
            Self::Secrets(_) => Service::Secrets,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Kendra(operation) => operation.name(),
            Self::Secrets(operation) => operation.name(),
        }
    }

    /// Parses a body: JSON and types, then every constraint.
    pub(super) fn parse(self, body: &[u8]) -> Result<Call, ApiError> {
        match self {
            Self::Kendra(operation) => KendraRequest::parse(operation, body).map(Call::Kendra),
            Self::Secrets(operation) => SecretsRequest::parse(operation, body).map(Call::Secrets),
        }
    }
}

impl Call {
    /// The index that this is about, if it is about one.
    pub(super) fn index_id(&self) -> Option<&str> {
        match self {
            Self::Kendra(request) => request.index_id(),
            Self::Secrets(_) => None,
        }
    }

    /// The index or the secret that this is about: what a denial names.
    pub(super) fn subject(&self) -> Option<&str> {
        match self {
            Self::Kendra(request) => request.index_id(),
            Self::Secrets(request) => request.secret_id(),
        }
    }

    /// What in the index this is about, if there is more than the index.
    pub(super) fn resource_id(&self) -> Option<&str> {
        match self {
            Self::Kendra(request) => request.resource_id(),
            Self::Secrets(_) => None,
        }
    }

    /// Runs the operation and returns its answer as JSON.
    pub(super) async fn run(self, services: &Services, ctx: &RequestContext) -> Result<Vec<u8>, ApiError> {
        match self {
            Self::Kendra(request) => request.call(services.kendra.as_ref(), ctx).await,
            Self::Secrets(request) => request.call(services.secrets.as_ref(), ctx).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(value: &str) -> Option<Operation> {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", value.parse().unwrap());
        Operation::from_headers(&headers)
    }

    #[test]
    fn targets_name_one_operation_exactly() {
        assert_eq!(target("AWSKendraFrontendService.Query"), Some(Operation::Kendra(KendraOperation::Query)));
        assert_eq!(target("secretsmanager.CreateSecret"), Some(Operation::Secrets(SecretsOperation::CreateSecret)));
        for wrong in
            ["Query", "AWSKendraFrontendService.query", "AWSKendraFrontendService.CreateSecret", "secretsmanager.", ""]
        {
            assert_eq!(target(wrong), None, "{wrong}");
        }
    }
}
