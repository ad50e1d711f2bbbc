//! The tokenizer that a GGUF file describes in its metadata.

use candle_core::quantized::gguf_file::Value;
use footnote_core::{Error, Result};
use std::collections::HashMap;
use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, PreTokenizerWrapper, SplitDelimiterBehavior, Tokenizer};

/// The kinds of tokens that are not text, as the format numbers them: control and user-defined.
const KINDS_NOT_TEXT: [i64; 2] = [3, 4];

/// Tokens that end an answer in one family or another, where the file has them.
const ENDS: [&str; 5] = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "</s>"];

/// How many digits stay together when text is split before merging.
const LLAMA_3_DIGITS: &str = r"\p{N}{1,3}";
const QWEN_2_DIGITS: &str = r"\p{N}";

/// Turns prompts into tokens, and tokens into bytes.
pub(super) struct PromptTokenizer {
    tokenizer: Tokenizer,
    /// The bytes of each token; none for those that are not text.
    bytes: Vec<Vec<u8>>,
    ends: Vec<u32>,
    special_tokens: Vec<String>,
    bos: Option<u32>,
    eos: Option<u32>,
    add_bos: bool,
}

impl PromptTokenizer {
    /// Builds the tokenizer.
    ///
    /// # Errors
    /// `Invalid` when the metadata is incomplete or of a family that is not known: splitting text
    /// in another way than in training would silently spoil every answer.
    pub(super) fn from_gguf(metadata: &HashMap<String, Value>) -> Result<Self> {
        let metadata = Metadata(metadata);
        let tokens = metadata.texts("tokens")?;
        let kinds = metadata.kinds(tokens.len());
        let is_text = |id: usize| !KINDS_NOT_TEXT.contains(&kinds[id]);
        let mut tokenizer = metadata.bpe(&tokens)?;
        let special_tokens: Vec<String> =
            (0..tokens.len()).filter(|&id| !is_text(id)).map(|id| tokens[id].clone()).collect();
        let added = special_tokens.iter().map(|token| AddedToken::from(token.clone(), true));
        tokenizer.add_special_tokens(added).map_err(unusable)?;
        let (bos, eos) = (metadata.id("bos_token_id"), metadata.id("eos_token_id"));
        let from_names = ENDS.iter().filter_map(|token| tokenizer.token_to_id(token));
        let alphabet = byte_alphabet();
        let bytes_of = |(id, token): (usize, &String)| {
            if is_text(id) { token_bytes(token, &alphabet) } else { Vec::new() }
        };
        Ok(Self {
            bytes: tokens.iter().enumerate().map(bytes_of).collect(),
            ends: from_names.chain(eos).collect(),
            special_tokens,
            bos,
            eos,
            add_bos: metadata.flag("add_bos_token"),
            tokenizer,
        })
    }

    /// Returns the tokens of a rendered prompt, special tokens in it recognised.
    ///
    /// # Errors
    /// `Internal` when the tokenizer fails.
    pub(super) fn prompt_tokens(&self, text: &str) -> Result<Vec<u32>> {
        let encoding = self.tokenizer.encode_fast(text, false).map_err(failed)?;
        let ids = encoding.get_ids();
        let bos = self.bos.filter(|bos| self.add_bos && ids.first() != Some(bos));
        Ok(bos.into_iter().chain(ids.iter().copied()).collect())
    }

    /// Counts the tokens of a text.
    ///
    /// # Errors
    /// `Internal` when the tokenizer fails.
    pub(super) fn count(&self, text: &str) -> Result<usize> {
        Ok(self.tokenizer.encode_fast(text, false).map_err(failed)?.len())
    }

    /// Returns the bytes that a token stands for.
    pub(super) fn bytes(&self, token: u32) -> &[u8] {
        self.bytes.get(token as usize).map_or(&[], Vec::as_slice)
    }

    /// Tells whether a token ends the answer.
    pub(super) fn is_end(&self, token: u32) -> bool {
        self.ends.contains(&token)
    }

    /// Returns the tokens that are not text.
    pub(super) fn special_tokens(&self) -> &[String] {
        &self.special_tokens
    }

    /// Returns the token that begins a text, or nothing.
    pub(super) fn bos_token(&self) -> String {
        self.bos.and_then(|id| self.tokenizer.id_to_token(id)).unwrap_or_default()
    }

    /// Returns the token that ends a text, or nothing.
    pub(super) fn eos_token(&self) -> String {
        self.eos.and_then(|id| self.tokenizer.id_to_token(id)).unwrap_or_default()
    }
}

