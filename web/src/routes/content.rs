//! `/api/v1/documents/{id}/content`: the original bytes, whole or in parts, as a download.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream};
use std::ops::Range;

use footnote_core::id::DocumentId;
use footnote_store::{BlobReader, OriginalFile, Standing, VersionState};

use super::documents::version;
use super::range::Wanted;
use crate::auth::{Deed, Requester};
use crate::downloads::Download;
use crate::error::{ApiError, Code};
use crate::extract::{Id, Params};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::document::VersionParams;
use crate::wire::escaped;

/// Whether the version of an original is live.
const STATE: HeaderName = HeaderName::from_static("x-version-state");
/// The hash of the live version.
const LIVE_VERSION: HeaderName = HeaderName::from_static("x-live-version");
/// Since when the document says something else, in milliseconds since 1970.
const CHANGED_SINCE: HeaderName = HeaderName::from_static("x-changed-since-ms");

/// Returns the original bytes or a part of them, as a download that no browser runs.
#[utoipa::path(
    get,
    path = "/documents/{id}/content",
    operation_id = "download_document",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document"), VersionParams, ("range" = Option<String>, Header, description = "One part, e.g. `bytes=0-65535`"), ("if-range" = Option<String>, Header, description = "The `etag` of which the part is to be; without it, or of another, everything comes"), ("if-none-match" = Option<String>, Header, description = "The `etag` of what the client has")),
    responses((status = 200, description = "The bytes, as a download", content_type = "application/octet-stream", headers(("etag" = String, description = "The hash of the bytes"), ("accept-ranges" = String, description = "`bytes`"), ("x-version-state" = String, description = "`live` or `superseded`"), ("x-live-version" = String, description = "The hash of the live version"), ("x-changed-since-ms" = i64, description = "Since when the document says something else"))), (status = 206, description = "A part of the bytes", content_type = "application/octet-stream", headers(("content-range" = String, description = "Which part of how many bytes"))), (status = 304, description = "The client has it"))
)]
pub(super) async fn content(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
    Params(params): Params<VersionParams>,
    request: Request,
) -> Result<Response, ApiError> {
    let scope = requester.scope(&[])?;
    let version = version(params.version.as_deref())?;
    let original = state.app.store.original(&scope, id, version).await?;
    let reader = state.app.store.open_blob(&original.content).await?;
    let (tag, size_bytes) = (format!("\"{}\"", original.content), reader.size_bytes());
    let wanted = Wanted::of(request.method(), request.headers(), &tag, size_bytes);
    if request.method() == Method::GET && matches!(wanted, Wanted::Whole | Wanted::Part(_)) {
        let download = Download { person: requester.person(), id, content: original.content };
        if wanted == Wanted::Whole || !state.downloads.is_noted(&download) {
            requester.did(&state.app.store, Deed::Download, Some(id.to_string())).await?;
            state.downloads.note(download);
        }
    }
    let mut response = match wanted {
        Wanted::Whole => bytes(reader, 0..size_bytes, &original).await?,
        Wanted::Part(part) => {
            let range = format!("bytes {}-{}/{size_bytes}", part.start, part.end - 1);
            let response = bytes(reader, part, &original).await?;
            (StatusCode::PARTIAL_CONTENT, [(CONTENT_RANGE, range)], response).into_response()
        }
        Wanted::Nothing => StatusCode::NOT_MODIFIED.into_response(),
        Wanted::Beyond => return Ok(beyond(size_bytes)),
    };
    let headers = response.headers_mut();
    headers.insert(ETAG, header(&tag)?);
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    stand(headers, &original.standing)?;
    Ok(response)
}

/// Sends a part of an original, as a download.
async fn bytes(
    mut reader: BlobReader,
    part: Range<u64>,
    original: &OriginalFile,
) -> Result<Response, ApiError> {
    if 0 < part.start {
        reader.seek(part.start).await?;
    }
    let n_bytes = part.end - part.start;
    let name = original.uri.rsplit('/').next().unwrap_or(&original.uri);
    let headers = [
        (CONTENT_TYPE, header(&original.media_type)?),
        (CONTENT_LENGTH, n_bytes.into()),
        (CONTENT_DISPOSITION, header(&attachment(name))?),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, Body::from_stream(pieces(reader, n_bytes))).into_response())
}

/// Says that an original ends before the part that is asked for.
fn beyond(size_bytes: u64) -> Response {
    let detail = format!("the original has {size_bytes} bytes");
    let error = ApiError::new(Code::RangeNotSatisfiable, detail);
    ([(CONTENT_RANGE, format!("bytes */{size_bytes}"))], error).into_response()
}

/// Sends so many bytes piece by piece, so that a large original is never in memory as a whole.
fn pieces(reader: BlobReader, n_bytes: u64) -> impl Stream<Item = footnote_core::Result<Vec<u8>>> {
    stream::try_unfold((reader, n_bytes), async |(mut reader, n_left)| {
        if n_left == 0 {
            return Ok(None);
        }
        let Some(mut piece) = reader.next().await? else { return Ok(None) };
        piece.truncate(usize::try_from(n_left).unwrap_or(usize::MAX));
        let n_left = n_left - piece.len() as u64;
        Ok(Some((piece, (reader, n_left))))
    })
}

/// Says in headers how the version of an original stands to the live one.
fn stand(headers: &mut HeaderMap, standing: &Standing) -> Result<(), ApiError> {
    let state = match standing.state {
        VersionState::Live => "live",
        VersionState::Superseded => "superseded",
    };
    headers.insert(STATE, HeaderValue::from_static(state));
    if let Some(live) = standing.live {
        headers.insert(LIVE_VERSION, header(&live.to_string())?);
    }
    if let Some(since) = standing.changed_since {
        headers.insert(CHANGED_SINCE, since.0.into());
    }
    Ok(())
}

/// Names a download, whatever characters the name has (RFC 8187), and nearly so for programs that
/// know plain names alone.
fn attachment(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", escaped(name))
}

fn header(text: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::from_str(text).map_err(|error| ApiError::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(
            attachment("a b\"\r\n手.pdf"),
            "attachment; filename=\"a_b____.pdf\"; filename*=UTF-8''a%20b%22%0D%0A%E6%89%8B.pdf"
        );
    }
}
