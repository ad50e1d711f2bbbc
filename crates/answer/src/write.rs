//! Writes the answer: quotes, a draft that must prove itself, or what a model writes freely.

mod draft;
mod free;
mod prove;

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::answer::{
    AnswerEvent, AnswerMode, FinishReason, RetrievedPassage, Support, SupportState, Usage,
};
use footnote_core::chat::{Completion, StopReason};
use footnote_core::id::AnswerId;
use footnote_core::model::Language;
use std::time::Duration;

use crate::answerer::{AnswererParts, Asked};
use crate::cite::Citer;
use crate::render::{Page, Proven};
use crate::select::{Choice, Judged};
use crate::show::Audience;

/// An answer that is written, less what only the story around it knows.
pub(crate) struct Ending {
    pub(crate) page: Page,
    pub(crate) reason: FinishReason,
    pub(crate) mode: AnswerMode,
    pub(crate) model: Option<String>,
    pub(crate) usage: Usage,
    pub(crate) prefill_ms: u64,
    pub(crate) verify_ms: u64,
}

/// Writes one answer.
pub(crate) struct Writer<'a, 'e> {
    parts: &'a AnswererParts,
    asked: &'a Asked<'a>,
    passages: &'a [RetrievedPassage],
    citer: Citer<'a>,
    audience: &'a mut Audience<'e>,
    ending: Ending,
}

impl<'a, 'e> Writer<'a, 'e> {
    /// Starts an empty answer.
    pub(crate) fn new(
        parts: &'a AnswererParts,
        scope: &'a Scope,
        asked: &'a Asked<'a>,
        passages: &'a [RetrievedPassage],
        audience: &'a mut Audience<'e>,
    ) -> Self {
        let ending = Ending {
            page: Page::new(AnswerId::generate()),
            reason: FinishReason::Stop,
            mode: AnswerMode::Quote,
            model: None,
            usage: Usage::default(),
            prefill_ms: 0,
            verify_ms: 0,
        };
        let citer = Citer { corpus: parts.corpus.as_ref(), scope };
        Self { parts, asked, passages, citer, audience, ending }
    }

    /// Writes the answer that the question's mode asks for, or says that there is none.
    pub(crate) async fn write(mut self, choice: Choice) -> Result<Ending> {
        let confidence = choice.evidence.confidence();
        tracing::debug!(confidence, evidence = ?choice.evidence, "weighed the evidence");
        if choice.sentences.is_empty() || f64::from(confidence) < self.parts.answer.threshold {
            self.refuse().await?;
            return Ok(self.ending);
        }
        match (self.asked.question.mode, &self.parts.generator) {
            (AnswerMode::Quote, _) | (_, None) => self.quote(&choice.sentences).await?,
            // A model that does not read the language could only spoil what was found.
            (AnswerMode::Auto, Some(generator)) if !generator.reads(self.asked.language) => {
                self.quote(&choice.sentences).await?;
            }
            (AnswerMode::Auto, Some(generator)) => {
                self.draft_or_quote(generator.as_ref(), &choice.sentences).await?;
            }
            (AnswerMode::Generate, Some(generator)) => {
                self.generate(generator.as_ref(), &choice.sentences).await?;
            }
        }
        if self.ending.page.sentences.is_empty() {
            self.refuse().await?;
        }
        Ok(self.ending)
    }

    /// Says that the documents do not answer.
    async fn refuse(&mut self) -> Result<()> {
        let text = match self.asked.language {
            Language::English => "The documents do not answer this question.",
            Language::Chinese => "文档中没有能回答这个问题的内容。",
        };
        self.ending.reason = FinishReason::NoAnswer;
        self.ending.mode = AnswerMode::Quote;
        self.ending.model = None;
        text.clone_into(&mut self.ending.page.text);
        self.audience.tell(AnswerEvent::Text(text.to_owned())).await
    }

    /// Quotes the chosen sentences as they stand.
    async fn quote(&mut self, chosen: &[Judged]) -> Result<()> {
        for sentence in chosen {
            let passage = &self.passages[sentence.passage].passage;
            if let Some(quote) = self.citer.quote(passage, sentence.range.clone()).await? {
                let text = quote.text.clone();
                self.show(Proven {
                    separator: self.space(),
                    text,
                    support: EXACT,
                    quotes: vec![quote],
                })
                .await?;
            }
        }
        Ok(())
    }

    /// Adds a proven sentence to the page and tells the audience.
    async fn show(&mut self, proven: Proven) -> Result<()> {
        for event in self.ending.page.add(proven) {
            self.audience.tell(event).await?;
        }
        Ok(())
    }

    /// Notes what the model read and wrote, and why it ended.
    fn account(&mut self, completion: Option<&Completion>) -> FinishReason {
        let Some(completion) = completion else { return FinishReason::Stop };
        self.ending.usage.prompt_tokens += completion.prompt_tokens;
        self.ending.usage.completion_tokens += completion.completion_tokens;
        self.ending.prefill_ms += completion.prefill_ms;
        match completion.reason {
            StopReason::Stop => FinishReason::Stop,
            StopReason::Length => FinishReason::Length,
        }
    }

    /// Returns how long the model may write.
    fn limit(&self) -> Duration {
        Duration::from_secs(self.parts.answer.max_seconds)
    }

    fn text_of(&self, sentence: &Judged) -> &'a str {
        &self.passages[sentence.passage].passage.text[sentence.range.clone()]
    }

    /// Returns what stands between two quoted sentences.
    fn space(&self) -> &'static str {
        match self.asked.language {
            Language::English => " ",
            Language::Chinese => "",
        }
    }
}

/// The support of a quote.
const EXACT: Support = Support { state: SupportState::Exact, score: 1.0 };
