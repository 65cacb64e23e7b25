//! `CreateIndex`

use std::time::Duration;

use sangam_api::ApiError;
use sangam_api::kendra::{CreateIndexRequest, CreateIndexResponse, IndexEdition, UserContextPolicy};
use sangam_store::{IndexState, NewIndex, StoreError};
use tokio::sync::oneshot;

use super::{IndexDocument, context_policy, predefined};
use crate::error::{Outcome, ServiceError};
use crate::service::new_id;
use crate::{Service, client_token, tags};

/// How long the answer waits for the index to be made. It takes milliseconds; a client that never polls finds an ACTIVE index, and a
/// slow disk keeps nobody waiting.
const PATIENCE: Duration = Duration::from_secs(2);

/// Makes an index; on return it is usually ACTIVE, and CREATING if the disk is slow.
pub(crate) async fn create(service: &Service, mut input: CreateIndexRequest) -> Outcome<CreateIndexResponse> {
    let token = input.client_token.take();
    let digest = client_token::digest(&input);
    let tags = tags::checked(input.tags.take().unwrap_or_default())?;
    let name = std::mem::take(&mut input.name);
    let document = document(input);
    context_policy::check(&document)?;

    let id = new_id();
    let json = document.to_json();
    let limit = service.settings().quotas.indices_max();
    let index = NewIndex { id: &id, name: &name, document: &json, tags: &tags, limit };
    let claim = client_token::claim("CreateIndex", "", token.as_deref(), &digest);
    let creation = service.store().create_index(&index, claim.as_ref()).await?;
    let (id, is_new) = client_token::created_id(creation, id, "indices")?;
    if is_new {
        let made = begin_creation(service, id.clone()).await;
        // An error means that the wait was too long, or that the task is gone; the state tells the client either way.
        let _ = tokio::time::timeout(PATIENCE, made).await;
    }
    Ok(CreateIndexResponse { id: Some(id) })
}

fn document(input: CreateIndexRequest) -> IndexDocument {
    IndexDocument {
        edition: input.edition.unwrap_or(IndexEdition::EnterpriseEdition),
        role_arn: input.role_arn,
        description: input.description.filter(|description| !description.is_empty()),
        kms_key_id: input
            .server_side_encryption_configuration
            .and_then(|encryption| encryption.kms_key_id)
            .map(sangam_api::Sensitive::into_inner),
        fields: predefined::fields(),
        storage_units: 0,
        query_units: 0,
        user_context_policy: input.user_context_policy.unwrap_or(UserContextPolicy::AttributeFilter),
        user_token_configurations: input.user_token_configurations.filter(|list| !list.is_empty()),
        user_group_resolution: input.user_group_resolution_configuration,
        error_message: None,
    }
}

/// Makes what the index needs on disk in the background, then moves it to ACTIVE, or to FAILED with a reason.
pub(crate) async fn begin_creation(service: &Service, id: String) -> oneshot::Receiver<()> {
    let owned = service.clone();
    let work = async move {
        if let Err(error) = make(&owned, &id).await {
            // Left in CREATING, the next start tries again.
            let error = ApiError::from(error);
            tracing::error!(index.id = %id, %error, "index `{id}` could not be made");
        }
    };
    service.background().spawn(work).await
}

async fn make(service: &Service, id: &str) -> Outcome<()> {
    match service.host().create(id).await {
        Ok(()) => {
            service.store().move_index(id, IndexState::Creating, IndexState::Active).await?;
            tracing::info!(index.id = %id, "index `{id}` is active");
            Ok(())
        }
        Err(error) => {
            fail(service, id).await?;
            Err(error.into())
        }
    }
}

async fn fail(service: &Service, id: &str) -> Outcome<()> {
    let change = service.store().modify_index(id, |record| {
        if record.state != IndexState::Creating {
            return Ok(());
        }
        let mut document = IndexDocument::of(record)?;
        document.error_message = Some("the index could not be made; the server's log has the reason".to_owned());
        record.document = document.to_json();
        record.state = IndexState::Failed;
        Ok::<(), StoreError>(())
    });
    change.await.map(drop).map_err(ServiceError::from)
}
