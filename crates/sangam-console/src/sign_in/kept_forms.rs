//! Forms that wait while somebody signs in at the provider. They are kept by this process, in memory only, as they may hold secrets; whoever
//! comes back after a restart, or at another server, is led to the page without them, and the sign-in page says so beforehand.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use sangam_identity::SIGN_IN_AGE_MAX;

/// Forms at once. Anybody can leave one, so the oldest are forgotten beyond it.
const FORMS_MAX: usize = 64;
/// Bytes of one: with all of them, 16 MiB.
const FORM_BYTES_MAX: usize = 256 * 1024;

struct Kept {
    /// Of the browser that sent it, what only its pages have.
    browser: String,
    to: String,
    form: String,
    since: Instant,
}

/// All of them, the oldest first; one of each browser.
#[derive(Default)]
pub(crate) struct KeptForms(Mutex<VecDeque<Kept>>);

impl KeptForms {
    /// Keeps a form that was sent to `to`. Returns whether it does: a long one it does not.
    pub(super) fn put(&self, browser: &str, to: &str, form: &str) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|kept| kept.browser != browser && kept.since.elapsed() < SIGN_IN_AGE_MAX);
        if to.len() + form.len() > FORM_BYTES_MAX {
            return false;
        }
        if all.len() >= FORMS_MAX {
            all.pop_front();
        }
        let (browser, to, form) = (browser.to_owned(), to.to_owned(), form.to_owned());
        all.push_back(Kept { browser, to, form, since: Instant::now() });
        true
    }

    /// Takes the form of that browser, if it was sent to `to`; else an empty one.
    pub(super) fn take(&self, browser: &str, to: &str) -> String {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|kept| kept.browser == browser && kept.to == to);
        let kept = at.and_then(|at| all.remove(at)).filter(|kept| kept.since.elapsed() < SIGN_IN_AGE_MAX);
        kept.map(|kept| kept.form).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_its_browsers_for_its_page_once() {
        let forms = KeptForms::default();
        assert!(forms.put("mine", "/console/x", "a=1"));
        assert_eq!(forms.take("theirs", "/console/x"), "");
        assert_eq!(forms.take("mine", "/console/y"), "");
        assert_eq!(forms.take("mine", "/console/x"), "a=1");
        assert_eq!(forms.take("mine", "/console/x"), "");
    }

    #[test]
    fn they_are_bounded() {
        let forms = KeptForms::default();
        assert!(!forms.put("mine", "/", &"a".repeat(FORM_BYTES_MAX)));
        assert!(forms.put("mine", "/", "first") && forms.put("mine", "/", "second"));
        assert_eq!(forms.0.lock().unwrap().len(), 1);
        for n in 0..FORMS_MAX {
            forms.put(&n.to_string(), "/", "x");
        }
        assert_eq!(forms.take("mine", "/"), "");
        assert_eq!(forms.0.lock().unwrap().len(), FORMS_MAX);
    }
}