/// The part of the metadata that describes the tokenizer.
struct Metadata<'a>(&'a HashMap<String, Value>);

impl Metadata<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(&format!("tokenizer.ggml.{key}"))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.to_string().ok().map(String::as_str)
    }

    fn texts(&self, key: &str) -> Result<Vec<String>> {
        let values = self.get(key).and_then(|value| value.to_vec().ok());
        let texts = values.and_then(|values| {
            values.iter().map(|value| value.to_string().ok().cloned()).collect::<Option<Vec<_>>>()
        });
        texts.ok_or_else(|| Error::invalid(format!("the GGUF file has no tokenizer ({key})")))
    }

    fn id(&self, key: &str) -> Option<u32> {
        self.get(key)?.to_u64().ok().and_then(|id| u32::try_from(id).ok())
    }

    fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(|value| value.to_bool().ok()).unwrap_or(false)
    }

    /// Returns the kind of each token; text where the file does not say.
    fn kinds(&self, n_tokens: usize) -> Vec<i64> {
        let number = |value: &Value| {
            value.to_i32().map(i64::from).or_else(|_| value.to_u32().map(i64::from)).unwrap_or(1)
        };
        let values = self.get("token_type").and_then(|value| value.to_vec().ok());
        let mut kinds: Vec<i64> =
            values.map_or_else(Vec::new, |values| values.iter().map(number).collect());
        kinds.resize(n_tokens, 1);
        kinds
    }

    /// Builds a byte-level BPE tokenizer.
    fn bpe(&self, tokens: &[String]) -> Result<Tokenizer> {
        let model = self.text("model").unwrap_or_default();
        if model != "gpt2" {
            return Err(Error::invalid(format!(
                "a GGUF file with a tokenizer of the kind `{model}` does not run here"
            ))
            .hint("Models with a byte-level tokenizer run here: SmolLM2, Llama 3, Qwen 2."));
        }
        let merge = |merge: String| {
            let (left, right) = merge.split_once(' ')?;
            Some((left.to_owned(), right.to_owned()))
        };
        let merges = self.texts("merges")?.into_iter().map(merge).collect::<Option<Vec<_>>>();
        let merges =
            merges.ok_or_else(|| Error::invalid("the merges of the GGUF file are malformed"))?;
        let family = Family::of(self.text("pre").unwrap_or_default())?;
        let ids = (0u32..).zip(tokens).map(|(id, token)| (token.clone(), id));
        let bpe = BPE::builder()
            .vocab_and_merges(ids.collect::<tokenizers::models::bpe::Vocab>(), merges)
            .ignore_merges(family == Family::Llama3)
            .build()
            .map_err(unusable)?;
        let mut tokenizer = Tokenizer::new(bpe);
        tokenizer.with_pre_tokenizer(Some(family.splitter()?));
        if family == Family::Qwen2 {
            let nfc = tokenizers::normalizers::NFC;
            tokenizer.with_normalizer(Some(nfc)).map_err(unusable)?;
        }
        Ok(tokenizer)
    }
}

/// How text is split before merging, by what the format calls `pre`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Gpt2,
    SmolLm,
    Llama3,
    Qwen2,
}

impl Family {
    fn of(pre: &str) -> Result<Self> {
        match pre {
            "gpt-2" | "gpt2" => Ok(Self::Gpt2),
            "smollm" => Ok(Self::SmolLm),
            "llama-bpe" | "llama3" | "llama-v3" => Ok(Self::Llama3),
            "qwen2" => Ok(Self::Qwen2),
            other => Err(Error::invalid(format!(
                "a GGUF file that splits text the way of `{other}` does not run here"
            ))
            .hint("The known ways are smollm, llama-bpe, qwen2 and gpt-2.")),
        }
    }

    fn splitter(self) -> Result<PreTokenizerWrapper> {
        // No leading space is added: it would change the first token of every text.
        let bytes = |use_regex: bool| ByteLevel::new(false, false, use_regex).into();
        let split = |digits: &str| {
            let pattern = SplitPattern::Regex(word_pattern(digits));
            Split::new(pattern, SplitDelimiterBehavior::Isolated, false).map_err(unusable)
        };
        Ok(match self {
            Self::Gpt2 => bytes(true),
            Self::SmolLm => Sequence::new(vec![Digits::new(true).into(), bytes(true)]).into(),
            Self::Llama3 => Sequence::new(vec![split(LLAMA_3_DIGITS)?.into(), bytes(false)]).into(),
            Self::Qwen2 => Sequence::new(vec![split(QWEN_2_DIGITS)?.into(), bytes(false)]).into(),
        })
    }
}

