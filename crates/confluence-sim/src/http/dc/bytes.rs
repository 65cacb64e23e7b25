//! The bytes of attachments, with the same credentials as everything else.

use super::call::Call;
use super::door::Caller;
use super::reply;
use crate::content::{Content, File, FileBytes, Kind, Status};
use crate::http::query::encode;
use crate::http::reply::Reply;
use crate::ids::ContentId;

/// `GET /download/attachments/{page}/{name}`. Who is not logged in is led to the login page.
pub(crate) fn download(call: &Call<'_>) -> Result<Reply, Reply> {
    let (page, name) = (call.param("page"), call.param("name"));
    let found = page.parse::<ContentId>().ok().and_then(|id| attachment(call, id, |it| it.title == name));
    let Some((_, file)) = found else {
        if call.caller == Caller::Anonymous {
            let back = encode(&call.path);
            return Err(Reply::new(302, "text/html", "")
                .with("location", format!("{}/login.action?os_destination={back}", call.served)));
        }
        return Err(reply::not_a_page());
    };
    if file.lost {
        return Err(reply::not_a_page());
    }
    let shown = name.replace(['"', '\\', '\r', '\n'], "_");
    Ok(Reply::new(200, &file.media_type, file.bytes.to_vec())
        .with("x-content-type-options", "nosniff")
        .with("content-disposition", format!("attachment; filename=\"{shown}\"")))
}

/// `GET …/child/attachment/{attachment}/extractedtext`: the text, or 204 when there is none.
pub(crate) fn extracted_text(call: &Call<'_>) -> Result<Reply, Reply> {
    let on = call.find()?;
    let id = call.param("attachment");
    let wanted = id.parse::<ContentId>().map_err(|_| reply::no_content(id))?;
    let (_, file) = attachment(call, on.id, |it| it.id == wanted).ok_or_else(|| reply::no_content(id))?;
    let text = match &file.bytes {
        FileBytes::Real(bytes) if file.media_type.starts_with("text/") => std::str::from_utf8(bytes).ok(),
        _ => None,
    };
    Ok(match text {
        Some(text) => Reply::new(200, "text/plain;charset=UTF-8", text),
        None => Reply::new(204, "application/json", ""),
    })
}

fn attachment<'c>(
    call: &'c Call<'_>,
    on: ContentId,
    wanted: impl Fn(&Content) -> bool,
) -> Option<(&'c Content, &'c File)> {
    let mut all = call.site.children_of(on).filter(|it| it.status == Status::Current && call.reads(it) && wanted(it));
    all.find_map(|it| match &it.kind {
        Kind::Attachment(file) => Some((it, file)),
        _ => None,
    })
}
