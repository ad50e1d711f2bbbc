//! `footnote mcp`: lets an assistant find, read and ask over standard input and output.

mod bridge;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use footnote::app::Needs;
use footnote::mcp;
use footnote::origin::Origin;
use footnote::state::AppState;
use footnote_core::Result;
use footnote_core::config::Config;

use crate::context::{self, Context};
use crate::exit::Outcome;
use crate::interrupt;

/// Nothing but what all commands take.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Serves the assistant that started this program, until it goes away. Where a server holds the
/// data directory, that one answers.
pub(crate) async fn run(_args: Args, context: Context) -> Result<Outcome> {
    let (settings, stop) = (context.settings()?, interrupt::watch()?);
    if let Some(server) = context.server_or_holder(&settings)? {
        bridge::run(server, &stop).await?;
        return Ok(Outcome::Done);
    }
    let origin = origin(&settings.config);
    // Nobody is listened to but whoever started the program.
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let app = Arc::new(context::open(settings, Needs::Both, "footnote mcp").await?);
    let (state, background) = AppState::start(Arc::clone(&app), nowhere, stop.clone())?;
    let served = mcp::serve_stdio(state, origin).await;
    stop.cancel();
    background.ended().await;
    app.close().await?;
    served.map(|()| Outcome::Done)
}

/// Returns where links lead: to the server, once it runs.
fn origin(config: &Config) -> Origin {
    match config.auth.public_url.as_str() {
        "" => Origin::at(&format!("http://{}", config.server.bind)),
        url => Origin::at(url),
    }
}
