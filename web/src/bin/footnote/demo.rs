//! `footnote demo`: the first thing to try. Models, sample documents, two answers, the page.

use console::style;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

use footnote::app::{self, App, Needs};
use footnote::samples::{self, COLLECTIONS, SampleCollection};
use footnote::server::{self, Listening};
use footnote::wire::answer::{Answer, AnswerRequest};
use footnote_core::config::{Config, ServerConfig};
use footnote_core::{Error, ErrorKind, Result};
use footnote_ingest::settings::Settings;
use footnote_ingest::{Input, Request};

use crate::ask::{self, Show, Viewer};
use crate::context::{self, Context};
use crate::exit::Outcome;
use crate::ingest::ingest;
use crate::options::Format;
use crate::output::Output;
use crate::{interrupt, models, serve};

/// What the demo's data directory is called, in the platform's place for data.
const DEMO_NAME: &str = "footnote-demo";

/// How many ports are tried, from the configured one on.
const PORTS: u16 = 20;

/// What to do at the end, and with which documents.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exit after the answers
    #[arg(long)]
    no_serve: bool,
    /// A folder with the sample documents, instead of those in the program
    #[arg(long, value_name = "DIR")]
    samples: Option<PathBuf>,
}

/// How long each step took, in seconds.
#[derive(serde::Serialize)]
struct Demo {
    models_seconds: f64,
    ingest_seconds: f64,
    answers_seconds: f64,
    answers: Vec<Answer>,
}

/// Shows what Footnote does, from nothing to a page in the browser.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let stop = interrupt::watch()?;
    let settings = settings(&context)?;
    let started = Instant::now();
    let folder = Arc::new(app::models(&settings)?);
    models::pull(folder, models::configured(&settings), context.progress()).await?;
    let models_seconds = started.elapsed().as_secs_f64();
    let app = context::open(settings, Needs::Both, "footnote demo").await?;

    let started = Instant::now();
    if !read_samples(&app, args.samples.as_deref(), &context, &stop).await? {
        app.close().await?;
        return Ok(Outcome::Interrupted);
    }
    let ingest_seconds = started.elapsed().as_secs_f64();

    let started = Instant::now();
    let mut answers = Vec::new();
    for sample in COLLECTIONS {
        let Some(answer) = answer(&app, &sample, &context, &stop).await? else {
            app.close().await?;
            return Ok(Outcome::Interrupted);
        };
        answers.push(answer);
    }
    let answers_seconds = started.elapsed().as_secs_f64();
    let demo = Demo { models_seconds, ingest_seconds, answers_seconds, answers };
    context.output().one(&demo, |demo| what_next(demo, &app.settings.data_dir))?;
    if args.no_serve {
        app.close().await?;
        return Ok(Outcome::Done);
    }
    let listening = free_port(&app.settings.config).await?;
    let url = listening.url();
    let page = format!("\n{} {url}  (ctrl-C ends it)", style("Open").green().bold());
    crate::progress::line(&page);
    serve::serve(Arc::new(app), listening, stop).await?;
    Ok(Outcome::Done)
}

/// Reads the configuration, with a data directory of the demo's own.
fn settings(context: &Context) -> Result<Settings> {
    let mut settings = context.settings()?;
    // The models are those of the ordinary data directory: what the demo pulls is there to stay.
    settings.config.models.dir = settings.models_dir();
    settings.data_dir = match context.data_dir() {
        Some(given) => given.join("demo"),
        None => directories::ProjectDirs::from("", "", DEMO_NAME)
            .map(|folders| folders.data_dir().to_owned())
            .ok_or_else(|| {
                Error::unavailable("this user has no home folder to keep data in")
                    .hint("Give --data-dir.")
            })?,
    };
    Ok(settings)
}

/// Reads the sample documents; `false` when it was stopped.
async fn read_samples(
    app: &App,
    given: Option<&Path>,
    context: &Context,
    stop: &CancellationToken,
) -> Result<bool> {
    let dir = match given {
        Some(dir) => dir.to_owned(),
        None => app.settings.data_dir.join("samples"),
    };
    if given.is_none() {
        samples::write(&dir)?;
    }
    for sample in COLLECTIONS {
        let request = Request {
            collection: sample.name.to_owned(),
            inputs: vec![Input::Path(dir.join(sample.name))],
            ..Request::default()
        };
        let report = ingest(app, request, context.progress(), stop.clone()).await?;
        let summary = crate::ingest::report_text(&report);
        context.progress().say(&format!("{:<20} {}", sample.name, summary.trim_end()));
        if report.cancelled {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Answers the question of a sample collection; `None` when it was stopped.
async fn answer(
    app: &App,
    sample: &SampleCollection,
    context: &Context,
    stop: &CancellationToken,
) -> Result<Option<Answer>> {
    if context.output().format() == Format::Text {
        Output::line(format!("\n{}", style(sample.question).bold()))?;
    }
    let request = AnswerRequest {
        question: sample.question.to_owned(),
        collections: vec![sample.name.to_owned()],
        ..AnswerRequest::default()
    };
    let viewer = Viewer { show: Show::on(context.output()), style: context.progress() };
    ask::answer(app, &request, viewer, stop).await
}

/// Says how long it took and how to go on.
fn what_next(demo: &Demo, data_dir: &Path) -> String {
    let times = style(format!(
        "models {:.1} s · documents {:.1} s · answers {:.1} s",
        demo.models_seconds, demo.ingest_seconds, demo.answers_seconds
    ));
    let heading = style("Go on with your own documents:").bold();
    format!(
        "\n{}\n\n{heading}\n  footnote models pull\n  footnote ingest ./docs\n  footnote ask \"…\"\n  \
         footnote serve --open\n\n{}\n",
        times.dim(),
        style(format!("The demo keeps its data in {}", data_dir.display())).dim(),
    )
}

/// Listens on the configured port, or on the next one that is free.
async fn free_port(config: &Config) -> Result<Listening> {
    let taken = match server::bind(config).await {
        Err(error) if error.kind() == ErrorKind::Conflict => error,
        bound => return bound,
    };
    let Some((host, port)) = config.server.bind.rsplit_once(':') else { return Err(taken) };
    let Ok(port) = port.parse::<u16>() else { return Err(taken) };
    for next in (port..=port.saturating_add(PORTS)).skip(1) {
        let bind = format!("{host}:{next}");
        let server = ServerConfig { bind, ..config.server.clone() };
        let config = Config { server, ..config.clone() };
        match server::bind(&config).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            bound => return bound,
        }
    }
    Err(taken)
}
