//! `footnote serve`: serves the page and the HTTP API on this machine.

use console::style;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use footnote::app::{App, Needs};
use footnote::routes::router;
use footnote::server::{self, Listening};
use footnote::state::AppState;
use footnote_core::Result;

use crate::context::{self, Context};
use crate::exit::Outcome;
use crate::interrupt;
use crate::output::Output;

/// Where to listen.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address to listen on; where others reach it, people sign in [default: 127.0.0.1:8620]
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<String>,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
}

/// Serves until it is interrupted.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let (mut settings, traces) = context.traced()?;
    if let Some(bind) = args.bind {
        settings.config.server.bind = bind;
    }
    // The address is taken first: a bad one must not cost the loading of models.
    let listening = server::bind(&settings.config).await?;
    let app = context::open(settings, Needs::Both, "footnote serve").await?;
    let url = listening.url();
    Output::line(format!("{} {url}", style("Serving").green().bold()))?;
    if args.open {
        open_browser(&url);
    }
    let served = serve(Arc::new(app), listening, interrupt::watch()?).await;
    if let Some(traces) = traces {
        traces.end().await;
    }
    served.map(|()| Outcome::Done)
}

/// Serves the page and the API until the token is cancelled, then closes the data directory.
pub(crate) async fn serve(
    app: Arc<App>,
    listening: Listening,
    stop: CancellationToken,
) -> Result<()> {
    app.store.describe(&listening.url())?;
    let (state, background) = AppState::start(Arc::clone(&app), listening.address(), stop.clone())?;
    offer_setup(&state, &listening).await?;
    server::serve(listening, router(state), &app.settings.config.server, stop).await;
    background.ended().await;
    app.close().await
}

/// Says where the first admin is made, where people sign in and nobody can yet.
async fn offer_setup(state: &AppState, listening: &Listening) -> Result<()> {
    let Some(secret) = state.access.offer_setup().await? else { return Ok(()) };
    let configured = &state.app.settings.config.auth.public_url;
    let url = if configured.is_empty() { listening.url() } else { configured.clone() };
    let link = format!("{}/setup#{secret}", url.trim_end_matches('/'));
    Output::line(format!(
        "{} {link}\n      Whoever opens it makes the first admin. It works once, until then nothing \
         else does.",
        style("Set up").yellow().bold()
    ))
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
