//! What is kept of each macro.

/// How a macro's parameters and body are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MacroKind {
    /// The title and the body; what every macro is that is not known.
    Body,
    /// Code: the title, and the body with its white space.
    Code,
    /// A body of HTML in CDATA: its text.
    Html,
    /// Formulas and diagrams written as text.
    Formula,
    /// One parameter, in the line: a status lozenge, an issue's key.
    Inline(&'static str),
    /// A file or address, by name.
    Reference(&'static [&'static str]),
    /// Nothing: dynamic lists, whose rendered form holds other pages' titles, and navigation.
    Nothing,
}

/// Parameters that name a file or an address.
const FILE_NAMES: &[&str] = &["name", "url"];

/// Parameters that name a diagram; its data is base64 or an attachment of its own.
const DIAGRAM_NAMES: &[&str] = &["diagramname", "diagramdisplayname", "name"];

impl MacroKind {
    /// The kind of the macro of this name, in any case.
    pub(crate) fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "code" | "noformat" => Self::Code,
            "html" => Self::Html,
            "status" => Self::Inline("title"),
            "jira" | "jiraissues" => Self::Inline("key"),
            "mathblock" | "mathinline" | "latex" | "plantuml" | "mermaid" => Self::Formula,
            "view-file" | "viewdoc" | "viewpdf" | "viewxls" | "viewppt" | "multimedia" | "widget" => {
                Self::Reference(FILE_NAMES)
            }
            "drawio" | "gliffy" | "inc-drawio" => Self::Reference(DIAGRAM_NAMES),
            "children"
            | "pagetree"
            | "pagetreesearch"
            | "recently-updated"
            | "recently-updated-dashboard"
            | "contentbylabel"
            | "blog-posts"
            | "detailssummary"
            | "livesearch"
            | "gallery"
            | "attachments"
            | "contributors"
            | "contributors-summary"
            | "space-index"
            | "index"
            | "spaces-list"
            | "spacegraph"
            | "tasks-report"
            | "tasks-report-macro"
            | "toc"
            | "anchor"
            | "include"
            | "excerpt-include"
            | "html-include"
            | "style"
            | "profile"
            | "user-profile"
            | "profile-picture"
            | "change-history"
            | "navmap"
            | "popular-labels"
            | "related-labels"
            | "listlabels"
            | "labels-list"
            | "favpages"
            | "create-from-template" => Self::Nothing,
            _ => Self::Body,
        }
    }

    /// True if the text of the parameter `name` is kept.
    pub(crate) fn keeps(self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        match self {
            Self::Body | Self::Code => name == "title",
            Self::Formula => name == "title" || name == "body",
            Self::Inline(kept) => name == kept,
            Self::Reference(kept) => kept.contains(&name.as_str()),
            Self::Html | Self::Nothing => false,
        }
    }

    /// True if the macro stands in a line of text without breaking it.
    pub(crate) fn is_inline(self) -> bool {
        matches!(self, Self::Inline(_) | Self::Reference(_))
    }
}

/// Shortest text that is taken for data: shorter, it does little harm as text.
const DATA_CHARS_MIN: usize = 200;

/// Characters in a row without white space, on average, that no language and no code has.
const DATA_WORD_CHARS: usize = 80;

/// True if a plain-text body is data and not text: JSON of a plugin, markup of a drawing, base64, hexadecimal.
pub(crate) fn is_data(body: &str) -> bool {
    let trimmed = body.trim();
    if ["<svg", "<mxfile", "<mxGraphModel", "data:"].iter().any(|start| trimmed.starts_with(start)) {
        return true;
    }
    if trimmed.starts_with(['[', '{']) && serde_json::from_str::<serde::de::IgnoredAny>(trimmed).is_ok() {
        return true;
    }
    let (mut words, mut characters, mut ascii) = (0_usize, 0_usize, 0_usize);
    for word in trimmed.split_whitespace() {
        words += 1;
        characters += word.chars().count();
        ascii += word.bytes().filter(u8::is_ascii).count();
    }
    // Chinese, Japanese and Thai have long runs without spaces too.
    characters >= DATA_CHARS_MIN && characters / words.max(1) >= DATA_WORD_CHARS && ascii * 10 >= characters * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_told_from_text() {
        assert!(is_data("[{\"body\":\"pie title Pets\",\"date\":1}]"));
        assert!(is_data(&"iVBORw0KGgoAAAANSUhEUgAA".repeat(20)));
        assert!(is_data("<svg width=\"1\"/>"));
        assert!(!is_data("graph TD; A-->B;"));
        assert!(!is_data(&"数据库故障转移".repeat(60)));
        assert!(!is_data("[not json"));
    }
}
