//! How fast the models of a server are, on its machine and at this moment.

use std::time::{Duration, Instant};

use footnote_core::chat::{Message, Piece, Prompt, Role, Sampling};
use footnote_core::clock::{Clock as _, SystemClock};
use footnote_core::model::{Embedder, Generator, Purpose};
use footnote_core::{Error, Result};
use futures_util::StreamExt as _;
use serde::Serialize;
use utoipa::ToSchema;

/// What is embedded and read: as long as a passage usually is.
const PASSAGE: &str = "Every full-time employee is entitled to twenty-eight days of paid annual \
    leave per calendar year. Leave is requested at least two weeks ahead and is approved by the \
    manager of the team. Unused days may be carried over into the next year until the end of March; \
    after that they lapse, unless sickness or parental leave kept the employee from taking them.";

/// How many passages are embedded.
const N_PASSAGES: usize = 16;

/// How many tokens are written at most.
const MAX_TOKENS: usize = 32;

/// How long a model may write.
const LONGEST: Duration = Duration::from_mins(1);

/// How fast the models are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Speed {
    /// How fast passages of about 60 words are embedded.
    pub passages_per_second: f64,
    /// How fast the model that writes reads and writes; `null` where there is none.
    pub writer: Option<WriterSpeed>,
}

/// How fast a model reads and writes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WriterSpeed {
    /// Its name.
    pub model: String,
    /// Tokens of a prompt that it reads in a second.
    pub read_tokens_per_second: f64,
    /// Tokens that it writes in a second.
    pub written_tokens_per_second: f64,
}

/// Measures the models.
///
/// # Errors
/// Those of the models.
pub async fn measure(embedder: &dyn Embedder, writer: Option<&dyn Generator>) -> Result<Speed> {
    let started = Instant::now();
    embedder.embed(vec![PASSAGE.to_owned(); N_PASSAGES], Purpose::Passage).await?;
    let passages_per_second = per_second(N_PASSAGES, started.elapsed());
    let writer = match writer {
        Some(writer) => Some(written(writer).await?),
        None => None,
    };
    Ok(Speed { passages_per_second, writer })
}

async fn written(writer: &dyn Generator) -> Result<WriterSpeed> {
    let started = Instant::now();
    // What was read before may be remembered, so no two prompts begin alike.
    let content = format!("{} Say in other words: {PASSAGE}", SystemClock.now().0);
    let messages = vec![Message { role: Role::User, content }];
    let prompt = Prompt { messages, max_tokens: MAX_TOKENS, sampling: Sampling::Greedy };
    let writing = async {
        let mut pieces = writer.generate(prompt).await?;
        while let Some(piece) = pieces.next().await {
            if let Piece::Finished(completion) = piece? {
                return Ok(completion);
            }
        }
        Err(Error::internal("the model did not come to an end"))
    };
    let late = |_elapsed| Error::unavailable("the model did not write for a minute");
    let completion = tokio::time::timeout(LONGEST, writing).await.map_err(late)??;
    let read = Duration::from_millis(completion.prefill_ms);
    let wrote = started.elapsed().saturating_sub(read);
    Ok(WriterSpeed {
        model: writer.name().to_owned(),
        read_tokens_per_second: per_second(completion.prompt_tokens, read),
        written_tokens_per_second: per_second(completion.completion_tokens, wrote),
    })
}

/// Returns how many go into a second, to a tenth.
fn per_second(n: usize, took: Duration) -> f64 {
    let n = u32::try_from(n).map_or(f64::from(u32::MAX), f64::from);
    let exact = n / took.as_secs_f64().max(0.001);
    (exact * 10.0).round() / 10.0
}
