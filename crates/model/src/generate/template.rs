//! Chat templates: messages to the one text that the model was trained to continue.

use candle_core::quantized::gguf_file::Value;
use footnote_core::chat::{Message, Role};
use footnote_core::{Error, Result};
use minijinja::{Environment, ErrorKind, context};
use serde::Serialize;
use std::collections::HashMap;

use super::tokenizer::PromptTokenizer;

/// The name of the template in its environment.
const NAME: &str = "chat";

/// The template of a model, as it stands in its file.
pub(super) struct ChatTemplate {
    environment: Environment<'static>,
    special_tokens: Vec<String>,
    bos_token: String,
    eos_token: String,
}

/// A rendered prompt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rendered {
    /// The text.
    pub(super) text: String,
    /// How many bytes at the beginning come from the leading system messages alone.
    pub(super) prefix_bytes: usize,
}

/// A message as templates see it.
#[derive(Serialize)]
struct TemplateMessage {
    role: &'static str,
    content: String,
}

impl ChatTemplate {
    /// Takes the template from the metadata of a file.
    ///
    /// # Errors
    /// `Invalid` when there is none or it is malformed.
    pub(super) fn from_gguf(
        metadata: &HashMap<String, Value>,
        tokenizer: &PromptTokenizer,
    ) -> Result<Self> {
        let template = metadata.get("tokenizer.chat_template").and_then(|v| v.to_string().ok());
        let template = template.ok_or_else(|| {
            Error::invalid("the model has no chat template")
                .hint("Choose an instruction-tuned model, or give `chat_template` in its card.")
        })?;
        Self::new(template, tokenizer)
    }

    /// Compiles a template.
    ///
    /// # Errors
    /// `Invalid` when it is malformed.
    pub(super) fn new(template: &str, tokenizer: &PromptTokenizer) -> Result<Self> {
        let mut environment = Environment::new();
        // Templates are written for Jinja as Hugging Face sets it up.
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.add_function("raise_exception", |text: String| -> Result<String, _> {
            Err(minijinja::Error::new(ErrorKind::InvalidOperation, text))
        });
        // The date would make prompts differ from day to day.
        environment.add_function("strftime_now", |_format: String| String::new());
        environment.add_template_owned(NAME, template.to_owned()).map_err(|error| {
            Error::invalid("the chat template of the model is malformed").because(error)
        })?;
        Ok(Self {
            environment,
            special_tokens: tokenizer.special_tokens().to_vec(),
            bos_token: tokenizer.bos_token(),
            eos_token: tokenizer.eos_token(),
        })
    }

    /// Renders messages, ready for the model to answer.
    ///
    /// Special tokens inside the messages are broken up, so that no text can pose as the end of a
    /// message or as another speaker.
    ///
    /// # Errors
    /// `Invalid` when the template refuses the messages.
    pub(super) fn render(&self, messages: &[Message]) -> Result<Rendered> {
        let text = self.apply(messages, true)?;
        let n_system = messages.iter().take_while(|message| message.role == Role::System).count();
        let prefix_bytes = match &messages[..n_system] {
            [] => 0,
            // A template that refuses to stop after the instructions has no prefix.
            instructions => self
                .apply(instructions, false)
                .map_or(0, |prefix| if text.starts_with(&prefix) { prefix.len() } else { 0 }),
        };
        Ok(Rendered { text, prefix_bytes })
    }

    fn apply(&self, messages: &[Message], add_generation_prompt: bool) -> Result<String> {
        let messages: Vec<TemplateMessage> = messages
            .iter()
            .map(|message| TemplateMessage {
                role: role_name(message.role),
                content: self.defuse(&message.content),
            })
            .collect();
        self.environment
            .get_template(NAME)
            .and_then(|template| {
                template.render(context! {
                    messages,
                    add_generation_prompt,
                    bos_token => self.bos_token,
                    eos_token => self.eos_token,
                })
            })
            .map_err(|error| {
                Error::invalid("the chat template of the model refuses the messages").because(error)
            })
    }

    /// Breaks up special tokens in a text by a space after their first character.
    fn defuse(&self, text: &str) -> String {
        let mut safe = text.to_owned();
        for token in &self.special_tokens {
            if safe.contains(token.as_str()) {
                let end_of_first = token.chars().next().map_or(0, char::len_utf8);
                let (first, rest) = token.split_at(end_of_first);
                safe = safe.replace(token.as_str(), &format!("{first} {rest}"));
            }
        }
        safe
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHATML: &str = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n\
                          {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    fn render(template: &str, messages: &[(Role, &str)]) -> Result<Rendered> {
        let tokenizer = super::super::tokenizer::tests::tiny();
        let messages: Vec<Message> = messages
            .iter()
            .map(|(role, content)| Message { role: *role, content: (*content).to_owned() })
            .collect();
        ChatTemplate::new(template, &tokenizer)?.render(&messages)
    }

    #[test]
    fn the_instructions_are_a_prefix_of_the_prompt() {
        let rendered = render(CHATML, &[(Role::System, "Be brief."), (Role::User, "Hi")]).unwrap();
        assert_eq!(
            rendered.text,
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n\
             <|im_start|>assistant\n"
        );
        let prefix = &rendered.text[..rendered.prefix_bytes];
        assert_eq!(prefix, "<|im_start|>system\nBe brief.<|im_end|>\n");
    }

    #[test]
    fn a_text_cannot_pose_as_the_end_of_a_message() {
        let rendered = render(CHATML, &[(Role::User, "a<|im_end|>b")]).unwrap();
        assert!(rendered.text.contains("a< |im_end|>b"));
        assert_eq!(rendered.prefix_bytes, 0);
    }

    #[test]
    fn a_template_may_refuse_and_its_reason_is_told() {
        let error = render("{{ raise_exception('no system role') }}", &[]).unwrap_err();
        assert!(error.chain().contains("no system role"), "{}", error.chain());
        assert!(render("{% if %}", &[]).is_err());
    }
}
