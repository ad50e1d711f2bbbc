//! `footnote reindex`: builds the index anew, or embeds everything with another model.

use console::style;
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::time::sleep;

use footnote::{app, auth};
use footnote_core::job::{ItemFilter, JobState};
use footnote_core::{Error, Result};
use footnote_ingest::reembed;
use footnote_model::catalog::Role;
use footnote_store::{SpaceState, Store, holder};

use crate::context::Context;
use crate::exit::Outcome;
use crate::hands::Hands;
use crate::interrupt;
use crate::progress::{Style, Waiting};

/// How many documents pass between two signs of life.
const BETWEEN_SIGNS: usize = 1000;

/// How often it is looked how many texts are left.
const LOOK: Duration = Duration::from_secs(1);

const EXAMPLES: &str = "\
Examples:
  footnote reindex                             Build the index anew from the stored vectors
  footnote reindex --embedder my-model         Embed everything with another model; the one before
                                               answers until it is done, and is kept
  footnote reindex --roll-back                 Go back to the model before
  footnote reindex --drop-old                  Give the disk of the model before back";

/// What to build.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Embed everything with this model, a name of `footnote models list`
    #[arg(long, value_name = "MODEL")]
    embedder: Option<String>,
    /// Let the model before serve again
    #[arg(long, conflicts_with = "embedder")]
    roll_back: bool,
    /// Drop the vectors and the index of models that do not serve
    #[arg(long, conflicts_with_all = ["embedder", "roll_back"])]
    drop_old: bool,
}

/// What was built.
#[derive(Serialize)]
struct Reindexed {
    model: Option<String>,
    points: Option<usize>,
    seconds: f64,
}

/// Does what is asked for; whatever serves goes on until the new one is complete.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let started = Instant::now();
    let reindexed = match args.embedder {
        Some(model) => match change_model(&model, &context).await? {
            Some(outcome) => return Ok(outcome),
            None => Reindexed { model: Some(model), points: None, seconds: 0.0 },
        },
        None if args.roll_back => roll_back(&context).await?,
        None if args.drop_old => return drop_old(&context).await,
        None => rebuild(&context).await?,
    };
    let reindexed = Reindexed { seconds: started.elapsed().as_secs_f64(), ..reindexed };
    context.output().one(&reindexed, text)?;
    if let Some(model) = &reindexed.model {
        configure(model, &context)?;
    }
    Ok(Outcome::Done)
}

/// Says what to configure, so that no command has to say that it uses another model.
fn configure(model: &str, context: &Context) -> Result<()> {
    if context.peek()?.config.models.embedder != model {
        let label = style("next:").for_stderr().cyan().bold();
        let line =
            format!("{label} put it into the configuration:\n[models]\nembedder = \"{model}\"");
        context.progress().say(&line);
    }
    Ok(())
}

/// Makes sure that a model embeds and is installed, where this process is to load it.
fn check_model(model: &str, context: &Context) -> Result<()> {
    let settings = context.peek()?;
    if holder(&settings.data_dir).is_some() {
        return Ok(());
    }
    let installed = app::models(&settings)?.get(model)?;
    if installed.card.role == Role::Embedder {
        return Ok(());
    }
    Err(Error::invalid(format!("{model} is not a model that embeds"))
        .hint("Name an embedder of `footnote models list`."))
}

/// Builds the index from the stored vectors.
async fn rebuild(context: &Context) -> Result<Reindexed> {
    let store = context.store("footnote reindex").await?;
    let progress = context.progress();
    let report = store
        .reindex(&|n_done, n_documents| {
            if n_done % BETWEEN_SIGNS == 0 {
                progress.say(&format!("{n_done}/{n_documents} documents"));
            }
        })
        .await?;
    store.close().await?;
    Ok(Reindexed { model: None, points: Some(report.n_points), seconds: 0.0 })
}

/// Embeds everything with another model; an outcome when that did not come to its end.
async fn change_model(model: &str, context: &Context) -> Result<Option<Outcome>> {
    check_model(model, context)?;
    let hands = Hands::find(context, "footnote reindex").await?;
    let scope = auth::scope(&auth::command_line(), &[])?;
    let job = reembed::enqueue(hands.store(), &scope, model).await?;
    let cancel = interrupt::watch()?;
    let working = hands.finish(job, Style::Silent, &cancel);
    let ended = tokio::select! {
        ended = working => ended?,
        failed = show_what_is_left(hands.store(), context.progress(), model) => return Err(failed),
    };
    let items = hands.store().job_items(&scope, job, &ItemFilter::default(), 1).await?;
    hands.close().await?;
    let why = items.into_iter().next().and_then(|item| item.failure).map(|failure| failure.detail);
    match (ended.state, why) {
        (JobState::Completed, None) => Ok(None),
        (JobState::Queued | JobState::Running | JobState::Cancelled, _) => {
            context.progress().say("What was embedded is kept; the same command goes on with it.");
            Ok(Some(Outcome::Interrupted))
        }
        (JobState::Completed | JobState::Failed, why) => {
            let why = ended.detail.or(why).unwrap_or_else(|| "see `footnote jobs list`".to_owned());
            Err(Error::unavailable(format!("cannot embed everything with `{model}`: {why}")))
        }
    }
}

/// Shows how many texts are left to embed, until it is dropped.
async fn show_what_is_left(store: &Store, style: Style, model: &str) -> Error {
    let waiting = Waiting::new(style, "preparing");
    let (mut n_all, mut last) = (0, String::new());
    loop {
        sleep(LOOK).await;
        let spaces = match store.spaces().await {
            Ok(spaces) => spaces,
            Err(error) => return error,
        };
        let building = spaces
            .iter()
            .find(|space| space.state == SpaceState::Building && space.spec.model == model);
        let Some(space) = building else { continue };
        let Ok(n_left) = store.n_texts_to_embed(&space.spec.fingerprint).await else { continue };
        n_all = n_all.max(n_left);
        let said = match n_left {
            0 => "building the index".to_owned(),
            _ => format!("{}/{n_all} texts embedded", n_all - n_left),
        };
        if style == Style::Plain && said != last {
            style.say(&said);
        }
        waiting.say(said.clone());
        last = said;
    }
}

async fn roll_back(context: &Context) -> Result<Reindexed> {
    let store = context.store("footnote reindex").await?;
    let serving = store.roll_back().await?;
    store.close().await?;
    Ok(Reindexed { model: Some(serving.model), points: None, seconds: 0.0 })
}

async fn drop_old(context: &Context) -> Result<Outcome> {
    let store = context.store("footnote reindex").await?;
    let spaces = store.spaces().await?;
    let old: Vec<_> =
        spaces.into_iter().filter(|space| space.state != SpaceState::Serving).collect();
    for space in &old {
        store.drop_space(&space.spec.fingerprint).await?;
        context.progress().say(&format!("dropped `{}`", space.spec.model));
    }
    store.vacuum().await?;
    store.close().await?;
    if old.is_empty() {
        context.progress().say("No model but the one that serves has anything here.");
    }
    Ok(Outcome::Done)
}

fn text(done: &Reindexed) -> String {
    let mark = style("Done").green().bold();
    let what = match (&done.model, done.points) {
        (Some(model), _) => format!("questions are answered with `{model}`"),
        (None, Some(points)) => format!("{points} chunks indexed"),
        (None, None) => String::new(),
    };
    format!("{mark} {what} in {:.1} s\n", done.seconds)
}
