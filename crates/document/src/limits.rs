//! How much of a document is read before it is refused.

use footnote_core::job::{Failure, FailureCode};
use serde::{Deserialize, Serialize};

/// The limits of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The longest canonical text, in bytes.
    pub max_text_bytes: usize,
    /// The most pages, where the format knows pages.
    pub max_pages: u32,
    /// The most files in an archive, and the most attachments of a mail.
    pub max_files: usize,
    /// The most bytes that all files of an archive have together once they are unpacked.
    pub max_unpacked_bytes: u64,
    /// How many times larger than the archive its files may be; small ones are let pass.
    pub max_unpacked_ratio: u64,
    /// The deepest nesting of the parts of a document.
    pub max_depth: usize,
    /// The most cells of a workbook that hold something.
    pub max_cells: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_text_bytes: 64 << 20,
            max_pages: 50_000,
            max_files: 100_000,
            max_unpacked_bytes: 512 << 20,
            max_unpacked_ratio: 200,
            max_depth: 1_000,
            max_cells: 2_000_000,
        }
    }
}

/// Files that unpack to less than this are never called a bomb, however small they were.
const SMALL_UNPACKED_BYTES: u64 = 32 << 20;

impl Limits {
    /// Refuses a text that is longer than the limit.
    pub(crate) fn check(&self, text_bytes: usize) -> Result<(), Failure> {
        if text_bytes <= self.max_text_bytes {
            return Ok(());
        }
        let detail = format!(
            "The text has at least {text_bytes} bytes, more than the limit of {}. Split the \
             document, or raise `max_text_bytes`.",
            self.max_text_bytes
        );
        Err(Failure::new(FailureCode::TooLarge, detail))
    }

    /// Refuses a document of more pages than the limit.
    pub(crate) fn check_pages(&self, n_pages: usize) -> Result<(), Failure> {
        if u32::try_from(n_pages).is_ok_and(|n_pages| n_pages <= self.max_pages) {
            return Ok(());
        }
        let detail = format!(
            "The document has {n_pages} pages, more than the limit of {}. Split it.",
            self.max_pages
        );
        Err(Failure::new(FailureCode::TooLarge, detail))
    }

    /// Refuses an archive, or a mail, of more files than the limit.
    pub(crate) fn check_files(&self, n_files: usize) -> Result<(), Failure> {
        refuse_over("max_files", n_files as u64, self.max_files as u64, "files inside")
    }

    /// Refuses files that would unpack to more bytes, or to more times their size, than allowed.
    pub(crate) fn check_unpacked(&self, unpacked: u64, packed: usize) -> Result<(), Failure> {
        refuse_over("max_unpacked_bytes", unpacked, self.max_unpacked_bytes, "bytes unpacked")?;
        if unpacked < SMALL_UNPACKED_BYTES {
            return Ok(());
        }
        let ratio = unpacked / (packed as u64).max(1);
        refuse_over("max_unpacked_ratio", ratio, self.max_unpacked_ratio, "times its size unpacked")
    }

    /// Refuses parts that are nested more deeply than the limit.
    pub(crate) fn check_depth(&self, depth: usize) -> Result<(), Failure> {
        refuse_over("max_depth", depth as u64, self.max_depth as u64, "levels of nesting")
    }

    /// Refuses a workbook of more cells than the limit.
    pub(crate) fn check_cells(&self, n_cells: usize) -> Result<(), Failure> {
        refuse_over("max_cells", n_cells as u64, self.max_cells as u64, "cells")
    }
}

/// Refuses what is more than its limit, which it names.
fn refuse_over(limit: &str, n: u64, max: u64, of_what: &str) -> Result<(), Failure> {
    if n <= max {
        return Ok(());
    }
    let detail = format!(
        "The file has at least {n} {of_what}, more than the limit of {max} (`{limit}`). Split it, \
         or replace it with an intact copy if that is more than you expect."
    );
    Err(Failure::new(FailureCode::TooLarge, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_over_the_limit_is_refused_with_the_figure() {
        let failure = Limits { max_text_bytes: 10, ..Limits::default() }.check(11).unwrap_err();
        assert_eq!(failure.code, FailureCode::TooLarge);
        assert!(failure.detail.contains("11 bytes"), "{}", failure.detail);
        assert!(failure.detail.contains("limit of 10"), "{}", failure.detail);
    }

    #[test]
    fn a_bomb_is_refused_by_the_name_of_its_limit() {
        let limits = Limits::default();
        assert_eq!(limits.check_unpacked(10 << 20, 1), Ok(()), "small files may be empty space");
        let failure = limits.check_unpacked(100 << 20, 1000).unwrap_err();
        assert!(failure.detail.contains("max_unpacked_ratio"), "{}", failure.detail);
        let failure = limits.check_unpacked(1 << 40, usize::MAX).unwrap_err();
        assert!(failure.detail.contains("max_unpacked_bytes"), "{}", failure.detail);
    }
}
