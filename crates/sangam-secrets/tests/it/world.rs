//! A store, secrets over it, and a client that speaks JSON.

use std::path::PathBuf;

use sangam_api::{ApiError, RequestContext, SecretsOperation, SecretsRequest};
use sangam_secrets::{Sealer, SealingKey, Secrets};
use sangam_store::Store;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) sealer: Sealer,
    pub(crate) secrets: Secrets,
}

/// A request token: the same number gives the same one.
pub(crate) fn token(number: u32) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("sangam.db")).await.unwrap();
        let sealer = Sealer::new(&SealingKey::generate());
        let secrets = Secrets::new(store.clone(), sealer.clone());
        Self { folder, store, sealer, secrets }
    }

    /// With a secret `a` that has one version, of token 1, with the text `one`.
    pub(crate) async fn with_secret() -> Self {
        let world = Self::new().await;
        world.ok("CreateSecret", json!({"Name": "a", "SecretString": "one", "ClientRequestToken": token(1)})).await;
        world
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("sangam.db")
    }

    pub(crate) async fn call(&self, operation: &str, input: Value) -> Result<Value, ApiError> {
        let operation: SecretsOperation = operation.parse().unwrap();
        let request = SecretsRequest::parse(operation, input.to_string().as_bytes())?;
        let answer = request.call(&self.secrets, &RequestContext::for_tests()).await?;
        Ok(serde_json::from_slice(&answer).unwrap())
    }

    pub(crate) async fn ok(&self, operation: &str, input: Value) -> Value {
        self.call(operation, input).await.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// The error's code and message.
    pub(crate) async fn err(&self, operation: &str, input: Value) -> (&'static str, String) {
        match self.call(operation, input).await {
            Ok(answer) => panic!("{operation} answered {answer}"),
            Err(error) => (error.code(), error.message),
        }
    }

    pub(crate) async fn code(&self, operation: &str, input: Value) -> &'static str {
        self.err(operation, input).await.0
    }

    /// What `VersionIdsToStages` of the secret `a` says, by the number of the token.
    pub(crate) async fn stages(&self) -> Vec<(u32, Vec<String>)> {
        let described = self.ok("DescribeSecret", json!({"SecretId": "a"})).await;
        let stages = described["VersionIdsToStages"].as_object().unwrap();
        let number = |id: &str| id.rsplit('-').next().unwrap().parse().unwrap();
        let labels = |value: &Value| serde_json::from_value(value.clone()).unwrap();
        stages.iter().map(|(id, value)| (number(id), labels(value))).collect()
    }

    pub(crate) async fn arn(&self) -> String {
        self.ok("DescribeSecret", json!({"SecretId": "a"})).await["ARN"].as_str().unwrap().to_owned()
    }
}

/// The members of an answer, in order.
pub(crate) fn members(answer: &Value) -> Vec<&str> {
    let mut members: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    members
}
