//! The title that a PDF gives itself.

use pdf_extract::Document;

use super::lookup;
use super::marks::decoded;
use crate::assemble::one_line;

/// Takes the title from the information of the file, if it is one that a person gave.
pub(crate) fn title(source: &Document) -> Option<String> {
    let info = lookup::dictionary(source, &source.trailer, b"Info")?;
    let title = lookup::get(source, info, b"Title")?;
    sensible(&decoded(title.as_str().ok()?))
}

/// How programs begin the titles that they make up.
const PROGRAM_PREFIXES: [&str; 3] =
    ["Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - "];

/// How titles end that are names of files.
const FILE_ENDINGS: [&str; 9] =
    [".doc", ".docx", ".pdf", ".indd", ".xls", ".xlsx", ".ppt", ".pptx", ".qxd"];

fn sensible(title: &str) -> Option<String> {
    let title = one_line(&title.replace(char::is_control, " "));
    let title =
        PROGRAM_PREFIXES.iter().find_map(|prefix| title.strip_prefix(prefix)).unwrap_or(&title);
    let lower = title.to_lowercase();
    let is_name = FILE_ENDINGS.iter().any(|ending| lower.ends_with(ending));
    let is_empty =
        matches!(lower.as_str(), "untitled" | "title" | "document" | "none" | "(anonymous)");
    let n_letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let is_sensible = !is_name && !is_empty && n_letters > 2 && title.chars().count() <= 200;
    is_sensible.then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_programs_made_up_are_no_titles() {
        assert_eq!(sensible("Microsoft Word - Leave policy").as_deref(), Some("Leave policy"));
        for made_up in ["Untitled", "(anonymous)", "report_v3.DOCX", " 1 ", "\u{0}\u{1}"] {
            assert_eq!(sensible(made_up), None, "{made_up}");
        }
    }
}
