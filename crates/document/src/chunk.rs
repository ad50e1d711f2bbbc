//! The cutting of a document into chunks for an embedder.

use footnote_core::document::{Chunk, ParsedDocument, Span};
use footnote_core::{Error, Result};
use std::ops::Range;
use text_splitter::{ChunkCapacity, CodeSplitter, TextSplitter};

use budget::Budget;
use tokens::Tokens;

use crate::code::Language;

pub use prefix::context_prefix;

mod breaks;
mod budget;
mod prefix;
mod sections;
mod tokens;
mod windows;

/// How documents are cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkConfig {
    /// How many tokens of the embedder prefix and text may have together.
    ///
    /// The caller has taken off what the embedder adds by itself: special tokens and the words
    /// that some models want before a passage.
    pub max_tokens: usize,
}

/// Cuts a document into chunks that cover its blocks once, in order and without overlap.
///
/// `token_starts` are the byte offsets at which the tokens of the whole text begin, ascending;
/// `count` counts the tokens of a short text. The prefix of a chunk ([`context_prefix`] of the
/// document's title and the chunk's headings, and a newline) and its text have at most
/// [`ChunkConfig::max_tokens`] together. Two cases go over: a single character that is that long,
/// and a title that fills more than half of it alone.
///
/// Blocks of two pages share no chunk. It begins with a heading or has the heading among its
/// `headings`; small sections side by side share a chunk, whose `headings` are then the ones
/// above all of them. A row or a sentence is cut only when it alone is too long, and a heading
/// goes with what follows it on its page, if a word of that fits. Source code is cut between its
/// functions, then its statements, where its language is one of [`Language::CUT_BY_GRAMMAR`].
///
/// # Errors
/// `Invalid` when `max_tokens` is zero, `Internal` when the offsets do not belong to the text,
/// and whatever `count` fails with.
pub fn chunk(
    document: &ParsedDocument,
    token_starts: &[usize],
    count: &dyn Fn(&str) -> Result<usize>,
    config: &ChunkConfig,
) -> Result<Vec<Chunk>> {
    if config.max_tokens == 0 {
        return Err(Error::invalid("the embedder leaves no token for text")
            .hint("Use an embedding model that reads longer texts."));
    }
    // The splitter reads a copy in which a line break inside a sentence is a space.
    let text = breaks::soften(document);
    let tokens = Tokens::new(&text, token_starts)?;
    let mut budget = Budget::new(document.title.as_deref(), count, config.max_tokens);
    let mut numbered = Numbered::new(document, &tokens);
    for run in sections::runs(document, &tokens, &mut budget)? {
        for range in split(document, &run, &tokens, &mut budget)? {
            numbered.push(range, &mut budget)?;
        }
    }
    Ok(numbered.chunks)
}

/// Cuts a run of blocks into ranges of the text, as few and as even as its structure allows.
fn split(
    document: &ParsedDocument,
    run: &Range<usize>,
    tokens: &Tokens<'_>,
    budget: &mut Budget<'_>,
) -> Result<Vec<Range<usize>>> {
    let Some(blocks) = document.blocks.get(run.clone()) else { return Ok(Vec::new()) };
    let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Ok(Vec::new()) };
    let range = first.range.start..last.range.end;
    let n_tokens = tokens.count(range.clone());
    if n_tokens <= budget.for_text(&first.headings)? {
        return Ok(vec![range]);
    }
    let budgets = blocks.iter().map(|block| budget.for_text(&block.headings));
    let max_tokens = budgets.collect::<Result<Vec<_>>>()?.into_iter().min().unwrap_or(1);
    let mut pieces = Vec::new();
    for window in windows::windows(tokens.slice(range.clone()), max_tokens) {
        let window = range.start + window.start..range.start + window.end;
        pieces.extend(split_window(&document.media_type, window, tokens, max_tokens)?);
    }
    Ok(pieces)
}

/// Cuts a part of a run, as [`split`] does.
fn split_window(
    media_type: &str,
    range: Range<usize>,
    tokens: &Tokens<'_>,
    max_tokens: usize,
) -> Result<Vec<Range<usize>>> {
    let n_tokens = tokens.count(range.clone()).max(1);
    let n_chunks = n_tokens.div_ceil(max_tokens);
    let capacity = ChunkCapacity::new(n_tokens.div_ceil(n_chunks))
        .with_max(max_tokens)
        .map_err(|error| Error::internal("cannot size the chunks").because(error))?;
    let config = text_splitter::ChunkConfig::new(capacity).with_sizer(tokens);
    let text = tokens.slice(range.clone());
    let located =
        |(offset, piece): (usize, &str)| range.start + offset..range.start + offset + piece.len();
    let Some(grammar) = Language::grammar(media_type) else {
        return Ok(TextSplitter::new(config).chunk_indices(text).map(located).collect());
    };
    let splitter = CodeSplitter::new(grammar, config)
        .map_err(|error| Error::internal("cannot load a grammar").because(error))?;
    Ok(splitter.chunk_indices(text).map(located).collect())
}

/// The chunks made so far, with what is needed to place the next one.
struct Numbered<'a> {
    document: &'a ParsedDocument,
    tokens: &'a Tokens<'a>,
    chunks: Vec<Chunk>,
    /// The first block that may reach into the next chunk.
    block: usize,
    /// A place in the text, and how many characters are before it.
    seen: Span,
}

impl<'a> Numbered<'a> {
    fn new(document: &'a ParsedDocument, tokens: &'a Tokens<'a>) -> Self {
        let seen = Span { start: 0, end: 0, char_start: 0, char_end: 0 };
        Self { document, tokens, chunks: Vec::new(), block: 0, seen }
    }

    /// Adds the chunk of a range that comes after all others.
    fn push(&mut self, range: Range<usize>, budget: &mut Budget<'_>) -> Result<()> {
        let Some(range) = trim(&self.document.text, range) else { return Ok(()) };
        let blocks = &self.document.blocks;
        while blocks.get(self.block).is_some_and(|block| block.range.end <= range.start) {
            self.block += 1;
        }
        let Some(block) = blocks.get(self.block) else { return Ok(()) };
        let headings = budget.fitting(&block.headings)?.to_vec();
        let span = self.locate(&range)?;
        self.chunks.push(Chunk {
            ordinal: u32::try_from(self.chunks.len()).map_err(too_many)?,
            span,
            page: block.page,
            headings,
            n_tokens: u32::try_from(self.tokens.count(range)).map_err(too_many)?,
        });
        Ok(())
    }

    /// Counts characters from the end of the last chunk on.
    fn locate(&mut self, range: &Range<usize>) -> Result<Span> {
        let rest = self.document.text.get(self.seen.end..).unwrap_or_default();
        let rest_start = Span { start: self.seen.end, char_start: self.seen.char_end, ..self.seen };
        let within =
            range.start.checked_sub(self.seen.end).zip(range.end.checked_sub(self.seen.end));
        let span = within
            .and_then(|(start, end)| rest_start.within(rest, start..end))
            .ok_or_else(|| Error::internal("a chunk lies outside the text"))?;
        self.seen = span;
        Ok(span)
    }
}

/// Takes whitespace off both ends; `None` when nothing is left.
fn trim(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let slice = text.get(range.clone())?;
    let start = range.start + (slice.len() - slice.trim_start().len());
    let end = range.start + slice.trim_end().len();
    (start < end).then_some(start..end)
}

fn too_many(error: std::num::TryFromIntError) -> Error {
    Error::invalid("the document has too many chunks or tokens")
        .hint("Split the document.")
        .because(error)
}
