//! `files`: the folder that stands for S3, so that a browser can bring what a data source reads from a bucket.

use sangam_api::ApiError;
use sangam_server::V1Request;
use sangam_service::{S3Error, S3Object, list_s3, remove_s3, write_s3};
use serde_json::{Value, json};

use super::{Endpoints, internal};

/// Files that are listed.
const FILES_MAX: usize = 1_000;

impl Endpoints {
    pub(super) async fn files(&self, request: &V1Request, below: &[&str]) -> Result<Value, ApiError> {
        match (request.method.as_str(), below) {
            ("PUT", [bucket, key @ ..]) => {
                write_s3(&self.s3_folder, bucket, &key.join("/"), request.body.clone()).await.map_err(refused)?;
                Ok(json!({}))
            }
            ("DELETE", [bucket, key @ ..]) => {
                remove_s3(&self.s3_folder, bucket, &key.join("/")).await.map_err(refused)?;
                Ok(json!({}))
            }
            _ => {
                let listed = list_s3(&self.s3_folder, FILES_MAX).await.map_err(internal)?;
                Ok(json!({ "files": listed.iter().map(shown).collect::<Vec<_>>() }))
            }
        }
    }
}

fn shown(object: &S3Object) -> Value {
    json!({
        "bucket": object.bucket,
        "key": object.key,
        "bytes": object.n_bytes,
        "writtenAt": object.written_at,
    })
}

fn refused(error: S3Error) -> ApiError {
    match error {
        S3Error::Missing { .. } => ApiError::not_found(error.to_string()),
        S3Error::NotWritten { .. } => internal(error),
        S3Error::Outside { .. } | S3Error::TooLarge { .. } => ApiError::validation(error.to_string()),
    }
}
