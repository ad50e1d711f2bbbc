//! The audit log.

use footnote_core::id::AuditId;
use footnote_core::{Error, Result};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::catalog::people::audit::{AuditEntry, AuditFilter, NewAudit};
use crate::store::Store;

/// How many entries are read at once for an export.
const ENTRIES_AT_ONCE: usize = 500;

impl Store {
    /// Writes down what was done, for good.
    ///
    /// # Errors
    /// `Invalid` for what could be text of a document, `Unavailable` when the catalog cannot be
    /// written.
    pub async fn append_audit(&self, new: &NewAudit) -> Result<AuditId> {
        self.catalog.append_audit(new).await
    }

    /// Returns a page of the audit log, the newest entries first.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditEntry>> {
        self.catalog.audit(filter).await
    }

    /// Writes the whole audit log, an entry a line as JSON, the oldest first. Returns how many.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read or the export cannot be written.
    pub async fn export_audit<W: AsyncWrite + Unpin + Send>(&self, to: &mut W) -> Result<u64> {
        let (mut after, mut n_entries) = (None, 0);
        loop {
            let page = self.catalog.audit_after(after, ENTRIES_AT_ONCE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            n_entries += page.len() as u64;
            let lines = lines(&page)?;
            to.write_all(lines.as_bytes()).await.map_err(unwritten)?;
        }
        to.flush().await.map_err(unwritten)?;
        Ok(n_entries)
    }
}

fn lines(entries: &[AuditEntry]) -> Result<String> {
    let mut lines = String::new();
    for entry in entries {
        let line = serde_json::to_string(entry).map_err(|error| {
            Error::internal("cannot write an entry of the audit log").because(error)
        })?;
        lines.push_str(&line);
        lines.push('\n');
    }
    Ok(lines)
}

fn unwritten(error: std::io::Error) -> Error {
    Error::unavailable("cannot write the audit log out").because(error)
}
