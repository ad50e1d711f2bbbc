//! A page written anew: its text operators and those of the forms on it, and nothing else.
//!
//! pdf-extract panics on colours, images and states that do not matter for text, ignores where a
//! form is placed, knows two operators less than there are, and follows forms that hold each
//! other until the stack ends. None of that is left in what this writes.

use pdf_extract::content::Operation;
use pdf_extract::{Dictionary, Document, Error, Object, ObjectId, Stream, StringFormat};
use std::collections::BTreeSet;

use super::codes::Shown;
use super::content::Operations;
use super::drawing::Sheet;
use super::marks::{Marks, given_text};
use super::reading::{FlatPage, FontIndex, Reading};
use super::writer::Writer;
use super::{fields, lookup};
use crate::page::Glyph;

/// How deep forms may stand in forms.
const MAX_DEPTH: usize = 12;

/// How many operations are read on a page; forms that hold others many times reach any number.
const MAX_STEPS: usize = 4_000_000;

/// A sheet of US letter, for a page that does not say how large it is.
const LETTER: [f32; 4] = [0., 0., 612., 792.];

/// Writes a page anew.
///
/// # Errors
/// When there is no such page, or its operators cannot be told apart.
pub(crate) fn flatten(
    source: &Document,
    page: ObjectId,
    reading: &mut Reading,
) -> Result<FlatPage, Error> {
    let dictionary = source.get_dictionary(page)?;
    let empty = Dictionary::new();
    let resources = lookup::inherited(source, dictionary, b"Resources")
        .and_then(|resources| resources.as_dict().ok())
        .unwrap_or(&empty);
    let mut flat = Flat::new(source, reading);
    flat.run(&source.get_page_content(page)?, resources);
    flat.fields(dictionary, resources);
    let rectangle =
        |key| rectangle(source, lookup::inherited(source, dictionary, key)?).filter(has_extent);
    let media_box = rectangle(b"MediaBox");
    let sheet = |corners: [f32; 4]| Sheet::new(corners.map(f64::from));
    let whole = media_box.map(sheet);
    let cropped = whole.zip(rectangle(b"CropBox").map(sheet));
    let (content, codes, starts) = flat.content.finish();
    let ends = starts.iter().copied().skip(1).chain([codes.len()]);
    let strings = flat.shown_with.into_iter().zip(starts.iter().copied().zip(ends));
    let strings = strings.map(|(font, (start, end))| Shown { font, codes: start..end }).collect();
    let is_vertical = flat.fonts.iter().any(|font| flat.reading.is_vertical(*font));
    let fonts = flat.fonts.into_iter().collect();
    Ok(FlatPage {
        media_box: media_box.unwrap_or(LETTER),
        sheet: cropped.and_then(|(whole, crop)| whole.shared(crop)).or(whole),
        content,
        fonts,
        strings,
        codes,
        given: flat.marks.given,
        values: flat.values,
        is_vertical,
    })
}

fn rectangle(source: &Document, corners: &Object) -> Option<[f32; 4]> {
    let corners = corners.as_array().ok()?.iter().map(|corner| lookup::number(source, corner));
    corners.collect::<Option<Vec<f32>>>()?.try_into().ok()
}

fn has_extent([x1, y1, x2, y2]: &[f32; 4]) -> bool {
    (x2 - x1).abs() > 1. && (y2 - y1).abs() > 1.
}

/// A saved state.
struct Saved {
    font: Option<FontIndex>,
    /// How many strings had been shown, and how much had been written.
    n_shown: usize,
    len: usize,
}

/// What has been written so far.
struct Flat<'a> {
    source: &'a Document,
    reading: &'a mut Reading,
    content: Writer,
    fonts: BTreeSet<FontIndex>,
    /// The font in force, and those that wait for the end of a saved state.
    font: Option<FontIndex>,
    saved: Vec<Saved>,
    depth: usize,
    n_steps: usize,
    marks: Marks,
    /// The font of each string.
    shown_with: Vec<FontIndex>,
    values: Vec<Glyph>,
}

