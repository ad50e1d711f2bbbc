//! A corpus in memory, an embedder that hashes words, and a model that says what it is told.

use async_trait::async_trait;
use footnote_answer::{Answerer, AnswererParts, Prompts};
use footnote_core::access::{Principal, Scope};
use footnote_core::answer::{Answer, AnswerEvent, AnswerMode, Question};
use footnote_core::chat::{Completion, Piece, Prompt, StopReason};
use footnote_core::config::{AnswerConfig, SearchConfig};
use footnote_core::corpus::Corpus;
use footnote_core::document::Span;
use footnote_core::id::{ChunkId, CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::layout::PageBoxes;
use footnote_core::model::{
    Embedder, Embedding, Fingerprint, Generator, Language, Purpose, Switch,
};
use footnote_core::query::{Candidate, Candidates, DocumentRef, Passage, SearchRequest};
use footnote_core::text::{Analysis, Analyzer as _};
use footnote_core::{Error, Result};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

use crate::plain::PlainAnalyzer;

/// Documents of one chunk each.
#[derive(Default)]
pub(crate) struct MemoryCorpus {
    pub(crate) passages: Vec<Passage>,
    /// Texts that replace the stored ones, as if they had changed after the search.
    pub(crate) changed: HashMap<VersionId, String>,
}

impl MemoryCorpus {
    /// Holds documents, given as a path and a text.
    pub(crate) fn of(documents: &[(&str, &str)]) -> Self {
        let passages = documents.iter().map(|(uri, text)| passage(uri, text)).collect();
        Self { passages, changed: HashMap::new() }
    }
}

pub(crate) fn passage(uri: &str, text: &str) -> Passage {
    let collection = CollectionId::named("test");
    let (id, content) =
        (DocumentId::derive(collection, "/", uri), ContentHash::of(text.as_bytes()));
    let version = VersionId::derive(id, &content, "test");
    Passage {
        chunk: ChunkId::nth(version, 0),
        ordinal: 0,
        document: DocumentRef {
            id,
            version,
            content,
            collection,
            uri: uri.to_owned(),
            title: uri.to_owned(),
            media_type: "text/plain".to_owned(),
        },
        span: Span { start: 0, end: text.len(), char_start: 0, char_end: text.chars().count() },
        page: None,
        headings: Vec::new(),
        text: text.to_owned(),
    }
}

#[async_trait]
impl Corpus for MemoryCorpus {
    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<Candidates> {
        let readable = self.passages.iter();
        let readable = readable.filter(|p| scope.allows(p.document.collection, p.document.id));
        let readable: Vec<&Passage> = readable.collect();
        let ranked = |by: &dyn Fn(&str) -> f32| {
            let judged =
                readable.iter().map(|p| Candidate { passage: (*p).clone(), score: by(&p.text) });
            let mut list: Vec<Candidate> = judged.filter(|c| c.score > 0.0).collect();
            list.sort_by(|a, b| b.score.total_cmp(&a.score));
            list.truncate(request.limit);
            list
        };
        let dense = request.dense.as_ref().map(|question| ranked(&|text| cosine(question, text)));
        let words = request.lexical.as_deref().map(forms);
        let lexical = words.as_ref().map(|words| {
            ranked(&|text| {
                f32::from(u16::try_from(words.intersection(&forms(text)).count()).unwrap())
            })
        });
        Ok(Candidates {
            dense: dense.unwrap_or_default(),
            lexical: lexical.unwrap_or_default(),
            lexical_self_score: f32::from(u16::try_from(words.unwrap_or_default().len()).unwrap()),
            n_orphans: 0,
        })
    }

    async fn quote(&self, _scope: &Scope, version: VersionId, span: Span) -> Result<String> {
        let known = self.passages.iter().find(|passage| passage.document.version == version);
        let passage = known.ok_or_else(|| Error::not_found("no such version"))?;
        let text = self.changed.get(&version).unwrap_or(&passage.text);
        text.get(span.bytes()).map(str::to_owned).ok_or_else(|| Error::invalid("bad span"))
    }

    async fn boxes(
        &self,
        _scope: &Scope,
        _version: VersionId,
        _span: Span,
    ) -> Result<Vec<PageBoxes>> {
        Ok(Vec::new())
    }

    async fn neighbours(&self, _scope: &Scope, _passage: &Passage) -> Result<Vec<Passage>> {
        Ok(Vec::new())
    }
}

fn forms(text: &str) -> HashSet<String> {
    let terms = PlainAnalyzer.terms(text, Analysis::Query).into_iter().map(|term| term.form);
    terms.filter(|form| !PlainAnalyzer.is_stop_word(form)).collect()
}

fn cosine(question: &Embedding, text: &str) -> f32 {
    question.0.iter().zip(&bag_of_words(text).0).map(|(a, b)| a * b).sum()
}

/// Counts the words of a text by their hash, in Latin letters only.
fn bag_of_words(text: &str) -> Embedding {
    let mut values = vec![0.0_f32; 256];
    for form in forms(text).iter().filter(|form| form.is_ascii()) {
        let hash =
            form.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31) ^ usize::from(byte));
        values[hash % 256] += 1.0;
    }
    let length = values.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-6);
    Embedding(values.into_iter().map(|value| value / length).collect())
}

