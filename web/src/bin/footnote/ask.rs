//! `footnote ask`: answers a question with footnotes.

mod show;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use footnote::app::{App, Needs};
use footnote::wire::answer::Answer;
use footnote_core::access::Scope;
use footnote_core::answer::{AnswerEvent, AnswerMode, FinishReason, Question};
use footnote_core::{ErrorKind, Result};

use crate::as_of::AsOf;
use crate::context::Context;
use crate::exit::Outcome;
use crate::interrupt;
use crate::options::Format;
use crate::output::Output;
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

/// Answers the question.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let needs = if args.mode == Mode::Quote { Needs::Embedder } else { Needs::Both };
    let app = context.app(needs, "footnote ask").await?;
    let scope = app.scope(&args.collections).await?;
    let mode = args.mode.into();
    let as_of = args.as_of.moment();
    let question = Question { text: args.question, mode, as_of, ..Question::default() };
    let output = context.output();
    let show = match output.format() {
        Format::Text if Output::is_terminal() => Show::Stream,
        Format::Text => Show::Markdown,
        Format::Json | Format::Jsonl => Show::Nothing,
    };
    let answered = answer(
        &app,
        &Asking { scope, question, show, style: context.progress() },
        interrupt::watch()?,
    )
    .await;
    app.close().await?;
    let Some(answer) = answered? else { return Ok(Outcome::Interrupted) };
    if output.format() != Format::Text {
        output.one(&answer, |_| String::new())?;
    }
    Ok(if answer.finish_reason == FinishReason::NoAnswer {
        Outcome::NoAnswer
    } else {
        Outcome::Done
    })
}

/// A question and how its answer is shown.
pub(crate) struct Asking {
    /// What may be read.
    pub(crate) scope: Scope,
    /// The question.
    pub(crate) question: Question,
    /// How the answer is shown.
    pub(crate) show: Show,
    /// How it is shown that one has to wait.
    pub(crate) style: Style,
}

/// Answers a question and shows the answer as it comes; `None` when it was stopped.
pub(crate) async fn answer(
    app: &App,
    asking: &Asking,
    stop: CancellationToken,
) -> Result<Option<Answer>> {
    let (sender, events) = mpsc::channel(EVENTS_AHEAD);
    let write = async {
        let outcome = app.answerer.answer(&asking.scope, &asking.question, &sender).await;
        drop(sender);
        outcome
    };
    let (written, shown) = tokio::join!(write, show(asking, events, stop));
    shown?;
    match written {
        Ok(answer) => Ok(Some(Answer::from(&answer))),
        Err(error) if error.kind() == ErrorKind::Cancelled => Ok(None),
        Err(error) => Err(error),
    }
}

/// Shows what happens until the end or until it is stopped.
async fn show(
    asking: &Asking,
    mut events: mpsc::Receiver<AnswerEvent>,
    stop: CancellationToken,
) -> Result<()> {
    let waiting = Waiting::new(asking.style, "Searching the documents…");
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = stop.cancelled() => None,
        };
        // Dropping the receiver, at the end, is what stops the model.
        let Some(event) = event else { break };
        match &event {
            AnswerEvent::Retrieved(found) => {
                waiting.say(format!("Reading {} passages…", found.len()));
            }
            AnswerEvent::Text(_) | AnswerEvent::Finished(_) => waiting.finish(),
            AnswerEvent::Cited(_) | AnswerEvent::Notice(_) => {}
        }
        asking.show.event(&event)?;
    }
    waiting.finish();
    Ok(())
}
