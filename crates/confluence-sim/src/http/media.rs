//! The media service: gives bytes to whoever has a signed address, and nothing to whoever sends
//! credentials along, which would be a leak of them.

use super::call::Call;
use super::query::encode;
use super::reply::Reply;
use crate::content::{Content, File, Kind};
use crate::ids::{stable_hash, stable_uuid};

/// How long an address works, as seen on the real service.
const TOKEN_LIFE_S: i64 = 2_940;

/// The address of a file's bytes, good from now on for a while.
pub(crate) fn signed_url(call: &Call<'_>, content: &Content, file: &File) -> String {
    let expires_s = call.site.now().as_second() + TOKEN_LIFE_S;
    format!(
        "{}/media/file/{}/binary?token={expires_s}.{}&client={}&name={}",
        call.served_origin,
        file.file_id,
        sign(&file.file_id, content, expires_s),
        stable_uuid("media client"),
        encode(&content.title),
    ) + &format!("&content={}", content.id)
}

/// Not cryptography: nobody attacks a simulator. It only makes a made-up token fail.
fn sign(file_id: &str, content: &Content, expires_s: i64) -> String {
    format!("{:016x}", stable_hash(&format!("media/{file_id}/{}/{expires_s}", content.id)))
}

pub(crate) fn binary(call: &Call<'_>) -> Result<Reply, Reply> {
    if call.authorization.is_some() {
        return Err(Reply::new(400, "text/plain", "Only one auth mechanism allowed"));
    }
    let content = call.query.get("content").and_then(|id| id.parse().ok()).and_then(|id| call.site.content(id));
    let Some((content, Kind::Attachment(file))) = content.map(|content| (content, &content.kind)) else {
        return Err(Reply::new(404, "text/plain", "Not Found"));
    };
    let token = call.query.get("token").and_then(|token| token.split_once('.'));
    let valid = token.is_some_and(|(expires_s, signature)| {
        expires_s.parse().is_ok_and(|expires_s| {
            expires_s >= call.site.now().as_second()
                && sign(call.param("id"), content, expires_s) == signature
                && file.file_id == call.param("id")
        })
    });
    if !valid {
        return Err(Reply::new(403, "text/plain", "Forbidden"));
    }
    if file.lost {
        return Err(Reply::new(404, "text/plain", "Not Found"));
    }
    let name = content.title.replace(['"', '\\', '\r', '\n'], "_");
    Ok(Reply::new(200, &file.media_type, file.bytes.to_vec())
        .with("accept-ranges", "bytes")
        .with("content-disposition", format!("attachment; filename=\"{name}\"")))
}
