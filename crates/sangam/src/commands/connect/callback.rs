//! The address on this machine that a browser is sent back to with a code: one small page, for one answer.

use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::failure::Failure;

/// How long the person may take to consent.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long a browser may take to send its request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// The first line of a request is a code and a state; more is none of ours.
const REQUEST_BYTES_MAX: usize = 16 << 10;

/// Waits for the browser.
pub(super) struct Callback {
    listener: TcpListener,
    redirect_uri: String,
}

/// What one request was.
enum Answer {
    /// The code.
    Code(SecretString),
    /// The person said no, or the server did.
    Refused(String),
    /// Something else, such as the icon of a page, or an answer to another question.
    Other,
}

impl Callback {
    /// Listens on this machine only.
    pub(super) async fn listen(port: u16) -> Result<Self, Failure> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| {
            Failure::wrong(anyhow::Error::new(error).context(format!("port {port} of this machine is taken")))
                .hint("choose another with `--port`, and register its address with the app")
        })?;
        let port = listener.local_addr().map_err(Failure::failed)?.port();
        Ok(Self { listener, redirect_uri: format!("http://127.0.0.1:{port}/callback") })
    }

    /// The address to register.
    pub(super) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The code that comes back with `state`.
    pub(super) async fn code(&self, state: &str) -> Result<SecretString, Failure> {
        let waited = tokio::time::timeout(PATIENCE, self.wait(state)).await;
        waited.unwrap_or_else(|_| {
            Err(Failure::wrong_input("nobody consented in time").hint("run the command again and open the address"))
        })
    }

    async fn wait(&self, state: &str) -> Result<SecretString, Failure> {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else { continue };
            // One at a time: a browser that hangs must not hold up the one that answers for longer than this.
            let Ok(Some(answer)) = tokio::time::timeout(REQUEST_TIMEOUT, self.answer(stream, state)).await else {
                continue;
            };
            match answer {
                Answer::Code(code) => return Ok(code),
                Answer::Refused(reason) => {
                    return Err(Failure::wrong_input(format!("the consent was refused: {reason}"))
                        .hint("run the command again, and consent as an account that sees the spaces to be crawled"));
                }
                Answer::Other => {}
            }
        }
    }

    async fn answer(&self, mut stream: TcpStream, state: &str) -> Option<Answer> {
        let mut request = Vec::new();
        let mut part = [0; 2048];
        while !request.windows(2).any(|pair| pair == b"\r\n") {
            let n_bytes = stream.read(&mut part).await.ok()?;
            if n_bytes == 0 || request.len() + n_bytes > REQUEST_BYTES_MAX {
                return None;
            }
            request.extend_from_slice(&part[..n_bytes]);
        }
        let line = request.split(|byte| *byte == b'\r').next()?;
        let answer = parse(std::str::from_utf8(line).ok()?, state);
        let (status, text) = match &answer {
            Answer::Code(_) => ("200 OK", "Done. You may close this page and go back to the terminal."),
            Answer::Refused(_) => ("200 OK", "Nothing was granted. The terminal says more."),
            Answer::Other => ("404 Not Found", "This is not the answer that is waited for."),
        };
        let page = format!("<!doctype html><meta charset=\"utf-8\"><title>Sangam</title><p>{text}</p>");
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            page.len()
        );
        stream.write_all(format!("{head}{page}").as_bytes()).await.ok()?;
        let _ = stream.shutdown().await;
        Some(answer)
    }
}

/// What a request line says. Only with our state is it an answer to our question.
fn parse(line: &str, state: &str) -> Answer {
    let mut words = line.split(' ');
    let (Some("GET"), Some(target)) = (words.next(), words.next()) else { return Answer::Other };
    let Ok(url) = Url::parse("http://127.0.0.1").and_then(|base| base.join(target)) else { return Answer::Other };
    let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    if url.path() != "/callback" || of("state").as_deref() != Some(state) {
        return Answer::Other;
    }
    match (of("code").filter(|code| !code.is_empty()), of("error")) {
        (Some(code), None) => Answer::Code(code.into()),
        (_, Some(error)) => Answer::Refused(error.chars().filter(|c| !c.is_control()).take(80).collect()),
        (None, None) => Answer::Other,
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn only_an_answer_with_our_state_counts() {
        let code = |line: &str| match parse(line, "s1") {
            Answer::Code(code) => code.expose_secret().to_owned(),
            Answer::Refused(reason) => format!("refused: {reason}"),
            Answer::Other => "other".to_owned(),
        };
        assert_eq!(code("GET /callback?code=a%2Fb&state=s1 HTTP/1.1"), "a/b");
        assert_eq!(code("GET /callback?error=access_denied&state=s1 HTTP/1.1"), "refused: access_denied");
        for line in [
            "GET /callback?code=a&state=s2 HTTP/1.1",
            "GET /callback?code=a HTTP/1.1",
            "GET /favicon.ico HTTP/1.1",
            "POST /callback?code=a&state=s1 HTTP/1.1",
            "GET /callback?state=s1 HTTP/1.1",
            "",
        ] {
            assert_eq!(code(line), "other", "{line}");
        }
    }

    #[tokio::test]
    async fn a_browser_that_asks_for_an_icon_first_does_not_end_it() {
        let callback = Callback::listen(0).await.unwrap();
        let at = callback.redirect_uri().to_owned();
        let browser = async {
            let icon = reqwest::get(at.replace("/callback", "/favicon.ico")).await.unwrap();
            assert_eq!(icon.status(), 404);
            reqwest::get(format!("{at}?code=c1&state=s1")).await.unwrap().text().await.unwrap()
        };
        let (code, page) = tokio::join!(callback.code("s1"), browser);
        assert_eq!(code.unwrap().expose_secret(), "c1");
        assert!(page.contains("close this page"), "{page}");
    }
}
