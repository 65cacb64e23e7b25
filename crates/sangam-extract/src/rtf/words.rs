//! What control words mean for the text.

/// What a control word means for the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A character.
    Char(char),
    /// White space.
    Space,
    /// A new line.
    Line,
    /// A new paragraph.
    Block,
    /// The end of a cell.
    Cell,
    /// The end of a row.
    Row,
    /// A UTF-16 unit.
    Unicode,
    /// How many characters stand behind it for who does not know it.
    Fallback,
    /// Bytes that are not RTF.
    Bytes,
    /// The code page of what follows.
    CodePage,
    /// A font by its number.
    Font,
    /// The character set of the font that is declared.
    Charset,
    /// What is said about the document begins, its title among it.
    Info,
    /// The title begins.
    Title,
    /// The fonts begin.
    FontTable,
    /// Something begins that is text elsewhere on the page.
    Text,
    /// Something begins that is text in its place.
    Inline,
    /// Something begins that is not text.
    NoText,
    /// Nothing.
    Unknown,
}

/// The meaning of `word`, which is case-sensitive.
pub(super) fn meaning(word: &[u8]) -> Meaning {
    match word {
        b"par" | b"page" | b"sect" | b"pagebb" => Meaning::Block,
        b"line" | b"softline" | b"column" => Meaning::Line,
        b"tab" | b"enspace" | b"emspace" | b"qmspace" => Meaning::Space,
        b"cell" | b"nestcell" => Meaning::Cell,
        b"row" | b"nestrow" | b"trowd" => Meaning::Row,
        b"u" => Meaning::Unicode,
        b"uc" => Meaning::Fallback,
        b"bin" => Meaning::Bytes,
        b"ansicpg" => Meaning::CodePage,
        b"f" => Meaning::Font,
        b"fcharset" => Meaning::Charset,
        b"info" => Meaning::Info,
        b"title" => Meaning::Title,
        b"fonttbl" => Meaning::FontTable,
        b"emdash" => Meaning::Char('\u{2014}'),
        b"endash" => Meaning::Char('\u{2013}'),
        b"bullet" => Meaning::Char('\u{2022}'),
        b"lquote" => Meaning::Char('\u{2018}'),
        b"rquote" => Meaning::Char('\u{2019}'),
        b"ldblquote" => Meaning::Char('\u{201C}'),
        b"rdblquote" => Meaning::Char('\u{201D}'),
        b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl" | b"footerr" | b"footerf"
        | b"footnote" | b"annotation" | b"shptxt" => Meaning::Text,
        b"fldrslt" | b"pntext" | b"shpinst" => Meaning::Inline,
        _ if NO_TEXT.contains(&word) => Meaning::NoText,
        _ => Meaning::Unknown,
    }
}

/// Destinations that hold no text, or text that no reader sees.
const NO_TEXT: [&[u8]; 40] = [
    b"colortbl",
    b"stylesheet",
    b"listtable",
    b"listoverridetable",
    b"revtbl",
    b"rsidtbl",
    b"generator",
    b"shprslt",
    b"pict",
    b"objdata",
    b"objclass",
    b"objname",
    b"fldinst",
    b"bkmkstart",
    b"bkmkend",
    b"themedata",
    b"colorschememapping",
    b"datastore",
    b"latentstyles",
    b"filetbl",
    b"fontemb",
    b"fontfile",
    b"xmlnstbl",
    b"mmathPr",
    b"userprops",
    b"docvar",
    b"sp",
    b"sn",
    b"sv",
    b"atnid",
    b"atnref",
    b"atndate",
    b"atrfstart",
    b"atrfend",
    b"deleted",
    b"nonshppict",
    b"ftnsep",
    b"ftnsepc",
    b"aftnsep",
    b"xe",
];
