//! Forms with a file: `multipart/form-data`.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::http::StatusCode;
use futures::stream;
use sangam_server::FormBody;

use crate::failed::Failed;
use crate::fields::Fields;

/// Fields beside the file.
const FIELDS_MAX: usize = 20;
/// Bytes of such a field.
const FIELD_BYTES_MAX: usize = 4 * 1024;

/// A file that was sent.
pub(crate) struct Upload {
    /// What it was called there.
    pub(crate) name: String,
    /// What is in it; nothing if it is larger than a form may be.
    pub(crate) bytes: Option<Bytes>,
}

/// What divides the parts, if a form is of this kind.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    multer::parse_boundary(content_type).ok()
}

/// Takes a form apart. The file comes last, so that all fields are there even if it is too large.
pub(crate) async fn read(body: FormBody, boundary: String) -> Result<(Fields, Option<Upload>), Failed> {
    let malformed = || Failed::new(StatusCode::BAD_REQUEST, "Refused", "The form is malformed. Load the page again.");
    let mut parts = multer::Multipart::new(stream::iter([Ok::<_, Infallible>(body.bytes)]), boundary);
    let mut fields = Fields::default();
    for _ in 0..FIELDS_MAX {
        let Some(part) = parts.next_field().await.map_err(|_| malformed())? else { return Ok((fields, None)) };
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(file) = part.file_name().map(str::to_owned) {
            let bytes = match part.bytes().await {
                Ok(bytes) => Some(bytes),
                // It ends where we stopped keeping.
                Err(_) if !body.is_whole => None,
                Err(_) => return Err(malformed()),
            };
            return Ok((fields, Some(Upload { name: file, bytes })));
        }
        let text = part.text().await.map_err(|_| malformed())?;
        if text.len() > FIELD_BYTES_MAX {
            return Err(malformed());
        }
        fields.push(&name, &text);
    }
    Err(malformed())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "--b\r\ncontent-disposition: form-data; name=\"_csrf\"\r\n\r\ntok\r\n\
                        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"ca.pem\"\r\n\
                        content-type: application/x-pem-file\r\n\r\nPEM\r\n--b--\r\n";

    async fn read_of(form: &str, is_whole: bool) -> Result<(Fields, Option<Upload>), Failed> {
        read(FormBody { bytes: form.to_owned().into(), is_whole }, "b".to_owned()).await
    }

    #[tokio::test]
    async fn fields_and_the_file_are_taken_apart() {
        let (fields, file) = read_of(FORM, true).await.unwrap_or_else(|_| panic!("a form"));
        let file = file.unwrap();
        assert_eq!((fields.last("_csrf"), file.name.as_str()), ("tok", "ca.pem"));
        assert_eq!(file.bytes.as_deref(), Some(&b"PEM"[..]));
    }

    #[tokio::test]
    async fn of_a_file_that_is_too_large_the_fields_are_there() {
        let cut = &FORM[..FORM.len() - 9];
        let (fields, file) = read_of(cut, false).await.unwrap_or_else(|_| panic!("a form"));
        assert_eq!((fields.last("_csrf"), file.unwrap().bytes), ("tok", None));
        assert!(read_of(cut, true).await.is_err(), "what breaks off by itself is malformed");
    }

    #[test]
    fn other_forms_have_no_boundary() {
        assert_eq!(boundary("multipart/form-data; boundary=b").as_deref(), Some("b"));
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
    }
}
