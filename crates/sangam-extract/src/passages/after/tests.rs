use std::collections::HashSet;

use super::super::passages;
use super::super::tests::Numbers;
use super::*;

/// Random edits of each of the four kinds: enough for the plain cut to miss.
const ROUNDS: usize = 300;

/// A paragraph of 20 to 120 words in sentences.
fn paragraph(numbers: &mut Numbers) -> String {
    let n_words = 20 + numbers.below(101);
    let mut words: Vec<String> = Vec::new();
    while words.len() < n_words {
        words.extend(numbers.sentence().split(' ').map(str::to_owned));
    }
    words.truncate(n_words);
    words.join(" ") + "."
}

/// A page of 300 to 3,000 words.
fn page(numbers: &mut Numbers) -> Vec<String> {
    let n_words = 300 + numbers.below(2_700);
    let mut paragraphs = Vec::new();
    let mut n = 0;
    while n < n_words {
        paragraphs.push(paragraph(numbers));
        n += paragraphs[paragraphs.len() - 1].split_whitespace().count();
    }
    paragraphs
}

/// What becomes of one paragraph.
#[derive(Debug, Clone, Copy)]
enum Edit {
    OneWord,
    Replaced,
    Removed,
    Inserted,
}

const EDITS: [Edit; 4] = [Edit::OneWord, Edit::Replaced, Edit::Removed, Edit::Inserted];

/// Edits one paragraph anywhere.
fn edit(paragraphs: &mut Vec<String>, edit: Edit, numbers: &mut Numbers) {
    let at = numbers.below(paragraphs.len());
    match edit {
        Edit::OneWord => {
            let mut words: Vec<&str> = paragraphs[at].split(' ').collect();
            let word = numbers.below(words.len());
            words[word] = "edited";
            paragraphs[at] = words.join(" ");
        }
        Edit::Replaced => paragraphs[at] = paragraph(numbers),
        Edit::Removed => drop(paragraphs.remove(at)),
        Edit::Inserted => {
            let at = numbers.below(paragraphs.len() + 1);
            paragraphs.insert(at, paragraph(numbers));
        }
    }
}

fn texts<'a>(text: &'a str, ranges: &[Range<usize>]) -> HashSet<&'a str> {
    ranges.iter().map(|range| text[range.clone()].trim()).collect()
}

fn n_new(before: (&str, &[Range<usize>]), after: (&str, &[Range<usize>])) -> usize {
    texts(after.0, after.1).difference(&texts(before.0, before.1)).count()
}

#[track_caller]
fn check_limits(text: &str, ranges: &[Range<usize>]) {
    let mut end = 0;
    for range in ranges {
        assert_eq!(range.start, end);
        end = range.end;
    }
    assert_eq!(end, text.len());
    let sizes: Vec<usize> = ranges.iter().map(|range| text[range.clone()].split_whitespace().count()).collect();
    let is_in_limits = |size: &usize| (PASSAGE_WORDS_MIN..=PASSAGE_WORDS_MAX).contains(size);
    assert!(sizes.len() == 1 || sizes.iter().all(is_in_limits), "{sizes:?}");
}

#[test]
fn an_edited_paragraph_makes_at_most_two_new_passages() {
    let mut numbers = Numbers(7);
    let mut n_plainly_more = 0;
    for kind in EDITS {
        for round in 0..ROUNDS {
            let mut paragraphs = page(&mut numbers);
            let before = paragraphs.join("\n\n");
            let old = passages(&before);
            edit(&mut paragraphs, kind, &mut numbers);
            let after = paragraphs.join("\n\n");
            let new = passages_after(&after, &before, &old);
            check_limits(&after, &new);
            let n = n_new((&before, &old), (&after, &new));
            assert!(n <= 2, "{kind:?} in round {round}: {n} new");
            n_plainly_more += usize::from(n_new((&before, &old), (&after, &passages(&after))) > 2);
        }
    }
    assert!(n_plainly_more > 5, "the plain cut needs more in {n_plainly_more} cases only: this shows nothing");
}

