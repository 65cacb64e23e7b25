//! Why a document failed, and where on its way.

/// How far a document came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureStage {
    /// Its source did not give it.
    Crawl,
    /// Its attributes do not fit the index.
    Submit,
    /// No text could be taken from its file.
    Extract,
    /// The index did not take it.
    Index,
}

impl FailureStage {
    /// The stage's name in reports and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crawl => "CRAWL",
            Self::Submit => "SUBMIT",
            Self::Extract => "EXTRACT",
            Self::Index => "INDEX",
        }
    }

    /// The stage of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Crawl, Self::Submit, Self::Extract, Self::Index].into_iter().find(|stage| stage.as_str() == name)
    }
}

/// Why a document failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFailure {
    /// Where.
    pub stage: FailureStage,
    /// Why, for its owner.
    pub reason: String,
}

impl DocumentFailure {
    /// A failure at `stage`.
    pub fn at(stage: FailureStage, reason: impl Into<String>) -> Self {
        Self { stage, reason: reason.into() }
    }
}
