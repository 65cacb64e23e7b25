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

    /// The role does not allow it.
    pub(crate) fn not_permitted() -> Self {
        let told =
            "Your role does not allow this. An administrator of this server can do it, or give you another role.";
        Self::new(StatusCode::FORBIDDEN, "Not permitted", told)
    }

    /// Nothing is at that address.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", format!("There is no {what} here. It may have been deleted."))
    }
}

impl Failed {
    fn advice(&self) -> &'static str {
        match self.status {
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => "",
            StatusCode::PAYLOAD_TOO_LARGE => "Go back: what you typed is still in the form there.",
            _ => "Going back and trying again may help.",
        }
    }
}

impl From<ApiError> for Failed {
    fn from(error: ApiError) -> Self {
        let (status, title) = match error.kind {
            // The service's sentence speaks of ARNs.
            ErrorKind::AccessDenied => return Self::not_permitted(),
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
            .block(Message { text: self.advice(), links: &links }.render());
        answer::page(self.status, screen.render(None, &[], &[]))
    }
}
