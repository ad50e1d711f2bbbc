//! Mails as Outlook keeps them: properties in a container of streams.

use cfb::CompoundFile;
use encoding_rs::{Encoding, WINDOWS_1252};
use footnote_core::document::Attachment;
use footnote_core::job::Failure;
use mail_parser::MessageParser;
use std::fmt::Write as _;
use std::io::{Cursor, Read as _};

use super::{Body, Letter, Mail, unnamed};
use crate::assemble::one_line;
use crate::limits::Limits;
use crate::options::ParseOptions;
use crate::package::damaged;

type Container<'a> = CompoundFile<Cursor<&'a [u8]>>;

/// How deeply mails inside mails are read.
const MAX_INNER: usize = 3;

/// The numbers of the properties that are read.
mod property {
    pub(super) const SUBJECT: u16 = 0x0037;
    pub(super) const SENDER_NAME: u16 = 0x0C1A;
    pub(super) const SENDER_ADDRESS: u16 = 0x0C1F;
    pub(super) const SENDER_SMTP: u16 = 0x5D01;
    pub(super) const HEADER: u16 = 0x007D;
    pub(super) const TO: u16 = 0x0E04;
    pub(super) const CC: u16 = 0x0E03;
    pub(super) const TEXT: u16 = 0x1000;
    pub(super) const HTML: u16 = 0x1013;
    pub(super) const SUBMITTED: u16 = 0x0039;
    pub(super) const CODE_PAGE: u16 = 0x3FDE;
    pub(super) const FILE_NAME: u16 = 0x3707;
    pub(super) const SHORT_FILE_NAME: u16 = 0x3704;
    pub(super) const FILE: u16 = 0x3701;
}

/// Reads a mail of Outlook.
///
/// # Errors
/// `Unreadable` for a damaged file, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], options: &ParseOptions<'_>) -> Result<Mail, Failure> {
    let mut container = CompoundFile::open(Cursor::new(bytes)).map_err(|_| damaged())?;
    let attachments = attachments(&mut container, bytes.len(), options.limits)?;
    let letter = letter(&mut container, "/", MAX_INNER);
    let document = letter.with(&attachments).write(options.limits)?;
    Ok(Mail { document, attachments })
}

fn letter(container: &mut Container<'_>, at: &str, n_inner: usize) -> Letter {
    let numbers = Numbers::read(container, at);
    let code_page = numbers.get(property::CODE_PAGE);
    let encoding = code_page.and_then(encoding).unwrap_or(WINDOWS_1252);
    let mut text = |number| text(container, at, number, encoding).unwrap_or_default();
    let address = Some(text(property::SENDER_SMTP)).filter(|address| !address.is_empty());
    let header = text(property::HEADER);
    let address = address.or_else(|| sender_in(&header));
    let address = address.unwrap_or_else(|| text(property::SENDER_ADDRESS));
    let name = text(property::SENDER_NAME);
    let from = match (name.is_empty(), address.contains('@')) {
        (false, true) if name != address => format!("{name} <{address}>"),
        (false, _) => name,
        (true, _) => address,
    };
    let fields = vec![
        ("From", from),
        ("To", text(property::TO)),
        ("Cc", text(property::CC)),
        ("Date", numbers.get(property::SUBMITTED).map(date).unwrap_or_default()),
    ];
    let subject = Some(one_line(&text(property::SUBJECT))).filter(|subject| !subject.is_empty());
    let plain = text(property::TEXT);
    let body = if plain.trim().is_empty() {
        html(container, at, encoding).map(Body::Html)
    } else {
        Some(Body::Text(plain))
    };
    let inner = if n_inner == 0 { Vec::new() } else { inner(container, at, n_inner - 1) };
    Letter { subject, fields, bodies: body.into_iter().collect(), inner }
}

/// Finds the address of the sender in the header that a mail came with.
fn sender_in(header: &str) -> Option<String> {
    let message = MessageParser::default().parse_headers(header.as_bytes())?;
    message.from()?.first()?.address().map(str::to_owned)
}

/// Reads the mails that are attached to one: they are no files but folders of the container.
fn inner(container: &mut Container<'_>, at: &str, n_inner: usize) -> Vec<Letter> {
    let folders = attachment_folders(container, at);
    let folders = folders.into_iter().map(|folder| format!("{folder}__substg1.0_3701000D/"));
    let folders: Vec<String> = folders.filter(|folder| container.is_storage(folder)).collect();
    folders.iter().map(|folder| letter(container, folder, n_inner)).collect()
}

fn attachment_folders(container: &Container<'_>, at: &str) -> Vec<String> {
    let Ok(entries) = container.read_storage(at) else { return Vec::new() };
    let names = entries.filter(|entry| entry.name().starts_with("__attach"));
    names.map(|entry| format!("{at}{}/", entry.name())).collect()
}

