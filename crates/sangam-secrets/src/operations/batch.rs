//! BatchGetSecretValue.

use sangam_api::secretsmanager::{
    APIErrorType, BatchGetSecretValueRequest, BatchGetSecretValueResponse, GetSecretValueRequest, SecretValueEntry,
};
use sangam_api::{ApiError, RequestContext};

use crate::error::SecretsError;
use crate::filter::Filters;
use crate::page::{Order, Page};
use crate::secrets::Secrets;

/// Secrets of one answer where no number is asked for, as in the model; a value may have 64 KiB.
const DEFAULT_SIZE: i32 = 20;

impl Secrets {
    /// The current values of a list of secrets, or of those that pass filters. One that cannot be read is in `Errors`.
    pub(crate) async fn batch_get(
        &self,
        ctx: &RequestContext,
        input: BatchGetSecretValueRequest,
    ) -> Result<BatchGetSecretValueResponse, SecretsError> {
        let (ids, next_token) = match (input.secret_id_list, input.filters) {
            (Some(ids), None) if input.max_results.is_none() && input.next_token.is_none() => (ids, None),
            (Some(_), None) => return Err(SecretsError::parameter("MaxResults and NextToken go with Filters only")),
            (None, Some(filters)) => {
                let filters = Filters::of_request(Some(filters))?;
                let size = Some(input.max_results.unwrap_or(DEFAULT_SIZE));
                self.names(&filters, input.next_token.as_deref(), size).await?
            }
            _ => return Err(SecretsError::parameter("either SecretIdList or Filters is needed")),
        };
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for id in ids {
            let request = GetSecretValueRequest { secret_id: id.clone(), ..Default::default() };
            match self.get_value(ctx, request).await {
                Ok(value) => values.push(SecretValueEntry {
                    arn: value.arn,
                    name: value.name,
                    version_id: value.version_id,
                    secret_binary: value.secret_binary,
                    secret_string: value.secret_string,
                    version_stages: value.version_stages,
                    created_date: value.created_date,
                }),
                Err(error @ SecretsError::Store(_)) => return Err(error),
                Err(error) => {
                    let error = ApiError::from(error);
                    let code = Some(error.code().to_owned());
                    errors.push(APIErrorType { secret_id: Some(id), error_code: code, message: Some(error.message) });
                }
            }
        }
        let errors = (!errors.is_empty()).then_some(errors);
        Ok(BatchGetSecretValueResponse { secret_values: Some(values), next_token, errors })
    }

    /// The names of the secrets that pass, a page of them.
    async fn names(
        &self,
        filters: &Filters,
        token: Option<&str>,
        size: Option<i32>,
    ) -> Result<(Vec<String>, Option<String>), SecretsError> {
        let page = Page::of_request(&format!("BatchGetSecretValue {}", filters.fingerprint()), token, size)?;
        let mut view = self.store().read_secrets().await?;
        let (secrets, tags) = (view.all().await?, view.all_tags().await?);
        let no_tags = Vec::new();
        let names = secrets
            .into_iter()
            .filter(|secret| secret.deleted_at.is_none())
            .filter(|secret| filters.pass(secret, tags.get(&secret.name).unwrap_or(&no_tags)))
            .map(|secret| secret.name)
            .collect();
        Ok(page.cut(names, Order::Ascending, |name: &String| (0, name.clone())))
    }
}
