//! Building an index beside the one that serves, and handing the questions over to it.
//!
//! Others go on writing meanwhile. So the index is compared with the catalog again and again until
//! hardly anything is missing; the rest is done while nobody can write, and then one transaction
//! makes it the one that serves.

use footnote_core::model::{Embedder, Purpose};
use footnote_core::{Error, Result};
use std::collections::HashSet;
use std::sync::Arc;

use super::{Backlog, Engine, OpenSpace, OpenSpaces, Progress};
use crate::catalog::locks::Right;
use crate::catalog::unembedded::{EXPECTED, NEEDED};
use crate::outbox::Pointer;
use crate::space::{Space, SpaceState};

/// How many versions may be left to be done while nobody can write.
const FEW_VERSIONS: usize = 16;

/// How often the index is compared with the catalog at most before the rest is done, however much
/// it is.
const MAX_PASSES: usize = 20;

/// How many texts may be left to be embedded while nobody can write.
const FEW_TEXTS: usize = 32;

/// How many texts are embedded and stored as one.
const TEXTS_PER_BATCH: usize = 128;

/// How many documents an error names.
const NAMED_DOCUMENTS: usize = 3;

/// What serves a space's questions next.
struct Heir<'a> {
    space: OpenSpace,
    /// What embeds the texts that have no vector in the space yet; without it there may be none.
    embedder: Option<&'a dyn Embedder>,
}

impl Engine {
    /// Builds a new index of the space that serves, from the catalog's vectors, and lets it serve.
    /// Returns how many points it has.
    pub(in crate::store) async fn rebuild(&self, progress: Progress<'_>) -> Result<usize> {
        let _turn = self.building.lock().await;
        let right = self.right_to_build().await?;
        let old = self.serving()?.space.clone();
        let fresh = self.fresh(&old).await?;
        let heir = Heir { space: fresh, embedder: None };
        let n_points = self.hand_over(heir, progress).await?;
        self.remove_generation(old.generation).await;
        right.end().await?;
        Ok(n_points)
    }

    /// Builds the index of a space whose texts are embedded but for a few, and lets it serve in
    /// place of the space that served, which is kept as the retired one; a space that was retired
    /// before is dropped. Returns how many points the index has.
    pub(in crate::store) async fn serve(
        &self,
        space: &Space,
        embedder: &dyn Embedder,
        progress: Progress<'_>,
    ) -> Result<usize> {
        let _turn = self.building.lock().await;
        let right = self.right_to_build().await?;
        let heir = Heir { space: self.fresh(space).await?, embedder: Some(embedder) };
        let n_points = self.hand_over(heir, progress).await?;
        for space in self.catalog.spaces().await?.into_iter().skip(2) {
            if space.state == SpaceState::Retired {
                self.forget(&space).await?;
            }
        }
        right.end().await?;
        Ok(n_points)
    }

    /// Lets the space that served before serve again; the one that serves is retired.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Conflict` when it lacks documents that came since.
    pub(in crate::store) async fn roll_back(&self) -> Result<usize> {
        let _turn = self.building.lock().await;
        let right = self.right_to_build().await?;
        self.refresh().await?;
        let spaces = self.catalog.spaces().await?;
        let retired = spaces.iter().find(|space| space.state == SpaceState::Retired);
        let retired = retired.ok_or_else(|| {
            Error::not_found("there is no embedding model to go back to")
                .hint("Embed everything again with `footnote reindex --embedder`.")
        })?;
        self.check_complete(retired).await?;
        let space = match self.spaces().generation(retired.generation) {
            Some(open) => OpenSpace::clone(open),
            None => self.fresh(retired).await?,
        };
        let n_points = self.hand_over(Heir { space, embedder: None }, &|_, _| ()).await?;
        right.end().await?;
        Ok(n_points)
    }

    /// Drops a space that does not serve, with its vectors and its index.
    pub(in crate::store) async fn drop_space(&self, space: &Space) -> Result<()> {
        let _turn = self.building.lock().await;
        let right = self.right_to_build().await?;
        self.forget(space).await?;
        self.refresh().await?;
        right.end().await
    }

    async fn forget(&self, space: &Space) -> Result<()> {
        if self.catalog.drop_space(space.id).await? {
            self.refresh().await?;
            self.remove_generation(space.generation).await;
        }
        Ok(())
    }

    async fn right_to_build(&self) -> Result<Right> {
        self.catalog.right_to_build().await?.ok_or_else(|| {
            Error::conflict("another process is building an index")
                .hint("Wait until it has finished, and try again.")
        })
    }

    /// Makes an empty index for a space.
    async fn fresh(&self, space: &Space) -> Result<OpenSpace> {
        let generation = self.catalog.next_generation().await?;
        let space = Space { generation, ..space.clone() };
        let index = self.open_index(&space).await?;
        Ok(OpenSpace { space, index })
    }

    /// Fills an index while others write, then lets it serve. What was made of one that cannot
    /// serve is removed.
    async fn hand_over(&self, heir: Heir<'_>, progress: Progress<'_>) -> Result<usize> {
        let generation = heir.space.space.generation;
        let handed_over = self.fill_and_switch(&heir, progress).await;
        if handed_over.is_err() && self.spaces().generation(generation).is_none() {
            drop(heir);
            self.remove_generation(generation).await;
        }
        handed_over
    }

