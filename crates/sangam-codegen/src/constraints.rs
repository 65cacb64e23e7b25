//! Writes `constraints.rs` and `patterns.rs`: the table against which every request is checked before it is deserialised.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde_json::Number;

use crate::emit::emit;
use crate::model::{Kind, Member, Model, Shape};
use crate::names;
use crate::output::SourceFile;
use crate::reach;
use crate::service::Service;

/// The table of every shape that an input can reach.
///
/// # Errors
/// When a shape has a bound that its kind cannot have.
pub(crate) fn file(service: &Service, model: &Model) -> anyhow::Result<SourceFile> {
    let patterns = patterns(model);
    let mut statics = String::new();
    for name in reach::reachable(model, reach::inputs(model)) {
        let shape = model.shape(name);
        let value = shape_value(model, shape, &patterns).with_context(|| format!("shape `{name}`"))?;
        emit!(statics, "pub(super) static {}: Shape = {value};\n", names::constant_name(name));
    }
    let code = format!("use super::patterns;\nuse crate::constraint::{{Member, Shape}};\n\n{statics}");
    Ok(SourceFile {
        name: "constraints.rs".to_owned(),
        docs: format!("Constraints on the inputs of {}.", service.trait_name),
        code,
    })
}

/// The patterns of the table, each text once.
pub(crate) fn patterns_file(model: &Model) -> SourceFile {
    let mut statics: Vec<_> = patterns(model).into_iter().map(|(text, name)| (name, text)).collect();
    statics.sort();
    let mut code = "use crate::constraint::Pattern;\n\n".to_owned();
    for (name, text) in statics {
        emit!(code, "pub(super) static {name}: Pattern = Pattern::new({});\n", raw_string(text));
    }
    SourceFile { name: "patterns.rs".to_owned(), docs: "Patterns of the constraint table.".to_owned(), code }
}

/// Pattern text → constant; a text that several shapes share has the name of the first one.
fn patterns(model: &Model) -> BTreeMap<&str, String> {
    let mut patterns = BTreeMap::new();
    for name in reach::reachable(model, reach::inputs(model)) {
        if let Kind::String { pattern: Some(pattern) } = &model.shape(name).kind {
            patterns.entry(pattern.as_str()).or_insert_with(|| names::constant_name(name));
        }
    }
    patterns
}

fn raw_string(text: &str) -> String {
    if text.contains('"') { format!("r#\"{text}\"#") } else { format!("r\"{text}\"") }
}

fn shape_value(model: &Model, shape: &Shape, patterns: &BTreeMap<&str, String>) -> anyhow::Result<String> {
    let name = &shape.name;
    let reference = |name: &str| format!("&{}", names::constant_name(name));
    let base = match &shape.kind {
        Kind::Structure(members) => {
            let members: String = members.iter().map(|member| member_value(member) + ",").collect();
            format!("Shape::structure({name:?}, &[{members}])")
        }
        Kind::List(element) => format!("Shape::list({name:?}, {})", reference(element)),
        Kind::Map(key, value) => format!("Shape::map({name:?}, {}, {})", reference(key), reference(value)),
        Kind::String { pattern } => {
            let pattern = pattern.as_ref().map(|text| format!(".pattern(&patterns::{})", patterns[text.as_str()]));
            format!("Shape::string({name:?}){}", pattern.unwrap_or_default())
        }
        Kind::Enum(values) => format!("Shape::string({name:?}).values(&{values:?})"),
        Kind::Integer => format!("Shape::integer({name:?})"),
        Kind::Long => format!("Shape::long({name:?})"),
        Kind::Float => format!("Shape::float({name:?})"),
        Kind::Boolean => format!("Shape::boolean({name:?})"),
        Kind::Timestamp => format!("Shape::timestamp({name:?})"),
        Kind::Blob => format!("Shape::blob({name:?})"),
        Kind::Document => format!("Shape::document({name:?})"),
    };
    debug_assert!(shape.references().iter().all(|name| model.shapes.contains_key(*name)), "checked when parsed");
    let hidden = if shape.hidden { ".hidden()" } else { "" };
    Ok(format!("{base}{}{hidden}", bounds(shape)?))
}

