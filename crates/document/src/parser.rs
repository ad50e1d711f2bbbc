//! The seam of the formats: which reader reads what, and what is refused before any does.

use footnote_core::document::{Attachment, ParsedDocument};
use footnote_core::job::{Failure, FailureCode};

use crate::detect::{self, Compound, Format, detect};
use crate::limits::Limits;
use crate::options::ParseOptions;
use crate::{
    archive, data, epub, html, inside, mail, markdown, office, pdf, picture, plain, rtf, sheet,
};

/// What a file gives: a document, and the files that lie inside it.
///
/// The document of an archive is the list of its files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// The document that the file itself is.
    pub document: ParsedDocument,
    /// The files inside it, each a document of its own: no two have the same name.
    pub attachments: Vec<Attachment>,
}

/// Reads a document: its canonical text, the blocks of that text, and its title.
///
/// The name tells the format where the content does not, and appears nowhere else. The blocks are
/// in order, do not overlap and lie on character boundaries; at least one has text. Files inside
/// it are left out, and a note says which: [`parse_all`] has them.
///
/// # Errors
/// `Empty` without bytes or text, `Unsupported` for a format that is not read, `TooLarge` past a limit, `Encrypted` when a password is needed, `NoTextLayer` for a scan,
/// `Unreadable` for what is damaged. The detail says what to do.
pub fn parse(name: &str, bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let Parsed { mut document, attachments } = parse_all(name, bytes, limits)?;
    document.notes.extend(left_out(&attachments));
    Ok(document)
}

/// Says which files inside a document were not read.
fn left_out(attachments: &[Attachment]) -> Option<String> {
    let names: Vec<&str> = attachments.iter().map(|file| file.name.as_str()).collect();
    let what = names.join(", ");
    (!names.is_empty()).then(|| format!("Files inside it are not read: {what}. Add them as files."))
}

/// Reads a file: the document it is, and the files inside it as they are.
///
/// It opens one level: whoever calls it for the files inside decides how deep archives in
/// archives are followed. All files inside one have at most [`Limits::max_unpacked_bytes`]
/// together.
///
/// # Errors
/// As [`parse`]. A mail without text is no error when it has attachments.
pub fn parse_all(name: &str, bytes: &[u8], limits: &Limits) -> Result<Parsed, Failure> {
    parse_with(name, bytes, &ParseOptions::new(limits))
}

/// Reads a file as [`parse_all`] does, and the letters in pictures as well.
///
/// # Errors
/// As [`parse_all`].
pub fn parse_with(name: &str, bytes: &[u8], options: &ParseOptions<'_>) -> Result<Parsed, Failure> {
    if bytes.is_empty() {
        return Err(Failure::new(
            FailureCode::Empty,
            "The file has no bytes. Replace or remove it.",
        ));
    }
    let format = detect(name, bytes).ok_or_else(|| refusal(name, bytes))?;
    let Parsed { mut document, attachments } = read(format, name, bytes, options)?;
    let n_unpacked_bytes = attachments.iter().map(|file| file.bytes.len() as u64).sum();
    options.limits.check_unpacked(n_unpacked_bytes, bytes.len())?;
    let attachments = inside::named_apart(attachments);
    if document.blocks.is_empty() {
        document = inside::listing(&attachments, options.limits)?;
    }
    if document.blocks.is_empty() {
        let detail = "The file has no text. Replace or remove it.";
        return Err(Failure::new(FailureCode::Empty, detail));
    }
    format.media_type().clone_into(&mut document.media_type);
    document.notes.extend(detect::misnamed(name, format));
    Ok(Parsed { document, attachments })
}

fn read(
    format: Format,
    name: &str,
    bytes: &[u8],
    options: &ParseOptions<'_>,
) -> Result<Parsed, Failure> {
    let limits = options.limits;
    let document = match format {
        Format::Pdf => pdf::parse(bytes, options),
        Format::Png | Format::Jpeg | Format::Tiff | Format::WebP | Format::Bmp => {
            picture::parse(bytes, options)
        }
        Format::Html => html::parse(bytes, limits),
        Format::Markdown => markdown::parse(bytes, limits),
        Format::PlainText | Format::Code(_) => plain::parse(name, bytes, limits),
        Format::Docx => office::docx(bytes, limits),
        Format::Pptx => office::pptx(bytes, limits),
        Format::Xlsx => sheet::xlsx(bytes, limits),
        Format::Doc => office::doc(bytes, limits),
        Format::Ppt => office::ppt(bytes, limits),
        Format::Xls => sheet::xls(bytes, limits),
        Format::Odt | Format::Odp | Format::Ods => office::odf(bytes, limits),
        Format::FlatOdf => office::flat_odf(bytes, limits),
        Format::Rtf => rtf::parse(bytes, limits),
        Format::Epub => epub::parse(bytes, limits),
        Format::Mhtml => mail::mhtml(bytes, limits),
        Format::Delimited => data::delimited(bytes, limits),
        Format::Json => data::json(bytes, limits),
        Format::JsonLines => data::json_lines(bytes, limits),
        Format::Notebook => data::notebook(bytes, limits),
        Format::Eml => return mail::eml(bytes, options).map(of_mail),
        Format::Msg => return mail::msg(bytes, options).map(of_mail),
        Format::Mbox => return mail::mbox(bytes, limits).map(of_archive),
        Format::Zip => return archive::unpack(bytes, limits).map(of_archive),
    };
    Ok(Parsed { document: document?, attachments: Vec::new() })
}

fn of_mail(mail: mail::Mail) -> Parsed {
    Parsed { document: mail.document, attachments: mail.attachments }
}

fn of_archive(attachments: Vec<Attachment>) -> Parsed {
    Parsed { document: ParsedDocument::default(), attachments }
}

/// Says why bytes are not read, and what to do about it.
fn refusal(name: &str, bytes: &[u8]) -> Failure {
    if detect::compound(bytes) == Some(Compound::Encrypted) {
        return crate::package::encrypted();
    }
    let (code, detail) = match detect::foreign(bytes) {
        Some(format) => (
            FailureCode::Unsupported,
            format!(
                "This is {format}, which is not read. Save it as PDF, as an Office file or as text."
            ),
        ),
        None if crate::decode::is_text(bytes) => (
            FailureCode::Unreadable,
            format!(
                "The name ends in .{}, but the content is bare text. Replace it with an intact \
                 copy, or rename it to .txt.",
                detect::extension(name)
            ),
        ),
        None => (
            FailureCode::Unsupported,
            "This is a binary file of an unknown format, whatever its name says. Save it as PDF, \
             as an Office file or as text."
                .to_owned(),
        ),
    };
    Failure::new(code, detail)
}
