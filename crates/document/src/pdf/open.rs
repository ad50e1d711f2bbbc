//! Opening a file: with the empty password, and with a new table of objects where it is lost.

use footnote_core::job::{Failure, FailureCode};
use pdf_extract::{Document, Error};

use super::failure::{encrypted, unreadable};
use super::repair;
use crate::guard::guarded;

/// Opens a file; one whose table of objects is lost is opened with a new one.
pub(crate) fn open(bytes: &[u8]) -> Result<Document, Failure> {
    let opened = decrypted(bytes);
    let is_whole = match &opened {
        Ok(document) => document.page_iter().next().is_some(),
        Err(failure) => failure.code == FailureCode::Encrypted,
    };
    if is_whole {
        return opened;
    }
    match repair::with_new_table(bytes).map(|repaired| decrypted(&repaired)) {
        Some(Ok(document)) => Ok(document),
        Some(Err(_)) | None => opened,
    }
}

/// Loads a file; a protected one that anybody may read has the empty password.
fn decrypted(bytes: &[u8]) -> Result<Document, Failure> {
    let mut document = guarded(|| Document::load_mem(bytes))
        .map_err(|reason| unreadable(&reason))?
        .map_err(not_opened)?;
    if document.is_encrypted() {
        document.decrypt("").map_err(not_opened)?;
    }
    Ok(document)
}

fn not_opened(error: Error) -> Failure {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => encrypted(),
        error => unreadable(&error.to_string()),
    }
}
