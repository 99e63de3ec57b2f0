//! The tools and how they are called. Must not know what a route does.

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData,
    Implementation, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
    Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler, ServiceExt};
use serde_json::Value as Json;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::arguments::Route;
use crate::{Answered, Ask};

/// The routes that are tools, by the names that the document gives them.
pub const TOOLS: &[&str] = &[
    "list_plans",
    "get_plan",
    "list_axes",
    "list_members",
    "list_measures",
    "get_slice",
    "get_explanation",
    "list_holds",
    "list_limits",
    "list_operations",
    "list_standings",
    "list_alerts",
    "preview_operations",
    "apply_operations",
];

const INSTRUCTIONS: &str = "\
Sales targets that add up exactly at every level. Begin with list_plans; amounts are decimal texts in \
the measure's unit. get_slice reads any rows and columns, get_explanation says where a number comes \
from. Preview operations before applying them; apply_operations needs the plan's version as you saw it, \
and a key that may write. You see and change what the person whose key you bear may.";

/// The tools of somebody who asks.
#[derive(Clone)]
pub struct Tools {
    routes: Arc<Vec<(Tool, Route)>>,
    ask: Ask,
}

impl Tools {
    /// The tools that a document describes, asked in the way of `ask`.
    pub fn new(document: &Json, ask: Ask) -> Tools {
        let mut routes = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, description) in item.as_object().into_iter().flatten() {
                let name = description["operationId"].as_str().unwrap_or_default();
                let Some(name) = TOOLS.iter().find(|known| **known == name) else {
                    continue;
                };
                let route = Route {
                    method: method.to_ascii_uppercase(),
                    path: path.clone(),
                    description: description.clone(),
                };
                routes.push((tool(name, &route, document), route));
            }
        }
        let place = |tool: &Tool| TOOLS.iter().position(|name| *name == tool.name);
        routes.sort_by_key(|(tool, _)| place(tool));
        Tools {
            routes: Arc::new(routes),
            ask,
        }
    }

    /// The same tools, asked in another way.
    pub fn asked_by(&self, ask: Ask) -> Tools {
        Tools {
            routes: self.routes.clone(),
            ask,
        }
    }

    /// Serves one client over a pair of streams until it goes.
    ///
    /// # Errors
    /// What breaks the conversation.
    pub async fn converse(
        self,
        input: impl AsyncRead + Send + Unpin + 'static,
        output: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Result<(), String> {
        let running = self.serve((input, output)).await;
        let running = running.map_err(|error| error.to_string())?;
        let ended = running.waiting().await;
        ended.map(|_| ()).map_err(|error| error.to_string())
    }
}

fn tool(name: &'static str, route: &Route, document: &Json) -> Tool {
    let text = |key: &str| route.description[key].as_str().unwrap_or_default().trim();
    let description = format!("{}\n{}", text("summary"), text("description"));
    let reads = route.method == "GET" || name.starts_with("preview");
    let annotations = ToolAnnotations::new()
        .read_only(reads)
        .destructive(!reads)
        .open_world(false);
    let schema = route.schema(document);
    Tool::new(name, description.trim().to_owned(), schema).with_annotations(annotations)
}

fn told(answered: Answered) -> CallToolResult {
    let content = vec![ContentBlock::text(answered.body.clone())];
    if answered.status >= 400 {
        return CallToolResult::error(content);
    }
    let mut result = CallToolResult::success(content);
    if let Ok(Json::Object(mut body)) = serde_json::from_str(&answered.body) {
        if let Some(version) = answered.version {
            body.entry("version").or_insert(version.into());
        }
        result.structured_content = Some(Json::Object(body));
    }
    result
}

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("fenjie", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.routes.iter().map(|(tool, _)| tool.clone());
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let found = self
            .routes
            .iter()
            .find(|(tool, _)| tool.name == request.name);
        let Some((_, route)) = found else {
            let text = format!("there is no tool `{}`", request.name);
            return Err(ErrorData::invalid_params(text, None));
        };
        let asked = route.asked(request.arguments.unwrap_or_default());
        let asked = asked.map_err(|unfit| ErrorData::invalid_params(unfit.0, None))?;
        Ok(told((self.ask)(asked).await).into())
    }
}
