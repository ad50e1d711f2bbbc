//! `POST /api/v1/collections/{id}/documents`: takes one file, as it is or in a form.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use futures_util::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use std::pin::{Pin, pin};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use footnote_core::access::Write;
use footnote_core::id::{ContentHash, DocumentId};

use super::collections::name_of;
use crate::auth::Requester;
use crate::error::{ApiError, Code};
use crate::extract::Params;
use crate::idempotency::IdempotencyKey;
use crate::state::AppState;
use crate::uploads::{UPLOAD_ROOT, Upload};
use crate::wire::document::{UploadParams, Uploaded, UploadedDocument};
use crate::wire::job::JobLink;

/// How long a client may send nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// How many bytes a second a client sends at least, by and large.
const SLOWEST_BYTES: u64 = 1 << 10;

/// How much of a file that is too large is read on without being kept, and for how long.
const DISCARDED_BYTES: usize = 256 << 20;
const DISCARDING: Duration = Duration::from_secs(20);

/// The longest name of a file, in characters.
const MAX_NAME_CHARS: usize = 255;

/// A file that arrived.
struct Received {
    name: String,
    file: NamedTempFile,
    content: ContentHash,
}

/// Takes one file: 202 with its job, or 200 when the same bytes are there under that name.
#[utoipa::path(
    post,
    path = "/api/v1/collections/{id}/documents",
    operation_id = "upload_document",
    tag = "documents",
    params(("id" = String, Path, description = "The name or the id of the collection"), UploadParams, ("idempotency-key" = Option<String>, Header, pattern = "^[!-~]{1,255}$", description = "The same file under the same key is taken once within a day")),
    request_body(description = "The file itself, or a form with one file", content((Vec<u8> = "application/octet-stream"), (String = "multipart/form-data"))),
    responses((status = 200, description = "The same bytes are there under that name", body = Uploaded), (status = 202, description = "It is kept, and the job reads it", body = Uploaded))
)]
pub(super) async fn upload(
    State(state): State<AppState>,
    (requester, key): (Requester, IdempotencyKey),
    Path(collection): Path<String>,
    Params(params): Params<UploadParams>,
    request: Request,
) -> Result<(StatusCode, axum::Json<Uploaded>), ApiError> {
    let (id, _scope) = state.collection(&requester, &collection).await?;
    let id = requester.may::<Write, _>(state.app.store.as_ref(), id).await?.id();
    let collection = name_of(&state, &requester, id).await?;
    let max_bytes = state.app.settings.config.ingest.max_file_bytes;
    let Received { name, file, content } = if is_form(&request) {
        receive_form(request, &state, max_bytes).await?
    } else {
        let name = checked_name(params.name.as_deref())?;
        let (file, content) = receive(request.into_body().into_data_stream(), max_bytes).await?;
        Received { name, file, content }
    };
    let document = UploadedDocument {
        id: DocumentId::derive(id, UPLOAD_ROOT, &name),
        uri: name.clone(),
        version: content.to_string(),
    };
    let asked = document.clone();
    let (taken, whose) = (state.clone(), requester.clone());
    let work = async move {
        if is_known(&taken, &whose, document.id, content).await? {
            return Ok((StatusCode::OK, Uploaded { document, job: None }));
        }
        let job = taken.uploads.push(Upload { collection, name, file }).await?;
        let job = Some(JobLink { id: job });
        Ok((StatusCode::ACCEPTED, Uploaded { document, job }))
    };
    let (status, uploaded) = key.once(&state.app.store, &requester, &asked, work).await?;
    Ok((status, axum::Json(uploaded)))
}

