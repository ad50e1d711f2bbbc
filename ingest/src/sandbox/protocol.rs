//! What parent and child say to each other: frames of a length and that many bytes.

use footnote_core::document::ParsedDocument;
use footnote_core::job::Failure;
use footnote_document::Limits;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::ocr::Tesseract;

/// What the child is asked: a header, then the document's bytes as a frame of their own.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// The name, which tells the format where the content does not.
    pub(super) name: String,
    /// How much is read before the document is refused.
    pub(super) limits: Limits,
    /// Pages that are left out, with the reason: with them earlier children were lost.
    pub(super) lost_pages: BTreeMap<u32, String>,
    /// Who recognizes the letters of pages that are pictures.
    pub(super) recognizer: Option<Tesseract>,
}

/// What the child answers: any number of messages, the last of which is one of the last three.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Message {
    /// How far it has come.
    Progress {
        /// How many pages were read.
        n_read: u32,
        /// How many there are.
        n_pages: u32,
    },
    /// A file that lies inside the document; its bytes follow as a frame of their own.
    File {
        /// Its name.
        name: String,
    },
    /// The document.
    Parsed(Box<ParsedDocument>),
    /// Why there is none; the child goes on.
    Failed(Failure),
    /// The parser panicked; the child ends.
    Panicked(String),
}

/// Reads a frame; `None` at the end of the stream.
pub(super) fn read_frame(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0_u8; 8];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut frame = Vec::new();
    let n_bytes = u64::from_le_bytes(length);
    from.take(n_bytes).read_to_end(&mut frame)?;
    if frame.len() as u64 == n_bytes {
        Ok(Some(frame))
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Writes a frame.
pub(super) fn write_frame(to: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    to.write_all(&(frame.len() as u64).to_le_bytes())?;
    to.write_all(frame)?;
    to.flush()
}

/// Reads a frame of at most so many bytes.
pub(super) async fn receive(
    from: &mut (impl AsyncRead + Unpin),
    max_bytes: u64,
) -> io::Result<Vec<u8>> {
    let n_bytes = from.read_u64_le().await?;
    if n_bytes > max_bytes {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the parser's answer is too long"));
    }
    let mut frame = Vec::new();
    from.take(n_bytes).read_to_end(&mut frame).await?;
    if frame.len() as u64 == n_bytes { Ok(frame) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Writes a frame.
pub(super) async fn send(to: &mut (impl AsyncWrite + Unpin), frame: &[u8]) -> io::Result<()> {
    to.write_u64_le(frame.len() as u64).await?;
    to.write_all(frame).await?;
    to.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_back_and_a_cut_one_is_an_error() {
        let mut wire = Vec::new();
        write_frame(&mut wire, b"hello").unwrap();
        assert_eq!(read_frame(&mut wire.as_slice()).unwrap().unwrap(), b"hello");
        assert!(read_frame(&mut &wire[..10]).is_err());
        assert!(read_frame(&mut &wire[..0]).unwrap().is_none());
    }

    #[tokio::test]
    async fn an_answer_over_the_limit_is_refused_before_it_is_read() {
        let mut wire = Vec::new();
        send(&mut wire, &[0; 100]).await.unwrap();
        assert!(receive(&mut wire.as_slice(), 99).await.is_err());
        assert_eq!(receive(&mut wire.as_slice(), 100).await.unwrap().len(), 100);
    }
}