/// Passages that many edits have shaped do not fit blocks as well, so that replacing a block may take three.
#[test]
fn a_long_history_of_edits_costs_no_more() {
    let mut numbers = Numbers(11);
    let mut n_over_two = [0; 4];
    for _ in 0..15 {
        let mut paragraphs = page(&mut numbers);
        let mut before = paragraphs.join("\n\n");
        let mut old = passages(&before);
        for round in 0..100 {
            let kind = if paragraphs.len() < 5 { 3 } else { round % 4 };
            edit(&mut paragraphs, EDITS[kind], &mut numbers);
            let after = paragraphs.join("\n\n");
            let new = passages_after(&after, &before, &old);
            check_limits(&after, &new);
            let n = n_new((&before, &old), (&after, &new));
            assert!(n <= 3, "{:?}: {n} new", EDITS[kind]);
            n_over_two[kind] += usize::from(n > 2);
            (before, old) = (after, new);
        }
    }
    assert_eq!([n_over_two[0], n_over_two[2], n_over_two[3]], [0; 3], "only a replaced one may need a third");
    assert!(n_over_two[1] <= 4, "{n_over_two:?} of 375 each");
}

#[test]
fn an_unchanged_text_stays_as_it_was_cut_and_a_new_one_is_cut_plainly() {
    let mut numbers = Numbers(3);
    let (one, other) = (page(&mut numbers).join("\n\n"), page(&mut numbers).join("\n\n"));
    let old = passages(&one);
    assert_eq!(passages_after(&one, &one, &old), old);
    assert_eq!(passages_after(&other, &one, &old), passages(&other));
    assert_eq!(passages_after(&other, "", &[]), passages(&other));
    assert!(passages_after(" ", &one, &old).is_empty());
}

#[test]
fn white_space_where_the_text_ended_changes_no_passage() {
    let mut numbers = Numbers(5);
    let before = page(&mut numbers).join("\n\n");
    let old = passages(&before);
    let after = format!("\n{before}\n\n{}", paragraph(&mut numbers));
    let new = passages_after(&after, &before, &old);
    assert!(n_new((&before, &old), (&after, &new)) <= 2);
    let back = passages_after(&before, &after, &new);
    assert!(n_new((&after, &new), (&before, &back)) <= 1, "the last one alone, if the new one had been cut off it");
}

#[test]
fn a_text_edited_all_over_is_cut_plainly() {
    let mut numbers = Numbers(13);
    let paragraphs: Vec<String> = (0..30).map(|_| paragraph(&mut numbers)).collect();
    let before = paragraphs.join("\n\n");
    let mut edited = paragraphs;
    (edited[2], edited[27]) = (paragraph(&mut numbers), paragraph(&mut numbers));
    let after = edited.join("\n\n");
    assert_eq!(passages_after(&after, &before, &passages(&before)), passages(&after));
}

#[test]
fn a_word_that_grows_over_its_passage_s_end_is_not_torn() {
    let sentence = |name: &str| vec![name; 60].join(" ");
    let before = format!("{} {}", sentence("a"), sentence("b"));
    let old = [0..sentence("a").len() + 1, sentence("a").len() + 1..before.len()];
    let after = format!("{before}ee {}", sentence("c"));
    let new = passages_after(&after, &before, &old);
    check_limits(&after, &new);
    assert_eq!(new[0], old[0]);
    assert!(new.iter().all(|range| after[range.clone()].ends_with([' ', 'c'])), "{new:?}");
}

/// As large as a text may be, edited in its midst, where a passage was cut off every forty words.
#[test]
fn the_largest_text_takes_linear_time() {
    let before = "a ".repeat(crate::TEXT_BYTES_MAX / 2);
    let old = passages(&before);
    let (head, tail) = before.split_at(before.len() / 2);
    let after = format!("{head}b {tail}");
    let started = std::time::Instant::now();
    let new = passages_after(&after, &before, &old);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    assert!(n_new((&before, &old), (&after, &new)) <= 2);
}
