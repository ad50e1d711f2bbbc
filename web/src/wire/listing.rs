//! Which documents are listed, and in which order, on the wire.

use footnote_core::id::DocumentId;
use footnote_store::{DocumentFilter, DocumentOrder};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use super::{limit, page_size};
use crate::openapi::domain;

/// Which page of which list of documents is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// How many at most.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// [`List::next_cursor`](super::List::next_cursor) of the page before, with the same parameters.
    #[param(value_type = Option<domain::DocumentId>)]
    pub cursor: Option<DocumentId>,
    /// The name or id of a collection.
    pub collection: Option<String>,
    /// Only those with this in their name or title, whether small letters or capitals.
    pub q: Option<String>,
    /// Only those of this media type.
    pub r#type: Option<String>,
    /// By what they are ordered, with `-` before it the last first; by `uri` if absent.
    #[param(value_type = Option<String>, pattern = "^-?(uri|title|type|pages|chunks|size|created)$")]
    pub sort: Option<Sort>,
}

/// By what documents are ordered.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sort {
    order: DocumentOrder,
    is_reversed: bool,
}

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        let (name, is_reversed) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text.as_str(), false),
        };
        let order = match name {
            "uri" => DocumentOrder::Uri,
            "title" => DocumentOrder::Title,
            "type" => DocumentOrder::MediaType,
            "pages" => DocumentOrder::Pages,
            "chunks" => DocumentOrder::Chunks,
            "size" => DocumentOrder::Size,
            "created" => DocumentOrder::Created,
            _ => {
                return Err(D::Error::custom(format!(
                    "`sort` is `{text}`; it is uri, title, type, pages, chunks, size or created, \
                     with `-` before it for the last first"
                )));
            }
        };
        Ok(Self { order, is_reversed })
    }
}

impl From<ListParams> for DocumentFilter {
    fn from(params: ListParams) -> Self {
        let Sort { order, is_reversed } = params.sort.unwrap_or_default();
        Self {
            collection: None,
            words: params.q.filter(|words| !words.is_empty()),
            media_type: params.r#type.filter(|media_type| !media_type.is_empty()),
            order,
            is_reversed,
            after: params.cursor,
            limit: page_size(params.limit),
        }
    }
}
