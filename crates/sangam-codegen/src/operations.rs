//! Writes `operations.rs` (the enum), `request.rs` (parsed requests and their dispatch) and `service.rs` (the trait).

use crate::model::{Model, Operation};
use crate::names;
use crate::output::SourceFile;
use crate::service::Service;

/// The member that names the index, for requests that have no `IndexId`.
const INDEX_BY_ID: [&str; 3] = ["DescribeIndex", "UpdateIndex", "DeleteIndex"];

/// The enum of operations, with the errors that the model declares and the input that the table describes.
pub(crate) fn operations_file(service: &Service, model: &Model) -> SourceFile {
    let name = service.operation;
    let mut code = "use super::constraints;\nuse crate::constraint::Shape;\nuse crate::error::ErrorKind;\nuse crate::string_enum::string_enum;\n\n"
        .to_owned();
    code += &format!(
        "/// What comes before the dot in `X-Amz-Target`.\npub const TARGET_PREFIX: &str = {:?};\n\n",
        model.target_prefix
    );
    code += &format!("string_enum! {{\n    /// An operation of this service.\n    pub enum {name} {{\n");
    for operation in &model.operations {
        code += &format!("        /// `{0}`\n        {0} = {0:?},\n", operation.name);
    }
    code += "    }\n}\n\n";
    code += &format!("impl {name} {{\n");
    code += "    /// The errors that the model declares for this operation, in its order.\n    pub fn errors(self) -> &'static [ErrorKind] {\n        match self {\n";
    for operation in &model.operations {
        let errors: Vec<String> =
            operation.errors.iter().map(|error| format!("ErrorKind::{}", error_kind(error))).collect();
        code += &format!("            Self::{} => &[{}],\n", operation.name, errors.join(", "));
    }
    code += "        }\n    }\n\n    /// The constraints on this operation's input.\n    pub fn input(self) -> &'static Shape {\n        match self {\n";
    for operation in &model.operations {
        code += &format!(
            "            Self::{} => &constraints::{},\n",
            operation.name,
            names::constant_name(&operation.input)
        );
    }
    code += "        }\n    }\n}\n";
    // Several operations share a list of errors; one arm for each is what keeps the table readable.
    let expect = format!("#[expect(clippy::match_same_arms, reason = \"one row per operation\")]\nimpl {name} {{");
    let code = code.replacen(&format!("impl {name} {{"), &expect, 1);
    file("operations.rs", format!("The operations of {}.", service.trait_name), code)
}

/// The enum of parsed requests: parsing, dispatch, and what they are about.
pub(crate) fn requests_file(service: &Service, model: &Model) -> SourceFile {
    let (name, operation) = (service.request, service.operation);
    let inputs: Vec<String> = model.operations.iter().map(input_type).collect();
    let mut code = format!(
        "use super::{{{operation}, {}, {}}};\nuse crate::arn;\nuse crate::context::RequestContext;\nuse crate::error::ApiError;\nuse crate::wire;\n\n",
        service.trait_name,
        inputs.join(", ")
    );
    code += &format!(
        "/// A request that satisfies every constraint of the model.\n#[derive(Clone, Debug, PartialEq)]\npub enum {name} {{\n"
    );
    for operation in &model.operations {
        code += &format!("    /// `{}`\n    {}(Box<{}>),\n", operation.name, operation.name, input_type(operation));
    }
    code += "}\n\n";
    code += &format!("impl {name} {{\n");
    code += &parse_function(model, operation);
    code += &operation_function(model, operation);
    code += &call_function(service, model);
    code += &subject_function(service, model);
    code += "}\n";
    let code = if code.contains("arn::") { code } else { code.replace("use crate::arn;\n", "") };
    file("request.rs", format!("Parsed requests of {}.", service.trait_name), code)
}

fn parse_function(model: &Model, operation: &str) -> String {
    let mut code = format!(
        "    /// Parses a body as the input of `operation`: JSON and types first, then every constraint; an empty body is `{{}}`.\n    ///\n    \
         /// # Errors\n    /// `SerializationException`, or the exception for violated constraints with all of them.\n    \
         pub fn parse(operation: {operation}, body: &[u8]) -> Result<Self, ApiError> {{\n        \
         let (shape, violated) = (operation.input(), operation.constraint_error());\n        Ok(match operation {{\n"
    );
    for op in &model.operations {
        code += &format!("            {operation}::{0} => Self::{0}(wire::parse(shape, violated, body)?),\n", op.name);
    }
    code + "        })\n    }\n\n"
}

fn operation_function(model: &Model, operation: &str) -> String {
    let mut code = format!(
        "    /// The operation that this is a request for.\n    pub fn operation(&self) -> {operation} {{\n        match self {{\n"
    );
    for op in &model.operations {
        code += &format!("            Self::{0}(_) => {operation}::{0},\n", op.name);
    }
    code + "        }\n    }\n\n"
}

fn call_function(service: &Service, model: &Model) -> String {
    let mut code = format!(
        "    /// Calls the operation and returns its answer as JSON, `{{}}` where the model has no output.\n    ///\n    /// # Errors\n    \
         /// Whatever the operation answers.\n    \
         pub async fn call(self, service: &dyn {}, ctx: &RequestContext) -> Result<Vec<u8>, ApiError> {{\n        match self {{\n",
        service.trait_name
    );
    for op in &model.operations {
        let call = format!("service.{}(ctx, *input).await?", names::field_name(&op.name));
        code += &match op.output {
            Some(_) => format!("            Self::{}(input) => wire::answer(&{call}),\n", op.name),
            None => format!("            Self::{}(input) => {{ {call}; Ok(wire::nothing()) }}\n", op.name),
        };
    }
    code + "        }\n    }\n\n"
}

