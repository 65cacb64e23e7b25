//! What an operator decides about the operations.

use std::path::PathBuf;

/// What a query sees that names nobody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NoUserContext {
    /// Public documents only.
    #[default]
    Public,
    /// Everything, as Kendra has it.
    Everything,
}

/// Whether Kendra's quotas are enforced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quotas {
    /// Only the limits that protect this server.
    #[default]
    Off,
    /// Kendra's own, so that what runs here runs there.
    Kendra,
}

/// Settings of the service.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// What a query sees that names nobody; an index's tag `sangam:no-user-context` goes before it.
    pub no_user_context: NoUserContext,
    /// Whether Kendra's quotas are enforced.
    pub quotas: Quotas,
    /// Where `s3://bucket/key` is `<folder>/bucket/key`.
    pub s3_folder: PathBuf,
}

/// Kendra's limit of indices per account.
const KENDRA_INDICES: u32 = 10;
/// Kendra's limit of data sources per index of the developer edition.
const KENDRA_DATA_SOURCES_DEVELOPER: u32 = 5;
/// Kendra's limit of data sources per index of the other editions.
const KENDRA_DATA_SOURCES: u32 = 50;
/// A mebibyte.
const MIB: usize = 1024 * 1024;
/// The largest document of a `BatchPutDocument` by its API text; the body limit is made for it.
const DOCUMENT_BYTES: usize = 50 * MIB;
/// The largest document of a `BatchPutDocument` by Kendra's quota page.
const KENDRA_DOCUMENT_BYTES: usize = 5 * MIB;
/// Results over all pages. Ranking deeper costs memory in proportion, and nobody reads on.
const RESULTS: u32 = 1_000;
/// Results over all pages, by Kendra's quota page.
const KENDRA_RESULTS: u32 = 100;
/// Strings in one attribute of a filter: enough for any list that a person made.
const FILTER_STRINGS: usize = 1_000;
/// Strings in one attribute of a filter, by Kendra's quota page.
const KENDRA_FILTER_STRINGS: usize = 10;

impl Quotas {
    /// Most indices.
    pub(crate) fn indices_max(self) -> Option<u32> {
        self.is_kendra().then_some(KENDRA_INDICES)
    }

    /// Most data sources in an index.
    pub(crate) fn data_sources_max(self, is_developer_edition: bool) -> Option<u32> {
        self.is_kendra().then_some(if is_developer_edition {
            KENDRA_DATA_SOURCES_DEVELOPER
        } else {
            KENDRA_DATA_SOURCES
        })
    }

    /// Most bytes of a document put through the API.
    pub(crate) fn document_bytes_max(self) -> usize {
        if self.is_kendra() { KENDRA_DOCUMENT_BYTES } else { DOCUMENT_BYTES }
    }

    /// Most results over all pages of a query.
    pub(crate) fn results_max(self) -> u32 {
        if self.is_kendra() { KENDRA_RESULTS } else { RESULTS }
    }

    /// Most strings in one attribute of a filter.
    pub(crate) fn filter_strings_max(self) -> usize {
        if self.is_kendra() { KENDRA_FILTER_STRINGS } else { FILTER_STRINGS }
    }

    pub(crate) fn is_kendra(self) -> bool {
        self == Self::Kendra
    }
}