impl<'a> Flat<'a> {
    fn new(source: &'a Document, reading: &'a mut Reading) -> Self {
        Self {
            source,
            reading,
            content: Writer::default(),
            fonts: BTreeSet::new(),
            font: None,
            saved: Vec::new(),
            depth: 0,
            n_steps: 0,
            marks: Marks::default(),
            shown_with: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Writes the operations of a page or form; states that it saves end with it.
    fn run(&mut self, content: &[u8], resources: &Dictionary) {
        let n_saved = self.saved.len();
        for operation in Operations::of(content) {
            self.n_steps += 1;
            if self.n_steps > MAX_STEPS {
                break;
            }
            let Some(operation) = operation else { continue };
            if operation.operator != "Q" || self.saved.len() > n_saved {
                self.operation(operation, resources);
            }
        }
        while self.saved.len() > n_saved {
            self.restore();
        }
    }

    fn operation(&mut self, operation: Operation, resources: &Dictionary) {
        let Operation { operator, operands } = operation;
        match operator.as_str() {
            "q" => self.save(),
            "Q" => self.restore(),
            "BT" | "ET" | "T*" => self.write(&operator, &[]),
            "cm" | "Tm" => self.numeric(&operator, &operands, 6),
            "Td" | "TD" => self.numeric(&operator, &operands, 2),
            "Tc" | "Tw" | "Tz" | "TL" | "Ts" => self.numeric(&operator, &operands, 1),
            "Tf" => self.choose_font(&operands, resources),
            "Tj" => self.show(operands),
            "TJ" => self.show_spaced(operands),
            "'" => {
                self.write("T*", &[]);
                self.show(operands);
            }
            "\"" => self.show_on_next_line(operands),
            "Do" => self.form(&operands, resources),
            "BMC" | "BDC" => {
                let text = given_text(self.source, &operands, resources);
                self.marks.begin(text);
            }
            "EMC" => self.marks.end(),
            _ => {}
        }
    }

    fn write(&mut self, operator: &str, operands: &[Object]) {
        self.content.write(operator, operands);
        self.marks.n_shown = self.content.n_strings();
        if let Some(font) = self.font {
            self.shown_with.resize(self.marks.n_shown, font);
        }
    }

    fn save(&mut self) {
        let n_shown = self.marks.n_shown;
        self.saved.push(Saved { font: self.font, n_shown, len: self.content.len() });
        self.write("q", &[]);
    }

    /// Goes back to a saved state; when nothing was shown since then, it was never left.
    fn restore(&mut self) {
        let Some(saved) = self.saved.pop() else { return };
        self.font = saved.font;
        if self.marks.n_shown == saved.n_shown {
            self.content.truncate(saved.len);
        } else {
            self.write("Q", &[]);
        }
    }

    fn numeric(&mut self, operator: &str, operands: &[Object], n_operands: usize) {
        if operands.len() == n_operands && operands.iter().all(is_number) {
            self.write(operator, operands);
        }
    }

    fn choose_font(&mut self, operands: &[Object], resources: &Dictionary) {
        let [Object::Name(name), size] = operands else { return };
        if !is_number(size) {
            return;
        }
        let source = self.source;
        let font = lookup::dictionary(source, resources, b"Font")
            .and_then(|fonts| lookup::dictionary(source, fonts, name));
        self.font = font.map(|font| self.reading.font(source, font));
        if let Some(font) = self.font {
            self.fonts.insert(font);
            self.write("Tf", &[Object::Name(font.name().into_bytes()), size.clone()]);
        }
    }

    fn show(&mut self, operands: Vec<Object>) {
        let string = operands.into_iter().next().and_then(|operand| self.string(operand));
        if let Some(string) = string {
            self.write("Tj", &[string]);
        }
    }

    fn show_spaced(&mut self, operands: Vec<Object>) {
        let Some(Object::Array(pieces)) = operands.into_iter().next() else { return };
        if self.font.is_none() {
            return;
        }
        let pieces = pieces
            .into_iter()
            .filter_map(|piece| if is_number(&piece) { Some(piece) } else { self.string(piece) });
        let pieces = pieces.collect();
        self.write("TJ", &[Object::Array(pieces)]);
    }

    fn show_on_next_line(&mut self, operands: Vec<Object>) {
        let Ok([word_spacing, spacing, string]) = <[Object; 3]>::try_from(operands) else { return };
        self.numeric("Tw", &[word_spacing], 1);
        self.numeric("Tc", &[spacing], 1);
        self.write("T*", &[]);
        self.show(vec![string]);
    }

    /// Returns a string in the codes of the cured font; `None` without a font.
    fn string(&self, object: Object) -> Option<Object> {
        let font = self.font?;
        let Object::String(bytes, format) = object else { return None };
        let Some(encoding) = self.reading.strings(font) else {
            return Some(Object::String(bytes, format));
        };
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        let codes = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        Some(Object::String(codes, StringFormat::Hexadecimal))
    }

    fn form(&mut self, operands: &[Object], resources: &Dictionary) {
        let source = self.source;
        let Some(Object::Name(name)) = operands.first() else { return };
        let form = lookup::dictionary(source, resources, b"XObject")
            .and_then(|forms| lookup::stream(source, forms, name));
        if let Some(form) = form
            && lookup::name(source, &form.dict, b"Subtype") == Some(b"Form")
        {
            self.place(form, &[], resources);
        }
    }

    /// Writes a form where it stands: inside the matrix given, if any, and its own.
    fn place(&mut self, form: &Stream, matrix: &[f32], resources: &Dictionary) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        let content = lookup::content(form);
        let source = self.source;
        let own = lookup::numbers::<6>(source, &form.dict, b"Matrix");
        self.depth += 1;
        self.save();
        for matrix in [Some(matrix), own.as_ref().map(<[f32; 6]>::as_slice)].into_iter().flatten() {
            let matrix: Vec<Object> = matrix.iter().copied().map(Object::Real).collect();
            self.numeric("cm", &matrix, 6);
        }
        let resources = lookup::dictionary(source, &form.dict, b"Resources").unwrap_or(resources);
        self.run(&content, resources);
        self.restore();
        self.depth -= 1;
    }

    /// Writes what the fields of a form show: it stands in annotations, not on the page.
    fn fields(&mut self, page: &Dictionary, resources: &Dictionary) {
        let source = self.source;
        for annotation in lookup::array(source, page, b"Annots").unwrap_or_default() {
            let field = lookup::follow(source, annotation).and_then(|field| field.as_dict().ok());
            if let Some(field) = field
                && lookup::name(source, field, b"Subtype") == Some(b"Widget")
                && !is_hidden(source, field)
            {
                self.field(field, resources);
            }
        }
    }

    fn field(&mut self, field: &Dictionary, resources: &Dictionary) {
        let source = self.source;
        match appearance(source, field) {
            Some(form) => {
                let [dx, dy] = offset(source, field, form);
                self.place(form, &[1., 0., 0., 1., dx, dy], resources);
            }
            None => self.values.extend(fields::value(source, field)),
        }
    }
}

fn is_number(object: &Object) -> bool {
    object.as_float().is_ok_and(f32::is_finite)
}

fn is_hidden(source: &Document, field: &Dictionary) -> bool {
    const HIDDEN: i64 = 1 << 1;
    const NO_VIEW: i64 = 1 << 5;
    let flags = lookup::get(source, field, b"F").and_then(|flags| flags.as_i64().ok());
    flags.is_some_and(|flags| flags & (HIDDEN | NO_VIEW) != 0)
}

/// Returns the normal appearance of a field, of its current state where it has states.
fn appearance<'a>(source: &'a Document, field: &'a Dictionary) -> Option<&'a Stream> {
    let appearances = lookup::dictionary(source, field, b"AP")?;
    let state = || {
        let states = lookup::dictionary(source, appearances, b"N")?;
        lookup::stream(source, states, lookup::name(source, field, b"AS")?)
    };
    lookup::stream(source, appearances, b"N").or_else(state)
}

/// Returns how far the appearance is moved to stand in the rectangle of the field.
fn offset(source: &Document, field: &Dictionary, form: &Stream) -> [f32; 2] {
    let rectangle = lookup::numbers::<4>(source, field, b"Rect").unwrap_or_default();
    let own = lookup::numbers::<4>(source, &form.dict, b"BBox").unwrap_or_default();
    [rectangle[0].min(rectangle[2]) - own[0], rectangle[1].min(rectangle[3]) - own[1]]
}
