//! The tool `search`, in exactly the form that `ChatGPT` asks of a connector.

use footnote_answer::Query;
use footnote_core::answer::RetrievedPassage;
use serde::{Deserialize, Serialize};

use super::desk::{Desk, Visit};
use crate::error::ApiError;
use crate::metrics;
use crate::origin::Origin;
use crate::wire::document::DocumentLink;

/// What is looked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    query: String,
}

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Results {
    results: Vec<Hit>,
}

#[derive(Debug, Serialize)]
struct Hit {
    id: String,
    title: String,
    url: String,
}

/// Finds passages in everything that the visitor may read.
pub(super) async fn run(
    desk: &Desk,
    visit: &Visit,
    arguments: Arguments,
) -> Result<Results, ApiError> {
    desk.app.check_question(&arguments.query)?;
    let scope = desk.scope(visit, None).await?;
    let query = Query { text: arguments.query, ..Query::default() };
    let found = desk.app.answerer.get().search(&scope, &query).await?;
    metrics::searched(&found.timings);
    let hits = found.passages.iter().map(|found| Hit::new(found, &visit.origin));
    Ok(Results { results: hits.collect() })
}

impl Hit {
    fn new(found: &RetrievedPassage, origin: &Origin) -> Self {
        let passage = &found.passage;
        let document = DocumentLink::from(&passage.document);
        Self {
            id: format!("{}#{}", document.id, passage.chunk),
            title: title(&document.title, &passage.headings),
            url: origin.link(&document.url(passage.page, None, passage.span.into())),
        }
    }
}

/// Names a passage: its document, and the headings above it.
pub(super) fn title(document: &str, headings: &[String]) -> String {
    let below = match headings.split_first() {
        Some((first, below)) if first == document => below,
        _ => headings,
    };
    let names: Vec<&str> =
        std::iter::once(document).chain(below.iter().map(String::as_str)).collect();
    names.join(" › ")
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn a_passage_is_named_by_its_document_and_headings() {
        let headings = ["Leave".to_owned(), "Annual leave".to_owned()];
        assert_eq!(title("Leave", &headings), "Leave › Annual leave");
        assert_eq!(title("leave.md", &headings), "leave.md › Leave › Annual leave");
        assert_eq!(title("leave.md", &[]), "leave.md");
    }
}
