//! `footnote eval`: measures retrieval and answers on a set of questions.

mod ask;
mod table;

use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

use footnote::app::Needs;
use footnote_answer::eval::{EvalQuestion, Outcomes, Report, parse_questions, report};
use footnote_core::{Error, Result};
use footnote_ingest::settings::Settings;
use footnote_ingest::{Input, Request};

use crate::context::{self, Context};
use crate::exit::Outcome;
use crate::ingest::{ingest, report_text};
use crate::options::Format;
use crate::output::Output;
use crate::{ask as asking, interrupt, search};
use ask::Examiner;

/// The collection that the set's documents go to.
const COLLECTION: &str = "eval";

const EXAMPLES: &str = "\
A set is a folder with `corpus/` (files as a user has them) and `questions.jsonl`.

Examples:
  footnote eval docs/evaluation/samples
  footnote eval ./my-set --answers quote --format jsonl > lines.jsonl
  footnote eval ./my-set --fail-under recall@5=0.8 --fail-under mrr@10=0.7";

/// What to measure.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The folder of the set
    dataset: PathBuf,
    /// Which rankings take part
    #[arg(long, value_enum, default_value_t, value_name = "MODE")]
    mode: search::Mode,
    /// How many passages each search returns
    #[arg(short, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    k: u16,
    /// Answer the questions too, in this way
    #[arg(long, value_enum, value_name = "MODE")]
    answers: Option<asking::Mode>,
    /// Ask only the first so many questions
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Fail when a figure is below a value (may be repeated)
    #[arg(long, value_name = "FIGURE=VALUE", value_parser = gate)]
    fail_under: Vec<Gate>,
    /// Keep the data directory here, and use what is in it already
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// A figure and the least it may be.
#[derive(Debug, Clone, Serialize)]
struct Gate {
    figure: String,
    at_least: f64,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Summary {
    dataset: String,
    questions: usize,
    graded: usize,
    figures: BTreeMap<String, f64>,
    passage_tokens_mean: f64,
    ingest_seconds: f64,
    failed_documents: usize,
    missed: Vec<Gate>,
}

/// Measures and reports.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let stop = interrupt::watch()?;
    let questions = questions(&args)?;
    let (settings, _temporary) = settings(&args, &context)?;
    let needs = match args.answers {
        None | Some(asking::Mode::Quote) => Needs::Embedder,
        Some(asking::Mode::Auto | asking::Mode::Generate) => Needs::Both,
    };
    let app = context::open(settings, needs, "footnote eval").await?;
    let request = request(&args.dataset);
    let ingested = ingest(&app, request, context.progress(), stop.clone()).await?;
    context.progress().say(report_text(&ingested).trim_end());
    let examiner = Examiner {
        app: &app,
        mode: args.mode.into(),
        k: usize::from(args.k),
        answers: args.answers.map(Into::into),
        style: context.progress(),
    };
    let sheet = examiner.examine(&questions, &stop).await?;
    app.close().await?;
    if ingested.cancelled || stop.is_cancelled() {
        return Ok(Outcome::Interrupted);
    }
    let graded = report(&questions, &sheet.outcomes);
    let summary = Summary {
        dataset: args.dataset.display().to_string(),
        questions: graded.n_questions,
        graded: graded.n_graded,
        passage_tokens_mean: sheet.passage_tokens_mean,
        ingest_seconds: ingested.seconds,
        failed_documents: ingested.failed.len(),
        missed: missed(&args.fail_under, &graded)?,
        figures: graded.figures.into_iter().collect(),
    };
    show(context.output(), &questions, &sheet.outcomes, &summary)?;
    Ok(if summary.missed.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}

/// Writes a line per question where lines are wanted, and the summary.
fn show(
    output: Output,
    questions: &[EvalQuestion],
    outcomes: &Outcomes,
    summary: &Summary,
) -> Result<()> {
    if output.format() == Format::Jsonl {
        output.list(&ask::lines(questions, outcomes), |_| String::new())?;
        return output.one(&serde_json::json!({ "summary": summary }), |_| String::new());
    }
    output.one(summary, table::text)
}

/// Reads the questions of the set.
fn questions(args: &Args) -> Result<Vec<EvalQuestion>> {
    let path = args.dataset.join("questions.jsonl");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Error::not_found(format!("cannot read {}", path.display()))
            .hint("A set is a folder with `corpus/` and `questions.jsonl`.")
            .because(error)
    })?;
    let mut questions = parse_questions(&text)?;
    questions.truncate(args.limit.unwrap_or(usize::MAX));
    Ok(questions)
}

/// Reads the configuration, with a data directory that is kept or passing.
fn settings(args: &Args, context: &Context) -> Result<(Settings, Option<TempDir>)> {
    let mut settings = context.settings()?;
    settings.config.models.dir = settings.models_dir();
    let temporary = match &args.keep {
        Some(_kept) => None,
        None => Some(tempfile::tempdir().map_err(|error| {
            Error::unavailable("cannot make a temporary folder").because(error)
        })?),
    };
    let passing = temporary.as_ref().map(TempDir::path);
    if let Some(dir) = args.keep.as_deref().or(passing) {
        dir.clone_into(&mut settings.data_dir);
    }
    Ok((settings, temporary))
}

fn request(dataset: &Path) -> Request {
    Request {
        collection: COLLECTION.to_owned(),
        inputs: vec![Input::Path(dataset.join("corpus"))],
        ..Request::default()
    }
}

/// Returns the gates that were missed.
fn missed(gates: &[Gate], report: &Report) -> Result<Vec<Gate>> {
    let mut missed = Vec::new();
    for gate in gates {
        let Some(value) = report.figure(&gate.figure) else {
            let known: Vec<_> = report.figures.iter().map(|(name, _)| name.as_str()).collect();
            return Err(Error::invalid(format!("nothing was measured as `{}`", gate.figure))
                .hint(format!("Measured were {}.", known.join(", "))));
        };
        if value < gate.at_least {
            missed.push(gate.clone());
        }
    }
    Ok(missed)
}

/// Reads a gate such as `recall@5=0.8`.
fn gate(text: &str) -> std::result::Result<Gate, String> {
    let (figure, value) = text.split_once('=').ok_or("write it as FIGURE=VALUE")?;
    let at_least = value.parse().map_err(|_unreadable| format!("`{value}` is not a number"))?;
    Ok(Gate { figure: figure.to_owned(), at_least })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_missed_only_below_its_value() {
        let report = Report { figures: vec![("recall@5".to_owned(), 0.8)], ..Report::default() };
        let missed_by = |text: &str| missed(&[gate(text).unwrap()], &report);
        assert!(missed_by("recall@5=0.8").unwrap().is_empty());
        assert_eq!(missed_by("recall@5=0.81").unwrap().len(), 1);
        assert!(missed_by("recal@5=0.1").is_err());
        assert!(gate("recall@5").is_err());
    }
}
