//! From a parsed request to the trait and back.

use futures::FutureExt as _;
use sangam_api::kendra::{CreateIndexRequest, CreateIndexResponse, DeleteIndexRequest};
use sangam_api::{
    ApiError, ErrorKind, Kendra, KendraOperation, KendraRequest, RequestContext, SecretsManager, SecretsOperation,
    SecretsRequest,
};
use serde_json::json;

use crate::sample::minimal;

const INDEX_ID: &str = "0aaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";

/// The value of a future that never waits.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing here waits")
}

/// A service that can do two things.
struct Two;

#[async_trait::async_trait]
impl Kendra for Two {
    async fn create_index(
        &self,
        ctx: &RequestContext,
        input: CreateIndexRequest,
    ) -> Result<CreateIndexResponse, ApiError> {
        Ok(CreateIndexResponse { id: Some(format!("{} in {}", input.name, ctx.region)) })
    }

    async fn delete_index(&self, _ctx: &RequestContext, input: DeleteIndexRequest) -> Result<(), ApiError> {
        if input.id == INDEX_ID { Ok(()) } else { Err(ApiError::not_found(format!("index `{}` not found", input.id))) }
    }
}

impl SecretsManager for Two {}

fn kendra(operation: KendraOperation) -> KendraRequest {
    KendraRequest::parse(operation, minimal(operation.input()).to_string().as_bytes()).unwrap()
}

#[test]
fn an_answer_is_json_and_nothing_is_an_empty_object() {
    let ctx = RequestContext::for_tests();
    let answer = block_on(kendra(KendraOperation::CreateIndex).call(&Two, &ctx)).unwrap();
    assert_eq!(answer, br#"{"Id":"a in eu-west-1"}"#);
    let delete = KendraRequest::DeleteIndex(Box::new(DeleteIndexRequest { id: INDEX_ID.to_owned() }));
    assert_eq!(block_on(delete.call(&Two, &ctx)).unwrap(), b"{}");
    let delete = KendraRequest::DeleteIndex(Box::new(DeleteIndexRequest { id: "x".to_owned() }));
    assert_eq!(block_on(delete.call(&Two, &ctx)).unwrap_err(), ApiError::not_found("index `x` not found"));
}

#[test]
fn what_is_not_implemented_says_so_with_an_error_that_is_not_retried() {
    let ctx = RequestContext::for_tests();
    for &operation in KendraOperation::ALL {
        if matches!(operation, KendraOperation::CreateIndex | KendraOperation::DeleteIndex) {
            continue;
        }
        let error = block_on(kendra(operation).call(&Two, &ctx)).unwrap_err();
        let kind =
            if operation == KendraOperation::GetSnapshots { ErrorKind::InvalidRequest } else { ErrorKind::Validation };
        assert_eq!(error, ApiError::new(kind, format!("operation {operation} is not implemented yet")));
    }
    for &operation in SecretsOperation::ALL {
        let request = SecretsRequest::parse(operation, minimal(operation.input()).to_string().as_bytes()).unwrap();
        let error = block_on(request.call(&Two, &ctx)).unwrap_err();
        assert_eq!(error, ApiError::invalid_request(format!("operation {operation} is not implemented yet")));
        assert_eq!(error.status(), 400);
    }
}

#[test]
fn every_request_but_two_is_about_an_index() {
    let without: Vec<_> =
        KendraOperation::ALL.iter().filter(|&&operation| kendra(operation).index_id().is_none()).collect();
    // The smallest valid ARN of a tag operation points at nothing.
    assert_eq!(
        without,
        [
            &KendraOperation::CreateIndex,
            &KendraOperation::ListIndices,
            &KendraOperation::ListTagsForResource,
            &KendraOperation::TagResource,
            &KendraOperation::UntagResource,
        ]
    );
}

#[test]
fn a_tagged_resource_belongs_to_the_index_of_its_path() {
    for resource in [format!("index/{INDEX_ID}"), format!("index/{INDEX_ID}/data-source/d")] {
        let body = json!({"ResourceARN": format!("arn:aws-us-gov:kendra:us-gov-west-1::{resource}")});
        let request = KendraRequest::parse(KendraOperation::ListTagsForResource, body.to_string().as_bytes()).unwrap();
        assert_eq!(request.index_id(), Some(INDEX_ID));
    }
}

#[test]
fn a_secret_is_named_by_its_id_or_its_new_name() {
    let parse =
        |operation, body: serde_json::Value| SecretsRequest::parse(operation, body.to_string().as_bytes()).unwrap();
    assert_eq!(parse(SecretsOperation::GetSecretValue, json!({"SecretId": "s"})).secret_id(), Some("s"));
    assert_eq!(parse(SecretsOperation::CreateSecret, json!({"Name": "n"})).secret_id(), Some("n"));
    assert_eq!(parse(SecretsOperation::ListSecrets, json!({})).secret_id(), None);
}
