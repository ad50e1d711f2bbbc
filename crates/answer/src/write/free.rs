//! Free generation: a model writes from whole passages, and each sentence is judged as it comes.

use footnote_core::answer::{AnswerEvent, AnswerMode, FinishReason, Notice, SupportState};
use footnote_core::model::Generator;
use footnote_core::{Error, Result};

use super::Writer;
use crate::context::fit;
use crate::generate::SentenceStream;
use crate::prompt::{Parts, Task};
use crate::select::Judged;
use crate::verify::{Source, Verifier};

/// Tokens kept free for what a chat template puts around the messages.
const TEMPLATE_TOKENS: usize = 48;

impl<'a> Writer<'a, '_> {
    /// Lets the model write from whole passages, and shows each sentence once it is judged.
    pub(super) async fn generate(
        &mut self,
        generator: &dyn Generator,
        chosen: &[Judged],
    ) -> Result<()> {
        let (sources, n_used) = self.context(generator).await?;
        let parts = self.filling(&sources);
        let prompt = self.parts.prompts.fill(Task::Answer, self.asked.language, &parts);
        let verifier = self.verifier_of_passages(n_used, chosen);
        let limit = self.limit();
        let mut stream = SentenceStream::start(generator, prompt, self.audience, limit).await?;
        self.ending.mode = AnswerMode::Generate;
        self.ending.model = Some(generator.name().to_owned());
        let mut has_low_support = false;
        let mut seen: Vec<String> = Vec::new();
        while let Some(sentence) = stream.next(self.audience).await? {
            if seen.contains(&sentence.text) {
                continue;
            }
            seen.push(sentence.text.clone());
            let proven = self.prove(&verifier, sentence).await?;
            let is_low =
                proven.as_ref().is_none_or(|p| p.support.state == SupportState::Unsupported);
            if is_low && !has_low_support {
                has_low_support = true;
                self.audience.tell(AnswerEvent::Notice(Notice::LowSupport)).await?;
            }
            if let Some(proven) = proven {
                self.show(proven).await?;
            }
        }
        if stream.is_late() {
            return self.stop_late(chosen).await;
        }
        self.ending.reason = self.account(stream.completion());
        Ok(())
    }

    /// Ends an answer whose model took too long: with what it wrote or, where that is nothing, with
    /// the quotes.
    async fn stop_late(&mut self, chosen: &[Judged]) -> Result<()> {
        self.audience.tell(AnswerEvent::Notice(Notice::TimeLimit)).await?;
        if !self.ending.page.sentences.is_empty() {
            self.ending.reason = FinishReason::Length;
            return Ok(());
        }
        self.ending.mode = AnswerMode::Quote;
        self.ending.model = None;
        self.quote(chosen).await
    }

    /// Fits the passages into the model's context and says so if not all of them did.
    async fn context(&mut self, generator: &dyn Generator) -> Result<(String, usize)> {
        let empty = self.parts.prompts.fill(Task::Answer, self.asked.language, &self.filling(""));
        let mut n_taken = TEMPLATE_TOKENS + self.parts.answer.max_tokens;
        for message in &empty.messages {
            n_taken += generator.count_tokens(&message.content)?;
        }
        let n_room = generator.context_tokens().saturating_sub(n_taken);
        let max_tokens = n_room.min(self.parts.answer.context_tokens);
        let context = fit(self.passages, max_tokens, |text| generator.count_tokens(text))?;
        if context.n_passages == 0 {
            return Err(Error::invalid(
                "the question leaves no room for documents in the model's context",
            )
            .hint("Shorten the question, or use a model with a longer context."));
        }
        if context.is_truncated {
            self.audience.tell(AnswerEvent::Notice(Notice::ContextTruncated)).await?;
        }
        Ok((context.text, context.n_passages))
    }

    fn filling<'s>(&'s self, sources: &'s str) -> Parts<'s> {
        Parts {
            sources,
            question: &self.asked.standalone,
            max_tokens: self.parts.answer.max_tokens,
        }
    }

    /// Makes a verifier of all sentences of the passages before the model.
    fn verifier_of_passages(&self, n_passages: usize, judged: &[Judged]) -> Verifier<'a> {
        let texts = self.passages[..n_passages].iter().map(|found| found.passage.text.as_str());
        let sources = Source::all(texts, judged);
        Verifier::new(self.parts.analyzer.as_ref(), sources, self.vocabulary())
    }
}
