//! Searching alone.

use footnote_answer::{Fusion, Query};
use footnote_core::query::SearchMode;

use crate::answering::handbook;
use crate::fakes::{answerer, scope};

fn query(text: &str, mode: SearchMode) -> Query {
    Query { text: text.to_owned(), k: 2, mode, ..Query::default() }
}

#[tokio::test]
async fn each_passage_tells_its_place_in_either_list() {
    let answerer = answerer(handbook(), None);
    let found =
        answerer.search(&scope(), &query("paid leave days", SearchMode::Hybrid)).await.unwrap();
    assert_eq!(found.passages.len(), 2.min(found.considered.n_lexical));
    let best = &found.passages[0];
    assert_eq!(best.passage.document.uri, "leave.md");
    assert_eq!(best.dense.map(|ranked| ranked.rank), Some(1));
    assert_eq!(best.lexical.map(|ranked| ranked.rank), Some(1));
    assert_eq!(found.considered.fusion, Fusion::default());
}

#[tokio::test]
async fn a_mode_asks_only_its_own_list() {
    let answerer = answerer(handbook(), None);
    let dense = answerer.search(&scope(), &query("paid leave", SearchMode::Dense)).await.unwrap();
    assert_eq!((dense.considered.n_dense, dense.considered.n_lexical), (1, 0));
    let lexical =
        answerer.search(&scope(), &query("paid leave", SearchMode::Lexical)).await.unwrap();
    assert_eq!((lexical.considered.n_dense, lexical.considered.n_lexical), (0, 1));
}

#[tokio::test]
async fn words_lead_where_the_embedder_does_not_read_the_question() {
    let answerer = answerer(handbook(), None);
    let found = answerer.search(&scope(), &query("带薪年假", SearchMode::Hybrid)).await.unwrap();
    assert_eq!(found.considered.fusion, Fusion::words_lead());
    assert_eq!(found.passages[0].passage.document.uri, "年假.md");
}
