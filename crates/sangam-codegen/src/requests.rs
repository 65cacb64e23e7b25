//! Writes `request.rs`: parsed requests and their dispatch.

use crate::emit::emit;
use crate::model::{Model, Operation};
use crate::names;
use crate::output::SourceFile;
use crate::service::{Service, Subject};

/// The member that names the index, for requests that have no `IndexId`.
const INDEX_BY_ID: [&str; 3] = ["DescribeIndex", "UpdateIndex", "DeleteIndex"];

/// The enum of parsed requests: parsing, dispatch, and what they are about.
pub(crate) fn file(service: &Service, model: &Model) -> SourceFile {
    let (name, operation) = (service.request, service.operation);
    let inputs: Vec<String> = model.operations.iter().map(Operation::input_type).collect();
    let mut code = format!(
        "use super::{{{operation}, {}, {}}};\nuse crate::arn;\nuse crate::context::RequestContext;\nuse crate::error::ApiError;\nuse crate::wire;\n\n",
        service.trait_name,
        inputs.join(", ")
    );
    emit!(
        code,
        "/// A request that satisfies every constraint of the model.\n#[derive(Clone, Debug, PartialEq)]\npub enum {name} {{\n"
    );
    for operation in &model.operations {
        emit!(code, "    /// `{}`\n    {}(Box<{}>),\n", operation.name, operation.name, operation.input_type());
    }
    code += "}\n\n";
    emit!(code, "impl {name} {{\n");
    code += &parse_function(model, operation);
    code += &operation_function(model, operation);
    code += &body_function(model);
    code += &call_function(service, model);
    code += &subject_function(service, model);
    code += "}\n";
    let code = if code.contains("arn::") { code } else { code.replace("use crate::arn;\n", "") };
    let docs = format!("Parsed requests of {}.", service.trait_name);
    SourceFile { name: "request.rs".to_owned(), docs, code }
}

fn parse_function(model: &Model, operation: &str) -> String {
    let mut code = format!(
        "    /// Parses a body as the input of `operation`: JSON and types first, then every constraint; an empty body is `{{}}`.\n    ///\n    \
         /// # Errors\n    /// `SerializationException`, or the exception for violated constraints with all of them.\n    \
         pub fn parse(operation: {operation}, body: &[u8]) -> Result<Self, ApiError> {{\n        \
         let (shape, violated) = (operation.input(), operation.constraint_error());\n        Ok(match operation {{\n"
    );
    for op in &model.operations {
        emit!(code, "            {operation}::{0} => Self::{0}(wire::parse(shape, violated, body)?),\n", op.name);
    }
    code + "        })\n    }\n\n"
}

fn operation_function(model: &Model, operation: &str) -> String {
    let mut code = format!(
        "    /// The operation that this is a request for.\n    pub fn operation(&self) -> {operation} {{\n        match self {{\n"
    );
    for op in &model.operations {
        emit!(code, "            Self::{0}(_) => {operation}::{0},\n", op.name);
    }
    code + "        }\n    }\n\n"
}

fn body_function(model: &Model) -> String {
    let mut code = "    /// The input as a body, for clients.\n    ///\n    /// # Errors\n    /// None that a request can cause.\n    \
                    pub fn body(&self) -> Result<Vec<u8>, ApiError> {\n        match self {\n"
        .to_owned();
    for op in &model.operations {
        emit!(code, "            Self::{}(input) => wire::answer(input),\n", op.name);
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
        if op.output.is_some() {
            emit!(code, "            Self::{}(input) => wire::answer(&{call}),\n", op.name);
        } else {
            emit!(code, "            Self::{}(input) => {{ {call}; Ok(wire::nothing()) }}\n", op.name);
        }
    }
    code + "        }\n    }\n\n"
}

/// The helper that tells which index, or which secret, a request is about.
fn subject_function(service: &Service, model: &Model) -> String {
    let docs = match service.subject {
        Subject::Index => {
            "    /// The id of the index that this is about: for tags, out of the ARN's resource path.\n    pub fn index_id(&self)"
        }
        Subject::Secret => "    /// The name or ARN of the secret that this is about.\n    pub fn secret_id(&self)",
    };
    let resource = match service.subject {
        Subject::Index => format!("\n{}", resource_function(model)),
        Subject::Secret => String::new(),
    };
    let mut code = format!("{docs} -> Option<&str> {{\n        match self {{\n");
    let mut nothing = Vec::new();
    for op in &model.operations {
        let subject = match service.subject {
            Subject::Index => index_subject(model, op),
            Subject::Secret => secret_subject(model, op),
        };
        match subject {
            Some(subject) => emit!(code, "            Self::{}(input) => {subject},\n", op.name),
            None => nothing.push(format!("Self::{}(_)", op.name)),
        }
    }
    emit!(code, "            {} => None,\n", nothing.join(" | "));
    code + "        }\n    }\n" + &resource
}

/// The helper that tells what in its index a Kendra request is about.
fn resource_function(model: &Model) -> String {
    let docs = "    /// The id of what this is about in its index, such as a data source: together they name it.\n    pub fn resource_id(&self)";
    let mut code = format!("{docs} -> Option<&str> {{\n        match self {{\n");
    for op in &model.operations {
        if has_required(model, op, "IndexId") && has_required(model, op, "Id") {
            emit!(code, "            Self::{}(input) => Some(&input.id),\n", op.name);
        }
    }
    code + "            _ => None,\n        }\n    }\n"
}

fn has_required(model: &Model, operation: &Operation, name: &str) -> bool {
    model.shape(&operation.input).members().iter().any(|member| member.name == name && member.required)
}

fn index_subject(model: &Model, operation: &Operation) -> Option<String> {
    let by_id = INDEX_BY_ID.contains(&operation.name.as_str());
    let member = |name: &str| has_required(model, operation, name);
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
        let code = file(&SERVICES[0], &ask()).code;
        assert!(
            code.contains("Self::Ask(input) => { service.ask(ctx, *input).await?; Ok(wire::nothing()) }"),
            "{code}"
        );
        assert!(code.contains("Self::Ask(input) => Some(&input.index_id)"), "{code}");
    }
}
