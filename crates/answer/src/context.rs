//! Fits passages into the context of a model: the best first, whole sentences, numbered.

use footnote_core::Result;
use footnote_core::answer::RetrievedPassage;

use crate::sentences::split;

/// What is put before the model.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Context {
    /// The numbered sources, blank lines between them.
    pub(crate) text: String,
    /// How many passages are in it, from the best on.
    pub(crate) n_passages: usize,
    /// Whether something was left out for lack of room.
    pub(crate) is_truncated: bool,
}

/// Puts in as many passages as fit; of the first that does not fit, as many sentences.
///
/// # Errors
/// `Internal` when the tokens cannot be counted.
pub(crate) fn fit(
    passages: &[RetrievedPassage],
    max_tokens: usize,
    count_tokens: impl Fn(&str) -> Result<usize>,
) -> Result<Context> {
    let mut context = Context::default();
    let mut n_left = max_tokens;
    for (place, found) in passages.iter().enumerate() {
        let source = numbered(place, found, &found.passage.text);
        let n_tokens = count_tokens(&source)?;
        if n_tokens <= n_left {
            n_left -= n_tokens;
            context.push(&source);
            continue;
        }
        context.is_truncated = true;
        let part = beginning(place, found, n_left, &count_tokens)?;
        if let Some(part) = part {
            context.push(&part);
        }
        break;
    }
    Ok(context)
}

impl Context {
    fn push(&mut self, source: &str) {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(source);
        self.n_passages += 1;
    }
}

/// Returns the longest beginning of a passage, in sentences, that fits; `None` if none does.
fn beginning(
    place: usize,
    found: &RetrievedPassage,
    n_left: usize,
    count_tokens: &impl Fn(&str) -> Result<usize>,
) -> Result<Option<String>> {
    let mut fitting = None;
    for range in split(&found.passage.text) {
        let part = numbered(place, found, &found.passage.text[..range.end]);
        if count_tokens(&part)? > n_left {
            break;
        }
        fitting = Some(part);
    }
    Ok(fitting)
}

/// Writes a source with its number and the heading it stands under.
fn numbered(place: usize, found: &RetrievedPassage, text: &str) -> String {
    let n = place + 1;
    match found.passage.headings.last() {
        Some(heading) => format!("[{n}] {heading}: {text}"),
        None => format!("[{n}] {text}"),
    }
}
