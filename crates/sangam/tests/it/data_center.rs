//! A simulated Data Center, and who is what there.

use confluence_sim::{DcOptions, DcVersion, Site};

/// The account that crawls, by user name, with its password.
pub(crate) const CRAWLER: (&str, &str) = ("crawler", "crawler-token");
/// A page that only Ada may read.
pub(crate) const ADAS_PAGE: (&str, &str) = ("65830", "post-mortem");

/// The small recorded site as a Data Center, with the group that every one has.
pub(crate) fn site() -> Site {
    site_of(DcVersion::default())
}

/// The same of another version.
pub(crate) fn site_of(version: DcVersion) -> Site {
    let mut site = Site::acme();
    site.rename_group("confluence-users-acme", "confluence-users").unwrap();
    site.into_data_center(DcOptions { version, ..DcOptions::default() })
}
