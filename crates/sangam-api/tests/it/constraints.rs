//! Every constraint of the models, violated once.

use sangam_api::ErrorKind;

use crate::cases::{self, Mistake};
use crate::services;

/// Fewer cases than this and the loop has lost part of the model: there are 6,168.
const CASES_MIN: usize = 6000;

#[test]
fn each_constraint_and_each_type_is_checked_and_the_member_named() {
    let mut count = 0;
    for operation in services::all() {
        for case in cases::of(operation.input()) {
            count += 1;
            let (name, path) = (operation.name(), &case.path);
            let Err(error) = operation.parse(&case.body) else {
                panic!("{name}: nothing was said against `{path}` in {}", case.body)
            };
            match &case.mistake {
                Mistake::Type => {
                    assert_eq!(error.kind, ErrorKind::Serialization, "{name}: {path}: {error}");
                    assert!(error.message.contains(&format!(" at '{path}', found ")), "{name}: {path}: {error}");
                }
                Mistake::Constraint(words) => {
                    assert_eq!(error.kind, operation.constraint_error(), "{name}: {path}: {error}");
                    let expected = format!("at '{path}' failed to satisfy constraint: {words}");
                    assert!(error.message.contains(&expected), "{name}: {path}: {error}\nlacks: {expected}");
                }
            }
            let tells = |hidden: &String| error.message.contains(hidden.as_str());
            assert!(!case.hidden.as_ref().is_some_and(tells), "{name}: {path}: the value is repeated: {error}");
        }
    }
    assert!(count >= CASES_MIN, "only {count} cases");
}
