//! The figures of an evaluation, for people.

use console::style;

use super::{Gate, Summary};
use crate::output::columns;

/// Figures in the order in which people read them; others follow.
const ORDER: [&str; 18] = [
    "recall@1",
    "recall@5",
    "recall@10",
    "mrr@10",
    "ndcg@10",
    "doc@1",
    "doc@5",
    "ans@5",
    "containment",
    "f1",
    "citation_precision",
    "supported_sentences",
    "answered",
    "refusal_precision",
    "refusal_recall",
    "auroc",
    "latency_p50_ms",
    "latency_p95_ms",
];

/// Writes the figures and which gates were missed.
pub(super) fn text(summary: &Summary) -> String {
    let heading =
        format!("{} · {} questions, {} graded", summary.dataset, summary.questions, summary.graded);
    let place = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    let mut figures: Vec<(&String, &f64)> = summary.figures.iter().collect();
    figures.sort_by_key(|(name, _)| place(name));
    let mut rows: Vec<Vec<String>> =
        figures.iter().map(|(name, value)| figure(name, **value)).collect();
    rows.push(vec![
        "passage tokens (mean)".to_owned(),
        format!("{:.0}", summary.passage_tokens_mean),
    ]);
    rows.push(vec!["ingest seconds".to_owned(), format!("{:.1}", summary.ingest_seconds)]);
    if 0 < summary.failed_documents {
        rows.push(vec!["failed documents".to_owned(), summary.failed_documents.to_string()]);
    }
    let label = style("Missed").red().bold();
    let missed = |gate: &Gate| format!("{label} {} is below {}\n", gate.figure, gate.at_least);
    let missed: String = summary.missed.iter().map(missed).collect();
    format!("{}\n{}{missed}", style(heading).bold(), columns(&rows))
}

fn figure(name: &str, value: f64) -> Vec<String> {
    let value = if name.ends_with("_ms") { format!("{value:.1}") } else { format!("{value:.3}") };
    vec![name.to_owned(), value]
}
