//! `footnote doctor`: checks the installation and says what to do about what is amiss.

mod models;
mod store;

use console::style;

use footnote::doctor::{Check, State, data, ocr, parser, provider};
use footnote_core::Result;
use footnote_ingest::sandbox::ParserCommand;

use crate::context::Context;
use crate::exit::Outcome;
use crate::output::columns;

/// What to do about what is amiss.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Args {
    /// Repair the index: write again what is missing in it, and remove what nothing stands behind
    #[arg(long)]
    repair: bool,
    /// Read every original and compare it with its hash, not only its size
    #[arg(long)]
    full: bool,
}

/// Checks everything, one thing after the other.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let settings = context.settings()?;
    let mut checks = vec![data::writable(&settings), data::room(&settings)];
    checks.extend(store::check(&settings, args).await);
    checks.extend(models::check(&settings, context.progress()).await);
    let command = ParserCommand::of_this_program()?;
    checks.push(parser::parses(&command, &settings).await);
    checks.push(parser::is_limited(&command, &settings).await);
    checks.push(ocr::check(&settings).await);
    checks.extend(provider::check(&settings).await);
    context.output().list(&checks, text)?;
    let has_failed = checks.iter().any(|check| check.state == State::Fail);
    Ok(if has_failed { Outcome::SomeFailed } else { Outcome::Done })
}

fn text(checks: &[Check]) -> String {
    let mut rows = Vec::new();
    for check in checks {
        let state = match check.state {
            State::Ok => style("ok").green(),
            State::Warn => style("warn").yellow(),
            State::Fail => style("fail").red().bold(),
        };
        rows.push(vec![state.to_string(), check.name.clone(), check.detail.clone()]);
        rows.extend(check.fix.as_ref().map(|fix| {
            vec![String::new(), String::new(), style(format!("→ {fix}")).cyan().to_string()]
        }));
    }
    columns(&rows)
}
