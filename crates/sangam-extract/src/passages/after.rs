//! Cutting the new text of a document that was cut before, so that what was not edited stays as it was cut.
//!
//! Cuts by rank alone leave most passages of an edited text alone, but not always all of them: a new block end near an edit can win over the
//! cut of a whole long piece. Who knows how the text was cut before need not leave that to chance. Positions here are
//! *bounds*: the number of atoms of the new text before them.

use std::ops::Range;

use super::{Atom, PASSAGE_WORDS_MAX, PASSAGE_WORDS_MIN, atoms, cuts, ranges, words_before};

/// Words that fit into two passages: so many are cut once, if there is a place.
const TWO_PASSAGES_WORDS: usize = 2 * PASSAGE_WORDS_MAX;

/// A text of which less than this part is what it was before is another text, and is cut as such.
const SHARED_PART_MIN: usize = 4;

/// Cuts `text`, the new text of a document whose text was `before`, cut at the ends of `old`.
///
/// Returns ranges as [`passages`](super::passages) does, within the same limits, that keep the cuts of `old` up to the first difference and
/// from the last one on. What lies between is cut afresh, into two passages if it fits. So where `old` came from `passages`, a paragraph of ordinary length (up to 120
/// words, say) that is edited, replaced, removed or inserted adds at most two passages whose text `before` did not have, white space at their ends
/// aside; a longer one adds what it fills. Passages that many edits have shaped may be so long that a third is added, seldom.
///
/// Cuts as `passages` does what shares next to nothing with `before`, or was edited over more than half of it: cuts that were good for another text would
/// otherwise stay for ever. Ranges of `old` that do not fit `before` are harmless.
pub fn passages_after(text: &str, before: &str, old: &[Range<usize>]) -> Vec<Range<usize>> {
    let atoms = atoms(text);
    let new = NewText { text, words_before: words_before(&atoms), atoms: &atoms };
    let bounds = new.bounds_after(before, old).unwrap_or_else(|| new.fresh(0..atoms.len()));
    ranges(text, &atoms, &bounds)
}

struct NewText<'a> {
    text: &'a str,
    atoms: &'a [Atom],
    words_before: Vec<u32>,
}

