//! Prompts and what a generator gives back.

use serde::{Deserialize, Serialize};

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// What a generator is asked to continue.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// How many tokens may be written at most.
    pub max_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
}

/// How the next token is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sampling {
    /// Always the likeliest: the same prompt gives the same text.
    Greedy,
    /// By chance among the likeliest.
    Random {
        /// Above 0; 1 leaves the model's odds as they are.
        temperature: f64,
        /// The smallest set of tokens whose odds add up to this is kept (nucleus sampling).
        top_p: f64,
        /// The same seed gives the same text.
        seed: u64,
    },
}

/// One piece of generated text, or its end.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Text, whole characters.
    Text(String),
    /// The end.
    Finished(Completion),
}

/// Why and after how much the model ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// Why it ended.
    pub reason: StopReason,
    /// Tokens read.
    pub prompt_tokens: usize,
    /// Tokens written.
    pub completion_tokens: usize,
    /// Milliseconds spent reading the prompt.
    pub prefill_ms: u64,
}

/// Why a generator ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The model said that it is done.
    Stop,
    /// The limit of tokens was reached.
    Length,
}
