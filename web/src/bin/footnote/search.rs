//! `footnote search`: finds passages.

use console::{Term, style};

use footnote::app::Needs;
use footnote::wire::search::{Considered, Passage, SearchRequest, SearchResponse};
use footnote_core::Result;
use footnote_core::answer::Ranked;
use footnote_core::query::SearchMode;
use footnote_ingest::settings::Settings;

use crate::as_of::AsOf;
use crate::client;
use crate::context::{self, Context};
use crate::exit::Outcome;
use crate::text::{place, wrap};

/// How many characters of a passage are shown.
const SNIPPET_CHARS: usize = 320;

/// What to find and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The words
    query: String,
    /// Only in this collection (may be repeated) [default: all]
    #[arg(short, long = "collection", value_name = "COLLECTION")]
    collections: Vec<String>,
    /// How many passages [default: as configured]
    #[arg(short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    k: Option<u16>,
    /// Which rankings take part
    #[arg(long, value_enum, default_value_t, value_name = "MODE")]
    mode: Mode,
    #[command(flatten)]
    as_of: AsOf,
    /// Show how each ranking placed the passages
    #[arg(long)]
    explain: bool,
}

/// Which rankings take part.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub(crate) enum Mode {
    /// Meaning and words, fused
    #[default]
    Hybrid,
    /// Meaning alone
    Dense,
    /// Words alone
    Lexical,
}

impl From<Mode> for SearchMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Hybrid => Self::Hybrid,
            Mode::Dense => Self::Dense,
            Mode::Lexical => Self::Lexical,
        }
    }
}

impl From<Args> for SearchRequest {
    fn from(args: Args) -> Self {
        Self {
            query: args.query,
            collections: args.collections,
            k: args.k.map(usize::from),
            mode: args.mode.into(),
            explain: args.explain,
            as_of: args.as_of.into_text(),
            ..Self::default()
        }
    }
}

/// Finds the best passages and shows them.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let (request, settings) = (SearchRequest::from(args), context.settings()?);
    let response = match context.server_or_holder(&settings)? {
        Some(server) => {
            let found = server.search(&request).await;
            client::explained(found, (&server, &settings), &request.collections).await?
        }
        None => find(&request, settings).await?,
    };
    context.output().one(&response, text)?;
    Ok(Outcome::Done)
}

/// Finds passages in this process.
async fn find(request: &SearchRequest, settings: Settings) -> Result<SearchResponse> {
    let app = context::open(settings, Needs::Embedder, "footnote search").await?;
    app.check_question(&request.query)?;
    let scope = app.scope(&request.collections).await?;
    let found = app.answerer.get().search(&scope, &request.query()?).await?;
    app.close().await?;
    Ok(SearchResponse::new(&request.query, &found, request.explain))
}

/// Writes the passages for people.
fn text(response: &SearchResponse) -> String {
    if response.passages.is_empty() {
        return "Nothing was found.\n".to_owned();
    }
    let width = usize::from(Term::stdout().size_checked().map_or(100, |(_rows, columns)| columns));
    let mut text = String::new();
    for passage in &response.passages {
        text.push_str(&entry(passage, width));
    }
    let footer = footer(response.timings_ms.total, response.considered);
    text.push_str(&style(footer).dim().to_string());
    text.push('\n');
    text
}

/// Writes one passage: rank, title, place, ranks, snippet.
fn entry(passage: &Passage, width: usize) -> String {
    let rank = style(format!("{:>2}.", passage.rank)).cyan().bold();
    let title = style(&passage.document.title).bold();
    let place = place(below_title(passage), passage.page);
    let mut line = vec![passage.document.uri.clone(), format!("score {:.3}", passage.score)];
    if let Some(ranks) = &passage.explain {
        line.push(explained("meaning", ranks.dense));
        line.push(explained("words", ranks.lexical));
    }
    let line = style(line.join(" · ")).dim();
    let snippet = wrap(&snippet(&passage.text), width, "    ");
    format!("{rank} {title}  {}\n    {line}\n{snippet}\n", style(place).dim())
}

/// Returns the headings of a passage without the one that repeats the document's title.
fn below_title(passage: &Passage) -> &[String] {
    match passage.heading.split_first() {
        Some((first, rest)) if *first == passage.document.title => rest,
        _ => &passage.heading,
    }
}

/// Writes where one ranking placed a passage.
fn explained(name: &str, ranked: Option<Ranked>) -> String {
    match ranked {
        Some(ranked) => format!("{name} #{} ({:.3})", ranked.rank, ranked.score),
        None => format!("{name} –"),
    }
}

/// Returns the beginning of a passage on one line.
fn snippet(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(SNIPPET_CHARS).collect();
    if cut.len() < line.len() { format!("{cut}…") } else { line }
}

fn footer(total_ms: u64, considered: Option<Considered>) -> String {
    let Some(Considered { dense, lexical, orphans }) = considered else {
        return format!("{total_ms} ms");
    };
    let warning = match orphans {
        0 => String::new(),
        n => format!(" · {n} points without a live chunk: run `footnote doctor`"),
    };
    format!("{total_ms} ms · from {dense} by meaning and {lexical} by words{warning}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_one_line_and_says_that_it_was_cut() {
        assert_eq!(snippet("a\n  b"), "a b");
        assert!(snippet(&"x".repeat(400)).ends_with("x…"));
    }
}
