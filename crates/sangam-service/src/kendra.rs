//! The table of contents: which function does which operation.
//!
//! What is not listed answers that it is not implemented yet; `docs/operations.md` says which those are.

use async_trait::async_trait;
use sangam_api::kendra::{
    BatchDeleteDocumentRequest, BatchDeleteDocumentResponse, BatchGetDocumentStatusRequest,
    BatchGetDocumentStatusResponse, BatchPutDocumentRequest, BatchPutDocumentResponse, CreateDataSourceRequest,
    CreateDataSourceResponse, CreateIndexRequest, CreateIndexResponse, DeleteDataSourceRequest, DeleteIndexRequest,
    DeletePrincipalMappingRequest, DescribeDataSourceRequest, DescribeDataSourceResponse, DescribeIndexRequest,
    DescribeIndexResponse, DescribePrincipalMappingRequest, DescribePrincipalMappingResponse,
    ListDataSourceSyncJobsRequest, ListDataSourceSyncJobsResponse, ListDataSourcesRequest, ListDataSourcesResponse,
    ListGroupsOlderThanOrderingIdRequest, ListGroupsOlderThanOrderingIdResponse, ListIndicesRequest,
    ListIndicesResponse, ListTagsForResourceRequest, ListTagsForResourceResponse, PutPrincipalMappingRequest,
    QueryRequest, QueryResult, RetrieveRequest, RetrieveResult, StartDataSourceSyncJobRequest,
    StartDataSourceSyncJobResponse, StopDataSourceSyncJobRequest, TagResourceRequest, TagResourceResponse,
    UntagResourceRequest, UntagResourceResponse, UpdateDataSourceRequest, UpdateIndexRequest,
};
use sangam_api::{ApiError, Kendra, RequestContext};

use crate::{Service, data_sources, documents, indices, mappings, query, sync_jobs, tags};

/// One method an operation, each handing on to a function of a file of its own.
macro_rules! operations {
    ($($name:ident: $input:ty => $output:ty = $function:path;)+) => {
        #[async_trait]
        impl Kendra for Service {
            $(async fn $name(&self, _ctx: &RequestContext, input: $input) -> Result<$output, ApiError> {
                $function(self, input).await.map_err(ApiError::from)
            })+
        }
    };
}

operations! {
    create_index: CreateIndexRequest => CreateIndexResponse = indices::create;
    describe_index: DescribeIndexRequest => DescribeIndexResponse = indices::describe;
    update_index: UpdateIndexRequest => () = indices::update;
    delete_index: DeleteIndexRequest => () = indices::delete;
    list_indices: ListIndicesRequest => ListIndicesResponse = indices::list;

    create_data_source: CreateDataSourceRequest => CreateDataSourceResponse = data_sources::create;
    describe_data_source: DescribeDataSourceRequest => DescribeDataSourceResponse = data_sources::describe;
    update_data_source: UpdateDataSourceRequest => () = data_sources::update;
    delete_data_source: DeleteDataSourceRequest => () = data_sources::delete;
    list_data_sources: ListDataSourcesRequest => ListDataSourcesResponse = data_sources::list;

    start_data_source_sync_job: StartDataSourceSyncJobRequest => StartDataSourceSyncJobResponse = sync_jobs::start;
    stop_data_source_sync_job: StopDataSourceSyncJobRequest => () = sync_jobs::stop;
    list_data_source_sync_jobs: ListDataSourceSyncJobsRequest => ListDataSourceSyncJobsResponse = sync_jobs::list;

    batch_put_document: BatchPutDocumentRequest => BatchPutDocumentResponse = documents::put;
    batch_delete_document: BatchDeleteDocumentRequest => BatchDeleteDocumentResponse = documents::delete;
    batch_get_document_status: BatchGetDocumentStatusRequest => BatchGetDocumentStatusResponse = documents::status;

    query: QueryRequest => QueryResult = query::query;
    retrieve: RetrieveRequest => RetrieveResult = query::retrieve;

    put_principal_mapping: PutPrincipalMappingRequest => () = mappings::put;
    delete_principal_mapping: DeletePrincipalMappingRequest => () = mappings::delete;
    describe_principal_mapping: DescribePrincipalMappingRequest => DescribePrincipalMappingResponse
        = mappings::describe;
    list_groups_older_than_ordering_id: ListGroupsOlderThanOrderingIdRequest => ListGroupsOlderThanOrderingIdResponse
        = mappings::list_older;

    tag_resource: TagResourceRequest => TagResourceResponse = tags::tag;
    untag_resource: UntagResourceRequest => UntagResourceResponse = tags::untag;
    list_tags_for_resource: ListTagsForResourceRequest => ListTagsForResourceResponse = tags::list;
}
