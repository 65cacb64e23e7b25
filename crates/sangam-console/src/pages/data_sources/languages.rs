//! The languages that Kendra knows, by their codes.

use crate::view::Opt;

const LANGUAGES: &[(&str, &str)] = &[
    ("en", "English"),
    ("ar", "Arabic"),
    ("hy", "Armenian"),
    ("eu", "Basque"),
    ("bn", "Bengali"),
    ("pt-BR", "Brazilian Portuguese"),
    ("bg", "Bulgarian"),
    ("ca", "Catalan"),
    ("zh", "Chinese"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("nl", "Dutch"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("gl", "Galician"),
    ("de", "German"),
    ("el", "Greek"),
    ("hi", "Hindi"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("ga", "Irish"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("lv", "Latvian"),
    ("lt", "Lithuanian"),
    ("no", "Norwegian"),
    ("fa", "Persian"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("ckb", "Sorani"),
    ("es", "Spanish"),
    ("sv", "Swedish"),
    ("tr", "Turkish"),
];

/// What a language is called where it is chosen.
pub(crate) fn label(code: &str) -> String {
    let known = LANGUAGES.iter().find(|(known, _)| *known == code);
    known.map_or_else(|| code.to_owned(), |(code, name)| format!("{name} ({code})"))
}

/// All of them, to choose from.
pub(crate) fn options() -> Vec<Opt> {
    LANGUAGES.iter().map(|(code, _)| Opt::new(code, &label(code), "")).collect()
}
