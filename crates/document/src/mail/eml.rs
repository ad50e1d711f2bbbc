//! Mails as they are sent (RFC 5322 and MIME).

use footnote_core::document::Attachment;
use footnote_core::job::{Failure, FailureCode};
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::{Body, Letter, Mail, unnamed};
use crate::assemble::one_line;
use crate::decode;
use crate::guard::guarded;
use crate::options::ParseOptions;

/// Reads a mail.
///
/// # Errors
/// `Unreadable` for what has no header of a mail, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], options: &ParseOptions<'_>) -> Result<Mail, Failure> {
    let decoded = decode::utf16(bytes);
    let bytes = decoded.as_deref().map_or(bytes, str::as_bytes);
    let message = message(bytes)?;
    let attachments = attachments(&message, options)?;
    let document = letter(&message).with(&attachments).write(options.limits)?;
    Ok(Mail { document, attachments })
}

/// Reads the parts of a mail. The library panics where the borders of parts cross.
pub(super) fn message(bytes: &[u8]) -> Result<Message<'_>, Failure> {
    guarded(|| MessageParser::default().parse(bytes)).ok().flatten().ok_or_else(no_mail)
}

/// A picture of fewer bytes that the text of a mail shows is no screenshot.
const SMALL_PICTURE_BYTES: usize = 16 << 10;

fn letter(message: &Message<'_>) -> Letter {
    let date = message.header_raw("Date").map(|date| date.trim().to_owned());
    let addresses = |address: Option<&Address<'_>>| address.map(written).unwrap_or_default();
    let bodies = message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(Body::Text(text.clone().into_owned())),
        PartType::Html(source) => Some(Body::Html(source.clone().into_owned())),
        PartType::Binary(_)
        | PartType::InlineBinary(_)
        | PartType::Message(_)
        | PartType::Multipart(_) => None,
    });
    Letter {
        subject: message.subject().map(one_line).filter(|subject| !subject.is_empty()),
        fields: vec![
            ("From", addresses(message.from())),
            ("To", addresses(message.to())),
            ("Cc", addresses(message.cc())),
            ("Date", date.unwrap_or_default()),
        ],
        bodies: bodies.collect(),
        inner: Vec::new(),
    }
}

/// Writes addresses with their names: `Ana <ana@example.org>`.
fn written(addresses: &Address<'_>) -> String {
    let one = |address: &mail_parser::Addr<'_>| match (address.name(), address.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(text), None) | (None, Some(text)) => text.to_owned(),
        (None, None) => String::new(),
    };
    addresses.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn attachments(
    message: &Message<'_>,
    options: &ParseOptions<'_>,
) -> Result<Vec<Attachment>, Failure> {
    options.limits.check_files(message.attachment_count())?;
    let parts = message.attachments().enumerate();
    let reads_pictures = options.recognizer.is_some();
    let wanted =
        parts.filter(|(_, part)| !is_signature(part) && !is_decoration(part, reads_pictures));
    let attachments = wanted.filter_map(|(nth, part)| {
        let bytes = bytes_of(part);
        let name = part.attachment_name().map(str::to_owned);
        let name = name.unwrap_or_else(|| unnamed(nth, extension_of(part)));
        (!bytes.is_empty()).then(|| Attachment { name: name.replace('\\', "/"), bytes })
    });
    Ok(attachments.collect())
}

/// Tells whether a part is a picture that the text of the mail shows, such as a logo, and not worth
/// reading.
fn is_decoration(part: &MessagePart<'_>, reads_pictures: bool) -> bool {
    let is_picture = part.content_type().is_some_and(|kind| kind.ctype() == "image");
    let is_shown = part.content_id().is_some() || matches!(part.body, PartType::InlineBinary(_));
    is_picture && is_shown && !(reads_pictures && SMALL_PICTURE_BYTES <= part.contents().len())
}

/// Tells whether a part proves who sent the mail (S/MIME, PGP) and says nothing to a reader.
fn is_signature(part: &MessagePart<'_>) -> bool {
    let subtype = part.content_type().and_then(|kind| kind.subtype()).unwrap_or_default();
    ["pkcs7-signature", "x-pkcs7-signature", "pgp-signature"].contains(&subtype)
}

fn bytes_of(part: &MessagePart<'_>) -> Vec<u8> {
    match &part.body {
        PartType::Message(inner) => inner.raw_message().to_vec(),
        _ => part.contents().to_vec(),
    }
}

fn extension_of<'a>(part: &'a MessagePart<'_>) -> &'a str {
    match &part.body {
        PartType::Text(_) => "txt",
        PartType::Html(_) => "html",
        PartType::Message(_) => "eml",
        PartType::Binary(_) | PartType::InlineBinary(_) | PartType::Multipart(_) => {
            part.content_type().and_then(|kind| kind.subtype()).unwrap_or("bin")
        }
    }
}

/// Says that bytes taken for a mail are none.
pub(super) fn no_mail() -> Failure {
    let detail =
        "The mail is damaged: its parts cannot be told apart. Replace it with an intact copy.";
    Failure::new(FailureCode::Unreadable, detail)
}
