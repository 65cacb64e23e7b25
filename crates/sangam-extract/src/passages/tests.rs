use super::*;

fn sentence(i: usize) -> String {
    let n_words = 5 + (i * 7919) % 21;
    let words: Vec<String> = (0..n_words).map(|w| format!("w{}", (i * 31 + w * w * 17) % 997)).collect();
    format!("S{i} {}.", words.join(" "))
}

#[test]
fn covers_everything_in_order() {
    let text: String = (0..200).map(|i| sentence(i) + " ").collect();
    let found = passages(&text);
    assert_eq!(found.iter().map(|range| &text[range.clone()]).collect::<String>(), text);
    for range in &found {
        let words = text[range.clone()].split_whitespace().count();
        assert!((PASSAGE_WORDS_MIN..=PASSAGE_WORDS_MAX).contains(&words), "{words}");
    }
}
