//! How documents are read and cut, and how much a stranger's file may ask for.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Reading and cutting documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// The largest file that is read, in bytes.
    pub max_file_bytes: u64,
    /// The longest text of one document, in bytes.
    pub max_text_bytes: u64,
    /// The most pages of one document.
    pub max_pages: u32,
    /// The most cells of a workbook that hold something.
    pub max_cells: usize,
    /// The deepest nesting of the parts of a document: lists in lists, elements in elements.
    pub max_depth: usize,
    /// The most files in an archive or a mail, those in archives inside it included.
    pub max_files: usize,
    /// The most bytes that the files of an archive have together once they are unpacked.
    pub max_unpacked_bytes: u64,
    /// How many times larger than an archive its files may be; up to 32 MiB they always may.
    pub max_unpacked_ratio: u64,
    /// How deep files inside files are read: 1 reads the attachments of a mail, 2 also what an
    /// attached archive holds, 0 reads none.
    pub max_nesting: u32,
    /// How long reading may go on without coming further, in seconds: a page, or a whole document
    /// of a format without pages.
    pub parse_seconds: u64,
    /// How long one document may take to read, in seconds.
    pub parse_total_seconds: u64,
    /// How much memory the process that reads one document may use, in bytes.
    pub parse_memory_bytes: u64,
    /// How many processes read documents at once; 0 means one per core.
    pub parsers: usize,
    /// Whether the letters in scans and pictures are recognized where Tesseract is installed.
    pub ocr: bool,
    /// The program that recognizes them.
    pub ocr_program: PathBuf,
    /// The languages to expect, as `tesseract --list-langs` names them; those that are not
    /// installed are left out.
    pub ocr_languages: Vec<String>,
    /// How long the recognition of one page may take, in seconds.
    pub ocr_page_seconds: u64,
    /// The longest chunk, in tokens of the embedder, headings and special tokens included; capped
    /// by what the embedder reads.
    pub chunk_tokens: usize,
    /// How often a folder that is watched is looked through as a whole, in seconds; what the
    /// system has not told of is found then.
    pub rescan_seconds: u64,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            max_file_bytes: 256 << 20,
            max_text_bytes: 64 << 20,
            max_pages: 50_000,
            max_cells: 2_000_000,
            max_depth: 1_000,
            max_files: 100_000,
            max_unpacked_bytes: 512 << 20,
            max_unpacked_ratio: 200,
            max_nesting: 3,
            parse_seconds: 120,
            parse_total_seconds: 7200,
            parse_memory_bytes: 1 << 30,
            parsers: 0,
            ocr: true,
            ocr_program: PathBuf::from("tesseract"),
            ocr_languages: vec!["eng".to_owned(), "chi_sim".to_owned()],
            ocr_page_seconds: 60,
            chunk_tokens: 200,
            rescan_seconds: 300,
        }
    }
}
