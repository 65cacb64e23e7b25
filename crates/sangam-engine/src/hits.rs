//! What a retrieval returns.

/// A document found by its words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LexicalHit {
    /// Which document.
    pub ordinal: u32,
    /// How well the words fit; above zero, comparable within one query and view only.
    pub score: f32,
}

/// The best documents of a lexical query, and how many there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LexicalHits {
    /// Best first; equal scores by ordinal.
    pub hits: Vec<LexicalHit>,
    /// How many documents match under the filter, exactly.
    pub n_matches: u64,
}

/// A document found by its meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SemanticHit {
    /// Which document.
    pub ordinal: u32,
    /// Its best passage, or [`TITLE_PASSAGE`](crate::TITLE_PASSAGE) for a document whose only
    /// vector is its title's.
    pub passage: u16,
    /// The cosine of that passage and the query, −1 to 1.
    pub cosine: f32,
    /// The cosine of the title and the query, if the title has a vector.
    pub title_cosine: Option<f32>,
}

/// A passage found by its meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PassageHit {
    /// Which document.
    pub ordinal: u32,
    /// Which of its passages; never the title.
    pub passage: u16,
    /// The cosine of the passage and the query, −1 to 1.
    pub cosine: f32,
}

/// How much a view holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewStats {
    /// Documents with text, retired ones that were not deleted yet included.
    pub n_documents: u64,
    /// Vectors, of passages and titles.
    pub n_vectors: u64,
    /// What text and vectors take on disk.
    pub disk_bytes: u64,
}
