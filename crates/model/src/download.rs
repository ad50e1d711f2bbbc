//! Downloads that survive a cut connection: a temporary name, resumption, repetition, a hash.

use footnote_core::{Error, ErrorKind, Result};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;
use ureq::Body;
use ureq::http::{Response, StatusCode};
use url::Url;

use crate::Progress;
use crate::catalog::Digest;
use crate::files::{cannot, check, digest_of, part_of, remove_if_there, rename};
use crate::network::{Client, host_of};

/// How often a request that failed for a passing reason is made in all.
const ATTEMPTS: u32 = 5;

/// The longest time between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// How much is read at once.
const BUFFER_BYTES: usize = 1 << 17;

/// What is to be downloaded.
pub(crate) struct Download<'a> {
    /// Where it is.
    pub(crate) url: &'a Url,
    /// Headers besides those of resumption.
    pub(crate) headers: &'a [(&'a str, String)],
    /// Where it goes.
    pub(crate) target: &'a Path,
    /// The contents that are accepted.
    pub(crate) accepted: &'a [Digest],
    /// How long to wait before the first repetition.
    pub(crate) first_retry: Duration,
}

/// How far an earlier attempt came.
#[derive(Default)]
struct Resume {
    have_bytes: u64,
    etag: Option<String>,
}

impl Download<'_> {
    /// Downloads into the target, which appears only when its hash is right.
    ///
    /// What an earlier attempt left is continued; should the result be wrong, it is fetched once
    /// more from the beginning.
    ///
    /// # Errors
    /// `NotFound` when the other side has no such file, `Invalid` when it refuses or sends another
    /// content, `Unavailable` when it cannot be reached or the disk cannot be written.
    pub(crate) fn run(&self, client: &Client, progress: &dyn Progress) -> Result<Digest> {
        let part = part_of(self.target);
        let resumed = std::fs::metadata(&part).is_ok_and(|found| found.len() > 0);
        self.fetch(client, progress)?;
        match self.place(&part) {
            Err(error) if error.kind() == ErrorKind::Invalid && resumed => {
                self.fetch(client, progress)?;
                self.place(&part)
            }
            placed => placed,
        }
    }

    /// Verifies what was downloaded and gives it its name; removes it when it is wrong.
    fn place(&self, part: &Path) -> Result<Digest> {
        let placed = digest_of(part, &crate::Silent).and_then(|found| {
            check(&found, self.accepted, self.target)?;
            rename(part, self.target)?;
            Ok(found)
        });
        if placed.is_err() {
            remove_if_there(part)?;
        }
        placed
    }

    fn fetch(&self, client: &Client, progress: &dyn Progress) -> Result<()> {
        let mut resume = Resume::default();
        repeat(self.first_retry, || self.attempt(client, &mut resume, progress))
    }

    /// Continues the temporary file with what one request gives.
    fn attempt(&self, client: &Client, resume: &mut Resume, progress: &dyn Progress) -> Result<()> {
        let part = part_of(self.target);
        resume.have_bytes = std::fs::metadata(&part).map_or(0, |found| found.len());
        let mut headers = self.headers.to_vec();
        if resume.have_bytes > 0 {
            headers.push(("Range", format!("bytes={}-", resume.have_bytes)));
            headers.extend(resume.etag.clone().map(|etag| ("If-Range", etag)));
        }
        let response = client.get(self.url, &headers)?;
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            return self.end_of_range(&part, resume);
        }
        let response = accept(response, self.url)?;
        let continues = response.status() == StatusCode::PARTIAL_CONTENT;
        if !continues {
            resume.have_bytes = 0;
        }
        resume.etag = strong_etag(&response);
        let total = response.body().content_length().map(|rest| rest + resume.have_bytes);
        let name = self.target.file_name().unwrap_or_default().to_string_lossy();
        progress.started(&name, total);
        progress.advanced(resume.have_bytes);
        let mut file = OpenOptions::new()
            .create(true)
            .write(true)
            .append(continues)
            .truncate(!continues)
            .open(&part)
            .map_err(|error| cannot("write", &part, error))?;
        self.receive(response, (&mut file, resume.have_bytes), progress)?;
        file.sync_all().map_err(|error| cannot("write", &part, error))?;
        progress.finished(&name);
        Ok(())
    }

    /// The other side has no more bytes: all are here, or what is here belongs to another file.
    fn end_of_range(&self, part: &Path, resume: &Resume) -> Result<()> {
        if self.accepted.iter().any(|digest| digest.size_bytes == resume.have_bytes) {
            return Ok(());
        }
        remove_if_there(part)?;
        Err(Error::unavailable(format!("the download from {} broke off", host_of(self.url))))
    }

    /// Copies the body to the file, and not more than is accepted.
    fn receive(
        &self,
        response: Response<Body>,
        (file, have_bytes): (&mut File, u64),
        progress: &dyn Progress,
    ) -> Result<()> {
        let longest = self.accepted.iter().map(|digest| digest.size_bytes).max().unwrap_or(0);
        // One byte more than is accepted shows that it is too long without reading it all.
        let room = (longest + 1).saturating_sub(have_bytes);
        let mut body = response.into_body().into_reader().take(room);
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let n_read = body.read(&mut buffer).map_err(|error| {
                Error::unavailable(format!("the download from {} broke off", host_of(self.url)))
                    .because(error)
            })?;
            if n_read == 0 {
                return Ok(());
            }
            if progress.is_stopped() {
                return Err(Error::cancelled("the download was stopped"));
            }
            file.write_all(&buffer[..n_read]).map_err(|e| cannot("write", self.target, e))?;
            progress.advanced(n_read as u64);
        }
    }
}

