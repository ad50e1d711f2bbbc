//! Proves what a model wrote: the verdict of the verifier, then every citation re-read.

use footnote_core::Result;
use footnote_core::answer::{Support, SupportState};
use footnote_core::model::{Embedding, Purpose};
use std::time::Instant;

use super::Writer;
use crate::cite::Quote;
use crate::generate::Drafted;
use crate::render::Proven;
use crate::show::millis;
use crate::verify::{Cited, Verdict, Verifier};

impl<'a> Writer<'a, '_> {
    /// Judges a sentence and re-reads what it cites; `None` where it must not be shown at all.
    pub(super) async fn prove(
        &mut self,
        verifier: &Verifier<'_>,
        sentence: Drafted,
    ) -> Result<Option<Proven>> {
        let start = Instant::now();
        let embedding = self.meaning(verifier, &sentence.text).await?;
        let verdict = verifier.judge(&sentence.text, embedding.as_ref());
        self.ending.verify_ms += millis(start);
        let Drafted { text, separator } = sentence;
        Ok(match verdict {
            Verdict::Supported { support, cited } => {
                let quotes = self.requote(&cited).await?;
                quotes.map(|quotes| Proven { separator, text, support, quotes })
            }
            Verdict::Unsupported { score } => {
                let support = Support { state: SupportState::Unsupported, score };
                Some(Proven { separator, text, support, quotes: Vec::new() })
            }
            Verdict::Forbidden => None,
        })
    }

    /// Embeds a sentence if the verifier has something to compare it with.
    async fn meaning(&self, verifier: &Verifier<'_>, text: &str) -> Result<Option<Embedding>> {
        if !verifier.compares_meaning() {
            return Ok(None);
        }
        let embeddings = self.asked.embedder.embed(vec![text.to_owned()], Purpose::Query).await?;
        Ok(embeddings.into_iter().next())
    }

    /// Re-reads every stretch that a sentence cites; `None` if one of them is gone.
    async fn requote(&self, cited: &[Cited]) -> Result<Option<Vec<Quote>>> {
        let mut quotes = Vec::new();
        for stretch in cited {
            let passage = &self.passages[stretch.passage].passage;
            match self.citer.quote(passage, stretch.range.clone()).await? {
                Some(quote) => quotes.push(quote),
                None => return Ok(None),
            }
        }
        Ok(Some(quotes))
    }

    /// Returns the texts whose lower-case words are known to be no names.
    pub(super) fn vocabulary(&self) -> impl Iterator<Item = &'a str> {
        let passages = self.passages.iter().map(|found| found.passage.text.as_str());
        passages.chain([self.asked.question.text.as_str()])
    }
}
