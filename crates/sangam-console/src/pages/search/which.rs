//! Which document somebody means: a missing one has no result to click on, so it is named by its address or its title.

use sangam_api::ApiError;
use serde_json::Value;

use crate::fields::Fields;
use crate::hits::{cut, is_blank, web_address};
use crate::view::{Cell, Html, Lines, Table};
use crate::visit::{InIndex, Visit};

/// Characters of a title or an address.
const SHOWN_CHARS: usize = 160;

/// A document as the index knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Which {
    pub(super) id: String,
    /// Its title, or what stands for one; its id where that is not told.
    pub(super) title: String,
    /// Where it is, if that can be opened.
    pub(super) address: Option<String>,
}

/// What was found for an address, a title or an id.
pub(super) struct Matches {
    /// The documents, best first.
    pub(super) documents: Vec<Which>,
    /// Whether there are more.
    is_cut: bool,
    by_address: bool,
}

/// The documents that `like` names, whoever may read them.
pub(super) async fn find(visit: &Visit, index: &InIndex, like: &str) -> Result<Matches, ApiError> {
    let mut query = Fields::default();
    query.push("like", like);
    let found = visit.v1("GET", &["indices", &index.id, "documents"], &query, None).await?;
    let documents = found["documents"].as_array().into_iter().flatten().filter_map(Which::read);
    Ok(Matches { documents: documents.collect(), is_cut: found["isCut"] == true, by_address: found["by"] == "address" })
}

impl Which {
    fn read(told: &Value) -> Option<Self> {
        let id = told["documentId"].as_str()?;
        let title = told["documentTitle"].as_str().unwrap_or(id);
        Some(Self {
            id: id.to_owned(),
            title: if is_blank(title) { "Untitled".to_owned() } else { cut(title, SHOWN_CHARS) },
            address: told["sourceUri"].as_str().and_then(web_address),
        })
    }

    /// Title and address in one.
    pub(super) fn cell(&self) -> Html {
        match &self.address {
            Some(address) => Lines::stranger_link(address, &self.title),
            None => Lines::stranger(&self.title),
        }
    }
}

impl Matches {
    /// Why there is none.
    pub(super) fn nothing(&self, like: &str) -> String {
        let why = "it was not crawled, is left out by a filter, or was deleted";
        if !self.by_address {
            return format!(
                "No document of this index has all of these words in its title. If the title is right, {why}."
            );
        }
        // What the site knows behind a short link, only the site can tell.
        if like.contains("/x/") {
            return "This is a short link, which only Confluence can follow: open it, and copy the address that the browser shows then.".to_owned();
        }
        format!("No document of this index has this address. If the address is right, {why}.")
    }

    /// The documents to choose from, each with a link to the same question about it.
    pub(super) fn table(&self, index: &InIndex, asked: &Fields) -> Html {
        let title =
            if self.is_cut { "Which of these? There are more: type more of the title" } else { "Which of these?" };
        let mut table = Table::new(title, &["Document"], "").id("which");
        for document in &self.documents {
            let mut query = asked.clone();
            query.remove("find");
            query.set("document", &document.id);
            let href = format!("{}?{}", index.href("explain"), query.encode());
            let mut lines = vec![Cell::link(&href, &document.title)];
            lines.extend(document.address.as_ref().map(|address| Cell::muted(&cut(address, SHOWN_CHARS))));
            table = table.row(vec![Lines::of(&lines)]);
        }
        table.render()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_strangers_title_is_cut_and_no_address_but_one_of_the_web_is_linked() {
        let title = format!("\u{202e}{}", "x".repeat(1_000));
        let told = json!({ "documentId": "d", "documentTitle": title, "sourceUri": "javascript:alert(1)" });
        let which = Which::read(&told).unwrap();
        assert!(which.title.ends_with('…') && !which.title.contains('\u{202e}') && which.address.is_none());
        assert_eq!(Which::read(&json!({ "documentId": "d", "documentTitle": " " })).unwrap().title, "Untitled");
        assert_eq!(Which::read(&json!({ "documentId": "d" })).unwrap().title, "d", "an auditor reads no titles");
        assert_eq!(Which::read(&json!({})), None);
    }

    #[test]
    fn what_is_not_there_is_said_in_true_words() {
        let matches = |by_address| Matches { documents: Vec::new(), is_cut: false, by_address };
        assert!(matches(true).nothing("https://a.example/pages/1").contains("has this address"));
        assert!(matches(true).nothing("https://a.example/wiki/x/AbC").contains("short link"));
        assert!(matches(false).nothing("Severance").contains("in its title"));
    }
}