/// Tells whether the same bytes are there already.
async fn is_known(
    state: &AppState,
    requester: &Requester,
    id: DocumentId,
    content: ContentHash,
) -> Result<bool, ApiError> {
    let scope = requester.scope(&[])?;
    match state.app.store.document(&scope, id).await {
        Ok(document) => Ok(document.content == content),
        Err(error) if error.kind() == footnote_core::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn is_form(request: &Request) -> bool {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| media_type.starts_with("multipart/form-data"))
}

/// Receives the first file of a form.
async fn receive_form(
    request: Request<Body>,
    state: &AppState,
    max_bytes: u64,
) -> Result<Received, ApiError> {
    let refused = |detail: String| ApiError::invalid(format!("the form cannot be read: {detail}"));
    let mut form = Multipart::from_request(request, state)
        .await
        .map_err(|error| refused(error.body_text()))?;
    while let Some(field) = form.next_field().await.map_err(|error| refused(error.body_text()))? {
        if let Some(name) = field.file_name().map(str::to_owned) {
            let name = checked_name(Some(&name))?;
            let (file, content) = receive(field, max_bytes).await?;
            return Ok(Received { name, file, content });
        }
    }
    Err(ApiError::invalid("the form has no file").at("/file"))
}

/// Writes a body to a temporary file, no more of it than allowed, and hashes it on the way.
async fn receive<E: std::fmt::Display>(
    body: impl Stream<Item = Result<Bytes, E>>,
    max_bytes: u64,
) -> Result<(NamedTempFile, ContentHash), ApiError> {
    let failed =
        |error: std::io::Error| ApiError::internal(format!("cannot keep an upload: {error}"));
    let file = NamedTempFile::new().map_err(failed)?;
    let mut writer = tokio::fs::File::from_std(file.reopen().map_err(failed)?);
    let (mut hasher, mut n_bytes) = (Sha256::new(), 0u64);
    let (mut body, started) = (pin!(body), Instant::now());
    loop {
        let waiting = timeout(patience(n_bytes, started.elapsed()), body.next());
        let piece = waiting.await.map_err(|_elapsed| too_slow())?;
        let Some(piece) = piece else { break };
        let piece =
            piece.map_err(|error| ApiError::invalid(format!("the upload broke off: {error}")))?;
        n_bytes += piece.len() as u64;
        if max_bytes < n_bytes {
            discard(body).await;
            return Err(ApiError::too_large(max_bytes));
        }
        hasher.update(&piece);
        writer.write_all(&piece).await.map_err(failed)?;
    }
    writer.flush().await.map_err(failed)?;
    Ok((file, ContentHash::from_bytes(hasher.finalize().into())))
}

/// Reads on for a while and keeps nothing: a client or proxy that is sending hears nothing before
/// it has sent, and takes a connection that closes for a failure of the server.
async fn discard<E>(mut body: Pin<&mut impl Stream<Item = Result<Bytes, E>>>) {
    let reading = async {
        let mut n_bytes = 0;
        while n_bytes < DISCARDED_BYTES
            && let Some(Ok(piece)) = body.next().await
        {
            n_bytes += piece.len();
        }
    };
    timeout(DISCARDING, reading).await.unwrap_or_default();
}

/// Returns how long the next piece may take: less for a client that is slow altogether.
fn patience(n_bytes: u64, elapsed: Duration) -> Duration {
    let due = SILENCE + Duration::from_secs(n_bytes / SLOWEST_BYTES);
    due.saturating_sub(elapsed).min(SILENCE)
}

fn too_slow() -> ApiError {
    ApiError::new(Code::Timeout, "the upload did not go on")
}

/// Returns what a file is called: its path in the folder that was given, as `2024/leave.pdf`; of any
/// other path the last part. No name reaches the file system.
fn checked_name(name: Option<&str>) -> Result<String, ApiError> {
    let missing = || ApiError::invalid("say what the file is called").at("name");
    let parts: Vec<&str> = name.ok_or_else(missing)?.split(['/', '\\']).map(str::trim).collect();
    let is_inside = |part: &&str| !matches!(*part, "" | "." | "..") && !part.ends_with(':');
    let name = if parts.iter().all(is_inside) {
        parts.join("/")
    } else {
        parts.last().copied().unwrap_or_default().to_owned()
    };
    if name.is_empty() {
        return Err(missing());
    }
    if MAX_NAME_CHARS < name.chars().count() || name.chars().any(char::is_control) {
        return Err(
            ApiError::invalid("the file's name is too long or has control characters").at("name")
        );
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::{Duration, SILENCE, checked_name, patience};

    #[test]
    fn a_client_that_sends_a_byte_now_and_then_is_not_waited_for() {
        let after = |n_bytes, seconds| patience(n_bytes, Duration::from_secs(seconds));
        assert_eq!(after(0, 0), SILENCE);
        assert_eq!(after(29, 29), Duration::from_secs(1));
        assert_eq!(after(600, 600), Duration::ZERO);
        assert_eq!(after(600 << 10, 600), SILENCE, "slow, and slow is enough");
        assert_eq!(after(1 << 30, 60), SILENCE);
    }

    #[test]
    fn a_name_is_a_path_in_a_folder_or_its_last_part() {
        assert_eq!(checked_name(Some("a/b c/手册.pdf")).unwrap(), "a/b c/手册.pdf");
        assert_eq!(checked_name(Some("a\\b.pdf")).unwrap(), "a/b.pdf");
        assert_eq!(checked_name(Some("/home/a.pdf")).unwrap(), "a.pdf");
        assert_eq!(checked_name(Some("a/../b.pdf")).unwrap(), "b.pdf");
        assert_eq!(checked_name(Some("../../etc/passwd")).unwrap(), "passwd");
        assert_eq!(checked_name(Some("C:\\docs\\手册.pdf")).unwrap(), "手册.pdf");
        assert!(checked_name(Some("a\nb")).is_err());
        assert!(checked_name(Some("docs/")).is_err());
        assert!(checked_name(None).is_err());
    }
}