/// Returns how Llama 3 and Qwen 2 split text into what is merged by itself: contractions, words,
/// digits, punctuation, line ends, spaces.
fn word_pattern(digits: &str) -> String {
    let words = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+";
    let others = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    format!("{words}|{digits}|{others}")
}

/// Returns the byte behind each character of the alphabet in which byte-level tokens are written.
///
/// Printable Latin-1 characters stand for themselves; the other bytes follow from `U+0100` on.
fn byte_alphabet() -> HashMap<char, u8> {
    let is_itself = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let others = (0..=255u8).filter(|byte| !is_itself(*byte)).zip('\u{100}'..);
    let themselves =
        (0..=255u8).filter(|byte| is_itself(*byte)).map(|byte| (char::from(byte), byte));
    themselves.chain(others.map(|(byte, letter)| (letter, byte))).collect()
}

/// Returns the bytes of a token; a letter outside the alphabet stands for itself.
fn token_bytes(token: &str, alphabet: &HashMap<char, u8>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(token.len());
    for letter in token.chars() {
        match alphabet.get(&letter) {
            Some(byte) => bytes.push(*byte),
            None => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

fn unusable(error: impl Into<tokenizers::Error>) -> Error {
    Error::invalid("cannot use the tokenizer of the GGUF file").because(error.into())
}

fn failed(error: tokenizers::Error) -> Error {
    Error::internal("the tokenizer fails").because(error)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn metadata(pre: &str) -> HashMap<String, Value> {
        let texts = |texts: &[&str]| {
            Value::Array(texts.iter().map(|text| Value::String((*text).to_owned())).collect())
        };
        let tokens = ["<|im_end|>", "h", "i", "hi", "Ġ", "Ġh", "1", "11", "å", "¹", "´", "x"];
        let mut kinds = vec![Value::I32(1); tokens.len()];
        kinds[0] = Value::I32(3);
        [
            ("model", Value::String("gpt2".to_owned())),
            ("pre", Value::String(pre.to_owned())),
            ("tokens", texts(&tokens)),
            ("merges", texts(&["Ġ h", "h i", "1 1"])),
            ("token_type", Value::Array(kinds)),
            ("eos_token_id", Value::U32(0)),
        ]
        .map(|(key, value)| (format!("tokenizer.ggml.{key}"), value))
        .into()
    }

    /// A tokenizer of a dozen tokens.
    pub(in super::super) fn tiny() -> PromptTokenizer {
        PromptTokenizer::from_gguf(&metadata("smollm")).unwrap()
    }

    #[test]
    fn no_space_is_put_before_the_first_word() {
        assert_eq!(tiny().prompt_tokens("hi").unwrap(), [3]);
        assert_eq!(tiny().prompt_tokens("hi hi").unwrap(), [3, 5, 2]);
    }

    #[test]
    fn families_split_digits_in_their_own_way() {
        let count =
            |pre: &str| PromptTokenizer::from_gguf(&metadata(pre)).unwrap().count("11").unwrap();
        assert_eq!(
            [count("smollm"), count("qwen2"), count("llama-bpe"), count("gpt-2")],
            [2, 2, 1, 1]
        );
    }

    #[test]
    fn special_tokens_are_recognised_and_have_no_bytes() {
        let tokenizer = tiny();
        assert_eq!(tokenizer.prompt_tokens("h<|im_end|>").unwrap(), [1, 0]);
        assert!(tokenizer.is_end(0) && tokenizer.bytes(0).is_empty());
    }

    #[test]
    fn bytes_come_back_as_they_went_in() {
        let tokenizer = tiny();
        let tokens = tokenizer.prompt_tokens("hi 年").unwrap_or_default();
        let bytes: Vec<u8> = tokens.iter().flat_map(|t| tokenizer.bytes(*t).to_vec()).collect();
        assert_eq!(String::from_utf8_lossy(&bytes), "hi 年");
    }

    #[test]
    fn an_unknown_family_is_refused_by_name() {
        let error = PromptTokenizer::from_gguf(&metadata("chatglm-bpe")).err().unwrap();
        assert!(error.message().contains("chatglm-bpe"));
    }
}
