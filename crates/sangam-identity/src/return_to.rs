//! Where somebody goes after signing in: a page of ours, whatever the address asks for.

/// Longest path; a search with all its filters is far below, and a row in the store is kept for each.
const BYTES_MAX: usize = 2_000;

/// `path` if it leads to a page of this server, `/` otherwise.
///
/// Browsers read `//host`, `/\host` and anything with a tab or line break between as another host, so none of that passes.
pub fn safe_return_to(path: &str) -> &str {
    let is_safe = path.len() <= BYTES_MAX
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_safe { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_ours_pass_and_nothing_else() {
        for path in ["/", "/search?q=a%20b&page=2", "/console/indices#top", "/a//b"] {
            assert_eq!(safe_return_to(path), path);
        }
        let long = format!("/{}", "a".repeat(BYTES_MAX));
        let elsewhere = [
            "",
            "search",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            " /search",
            "/a\r\nSet-Cookie: b",
            "/\u{202e}",
            &long,
        ];
        for path in elsewhere {
            assert_eq!(safe_return_to(path), "/", "{path:?}");
        }
    }
}
