//! What the table asks for: the things that a path names (`made` has them), by relation, and bodies
//! where a sample of the schema will not do. A new route needs nothing here unless its path has a
//! parameter of a new name.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value as Json, json};

use super::world::{Relation, World};
use super::{Route, made, sample};
use crate::form::{BOUNDARY, Form};

/// The smallest plan file.
const SMALL_PLAN: &str = "plan = \"2026\"\nperiod = \"2026\"\ntotal = \"1200\"\n\
                          measure = { name = \"Sales\", unit = \"CNY\" }\n";

/// A path parameter: what it is in a relation.
fn parameter(world: &World, route: &Route, name: &str, relation: Relation) -> Option<String> {
    let (method, path) = (&route.method, &route.path);
    let instead = match name {
        "plan" if path.contains("/versions/{number}") => "published",
        "plan" if path.ends_with("/status-changes") => "published",
        "plan" if path.ends_with("/versions") => "approved",
        "feed" if method == Method::GET => "feed_file",
        "import" if path.contains("/refused-rows") => "refused_import",
        other => other,
    };
    if let Some(things) = world.things.get(instead) {
        return Some(things[relation as usize].clone());
    }
    let found = match name {
        "plan" => world.plan(relation).to_owned(),
        "user" => world.person(relation).user.to_string(),
        "axis" => "store".to_owned(),
        "kind" => "board".to_owned(),
        "topic" => "period_closed".to_owned(),
        "language" => "en".to_owned(),
        "sequence" | "operation" | "number" => "1".to_owned(),
        _ => return None,
    };
    Some(found)
}

/// A body for a route, where the sample of its schema does not do.
async fn body(world: &World, route: &Route, relation: Relation, sample: Json) -> Json {
    let node = world.node(relation);
    match route.name.as_str() {
        "apply_operations" | "preview_operations" => json!({
            "operations": [{
                "set": format!("store={node}, month=2026-06"), "to": "+1%", "keep": "parent:time"
            }]
        }),
        "create_plan" => json!({
            "name": "made",
            "text": SMALL_PLAN,
        }),
        "create_channel" | "update_channel" => json!({
            "name": "c", "kind": "webhook", "secret": "s",
            "address": "https://hooks.example.com/x",
        }),
        "create_subscription" => json!({ "topic": "test" }),
        "create_job" => json!({ "kind": "clean_up" }),
        "create_deputy" => json!({
            "deputy": world.person(relation).user, "from": "2026-01-01", "until": "2026-12-31"
        }),
        "create_release" => json!({ "nodes": [node], "deadline": "2099-12-31" }),
        "create_commitment" => json!({ "node": node, "kind": "commit" }),
        "create_chain" => json!({ "subject": "publish", "steps": [] }),
        "update_chain" => json!({ "steps": [] }),
        "create_sale" => made::sale(world, relation),
        "create_comment" => json!({ "at": format!("store={node}"), "text": "hm" }),
        "undo_operation" | "redo_operation" => {
            let kind = match route.name.as_str() {
                "undo_operation" => "undo",
                _ => "redo",
            };
            let number: u64 = world.things[kind][relation as usize].parse().unwrap();
            json!({ "sequence": number })
        }
        "merge_scenario" => json!({ "scenario": world.things["scenario"][relation as usize] }),
        "update_dimension" | "update_measure" => {
            let mut wanted = sample;
            wanted["code"] = json!(relation.name());
            wanted
        }
        "update_calendar" => json!({
            "code": relation.name(), "name": "c", "content": { "week_starts": "monday" }
        }),
        "create_view" | "update_view" => json!({ "name": "v", "content": {} }),
        _ => sample,
    }
}

/// A query parameter, where its example does not do.
fn query(world: &World, route: &Route, name: &str, relation: Relation) -> Option<String> {
    let node = world.node(relation);
    match name {
        "format" if route.name == "get_review" => Some("md".to_owned()),
        "from" if route.name == "plan_differences" => Some("1".to_owned()),
        "as_of" if route.name == "get_today" => Some("2026-03-07".to_owned()),
        "format" if route.name == "get_chart" => Some("svg".to_owned()),
        "rows" => Some("store:self".to_owned()),
        "columns" => Some("time:month".to_owned()),
        "what" => Some("targets".to_owned()),
        "format" => Some("csv".to_owned()),
        "at" => Some(format!("store={node}")),
        _ => None,
    }
}

/// A request of the table.
pub struct Asking {
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    /// A path parameter that nothing here makes: its routes are asked for what is not there.
    pub unknown: Option<String>,
}

/// What was answered.
pub struct Told {
    pub status: StatusCode,
    pub text: String,
}

