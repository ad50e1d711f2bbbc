//! `footnote serve`: serves the page and the HTTP API on this machine.

use console::style;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use footnote::app::{App, Needs};
use footnote::routes::router;
use footnote::server;
use footnote::state::AppState;
use footnote_core::{Error, Result};

use crate::context::{self, Context};
use crate::exit::Outcome;
use crate::interrupt;
use crate::output::Output;

/// Where to listen.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address to listen on; only loopback without accounts [default: 127.0.0.1:8620]
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<String>,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
}

/// Serves until it is interrupted.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let mut settings = context.settings()?;
    if let Some(bind) = args.bind {
        settings.config.server.bind = bind;
    }
    // The address is taken first: a bad one must not cost the loading of models.
    let listener = server::bind(&settings.config.server).await?;
    let app = context::open(settings, Needs::Both, "footnote serve").await?;
    let url = url(&listener)?;
    Output::line(format!("{} {url}", style("Serving").green().bold()))?;
    if args.open {
        open_browser(&url);
    }
    serve(Arc::new(app), listener, interrupt::watch()?).await?;
    Ok(Outcome::Done)
}

/// Serves the page and the API until the token is cancelled, then closes the data directory.
pub(crate) async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<()> {
    app.store.describe(&url(&listener)?)?;
    let (state, background) = AppState::start(Arc::clone(&app), stop.clone());
    server::serve(listener, router(state), &app.settings.config.server, stop).await;
    background.ended().await;
    app.close().await
}

/// Returns the address of the page.
pub(crate) fn url(listener: &TcpListener) -> Result<String> {
    let address: SocketAddr = listener
        .local_addr()
        .map_err(|error| Error::internal("cannot tell the server's address").because(error))?;
    Ok(format!("http://{address}"))
}

/// Opens a page in the user's browser; the address is printed anyway.
fn open_browser(url: &str) {
    let (program, arguments): (_, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let started = Command::new(program)
        .args(arguments)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        tracing::warn!(%error, "cannot open a browser");
    }
}
