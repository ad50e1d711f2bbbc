//! Copies everything: the whole of what `backup`, `restore` and `migrate` do, between two words to
//! whoever strikes.

use std::path::Path;
use tokio_util::sync::CancellationToken;

use footnote_core::{Error, Result};
use footnote_store::{ArchiveFile, Migration, Store, StoreOptions, TransferReport, Watch};

use super::super::said::{Copying, Said, Step, say};
use super::{Args, Program, options};

/// Makes a copy and says when that begins and when the library has returned.
///
/// # Errors
/// `Invalid` for a step that copies nothing, `Unavailable` when the parent is gone or something
/// cannot be read or written.
pub(super) async fn copy(data_dir: &Path, args: Args, steps: &[Step]) -> Result<()> {
    let [Step::Copy(copying)] = steps else {
        return Err(Error::invalid("this child makes one copy and nothing else"));
    };
    match copying {
        Copying::Backup { archive } => {
            let store = Program::open(data_dir, args).await?.store;
            let archive = ArchiveFile::Path(archive.clone());
            aloud(async |watch| store.backup(&archive, watch).await).await?;
            store.close().await
        }
        Copying::Restore { archive, to } => {
            let (archive, to) = (ArchiveFile::Path(archive.clone()), of_any_model(to, &args));
            aloud(async |watch| Store::restore(&archive, &to, watch).await).await
        }
        Copying::Migrate { to } => {
            let (from, to) = (of_any_model(data_dir, &args), of_any_model(to, &args));
            let migration = Migration { from, to };
            aloud(async |watch| Store::migrate(&migration, watch).await).await
        }
    }
}

/// Does what can be struck, and says so before and afterwards.
async fn aloud(work: impl AsyncFnOnce(Watch<'_>) -> Result<TransferReport>) -> Result<()> {
    say(&Said::Begun)?;
    say(&Said::Trying { step: 0 })?;
    let never = CancellationToken::new();
    let outcome = work(Watch { progress: &|_| (), cancel: &never }).await;
    match outcome {
        Ok(_report) => say(&Said::Done { step: 0 }),
        Err(error) => say(&Said::Failed { step: 0, why: error.chain() }),
    }
}

/// Returns how a data directory is opened whichever model serves in it.
fn of_any_model(data_dir: &Path, args: &Args) -> StoreOptions {
    options(data_dir, args, None)
}
