//! Style, script and icon, in the binary. Their addresses carry their hash, so browsers keep them for good.

use std::fmt::Write as _;
use std::sync::OnceLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("../assets/console.css");
const SCRIPT: &str = include_str!("../assets/console.js");
/// The mark, also written into pages.
pub(crate) const MARK: &str = include_str!("../assets/icon.svg");
/// What all of these addresses begin with.
pub(crate) const PREFIX: &str = "/assets/";
/// Bytes of a hash that make an address.
const HASH_BYTES: usize = 8;

/// Addresses.
#[derive(Debug)]
pub(crate) struct Assets {
    /// The stylesheet.
    pub(crate) style: String,
    /// The script.
    pub(crate) script: String,
    /// The icon.
    pub(crate) icon: String,
}

/// The addresses of this build.
pub(crate) fn all() -> &'static Assets {
    static ALL: OnceLock<Assets> = OnceLock::new();
    ALL.get_or_init(|| Assets {
        style: address(STYLE, "css"),
        script: address(SCRIPT, "js"),
        icon: address(MARK, "svg"),
    })
}

fn address(content: &str, kind: &str) -> String {
    let hash = Sha256::digest(content.as_bytes());
    let mut name = String::new();
    for byte in &hash[..HASH_BYTES] {
        let _ = write!(name, "{byte:02x}");
    }
    format!("{PREFIX}{name}.{kind}")
}

/// Answers one of them.
pub(crate) async fn serve(Path(file): Path<String>) -> Response<Body> {
    let (wanted, all) = (format!("{PREFIX}{file}"), all());
    let (content, kind) = match wanted {
        _ if wanted == all.style => (STYLE, "text/css; charset=utf-8"),
        _ if wanted == all.script => (SCRIPT, "text/javascript; charset=utf-8"),
        _ if wanted == all.icon => (MARK, "image/svg+xml"),
        _ => {
            let mut missing = Response::new(Body::from("there is no such file"));
            *missing.status_mut() = StatusCode::NOT_FOUND;
            return missing;
        }
    };
    let mut answer = Response::new(Body::from(content));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    answer
}