/// Embeds by the words of a text; reads no Chinese.
pub(crate) struct WordEmbedder(Fingerprint);

#[async_trait]
impl Embedder for WordEmbedder {
    fn fingerprint(&self) -> &Fingerprint {
        &self.0
    }

    fn dimension(&self) -> usize {
        256
    }

    fn max_tokens(&self) -> usize {
        256
    }

    fn reads(&self, language: Language) -> bool {
        language == Language::English
    }

    fn token_starts(&self, text: &str) -> Result<Vec<usize>> {
        Ok(text.char_indices().map(|(at, _)| at).collect())
    }

    async fn embed(&self, texts: Vec<String>, _purpose: Purpose) -> Result<Vec<Embedding>> {
        Ok(texts.iter().map(|text| bag_of_words(text)).collect())
    }
}

/// Says a fixed text, a few characters at a time, and remembers what it was asked.
pub(crate) struct ScriptedGenerator {
    pub(crate) script: String,
    pub(crate) context_tokens: usize,
    pub(crate) asked: Mutex<Vec<Prompt>>,
    /// Whether it says nothing more after its script, and does not end either.
    pub(crate) hangs: bool,
}

impl ScriptedGenerator {
    pub(crate) fn saying(script: &str) -> Arc<Self> {
        let asked = Mutex::new(Vec::new());
        Arc::new(Self { script: script.to_owned(), context_tokens: 2048, asked, hangs: false })
    }

    /// Makes a model that never comes to an end.
    pub(crate) fn hanging_after(script: &str) -> Arc<Self> {
        let asked = Mutex::new(Vec::new());
        Arc::new(Self { script: script.to_owned(), context_tokens: 2048, asked, hangs: true })
    }
}

#[async_trait]
impl Generator for ScriptedGenerator {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn reads(&self, language: Language) -> bool {
        language == Language::English
    }

    fn context_tokens(&self) -> usize {
        self.context_tokens
    }

    fn count_tokens(&self, text: &str) -> Result<usize> {
        Ok(text.split_whitespace().count())
    }

    async fn generate(&self, prompt: Prompt) -> Result<BoxStream<'static, Result<Piece>>> {
        self.asked.lock().unwrap().push(prompt);
        let chars: Vec<char> = self.script.chars().collect();
        let texts = chars.chunks(3).map(|piece| Ok(Piece::Text(piece.iter().collect())));
        let end = Completion {
            reason: StopReason::Stop,
            prompt_tokens: 40,
            completion_tokens: 9,
            prefill_ms: 1,
        };
        if self.hangs {
            let pieces: Vec<_> = texts.collect();
            return Ok(stream::iter(pieces).chain(stream::pending()).boxed());
        }
        let pieces: Vec<_> = texts.chain([Ok(Piece::Finished(end))]).collect();
        Ok(stream::iter(pieces).boxed())
    }
}

pub(crate) fn scope() -> Scope {
    Principal::owner().scope(&[]).unwrap()
}

pub(crate) fn answerer(
    corpus: MemoryCorpus,
    generator: Option<Arc<ScriptedGenerator>>,
) -> Answerer {
    configured(corpus, generator, AnswerConfig::default())
}

pub(crate) fn configured(
    corpus: MemoryCorpus,
    generator: Option<Arc<ScriptedGenerator>>,
    answer: AnswerConfig,
) -> Answerer {
    Answerer::new(AnswererParts {
        corpus: Arc::new(corpus),
        embedder: Arc::new(Switch::new(Arc::new(WordEmbedder(Fingerprint("words".to_owned()))))),
        generator: generator.map(|generator| generator as Arc<dyn Generator>),
        analyzer: Arc::new(PlainAnalyzer),
        search: SearchConfig::default(),
        answer,
        prompts: Prompts::default(),
    })
    .unwrap()
}

pub(crate) fn question(text: &str, mode: AnswerMode) -> Question {
    Question { text: text.to_owned(), mode, ..Question::default() }
}

/// Asks and returns the answer with every event that was told.
pub(crate) async fn ask(
    answerer: &Answerer,
    question: &Question,
) -> Result<(Answer, Vec<AnswerEvent>)> {
    let (sender, mut receiver) = mpsc::channel(4);
    let told = async {
        let mut events = Vec::new();
        while let Some(event) = receiver.recv().await {
            events.push(event);
        }
        events
    };
    let scope = scope();
    let answering = async {
        let answer = answerer.answer(&scope, question, &sender).await;
        drop(sender);
        answer
    };
    let (answer, events) = tokio::join!(answering, told);
    Ok((answer?, events))
}

/// Returns the text that was shown piece by piece.
pub(crate) fn shown(events: &[AnswerEvent]) -> String {
    let pieces = events.iter().filter_map(|event| match event {
        AnswerEvent::Text(piece) => Some(piece.as_str()),
        _ => None,
    });
    pieces.collect()
}
