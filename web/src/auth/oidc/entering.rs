//! Who somebody from the provider is here, and whether they may come in.

use footnote_core::ErrorKind;
use footnote_core::access::TokenHash;
use footnote_core::config::Admission;
use footnote_store::{Identity, NewPerson, Person};
use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::trail;
use super::super::{Access, Deed, Opened};
use super::claims::Claims;
use super::{Oidc, Refusal};
use crate::guard::Client;

/// The longest name that is kept, in characters.
const MAX_NAME_CHARS: usize = 128;

/// How somebody was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Known,
    Linked,
    Made,
}

impl Access {
    /// Lets somebody in whom the provider has proved to be who they are.
    pub(super) async fn enter(
        &self,
        oidc: &Oidc,
        claims: &Claims,
        (client, agent): (Client, &str),
    ) -> Result<Opened, Refusal> {
        let (person, found) = match self.find(oidc, claims).await {
            Err(refusal) => {
                trail::refused(&self.store, None, client.address).await?;
                return Err(refusal);
            }
            found => found?,
        };
        let id = person.id;
        if person.disabled.is_some() {
            trail::refused(&self.store, Some(id), client.address).await?;
            return Err(Refusal::Disabled);
        }
        let mut changed = Vec::new();
        if !oidc.config.groups_claim.is_empty() {
            let none = BTreeSet::new();
            let names = claims.groups.as_ref().unwrap_or(&none);
            changed = self.store.follow_groups(id, names).await?;
        }
        let opened = self.open(person, client, agent).await.map_err(|_| Refusal::Disabled)?;
        let did = async |deed, target: String| {
            opened.requester.did(&self.store, deed, Some(target)).await
        };
        match found {
            Found::Known => {}
            Found::Linked => did(Deed::LinkPerson, id.to_string()).await?,
            Found::Made => did(Deed::AddPerson, id.to_string()).await?,
        }
        for group in changed {
            did(Deed::ChangeMembers, group.to_string()).await?;
        }
        Ok(opened)
    }

    /// Finds who somebody is here, by what the provider calls them, or adds them.
    async fn find(&self, oidc: &Oidc, claims: &Claims) -> Result<(Person, Found), Refusal> {
        let config = &oidc.config;
        if !is_of(&config.allowed_domains, claims.verified_email.as_deref()) {
            return Err(Refusal::NotAdmitted);
        }
        let identity = Identity { issuer: config.issuer.clone(), subject: claims.subject.clone() };
        if let Some(person) = self.store.person_of(&identity).await? {
            return Ok((person, Found::Known));
        }
        if config.link_by_email
            && let Some(person) = self.link(&identity, claims).await?
        {
            return Ok((person, Found::Linked));
        }
        match config.admit {
            Admission::Nobody => Err(Refusal::NotAdmitted),
            Admission::Everyone => self.make(&identity, claims).await,
        }
    }

    /// Links somebody to the person whose login is their verified address, unless that person is
    /// somebody else at the provider already.
    async fn link(&self, identity: &Identity, claims: &Claims) -> Result<Option<Person>, Refusal> {
        let Some(email) = &claims.verified_email else { return Ok(None) };
        let Some(found) = self.store.credentials(email).await? else { return Ok(None) };
        if found.person.disabled.is_some() {
            return Err(Refusal::Disabled);
        }
        match self.store.link_identity(identity, found.person.id).await {
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(None),
            linked => linked.map(|()| Some(found.person)).map_err(Refusal::from),
        }
    }

    /// Adds somebody under the first login that is free: nobody's is ever taken over.
    async fn make(&self, identity: &Identity, claims: &Claims) -> Result<(Person, Found), Refusal> {
        for login in logins(identity, claims) {
            let name = claims.name.as_ref().or(claims.username.as_ref()).unwrap_or(&login);
            let name = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
            let new = NewPerson { login, name, password: None, role: None };
            match self.store.create_person_of(new, identity).await {
                Ok(id) => return Ok((self.store.person(id).await?, Found::Made)),
                Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Invalid) => {}
                Err(error) => return Err(error.into()),
            }
            // Somebody who comes back twice at once is added once.
            if let Some(person) = self.store.person_of(identity).await? {
                return Ok((person, Found::Known));
            }
        }
        Err(Refusal::Failed)
    }
}

/// Returns the logins that somebody may get, the best first; the last one is nobody else's.
fn logins(identity: &Identity, claims: &Claims) -> impl Iterator<Item = String> {
    let hash = TokenHash::of(&format!("{}\n{}", identity.issuer, identity.subject));
    let own = hash.as_bytes().iter().take(8).fold("oidc-".to_owned(), |mut login, byte| {
        // Writing into a text does not fail.
        write!(login, "{byte:02x}").ok();
        login
    });
    [claims.verified_email.clone(), claims.username.clone(), Some(own)].into_iter().flatten()
}

/// Tells whether an address is of a domain that may come in.
fn is_of(domains: &[String], verified_email: Option<&str>) -> bool {
    let domain = verified_email.and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
    domains.is_empty()
        || domain.is_some_and(|domain| domains.iter().any(|own| own.eq_ignore_ascii_case(domain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_verified_address_of_a_domain_counts() {
        let domains = ["Example.org".to_owned()];
        assert!(is_of(&[], None) && is_of(&domains, Some("ada@example.org")));
        for other in [None, Some("ada@evil.example"), Some("a@example.org@evil.example")] {
            assert!(!is_of(&domains, other), "{other:?}");
        }
        assert!(!is_of(&domains, Some("ada@sub.example.org")));
    }

    #[test]
    fn the_last_login_depends_on_issuer_and_subject_alone() {
        let identity = |issuer: &str| Identity { issuer: issuer.into(), subject: "1".into() };
        let last = |issuer| logins(&identity(issuer), &Claims::default()).last().unwrap();
        assert_eq!(last("a"), last("a"));
        assert_ne!(last("a"), last("b"));
        assert_eq!(last("a").len(), 21);
    }
}
