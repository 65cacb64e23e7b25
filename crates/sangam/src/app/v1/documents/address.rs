//! What somebody copies out of a browser's address field, taken apart: links have an anchor, a slash at the end or a mark of a page that was
//! just edited, and lead to the same document.

/// Kinds of places of Confluence whose addresses name them before their id.
const PLACES: [&str; 4] = ["folder", "whiteboard", "database", "embed"];
/// Where an address of Confluence has a page's id in its query.
const PAGE_ID: &str = "pageId";
/// Where it has a comment's.
const COMMENT_ID: &str = "focusedCommentId";

/// An address of a page on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Without its anchor.
    whole: String,
    /// Host and port, in lower case.
    pub(super) host: String,
    path: String,
    query: String,
}

impl Address {
    /// Reads an address; `None` for a text that is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://")?;
        let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
        let rest = rest.split('#').next().unwrap_or_default();
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = place.split_once('/').unwrap_or((place, ""));
        let is_one = is_web && !host.is_empty() && !text.trim().contains(char::is_whitespace);
        is_one.then(|| Self {
            whole: format!("{}://{rest}", scheme.to_lowercase()),
            host: host.to_lowercase(),
            path: path.to_owned(),
            query: query.to_owned(),
        })
    }

    /// The address as it may be stored, those that say most first; each list is looked for only where the ones before found nothing.
    pub(super) fn spellings(&self) -> Vec<Vec<String>> {
        let bare = self.whole.split('?').next().unwrap_or_default();
        vec![ends(&self.whole), ends(bare)]
    }

    /// The ends of the ids that the document can have if the address is one of Confluence: `page/123`.
    pub(super) fn id_ends(&self) -> Vec<String> {
        let given = |name: &str| {
            let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).find(|value| is_number(value))
        };
        if let Some(id) = given(COMMENT_ID) {
            return vec![format!("comment/{id}")];
        }
        let parts: Vec<&str> = self.path.split('/').collect();
        let place = parts.windows(2).find(|pair| PLACES.contains(&pair[0]) && is_number(pair[1]));
        if let Some([kind, id]) = place {
            return vec![format!("{kind}/{id}")];
        }
        let page = parts.windows(2).find(|pair| matches!(pair[0], "pages" | "edit-v2") && is_number(pair[1]));
        // `/blog/2026/09/07/123/Title`: after the day.
        let blog = parts.iter().position(|part| *part == "blog").and_then(|at| parts.get(at + 4));
        let id =
            given(PAGE_ID).or_else(|| page.map(|pair| pair[1])).or_else(|| blog.copied().filter(|id| is_number(id)));
        id.map_or_else(Vec::new, |id| vec![format!("page/{id}"), format!("blog/{id}")])
    }
}

/// With and without a slash at the end, and with blanks written in both ways.
fn ends(address: &str) -> Vec<String> {
    let plain = address.trim_end_matches('/');
    let mut ends = vec![address.to_owned(), plain.to_owned(), format!("{plain}/")];
    ends.extend([plain.replace("%20", "+"), plain.replace('+', "%20")]);
    ends
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_addresses() {
        for not in ["Severance policy", "https://", "ftp://a/b", "see https://a/b", "confluence/s/page/1", ""] {
            assert_eq!(Address::parse(not), None, "{not}");
        }
        let address = Address::parse(" HTTPS://Wiki.Example:8090/x/?a=b#c ").unwrap();
        assert_eq!((address.host.as_str(), address.query.as_str()), ("wiki.example:8090", "a=b"));
    }

    #[test]
    fn an_anchor_and_a_slash_make_no_difference() {
        let address = Address::parse("https://a.example/wiki/spaces/HR/pages/7/Pay+days/?src=mail#Notice").unwrap();
        let [whole, bare] = &address.spellings()[..] else { panic!("two lists") };
        assert!(whole.contains(&"https://a.example/wiki/spaces/HR/pages/7/Pay+days/?src=mail".to_owned()));
        for stored in ["Pay+days", "Pay+days/", "Pay%20days"] {
            assert!(bare.contains(&format!("https://a.example/wiki/spaces/HR/pages/7/{stored}")), "{bare:?}");
        }
    }

    #[test]
    fn addresses_of_confluence_tell_the_id() {
        let ends = |path: &str| Address::parse(&format!("https://a.example/{path}")).unwrap().id_ends();
        for page in [
            "wiki/spaces/HR/pages/7/Old+title",
            "wiki/spaces/HR/pages/edit-v2/7",
            "pages/viewpage.action?spaceKey=HR&pageId=7",
            "wiki/spaces/HR/blog/2026/09/08/7/News",
        ] {
            assert_eq!(ends(page), ["page/7", "blog/7"], "{page}");
        }
        assert_eq!(ends("wiki/spaces/HR/pages/7/T?focusedCommentId=9"), ["comment/9"]);
        assert_eq!(ends("wiki/spaces/HR/whiteboard/8"), ["whiteboard/8"]);
        for none in ["display/HR/Pay+days", "wiki/x/AbCd", "wiki/spaces/HR/overview", "blog/2026/09"] {
            assert!(ends(none).is_empty(), "{none}");
        }
    }
}
