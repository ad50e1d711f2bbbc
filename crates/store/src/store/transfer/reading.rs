//! Reading an archive on a thread of its own, while it is told how far that is.

use footnote_core::{Error, Result};
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::ArchiveFile;
use crate::transfer::archive::{Manifest, Reader};
use crate::transfer::{About, Parcel, TransferStage, Watch, lost_thread};

/// How often it is told how much of an archive was read.
const BETWEEN_SIGNS: Duration = Duration::from_millis(250);

/// Reads an archive on a thread of its own and sends what is in it.
pub(in crate::store) async fn read_archive(
    from: &ArchiveFile,
    sender: Sender<Parcel>,
    watch: Watch<'_>,
) -> Result<Option<(About, Manifest, u64)>> {
    let (input, n_bytes) = open_archive(from)?;
    let n_read = Arc::new(AtomicU64::new(0));
    let input = Counting { input, n_read: Arc::clone(&n_read) };
    let mut reading = spawn_blocking(move || Reader::read(input, sender));
    let tell = || {
        let n_read = n_read.load(Ordering::Relaxed);
        watch.tell(TransferStage::Archive, n_read, n_bytes.max(n_read));
        n_read
    };
    loop {
        tokio::select! {
            read = &mut reading => {
                let read = read.map_err(lost_thread)??;
                return Ok(read.map(|(about, manifest)| (about, manifest, tell())));
            }
            () = sleep(BETWEEN_SIGNS) => { tell(); }
        }
    }
}

/// Reads what an archive is.
pub(in crate::store) async fn describe(from: &ArchiveFile) -> Result<About> {
    if *from == ArchiveFile::Pipe {
        return Err(Error::invalid("what is imported must be a file, not a pipe"));
    }
    let (input, _) = open_archive(from)?;
    spawn_blocking(move || Reader::about(input)).await.map_err(lost_thread)?
}

fn open_archive(from: &ArchiveFile) -> Result<(Box<dyn Read + Send>, u64)> {
    let ArchiveFile::Path(path) = from else { return Ok((Box::new(io::stdin()), 0)) };
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    match opened {
        Ok((n_bytes, file)) => Ok((Box::new(file), n_bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Error::not_found(format!("there is no archive {}", path.display())).because(error))
        }
        Err(error) => {
            Err(Error::unavailable(format!("cannot read {}", path.display())).because(error))
        }
    }
}

/// Counts what is read.
struct Counting {
    input: Box<dyn Read + Send>,
    n_read: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.input.read(into)?;
        self.n_read.fetch_add(n_bytes as u64, Ordering::Relaxed);
        Ok(n_bytes)
    }
}
