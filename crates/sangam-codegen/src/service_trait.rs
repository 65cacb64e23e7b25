//! Writes `service.rs`: the trait that a server implements.

use crate::emit::emit;
use crate::model::{Model, Operation};
use crate::names;
use crate::output::SourceFile;
use crate::service::Service;

/// The trait that a server implements: every operation, each answering "not implemented" until somebody does.
pub(crate) fn file(service: &Service, model: &Model) -> SourceFile {
    let mut types: Vec<String> = model.operations.iter().map(Operation::input_type).collect();
    types.extend(model.operations.iter().filter_map(|op| op.output.as_deref()).map(names::type_name));
    types.push(service.operation.to_owned());
    types.sort();
    types.dedup();
    let mut code = format!(
        "use async_trait::async_trait;\n\nuse super::{{{}}};\nuse crate::context::RequestContext;\nuse crate::error::ApiError;\n\n",
        types.join(", ")
    );
    emit!(
        code,
        "/// The operations of the service, each over an input that satisfies the model's constraints.\n///\n\
         /// An operation that an implementation leaves out answers that it is not implemented yet.\n\
         #[async_trait]\npub trait {}: Send + Sync {{\n",
        service.trait_name
    );
    for op in &model.operations {
        let output = op.output.as_deref().map_or_else(|| "()".to_owned(), names::type_name);
        emit!(
            code,
            "    /// `{name}`\n    async fn {function}(&self, _ctx: &RequestContext, _input: {input}) -> Result<{output}, ApiError> {{\n        \
             Err({operation}::{name}.not_implemented())\n    }}\n\n",
            name = op.name,
            function = names::field_name(&op.name),
            input = op.input_type(),
            operation = service.operation,
        );
    }
    let docs = format!("The trait `{}`.", service.trait_name);
    SourceFile { name: "service.rs".to_owned(), docs, code: code + "}\n" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::model;
    use crate::service::SERVICES;

    fn ask() -> Model {
        model(
            r#""AskRequest":{"type":"structure","required":["IndexId"],"members":{"IndexId":{"shape":"Id"}}}, "Id":{"type":"string"}"#,
        )
    }

    #[test]
    fn the_trait_says_what_is_not_implemented() {
        let code = file(&SERVICES[0], &ask()).code;
        assert!(
            code.contains("async fn ask(&self, _ctx: &RequestContext, _input: AskRequest) -> Result<(), ApiError>"),
            "{code}"
        );
        assert!(code.contains("Err(KendraOperation::Ask.not_implemented())"), "{code}");
    }
}
