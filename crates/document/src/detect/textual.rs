//! Which of the formats that are text a text has.

use super::{Format, extension};
use crate::code::Language;
use crate::{data, markdown};

/// Tells the format of a text by its beginning, then by its name.
pub(crate) fn told(name: &str, text: &str) -> Format {
    if text.starts_with("{\\rtf") {
        return Format::Rtf;
    }
    if let Some(format) = mail(name, text) {
        return format;
    }
    if text.trim_start().starts_with("<?xml") && text.contains("<office:document") {
        return Format::FlatOdf;
    }
    if begins_as_html(text) {
        return Format::Html;
    }
    by_name(name, text)
}

fn by_name(name: &str, text: &str) -> Format {
    let extension = extension(name);
    match extension.as_str() {
        "htm" | "html" | "xhtml" => Format::Html,
        "md" | "markdown" | "mdown" | "mkd" | "mkdn" => Format::Markdown,
        "csv" | "tsv" | "tab" => Format::Delimited,
        "json" | "geojson" => Format::Json,
        "jsonl" | "ndjson" => Format::JsonLines,
        "ipynb" => Format::Notebook,
        "" if is_notebook(text) => Format::Notebook,
        "" if markdown::is_evident(text) => Format::Markdown,
        // Programs write tables as text under the name of a workbook.
        "" | "xls" if data::is_delimited(text) => Format::Delimited,
        extension => match Language::by_extension(extension) {
            Some(language) => Format::Code(language),
            None => Format::PlainText,
        },
    }
}

fn is_notebook(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.contains("\"cell_type\"")
}

/// The names of header lines that nearly every mail has.
const MAIL_FIELDS: [&str; 10] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "received",
    "return-path",
    "delivered-to",
    "content-type",
];

/// Tells mails, mailboxes and saved pages by their header.
fn mail(name: &str, text: &str) -> Option<Format> {
    let extension = extension(name);
    let (header, is_mailbox) = match text.strip_prefix("From ") {
        Some(rest) => (rest.split_once('\n')?.1, true),
        None => (text, false),
    };
    let fields = fields(header)?;
    let n_known = MAIL_FIELDS.iter().filter(|known| fields.contains(&(**known).to_owned())).count();
    let is_named = matches!(extension.as_str(), "eml" | "mht" | "mhtml" | "mbox");
    let is_marked = ["message-id", "mime-version", "received", "return-path"]
        .iter()
        .any(|mark| fields.contains(&(*mark).to_owned()));
    if n_known < 2 || !(is_named || is_marked) {
        return None;
    }
    let is_page = matches!(extension.as_str(), "mht" | "mhtml")
        || fields.iter().any(|field| field == "snapshot-content-location");
    Some(if is_mailbox {
        Format::Mbox
    } else if is_page {
        Format::Mhtml
    } else {
        Format::Eml
    })
}

/// Returns the names of the lines of a header; `None` when a line before the first empty one is
/// neither named nor goes on from the one above.
fn fields(header: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    for line in header.lines().take(MAX_HEADER_LINES) {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) && !fields.is_empty() {
            continue;
        }
        let (name, _) = line.split_once(':')?;
        let is_name = |c: char| c.is_ascii_graphic();
        if name.is_empty() || !name.chars().all(is_name) {
            return None;
        }
        fields.push(name.to_ascii_lowercase());
    }
    Some(fields)
}

/// How many lines of a header are looked at.
const MAX_HEADER_LINES: usize = 200;

/// Tells HTML by its first tag, past an XML declaration and comments.
fn begins_as_html(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(after) = after_prologue(rest) {
        rest = after.trim_start();
    }
    let begins = |tag: &str| {
        rest.get(..tag.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(tag))
            && !rest[tag.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
    };
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| begins(tag))
}

fn after_prologue(text: &str) -> Option<&str> {
    let end = match text {
        text if text.starts_with("<!--") => "-->",
        text if text.starts_with("<?xml") => "?>",
        _ => return None,
    };
    text.split_once(end).map(|(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_told_by_their_header() {
        let mail = "Date: x\nSubject: a\n b\nMIME-Version: 1.0\n\nText";
        assert_eq!(told("a", mail), Format::Eml);
        assert_eq!(told("a.txt", mail), Format::Eml);
        assert_eq!(told("a", &format!("From ana Mon\n{mail}")), Format::Mbox);
        assert_eq!(told("a.mht", mail), Format::Mhtml);
        let letter = "From: Ana\nSubject: leave\n\nTen days.";
        assert_eq!(told("a.txt", letter), Format::PlainText);
        assert_eq!(told("a.eml", letter), Format::Eml);
        assert_eq!(told("a.txt", "Dear all: hello\nSubject to change"), Format::PlainText);
    }

    #[test]
    fn data_and_code_are_told_by_their_name() {
        assert_eq!(told("a.csv", "a,b\n"), Format::Delimited);
        assert_eq!(told("a.jsonl", "{}\n"), Format::JsonLines);
        assert_eq!(told("main.rs", "fn main() {}"), Format::Code(Language::Rust));
        assert_eq!(told("a.log", "x"), Format::PlainText);
        assert_eq!(told("notes", "{\"cells\": [{\"cell_type\": 1}]}"), Format::Notebook);
    }
}
