//! The interface for programs as pages: the OpenAPI document, and a page to browse it that runs no
//! script and loads nothing from elsewhere. Must not know any route.

use std::fmt::Write;
use std::sync::OnceLock;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fenjie_message::Lang;
use serde_json::{Map, Value as Json};

use crate::signed::language;
use crate::state::State;

const STYLE: &str = include_str!("../assets/pages.css");
/// The page has a stylesheet of its own and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";
/// How deep an example is written out.
const DEEPEST: usize = 8;

static DOCUMENT: OnceLock<String> = OnceLock::new();
static PAGES: [OnceLock<String>; 2] = [const { OnceLock::new() }; 2];

/// The routes of the pages.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/api/v1/openapi.json", get(document))
        .route("/api/docs", get(page))
        .route("/api/docs/style.css", get(style))
}

fn text() -> &'static str {
    DOCUMENT.get_or_init(crate::openapi::text)
}

async fn document() -> Response {
    of_kind("application/json", text())
}

async fn style() -> Response {
    of_kind("text/css; charset=utf-8", STYLE)
}

async fn page(request: Request) -> Response {
    let lang = language(request.headers()).unwrap_or_default();
    let made = PAGES[lang as usize].get_or_init(|| {
        let document = serde_json::from_str(text()).expect("a document of ours is JSON");
        whole_page(&document, lang)
    });
    let mut response = of_kind("text/html; charset=utf-8", made);
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static(POLICY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

fn of_kind(kind: &'static str, text: &'static str) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let fresh = HeaderValue::from_static("public, max-age=300");
    headers.insert(header::CACHE_CONTROL, fresh);
    response
}

fn whole_page(document: &Json, lang: Lang) -> String {
    let mut page = String::new();
    let code = lang.pick("zh-CN", "en");
    let title = escaped(document["info"]["title"].as_str().unwrap_or_default());
    let about = escaped(document["info"]["description"].as_str().unwrap_or_default());
    let link = lang.pick("下载 OpenAPI 文档", "download the OpenAPI document");
    let _ = write!(
        page,
        "<!doctype html><html lang=\"{code}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/api/docs/style.css\"></head><body>\
         <header><h1>{title}</h1><p>{about}</p>\
         <p><a href=\"/api/v1/openapi.json\">{link}</a></p></header>"
    );
    let areas = areas(document);
    page.push_str("<nav>");
    for (area, _) in &areas {
        let _ = write!(page, "<a href=\"#{area}\">{area}</a> ");
    }
    page.push_str("</nav><main>");
    for (area, routes) in &areas {
        let _ = write!(page, "<section id=\"{area}\"><h2>{area}</h2>");
        for (method, path, route) in routes {
            write_route(&mut page, document, lang, (method, path, route));
        }
        page.push_str("</section>");
    }
    page.push_str("</main></body></html>\n");
    page
}

/// A method, a path, and what the document says of them.
type Route<'d> = (&'d str, &'d str, &'d Json);

/// The routes by their first tag, in the order of the document.
fn areas(document: &Json) -> Vec<(String, Vec<Route<'_>>)> {
    let mut areas: Vec<(String, Vec<Route<'_>>)> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, route) in item.as_object().into_iter().flatten() {
            let area = escaped(route["tags"][0].as_str().unwrap_or("other"));
            match areas.iter_mut().find(|(known, _)| *known == area) {
                Some((_, routes)) => routes.push((method, path, route)),
                None => areas.push((area, vec![(method, path, route)])),
            }
        }
    }
    areas
}

fn write_route(page: &mut String, document: &Json, lang: Lang, (method, path, route): Route<'_>) {
    let text = |key: &str| escaped(route[key].as_str().unwrap_or_default());
    let _ = write!(
        page,
        "<details id=\"{}\"><summary><b class=\"{method}\">{}</b> <code>{}</code> {}</summary><p>{}</p>",
        text("operationId"),
        method.to_ascii_uppercase(),
        escaped(path),
        text("summary"),
        text("description"),
    );
    let parameters = route["parameters"].as_array();
    if let Some(parameters) = parameters.filter(|all| !all.is_empty()) {
        page.push_str("<table>");
        for parameter in parameters {
            let part = |key: &str| escaped(parameter[key].as_str().unwrap_or_default());
            let needed = match parameter["required"] == true {
                true => lang.pick("必填", "required"),
                false => "",
            };
            let _ = write!(
                page,
                "<tr><td><code>{}</code></td><td>{}</td><td>{needed}</td><td>{}</td></tr>",
                part("name"),
                part("in"),
                part("description"),
            );
        }
        page.push_str("</table>");
    }
    let asked = &route["requestBody"]["content"];
    write_examples(page, document, lang.pick("请求体", "request body"), asked);
    for (status, answer) in route["responses"].as_object().into_iter().flatten() {
        let name = format!("{} {status}", lang.pick("回答", "answer"));
        write_examples(page, document, &name, &answer["content"]);
    }
    page.push_str("</details>");
}

/// An example of each kind of content.
fn write_examples(page: &mut String, document: &Json, name: &str, content: &Json) {
    for (kind, described) in content.as_object().into_iter().flatten() {
        let example = match described.get("example") {
            Some(example) => example.clone(),
            None => example_of(document, &described["schema"], 0),
        };
        let example = serde_json::to_string_pretty(&example).unwrap_or_default();
        let _ = write!(
            page,
            "<h3>{} <small>{}</small></h3><pre>{}</pre>",
            escaped(name),
            escaped(kind),
            escaped(&example)
        );
    }
}

/// A value that fits a schema, by the document's own examples.
fn example_of(document: &Json, schema: &Json, depth: usize) -> Json {
    if depth > DEEPEST {
        return Json::Null;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        return example_of(document, target.unwrap_or(&Json::Null), depth + 1);
    }
    if let Some(given) = schema.get("example").or(schema["enum"].get(0)) {
        return given.clone();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        let variants = schema[several].as_array();
        if let Some(one) = variants.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            return example_of(document, one, depth + 1);
        }
    }
    if let Some(items) = schema.get("items") {
        return Json::Array(vec![example_of(document, items, depth + 1)]);
    }
    if let Some(fields) = schema["properties"].as_object() {
        let each = fields
            .iter()
            .map(|(name, field)| (name.clone(), example_of(document, field, depth + 1)));
        return Json::Object(Map::from_iter(each));
    }
    let kind = schema["type"].as_str().or(schema["type"][0].as_str());
    match kind {
        Some("string") => "…".into(),
        Some("integer" | "number") => 1.into(),
        Some("boolean") => true.into(),
        _ => Json::Object(Map::new()),
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}
