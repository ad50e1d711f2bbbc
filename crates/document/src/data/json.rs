//! JSON: objects in the order they are written, as records and as lines of `path: value`.

use footnote_core::document::{BlockKind, ParsedDocument, Place};
use footnote_core::job::Failure;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

use super::records;
use crate::assemble::Assembler;
use crate::limits::Limits;
use crate::{decode, plain};

/// A value; unlike that of `serde_json` it always keeps the order of its members.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Json {
    /// Returns a member of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Returns the text of a value that is one.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Returns the values of a list, none of anything else.
    pub(crate) fn list(&self) -> &[Self] {
        if let Self::List(values) = self { values } else { &[] }
    }
}

/// Reads JSON; what is no JSON after all is read as text.
///
/// # Errors
/// `Unreadable` for what is no text, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let decoded = decode::whole(bytes, None)?;
    limits.check(decoded.text.len())?;
    let Ok(value) = serde_json::from_str::<Json>(&decoded.text) else {
        return as_text(bytes, limits);
    };
    let mut assembler = Assembler::new(limits);
    records::write(&value, &mut assembler)?;
    Ok(ParsedDocument { notes: decoded.note.into_iter().collect(), ..assembler.finish() })
}

/// Reads lines of JSON, each a record.
///
/// # Errors
/// As [`parse`].
pub(crate) fn lines(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let decoded = decode::whole(bytes, None)?;
    limits.check(decoded.text.len())?;
    let mut assembler = Assembler::new(limits);
    let mut notes: Vec<String> = decoded.note.into_iter().collect();
    for (nth, line) in decoded.text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let number = u32::try_from(nth + 1).unwrap_or(u32::MAX);
        assembler.begin_place(Some(Place::Lines { first: number, last: number }));
        if let Ok(value) = serde_json::from_str::<Json>(line) {
            assembler.push_row(&records::row(&value))?;
        } else {
            assembler.push(BlockKind::Code, line)?;
            if notes.is_empty() {
                notes.push(format!("Line {number} is not JSON; it is kept as text."));
            }
        }
    }
    Ok(ParsedDocument { notes, ..assembler.finish() })
}

fn as_text(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let mut document = plain::parse("a.json", bytes, limits)?;
    document.notes.push("The file is not valid JSON; it was read as text.".to_owned());
    Ok(document)
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}
