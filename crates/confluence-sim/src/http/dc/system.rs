//! What the server says about itself.

use serde_json::json;

use super::call::Call;
use crate::http::reply::Reply;

/// `GET /rest/api/server-information`, from 8.5 on.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn information(call: &Call<'_>) -> Result<Reply, Reply> {
    let version = call.dc.options.version;
    Ok(Reply::ok(&json!({
        "baseUrl": call.base(),
        "version": version.number(),
        "buildNumber": version.build_number(),
        "marketplaceBuildNumber": 1_000_000_000_000_u64 + u64::from(version.build_number()),
        "buildDate": "2025-05-06T00:00:00.000+0200",
    })))
}

/// `GET /rest/applinks/1.0/manifest`: XML, unless JSON is asked for.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn manifest(call: &Call<'_>) -> Result<Reply, Reply> {
    let version = call.dc.options.version;
    let (number, build, base) = (version.number(), version.build_number(), call.base());
    if call.accept.contains("json") {
        return Ok(Reply::ok(&json!({
            "id": crate::ids::stable_uuid(base),
            "name": call.site.settings.name,
            "typeId": "confluence",
            "version": number,
            "buildNumber": build,
            "applinksVersion": "9.1.0",
            "publicSignup": false,
            "url": base,
        })));
    }
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><manifest><typeId>confluence</typeId>\
         <version>{number}</version><buildNumber>{build}</buildNumber><url>{base}</url></manifest>"
    );
    Ok(Reply::new(200, "application/xml", xml))
}

/// The start page, whose head tells the version in every version.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn start(call: &Call<'_>) -> Result<Reply, Reply> {
    let number = call.dc.options.version.number();
    let page = format!(
        "<!DOCTYPE html><html><head><title>Confluence</title>\
         <meta name=\"ajs-version-number\" content=\"{number}\"></head><body></body></html>"
    );
    Ok(Reply::html(200, &page))
}

/// `GET /rest/api/accessmode`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a handler")]
pub(crate) fn access_mode(_: &Call<'_>) -> Result<Reply, Reply> {
    Ok(Reply::ok(&json!("READ_WRITE")))
}
