//! People and groups on the wire.

use footnote_core::access::{Role, Subject};
use footnote_core::clock::Timestamp;
use footnote_core::id::{GroupId, PersonId};
use footnote_core::{Error, Result};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::session::Secret;
use crate::openapi::domain;

/// Somebody who signs in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Person {
    /// Their id.
    #[schema(value_type = domain::PersonId)]
    pub id: PersonId,
    /// What they sign in with.
    pub login: String,
    /// What others see.
    pub name: String,
    /// Their role on everything, if they have one.
    #[schema(value_type = Option<domain::Role>)]
    pub role: Option<Role>,
    /// Since when they are known, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// Whether they may not sign in.
    pub disabled: bool,
}

impl From<footnote_store::Person> for Person {
    fn from(person: footnote_store::Person) -> Self {
        Self {
            id: person.id,
            login: person.login,
            name: person.name,
            role: person.role,
            created_ms: person.created,
            disabled: person.disabled.is_some(),
        }
    }
}

/// Which page of the list of people is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PeopleParams {
    /// How many at most.
    #[serde(default, deserialize_with = "super::limit")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// `next_cursor` of the page before: the login of the last of them.
    pub cursor: Option<String>,
}

/// Somebody to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewPerson {
    /// What they sign in with; upper and lower case are the same.
    #[schema(min_length = 1, max_length = 128, format = "login")]
    pub login: String,
    /// What others see; the login where nothing is said.
    pub name: Option<String>,
    /// Their role on everything; none lets them see only what is granted to them.
    #[schema(value_type = Option<domain::Role>)]
    pub role: Option<Role>,
    /// Their first password, of ten characters or more.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 1024)]
    pub password: Secret,
}

/// What is changed about somebody; what is left out stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PersonChange {
    /// Another name.
    pub name: Option<String>,
    /// Another role on everything; `null` takes it away.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<domain::Role>)]
    pub role: Option<Option<Role>>,
    /// Another password: all their sessions and keys end.
    #[schema(value_type = Option<String>, format = Password, min_length = 10, max_length = 1024)]
    pub password: Option<Secret>,
    /// Whether they may not sign in; then all their sessions and keys end.
    pub disabled: Option<bool>,
}

/// Tells `null` from what is not said at all.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    reader: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(reader).map(Some)
}

/// A group of people and of other groups.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Group {
    /// Its id.
    #[schema(value_type = domain::GroupId)]
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
}

impl From<footnote_store::Group> for Group {
    fn from(group: footnote_store::Group) -> Self {
        Self { id: group.id, name: group.name, created_ms: group.created }
    }
}

/// The name of a group.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct GroupName {
    /// The name, of 1 to 128 characters.
    #[schema(min_length = 1, max_length = 128, format = "name")]
    pub name: String,
}

/// Who is in a group itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Member {
    /// The id of a person or of a group.
    pub id: String,
}

impl From<Subject> for Member {
    fn from(subject: Subject) -> Self {
        Self { id: subject_id(subject) }
    }
}

/// Writes the id of a person or a group.
#[must_use]
pub fn subject_id(subject: Subject) -> String {
    match subject {
        Subject::Person(id) => id.to_string(),
        Subject::Group(id) => id.to_string(),
    }
}

/// Reads the id of a person or a group.
///
/// # Errors
/// `NotFound` for what is neither.
pub fn read_subject(text: &str) -> Result<Subject> {
    let is_of = |prefix: &str| text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_'));
    let missing = || Error::not_found("no such person or group");
    if is_of(PersonId::PREFIX) {
        return text.parse().map(Subject::Person).map_err(|_unreadable| missing());
    }
    if is_of(GroupId::PREFIX) {
        return text.parse().map(Subject::Group).map_err(|_unreadable| missing());
    }
    Err(missing())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_can_be_left_as_it_is_taken_away_or_given() {
        let role = |text: &str| serde_json::from_str::<PersonChange>(text).unwrap().role;
        assert_eq!(role("{}"), None);
        assert_eq!(role(r#"{"role": null}"#), Some(None));
        assert_eq!(role(r#"{"role": "editor"}"#), Some(Some(Role::Editor)));
    }

    #[test]
    fn the_id_of_a_subject_says_what_it_is() {
        for subject in [Subject::Person(PersonId::generate()), Subject::Group(GroupId::generate())]
        {
            assert_eq!(read_subject(&subject_id(subject)).unwrap(), subject);
        }
        for text in ["", "usr_", "doc_x", "grp", "ada"] {
            assert!(read_subject(text).is_err(), "{text}");
        }
    }
}
