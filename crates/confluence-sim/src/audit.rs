//! The audit log: what was done to permissions and groups, told in names, without a single id.

use jiff::Timestamp;

use crate::site::Site;

/// One line of the log.
#[derive(Debug, Clone)]
pub struct AuditRecord {
    /// When.
    pub at: Timestamp,
    /// Who did it, by account id: the first administrator, for changes made through [`Site`].
    pub author: String,
    /// What was done, in the words of the site's language.
    pub summary: String,
    /// `Permissions` or `Users and groups`.
    pub category: &'static str,
    /// What it was done to: name and type.
    pub affected: (String, &'static str),
    /// What else it is about: names and types.
    pub associated: Vec<(String, &'static str)>,
}

impl Site {
    /// The log, oldest first.
    pub fn audit(&self) -> &[AuditRecord] {
        &self.audit
    }

    pub(crate) fn note(
        &mut self,
        category: &'static str,
        summary: &str,
        affected: (&str, &'static str),
        associated: &[(&str, &'static str)],
    ) {
        let admin = self.users.keys().find(|id| self.is_admin(id)).or_else(|| self.users.keys().next());
        let record = AuditRecord {
            at: self.now(),
            author: admin.cloned().unwrap_or_default(),
            summary: summary.to_owned(),
            category,
            affected: (affected.0.to_owned(), affected.1),
            associated: associated.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect(),
        };
        self.audit.push(record);
    }
}