fn attachments(
    container: &mut Container<'_>,
    n_packed_bytes: usize,
    limits: &Limits,
) -> Result<Vec<Attachment>, Failure> {
    let folders = attachment_folders(container, "/");
    limits.check_files(folders.len())?;
    let mut attachments = Vec::new();
    // Entries of a hostile container may share their bytes, and be far more than it is.
    let mut n_bytes = 0_u64;
    for (nth, folder) in folders.iter().enumerate() {
        let Some(bytes) = binary(container, folder, property::FILE) else { continue };
        n_bytes = n_bytes.saturating_add(bytes.len() as u64);
        limits.check_unpacked(n_bytes, n_packed_bytes)?;
        let name = text(container, folder, property::FILE_NAME, WINDOWS_1252)
            .or_else(|| text(container, folder, property::SHORT_FILE_NAME, WINDOWS_1252))
            .filter(|name| !name.trim().is_empty())
            .unwrap_or_else(|| unnamed(nth, "bin"));
        attachments.push(Attachment { name: name.replace('\\', "/"), bytes });
    }
    Ok(attachments)
}

fn html(container: &mut Container<'_>, at: &str, encoding: &'static Encoding) -> Option<String> {
    if let Some(source) = text(container, at, property::HTML, encoding) {
        return Some(source);
    }
    let bytes = binary(container, at, property::HTML)?;
    Some(encoding.decode(&bytes).0.into_owned())
}

/// Reads a text property: UTF-16, or bytes of the mail's own code page.
fn text(
    container: &mut Container<'_>,
    at: &str,
    number: u16,
    encoding: &'static Encoding,
) -> Option<String> {
    let text = if let Some(bytes) = stream(container, &format!("{at}__substg1.0_{number:04X}001F"))
    {
        encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes).0.into_owned()
    } else {
        let bytes = stream(container, &format!("{at}__substg1.0_{number:04X}001E"))?;
        encoding.decode(&bytes).0.into_owned()
    };
    Some(text.trim_end_matches('\0').to_owned())
}

fn binary(container: &mut Container<'_>, at: &str, number: u16) -> Option<Vec<u8>> {
    stream(container, &format!("{at}__substg1.0_{number:04X}0102"))
}

fn stream(container: &mut Container<'_>, path: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    container.open_stream(path).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The properties that are numbers or moments, each sixteen bytes of one stream.
struct Numbers(Vec<u8>);

impl Numbers {
    fn read(container: &mut Container<'_>, at: &str) -> Self {
        let bytes = stream(container, &format!("{at}__properties_version1.0"));
        let bytes = bytes.unwrap_or_default();
        // The header of the stream is shorter for a mail inside another.
        let n_header_bytes = if at == "/" { 32 } else { 24 };
        Self(bytes.get(n_header_bytes..).unwrap_or_default().to_vec())
    }

    fn get(&self, number: u16) -> Option<u64> {
        let (entries, _) = self.0.as_chunks::<16>();
        let is_wanted = |entry: &&[u8; 16]| entry[2..4] == number.to_le_bytes();
        let entry = entries.iter().find(is_wanted)?;
        entry[8..].try_into().map(u64::from_le_bytes).ok()
    }
}

fn encoding(code_page: u64) -> Option<&'static Encoding> {
    let label = match code_page & 0xFFFF {
        65001 => "utf-8".to_owned(),
        936 => "gbk".to_owned(),
        950 => "big5".to_owned(),
        932 => "shift_jis".to_owned(),
        949 => "euc-kr".to_owned(),
        20127 | 28591 => "windows-1252".to_owned(),
        page => format!("windows-{page}"),
    };
    Encoding::for_label(label.as_bytes())
}

/// Writes a moment that is counted in tenths of microseconds since 1601.
fn date(ticks: u64) -> String {
    const DAY_SECONDS: u64 = 86_400;
    /// From 1601 to 1 March of year 0, where the calendar is easiest to count from.
    const DAYS_BEFORE: u64 = 584_694;
    let seconds = ticks / 10_000_000;
    let (days, second) = (seconds / DAY_SECONDS + DAYS_BEFORE, seconds % DAY_SECONDS);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let mut written = format!("{year:04}-{month:02}-{day:02}");
    let time = write!(written, " {:02}:{:02} UTC", second / 3600, second / 60 % 60);
    time.map(|()| written).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_the_calendar() {
        assert_eq!(date(133_540_128_000_000_000), "2024-03-04 08:00 UTC");
        assert_eq!(date(133_485_407_400_000_000), "2023-12-31 23:59 UTC");
    }
}
