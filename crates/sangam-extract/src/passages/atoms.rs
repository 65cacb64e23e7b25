//! The pieces that passages are made of: words, or characters in scripts that put no spaces between words.

/// A word with the white space after it, and what a cut behind it would be worth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Atom {
    /// Byte offset where the atom ends and the next one starts.
    pub(super) end: u32,
    /// How many words it counts for.
    pub(super) words: u8,
    /// The lower, the better a place behind it to cut: three bits of [`Place`], then a hash of the last words.
    pub(super) rank: u64,
}

/// What kind of place lies behind an atom, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Block,
    Sentence,
    Line,
    Clause,
    Word,
    InsideWord,
}

/// Characters after which an unbroken run is cut: long enough for any word or path, short enough to bound a passage.
const RUN_CHARS_MAX: usize = 96;

/// Characters of a word; each [`CHARS_PER_EXTRA_WORD`] more of an unbroken run count as one more word: long runs are
/// identifiers, Base64 or a script without spaces, and cost the embedding model a token for every two or three characters.
const WORD_CHARS_MAX: usize = 12;

/// See [`WORD_CHARS_MAX`].
const CHARS_PER_EXTRA_WORD: usize = 3;

/// Words whose hash ranks the place behind them. Fewer repeat too often, more let an edit reach further.
const HASHED_WORDS: usize = 4;

/// Cuts `text` into atoms that cover it, except for white space before the first one, which belongs to that.
pub(super) fn atoms(text: &str) -> Vec<Atom> {
    let mut atoms = Vec::with_capacity(text.len() / 6);
    let mut hashes = [0_u64; HASHED_WORDS];
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (word_bytes, n_chars, inside) = word(rest);
        let (word, after) = rest.split_at(word_bytes);
        let next = after.trim_start();
        let space = &after[..after.len() - next.len()];
        let place = if inside && space.is_empty() { inner_place(word) } else { place(word, space, next) };
        hashes.rotate_left(1);
        hashes[HASHED_WORDS - 1] = hash(word);
        atoms.push(Atom {
            end: (text.len() - next.len()) as u32,
            words: 1 + n_chars.saturating_sub(WORD_CHARS_MAX).div_ceil(CHARS_PER_EXTRA_WORD) as u8,
            rank: (place as u64) << 61 | mix(&hashes) >> 3,
        });
        rest = next;
    }
    atoms
}

/// The word at the start of `rest`, which does not start with white space: its bytes, its characters, and whether it was cut
/// out of a longer run.
fn word(rest: &str) -> (usize, usize, bool) {
    for (n_chars, (at, char)) in rest.char_indices().enumerate() {
        if char.is_whitespace() {
            return (at, n_chars, false);
        }
        if n_chars == RUN_CHARS_MAX || (n_chars > 0 && is_word_alone(char)) {
            return (at, n_chars, true);
        }
        if is_word_alone(char) {
            let closers = rest[at + char.len_utf8()..].chars().take_while(|&c| is_wide_mark(c)).take(RUN_CHARS_MAX / 2);
            let (n_closers, closer_bytes) = closers.fold((0, 0), |(n, bytes), c| (n + 1, bytes + c.len_utf8()));
            return (char.len_utf8() + closer_bytes, 1 + n_closers, true);
        }
    }
    (rest.len(), rest.chars().count(), false)
}

/// Whether a character is a word of its own: Chinese and Japanese put no spaces between words, and the embedding
/// model's tokenizer reads each such character as a token.
fn is_word_alone(char: char) -> bool {
    matches!(char, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3134F}')
}

fn is_wide_mark(char: char) -> bool {
    matches!(
        char,
        '、' | '。'
            | '，'
            | '．'
            | '！'
            | '？'
            | '；'
            | '：'
            | '」'
            | '』'
            | '）'
            | '】'
            | '〉'
            | '》'
            | '”'
            | '’'
    )
}

fn inner_place(word: &str) -> Place {
    let mark = word.trim_end_matches(['」', '』', '）', '】', '”', '’']).chars().next_back();
    match mark {
        Some('。' | '！' | '？' | '．') => Place::Sentence,
        Some('、' | '，' | '；' | '：') => Place::Clause,
        Some(last) if is_word_alone(last) => Place::Word,
        _ => Place::InsideWord,
    }
}

fn place(word: &str, space: &str, next: &str) -> Place {
    let n_newlines = space.chars().filter(|char| matches!(char, '\n' | '\u{2028}' | '\u{2029}')).count();
    if n_newlines > 1 {
        return Place::Block;
    }
    if ends_sentence(word) && !next.starts_with(char::is_lowercase) {
        return Place::Sentence;
    }
    if n_newlines == 1 {
        return Place::Line;
    }
    if word.ends_with([',', ';', ':', '、', '，', '；', '：']) { Place::Clause } else { Place::Word }
}

fn ends_sentence(word: &str) -> bool {
    let word = word.trim_end_matches(['"', '\'', ')', ']', '}', '»', '”', '’', '」', '』', '）', '*', '_', '`']);
    let Some(mark) = word.chars().next_back() else { return false };
    let bare = &word[..word.len() - mark.len_utf8()];
    // A single letter or a number before a full stop is an initial or a list's number: "J. Doe", "2. Open".
    let is_label = mark == '.' && (bare.chars().count() <= 1 || bare.chars().all(|char| char.is_ascii_digit()));
    matches!(mark, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟') && !is_label
}

/// FNV-1a. The hash is part of what a text's passages are, so it must never change with a library.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// One hash of the last words' hashes, in which every bit counts (the finaliser of SplitMix64).
fn mix(hashes: &[u64]) -> u64 {
    hashes.iter().fold(0, |mixed, &hash| {
        let mut z = (mixed ^ hash).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    })
}
