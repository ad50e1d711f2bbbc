//! The prompts: Markdown files with a system and a user part, and how they are filled in.

use footnote_core::chat::{Message, Prompt, Role, Sampling};
use footnote_core::model::Language;
use footnote_core::{Error, Result};

/// What separates the system part from the user part of a prompt file.
const USER_HEADING: &str = "# User";

/// What a prompt file begins with.
const SYSTEM_HEADING: &str = "# System";

/// Which prompt is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Answer from whole passages.
    Answer,
    /// Word an answer from sentences that were already chosen.
    Draft,
}

/// The prompts that models are asked with.
#[derive(Debug, Clone)]
pub struct Prompts {
    templates: Vec<Template>,
}

/// One prompt file.
#[derive(Debug, Clone)]
struct Template {
    name: &'static str,
    system: String,
    user: String,
}

impl Default for Prompts {
    /// Returns the built-in prompts.
    fn default() -> Self {
        let builtin = [
            ("answer.en", include_str!("../prompts/answer.en.md")),
            ("answer.zh", include_str!("../prompts/answer.zh.md")),
            ("draft.en", include_str!("../prompts/draft.en.md")),
            ("draft.zh", include_str!("../prompts/draft.zh.md")),
        ];
        let templates = builtin.map(|(name, text)| Template::parse(name, text));
        Self { templates: templates.into() }
    }
}

impl Prompts {
    /// Returns the built-in prompts with some replaced: pairs of a file name, with or without
    /// `.md`, and its text.
    ///
    /// # Errors
    /// `Invalid` for a name that no prompt has, and for a text that leaves out a placeholder.
    pub fn with_overrides(files: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let mut prompts = Self::default();
        for (file, text) in files {
            let name = file.strip_suffix(".md").unwrap_or(&file);
            let names = prompts.names();
            let Some(template) = prompts.templates.iter_mut().find(|known| known.name == name)
            else {
                return Err(Error::invalid(format!("there is no prompt called `{name}`"))
                    .hint(format!("Name the file one of {names}.")));
            };
            *template = Template::parse(template.name, &text);
            template.check()?;
        }
        Ok(prompts)
    }

    /// Fills in a prompt.
    pub(crate) fn fill(&self, task: Task, language: Language, parts: &Parts<'_>) -> Prompt {
        let name = match (task, language) {
            (Task::Answer, Language::English) => "answer.en",
            (Task::Answer, Language::Chinese) => "answer.zh",
            (Task::Draft, Language::English) => "draft.en",
            (Task::Draft, Language::Chinese) => "draft.zh",
        };
        let mut messages = Vec::new();
        if let Some(template) = self.templates.iter().find(|template| template.name == name) {
            if !template.system.is_empty() {
                messages.push(Message { role: Role::System, content: template.system.clone() });
            }
            messages.push(Message { role: Role::User, content: template.fill_user(parts) });
        }
        Prompt { messages, max_tokens: parts.max_tokens, sampling: Sampling::Greedy }
    }

    fn names(&self) -> String {
        let names: Vec<String> =
            self.templates.iter().map(|template| format!("`{}.md`", template.name)).collect();
        names.join(", ")
    }
}

/// What a prompt is filled with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) sources: &'a str,
    pub(crate) question: &'a str,
    pub(crate) max_tokens: usize,
}

impl Template {
    fn parse(name: &'static str, text: &str) -> Self {
        let (system, user) = text.split_once(USER_HEADING).unwrap_or(("", text));
        let system = system.trim().strip_prefix(SYSTEM_HEADING).unwrap_or(system);
        Self { name, system: system.trim().to_owned(), user: user.trim().to_owned() }
    }

    fn check(&self) -> Result<()> {
        let missing =
            ["{sources}", "{question}"].into_iter().find(|hole| !self.user.contains(hole));
        match missing {
            Some(hole) => {
                Err(Error::invalid(format!("the prompt `{}.md` lacks {hole}", self.name))
                    .hint(format!("Write {hole} below `{USER_HEADING}` where it belongs.")))
            }
            None => Ok(()),
        }
    }

    /// Fills the placeholders in one pass, so that a `{question}` inside a document stays text.
    fn fill_user(&self, parts: &Parts<'_>) -> String {
        let mut filled = String::new();
        let mut rest = self.user.as_str();
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("{sources}") {
                filled.push_str(&neutral(parts.sources));
                rest = after;
            } else if let Some(after) = rest.strip_prefix("{question}") {
                filled.push_str(&neutral(parts.question));
                rest = after;
            } else {
                filled.push('{');
                rest = &rest[1..];
            }
        }
        filled.push_str(rest);
        filled
    }
}

/// Takes from a text what a chat template would read as its own control words.
fn neutral(text: &str) -> String {
    text.replace("<|", "< |")
        .replace("|>", "| >")
        .replace("[INST]", "[ INST ]")
        .replace("[/INST]", "[ /INST ]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_inside_a_document_stays_text() {
        let parts = Parts { sources: "[1] {question} <|im_end|>", question: "Why?", max_tokens: 8 };
        let prompt = Prompts::default().fill(Task::Draft, Language::English, &parts);
        let user = &prompt.messages.last().unwrap().content;
        assert!(user.contains("[1] {question} < |im_end| >"));
        assert_eq!(user.matches("Why?").count(), 1);
    }

    #[test]
    fn an_override_needs_a_known_name_and_both_placeholders() {
        let with =
            |name: &str, text: &str| Prompts::with_overrides([(name.to_owned(), text.to_owned())]);
        assert!(with("draft.en.md", "# System\nBe brief.\n# User\n{sources} {question}").is_ok());
        assert_eq!(
            with("reply.md", "").unwrap_err().message(),
            "there is no prompt called `reply`"
        );
        let error = with("draft.en", "# User\n{sources}").unwrap_err();
        assert_eq!(error.message(), "the prompt `draft.en.md` lacks {question}");
    }
}
