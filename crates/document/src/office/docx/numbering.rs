//! The numbers of lists and clauses, which Word shows but does not store as text.

use footnote_core::job::Failure;
use std::collections::HashMap;

use crate::limits::Limits;
use crate::xml::{Step, Tag, Xml};

/// A list and the level in it, where a paragraph or its style names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListLevel {
    /// The id of the list.
    pub(crate) list: Option<String>,
    /// The level, from 0.
    pub(crate) level: Option<usize>,
}

impl ListLevel {
    /// Returns this one, completed by another.
    pub(crate) fn or(&self, other: &Self) -> Self {
        Self {
            list: self.list.clone().or_else(|| other.list.clone()),
            level: self.level.or(other.level),
        }
    }
}

/// How a level of a list is numbered.
#[derive(Debug, Clone)]
struct Level {
    start: usize,
    format: String,
    /// The label with `%1` to `%9` for the numbers of the levels.
    template: String,
}

impl Default for Level {
    fn default() -> Self {
        Self { start: 1, format: "decimal".to_owned(), template: String::new() }
    }
}

/// The lists of a document, and how far each has counted.
#[derive(Debug, Default)]
pub(crate) struct Numbering {
    /// The levels of each kind of list.
    kinds: HashMap<String, Vec<Level>>,
    /// The kind of each list.
    lists: HashMap<String, String>,
    /// The counters of the levels, by kind of list: lists of a kind count on together.
    counters: HashMap<String, Vec<usize>>,
}

/// The most levels that Word knows.
const MAX_LEVELS: usize = 9;

impl Numbering {
    /// # Errors
    /// As [`Xml::next`].
    pub(crate) fn read(text: &str, limits: &Limits) -> Result<Self, Failure> {
        let mut xml = Xml::new(text, limits);
        let mut numbering = Self::default();
        let mut current = String::new();
        while let Some(step) = xml.next()? {
            let Step::Open(tag) = step else { continue };
            match tag.name() {
                "abstractNum" => current = tag.attr("abstractNumId").unwrap_or_default(),
                "num" => current = tag.attr("numId").unwrap_or_default(),
                "abstractNumId" => {
                    let kind = tag.attr("val").unwrap_or_default();
                    numbering.lists.insert(current.clone(), kind);
                }
                "lvl" => {
                    let levels = numbering.kinds.entry(current.clone()).or_default();
                    if levels.len() < MAX_LEVELS {
                        levels.push(Level::default());
                    }
                }
                _ => numbering.set(&current, &tag),
            }
        }
        Ok(numbering)
    }

    fn set(&mut self, kind: &str, tag: &Tag<'_>) {
        let Some(level) = self.kinds.get_mut(kind).and_then(|levels| levels.last_mut()) else {
            return;
        };
        match tag.name() {
            "start" => level.start = tag.number("val").unwrap_or(1),
            "numFmt" => level.format = tag.attr("val").unwrap_or_default(),
            "lvlText" => level.template = tag.attr("val").unwrap_or_default(),
            _ => {}
        }
    }

    /// Counts a paragraph and returns its number as it is shown, `None` for a bullet.
    ///
    /// The list `0` says that a paragraph is in none although its style is.
    pub(crate) fn next_label(&mut self, at: &ListLevel) -> Option<String> {
        let kind = self.lists.get(at.list.as_deref()?)?;
        let levels = self.kinds.get(kind)?;
        let level = at.level.unwrap_or_default().min(MAX_LEVELS - 1);
        let own = levels.get(level)?;
        let counters = self.counters.entry(kind.clone()).or_default();
        counters.truncate(level + 1);
        for nth in counters.len()..level {
            counters.push(levels.get(nth).map_or(1, |level| level.start));
        }
        match counters.get_mut(level) {
            Some(counter) => *counter = counter.saturating_add(1),
            None => counters.push(own.start),
        }
        label(levels, own, counters)
    }
}

fn label(levels: &[Level], own: &Level, counters: &[usize]) -> Option<String> {
    if own.format == "bullet" || own.format == "none" || !own.template.contains('%') {
        return None;
    }
    let mut label = own.template.clone();
    for (nth, counter) in counters.iter().enumerate() {
        let format = levels.get(nth).map_or("decimal", |level| level.format.as_str());
        label = label.replace(&format!("%{}", nth + 1), &written(*counter, format));
    }
    Some(label.trim().to_owned()).filter(|label| !label.is_empty())
}

/// Writes a number in a format of Word; one that is not known here as digits.
fn written(n: usize, format: &str) -> String {
    match format {
        "lowerLetter" => letters(n).to_lowercase(),
        "upperLetter" => letters(n),
        "lowerRoman" => roman(n).to_lowercase(),
        "upperRoman" => roman(n),
        "decimalZero" => format!("{n:02}"),
        "chineseCounting" | "chineseCountingThousand" | "ideographDigital" | "japaneseCounting" => {
            chinese(n)
        }
        _ => n.to_string(),
    }
}

/// Writes a, b, … z, aa, bb as Word does.
fn letters(n: usize) -> String {
    let Some(nth) = n.checked_sub(1) else { return "0".to_owned() };
    let letter = char::from(b'A' + u8::try_from(nth % 26).unwrap_or_default());
    std::iter::repeat_n(letter, (nth / 26 + 1).min(9)).collect()
}

fn roman(n: usize) -> String {
    const DIGITS: [(usize, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if n > 3999 {
        return n.to_string();
    }
    let mut rest = n;
    let mut written = String::new();
    for (value, digit) in DIGITS {
        while rest >= value {
            written.push_str(digit);
            rest -= value;
        }
    }
    written
}

/// Writes numbers up to 99 in Chinese, larger ones as digits.
fn chinese(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: usize| DIGITS.get(n).copied().unwrap_or_default();
    match n {
        1..=9 => digit(n).to_owned(),
        10..=19 => format!("十{}", digit(n - 10)),
        20..=99 => format!("{}十{}", digit(n / 10), digit(n % 10)),
        _ => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_numbered_as_word_shows_them() {
        let source = "<w:numbering><w:abstractNum w:abstractNumId='7'>\
            <w:lvl><w:start w:val='3'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl>\
            <w:lvl><w:numFmt w:val='lowerLetter'/><w:lvlText w:val='%1.%2)'/></w:lvl>\
            <w:lvl><w:numFmt w:val='bullet'/><w:lvlText w:val='•'/></w:lvl></w:abstractNum>\
            <w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num></w:numbering>";
        let mut numbering = Numbering::read(source, &Limits::default()).unwrap();
        let mut next = |level| {
            let at = ListLevel { list: Some("1".to_owned()), level: Some(level) };
            numbering.next_label(&at).unwrap_or_default()
        };
        let labels = [next(0), next(1), next(1), next(2), next(0), next(1)];
        assert_eq!(labels, ["3.", "3.a)", "3.b)", "", "4.", "4.a)"]);
    }

    #[test]
    fn numbers_are_written_in_their_script() {
        assert_eq!(written(28, "upperLetter"), "BB");
        assert_eq!(written(1994, "lowerRoman"), "mcmxciv");
        assert_eq!(written(21, "chineseCounting"), "二十一");
    }
}