impl NewText<'_> {
    /// The bounds between passages, or none if the text is to be cut as a new one.
    fn bounds_after(&self, before: &str, old: &[Range<usize>]) -> Option<Vec<usize>> {
        let shared_start = common_start(self.text, before);
        let shared_end = common_end(self.text.trim_end(), before.trim_end());
        let mut start = self.kept_start(before, old, shared_start);
        let mut end = self.kept_end(before, &old[start.len()..], shared_end, start.last().copied().unwrap_or(0));
        if start.is_empty() && end.is_empty() && (shared_start + shared_end) * SHARED_PART_MIN < self.text.len() {
            return None;
        }
        let mut middle = self.middle(&start, &end);
        if !middle.is_empty() && self.words(&middle) < PASSAGE_WORDS_MIN {
            self.give_up_one(&mut start, &mut end);
            middle = self.middle(&start, &end);
        }
        let n_words = self.words(&middle);
        if n_words > TWO_PASSAGES_WORDS && n_words * 2 > self.words(&(0..self.atoms.len())) {
            return None;
        }
        let inner = self.split(middle);
        let mut bounds = start;
        bounds.extend(inner);
        bounds.extend(end.into_iter().rev());
        bounds.dedup();
        bounds.retain(|&bound| bound > 0 && bound < self.atoms.len());
        Some(bounds)
    }

    /// Ends of the old passages that lie in the first `shared` bytes, in order.
    fn kept_start(&self, before: &str, old: &[Range<usize>], shared: usize) -> Vec<usize> {
        let mut kept = Vec::new();
        let mut from = 0;
        for range in old {
            let Some(passage) = before.get(range.clone()) else { break };
            let end = range.start + passage.trim_end().len();
            let atom = self.atoms.partition_point(|atom| (atom.end as usize) < end);
            let is_whole = end <= shared
                && self.atoms.get(atom).is_some_and(|atom| is_blank(self.text, end..atom.end as usize))
                && self.is_sized(&(from..atom + 1));
            if !is_whole {
                break;
            }
            from = atom + 1;
            kept.push(from);
        }
        kept
    }

    /// Starts of the old passages that lie in the last `shared` bytes and not before `from`, the last one first.
    fn kept_end(&self, before: &str, old: &[Range<usize>], shared: usize, from: usize) -> Vec<usize> {
        let (n_bytes, n_bytes_before) = (self.text.trim_end().len(), before.trim_end().len());
        let mut kept = Vec::new();
        let mut to = self.atoms.len();
        for range in old.iter().rev() {
            let Some(passage) = before.get(range.clone()) else { break };
            let start = range.start + (passage.len() - passage.trim_start().len());
            let Some(from_end) = n_bytes_before.checked_sub(start).filter(|&bytes| bytes <= shared) else { break };
            let start = n_bytes - from_end;
            let bound = self.atoms.partition_point(|atom| atom.end as usize <= start);
            let end_before = bound.checked_sub(1).map_or(0, |atom| self.atoms[atom].end as usize);
            if bound < from || !is_blank(self.text, end_before..start) || !self.is_sized(&(bound..to)) {
                break;
            }
            to = bound;
            kept.push(to);
        }
        kept
    }

    /// What lies between the kept passages.
    fn middle(&self, start: &[usize], end: &[usize]) -> Range<usize> {
        start.last().copied().unwrap_or(0)..end.last().copied().unwrap_or(self.atoms.len())
    }

    /// Drops the smaller of the two passages beside a middle that is too short to be one of its own.
    fn give_up_one(&self, start: &mut Vec<usize>, end: &mut Vec<usize>) {
        let before = start.last().map(|&to| self.words(&(start.iter().rev().nth(1).copied().unwrap_or(0)..to)));
        let all = self.atoms.len();
        let after = end.last().map(|&from| self.words(&(from..end.iter().rev().nth(1).copied().unwrap_or(all))));
        match (before, after) {
            (Some(before), Some(after)) if after < before => drop(end.pop()),
            (Some(_), _) => drop(start.pop()),
            (None, _) => drop(end.pop()),
        }
    }

    /// Bounds inside `middle`.
    fn split(&self, middle: Range<usize>) -> Vec<usize> {
        let fresh = self.fresh(middle.clone());
        if fresh.len() < 2 {
            return fresh;
        }
        self.halve(middle).map_or(fresh, |bound| vec![bound])
    }

    fn fresh(&self, piece: Range<usize>) -> Vec<usize> {
        cuts(&self.atoms[piece.clone()]).into_iter().map(|last| piece.start + last + 1).collect()
    }

    /// The best bound that leaves two passages, if `piece` fits into two.
    fn halve(&self, piece: Range<usize>) -> Option<usize> {
        let n_words = self.words(&piece);
        let least = n_words.saturating_sub(PASSAGE_WORDS_MAX).max(PASSAGE_WORDS_MIN);
        let most = n_words.saturating_sub(PASSAGE_WORDS_MIN).min(PASSAGE_WORDS_MAX);
        (piece.start + 1..piece.end)
            .filter(|&bound| (least..=most).contains(&self.words(&(piece.start..bound))))
            .min_by_key(|&bound| (self.atoms[bound - 1].rank, bound))
    }

    fn words(&self, piece: &Range<usize>) -> usize {
        (self.words_before[piece.end] - self.words_before[piece.start]) as usize
    }

    fn is_sized(&self, piece: &Range<usize>) -> bool {
        piece.start < piece.end && (PASSAGE_WORDS_MIN..=PASSAGE_WORDS_MAX).contains(&self.words(piece))
    }
}

/// True if there is nothing but white space in `range`, which must lie on character boundaries.
fn is_blank(text: &str, range: Range<usize>) -> bool {
    text.get(range).is_some_and(|space| space.chars().all(char::is_whitespace))
}

/// Bytes that both begin with.
fn common_start(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

/// Bytes that both end with.
fn common_end(a: &str, b: &str) -> usize {
    a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests;
