//! Mails: the header as a block, the text, and the attachments as files of their own.

mod eml;
mod mbox;
mod mhtml;
mod msg;

use footnote_core::document::{Attachment, BlockKind, ParsedDocument, Place};
use footnote_core::job::Failure;

use crate::assemble::{Assembler, one_line};
use crate::limits::Limits;
use crate::{html, plain};

pub(crate) use eml::parse as eml;
pub(crate) use mbox::split as mbox;
pub(crate) use mhtml::parse as mhtml;
pub(crate) use msg::parse as msg;

/// A mail with the files that came with it.
pub(crate) struct Mail {
    pub(crate) document: ParsedDocument,
    pub(crate) attachments: Vec<Attachment>,
}

/// What a mail says, whatever its format.
#[derive(Debug, Default)]
struct Letter {
    subject: Option<String>,
    /// The lines of the header that a reader sees: name and value.
    fields: Vec<(&'static str, String)>,
    bodies: Vec<Body>,
    /// Mails that are attached but are no file by themselves.
    inner: Vec<Self>,
}

/// A part of the text of a mail.
#[derive(Debug)]
enum Body {
    Text(String),
    Html(String),
}

impl Letter {
    /// Adds what is attached to the fields of the header.
    fn with(mut self, attachments: &[Attachment]) -> Self {
        let names: Vec<&str> = attachments.iter().map(|file| file.name.as_str()).collect();
        self.fields.push(("Attachments", names.join(", ")));
        self
    }

    fn write(&self, limits: &Limits) -> Result<ParsedDocument, Failure> {
        let mut assembler = Assembler::new(limits);
        self.write_into(1, &mut assembler)?;
        Ok(ParsedDocument { title: self.subject.clone(), ..assembler.finish() })
    }

    fn write_into(&self, level: u8, assembler: &mut Assembler<'_>) -> Result<(), Failure> {
        if let Some(subject) = &self.subject {
            assembler.push(BlockKind::Heading(level.min(6)), subject)?;
        }
        let subject = self.subject.as_ref().map(|subject| ("Subject", subject.clone()));
        let lines: Vec<String> = self
            .fields
            .iter()
            .chain(&subject)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}: {}", one_line(value)))
            .collect();
        assembler.begin_place(Some(Place::Part("header".to_owned())));
        assembler.push(BlockKind::Paragraph, &lines.join("\n"))?;
        assembler.begin_place(None);
        for body in &self.bodies {
            match body {
                Body::Text(text) => write_text(text, assembler)?,
                Body::Html(source) => {
                    let limits = assembler.limits();
                    assembler.append(&html::parse(source.as_bytes(), limits)?)?;
                }
            }
        }
        for letter in &self.inner {
            letter.write_into(level + 1, assembler)?;
        }
        Ok(())
    }
}

/// Writes text without markup: what it quotes from other mails stands behind `>`.
fn write_text(text: &str, assembler: &mut Assembler<'_>) -> Result<(), Failure> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for range in plain::paragraphs(&text) {
        let paragraph = text.get(range).unwrap_or_default();
        let is_quoted = paragraph.lines().all(|line| line.trim_start().starts_with('>'));
        let kind = if is_quoted { BlockKind::Quote } else { BlockKind::Paragraph };
        assembler.push(kind, paragraph)?;
    }
    Ok(())
}

/// Names a file that came without a name.
fn unnamed(nth: usize, extension: &str) -> String {
    format!("attachment-{}.{extension}", nth + 1)
}
