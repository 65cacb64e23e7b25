//! Writes the structures: `requests.rs`, `responses.rs`, `connectors.rs` (what only a data source's configuration holds) and
//! `shapes.rs` (what they all share).

use std::collections::BTreeSet;

use crate::emit::emit;
use crate::model::{Kind, Member, Model, Shape};
use crate::names;
use crate::output::SourceFile;
use crate::reach;

/// The shape under which the connectors' configurations hang; they are many, so they have their own file.
const CONNECTORS_ROOT: &str = "DataSourceConfiguration";

/// The files with every structure that an operation, or an error beside its message, can reach.
pub(crate) fn files(model: &Model) -> Vec<SourceFile> {
    let (inputs, outputs, errors) = (reach::inputs(model), reach::outputs(model), reach::errors(model));
    let roots: BTreeSet<&str> =
        inputs.union(&outputs).copied().collect::<BTreeSet<_>>().union(&errors).copied().collect();
    let all = reach::reachable(model, roots.iter().copied());
    let without_connectors = reach::reachable_without(model, roots.iter().copied(), CONNECTORS_ROOT);

    let is_struct = |name: &&str| matches!(model.shape(name).kind, Kind::Structure(_));
    let (mut requests, mut responses, mut connectors, mut shapes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for name in all.into_iter().filter(is_struct).filter(|name| !errors.contains(name)) {
        if inputs.contains(name) {
            requests.push(name);
        } else if outputs.contains(name) {
            responses.push(name);
        } else if without_connectors.contains(name) {
            shapes.push(name);
        } else {
            connectors.push(name);
        }
    }
    let kinds = [
        ("requests.rs", "What operations take.", requests),
        ("responses.rs", "What operations answer.", responses),
        ("connectors.rs", "Configurations of the built-in connectors.", connectors),
        ("shapes.rs", "Structures inside requests and responses.", shapes),
    ];
    let file = |(name, docs, shapes): (&str, &str, Vec<&str>)| SourceFile {
        name: name.to_owned(),
        docs: docs.to_owned(),
        code: code(model, &shapes),
    };
    kinds.into_iter().filter(|(_, _, shapes)| !shapes.is_empty()).map(file).collect()
}

/// The items for `shapes`, with the imports that they need.
fn code(model: &Model, shapes: &[&str]) -> String {
    let items: String = shapes.iter().map(|name| item(model, model.shape(name))).collect();
    let local: BTreeSet<String> = shapes.iter().map(|name| names::type_name(name)).collect();
    let mut imports = String::new();
    if items.contains("BTreeMap<") {
        imports += "use std::collections::BTreeMap;\n\n";
    }
    imports += "use serde::{Deserialize, Serialize};\n\n";
    let neighbours: BTreeSet<String> = shapes
        .iter()
        .flat_map(|name| model.shape(name).members())
        .filter_map(|member| named(model, &member.shape))
        .filter(|name| !local.contains(name))
        .collect();
    if !neighbours.is_empty() {
        emit!(imports, "use super::{{{}}};\n", neighbours.into_iter().collect::<Vec<_>>().join(", "));
    }
    imports += "use crate::members::debug_members;\n";
    for own in ["Blob", "Sensitive", "Timestamp"] {
        if items.contains(&format!("{own}>,"))
            || items.contains(&format!(": {own},"))
            || items.contains(&format!("<{own}>"))
        {
            emit!(imports, "use crate::{}::{own};\n", own.to_lowercase());
        }
    }
    imports + "\n" + &items
}

/// The generated type that a shape's Rust type mentions, if there is one.
fn named(model: &Model, shape: &str) -> Option<String> {
    match &model.shape(shape).kind {
        Kind::Structure(_) | Kind::Enum(_) => Some(names::type_name(shape)),
        Kind::List(element) => named(model, element),
        Kind::Map(key, value) => named(model, value).or_else(|| named(model, key)),
        _ => None,
    }
}

fn item(model: &Model, shape: &Shape) -> String {
    let name = names::type_name(&shape.name);
    let default = if has_default(model, &shape.name, &mut BTreeSet::new()) { ", Default" } else { "" };
    let mut code = format!(
        "/// {}\n#[derive(Clone, PartialEq, Serialize, Deserialize{default})]\npub struct {name} {{\n",
        docs(model, shape)
    );
    for member in shape.members() {
        code += &field(model, shape, member);
    }
    code + "}\n\n" + &debug_impl(shape, &name)
}

/// `Debug` says which members are there and never what they hold: it may end in a log, and any of them may be document text.
fn debug_impl(shape: &Shape, name: &str) -> String {
    let fields = |required| {
        let members = shape.members().iter().filter(|member| member.required == required);
        members.map(|member| names::field_name(&member.name)).collect::<Vec<_>>().join(", ")
    };
    format!("debug_members!({name}, [{}], [{}]);\n\n", fields(true), fields(false))
}

fn docs(model: &Model, shape: &Shape) -> String {
    for operation in &model.operations {
        if operation.input == shape.name {
            return format!("What `{}` takes.", operation.name);
        }
        if operation.output.as_ref() == Some(&shape.name) {
            return format!("What `{}` answers.", operation.name);
        }
    }
    format!("The structure `{}`.", shape.name)
}

fn field(model: &Model, owner: &Shape, member: &Member) -> String {
    let mut rust = rust_type(model, &member.shape);
    if reach::embeds(model, &member.shape, &owner.name) {
        rust = format!("Box<{rust}>");
    }
    let (skip, rust) = if member.required {
        ("", rust)
    } else {
        (", skip_serializing_if = \"Option::is_none\"", format!("Option<{rust}>"))
    };
    format!(
        "    /// {}\n    #[serde(rename = {:?}{skip})]\n    pub {}: {rust},\n",
        field_docs(model, member),
        member.name,
        names::field_name(&member.name)
    )
}

/// `` `IndexId`, required: 36 characters ``.
fn field_docs(model: &Model, member: &Member) -> String {
    let required = if member.required { ", required" } else { "" };
    let token = if member.idempotency_token { ", filled in by SDKs" } else { "" };
    let limits = limits(model.shape(&member.shape)).map(|limits| format!(": {limits}")).unwrap_or_default();
    format!("`{}`{required}{token}{limits}.", member.name)
}

/// The bounds of a shape in words.
fn limits(shape: &Shape) -> Option<String> {
    let unit = match shape.kind {
        Kind::String { .. } | Kind::Enum(_) => " characters",
        Kind::List(_) => " elements",
        Kind::Map(..) => " entries",
        Kind::Blob => " bytes",
        _ => "",
    };
    match (&shape.min, &shape.max) {
        (Some(min), Some(max)) if min == max => Some(format!("{max}{unit}")),
        (Some(min), Some(max)) => Some(format!("{min} to {max}{unit}")),
        (Some(min), None) => Some(format!("at least {min}{unit}")),
        (None, Some(max)) => Some(format!("at most {max}{unit}")),
        (None, None) => None,
    }
}

fn rust_type(model: &Model, name: &str) -> String {
    let shape = model.shape(name);
    match &shape.kind {
        Kind::Structure(_) | Kind::Enum(_) => names::type_name(name),
        Kind::List(element) => format!("Vec<{}>", rust_type(model, element)),
        Kind::Map(key, value) => format!("BTreeMap<{}, {}>", rust_type(model, key), rust_type(model, value)),
        Kind::String { .. } if shape.sensitive => "Sensitive".to_owned(),
        Kind::String { .. } => "String".to_owned(),
        Kind::Document => "serde_json::Value".to_owned(),
        Kind::Integer => "i32".to_owned(),
        Kind::Long => "i64".to_owned(),
        // Never f32: a number that a client stored must come back as it was.
        Kind::Float => "f64".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Timestamp => "Timestamp".to_owned(),
        Kind::Blob => "Blob".to_owned(),
    }
}

/// Whether `Default` can be derived: no required member is, or holds, an enum.
fn has_default(model: &Model, name: &str, seen: &mut BTreeSet<String>) -> bool {
    if !seen.insert(name.to_owned()) {
        return true;
    }
    match &model.shape(name).kind {
        Kind::Enum(_) => false,
        Kind::Structure(members) => {
            members.iter().filter(|member| member.required).all(|member| has_default(model, &member.shape, seen))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::model;

    fn struct_code(shapes: &str, name: &str) -> String {
        let model = model(shapes);
        item(&model, model.shape(name))
    }

    #[test]
    fn required_members_are_bare_and_optional_ones_are_skipped_when_absent() {
        let code = struct_code(
            r#""AskRequest":{"type":"structure","required":["Id"],"members":{"Id":{"shape":"Id"},"Count":{"shape":"N"}}},
               "Id":{"type":"string","min":36,"max":36}, "N":{"type":"integer","max":9}"#,
            "AskRequest",
        );
        assert!(
            code.contains("/// `Id`, required: 36 characters.\n    #[serde(rename = \"Id\")]\n    pub id: String,"),
            "{code}"
        );
        assert!(code.contains("skip_serializing_if = \"Option::is_none\")]\n    pub count: Option<i32>,"), "{code}");
        assert!(code.contains("/// What `Ask` takes."), "{code}");
        assert!(code.contains("debug_members!(AskRequest, [id], [count]);"), "{code}");
    }

    #[test]
    fn only_direct_recursion_is_boxed() {
        let code = struct_code(
            r#""AskRequest":{"type":"structure","members":{"Not":{"shape":"AskRequest"},"All":{"shape":"List"}}},
               "List":{"type":"list","member":{"shape":"AskRequest"}}"#,
            "AskRequest",
        );
        assert!(code.contains("pub not: Option<Box<AskRequest>>,"), "{code}");
        assert!(code.contains("pub all: Option<Vec<AskRequest>>,"), "{code}");
    }

    #[test]
    fn default_is_derived_unless_an_enum_is_required() {
        let shapes = r#""AskRequest":{"type":"structure","required":["E"],"members":{"E":{"shape":"E"}}},
            "Other":{"type":"structure","members":{"E":{"shape":"E"}}}, "E":{"type":"string","enum":["A"]}"#;
        assert!(!struct_code(shapes, "AskRequest").contains("Default"));
        assert!(struct_code(shapes, "Other").contains("Default"));
    }

    #[test]
    fn sensitive_strings_have_their_own_type() {
        let code = struct_code(
            r#""AskRequest":{"type":"structure","members":{"K":{"shape":"K"}}}, "K":{"type":"string","sensitive":true}"#,
            "AskRequest",
        );
        assert!(code.contains("pub k: Option<Sensitive>,"), "{code}");
    }
}