/// The helper that tells which index, or which secret, a request is about.
fn subject_function(service: &Service, model: &Model) -> String {
    let (docs, subject): (&str, fn(&Model, &Operation) -> Option<String>) = if service.module == "kendra" {
        (
            "    /// The id of the index that this is about: for tags, out of the ARN's resource path.\n    pub fn index_id(&self)",
            index_subject,
        )
    } else {
        ("    /// The name or ARN of the secret that this is about.\n    pub fn secret_id(&self)", secret_subject)
    };
    let mut code = format!("{docs} -> Option<&str> {{\n        match self {{\n");
    let mut nothing = Vec::new();
    for op in &model.operations {
        match subject(model, op) {
            Some(subject) => code += &format!("            Self::{}(input) => {subject},\n", op.name),
            None => nothing.push(format!("Self::{}(_)", op.name)),
        }
    }
    code += &format!("            {} => None,\n", nothing.join(" | "));
    code + "        }\n    }\n"
}

fn index_subject(model: &Model, operation: &Operation) -> Option<String> {
    let by_id = INDEX_BY_ID.contains(&operation.name.as_str());
    let member = |name: &str| {
        model.shape(&operation.input).members().iter().any(|member| member.name == name && member.required)
    };
    match () {
        () if member("IndexId") => Some("Some(&input.index_id)".to_owned()),
        () if by_id && member("Id") => Some("Some(&input.id)".to_owned()),
        () if member("ResourceARN") => Some("arn::index_id(&input.resource_arn)".to_owned()),
        () => None,
    }
}

fn secret_subject(model: &Model, operation: &Operation) -> Option<String> {
    let member = model.shape(&operation.input).members().iter().find(|member| member.name == "SecretId");
    match member {
        Some(member) if member.required => Some("Some(&input.secret_id)".to_owned()),
        Some(_) => Some("input.secret_id.as_deref()".to_owned()),
        None if operation.name == "CreateSecret" => Some("Some(&input.name)".to_owned()),
        None => None,
    }
}

/// The trait that a server implements: every operation, each answering "not implemented" until somebody does.
pub(crate) fn trait_file(service: &Service, model: &Model) -> SourceFile {
    let mut types: Vec<String> = model.operations.iter().map(input_type).collect();
    types.extend(model.operations.iter().filter_map(|op| op.output.as_deref()).map(names::type_name));
    types.push(service.operation.to_owned());
    types.sort();
    types.dedup();
    let mut code = format!(
        "use async_trait::async_trait;\n\nuse super::{{{}}};\nuse crate::context::RequestContext;\nuse crate::error::ApiError;\n\n",
        types.join(", ")
    );
    code += &format!(
        "/// The operations of the service, each over an input that satisfies the model's constraints.\n///\n\
         /// An operation that an implementation leaves out answers that it is not implemented yet.\n\
         #[async_trait]\npub trait {}: Send + Sync {{\n",
        service.trait_name
    );
    for op in &model.operations {
        let output = op.output.as_deref().map_or_else(|| "()".to_owned(), names::type_name);
        code += &format!(
            "    /// `{name}`\n    async fn {function}(&self, _ctx: &RequestContext, _input: {input}) -> Result<{output}, ApiError> {{\n        \
             Err({operation}::{name}.not_implemented())\n    }}\n\n",
            name = op.name,
            function = names::field_name(&op.name),
            input = input_type(op),
            operation = service.operation,
        );
    }
    file("service.rs", format!("The trait `{}`.", service.trait_name), code + "}\n")
}

fn input_type(operation: &Operation) -> String {
    names::type_name(&operation.input)
}

/// `ValidationException` is `ErrorKind::Validation`; a name without the suffix stays.
fn error_kind(exception: &str) -> &str {
    exception.strip_suffix("Exception").unwrap_or(exception)
}

fn file(name: &str, docs: String, code: String) -> SourceFile {
    SourceFile { name: name.to_owned(), docs, code }
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
    fn an_operation_without_output_answers_nothing() {
        let code = requests_file(&SERVICES[0], &ask()).code;
        assert!(
            code.contains("Self::Ask(input) => { service.ask(ctx, *input).await?; Ok(wire::nothing()) }"),
            "{code}"
        );
        assert!(code.contains("Self::Ask(input) => Some(&input.index_id)"), "{code}");
    }

    #[test]
    fn the_trait_says_what_is_not_implemented() {
        let code = trait_file(&SERVICES[0], &ask()).code;
        assert!(
            code.contains("async fn ask(&self, _ctx: &RequestContext, _input: AskRequest) -> Result<(), ApiError>"),
            "{code}"
        );
        assert!(code.contains("Err(KendraOperation::Ask.not_implemented())"), "{code}");
    }

    #[test]
    fn error_kinds_lose_their_suffix() {
        assert_eq!(error_kind("ValidationException"), "Validation");
        assert_eq!(error_kind("DecryptionFailure"), "DecryptionFailure");
    }
}
