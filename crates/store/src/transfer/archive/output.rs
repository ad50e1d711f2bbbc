//! Where an archive is written: a file that is there whole or not at all, or standard output.

use footnote_core::{Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What an archive is written to.
pub(crate) enum Output {
    /// A file, which gets its name when everything is in it.
    File { writer: BufWriter<File>, temporary: PathBuf, path: PathBuf, n_bytes: u64 },
    /// Whatever reads our standard output.
    Pipe { stdout: io::Stdout, n_bytes: u64 },
}

impl Output {
    /// Begins a file; only its owner may read it, for it holds every document.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be written.
    pub(crate) fn file(path: &Path) -> Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&temporary).map_err(|error| cannot_write(path, error))?;
        Ok(Self::File {
            writer: BufWriter::new(file),
            temporary,
            path: path.to_owned(),
            n_bytes: 0,
        })
    }

    /// Writes to standard output.
    pub(crate) fn pipe() -> Self {
        Self::Pipe { stdout: io::stdout(), n_bytes: 0 }
    }

    /// Makes what was written durable, gives it its name, and returns how many bytes it has.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be written.
    pub(crate) fn finish(mut self) -> Result<u64> {
        match &mut self {
            Self::File { writer, temporary, path, n_bytes } => {
                let finished = writer
                    .flush()
                    .and_then(|()| writer.get_ref().sync_all())
                    .and_then(|()| fs::rename(&*temporary, &*path))
                    .and_then(|()| sync_folder_of(path));
                finished.map_err(|error| cannot_write(path, error))?;
                Ok(*n_bytes)
            }
            Self::Pipe { stdout, n_bytes } => {
                stdout.flush().map_err(|error| {
                    Error::unavailable("cannot write to standard output").because(error)
                })?;
                Ok(*n_bytes)
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (written, total) = match self {
            Self::File { writer, n_bytes, .. } => (writer.write(bytes)?, n_bytes),
            Self::Pipe { stdout, n_bytes } => (stdout.write(bytes)?, n_bytes),
        };
        *total += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File { writer, .. } => writer.flush(),
            Self::Pipe { stdout, .. } => stdout.flush(),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Self::File { temporary, .. } = self {
            // A finished file has another name by now; what cannot be removed has its own.
            fs::remove_file(temporary).ok();
        }
    }
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn cannot_write(path: &Path, error: io::Error) -> Error {
    let full = error.kind() == io::ErrorKind::StorageFull;
    let why = if full { ": the disk is full" } else { "" };
    Error::unavailable(format!("cannot write {}{why}", path.display()))
        .hint("Check that the folder exists, that you may write to it, and its free space.")
        .because(error)
}