    async fn fill_and_switch(&self, heir: &Heir<'_>, progress: Progress<'_>) -> Result<usize> {
        self.embed_until_few(heir).await?;
        self.pass(&heir.space, progress).await?;
        heir.space.index.optimize().await?;
        for _ in 0..MAX_PASSES {
            self.embed_until_few(heir).await?;
            if self.pass(&heir.space, &|_, _| ()).await? <= FEW_VERSIONS {
                break;
            }
        }
        heir.space.index.flush().await?;

        let mut backlog = self.hold().await;
        let right = self.catalog.right_to_switch().await?;
        let n_points = self.switch(heir).await?;
        *backlog = Backlog::default();
        right.end().await?;
        let n_versions = self.catalog.live_versions().await?.len();
        progress(n_versions, n_versions);
        Ok(n_points)
    }

    /// Does the rest and switches, in this process and for all others. Nobody writes meanwhile.
    async fn switch(&self, heir: &Heir<'_>) -> Result<usize> {
        let OpenSpace { space, index } = &heir.space;
        if let Some(embedder) = heir.embedder {
            self.embed_rest(space, embedder).await?;
        }
        if space.state != SpaceState::Serving {
            self.check_complete(space).await?;
        }
        self.pass(&heir.space, &|_, _| ()).await?;
        index.flush().await?;
        let n_points = index.count().await?;
        let analyzer = self.analyzer.version();
        self.catalog.serve_space(space.id, space.generation, analyzer).await?;
        self.announce(space).await;
        let served =
            Space { state: SpaceState::Serving, analyzer: analyzer.to_owned(), ..space.clone() };
        let serving = OpenSpace { space: served, index: Arc::clone(index) };
        self.put_serving(Arc::new(serving)).await?;
        Ok(n_points)
    }

    /// Puts a space in the place of the one that serves, which is kept if it is another one.
    async fn put_serving(&self, serving: Arc<OpenSpace>) -> Result<()> {
        let before = self.spaces();
        let is_same = |open: &Arc<OpenSpace>| open.space.id == serving.space.id;
        let retired = match before.serving {
            Some(old) if !is_same(&old) => Some(old),
            _ => before.retired.filter(|retired| !is_same(retired)),
        };
        let marks = super::marks(&self.catalog.spaces().await?);
        self.put(OpenSpaces { serving: Some(serving), retired, marks });
        Ok(())
    }

    /// Makes an index hold exactly the live versions as they are now. A version whose texts are
    /// not embedded is left for later. Returns how many versions differed.
    async fn pass(&self, target: &OpenSpace, progress: Progress<'_>) -> Result<usize> {
        let indexed = target.index.versions().await?;
        let live = self.catalog.versions_to_index().await?;
        let pointer =
            Pointer { catalog: &self.catalog, analyzer: &self.analyzer, space: target.space.id };
        let mut n_changed = 0;
        for (n_done, (version, n_chunks)) in live.iter().enumerate() {
            progress(n_done, live.len());
            if indexed.get(&version.version).copied().unwrap_or_default() == *n_chunks {
                continue;
            }
            n_changed += 1;
            if let Some(points) = pointer.points(version.version).await? {
                target.index.replace(version, points).await?;
            }
        }
        let live: HashSet<_> = live.iter().map(|(version, _)| version.version).collect();
        for version in indexed.keys().filter(|version| !live.contains(version)) {
            n_changed += 1;
            target.index.remove(*version).await?;
        }
        Ok(n_changed)
    }

    /// Embeds the texts that came since, until hardly any is left.
    async fn embed_until_few(&self, heir: &Heir<'_>) -> Result<()> {
        let Some(embedder) = heir.embedder else { return Ok(()) };
        let space = &heir.space.space;
        for _ in 0..MAX_PASSES {
            let n_missing = self.catalog.n_texts_to_embed(space.id, EXPECTED).await?;
            if n_missing <= FEW_TEXTS as u64 {
                break;
            }
            self.embed_rest(space, embedder).await?;
        }
        Ok(())
    }

    /// Embeds the texts that have no vector in a space.
    async fn embed_rest(&self, space: &Space, embedder: &dyn Embedder) -> Result<()> {
        let mut after = None;
        loop {
            let page =
                self.catalog.texts_to_embed(space.id, EXPECTED, after, TEXTS_PER_BATCH).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.hash);
            let (hashes, texts): (Vec<_>, Vec<_>) =
                page.into_iter().map(|text| (text.hash, text.text)).unzip();
            let vectors = embedder.embed(texts, Purpose::Passage).await?;
            let embeddings: Vec<_> = hashes.into_iter().zip(vectors).collect();
            self.catalog.put_embeddings(space.id, &embeddings).await?;
        }
    }

    /// Refuses a space that lacks texts of documents that can be found now.
    async fn check_complete(&self, space: &Space) -> Result<()> {
        let n_missing = self.catalog.n_texts_to_embed(space.id, NEEDED).await?;
        if n_missing == 0 {
            return Ok(());
        }
        let documents = self.catalog.documents_to_embed(space.id, NAMED_DOCUMENTS).await?;
        Err(Error::conflict(format!(
            "{n_missing} chunks are not embedded with `{}`, because they came later, e.g. of {}",
            space.spec.name(),
            documents.join(", ")
        ))
        .hint(format!(
            "Embed what is missing with `footnote reindex --embedder {}`; it switches then.",
            space.spec.name()
        )))
    }

    /// Removes an index that nobody needs. It costs disk until it is gone, and nothing else.
    async fn remove_generation(&self, generation: i64) {
        if let Err(error) = self.generations.remove(generation).await {
            tracing::warn!(error = error.chain(), generation, "an old index stays for now");
        }
    }
}
