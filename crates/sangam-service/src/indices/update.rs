//! `UpdateIndex`

use sangam_api::ApiError;
use sangam_api::kendra::{CapacityUnitsConfiguration, IndexEdition, UpdateIndexRequest};
use sangam_store::{IndexRecord, IndexState};

use super::{IndexDocument, context_policy, field_update};
use crate::error::{Outcome, ServiceError, invalid};
use crate::{Quotas, Service};

/// Most extra units of storage or queries in the developer edition, which has none.
const KENDRA_UNITS_DEVELOPER: i32 = 0;
/// Most extra units of queries, and of storage in the enterprise edition.
const KENDRA_UNITS: i32 = 100;
/// Most extra units of storage in the GenAI edition.
const KENDRA_STORAGE_UNITS_GEN_AI: i32 = 50;

/// Changes what the request names and leaves the rest. Nothing has to be rebuilt, so the index stays ACTIVE.
pub(crate) async fn update(service: &Service, input: UpdateIndexRequest) -> Outcome<()> {
    let quotas = service.settings().quotas;
    let id = input.id.clone();
    service.store().modify_index(&id, |record| change(record, input, quotas)).await?;
    Ok(())
}

fn change(record: &mut IndexRecord, input: UpdateIndexRequest, quotas: Quotas) -> Result<(), ServiceError> {
    if record.state != IndexState::Active {
        let message = format!("index `{}` is in state {}, not ACTIVE", record.id, record.state.as_str());
        return Err(ApiError::conflict(message).into());
    }
    let mut document = IndexDocument::of(record)?;
    field_update::apply(
        &mut document.fields,
        input.document_metadata_configuration_updates.as_deref().unwrap_or_default(),
    )?;
    if let Some(name) = input.name {
        record.name = name;
    }
    if let Some(role_arn) = input.role_arn {
        document.role_arn = role_arn;
    }
    if let Some(description) = input.description {
        document.description = Some(description).filter(|description| !description.is_empty());
    }
    if let Some(units) = input.capacity_units {
        check_units(&units, document.edition, quotas)?;
        document.storage_units = units.storage_capacity_units;
        document.query_units = units.query_capacity_units;
    }
    if let Some(policy) = input.user_context_policy {
        document.user_context_policy = policy;
    }
    if let Some(configurations) = input.user_token_configurations {
        document.user_token_configurations = Some(configurations).filter(|list| !list.is_empty());
    }
    if let Some(resolution) = input.user_group_resolution_configuration {
        document.user_group_resolution = Some(resolution);
    }
    context_policy::check(&document)?;
    record.document = document.to_json();
    Ok(())
}

fn check_units(units: &CapacityUnitsConfiguration, edition: IndexEdition, quotas: Quotas) -> Outcome<()> {
    if !quotas.is_kendra() {
        return Ok(());
    }
    let (storage_max, query_max) = match edition {
        IndexEdition::DeveloperEdition => (KENDRA_UNITS_DEVELOPER, KENDRA_UNITS_DEVELOPER),
        IndexEdition::EnterpriseEdition => (KENDRA_UNITS, KENDRA_UNITS),
        IndexEdition::GenAiEnterpriseEdition => (KENDRA_STORAGE_UNITS_GEN_AI, KENDRA_UNITS),
    };
    if units.storage_capacity_units > storage_max || units.query_capacity_units > query_max {
        return Err(invalid(format!(
            "an index of {edition} can have at most {storage_max} extra storage units and {query_max} extra query units"
        )));
    }
    Ok(())
}
