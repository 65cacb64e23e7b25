//! What the site says about itself, and what it no longer has.

use serde_json::json;

use crate::http::call::Call;
use crate::http::reply::{Reply, v1};

#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn info(call: &Call<'_>) -> Result<Reply, Reply> {
    let settings = &call.site.settings;
    Ok(Reply::ok(&json!({
        "cloudId": settings.cloud_id,
        "commitHash": "0a1b2c3d",
        "baseUrl": call.base(),
        "fallbackBaseUrl": call.base(),
        "edition": "PREMIUM",
        "siteTitle": settings.name,
        "defaultLocale": "en_US",
        "defaultTimeZone": settings.time_zone,
        "microsPerimeter": "commercial",
    })))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn tenant_info(call: &Call<'_>) -> Result<Reply, Reply> {
    Ok(Reply::ok(&json!({"cloudId": call.site.settings.cloud_id})))
}

pub(crate) fn gone(_: &Call<'_>) -> Result<Reply, Reply> {
    Err(v1::gone())
}
