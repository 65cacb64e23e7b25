//! What a connection can do.

use sangam_sync::{Probe, SourceError};

use super::Client;
use crate::wire::Space;

impl Client {
    /// Asks the site who the account is and which spaces it sees.
    pub(crate) async fn probe(&self) -> Result<Probe, SourceError> {
        let user = self.account().await?;
        let spaces = self.list("api/v2/spaces", &[("limit", "250")]).all::<Space>().await?;
        Ok(Probe {
            product: "Confluence Cloud".into(),
            site: self.site_base(),
            account: user.display_name,
            n_spaces: spaces.len() as u64,
            ..Probe::default()
        })
    }
}
