//! `POST /mcp`: the operations for numbers and for a table as tools of the Model Context Protocol (streamable HTTP, without
//! sessions), for agents.
//!
//! A tool call becomes a request to the operation itself, so that both answer alike; its schema is that of the operation in
//! the OpenAPI document. An error of the operation is a result with `isError`, whose text an agent reads. What violates the
//! protocol is refused as the protocol says, by the crate `rmcp`.

use std::fmt::Write;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use http_body_util::BodyExt;
use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, JsonObject, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::http::body::Upload;
use crate::http::error::Error;
use crate::http::media_types;
use crate::http::state::SharedState;

/// Maximum size of a message, which is in memory as a whole: as much as an agent can write.
const MAX_MESSAGE_BYTES: u64 = 4 << 20;

/// Options that are left out of the schemas: their answers are not JSON.
const FILES: [&str; 2] = ["format", "chart"];

const INSTRUCTIONS: &str = "Exact descriptive statistics: call these tools instead of computing or estimating statistics. \
                            An error says which value or option is wrong, and what to do.";

const NUMBERS: &str = "Describe numbers: count, minimum and maximum, mean, variance, skewness and kurtosis, or the statistics \
                       that are named. Every result is the correctly rounded value of the exact one.";

const TABLE: &str = "Describe the numeric columns of a table, for each group if group_by names a column. Every result is the \
                     correctly rounded value of the exact one. Missing values are left out and counted.";

const TABLE_ARGUMENT: &str =
    "The table as text: CSV or TSV with a header row, JSON records, or a JSON object for each line.";

/// The endpoint, whose tools are these operations of the document.
pub fn answer(operations: Router, document: &str) -> MethodRouter<SharedState> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let tools = vec![
        Tool::new("describe_numbers", NUMBERS, numbers_schema(&document)),
        Tool::new("describe_table", TABLE, table_schema(&document)),
    ];
    let agent = Agent { operations, tools };
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        // The address is the operator's affair; a page of another origin is refused.
        .disable_allowed_hosts()
        .enforce_origin_validation();
    let service =
        StreamableHttpService::new(move || Ok(agent.clone()), Arc::new(NeverSessionManager::default()), config);
    post(async move |headers: HeaderMap, upload: Upload| -> Result<Response, Error> {
        let body = upload.whole(MAX_MESSAGE_BYTES).await?;
        let mut request = Request::post("/mcp").body(Body::from(body)).map_err(|_| Error::Internal)?;
        *request.headers_mut() = headers;
        Ok(service.handle(request).await.map(Body::new))
    })
}

/// Arguments of the numbers: the body of `POST /numbers`.
fn numbers_schema(document: &Value) -> JsonObject {
    let mut schema = document["components"]["schemas"]["NumbersRequest"].clone();
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.retain(|name, _| !FILES.contains(&name.as_str()));
    }
    with_definitions(schema, document)
}

/// Arguments of a table: its text, and the parameters of `POST /table`.
fn table_schema(document: &Value) -> JsonObject {
    let parameters = document["paths"]["/table"]["post"]["parameters"].as_array();
    let options = parameters.into_iter().flatten().filter(|parameter| parameter["in"] == "query");
    let mut properties = JsonObject::new();
    properties.insert("table".into(), json!({"type": "string", "description": TABLE_ARGUMENT}));
    for option in options {
        let name = option["name"].as_str().unwrap_or_default();
        if !FILES.contains(&name) {
            let mut schema = option["schema"].clone();
            schema["description"] = option["description"].clone();
            properties.insert(name.into(), schema);
        }
    }
    let schema =
        json!({"type": "object", "properties": properties, "required": ["table"], "additionalProperties": false});
    with_definitions(schema, document)
}

/// A schema with what it refers to beside it, instead of in the document.
fn with_definitions(mut schema: Value, document: &Value) -> JsonObject {
    let mut definitions = JsonObject::new();
    let mut open = vec![schema.clone()];
    while let Some(part) = open.pop() {
        for name in references(&part) {
            if !definitions.contains_key(&name) {
                let definition = document["components"]["schemas"][&name].clone();
                open.push(definition.clone());
                definitions.insert(name, definition);
            }
        }
    }
    schema["$defs"] = definitions.into();
    let text = schema.to_string().replace(COMPONENTS, "#/$defs/");
    serde_json::from_str(&text).unwrap_or_default()
}

/// The beginning of a reference in the document.
const COMPONENTS: &str = "#/components/schemas/";

/// The names of the schemas that a schema refers to.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix(COMPONENTS));
            own.map(str::to_owned).into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// The server that an agent talks to.
#[derive(Clone)]
struct Agent {
    operations: Router,
    tools: Vec<Tool>,
}

impl ServerHandler for Agent {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.clone()))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = call.arguments.unwrap_or_default();
        let request = match &*call.name {
            "describe_numbers" => numbers_request(arguments),
            "describe_table" => table_request(arguments)?,
            _ => return Err(ErrorData::invalid_params("the tools are describe_numbers and describe_table", None)),
        };
        let request = request.map_err(|_| ErrorData::invalid_params("the options are too long", None))?;
        let response = self.operations.clone().oneshot(request).await.map_err(|never| match never {})?;
        result(response).await.map(Into::into)
    }
}

/// The request to the operation for numbers.
fn numbers_request(arguments: JsonObject) -> Result<Request, axum::http::Error> {
    let body = Body::from(Value::from(arguments).to_string());
    Request::post("/numbers").header(CONTENT_TYPE, media_types::JSON).body(body)
}

/// The request to the operation for a table: the options go to the URL.
fn table_request(mut arguments: JsonObject) -> Result<Result<Request, axum::http::Error>, ErrorData> {
    let Some(Value::String(table)) = arguments.remove("table") else {
        return Err(ErrorData::invalid_params("table should be the text of the table", None));
    };
    let mut url = "/table?".to_owned();
    for (name, value) in arguments {
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        for value in values {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            url.extend([&encoded(&name), "=", &encoded(&text), "&"]);
        }
    }
    Ok(Request::post(url.trim_end_matches(['&', '?'])).body(Body::from(table)))
}

/// Text as part of a query.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// The response of an operation as the result of a tool.
async fn result(response: Response) -> Result<CallToolResult, ErrorData> {
    let internal = || ErrorData::internal_error("the answer could not be read", None);
    let status = response.status();
    let bytes = response.into_body().collect().await.map_err(|_| internal())?.to_bytes();
    let Ok(text) = String::from_utf8(bytes.into()) else {
        return Err(ErrorData::invalid_params("the answer is not text; leave format out", None));
    };
    let structured = serde_json::from_str(&text).ok();
    let content = vec![ContentBlock::text(text)];
    let mut result =
        if status == StatusCode::OK { CallToolResult::success(content) } else { CallToolResult::error(content) };
    result.structured_content = structured;
    Ok(result)
}
