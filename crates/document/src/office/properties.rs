//! What an Office file says about itself as a whole.

use footnote_core::job::Failure;

use crate::assemble::one_line;
use crate::limits::Limits;
use crate::package::Package;
use crate::xml::{Step, Xml};

/// Titles that programs write by themselves.
const NO_TITLES: [&str; 6] =
    ["powerpoint presentation", "presentation", "untitled", "document", "word document", "slide 1"];

/// Returns the title of a package of Office or OpenDocument.
///
/// # Errors
/// As [`Package::read`].
pub(crate) fn title(package: &mut Package<'_>, part: &str) -> Result<Option<String>, Failure> {
    let Some(text) = package.text(part)? else { return Ok(None) };
    title_in(&text, package.limits())
}

/// Returns the first `title` of a part.
///
/// # Errors
/// As [`Xml::next`].
pub(crate) fn title_in(text: &str, limits: &Limits) -> Result<Option<String>, Failure> {
    let mut xml = Xml::new(text, limits);
    while let Some(step) = xml.next()? {
        match step {
            Step::Open(tag) if tag.name() == "title" => return Ok(meant(&xml.text()?)),
            Step::Open(_) | Step::Text(_) | Step::Close(_) => {}
        }
    }
    Ok(None)
}

/// Leaves out a title that a program made up.
pub(crate) fn meant(title: &str) -> Option<String> {
    let title = one_line(title);
    let title = title.strip_prefix("Microsoft Word - ").unwrap_or(&title);
    let is_meant = !title.is_empty() && !NO_TITLES.contains(&title.to_lowercase().as_str());
    is_meant.then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_programs_are_no_titles() {
        assert_eq!(meant("PowerPoint Presentation"), None);
        assert_eq!(meant("Microsoft Word - Leave.doc").as_deref(), Some("Leave.doc"));
        assert_eq!(meant(" Leave\n policy ").as_deref(), Some("Leave policy"));
    }
}
