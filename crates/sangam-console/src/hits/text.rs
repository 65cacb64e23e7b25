//! Texts with highlights, cut to what is read. Offsets count code points, the first of a highlight included and the last one not.

use serde_json::Value;

/// What stands for the rest.
const ELLIPSIS: char = '…';

/// A part of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The text.
    pub(crate) text: String,
    /// Whether it is what was searched for.
    pub(crate) is_marked: bool,
}

/// The parts of a `TextWithHighlights`, of its first `chars_max` characters. Highlights may overlap, be out of order, or lie outside.
pub(crate) fn pieces(highlighted: &Value, chars_max: usize) -> Vec<Piece> {
    let text = highlighted["Text"].as_str().unwrap_or_default();
    let number = |highlight: &Value, name: &str| highlight[name].as_u64().and_then(|n| usize::try_from(n).ok());
    let ranges: Vec<(usize, usize)> = highlighted["Highlights"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| Some((number(it, "BeginOffset")?, number(it, "EndOffset")?)))
        .collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut characters = text.chars().enumerate();
    for (at, character) in characters.by_ref().take(chars_max) {
        let is_marked = ranges.iter().any(|(begin, end)| (*begin..*end).contains(&at));
        match pieces.last_mut().filter(|last| last.is_marked == is_marked) {
            Some(last) => last.text.push(character),
            None => pieces.push(Piece { text: character.into(), is_marked }),
        }
    }
    if characters.next().is_some() {
        pieces.push(Piece { text: ELLIPSIS.into(), is_marked: false });
    }
    pieces
}

/// The first `chars_max` characters of a text.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}{ELLIPSIS}", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(text: &str, highlights: &[(i64, i64)], chars_max: usize) -> String {
        let highlights: Vec<Value> =
            highlights.iter().map(|(begin, end)| json!({ "BeginOffset": begin, "EndOffset": end })).collect();
        let pieces = pieces(&json!({ "Text": text, "Highlights": highlights }), chars_max);
        pieces.iter().map(|it| if it.is_marked { format!("[{}]", it.text) } else { it.text.clone() }).collect()
    }

    #[test]
    fn offsets_are_code_points() {
        assert_eq!(shown("für 🦀 Krabben", &[(4, 5), (6, 13)], 100), "für [🦀] [Krabben]");
    }

    #[test]
    fn odd_highlights_do_no_harm() {
        assert_eq!(shown("abc", &[(1, 2), (0, 2), (2, 99), (5, 1), (-1, 2)], 100), "[abc]");
        assert_eq!(shown("", &[(0, 9)], 100), "");
        assert_eq!(pieces(&Value::Null, 9), []);
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "a".repeat(10_000);
        assert_eq!(shown(&long, &[(2, 9_000)], 5), "aa[aaa]…");
        assert_eq!((cut(&long, 3).as_str(), cut("äöü", 3).as_str()), ("aaa…", "äöü"));
    }
}
