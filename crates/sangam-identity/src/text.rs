//! Text from strangers that is stored to be shown.

/// At most `chars_max` characters of `text`, without those that control a terminal or turn the direction of what follows.
pub(crate) fn clean(text: &str, chars_max: usize) -> String {
    text.chars().filter(|&char| !is_odd(char)).take(chars_max).collect::<String>().trim().to_owned()
}

/// Whether `text` is an identifier: something, not too long, that [`clean`] leaves as it is.
pub(crate) fn is_identifier(text: &str, chars_max: usize) -> bool {
    !text.is_empty() && clean(text, chars_max) == text
}

fn is_odd(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{061c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_confuses_goes_and_the_rest_is_cut() {
        assert_eq!(clean(" Ada\u{202e}\u{0}\nLovelace ", 99), "AdaLovelace");
        assert_eq!(clean("äöü", 2), "äö");
        assert!(is_identifier("ada@example.com", 99));
        for text in ["", " ada", "a\u{200b}da", "adaadaada"] {
            assert!(!is_identifier(text, 8), "{text:?}");
        }
    }
}
