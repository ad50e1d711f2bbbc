//! The story of an answer: rewrite, retrieve, choose, decide, write, cite.

use footnote_core::access::Scope;
use footnote_core::answer::{Answer, AnswerEvent, Question, RetrievedPassage, Timings};
use footnote_core::config::{AnswerConfig, SearchConfig};
use footnote_core::corpus::Corpus;
use footnote_core::id::DocumentId;
use footnote_core::model::{Embedder, Generator, Language, Purpose, Switch};
use footnote_core::query::SearchMode;
use footnote_core::text::Analyzer;
use footnote_core::{Error, Result, trace};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc::Sender;
use tracing::Instrument as _;

use crate::language::language_of;
use crate::prompt::Prompts;
use crate::retrieve::{Found, Query, Retrieval, Retriever};
use crate::rewrite::standalone;
use crate::select::{Choice, Selector};
use crate::show::Audience;
use crate::write::{Ending, Writer};

/// What an [`Answerer`] is made of.
#[derive(Clone)]
pub struct AnswererParts {
    /// What is searched and cited.
    pub corpus: Arc<dyn Corpus>,
    /// What embeds questions and sentences; the same that embedded the corpus.
    pub embedder: Arc<Switch<dyn Embedder>>,
    /// What words answers; without one every answer is a quote.
    pub generator: Option<Arc<dyn Generator>>,
    /// What turns text into terms; the same that the corpus was indexed with.
    pub analyzer: Arc<dyn Analyzer>,
    /// How passages are found.
    pub search: SearchConfig,
    /// How answers are written.
    pub answer: AnswerConfig,
    /// What models are asked with.
    pub prompts: Prompts,
}

/// Answers questions from a corpus, every claim cited.
pub struct Answerer {
    parts: AnswererParts,
}

impl fmt::Debug for Answerer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answerer")
            .field("search", &self.parts.search)
            .field("answer", &self.parts.answer)
            .finish_non_exhaustive()
    }
}

/// A question, made ready to be searched for.
pub(crate) struct Asked<'a> {
    pub(crate) question: &'a Question,
    pub(crate) standalone: String,
    pub(crate) language: Language,
    /// What embeds everything that is compared for this question.
    pub(crate) embedder: Arc<dyn Embedder>,
}

impl Answerer {
    /// Makes an answerer of its parts.
    ///
    /// # Errors
    /// `Invalid` for a configuration under which nothing could be answered.
    pub fn new(parts: AnswererParts) -> Result<Self> {
        let needed = [
            ("search.k", parts.search.k),
            ("search.candidates", parts.search.candidates),
            ("search.per_document", parts.search.per_document),
            ("answer.max_question_chars", parts.answer.max_question_chars),
            ("answer.passages", parts.answer.passages),
            ("answer.sentences", parts.answer.sentences),
            ("answer.max_tokens", parts.answer.max_tokens),
        ];
        if let Some((key, _)) = needed.iter().find(|(_, value)| *value == 0) {
            return Err(Error::invalid(format!("`{key}` is 0")).hint("Set it to 1 or more."));
        }
        if parts.answer.max_seconds == 0 {
            return Err(Error::invalid("`answer.max_seconds` is 0").hint("Set it to 1 or more."));
        }
        if !(0.0..=1.0).contains(&parts.answer.threshold) {
            return Err(Error::invalid("`answer.threshold` is not between 0 and 1"));
        }
        Ok(Self { parts })
    }