fn member_value(member: &Member) -> String {
    let constructor = if member.required { "required" } else { "optional" };
    let token = if member.idempotency_token { ".idempotency_token()" } else { "" };
    format!("Member::{constructor}({:?}, &{}){token}", member.name, names::constant_name(&member.shape))
}

fn bounds(shape: &Shape) -> anyhow::Result<String> {
    let mut code = String::new();
    for (bound, number) in [("min", &shape.min), ("max", &shape.max)] {
        let Some(number) = number else { continue };
        let argument = match shape.kind {
            Kind::Structure(_) | Kind::Boolean | Kind::Timestamp | Kind::Document => bail!("cannot have a {bound}imum"),
            Kind::Float => float(number)?,
            _ => number.as_i64().with_context(|| format!("{bound}imum {number} is not whole")).map(grouped)?,
        };
        let method = match shape.kind {
            Kind::Integer | Kind::Long => format!("{bound}_value"),
            Kind::Float => format!("{bound}_float"),
            _ => format!("{bound}_length"),
        };
        emit!(code, ".{method}({argument})");
    }
    Ok(code)
}

/// `100000` is `100_000`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

fn float(number: &Number) -> anyhow::Result<String> {
    let value = number.as_f64().with_context(|| format!("{number} is no number"))?;
    Ok(format!("{value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::model;

    fn value(shape: &str) -> anyhow::Result<String> {
        let model =
            model(&format!(r#""AskRequest":{{"type":"structure","members":{{"X":{{"shape":"X"}}}}}}, "X":{shape}"#));
        shape_value(&model, model.shape("X"), &patterns(&model))
    }

    #[test]
    fn every_constraint_is_carried_over() {
        let cases = [
            (
                r#"{"type":"string","min":1,"max":9,"pattern":"a"}"#,
                r#"Shape::string("X").pattern(&patterns::X).min_length(1).max_length(9)"#,
            ),
            (r#"{"type":"string","enum":["A","b"]}"#, r#"Shape::string("X").values(&["A", "b"])"#),
            (r#"{"type":"list","member":{"shape":"X"},"max":3}"#, r#"Shape::list("X", &X).max_length(3)"#),
            (r#"{"type":"integer","min":0}"#, r#"Shape::integer("X").min_value(0)"#),
            (r#"{"type":"float","min":1e-06,"max":50}"#, r#"Shape::float("X").min_float(1e-6).max_float(50.0)"#),
            (r#"{"type":"blob","max":5}"#, r#"Shape::blob("X").max_length(5).hidden()"#),
            (r#"{"type":"string","sensitive":true}"#, r#"Shape::string("X").hidden()"#),
        ];
        for (shape, code) in cases {
            assert_eq!(value(shape).unwrap(), code);
        }
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(
            [0, 100, 1000, -65536, 32_535_158_400_000].map(grouped),
            ["0", "100", "1_000", "-65_536", "32_535_158_400_000"]
        );
    }

    #[test]
    fn a_bound_where_none_can_be_is_refused() {
        assert!(value(r#"{"type":"boolean","min":1}"#).is_err());
        assert!(value(r#"{"type":"integer","min":1.5}"#).is_err());
    }

    #[test]
    fn a_pattern_is_compiled_once_for_all_who_share_it() {
        let model = model(
            r#""AskRequest":{"type":"structure","members":{"A":{"shape":"A"},"B":{"shape":"B"}}},
               "A":{"type":"string","pattern":"x+"}, "B":{"type":"string","pattern":"x+"}"#,
        );
        assert_eq!(patterns(&model).into_values().collect::<Vec<_>>(), ["A"]);
    }
}
