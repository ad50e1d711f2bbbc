//! Mailboxes of many mails in one file: each is a document of its own.

use footnote_core::document::Attachment;
use footnote_core::job::Failure;
use mail_parser::MessageParser;

use crate::limits::Limits;

/// The longest part of a subject that names a mail, in characters.
const MAX_SUBJECT_CHARS: usize = 80;

/// Splits a mailbox into its mails, in order, named by their subjects.
///
/// # Errors
/// `TooLarge` when there are more mails than the limit.
pub(crate) fn split(bytes: &[u8], limits: &Limits) -> Result<Vec<Attachment>, Failure> {
    let mut mails: Vec<Attachment> = Vec::new();
    let mut is_after_blank = true;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if is_after_blank && line.starts_with(b"From ") {
            limits.check_files(mails.len() + 1)?;
            mails.push(Attachment { name: String::new(), bytes: Vec::new() });
        } else if let Some(mail) = mails.last_mut() {
            mail.bytes.extend_from_slice(unquoted(line));
        }
        is_after_blank = line.trim_ascii().is_empty();
    }
    mails.retain(|mail| !mail.bytes.trim_ascii().is_empty());
    for (nth, mail) in mails.iter_mut().enumerate() {
        mail.name = name(nth, &mail.bytes);
    }
    Ok(mails)
}

/// Names a mail by its subject, which stays when mails before it are deleted.
fn name(nth: usize, bytes: &[u8]) -> String {
    let header = MessageParser::default().parse_headers(bytes);
    let subject = header.as_ref().and_then(|header| header.subject()).unwrap_or_default();
    let subject: String = subject.chars().take(MAX_SUBJECT_CHARS).collect();
    match subject.replace(['/', '\\'], "-").trim() {
        "" => format!("mail-{}.eml", nth + 1),
        subject => format!("{subject}.eml"),
    }
}

/// Takes off the `>` that keeps a line from being taken for the next mail.
fn unquoted(line: &[u8]) -> &[u8] {
    let n_marks = line.iter().take_while(|byte| **byte == b'>').count();
    let is_quoted =
        n_marks > 0 && line.get(n_marks..).is_some_and(|rest| rest.starts_with(b"From "));
    if is_quoted { line.get(1..).unwrap_or(line) } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_its_mails() {
        let source = b"From a Mon\nSubject: one\n\nText.\n>From here\nFrom there\n\nFrom b Tue\nSubject: two\n\nx\n";
        let mails = split(source, &Limits::default()).unwrap();
        let texts: Vec<&str> =
            mails.iter().map(|mail| str::from_utf8(&mail.bytes).unwrap()).collect();
        assert_eq!(
            texts,
            ["Subject: one\n\nText.\nFrom here\nFrom there\n\n", "Subject: two\n\nx\n"]
        );
        assert_eq!(mails[1].name, "two.eml");
    }
}
