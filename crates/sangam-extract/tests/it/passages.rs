//! Passages cover their text, and an edit leaves those that it does not touch alone.

use proptest::prelude::*;
use sangam_extract::passages;

proptest! {
    #[test]
    fn any_text_is_covered_in_order(text in "(\\PC|[ \n\t.。a-z日]){0,2000}") {
        let found = passages(&text);
        let mut end = 0;
        for range in &found {
            prop_assert_eq!(range.start, end);
            prop_assert!(text.is_char_boundary(range.end));
            prop_assert!(!text[range.clone()].trim().is_empty());
            end = range.end;
        }
        prop_assert!(end == text.len() || text.trim().is_empty());
        prop_assert_eq!(passages(&text), found);
    }
}
