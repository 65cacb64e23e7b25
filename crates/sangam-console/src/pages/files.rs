//! Files: the folder of this server that stands for S3.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use crate::answer::{self, Answer};
use crate::console::Console;
use crate::failed::Done;
use crate::fields::{Fields, segment};
use crate::trouble::Troubles;
use crate::view::{Action, Cell, Html, Notice, Screen, Table, Tone};
use crate::visit::Visit;
use crate::visitor::UPLOAD_BYTES_MAX;

const LIST: &str = "/console/files";

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new().route(LIST, get(list).post(upload)).route("/console/files/{bucket}/{*key}", post(remove))
}

#[derive(Template)]
#[template(path = "upload.html")]
struct Upload<'a> {
    csrf: &'a str,
    bucket: &'a str,
    key: &'a str,
    mib: usize,
    wrong_bucket: Option<String>,
    wrong_key: Option<String>,
    wrong_file: Option<String>,
}

/// All files, and the form.
async fn list(visit: Visit) -> Done {
    page(&visit, &Fields::default(), Troubles::default(), StatusCode::OK).await
}

/// A new file, or another one in place of one.
async fn upload(visit: Visit) -> Done {
    let mut typed = visit.form().clone();
    let file = visit.visitor.upload.as_ref().filter(|file| !file.name.is_empty());
    let mut troubles = Troubles::default();
    if typed.last("bucket").is_empty() {
        troubles = troubles.about("bucket", "Name a bucket.");
    }
    let bytes = match file.map(|file| file.bytes.as_ref()) {
        None => {
            troubles = troubles.about("file", "Choose a file.");
            None
        }
        Some(None) => {
            let mib = UPLOAD_BYTES_MAX / (1024 * 1024);
            let told = format!(
                "The file is too large: {mib} MiB can be uploaded here. Copy a larger one into the folder `s3` of the server."
            );
            troubles = troubles.about("file", &told);
            None
        }
        Some(bytes) => bytes,
    };
    if typed.last("key").is_empty()
        && let Some(file) = file
    {
        typed.set("key", &file.name);
    }
    let Some(bytes) = bytes.filter(|_| troubles.is_empty()) else {
        return page(&visit, &typed, troubles, StatusCode::BAD_REQUEST).await;
    };
    let (bucket, key) = (typed.last("bucket").to_owned(), typed.last("key").to_owned());
    let path: Vec<&str> = ["files", &bucket].into_iter().chain(key.split('/')).collect();
    match visit.v1_file("PUT", &path, bytes.clone()).await {
        Ok(_) => Ok(answer::see_other(&format!("{LIST}?said=stored"))),
        Err(error) => page(&visit, &typed, Troubles::from_api(&error).all_about("key"), StatusCode::BAD_REQUEST).await,
    }
}

/// Removes a file.
async fn remove(Path((bucket, key)): Path<(String, String)>, visit: Visit) -> Done {
    let path: Vec<&str> = ["files", &bucket].into_iter().chain(key.split('/')).collect();
    visit.v1("DELETE", &path, &Fields::default(), None).await?;
    Ok(answer::see_other(&format!("{LIST}?said=removed")))
}

async fn page(visit: &Visit, typed: &Fields, mut troubles: Troubles, status: StatusCode) -> Done {
    let listed = visit.v1("GET", &["files"], &Fields::default(), None).await?;
    let may_change = visit.may_change();
    let mut table = Table::new("Files", &["Bucket", "Key", "Bytes", "Written", ""], "No files yet.");
    for file in listed["files"].as_array().into_iter().flatten() {
        let text = |name: &str| file[name].as_str().unwrap_or_default();
        let keys: Vec<String> = text("key").split('/').map(segment).collect();
        let remove = format!("{LIST}/{}/{}", segment(text("bucket")), keys.join("/"));
        table = table.row(vec![
            Cell::code(text("bucket")),
            Cell::code(text("key")),
            Cell::text(&file["bytes"].to_string()),
            Cell::time(file["writtenAt"].as_i64()),
            if may_change { Action::post(&remove, visit.csrf(), &[], "Remove", "danger") } else { Cell::text("") },
        ]);
    }
    let mut screen = Screen::new("Files")
        .lead("What data sources and documents read from S3, such as a TLS certificate: buckets are folders of this server.")
        .notices(visit.said(&[("stored", "The file is stored."), ("removed", "The file is removed.")]));
    if may_change {
        let form = Upload {
            csrf: visit.csrf(),
            bucket: typed.last("bucket"),
            key: typed.last("key"),
            mib: UPLOAD_BYTES_MAX / (1024 * 1024),
            wrong_bucket: troubles.take("bucket"),
            wrong_key: troubles.take("key"),
            wrong_file: troubles.take("file"),
        };
        screen = screen.block(Html::of(&form));
    }
    screen = screen.notices(troubles.rest().into_iter().map(|sentence| Notice::new(Tone::Bad, &sentence)));
    let screen = screen.block(table.counted().render());
    let answer: Answer =
        if status == StatusCode::OK { visit.page(&screen, None) } else { visit.refused(&screen, None) };
    Ok(answer)
}
