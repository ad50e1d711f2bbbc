//! `footnote collections` of a server.

use console::style;
use hyper::Method;
use serde_json::json;

use footnote::wire::collection::Collection;
use footnote::wire::escaped;
use footnote_core::{Error, Result};

use crate::client::Server;
use crate::collections::{Command, table};
use crate::context::Context;
use crate::exit::Outcome;
use crate::output::Output;

/// Does what the command says.
pub(super) async fn run(command: Command, server: &Server, context: &Context) -> Result<Outcome> {
    const PATH: &str = "/api/v1/collections";
    match command {
        Command::List => {
            let all = server.list::<Collection>(PATH, usize::MAX).await?;
            context.output().list(&all, table)?;
        }
        Command::Create { name } => {
            let made: Collection = server.create(PATH, &json!({ "name": name })).await?;
            context.output().list(&[made], table)?;
        }
        Command::Rm { purge: true, .. } => {
            return Err(Error::invalid("a server purges by itself, within a day")
                .hint("Leave --purge out, or run it where the data directory is."));
        }
        Command::Rm { name, confirm, .. } => {
            let path = format!("{PATH}/{}", escaped(&name));
            let known: Collection = server.get(&path).await?;
            confirm.ask(&format!("Remove `{name}` and its {} documents?", known.documents))?;
            server.order(Method::DELETE, &path).await?;
            Output::line(format!("{} {name}", style("Removed").green().bold()))?;
        }
    }
    Ok(Outcome::Done)
}
