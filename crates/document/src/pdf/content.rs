//! The operators of a page's content that matter for text, told apart by the quicker of two parsers.

use hayro::hayro_syntax::content::{Instruction, UntypedIter};
use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, Object as Raw, String as RawString};
use pdf_extract::content::Operation;
use pdf_extract::{Dictionary, Object, StringFormat};

/// Reads the operations of content; what cannot be told apart is passed over.
pub(crate) struct Operations<'a>(UntypedIter<'a>);

impl<'a> Operations<'a> {
    pub(crate) fn of(content: &'a [u8]) -> Self {
        Self(UntypedIter::new(content))
    }
}

impl Iterator for Operations<'_> {
    /// An operation; `None` for one that does not matter for text.
    type Item = Option<Operation>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(operation(&self.0.next()?))
    }
}

fn operation(instruction: &Instruction<'_, '_>) -> Option<Operation> {
    let operator: &[u8] = instruction.operator;
    let is_of_text = matches!(
        operator,
        b"q" | b"Q"
            | b"cm"
            | b"Do"
            | b"BT"
            | b"ET"
            | b"T*"
            | b"Tm"
            | b"Td"
            | b"TD"
            | b"Tc"
            | b"Tw"
            | b"Tz"
            | b"TL"
            | b"Ts"
            | b"Tf"
            | b"Tj"
            | b"TJ"
            | b"'"
            | b"\""
            | b"BMC"
            | b"BDC"
            | b"EMC"
    );
    let operator = std::str::from_utf8(operator).ok().filter(|_| is_of_text)?;
    let operands = instruction.operands().map(object).collect();
    Some(Operation::new(operator, operands))
}

fn object(raw: &Raw<'_>) -> Object {
    match raw {
        Raw::Number(number) => Object::Real(number.as_f32()),
        Raw::String(string) => text(string),
        Raw::Name(name) => Object::Name(name.as_ref().to_vec()),
        Raw::Array(array) => Object::Array(pieces(array)),
        Raw::Dict(properties) => Object::Dictionary(given(properties)),
        Raw::Null(_) | Raw::Boolean(_) | Raw::Stream(_) => Object::Null,
    }
}

fn text(string: &RawString<'_>) -> Object {
    Object::String(string.as_bytes().to_vec(), StringFormat::Hexadecimal)
}

/// Returns the strings of an array and the numbers between them.
fn pieces(array: &Array<'_>) -> Vec<Object> {
    let piece = |piece: MaybeRef<Raw<'_>>| match piece {
        MaybeRef::NotRef(Raw::Number(number)) => Some(Object::Real(number.as_f32())),
        MaybeRef::NotRef(Raw::String(string)) => Some(text(&string)),
        MaybeRef::NotRef(_) | MaybeRef::Ref(_) => None,
    };
    array.raw_iter().filter_map(piece).collect()
}

/// Returns what the properties of a mark say about text.
fn given(properties: &Dict<'_>) -> Dictionary {
    const KEY: &str = "ActualText";
    let mut given = Dictionary::new();
    if let Some(string) = properties.get::<RawString<'_>>(KEY) {
        given.set(KEY, text(&string));
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_of_text_come_with_their_operands_and_others_without_any() {
        let content =
            b"1 0 0 rg /F1 12 Tf [(a) -120 <62>] TJ BI /W 1 ID x EI /S <</ActualText (b)>> BDC";
        let operations: Vec<Option<Operation>> = Operations::of(content).collect();
        let named: Vec<&str> =
            operations.iter().flatten().map(|operation| operation.operator.as_str()).collect();
        assert_eq!(named, ["Tf", "TJ", "BDC"]);
        let [Some(font), Some(shown)] = &operations[1..3] else { panic!("{operations:?}") };
        assert_eq!(font.operands[1], Object::Real(12.));
        assert_eq!(shown.operands[0].as_array().unwrap().len(), 3);
    }
}
