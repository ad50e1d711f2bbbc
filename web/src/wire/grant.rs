//! Grants on the wire: who has which role on what.

use footnote_core::access::{self, Granted, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::person::subject_id;
use crate::openapi::domain;

/// A person or a group has a role on something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Grant {
    /// The id of the person or the group.
    pub subject: String,
    /// The role.
    #[schema(value_type = domain::Role)]
    pub role: Role,
    /// The id of the collection or the document.
    pub on: String,
}

impl From<access::Grant> for Grant {
    fn from(grant: access::Grant) -> Self {
        let on = match grant.on {
            Granted::Collection(id) => id.to_string(),
            Granted::Document(id) => id.to_string(),
        };
        Self { subject: subject_id(grant.subject), role: grant.role, on }
    }
}

/// The role that is given.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub struct GrantedRole {
    /// The role: `reader`, `editor` or `admin`.
    #[schema(value_type = domain::Role)]
    pub role: Role,
}