/// Downloads a short text.
///
/// # Errors
/// As [`Download::run`].
pub(crate) fn text(
    client: &Client,
    url: &Url,
    headers: &[(&str, String)],
    first_retry: Duration,
) -> Result<String> {
    repeat(first_retry, || {
        let mut response = accept(client.get(url, headers)?, url)?;
        response.body_mut().read_to_string().map_err(|error| {
            Error::unavailable(format!("the answer of {} broke off", host_of(url))).because(error)
        })
    })
}

/// Repeats what failed for a passing reason, with longer and longer pauses.
fn repeat<T>(first_pause: Duration, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let mut pause = first_pause;
    for _ in 1..ATTEMPTS {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::Unavailable => {
                tracing::debug!(error = %error.chain(), "repeating a request");
            }
            done => return done,
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    attempt()
}

/// Sorts the failures of the other side into passing and lasting ones.
fn accept(response: Response<Body>, url: &Url) -> Result<Response<Body>> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let host = host_of(url);
    Err(match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            Error::not_found(format!("{host} does not have it"))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Error::invalid(format!("{host} refuses access (status {})", status.as_u16()))
        }
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Error::unavailable(format!("{host} is busy or broken (status {})", status.as_u16()))
        }
        status => Error::invalid(format!("{host} answers with status {}", status.as_u16())),
    })
}

/// Returns the mark of the content, unless it is one that says "about the same".
fn strong_etag(response: &Response<Body>) -> Option<String> {
    let etag = response.headers().get("etag")?.to_str().ok()?;
    (!etag.starts_with("W/")).then(|| etag.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count_attempts(kind: ErrorKind) -> u32 {
        let mut attempts = 0;
        let result: Result<()> = repeat(Duration::ZERO, || {
            attempts += 1;
            Err(Error::new(kind, "no"))
        });
        assert_eq!(result.unwrap_err().kind(), kind);
        attempts
    }

    #[test]
    fn only_what_may_pass_is_repeated() {
        assert_eq!(count_attempts(ErrorKind::Unavailable), ATTEMPTS);
        assert_eq!(count_attempts(ErrorKind::NotFound), 1);
        assert_eq!(count_attempts(ErrorKind::Invalid), 1);
    }
}
