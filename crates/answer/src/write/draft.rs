//! The draft: a model words the chosen sentences, and is believed only if all of it is proven.

use footnote_core::answer::{AnswerEvent, AnswerMode, FinishReason, Notice, SupportState};
use footnote_core::chat::Prompt;
use footnote_core::model::Generator;
use footnote_core::{ErrorKind, Result};

use super::Writer;
use crate::generate::{Drafted, SentenceStream};
use crate::prompt::{Parts, Task};
use crate::render::Proven;
use crate::select::Judged;
use crate::verify::{Source, Verifier};

/// How much longer than its sources a draft may be before it is given up, in tokens.
const SPARE_TOKENS: usize = 16;

/// What became of a draft.
enum Draft {
    /// Every sentence is proven, and together they still answer.
    Proven(Vec<Proven>),
    /// It would answer, but a sentence is supported by nothing.
    Unproven,
    /// It ran on, or says too little, or the model failed.
    Useless,
    /// It took too long.
    Late,
}

impl<'a> Writer<'a, '_> {
    /// Shows a draft of the model if all of it is proven and it still answers, else the quotes.
    pub(super) async fn draft_or_quote(
        &mut self,
        generator: &dyn Generator,
        chosen: &[Judged],
    ) -> Result<()> {
        let draft = match self.draft(generator, chosen).await {
            Ok(draft) => draft,
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
            Err(error) => {
                tracing::warn!(error = error.chain(), "the model failed, quoting instead");
                Draft::Useless
            }
        };
        let proven = match draft {
            Draft::Proven(proven) => proven,
            Draft::Unproven => {
                self.audience.tell(AnswerEvent::Notice(Notice::LowSupport)).await?;
                return self.quote(chosen).await;
            }
            Draft::Late => {
                self.audience.tell(AnswerEvent::Notice(Notice::TimeLimit)).await?;
                return self.quote(chosen).await;
            }
            Draft::Useless => return self.quote(chosen).await,
        };
        self.ending.mode = AnswerMode::Generate;
        self.ending.model = Some(generator.name().to_owned());
        for sentence in proven {
            self.show(sentence).await?;
        }
        Ok(())
    }

    /// Lets the model word an answer from the chosen sentences and proves every sentence as it
    /// comes, so that the model stops at the first one that nothing supports.
    async fn draft(&mut self, generator: &dyn Generator, chosen: &[Judged]) -> Result<Draft> {
        let prompt = self.draft_prompt(generator, chosen)?;
        let verifier = self.verifier(chosen);
        let limit = self.limit();
        let mut stream = SentenceStream::start(generator, prompt, self.audience, limit).await?;
        let (mut drafted, mut proven) = (Vec::new(), Vec::new());
        while let Some(sentence) = stream.next(self.audience).await? {
            drafted.push(sentence.clone());
            match self.prove(&verifier, sentence).await? {
                Some(sentence) if sentence.support.state != SupportState::Unsupported => {
                    proven.push(sentence);
                }
                Some(_) | None if self.says_enough(&verifier, &drafted) => {
                    return Ok(Draft::Unproven);
                }
                Some(_) | None => return Ok(Draft::Useless),
            }
        }
        if stream.is_late() {
            return Ok(Draft::Late);
        }
        let is_whole = self.account(stream.completion()) != FinishReason::Length;
        if is_whole && self.says_enough(&verifier, &drafted) {
            return Ok(Draft::Proven(proven));
        }
        Ok(Draft::Useless)
    }

    /// Tells whether a draft, so far, could stand in the place of its sources.
    fn says_enough(&self, verifier: &Verifier<'_>, drafted: &[Drafted]) -> bool {
        verifier.still_answers(drafted, &self.asked.standalone)
    }

    /// Returns the prompt, with room for about as much as the sentences say: the model shortens.
    fn draft_prompt(&self, generator: &dyn Generator, chosen: &[Judged]) -> Result<Prompt> {
        let texts = chosen.iter().map(|sentence| self.text_of(sentence));
        let sources: Vec<String> = texts.map(|text| format!("- {text}")).collect();
        let sources = sources.join("\n");
        let max_tokens = generator.count_tokens(&sources)?.saturating_add(SPARE_TOKENS);
        let parts = Parts {
            sources: &sources,
            question: &self.asked.standalone,
            max_tokens: max_tokens.min(self.parts.answer.max_tokens),
        };
        Ok(self.parts.prompts.fill(Task::Draft, self.asked.language, &parts))
    }

    fn verifier(&self, chosen: &[Judged]) -> Verifier<'a> {
        let sources = chosen.iter().map(|sentence| Source {
            passage: sentence.passage,
            range: sentence.range.clone(),
            text: self.text_of(sentence).to_owned(),
            embedding: sentence.embedding.clone(),
        });
        Verifier::new(self.parts.analyzer.as_ref(), sources.collect(), self.vocabulary())
    }
}
