//! What the user is told when a file or a page cannot be read.

use footnote_core::job::{Failure, FailureCode};

use crate::assemble::one_line;

pub(crate) fn encrypted() -> Failure {
    let detail = "The PDF needs a password. Save a copy without one and add that.";
    Failure::new(FailureCode::Encrypted, detail)
}

/// Tells why not one page had text.
pub(crate) fn without_text(n_pages: usize, failures: &[(u32, String)]) -> Failure {
    match failures.first() {
        _ if n_pages == 0 => unreadable("it has no pages"),
        Some((_, reason)) if failures.len() == n_pages => unreadable(reason),
        Some(_) | None => {
            let detail = format!(
                "There is no text on its {n_pages} page(s): this is a scan or a drawing, or its fonts \
                 do not say which characters they show. Install Tesseract, with which Footnote reads \
                 such pages, and add it again."
            );
            Failure::new(FailureCode::NoTextLayer, detail)
        }
    }
}

pub(crate) fn unreadable(reason: &str) -> Failure {
    let detail = format!(
        "The PDF is damaged ({}). Open it in a PDF viewer, save or print it as a new PDF, and add \
         that.",
        shortened(reason)
    );
    Failure::new(FailureCode::Unreadable, detail)
}

pub(crate) fn note((page, reason): &(u32, String)) -> String {
    format!("Page {page} could not be read: {}.", shortened(reason))
}

/// The longest reason that is shown, in characters.
const MAX_REASON_CHARS: usize = 160;

fn shortened(reason: &str) -> String {
    let reason = one_line(reason);
    match reason.char_indices().nth(MAX_REASON_CHARS) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_pages_is_damaged_and_one_without_text_a_scan() {
        assert_eq!(without_text(0, &[]).code, FailureCode::Unreadable);
        assert_eq!(without_text(2, &[(1, "x".into())]).code, FailureCode::NoTextLayer);
        let failure = without_text(1, &[(1, "no font".into())]);
        assert_eq!(failure.code, FailureCode::Unreadable);
        assert!(failure.detail.contains("no font"));
    }
}
