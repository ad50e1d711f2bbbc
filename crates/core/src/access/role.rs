//! Roles, and what each of them may do.

use serde::{Deserialize, Serialize};

/// What somebody is on a collection, on a document, or on everything. A higher one includes those
/// below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May read.
    Reader,
    /// May also add, replace and remove.
    Editor,
    /// May also say who may do what.
    Admin,
}

impl Role {
    /// Tells whether whoever has this role may do something.
    #[must_use]
    pub fn may(self, action: Action) -> bool {
        let needed = match action {
            Action::Read => Self::Reader,
            Action::Write => Self::Editor,
            Action::Administer => Self::Admin,
        };
        needed <= self
    }
}

/// What is done to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It is looked at.
    Read,
    /// It is changed.
    Write,
    /// Who may do what with it is looked at or changed.
    Administer,
}

/// An [`Action`] as a type, so that a function can say which one its argument is authorized for.
pub trait Permission: sealed::Sealed + Send + Sync {
    /// The action.
    const ACTION: Action;
}

/// The permission to look at a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read;

/// The permission to change a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write;

/// The permission to say who may do what with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Administer;

impl Permission for Read {
    const ACTION: Action = Action::Read;
}

impl Permission for Write {
    const ACTION: Action = Action::Write;
}

impl Permission for Administer {
    const ACTION: Action = Action::Administer;
}

mod sealed {
    /// Keeps others from making permissions of their own.
    pub trait Sealed {}

    impl Sealed for super::Read {}
    impl Sealed for super::Write {}
    impl Sealed for super::Administer {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_role_includes_those_below_it() {
        let may = |role: Role| {
            [Action::Read, Action::Write, Action::Administer].map(|action| role.may(action))
        };
        assert_eq!(may(Role::Reader), [true, false, false]);
        assert_eq!(may(Role::Editor), [true, true, false]);
        assert_eq!(may(Role::Admin), [true, true, true]);
    }
}
