//! Texts of strangers, cut to what is read, without what is not seen or turns the direction of what follows. Offsets of highlights count
//! code points of the whole text, the first of a highlight included and the last one not.

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

/// The parts of a `TextWithHighlights`, of the first `chars_max` characters that are shown. Highlights may overlap, be out of order, or lie
/// outside.
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
    // Numbered before any is left out.
    let mut characters = text.chars().enumerate().filter_map(|(at, character)| Some((at, shown_as(character)?)));
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

/// The first `chars_max` characters of a text that are shown.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    let mut characters = text.chars().filter_map(shown_as);
    let mut cut: String = characters.by_ref().take(chars_max).collect();
    if characters.next().is_some() {
        cut.push(ELLIPSIS);
    }
    cut
}

/// Whether nothing of it is seen.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().filter_map(shown_as).all(|character| character.is_whitespace() || is_empty(character))
}

/// A character as it is shown, if it is: a line end as a blank.
fn shown_as(character: char) -> Option<char> {
    match character {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        _ => (!is_hidden(character)).then_some(character),
    }
}

/// Control characters, marks of direction, and what has neither width nor a use in a text that is only read.
fn is_hidden(character: char) -> bool {
    let is_format = matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    );
    is_format || character.is_control()
}

/// Characters that scripts and emoji are joined with, and fillers: they belong into words and are nothing by themselves.
fn is_empty(character: char) -> bool {
    matches!(
        character,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}'
    )
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
    fn what_is_not_seen_goes_and_highlights_stay_where_they_are() {
        assert_eq!(shown("\u{202e}gnp\u{200b}.\u{202c}exe", &[(1, 4), (7, 10)], 100), "[gnp].[exe]");
        assert_eq!(shown("a\nb\u{0}c", &[(2, 3)], 100), "a [b]c");
        assert_eq!(shown(&format!("{}ab", "\u{2066}".repeat(500)), &[(501, 502)], 1), "a…");
        assert_eq!(cut("a\u{200f}bc\u{feff}", 3), "abc");
        // What joins letters and emoji is part of them.
        assert_eq!(cut("می\u{200c}خواهم 👩\u{200d}🚀", 99), "می\u{200c}خواهم 👩\u{200d}🚀");
    }

    #[test]
    fn blank_is_what_nobody_sees() {
        for blank in ["", " \n", "\u{200b}\u{200d}", "\u{3164}\u{2800}", "\u{202e}\u{e0041}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("\u{200b}a"));
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "a".repeat(10_000);
        assert_eq!(shown(&long, &[(2, 9_000)], 5), "aa[aaa]…");
        assert_eq!((cut(&long, 3).as_str(), cut("äöü", 3).as_str()), ("aaa…", "äöü"));
    }
}
