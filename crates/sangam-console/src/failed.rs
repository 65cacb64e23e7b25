//! Pages that say what went wrong.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use sangam_api::{ApiError, ErrorKind};
use sangam_identity::IdentityError;

use crate::answer;
use crate::view::{Message, Notice, Screen, Tone};

/// A page that could not be shown.
#[derive(Debug)]
pub(crate) struct Failed {
    status: StatusCode,
    title: &'static str,
    text: String,
}

/// What a handler returns.
pub(crate) type Done = Result<answer::Answer, Failed>;

impl Failed {
    /// A failure with what to say.
    pub(crate) fn new(status: StatusCode, title: &'static str, text: impl Into<String>) -> Self {
        Self { status, title, text: text.into() }
    }

    /// Nothing is at that address.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", format!("There is no {what} here. It may have been deleted."))
    }
}

impl From<ApiError> for Failed {
    fn from(error: ApiError) -> Self {
        let (status, title) = match error.kind {
            ErrorKind::AccessDenied => (StatusCode::FORBIDDEN, "Not permitted"),
            ErrorKind::ResourceNotFound => (StatusCode::NOT_FOUND, "Not found"),
            ErrorKind::InternalServer | ErrorKind::InternalServiceError => {
                (StatusCode::INTERNAL_SERVER_ERROR, "The server failed")
            }
            ErrorKind::ServiceUnavailable | ErrorKind::Throttling => {
                (StatusCode::SERVICE_UNAVAILABLE, "The server is busy")
            }
            _ => (StatusCode::BAD_REQUEST, "That did not work"),
        };
        Self { status, title, text: error.message }
    }
}

impl From<IdentityError> for Failed {
    fn from(error: IdentityError) -> Self {
        if let IdentityError::Store(error) = &error {
            tracing::error!(%error, "a page could not read the state");
            return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The server failed", "Its log tells more.");
        }
        Self::new(StatusCode::BAD_REQUEST, "That did not work", error.to_string())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let links = [("/console", "To the first page")];
        let screen = Screen::new(self.title)
            .notice(&Notice::new(Tone::Bad, &self.text))
            .block(Message { text: "Going back and trying again may help.", links: &links }.render());
        answer::page(self.status, screen.render(None, &[], &[]))
    }
}
