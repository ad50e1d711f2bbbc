//! Takes what an assistant sends, and hands it to the tool that is meant.

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Extensions,
    Implementation, JsonObject, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ResourceTemplate,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use footnote_core::access::KeyScope;

use super::desk::{Desk, request_id};
use super::{ask, fetch, listing, resources, search, tools};
use crate::error::ApiError;

/// What assistants are told before anything else.
const INSTRUCTIONS: &str = "Footnote answers from the documents of its owner. Use `ask` for \
                            questions: its sentences are proven by the citations that come with \
                            them. Use `search` and `fetch` to look for yourself. Pass the `url` of \
                            a citation on: it opens the exact passage.";

/// Serves one assistant.
pub(crate) struct Handler {
    desk: Desk,
}

impl Handler {
    pub(super) fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Runs a tool and returns what it found as JSON.
    async fn run(
        &self,
        name: &str,
        arguments: JsonObject,
        context: &RequestContext<RoleServer>,
    ) -> Result<Value, ApiError> {
        let use_of = if name == tools::ASK { KeyScope::Ask } else { KeyScope::Read };
        let (desk, visit) = (&self.desk, self.desk.visit(&context.extensions, use_of)?);
        match name {
            tools::SEARCH => json(&search::run(desk, &visit, read(arguments)?).await?),
            tools::FETCH => json(&fetch::run(desk, &visit, read(arguments)?).await?),
            tools::ASK => json(&ask::run(desk, &visit, read(arguments)?, context).await?),
            tools::LIST_COLLECTIONS => json(&listing::run(desk, &visit, read(arguments)?).await?),
            _ => Err(ApiError::not_found(format!("there is no tool `{name}`"))),
        }
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("footnote", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().into_iter().find(|tool| tool.name == name)
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if self.get_tool(&call.name).is_none() {
            return Err(ErrorData::invalid_params(
                format!("there is no tool `{}`", call.name),
                None,
            ));
        }
        let arguments = call.arguments.unwrap_or_default();
        let result = match self.run(&call.name, arguments, &context).await {
            Ok(found) => CallToolResult::structured(found),
            Err(error) => {
                error.log(request_id(&context.extensions));
                CallToolResult::error(vec![ContentBlock::text(error.detail())])
            }
        };
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = page.and_then(|page| page.cursor);
        let listed = async {
            let visit = self.desk.visit(&context.extensions, KeyScope::Read)?;
            resources::list(&self.desk, &visit, cursor.as_deref()).await
        };
        listed.await.map_err(|error| refused(&error, &context.extensions))
    }

    async fn list_resource_templates(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let document = ResourceTemplate::new(resources::TEMPLATE, "document")
            .with_description("The text of a document")
            .with_mime_type("text/plain");
        Ok(ListResourceTemplatesResult::with_all_items(vec![document]))
    }

    async fn read_resource(
        &self,
        wanted: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = async {
            let visit = self.desk.visit(&context.extensions, KeyScope::Read)?;
            resources::read(&self.desk, &visit, &wanted.uri).await
        };
        let read = read.await.map_err(|error| refused(&error, &context.extensions))?;
        Ok(read.into())
    }
}

/// Reads the arguments of a tool.
fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, ApiError> {
    serde_json::from_value(Value::Object(arguments))
        .map_err(|error| ApiError::invalid(format!("the arguments cannot be used: {error}")))
}

fn json(found: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(found).map_err(|error| ApiError::internal(error.to_string()))
}

/// Says what went wrong where there is no tool to say it.
fn refused(error: &ApiError, extensions: &Extensions) -> ErrorData {
    error.log(request_id(extensions));
    let detail = error.detail().to_owned();
    if error.is_missing() {
        ErrorData::resource_not_found(detail, None)
    } else if error.is_our_fault() {
        ErrorData::internal_error(detail, None)
    } else {
        ErrorData::invalid_params(detail, None)
    }
}
