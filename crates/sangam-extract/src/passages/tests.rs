use std::collections::HashSet;

use super::*;

/// A stream of numbers that look random and are the same every time.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    /// A sentence of 5 to 29 words.
    pub(super) fn sentence(&mut self) -> String {
        let words: Vec<String> = (0..5 + self.below(25)).map(|_| format!("w{}", self.below(2000))).collect();
        format!("S{}.", words.join(" "))
    }

    /// A text of `n` sentences, each with what parts it from the next: every fourth ends a paragraph, or none does.
    fn text(&mut self, n: usize, has_paragraphs: bool) -> Vec<String> {
        (0..n)
            .map(|_| {
                let ends_paragraph = has_paragraphs && self.below(4) == 0;
                self.sentence() + if ends_paragraph { "\n\n" } else { " " }
            })
            .collect()
    }
}

fn texts(text: &str) -> HashSet<&str> {
    passages(text).into_iter().map(|range| text[range].trim()).collect()
}

fn sizes(text: &str) -> Vec<usize> {
    passages(text).into_iter().map(|range| text[range].split_whitespace().count()).collect()
}

#[test]
fn passages_are_of_about_eighty_words_and_end_with_sentences() {
    let text = Numbers(1).text(2000, true).concat();
    let sizes = sizes(&text);
    assert!(sizes.iter().all(|size| (PASSAGE_WORDS_MIN..=PASSAGE_WORDS_MAX).contains(size)), "{sizes:?}");
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    assert!(mean.abs_diff(PASSAGE_WORDS) < 10, "{mean}");
    assert!(texts(&text).iter().all(|passage| passage.ends_with('.')));
}

/// What an edit costs: the passages whose text is new need a vector. An inserted sentence is in one of them.
#[test]
fn an_edit_changes_two_passages_and_seldom_three() {
    let mut numbers = Numbers(2);
    for has_paragraphs in [false, true] {
        let mut n_changed = [0_usize; 6];
        for round in 0..300 {
            let mut text = numbers.text(150, has_paragraphs);
            let before = text.concat();
            let at = 10 + numbers.below(130);
            let sentence = numbers.sentence() + " ";
            match round % 3 {
                0 => text.insert(at, sentence),
                1 => text[at] = sentence,
                _ => _ = text.remove(at),
            }
            let after = text.concat();
            let changed = texts(&after).difference(&texts(&before)).count();
            n_changed[changed.min(5)] += 1;
        }
        assert_eq!(n_changed[5], 0, "{n_changed:?}");
        let within_two: usize = n_changed[..=2].iter().sum();
        assert!(within_two >= 270, "{n_changed:?}");
        assert!(within_two + n_changed[3] >= 297, "{n_changed:?}");
    }
}

#[test]
fn blocks_are_kept_whole_where_they_fit() {
    let block = |name: &str| format!("{} the end", format!("{name} ").repeat(70));
    let text = format!("{}\n\n{}\n\n{}", block("one"), block("two"), block("three"));
    let found: Vec<&str> = passages(&text).into_iter().map(|range| text[range].trim_end()).collect();
    assert_eq!(found, [block("one"), block("two"), block("three")]);
}

#[test]
fn a_short_text_is_one_passage_and_an_empty_one_none() {
    assert_eq!(texts("  Hello.\n"), HashSet::from(["Hello."]));
    assert!(passages("").is_empty());
    assert!(passages(" \n\t ").is_empty());
}

#[test]
fn text_without_spaces_is_cut_too() {
    let base64 = "QUJDRA0K".repeat(5_000);
    let chinese = "资源的访问权限由管理员设置，每天夜里更新。".repeat(500);
    let thai = "ระบบค้นหาข้อมูล".repeat(500);
    for text in [base64, chinese, thai] {
        let found = passages(&text);
        assert!(found.len() > 10);
        for range in found {
            assert!(text[range.clone()].chars().count() <= PASSAGE_WORDS_MAX * 4, "{range:?}");
        }
    }
}

#[test]
fn chinese_is_cut_behind_its_full_stops() {
    let text = "资源的访问权限由管理员设置，每天夜里更新。".repeat(50);
    for range in passages(&text) {
        assert!(text[range].ends_with('。'));
    }
}

#[test]
fn initials_and_numbers_end_no_sentence() {
    let text = format!("{} J. Doe wrote 2. a {}", "word ".repeat(60), "word ".repeat(60));
    assert!(texts(&text).iter().all(|passage| !passage.ends_with("J.") && !passage.ends_with("2.")));
}

/// The largest text, of words that are all alike: the shape that a careless search for a cut is quadratic in.
#[test]
fn the_largest_text_takes_linear_time() {
    let started = std::time::Instant::now();
    let n_passages = passages(&"a ".repeat(crate::TEXT_BYTES_MAX / 2)).len();
    assert!(n_passages > 10_000);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
