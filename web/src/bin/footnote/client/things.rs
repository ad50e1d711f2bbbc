//! Collections, documents and jobs of a server: read, made, removed, steered.

use axum::body::Body;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use tokio_util::io::ReaderStream;

use footnote::wire::document::Uploaded;
use footnote::wire::{List, escaped};
use footnote_core::{Error, Result};

use super::{Server, read, whole};

/// How many things are read at once.
const PAGE: usize = 500;

impl Server {
    /// Reads one thing.
    ///
    /// # Errors
    /// What the server says, and `Unavailable` when it does not answer.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let body = self.taken(self.request(Method::GET, path, Body::empty())?).await?;
        read(&whole(body).await?)
    }

    /// Reads a list to its end, or as many of it as are wanted.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub(crate) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        most: usize,
    ) -> Result<Vec<T>> {
        let (mut all, mut cursor) = (Vec::new(), None::<String>);
        let mark = if path.contains('?') { '&' } else { '?' };
        loop {
            let size = PAGE.min(most - all.len());
            let mut page = format!("{path}{mark}limit={size}");
            if let Some(cursor) = cursor {
                page.push_str("&cursor=");
                page.push_str(&escaped(&cursor));
            }
            let List { data, next_cursor } = self.get::<List<T>>(&page).await?;
            all.extend(data);
            cursor = next_cursor;
            if cursor.is_none() || most <= all.len() {
                return Ok(all);
            }
        }
    }

    /// Makes or steers something, and reads what the server says about it.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub(crate) async fn create<T: DeserializeOwned>(
        &self,
        path: &str,
        wanted: &impl Serialize,
    ) -> Result<T> {
        read(&whole(self.post(path, "application/json", wanted).await?).await?)
    }

    /// Does something that needs no word.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub(crate) async fn order(&self, method: Method, path: &str) -> Result<()> {
        self.taken(self.request(method, path, Body::empty())?).await.map(drop)
    }

    /// Sends a file.
    ///
    /// # Errors
    /// `NotFound` when it cannot be read; otherwise as [`get`](Self::get).
    pub(crate) async fn upload(&self, collection: &str, file: &Path) -> Result<Uploaded> {
        let unreadable = |error: std::io::Error| {
            Error::not_found(format!("cannot read {}", file.display())).because(error)
        };
        let name = file.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
            Error::invalid(format!("`{}` has no name that can be sent", file.display()))
        })?;
        let bytes = tokio::fs::File::open(file).await.map_err(unreadable)?;
        let path =
            format!("/api/v1/collections/{}/documents?name={}", escaped(collection), escaped(name));
        let body = Body::from_stream(ReaderStream::new(bytes));
        let mut request = self.request(Method::POST, &path, body)?;
        let kind = hyper::header::HeaderValue::from_static("application/octet-stream");
        request.headers_mut().insert(CONTENT_TYPE, kind);
        read(&whole(self.taken(request).await?).await?)
    }

    fn request(&self, method: Method, path: &str, body: Body) -> Result<Request<Body>> {
        Request::builder()
            .method(method)
            .uri(self.place.path(path))
            .header(HOST, self.place.host())
            .body(body)
            .map_err(|error| Error::internal("cannot make the request").because(error))
    }
}