    /// Returns an answerer of the same parts that finds and writes in another way.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn tuned(&self, search: SearchConfig, answer: AnswerConfig) -> Result<Self> {
        Self::new(AnswererParts { search, answer, ..self.parts.clone() })
    }

    /// Finds the passages for a query, best first.
    ///
    /// # Errors
    /// `Invalid` for a query without words or with too many; otherwise as
    /// [`Corpus::search`] and [`Embedder::embed`].
    pub async fn search(&self, scope: &Scope, query: &Query) -> Result<Found> {
        self.check(&query.text)?;
        let k = if query.k == 0 { self.parts.search.k } else { query.k };
        let query = Query { k, ..query.clone() };
        let embedder = self.parts.embedder.get();
        Ok(self.retriever(embedder.as_ref()).retrieve(scope, &query).await?.found)
    }

    /// Answers a question, telling `events` what happens as it happens.
    ///
    /// The last event is [`AnswerEvent::Finished`] with the answer that is also returned.
    ///
    /// # Errors
    /// `Invalid` for a question without words or with too many, `Cancelled` when the receiver of
    /// the events is gone; otherwise what the corpus or a model fails with.
    pub async fn answer(
        &self,
        scope: &Scope,
        question: &Question,
        events: &Sender<AnswerEvent>,
    ) -> Result<Answer> {
        self.check(&question.text)?;
        let mut audience = Audience::new(events);
        let asked = self.ask(question);
        let rewrite = audience.elapsed_ms();
        let retrieval = self.retrieve(scope, &asked, &audience).await?;
        let retrieve = retrieval.found.timings.total_ms;
        let passages = retrieval.found.passages.clone();
        audience.tell(AnswerEvent::Retrieved(passages.clone())).await?;
        let choosing = self.choose(&asked, &retrieval).instrument(trace::rerank(passages.len()));
        let choice = audience.attend(choosing).await??;
        let writer = Writer::new(&self.parts, scope, &asked, &passages, &mut audience);
        let ending = writer.write(choice).await?;
        let answer =
            finish(&asked, passages, ending, Timings { rewrite, retrieve, ..stamp(&audience) });
        audience.tell(AnswerEvent::Finished(Box::new(answer.clone()))).await?;
        Ok(answer)
    }

    /// Refuses a question that says nothing or too much.
    fn check(&self, text: &str) -> Result<()> {
        if !text.contains(char::is_alphanumeric) {
            return Err(Error::invalid("the question is empty").hint("Ask in words."));
        }
        let (n_chars, max_chars) = (text.chars().count(), self.parts.answer.max_question_chars);
        if n_chars > max_chars {
            return Err(Error::invalid(format!(
                "the question has {n_chars} characters, the longest allowed has {max_chars}"
            ))
            .hint("Shorten it, or raise `answer.max_question_chars`."));
        }
        Ok(())
    }

    /// Folds earlier turns into the question and tells its language.
    fn ask<'a>(&self, question: &'a Question) -> Asked<'a> {
        let standalone =
            standalone(&question.text, &question.history, self.parts.analyzer.as_ref());
        let language = language_of(&question.text);
        Asked { question, standalone, language, embedder: self.parts.embedder.get() }
    }

    /// Finds the passages that an answer may draw from.
    async fn retrieve(
        &self,
        scope: &Scope,
        asked: &Asked<'_>,
        audience: &Audience<'_>,
    ) -> Result<Retrieval> {
        let query = Query {
            text: asked.standalone.clone(),
            k: self.parts.search.candidates,
            mode: asked.question.search,
            filter: asked.question.filter.clone(),
            as_of: asked.question.as_of,
        };
        let retriever = self.retriever(asked.embedder.as_ref());
        let mut retrieval = audience.attend(retriever.retrieve(scope, &query)).await??;
        let passages = &mut retrieval.found.passages;
        spread(passages, self.parts.search.per_document);
        passages.truncate(self.parts.answer.passages);
        Ok(retrieval)
    }

    /// Chooses the sentences that answer best.
    async fn choose(&self, asked: &Asked<'_>, retrieval: &Retrieval) -> Result<Choice> {
        let embedder = asked.embedder.as_ref();
        let reads = embedder.reads(asked.language);
        let question = match (&retrieval.question, reads, asked.question.search) {
            (Some(vector), true, _) => Some(vector.clone()),
            (None, true, SearchMode::Lexical) => {
                let texts = vec![asked.standalone.clone()];
                embedder.embed(texts, Purpose::Query).await?.into_iter().next()
            }
            (_, _, _) => None,
        };
        let selector = Selector {
            analyzer: self.parts.analyzer.as_ref(),
            embedder,
            question: question.as_ref(),
            n_sentences: self.parts.answer.sentences,
        };
        let mut choice = selector.choose(&asked.standalone, &retrieval.found.passages).await?;
        choice.evidence.word_score = retrieval.word_score();
        choice.evidence.is_folded = asked.standalone != asked.question.text.trim();
        Ok(choice)
    }

    fn retriever<'a>(&'a self, embedder: &'a dyn Embedder) -> Retriever<'a> {
        Retriever {
            corpus: self.parts.corpus.as_ref(),
            embedder,
            n_candidates: self.parts.search.candidates,
        }
    }
}

/// Keeps at most so many passages of one document, the best.
fn spread(passages: &mut Vec<RetrievedPassage>, per_document: usize) {
    let mut n_kept: HashMap<DocumentId, usize> = HashMap::new();
    passages.retain(|found| {
        let n = n_kept.entry(found.passage.document.id).or_default();
        *n += 1;
        *n <= per_document
    });
}

/// Returns the timings that the audience's clock knows.
fn stamp(audience: &Audience<'_>) -> Timings {
    Timings {
        first_token: audience.first_text_ms(),
        total: audience.elapsed_ms(),
        ..Timings::default()
    }
}

/// Puts the answer together.
fn finish(
    asked: &Asked<'_>,
    sources: Vec<RetrievedPassage>,
    ending: Ending,
    timings: Timings,
) -> Answer {
    Answer {
        id: ending.page.answer,
        question: asked.question.text.clone(),
        standalone_question: asked.standalone.clone(),
        finish_reason: ending.reason,
        mode: ending.mode,
        model: ending.model,
        text: ending.page.text,
        sentences: ending.page.sentences,
        citations: ending.page.citations,
        sources,
        usage: ending.usage,
        timings: Timings { prefill: ending.prefill_ms, verify: ending.verify_ms, ..timings },
    }
}
