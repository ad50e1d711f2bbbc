//! The audit log on the wire.

use footnote_core::clock::Timestamp;
use footnote_core::id::{AuditId, PersonId};
use footnote_store::{AuditEntry, AuditFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page_size;
use crate::openapi::domain;

/// Something that was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Entry {
    /// Its id.
    #[schema(value_type = domain::AuditId)]
    pub id: AuditId,
    /// When it was, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub at_ms: Timestamp,
    /// Who did it; `null` where it is not known which person that is.
    #[schema(value_type = Option<domain::PersonId>)]
    pub person: Option<PersonId>,
    /// What they were called then.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// The address from which it was asked for.
    pub origin: Option<String>,
}

impl From<AuditEntry> for Entry {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            at_ms: entry.at,
            person: entry.person,
            actor: entry.actor,
            action: entry.action,
            target: entry.target,
            origin: entry.origin,
        }
    }
}

/// Which entries are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Only what this person did.
    #[param(value_type = Option<domain::PersonId>)]
    pub person: Option<PersonId>,
    /// Only this action, e.g. `grant.put`.
    pub action: Option<String>,
    /// How many at most.
    #[serde(default, deserialize_with = "super::limit")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<domain::AuditId>)]
    pub cursor: Option<AuditId>,
}

impl AuditParams {
    /// Returns the filter that finds a page and one entry more, and the size of the page.
    #[must_use]
    pub fn filter(self) -> (AuditFilter, usize) {
        let size = page_size(self.limit);
        let Self { person, action, cursor, .. } = self;
        (AuditFilter { person, action, before: cursor, limit: size + 1 }, size)
    }
}
