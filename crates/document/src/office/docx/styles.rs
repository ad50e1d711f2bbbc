//! The styles of a Word document: which of them are headings, lists or the title.

use footnote_core::job::Failure;
use std::collections::HashMap;

use super::numbering::ListLevel;
use super::paragraph::Properties;
use crate::limits::Limits;
use crate::xml::{Step, Xml};

/// What a style makes of its paragraphs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// The level of a heading, from 1.
    pub(crate) heading: Option<u8>,
    /// Whether it is the title of the document.
    pub(crate) is_title: bool,
    /// The list that its paragraphs are items of.
    pub(crate) list: ListLevel,
    is_list: bool,
    based_on: Option<String>,
}

impl Style {
    /// Tells whether its paragraphs are items of a list.
    pub(crate) fn is_list(&self) -> bool {
        self.is_list || self.list.list.is_some()
    }
}

/// The styles by their ids.
#[derive(Debug, Default)]
pub(crate) struct Styles(HashMap<String, Style>);

/// How many styles are followed from one to what it is based on.
const MAX_BASES: usize = 12;

impl Styles {
    /// # Errors
    /// As [`Xml::next`].
    pub(crate) fn read(text: &str, limits: &Limits) -> Result<Self, Failure> {
        let mut xml = Xml::new(text, limits);
        let mut styles = HashMap::new();
        while let Some(step) = xml.next()? {
            match step {
                Step::Open(tag) if tag.name() == "style" => {
                    let id = tag.attr("styleId").unwrap_or_default();
                    styles.insert(id, style(&mut xml)?);
                }
                Step::Open(_) | Step::Text(_) | Step::Close(_) => {}
            }
        }
        Ok(Self(styles))
    }

    /// Returns a style with what it takes over from those that it is based on.
    pub(crate) fn get(&self, id: &str) -> Style {
        let mut found = self.0.get(id).cloned().unwrap_or_else(|| by_name(id));
        let mut base = found.based_on.take();
        for _ in 0..MAX_BASES {
            let Some(style) = base.as_ref().and_then(|base| self.0.get(base)) else { break };
            found.heading = found.heading.or(style.heading);
            found.is_title |= style.is_title && found.heading.is_none();
            found.is_list |= style.is_list;
            found.list = found.list.or(&style.list);
            base.clone_from(&style.based_on);
        }
        found
    }
}

fn style(xml: &mut Xml<'_>) -> Result<Style, Failure> {
    let mut style = Style::default();
    while let Some(step) = xml.next()? {
        match step {
            Step::Open(tag) => match tag.name() {
                "name" => {
                    let named = by_name(&tag.attr("val").unwrap_or_default());
                    style = Style { based_on: style.based_on.take(), ..named };
                }
                "basedOn" => style.based_on = tag.attr("val"),
                "pPr" => {
                    let properties = Properties::read(xml)?;
                    style.heading = properties.outline.or(style.heading);
                    style.list = properties.list;
                }
                _ => xml.skip()?,
            },
            Step::Close(tag) if tag.name() == "style" => break,
            Step::Text(_) | Step::Close(_) => {}
        }
    }
    Ok(style)
}

/// Tells what a style is by its name, which Word keeps in English whatever the language.
fn by_name(name: &str) -> Style {
    let name = name.to_ascii_lowercase().replace(' ', "");
    let level = name.strip_prefix("heading").and_then(|level| level.parse::<u8>().ok());
    Style {
        heading: level.filter(|level| (1..=9).contains(level)).map(|level| level.min(6)),
        is_title: name == "title",
        is_list: name.starts_with("listbullet") || name.starts_with("listnumber"),
        ..Style::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_takes_over_what_it_is_based_on() {
        let source = "<w:styles>\
            <w:style w:styleId='2'><w:name w:val='heading 2'/></w:style>\
            <w:style w:styleId='Clause'><w:name w:val='Clause'/><w:basedOn w:val='2'/>\
            <w:pPr><w:numPr><w:numId w:val='4'/></w:numPr></w:pPr></w:style>\
            <w:style w:styleId='loop'><w:basedOn w:val='loop'/></w:style></w:styles>";
        let styles = Styles::read(source, &Limits::default()).unwrap();
        assert_eq!(styles.get("Clause").heading, Some(2));
        assert_eq!(styles.get("Clause").list.list.as_deref(), Some("4"));
        assert_eq!(styles.get("loop"), Style::default());
        assert_eq!(styles.get("Heading1").heading, Some(1));
    }
}