impl Asking {
    /// The request for a route in a relation.
    pub async fn of(world: &World, document: &Json, route: &Route, relation: Relation) -> Asking {
        let mut asking = Asking {
            path: route.path.clone(),
            headers: Vec::new(),
            body: None,
            unknown: None,
        };
        let parameters = route.description["parameters"].as_array();
        let parameters = parameters.cloned().unwrap_or_default();
        let mut pairs = Vec::new();
        let mut versioned = false;
        for known in &parameters {
            let name = known["name"].as_str().unwrap();
            let required = known["required"] == true;
            match known["in"].as_str().unwrap() {
                "path" => {
                    let found = parameter(world, route, name, relation).unwrap_or_else(|| {
                        asking.unknown = Some(name.to_owned());
                        "nothing".to_owned()
                    });
                    asking.path = asking.path.replace(&format!("{{{name}}}"), &found);
                }
                "query" => {
                    let example = known["example"].as_str().map(str::to_owned);
                    let given = query(world, route, name, relation);
                    if let Some(value) = given.or(example.filter(|_| required)) {
                        pairs.push(format!("{name}={}", escaped(&value)));
                    }
                }
                _ => versioned |= name.eq_ignore_ascii_case("if-match"),
            }
        }
        if !pairs.is_empty() {
            asking.path = format!("{}?{}", asking.path, pairs.join("&"));
        }
        if versioned {
            let seen = asking.version(world, relation).await;
            asking.headers.push(("if-match".into(), seen));
        }
        asking.fill(world, document, route, relation).await;
        asking
    }

    /// The version that somebody who may see everything sees now.
    async fn version(&self, world: &World, relation: Relation) -> String {
        let root = world.root(relation);
        let usual = "\"1\"".to_owned();
        let path = self.path.trim_start_matches("/api/v1");
        let of_plan = [
            "/operations",
            "/releases",
            "/submissions",
            "/versions",
            "/refits",
            "/undos",
            "/redos",
            "/merges",
            "/workbooks",
        ];
        let plan = of_plan.iter().find_map(|ending| path.strip_suffix(ending));
        if let Some(plan) = plan.or(path.strip_suffix("/refit-previews")) {
            let version = world.server.get(root, plan).await.body["version"].to_string();
            return format!("\"{version}\"");
        }
        let path = path.strip_suffix("/status-changes").unwrap_or(path);
        let own = match path.starts_with("/me") {
            true => world.asker(),
            false => world.person(relation),
        };
        for who in [own, root] {
            let found = world.server.get(who, path).await;
            if let Some(tag) = found
                .headers
                .get("etag")
                .filter(|_| found.status.is_success())
            {
                return tag.to_str().unwrap().to_owned();
            }
        }
        usual
    }

    async fn fill(&mut self, world: &World, document: &Json, route: &Route, relation: Relation) {
        let content = &route.description["requestBody"]["content"];
        if let Some(json) = content.get("application/json") {
            let sample = match json.get("example") {
                Some(example) => example.clone(),
                None => sample::of(document, &json["schema"]),
            };
            let body = body(world, route, relation, sample).await;
            self.headers
                .push(("content-type".into(), "application/json".into()));
            self.body = Some(body.to_string().into_bytes());
        } else if content.get("multipart/form-data").is_some() {
            let kind = format!("multipart/form-data; boundary={BOUNDARY}");
            self.headers.push(("content-type".into(), kind));
            let (called, bytes): (_, &[u8]) = match route.name.as_str() {
                "create_plan_of_files" => ("plan.toml", SMALL_PLAN.as_bytes()),
                "create_plan_of_directory" => ("plan.zip", &world.directory),
                "preview_workbook" | "apply_workbook" => ("plan.xlsx", &world.workbook),
                _ => ("a.csv", b"code,amount\nS1,1\n"),
            };
            self.body = Some(Form::default().file("file", called, bytes).bytes());
        } else if let Some(kind) = content.as_object().and_then(|all| all.keys().next()) {
            self.headers.push(("content-type".into(), kind.clone()));
            self.body = Some(b"code,amount\nS1,1\n".to_vec());
        }
    }

    /// Sends it as whoever asks.
    pub async fn send(&self, world: &World, route: &Route) -> Told {
        let authorization = format!("Bearer {}", world.asker().secret());
        let mut request = Request::builder()
            .method(route.method.clone())
            .uri(&self.path)
            .header("accept-language", "en")
            .header("authorization", authorization);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = self.body.clone().map_or_else(Body::empty, Body::from);
        let response = world.server.carry(request.body(body).unwrap()).await;
        let status = response.status();
        let kind = response.headers().get("content-type");
        let streams = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        if streams {
            // It goes on for ever; that it was given is what the table says.
            return Told {
                status,
                text: String::new(),
            };
        }
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Told {
            status,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
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
