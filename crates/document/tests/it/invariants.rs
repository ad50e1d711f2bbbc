//! What holds for every document and its chunks, checked over any of them.

use footnote_core::document::{Block, BlockKind, Chunk, ParsedDocument};
use footnote_document::{ChunkConfig, chunk, context_prefix};

use crate::tokens;

/// Cuts a document and checks everything that is promised about it.
pub(crate) fn checked_chunks(document: &ParsedDocument, max_tokens: usize) -> Vec<Chunk> {
    check_blocks(document);
    let count = |text: &str| Ok(tokens::count(text));
    let starts = tokens::starts(&document.text);
    let chunks = chunk(document, &starts, &count, &ChunkConfig { max_tokens }).unwrap();
    for (ordinal, chunk) in chunks.iter().enumerate() {
        assert_eq!(usize::try_from(chunk.ordinal).unwrap(), ordinal);
        check_place(document, chunk);
        check_size(document, chunk, max_tokens);
        check_page(document, chunk);
        check_end(document, chunk, max_tokens);
    }
    check_cover(document, &chunks);
    chunks
}

/// Blocks are in order, do not overlap, lie on character boundaries, and have text.
fn check_blocks(document: &ParsedDocument) {
    let mut end = 0;
    for block in &document.blocks {
        assert!(block.range.start >= end, "{block:?} overlaps");
        let text = document.text.get(block.range.clone()).unwrap();
        assert!(!text.trim().is_empty(), "{block:?} is empty");
        end = block.range.end;
    }
}

/// A chunk is trimmed, and its span counts bytes and characters alike.
fn check_place(document: &ParsedDocument, chunk: &Chunk) {
    let text = &document.text[chunk.span.bytes()];
    assert!(!text.is_empty() && text == text.trim(), "{text:?} is not trimmed");
    assert_eq!(chunk.span.char_start, document.text[..chunk.span.start].chars().count());
    assert_eq!(chunk.span.char_end - chunk.span.char_start, text.chars().count());
}

/// Prefix and text fit together, but for a title that is too long by itself.
fn check_size(document: &ParsedDocument, chunk: &Chunk, max_tokens: usize) {
    let text = &document.text[chunk.span.bytes()];
    let n_tokens = usize::try_from(chunk.n_tokens).unwrap();
    assert!(n_tokens >= tokens::count(text), "{text:?} is counted short");
    let title = document.title.as_deref();
    let prefix = tokens::count(&context_prefix(title, &chunk.headings));
    if tokens::count(&context_prefix(title, &[])) <= max_tokens / 2 {
        assert!(prefix + n_tokens <= max_tokens, "{prefix} + {n_tokens} > {max_tokens}: {text:?}");
    }
}

fn within<'a>(document: &'a ParsedDocument, chunk: &Chunk) -> impl Iterator<Item = &'a Block> {
    let span = chunk.span;
    let touches =
        move |block: &&Block| block.range.start < span.end && block.range.end > span.start;
    document.blocks.iter().filter(touches)
}

/// A chunk stays on its page.
fn check_page(document: &ParsedDocument, chunk: &Chunk) {
    assert!(within(document, chunk).all(|block| block.page == chunk.page), "{chunk:?}");
}

/// A heading ends a chunk only when nothing follows it that it could stand with.
fn check_end(document: &ParsedDocument, chunk: &Chunk, max_tokens: usize) {
    let blocks: Vec<&Block> = within(document, chunk).collect();
    let Some(last) = blocks.last() else { return };
    let next = document.blocks.iter().find(|block| block.range.start >= last.range.end);
    let Some(next) = next.filter(|next| next.page == last.page) else { return };
    let is_heading = |block: &&&Block| matches!(block.kind, BlockKind::Heading(_));
    let headings = blocks.iter().rev().take_while(is_heading);
    let n_tokens: usize =
        headings.map(|block| tokens::count(&document.text[block.range.clone()])).sum();
    let gap = &document.text[last.range.end..next.range.start];
    let is_small = n_tokens * 4 < max_tokens && max_tokens >= 40;
    if n_tokens > 0 && is_small && !gap.contains(char::is_alphanumeric) {
        let text = &document.text[chunk.span.bytes()];
        assert_ne!(last.range.end, chunk.span.end, "a heading ends {text:?}");
    }
}

/// Chunks do not overlap, and together they have every character of every block.
fn check_cover(document: &ParsedDocument, chunks: &[Chunk]) {
    let mut covered = vec![false; document.text.len()];
    for chunk in chunks {
        for covered in &mut covered[chunk.span.bytes()] {
            assert!(!*covered, "{chunk:?} overlaps");
            *covered = true;
        }
    }
    for block in &document.blocks {
        for (offset, c) in document.text[block.range.clone()].char_indices() {
            let is_covered = covered[block.range.start + offset];
            assert!(is_covered || c.is_whitespace(), "{c:?} of {block:?} is in no chunk");
        }
    }
}
