//! What a tool takes, out of what a route takes: parameters of path and query, the fields of the body,
//! `version` for `If-Match` and `idempotency_key`. Must not know any route.

use serde_json::{Map, Value as Json, json};

use crate::Asked;

/// How deep a schema is written out.
const DEEPEST: usize = 8;

/// A route as the document describes it.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub method: String,
    pub path: String,
    pub description: Json,
}

/// An argument that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfit(pub String);

/// A schema with what it refers to written out.
fn whole(document: &Json, schema: &Json, depth: usize) -> Json {
    if depth > DEEPEST {
        return json!({});
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        return whole(document, target.unwrap_or(&Json::Null), depth + 1);
    }
    match schema {
        Json::Object(fields) => {
            let each = fields
                .iter()
                .map(|(name, value)| (name.clone(), whole(document, value, depth + 1)));
            Json::Object(each.collect())
        }
        Json::Array(several) => {
            let each = several.iter().map(|one| whole(document, one, depth + 1));
            Json::Array(each.collect())
        }
        other => other.clone(),
    }
}

/// What the argument of a header is called; none for headers that assistants do not set.
fn of_header(name: &str) -> Option<(&'static str, &'static str)> {
    match name.to_ascii_lowercase().as_str() {
        "if-match" => Some(("version", "if-match")),
        "idempotency-key" => Some(("idempotency_key", "idempotency-key")),
        _ => None,
    }
}

impl Route {
    fn parameters(&self) -> impl Iterator<Item = &Json> {
        self.description["parameters"]
            .as_array()
            .into_iter()
            .flatten()
    }

    fn body_schema(&self) -> Option<&Json> {
        let content = self.description["requestBody"]["content"].get("application/json")?;
        content.get("schema")
    }

    /// The JSON Schema of the arguments.
    pub(crate) fn schema(&self, document: &Json) -> Map<String, Json> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        if let Some(body) = self.body_schema() {
            let body = whole(document, body, 0);
            let fields = body["properties"].as_object().cloned().unwrap_or_default();
            properties.extend(fields);
            required.extend(body["required"].as_array().cloned().unwrap_or_default());
        }
        for parameter in self.parameters() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let (name, schema) = match (parameter["in"].as_str(), of_header(name)) {
                (Some("header"), Some((name, _))) => (name, json!({ "type": "string" })),
                (Some("header"), None) => continue,
                _ => (name, whole(document, &parameter["schema"], 0)),
            };
            let mut schema = schema.as_object().cloned().unwrap_or_default();
            if let Some(text) = parameter.get("description") {
                schema.insert("description".into(), text.clone());
            }
            properties.insert(name.to_owned(), Json::Object(schema));
            if parameter["required"] == true && !required.iter().any(|known| known == name) {
                required.push(name.into());
            }
        }
        let mut schema = Map::new();
        schema.insert("type".into(), "object".into());
        schema.insert("properties".into(), Json::Object(properties));
        schema.insert("required".into(), Json::Array(required));
        schema.insert("additionalProperties".into(), false.into());
        schema
    }

    /// The request of these arguments.
    pub(crate) fn asked(&self, mut arguments: Map<String, Json>) -> Result<Asked, Unfit> {
        let mut path = self.path.clone();
        let mut pairs = Vec::new();
        let mut headers = Vec::new();
        for parameter in self.parameters() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let header = of_header(name);
            let place = parameter["in"].as_str().unwrap_or_default();
            let key = match (place, header) {
                ("header", Some((key, _))) => key,
                ("header", None) => continue,
                _ => name,
            };
            let Some(value) = arguments.remove(key).filter(|value| !value.is_null()) else {
                if parameter["required"] == true {
                    return Err(Unfit(format!("`{key}` is missing")));
                }
                continue;
            };
            let value = plain(key, &value)?;
            match (place, header) {
                ("path", _) => path = path.replace(&format!("{{{name}}}"), &escaped(&value)),
                ("query", _) => pairs.push(format!("{name}={}", escaped(&value))),
                (_, Some((_, "if-match"))) => {
                    headers.push(("if-match", format!("\"{}\"", value.trim_matches('"'))));
                }
                (_, Some((_, header))) => headers.push((header, value)),
                _ => {}
            }
        }
        if !pairs.is_empty() {
            path = format!("{path}?{}", pairs.join("&"));
        }
        let body = match self.body_schema() {
            Some(_) => Some(Json::Object(arguments).to_string()),
            None => match arguments.keys().next() {
                Some(unknown) => return Err(Unfit(format!("there is no argument `{unknown}`"))),
                None => None,
            },
        };
        Ok(Asked {
            method: self.method.clone(),
            path,
            headers,
            body,
        })
    }
}

/// A value as it stands in a path, a query or a header.
fn plain(name: &str, value: &Json) -> Result<String, Unfit> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(truth) => Ok(truth.to_string()),
        _ => Err(Unfit(format!("`{name}` has to be a text or a number"))),
    }
}

fn escaped(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let each = text.bytes().map(|byte| match keep(byte) {
        true => (byte as char).to_string(),
        false => format!("%{byte:02X}"),
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{Route, Unfit};
    use crate::Asked;

    fn route() -> Route {
        Route {
            method: "POST".into(),
            path: "/api/v1/plans/{plan}/operations".into(),
            description: json!({
                "parameters": [
                    { "name": "plan", "in": "path", "required": true, "schema": { "type": "string" } },
                    { "name": "at", "in": "query", "schema": { "type": "string" } },
                    { "name": "If-Match", "in": "header", "required": true },
                    { "name": "If-None-Match", "in": "header" },
                ],
                "requestBody": { "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Wanted" } } } },
            }),
        }
    }

    fn document() -> Json {
        json!({ "components": { "schemas": { "Wanted": {
            "type": "object",
            "required": ["operations"],
            "properties": { "operations": { "type": "array" }, "why": { "type": "string" } },
        } } } })
    }

    #[test]
    fn a_tool_takes_what_its_route_takes() {
        let schema = Json::Object(route().schema(&document()));
        let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["operations", "why", "plan", "at", "version"]);
        assert_eq!(schema["required"], json!(["operations", "plan", "version"]));
    }

    #[test]
    fn arguments_go_where_they_belong() {
        let given = json!({ "plan": "p/1", "at": "store=S 1", "version": 3, "operations": [] });
        let asked = route().asked(given.as_object().unwrap().clone());
        let expected = Asked {
            method: "POST".into(),
            path: "/api/v1/plans/p%2F1/operations?at=store%3DS%201".into(),
            headers: vec![("if-match", "\"3\"".into())],
            body: Some("{\"operations\":[]}".into()),
        };
        assert_eq!(asked, Ok(expected));
        let missing = route().asked(json!({ "plan": "p" }).as_object().unwrap().clone());
        assert_eq!(missing, Err(Unfit("`version` is missing".into())));
    }
}
