//! What a provider tells of somebody, as far as it is of use here.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, IdTokenClaims, StandardClaims, UserInfoClaims};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The longest subject that a provider may use, in characters, as the standard has it.
const MAX_SUBJECT_CHARS: usize = 255;

/// Claims that no standard names.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Further {
    #[serde(flatten)]
    claims: Map<String, Value>,
}

impl AdditionalClaims for Further {}

/// What a provider tells of somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Claims {
    /// What the provider calls them, for good.
    pub(super) subject: String,
    /// Their address, where the provider has verified it.
    pub(super) verified_email: Option<String>,
    /// What they are called in short.
    pub(super) username: Option<String>,
    /// What they are called.
    pub(super) name: Option<String>,
    /// The groups in which they are; `None` when nothing is said of them.
    pub(super) groups: Option<BTreeSet<String>>,
}

impl Claims {
    /// Takes what a verified token says, if its subject can be one.
    pub(super) fn of_token(
        token: &IdTokenClaims<Further, CoreGenderClaim>,
        groups_claim: &str,
    ) -> Option<Self> {
        let subject = token.subject().as_str();
        let is_fit = (1..=MAX_SUBJECT_CHARS).contains(&subject.chars().count())
            && !subject.contains(char::is_control);
        let standard = StandardClaims::new(token.subject().clone())
            .set_email(token.email().cloned())
            .set_email_verified(token.email_verified())
            .set_preferred_username(token.preferred_username().cloned())
            .set_name(token.name().cloned());
        let claims = Self::of(&standard, token.additional_claims(), groups_claim);
        is_fit.then_some(claims)
    }

    /// Adds what the provider tells only when it is asked again.
    pub(super) fn completed_by(
        self,
        told: &UserInfoClaims<Further, CoreGenderClaim>,
        groups_claim: &str,
    ) -> Self {
        let told = Self::of(told.standard_claims(), told.additional_claims(), groups_claim);
        Self {
            subject: self.subject,
            verified_email: self.verified_email.or(told.verified_email),
            username: self.username.or(told.username),
            name: self.name.or(told.name),
            groups: self.groups.or(told.groups),
        }
    }

    /// Tells whether something is missing that the provider may tell when it is asked again.
    pub(super) fn lack(&self, groups_claim: &str) -> bool {
        let lack_groups = !groups_claim.is_empty() && self.groups.is_none();
        self.verified_email.is_none() || self.name.is_none() || lack_groups
    }

    fn of(
        standard: &StandardClaims<CoreGenderClaim>,
        further: &Further,
        groups_claim: &str,
    ) -> Self {
        let is_verified = standard.email_verified() == Some(true);
        let email = standard.email().filter(|_| is_verified);
        Self {
            subject: standard.subject().as_str().to_owned(),
            verified_email: email.map(|email| email.as_str().to_lowercase()),
            username: standard.preferred_username().map(|name| name.as_str().to_owned()),
            name: standard
                .name()
                .and_then(|name| name.get(None))
                .map(|name| name.as_str().to_owned()),
            groups: further.claims.get(groups_claim).map(names),
        }
    }
}

/// Reads the names of groups: a list of texts, or one.
fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(name) => BTreeSet::from([name.clone()]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => BTreeSet::new(),
    }
}
