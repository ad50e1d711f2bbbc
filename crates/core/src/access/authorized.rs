//! Ids that somebody may do something to: an id of a request becomes one by the one function that
//! loads its row and all that stands above it.

use async_trait::async_trait;
use std::marker::PhantomData;

use super::{Permission, Principal};
use crate::id::{ChunkId, CollectionId, DocumentId, JobId, SourceId, VersionId};
use crate::{Error, Result};

/// A thing that a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A collection.
    Collection(CollectionId),
    /// A document.
    Document(DocumentId),
    /// A version of a document.
    Version(VersionId),
    /// A chunk of a version.
    Chunk(ChunkId),
    /// A job.
    Job(JobId),
    /// A place that is looked at again and again.
    Source(SourceId),
}

impl Target {
    /// Returns the error that says that there is no such thing, or that nobody may know.
    fn missing(self) -> Error {
        Error::not_found(match self {
            Self::Collection(_) => "no such collection",
            Self::Document(_) => "no such document",
            Self::Version(_) => "no such version",
            Self::Chunk(_) => "no such chunk",
            Self::Job(_) => "no such job",
            Self::Source(_) => "no such source",
        })
    }
}

macro_rules! targets {
    ($($id:ident => $kind:ident),+ $(,)?) => {$(
        impl From<$id> for Target {
            fn from(id: $id) -> Self {
                Self::$kind(id)
            }
        }
    )+};
}

targets! {
    CollectionId => Collection,
    DocumentId => Document,
    VersionId => Version,
    ChunkId => Chunk,
    JobId => Job,
    SourceId => Source,
}

/// What stands above a thing, and decides who may do what to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestry {
    /// The collection.
    pub collection: CollectionId,
    /// The document itself or that of the version or chunk, and those in which it lies; none for
    /// what belongs to the collection as a whole.
    pub documents: Vec<DocumentId>,
}

/// Knows what stands above what.
#[async_trait]
pub trait Ancestors: Send + Sync {
    /// Returns what stands above a thing; `None` when it is not there or was removed.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    async fn ancestors(&self, target: Target) -> Result<Option<Ancestry>>;
}

/// The id of a thing to which somebody may do something. Made by [`Principal::authorize`] alone.
#[derive(Debug)]
pub struct Authorized<Id, A> {
    id: Id,
    collection: CollectionId,
    action: PhantomData<A>,
}

impl<Id: Copy, A> Authorized<Id, A> {
    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// Returns the collection in which it is.
    #[must_use]
    pub fn collection(&self) -> CollectionId {
        self.collection
    }
}

impl Principal {
    /// Makes sure that the principal may do something to a thing that a request names.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), the same when there is no such thing and when it
    /// may not be done; `Unavailable` when the catalog cannot be read.
    pub async fn authorize<Id: Into<Target> + Copy, A: Permission>(
        &self,
        known: &dyn Ancestors,
        id: Id,
    ) -> Result<Authorized<Id, A>> {
        let target: Target = id.into();
        let place = known.ancestors(target).await?;
        let Some(place) = place.filter(|place| self.rights().may(A::ACTION, place)) else {
            return Err(target.missing());
        };
        Ok(Authorized { id, collection: place.collection, action: PhantomData })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Administer, Read, Rights, Role, Write};
    use super::*;
    use crate::id::PersonId;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    /// A catalog of one document, which lies in another.
    struct One {
        inside: DocumentId,
        mail: DocumentId,
        collection: CollectionId,
    }

    #[async_trait]
    impl Ancestors for One {
        async fn ancestors(&self, target: Target) -> Result<Option<Ancestry>> {
            let documents = vec![self.inside, self.mail];
            let is_there = target == Target::Document(self.inside);
            Ok(is_there.then_some(Ancestry { collection: self.collection, documents }))
        }
    }

    /// Runs what never waits.
    fn now<T>(work: impl Future<Output = T>) -> T {
        let Poll::Ready(done) = pin!(work).poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("it waits")
        };
        done
    }

    #[test]
    fn what_is_forbidden_and_what_is_missing_fail_alike() {
        let collection = CollectionId::named("c");
        let document = |uri| DocumentId::derive(collection, "/", uri);
        let (inside, mail) = (document("mail/a"), document("mail"));
        let known = One { inside, mail, collection };
        let mut rights = Rights::default();
        rights.on_document(mail, collection, Role::Editor);
        let editor = Principal::person(PersonId::generate(), "e", rights);
        let nobody = Principal::reader("nobody", []);

        let may: Authorized<_, Write> = now(editor.authorize(&known, inside)).unwrap();
        assert_eq!((may.id(), may.collection()), (inside, collection));
        let forbidden = now(editor.authorize::<_, Administer>(&known, inside)).unwrap_err();
        let hidden = now(nobody.authorize::<_, Read>(&known, inside)).unwrap_err();
        let missing = now(editor.authorize::<_, Read>(&known, document("none"))).unwrap_err();
        for error in [&forbidden, &hidden, &missing] {
            assert_eq!(error.kind(), crate::ErrorKind::NotFound);
            assert_eq!(error.chain(), "no such document");
            assert_eq!(error.advice(), None);
        }
    }
}
