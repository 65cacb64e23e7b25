//! Answers, and the error bodies of both generations of the API.

use serde_json::{Value, json};

/// An answer, ready to be sent.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// How many objects it shows, which is what it costs.
    pub(crate) n_objects: u64,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into(), n_objects: 0 }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let body = serde_json::to_vec(body).expect("what is JSON can be written as JSON");
        Self::new(status, "application/json", body)
    }

    pub(crate) fn ok(body: &Value) -> Self {
        let n_objects = body["results"].as_array().map_or(1, |results| results.len() as u64);
        Self { n_objects, ..Self::json(200, body) }
    }

    pub(crate) fn html(status: u16, body: &str) -> Self {
        Self::new(status, "text/html;charset=UTF-8", body)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Errors of `/wiki/api/v2`.
pub(crate) mod v2 {
    use super::{Reply, json};

    /// For what is missing and for what the caller may not see: nobody can tell which.
    pub(crate) fn not_found() -> Reply {
        Reply::json(
            404,
            &json!({"errors": [{"status": 404, "code": "NOT_FOUND", "title": "Not Found", "detail": null}]}),
        )
    }

    pub(crate) fn bad_parameter(name: &str, expected: &str) -> Reply {
        let title = format!("Provided value for '{name}' is not the correct type. Expected type is {expected}.");
        Reply::json(
            400,
            &json!({"errors": [
                {"status": 400, "code": "INVALID_REQUEST_PARAMETER", "title": title, "detail": title},
            ]}),
        )
    }
}

/// Errors of `/wiki/rest/api`.
pub(crate) mod v1 {
    use super::{Reply, json};

    fn error(status: u16, message: &str) -> Reply {
        Reply::json(
            status,
            &json!({
                "statusCode": status,
                "data": {"authorized": true, "valid": true, "errors": [], "successful": true},
                "message": message,
            }),
        )
    }

    pub(crate) fn not_found(id: &str) -> Reply {
        error(
            404,
            &format!(
                "com.atlassian.confluence.api.service.exceptions.api.NotFoundException: \
                 No content found with id : ContentId{{id={id}}}"
            ),
        )
    }

    /// One ancestor that the caller may not see fails a whole batch whose expansions reach it.
    pub(crate) fn ancestor_not_found(id: &str) -> Reply {
        error(
            404,
            &format!(
                "com.atlassian.confluence.api.service.exceptions.api.NotFoundException: \
                 No content with id <ContentId{{id={id}}}> can be found"
            ),
        )
    }

    pub(crate) fn bad_request(why: &str) -> Reply {
        error(400, &format!("com.atlassian.confluence.api.service.exceptions.BadRequestException: {why}"))
    }

    pub(crate) fn gone() -> Reply {
        error(
            410,
            "com.atlassian.confluence.api.service.exceptions.GoneException: \
             This deprecated endpoint has been removed.",
        )
    }

    pub(crate) fn forbidden() -> Reply {
        Reply::json(403, &json!({"message": "Current user not permitted to use Confluence", "statusCode": 403}))
    }
}
