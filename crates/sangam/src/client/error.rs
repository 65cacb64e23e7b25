//! Why a server did not do what was asked, and what to try next.

use sangam_api::ApiError;
use serde_json::Value;

use crate::failure::Failure;

/// The first status that is the server's fault.
const SERVER_FAULT: u16 = 500;

/// Why there is no answer, or what the answer is instead.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection, or it broke.
    #[error("`{endpoint}` does not answer")]
    Unanswered {
        /// The server.
        endpoint: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The server says no.
    #[error("{code}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error's code, such as `ResourceNotFoundException`.
        code: String,
        /// What it says.
        message: String,
    },
    /// Whatever answered does not speak this API.
    #[error("`{endpoint}` answered with status {status} and something that this program does not understand")]
    Strange {
        /// The server.
        endpoint: String,
        /// The HTTP status.
        status: u16,
    },
}

impl ClientError {
    /// An error of this program's own types.
    pub(crate) fn from_api(error: ApiError) -> Self {
        Self::Refused { status: error.status(), code: error.code().to_owned(), message: error.message }
    }

    /// The error that an answer is.
    pub(crate) fn from_answer(endpoint: &str, status: u16, body: &[u8]) -> Self {
        let member = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let read = serde_json::from_slice::<Value>(body).ok().and_then(|value| {
            let message = member(&value, "Message").or_else(|| member(&value, "message")).unwrap_or_default();
            Some((member(&value, "__type")?, message))
        });
        match read {
            Some((code, message)) => Self::Refused { status, code, message },
            None => Self::Strange { endpoint: endpoint.to_owned(), status },
        }
    }

    /// Whether the server refused with this code.
    pub(crate) fn is(&self, expected: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == expected)
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unanswered { .. } => {
                Some("start the server with `sangam serve`, or set `SANGAM_ENDPOINT` to where it is")
            }
            Self::Strange { .. } => Some("set `SANGAM_ENDPOINT` to the address of a Sangam server, without a path"),
            Self::Refused { code, .. } => match code.as_str() {
                "UnrecognizedClientException" => Some(
                    "the server has no such access key: check `SANGAM_ACCESS_KEY_ID`, or look at `sangam keys list`",
                ),
                "InvalidSignatureException" => {
                    Some("check `SANGAM_SECRET_ACCESS_KEY`, `SANGAM_REGION` and this machine's clock")
                }
                "AccessDeniedException" => Some("use a key whose policy allows this: see `sangam keys create`"),
                "UnknownOperationException" => Some("the server is older than this program: update it"),
                "ThrottlingException" | "ServiceUnavailableException" => Some("try again in a moment"),
                _ => None,
            },
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let hint = error.hint();
        let is_ours = match &error {
            ClientError::Refused { status, .. } => *status >= SERVER_FAULT,
            ClientError::Unanswered { .. } | ClientError::Strange { .. } => true,
        };
        let failure = if is_ours { Self::failed(error) } else { Self::wrong(error) };
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    #[test]
    fn a_refusal_tells_code_message_and_next_step() {
        let body = br#"{"__type":"UnrecognizedClientException","message":"The token is invalid."}"#;
        let failure = Failure::from(ClientError::from_answer("http://a/", 400, body));
        assert!(failure.to_string().starts_with("error: UnrecognizedClientException: The token is invalid.\nhint: "));
        assert_eq!(failure.exit(), Exit::No);
    }

    #[test]
    fn a_fault_of_the_server_is_not_the_callers() {
        let body = br#"{"__type":"InternalServerException","Message":"see the log"}"#;
        assert_eq!(Failure::from(ClientError::from_answer("http://a/", 500, body)).exit(), Exit::Failed);
    }

    #[test]
    fn another_server_is_not_quoted() {
        for body in [&b"<html>hunter2</html>"[..], b"", b"[]", b"{\"error\":\"hunter2\"}"] {
            let told = Failure::from(ClientError::from_answer("http://a/", 404, body)).to_string();
            assert!(told.contains("status 404") && !told.contains("hunter2"), "{told}");
        }
    }
}
