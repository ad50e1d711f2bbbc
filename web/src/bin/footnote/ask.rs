//! `footnote ask`: answers a question with footnotes.

mod show;

use futures_util::stream::{self, Stream, StreamExt as _};
use std::pin::pin;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use footnote::app::{App, Needs};
use footnote::wire::answer::{Answer, AnswerRequest};
use footnote::wire::event::Event;
use footnote_core::answer::{AnswerEvent, AnswerMode, FinishReason};
use footnote_core::{ErrorKind, Result};
use footnote_ingest::settings::Settings;

use crate::as_of::AsOf;
use crate::client::{self, Server};
use crate::context::{self, Context};
use crate::exit::Outcome;
use crate::interrupt;
use crate::options::Format;
use crate::progress::{Style, Waiting};

pub(crate) use show::Show;

/// How far the model may run ahead of the terminal.
const EVENTS_AHEAD: usize = 32;

/// What to ask and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The question
    question: String,
    /// Only from this collection (may be repeated) [default: all]
    #[arg(short, long = "collection", value_name = "COLLECTION")]
    collections: Vec<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Who writes the answer
    #[arg(long, value_enum, default_value_t, value_name = "MODE")]
    mode: Mode,
}

/// Who writes the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Mode {
    /// The model drafts; shown only if every sentence is supported, otherwise quotes
    #[default]
    Auto,
    /// The model writes; sentences without support are marked
    Generate,
    /// The best sentences word for word, no model
    Quote,
}

impl From<Mode> for AnswerMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Auto => Self::Auto,
            Mode::Generate => Self::Generate,
            Mode::Quote => Self::Quote,
        }
    }
}

impl From<Args> for AnswerRequest {
    fn from(args: Args) -> Self {
        Self {
            question: args.question,
            collections: args.collections,
            mode: args.mode.into(),
            as_of: args.as_of.into_text(),
            ..Self::default()
        }
    }
}

/// Answers the question, or lets the server answer it that holds the data directory.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let (request, settings, output) =
        (AnswerRequest::from(args), context.settings()?, context.output());
    let viewer = Viewer { show: Show::on(output), style: context.progress() };
    let answered = match context.server_or_holder(&settings)? {
        Some(server) => {
            let answered = ask(server.clone(), &request, viewer).await;
            client::explained(answered, (&server, &settings), &request.collections).await?
        }
        None => ask_here(&request, settings, viewer).await?,
    };
    let Some(answer) = answered else { return Ok(Outcome::Interrupted) };
    if output.format() != Format::Text {
        output.one(&answer, |_| String::new())?;
    }
    Ok(match answer.finish_reason {
        FinishReason::Stop | FinishReason::Length => Outcome::Done,
        FinishReason::NoAnswer => Outcome::NoAnswer,
        FinishReason::Cancelled => Outcome::Interrupted,
    })
}

/// Lets a server answer; `None` when it was stopped.
async fn ask(server: Server, request: &AnswerRequest, viewer: Viewer) -> Result<Option<Answer>> {
    let stop = interrupt::watch()?;
    match stop.run_until_cancelled(server.ask(request)).await {
        Some(events) => viewer.show(events?, &stop).await,
        None => Ok(None),
    }
}

/// Opens the data directory and answers in this process; `None` when it was stopped.
async fn ask_here(
    request: &AnswerRequest,
    settings: Settings,
    viewer: Viewer,
) -> Result<Option<Answer>> {
    let needs = if request.mode == AnswerMode::Quote { Needs::Embedder } else { Needs::Both };
    let app = context::open(settings, needs, "footnote ask").await?;
    let answered = answer(&app, request, viewer, &interrupt::watch()?).await;
    app.close().await?;
    answered
}

/// Answers a question and shows the answer as it comes; `None` when it was stopped.
pub(crate) async fn answer(
    app: &App,
    request: &AnswerRequest,
    viewer: Viewer,
    stop: &CancellationToken,
) -> Result<Option<Answer>> {
    app.check_question(&request.question)?;
    let (scope, question) = (app.scope(&request.collections).await?, request.question()?);
    let (sender, events) = mpsc::channel(EVENTS_AHEAD);
    let write = async {
        let outcome = app.answerer.get().answer(&scope, &question, &sender).await;
        drop(sender);
        outcome
    };
    // That the viewer drops the events, at the end, is what stops the model.
    let (written, shown) = tokio::join!(write, viewer.show(heard(events), stop));
    match written {
        Err(error) if error.kind() != ErrorKind::Cancelled => Err(error),
        Ok(_) | Err(_) => shown,
    }
}

/// Yields what the answerer tells.
fn heard(events: mpsc::Receiver<AnswerEvent>) -> impl Stream<Item = Result<Event>> {
    stream::unfold(events, async |mut events| {
        let event = events.recv().await?;
        Some((Ok(Event::from(&event)), events))
    })
}

/// How an answer is shown, and that one has to wait for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer {
    /// How the answer is shown.
    pub(crate) show: Show,
    /// How it is shown that one has to wait.
    pub(crate) style: Style,
}

impl Viewer {
    /// Shows what happens until the end, and returns the answer; `None` when it is stopped before.
    async fn show(
        self,
        events: impl Stream<Item = Result<Event>>,
        stop: &CancellationToken,
    ) -> Result<Option<Answer>> {
        let waiting = Waiting::new(self.style, "Searching the documents…");
        let mut events = pin!(events);
        loop {
            let event = tokio::select! {
                event = events.next() => event.transpose()?,
                () = stop.cancelled() => None,
            };
            let Some(event) = event else { return Ok(None) };
            match &event {
                Event::Queued { position } => waiting.say(format!("{position} are first…")),
                Event::Retrieved { sources } => {
                    waiting.say(format!("Reading {} passages…", sources.len()));
                }
                Event::Text { .. } | Event::Completed(_) | Event::Failed(_) => waiting.finish(),
                Event::Created { .. } | Event::Cited(_) | Event::Notice { .. } => {}
            }
            self.show.event(&event)?;
            if let Event::Completed(answer) = event {
                return Ok(Some(*answer));
            }
        }
    }
}
