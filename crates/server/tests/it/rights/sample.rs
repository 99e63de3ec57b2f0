//! A body out of its schema: what is required, by the examples of the document. Knows no route.

use serde_json::{Map, Value as Json, json};

/// A value that fits a schema.
pub fn of(document: &Json, schema: &Json) -> Json {
    within(document, schema, 0)
}

fn within(document: &Json, schema: &Json, depth: usize) -> Json {
    if depth > 12 {
        return Json::Null;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        return within(document, target.unwrap_or(&Json::Null), depth + 1);
    }
    for given in ["example", "default", "const"] {
        if let Some(value) = schema.get(given) {
            return value.clone();
        }
    }
    if let Some(value) = schema["examples"].get(0).or(schema["enum"].get(0)) {
        return value.clone();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        let variants = schema[several].as_array();
        let variant = variants.and_then(|all| all.iter().find(|one| one["type"] != "null"));
        if let Some(variant) = variant {
            return within(document, variant, depth + 1);
        }
    }
    let kind = match &schema["type"] {
        Json::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned(),
        kind => Some(kind.clone()),
    };
    match kind.unwrap_or_default().as_str().unwrap_or("object") {
        "string" => json!("a"),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "array" => json!([within(document, &schema["items"], depth + 1)]),
        _ => object(document, schema, depth),
    }
}

fn object(document: &Json, schema: &Json, depth: usize) -> Json {
    let mut found = Map::new();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for name in required.iter().filter_map(Json::as_str) {
        let property = &schema["properties"][name];
        found.insert(name.to_owned(), within(document, property, depth + 1));
    }
    Json::Object(found)
}
