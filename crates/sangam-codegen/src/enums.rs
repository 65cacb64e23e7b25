//! Writes `enums.rs`: the model's string enums.

use std::collections::BTreeSet;

use anyhow::bail;

use crate::emit::emit;
use crate::model::{Kind, Model, Shape};
use crate::names;
use crate::output::SourceFile;
use crate::reach;

/// The file with every enum that an operation or an error can reach.
///
/// # Errors
/// When two values of an enum would take the same Rust name.
pub(crate) fn file(model: &Model) -> anyhow::Result<SourceFile> {
    let mut roots = reach::inputs(model);
    roots.extend(reach::outputs(model));
    roots.extend(reach::errors(model));
    let mut code = "use crate::string_enum::string_enum;\n\n".to_owned();
    for name in reach::reachable(model, roots) {
        let shape = model.shape(name);
        if let Kind::Enum(values) = &shape.kind {
            code += &item(shape, values)?;
        }
    }
    Ok(SourceFile { name: "enums.rs".to_owned(), docs: "String enums of the wire.".to_owned(), code })
}

fn item(shape: &Shape, values: &[String]) -> anyhow::Result<String> {
    let name = names::type_name(&shape.name);
    let variants: BTreeSet<String> = values.iter().map(|value| names::variant_name(value)).collect();
    if variants.len() != values.len() {
        bail!("enum `{name}`: two values have the same Rust name");
    }
    let mut code = format!("string_enum! {{\n    /// One of the values of `{}`.\n    pub enum {name} {{\n", shape.name);
    for value in values {
        emit!(code, "        /// `{value}`\n        {} = {value:?},\n", names::variant_name(value));
    }
    Ok(code + "    }\n}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::model;

    #[test]
    fn values_become_variants() {
        let model = model(
            r#""AskRequest":{"type":"structure","members":{"E":{"shape":"Edition"}}},
               "Edition":{"type":"string","enum":["DEVELOPER_EDITION","b"]}, "Lost":{"type":"string","enum":["x"]}"#,
        );
        let code = file(&model).unwrap().code;
        assert!(code.contains("pub enum Edition {"), "{code}");
        assert!(code.contains(r#"DeveloperEdition = "DEVELOPER_EDITION","#), "{code}");
        assert!(!code.contains("Lost"), "what no operation reaches is left out");
    }

    #[test]
    fn two_values_of_one_name_are_refused() {
        let model = model(
            r#""AskRequest":{"type":"structure","members":{"E":{"shape":"E"}}}, "E":{"type":"string","enum":["A_B","a-b"]}"#,
        );
        assert!(file(&model).is_err());
    }
}
