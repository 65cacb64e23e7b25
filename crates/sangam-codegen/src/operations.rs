//! Writes `operations.rs`: the enum of operations.

use crate::emit::emit;
use crate::model::Model;
use crate::names;
use crate::output::SourceFile;
use crate::service::Service;

/// The enum of operations, with the errors that the model declares and the input that the table describes.
pub(crate) fn file(service: &Service, model: &Model) -> SourceFile {
    let name = service.operation;
    let mut code = "use super::constraints;\nuse crate::constraint::Shape;\nuse crate::error::ErrorKind;\nuse crate::string_enum::string_enum;\n\n"
        .to_owned();
    emit!(
        code,
        "/// What comes before the dot in `X-Amz-Target`.\npub const TARGET_PREFIX: &str = {:?};\n\n",
        model.target_prefix
    );
    emit!(code, "string_enum! {{\n    /// An operation of this service.\n    pub enum {name} {{\n");
    for operation in &model.operations {
        emit!(code, "        /// `{0}`\n        {0} = {0:?},\n", operation.name);
    }
    code += "    }\n}\n\n";
    emit!(code, "impl {name} {{\n");
    code += "    /// The errors that the model declares for this operation, in its order.\n    pub fn errors(self) -> &'static [ErrorKind] {\n        match self {\n";
    for operation in &model.operations {
        let errors: Vec<String> =
            operation.errors.iter().map(|error| format!("ErrorKind::{}", error_kind(error))).collect();
        emit!(code, "            Self::{} => &[{}],\n", operation.name, errors.join(", "));
    }
    code += "        }\n    }\n\n    /// The constraints on this operation's input.\n    pub fn input(self) -> &'static Shape {\n        match self {\n";
    for operation in &model.operations {
        emit!(
            code,
            "            Self::{} => &constraints::{},\n",
            operation.name,
            names::constant_name(&operation.input)
        );
    }
    code += "        }\n    }\n}\n";
    // Several operations share a list of errors; one arm for each is what keeps the table readable.
    let expect = format!("#[expect(clippy::match_same_arms, reason = \"one row per operation\")]\nimpl {name} {{");
    let code = code.replacen(&format!("impl {name} {{"), &expect, 1);
    let docs = format!("The operations of {}.", service.trait_name);
    SourceFile { name: "operations.rs".to_owned(), docs, code }
}

/// `ValidationException` is `ErrorKind::Validation`; a name without the suffix stays.
fn error_kind(exception: &str) -> &str {
    exception.strip_suffix("Exception").unwrap_or(exception)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::model;
    use crate::service::SERVICES;

    #[test]
    fn an_operation_knows_its_input() {
        let code = file(&SERVICES[0], &model(r#""AskRequest":{"type":"structure","members":{}}"#)).code;
        assert!(code.contains("Self::Ask => &constraints::ASK_REQUEST,"), "{code}");
    }

    #[test]
    fn error_kinds_lose_their_suffix() {
        assert_eq!(error_kind("ValidationException"), "Validation");
        assert_eq!(error_kind("DecryptionFailure"), "DecryptionFailure");
    }
}
