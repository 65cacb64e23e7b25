//! Cutting text into passages, so that an edit moves few cuts.
//!
//! A cut that is found by counting from the start moves with every edit before it, and each passage that it bounds would
//! need a new vector. Here every place between two words has a *rank* made of what stands before it: how good a place it is
//! (the end of a block before the end of a sentence before the end of a line …) and, among equals, a hash of the last few words. A text that is
//! too long is cut at its lowest rank, then each half again, until all pieces are short enough. An edit changes the ranks beside it and no others, so
//! the cuts elsewhere stay.

mod after;
mod atoms;
mod lowest;

use std::ops::Range;

pub use after::passages_after;
use atoms::{Atom, atoms};
use lowest::Lowest;

/// Words that a passage has on average: measured best for ranking by a document's best passage, and well
/// under the 256 tokens that the embedding model reads.
pub const PASSAGE_WORDS: usize = 80;

/// Fewest words that a cut leaves on either side of it: fewer make vectors of little meaning.
pub const PASSAGE_WORDS_MIN: usize = 40;

/// Most words of a passage: about 165 tokens of English. So much over twice the minimum that a sentence ends, as
/// most of them do, within the 45 words where a cut may be.
pub const PASSAGE_WORDS_MAX: usize = 125;

/// Cuts `text` into passages of about [`PASSAGE_WORDS`] words.
///
/// Returns byte ranges that follow each other without gaps from the start of `text` to its end, so that they
/// cover all of it, on character boundaries; none for a text without any word. The same text gives the same ranges always.
/// A passage ends where a block or a sentence ends if it can. A character of a script without spaces counts as a word, and so do
/// every few characters of an unbroken run, so that a passage is bounded whatever the text is.
pub fn passages(text: &str) -> Vec<Range<usize>> {
    let atoms = atoms(text);
    let bounds: Vec<usize> = cuts(&atoms).into_iter().map(|last| last + 1).collect();
    ranges(text, &atoms, &bounds)
}

/// The ranges between `bounds`: numbers of atoms, ascending, neither none nor all of them.
fn ranges(text: &str, atoms: &[Atom], bounds: &[usize]) -> Vec<Range<usize>> {
    if atoms.is_empty() {
        return Vec::new();
    }
    let ends = || bounds.iter().map(|&bound| atoms[bound - 1].end as usize);
    let starts = std::iter::once(0).chain(ends());
    starts.zip(ends().chain(std::iter::once(text.len()))).map(|(start, end)| start..end).collect()
}

/// How many words stand before each atom, and in all of them.
fn words_before(atoms: &[Atom]) -> Vec<u32> {
    let mut words_before = Vec::with_capacity(atoms.len() + 1);
    words_before.push(0_u32);
    for atom in atoms {
        words_before.push(words_before[words_before.len() - 1] + u32::from(atom.words));
    }
    words_before
}

/// Indices of the atoms after which a passage ends, in order, the last atom left out.
fn cuts(atoms: &[Atom]) -> Vec<usize> {
    let words_before = words_before(atoms);
    let ranks = Lowest::new(atoms.iter().map(|atom| atom.rank).collect());
    let mut cuts = Vec::new();
    // A stack of our own: ranks that rise from end to end would otherwise nest as deep as there are passages.
    let mut open: Vec<Range<usize>> = std::iter::once(0..atoms.len()).collect();
    while let Some(piece) = open.pop() {
        let (first, last) = (words_before[piece.start], words_before[piece.end]);
        if (last - first) as usize <= PASSAGE_WORDS_MAX {
            if piece.end < atoms.len() {
                cuts.push(piece.end - 1);
            }
            continue;
        }
        // Ending after atom `i` leaves `words_before[i + 1] - first` words before the cut.
        let margin = PASSAGE_WORDS_MIN as u32;
        let from = words_before.partition_point(|&before| before < first + margin) - 1;
        let to = words_before.partition_point(|&before| before <= last - margin) - 1;
        let cut = ranks.position(from..to);
        open.push(cut + 1..piece.end);
        open.push(piece.start..cut + 1);
    }
    cuts
}

#[cfg(test)]
mod tests;
