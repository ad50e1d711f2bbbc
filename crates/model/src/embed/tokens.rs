//! Text to tokens for an embedder: cut where the model ends, and with the places of the tokens.

use footnote_core::{Error, Result};
use std::path::Path;
use tokenizers::Tokenizer;

/// About how many bytes are tokenized at once: the tokenizer takes ever longer for long texts.
const PIECE_BYTES: usize = 8 << 10;

/// A tokenizer that cuts texts to what a model reads.
pub(crate) struct TextTokenizer {
    tokenizer: Tokenizer,
    /// How many tokens of the text itself are read.
    max_tokens: usize,
    /// The special tokens before and after every text.
    before: Vec<u32>,
    after: Vec<u32>,
}

impl TextTokenizer {
    /// Loads a `tokenizer.json` whose tokens are below `n_words`, for a model that reads
    /// `max_tokens`, special tokens included.
    ///
    /// Truncation and padding of the file are switched off: it may cut earlier than the model
    /// does, and a batch here needs no padding.
    ///
    /// # Errors
    /// `Invalid` when the file is not a tokenizer or belongs to another model.
    pub(crate) fn load(path: &Path, max_tokens: usize, n_words: usize) -> Result<Self> {
        let invalid = |error: tokenizers::Error| {
            Error::invalid(format!("cannot use {} as a tokenizer", path.display())).because(error)
        };
        let mut tokenizer = Tokenizer::from_file(path).map_err(invalid)?;
        tokenizer.with_padding(None).with_truncation(None).map_err(invalid)?;
        if tokenizer.get_vocab_size(true) > n_words {
            return Err(Error::invalid(format!(
                "{} has more tokens than the model has words ({n_words})",
                path.display()
            )));
        }
        let example = tokenizer.encode_fast("a", true).map_err(invalid)?;
        let is_special = example.get_special_tokens_mask();
        let n_before = is_special.iter().take_while(|mark| **mark == 1).count();
        let n_after = is_special.iter().rev().take_while(|mark| **mark == 1).count();
        let ids = example.get_ids();
        Ok(Self {
            max_tokens: max_tokens.saturating_sub(n_before + n_after),
            before: ids[..n_before].to_vec(),
            after: ids[ids.len() - n_after..].to_vec(),
            tokenizer,
        })
    }

    /// Returns the tokens of a text with the special ones, cut to what the model reads.
    ///
    /// # Errors
    /// `Internal` when the tokenizer fails.
    pub(crate) fn tokens(&self, text: &str) -> Result<Vec<u32>> {
        let mut tokens = self.before.clone();
        let end = self.before.len() + self.max_tokens;
        for piece in pieces(text) {
            tokens.extend_from_slice(
                self.tokenizer.encode_fast(piece, false).map_err(failed)?.get_ids(),
            );
            if tokens.len() >= end {
                break;
            }
        }
        tokens.truncate(end);
        tokens.extend_from_slice(&self.after);
        Ok(tokens)
    }

    /// Returns where each token of the whole text begins, in bytes, special tokens excluded.
    ///
    /// # Errors
    /// `Internal` when the tokenizer fails.
    pub(crate) fn starts(&self, text: &str) -> Result<Vec<usize>> {
        let mut starts = Vec::with_capacity(text.len() / 4);
        let mut first = 0;
        for piece in pieces(text) {
            let encoding = self.tokenizer.encode(piece, false).map_err(failed)?;
            starts.extend(encoding.get_offsets().iter().map(|(start, _)| first + start));
            first += piece.len();
        }
        Ok(starts)
    }
}

fn failed(error: tokenizers::Error) -> Error {
    Error::internal("the tokenizer fails").because(error)
}

/// Cuts a text into pieces whose tokens do not depend on each other: behind white space.
///
/// A stretch without white space is not cut, however long, except behind a full stop of Chinese or
/// Japanese, which is a token of its own.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let from = rest.floor_char_boundary(PIECE_BYTES);
        let cut = rest[from..]
            .char_indices()
            .find(|(_, c)| c.is_whitespace() || matches!(c, '。' | '，' | '、'))
            .map_or(rest.len(), |(at, c)| from + at + c.len_utf8());
        let (piece, after) = rest.split_at(cut);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_cut_behind_white_space_and_make_up_the_text() {
        let text = "word ".repeat(5000) + &"年假。".repeat(5000) + &"x".repeat(20_000);
        let cut: Vec<&str> = pieces(&text).collect();
        assert_eq!(cut.concat(), text);
        assert!(cut.len() > 5);
        let (last, rest) = cut.split_last().unwrap();
        assert!(rest.iter().all(|piece| piece.ends_with([' ', '。'])));
        assert!(last.ends_with('x'));
    }
}
