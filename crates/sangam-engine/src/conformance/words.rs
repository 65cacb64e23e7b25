//! Lexical retrieval.

use std::collections::BTreeSet;

use roaring::RoaringBitmap;

use super::{NONE, NewEngine, Subject, document, everything, found, readable, search};
use crate::query::LexicalQuery;

pub(super) fn check(new_engine: NewEngine<'_>) {
    titles_and_bodies_are_searched(new_engine);
    the_title_weighs_more(new_engine);
    rarer_words_weigh_more(new_engine);
    the_filter_decides_before_ranking(new_engine);
    scores_of_given_documents_are_those_of_the_ranking(new_engine);
}

fn titles_and_bodies_are_searched(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add(vec![
        document(1, "fail over.pdf", ""),
        document(2, "Runbook", "Restoring databases after a crash, naïvely."),
        document(3, "IT", "Equipment"),
        document(4, "東京都の案内", "地下鉄"),
        document(5, "", "not it"),
    ]);
    let view = subject.commit();
    let found = |text| found(&*view, text, &everything());
    assert_eq!(found("fail over.pdf"), [1]);
    assert_eq!(found("how do I restore the database?"), [2]);
    assert_eq!(found("NAIVELY"), [2]);
    assert_eq!(found("it"), [3], "titles keep stop words");
    assert_eq!(found("案内"), [4]);
    assert_eq!(found("地下"), [4]);
    assert_eq!(found("absent"), NONE);
    assert_eq!(found(""), NONE);
    assert_eq!(found("?!"), NONE);
}

fn the_title_weighs_more(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add(vec![
        document(1, "Other things", "the gateway of the house"),
        document(2, "Gateway manual", "the fence of the house"),
        document(3, "Other manual", "the fence of the garden"),
    ]);
    assert_eq!(found(&*subject.commit(), "gateway", &everything()), [2, 1]);
}

fn rarer_words_weigh_more(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    let mut documents: Vec<_> = (10..30).map(|ordinal| document(ordinal, "", "common filler text")).collect();
    documents.push(document(1, "", "common rare filler"));
    documents.push(document(2, "", "rare rare filler"));
    subject.add(documents);
    let view = subject.commit();
    let hits = found(&*view, "common rare", &everything());
    assert_eq!(hits.len(), 22);
    assert_eq!(BTreeSet::from([hits[0], hits[1]]), BTreeSet::from([1, 2]), "a rare word beats a common one");
    assert_eq!(hits[2..], (10..30).collect::<Vec<_>>(), "equal scores come by ordinal");
}

fn the_filter_decides_before_ranking(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    let strong = (0..50).map(|ordinal| document(ordinal, "match match", "match"));
    let weak = (50..60).map(|ordinal| document(ordinal, "", "match and many other words beside it"));
    subject.add(strong.chain(weak).collect());
    subject.commit();
    subject.delete(&[55]);
    let view = subject.commit();
    let filter = readable((48..60).chain([70, 71]));
    let answer = search(&*view, "match", &filter, 3);
    assert_eq!(answer.n_matches, 11);
    assert_eq!(answer.hits.iter().map(|hit| hit.ordinal).collect::<Vec<_>>(), [48, 49, 50]);
    let count = view.count(&LexicalQuery::from_text("match"), &filter);
    assert_eq!(count.expect("a count"), 11);
    assert_eq!(found(&*view, "match", &readable([])), NONE);
}

fn scores_of_given_documents_are_those_of_the_ranking(new_engine: NewEngine<'_>) {
    let mut subject = Subject::new(new_engine);
    subject.add((0..40).map(|ordinal| document(ordinal, &format!("word{}", ordinal % 7), "plain text")).collect());
    subject.commit();
    subject.add((40..60).map(|ordinal| document(ordinal, "plain", "word3")).collect());
    let view = subject.commit();
    let query = LexicalQuery::from_text("word3 text");
    let mut ranked = view.lexical(&query, &everything(), 100).expect("hits").hits;
    ranked.sort_by_key(|hit| hit.ordinal);
    let all: RoaringBitmap = (0..80).collect();
    assert_eq!(view.lexical_scores(&query, &all).expect("scores"), ranked);
    let some = RoaringBitmap::from([3, 39, 41, 79]);
    ranked.retain(|hit| some.contains(hit.ordinal));
    assert_eq!(view.lexical_scores(&query, &some).expect("scores"), ranked);
}
