//! Standard input as one document: what `-` stands for.

use std::io::Read as _;
use std::path::Path;

use footnote_core::{Error, Result};

/// Tells whether a path means standard input.
pub(crate) fn is_meant(path: &Path) -> bool {
    path == Path::new("-")
}

/// Reads standard input to its end.
pub(crate) async fn read() -> Result<Vec<u8>> {
    let read = tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_n_bytes| bytes)
    });
    read.await
        .map_err(|error| Error::internal("reading standard input failed").because(error))?
        .map_err(|error| Error::unavailable("cannot read standard input").because(error))
}
