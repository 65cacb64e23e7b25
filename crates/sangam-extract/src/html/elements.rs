//! What each element means for text.

use html5ever::tokenizer::states::RawKind;

/// How an element's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Part of the running text.
    Inline,
    /// On lines of its own.
    Line,
    /// A block of its own.
    Block,
    /// A block whose white space is part of the text.
    Preformatted,
    /// A line break.
    Break,
    /// A table.
    Table,
    /// A row of a table.
    Row,
    /// A cell of a row.
    Cell,
    /// The document's title.
    Title,
    /// The document's main heading.
    Heading,
    /// An image: its alternative text is written.
    Image,
    /// No text for a reader: left out with all that is inside.
    Hidden,
}

pub(super) fn role(name: &str) -> Role {
    match name {
        "script" | "style" | "noscript" | "template" | "svg" | "iframe" | "noembed" | "noframes" | "datalist" => {
            Role::Hidden
        }
        "title" => Role::Title,
        "h1" => Role::Heading,
        "br" => Role::Break,
        "img" | "area" => Role::Image,
        "pre" | "textarea" | "xmp" | "listing" | "plaintext" => Role::Preformatted,
        "table" => Role::Table,
        "tr" => Role::Row,
        "td" | "th" => Role::Cell,
        "li" | "dt" | "dd" | "div" | "option" | "legend" | "summary" | "figcaption" | "caption" | "address"
        | "label" => Role::Line,
        "p" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "menu" | "blockquote" | "section" | "article"
        | "aside" | "header" | "footer" | "main" | "nav" | "figure" | "form" | "fieldset" | "details" | "dialog"
        | "select" | "hr" | "body" | "html" | "head" | "center" | "hgroup" | "search" => Role::Block,
        _ => Role::Inline,
    }
}

/// How the tokenizer has to read what follows the start tag `name`, if not as HTML.
///
/// Scripts are read as plain raw text, not with the comments and nested scripts that browsers know: they are dropped anyway, and
/// [`super::guard`] has to agree on where one ends.
pub(super) fn raw_kind(name: &str) -> Option<RawKind> {
    match name {
        "title" | "textarea" => Some(RawKind::Rcdata),
        "script" | "style" | "iframe" | "noembed" | "noframes" | "xmp" => Some(RawKind::Rawtext),
        _ => None,
    }
}
