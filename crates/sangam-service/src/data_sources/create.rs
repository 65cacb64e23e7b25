//! `CreateDataSource`

use sangam_api::kendra::{CreateDataSourceRequest, CreateDataSourceResponse, DataSourceType, IndexEdition};
use sangam_store::NewDataSource;

use super::{DataSourceDocument, configuration};
use crate::error::{Outcome, invalid};
use crate::indices::IndexDocument;
use crate::service::new_id;
use crate::{Service, client_token, tags};

/// The language of documents that do not say theirs, when the data source does not say either.
const DEFAULT_LANGUAGE: &str = "en";

/// Makes a data source, ACTIVE at once. No sync starts.
pub(crate) async fn create(service: &Service, mut input: CreateDataSourceRequest) -> Outcome<CreateDataSourceResponse> {
    let token = input.client_token.take();
    let digest = client_token::digest(&input);
    let index = service.active_index(&input.index_id).await?;
    let edition = IndexDocument::of(&index)?.edition;
    let tags = tags::checked(input.tags.take().unwrap_or_default())?;
    let kind = input.r#type;
    if edition == IndexEdition::GenAiEnterpriseEdition
        && !matches!(kind, DataSourceType::Template | DataSourceType::Custom)
    {
        return Err(invalid(format!("an index of GEN_AI_ENTERPRISE_EDITION cannot have a data source of type {kind}")));
    }
    let (name, document) = (input.name.clone(), document(input));
    configuration::check(service, kind, &document)?;

    let id = new_id();
    let json = document.to_json();
    let limit = service.settings().quotas.data_sources_max(edition == IndexEdition::DeveloperEdition);
    let source = NewDataSource {
        id: &id,
        index_id: &index.id,
        name: &name,
        kind: kind.as_str(),
        document: &json,
        tags: &tags,
        limit,
    };
    let claim = client_token::claim("CreateDataSource", &index.id, token.as_deref(), &digest);
    let creation = service.store().create_data_source(&source, claim.as_ref()).await?;
    let (id, _) = client_token::created_id(creation, id, "data sources")?;
    Ok(CreateDataSourceResponse { id })
}

fn document(input: CreateDataSourceRequest) -> DataSourceDocument {
    DataSourceDocument {
        configuration: input.configuration,
        vpc_configuration: input.vpc_configuration,
        description: input.description.filter(|description| !description.is_empty()),
        schedule: input.schedule.filter(|schedule| !schedule.is_empty()),
        role_arn: input.role_arn,
        language_code: input.language_code.unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned()),
        enrichment: input.custom_document_enrichment_configuration,
    }
}
