//! Structured values as text: lists of records become rows, other values lines.

use footnote_core::document::BlockKind;
use footnote_core::job::Failure;

use super::Json;
use crate::assemble::{Assembler, one_line};

/// Writes a value: every member of an object under its name.
///
/// # Errors
/// `TooLarge` when the text has grown past the limit.
pub(crate) fn write(value: &Json, assembler: &mut Assembler<'_>) -> Result<(), Failure> {
    match value {
        Json::Object(members) => {
            let (simple, nested): (Vec<_>, Vec<_>) =
                members.iter().partition(|(_, value)| is_simple(value));
            write_lines(simple.iter().map(|(name, value)| (name.as_str(), value)), assembler)?;
            for (name, value) in nested {
                assembler.push(BlockKind::Heading(1), name)?;
                write_nested(value, assembler)?;
            }
            Ok(())
        }
        value => write_nested(value, assembler),
    }
}

/// Tells whether a value stands on one line: it is one, or a list of some.
fn is_simple(value: &Json) -> bool {
    match value {
        Json::List(values) => values.iter().all(|value| scalar(value).is_some()),
        value => scalar(value).is_some(),
    }
}

fn write_nested(value: &Json, assembler: &mut Assembler<'_>) -> Result<(), Failure> {
    match value {
        Json::List(values) => {
            assembler.begin_table();
            values.iter().try_for_each(|value| assembler.push_row(&row(value)))
        }
        Json::Object(members) => {
            write_lines(members.iter().map(|(name, value)| (name.as_str(), value)), assembler)
        }
        value => assembler.push(BlockKind::Paragraph, &scalar(value).unwrap_or_default()),
    }
}

/// Writes members as lines of `path: value`.
fn write_lines<'j>(
    members: impl Iterator<Item = (&'j str, &'j Json)>,
    assembler: &mut Assembler<'_>,
) -> Result<(), Failure> {
    let mut pairs = Vec::new();
    for (name, value) in members {
        flatten(name, value, &mut pairs);
    }
    let lines: Vec<String> = pairs.iter().map(|(path, value)| format!("{path}: {value}")).collect();
    lines.iter().try_for_each(|line| assembler.push(BlockKind::ListItem, line))
}

/// Writes a record as a row that names its values.
pub(crate) fn row(value: &Json) -> String {
    let mut pairs = Vec::new();
    flatten("", value, &mut pairs);
    let mut row = String::from("|");
    for (path, value) in pairs {
        let cell = if path.is_empty() { value } else { format!("{path}: {value}") };
        row.extend([" ", &cell, " |"]);
    }
    row
}

/// Lists the values inside a value with the paths to them; empty ones are left out.
fn flatten(path: &str, value: &Json, pairs: &mut Vec<(String, String)>) {
    match value {
        Json::List(values) if values.iter().all(|value| scalar(value).is_some()) => {
            let texts: Vec<String> = values.iter().filter_map(scalar).collect();
            add(path, texts.join(", "), pairs);
        }
        Json::List(values) => {
            for (nth, value) in values.iter().enumerate() {
                flatten(&format!("{path}[{nth}]"), value, pairs);
            }
        }
        Json::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, pairs);
            }
        }
        value => add(path, scalar(value).unwrap_or_default(), pairs),
    }
}

fn add(path: &str, text: String, pairs: &mut Vec<(String, String)>) {
    if !text.is_empty() {
        pairs.push((path.to_owned(), text));
    }
}

/// Returns the text of a value that holds no others, on one line.
fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some(String::new()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(value) => Some(value.to_string()),
        Json::Text(text) => Some(one_line(text)),
        Json::List(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::data::{json, json_lines};
    use crate::limits::Limits;

    #[test]
    fn objects_are_lines_and_lists_of_objects_are_rows() {
        let source = br#"{"name": "Leave", "tags": ["hr", "all"],
            "rules": [{"who": "staff", "days": 10, "by": {"law": true}}, {"who": "interns"}]}"#;
        assert_eq!(
            json(source, &Limits::default()).unwrap().text,
            "name: Leave\ntags: hr, all\n\nrules\n\n\
             | who: staff | days: 10 | by.law: true |\n| who: interns |"
        );
    }

    #[test]
    fn what_is_no_json_is_read_as_text_and_said_to_be() {
        let document = json(b"{\"a\": ", &Limits::default()).unwrap();
        assert_eq!((document.text.as_str(), document.notes.len()), ("{\"a\": ", 1));
        let document = json_lines(b"{\"b\": 1, \"a\": 2}\noops\n", &Limits::default()).unwrap();
        assert_eq!(document.text, "| b: 1 | a: 2 |\n\noops");
        assert!(document.notes[0].contains("Line 2"), "{:?}", document.notes);
    }

    #[test]
    fn nesting_past_the_limit_is_read_as_text() {
        let source = "[".repeat(1_000_000);
        assert_eq!(json(source.as_bytes(), &Limits::default()).unwrap().notes.len(), 1);
    }
}
