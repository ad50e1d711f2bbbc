//! The cures of fonts: a font that pdf-extract reads without a fault, made of any font.
//!
//! The new dictionary holds only what is needed to tell characters and widths, in the forms that
//! pdf-extract knows; everything else it would panic on, or lose text.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS, UTF_16BE};
use pdf_extract::{Dictionary, Document, Object, Stream, dictionary};

use super::codes::Codes;
use super::{lookup, widths};

/// A font as pdf-extract is to see it.
pub(crate) struct Cured {
    pub(crate) font: Dictionary,
    /// The encoding from which strings are rewritten to UTF-16 for this font, if any.
    pub(crate) strings: Option<&'static Encoding>,
    /// Whether it is set in columns from top to bottom, which pdf-extract does not know.
    pub(crate) is_vertical: bool,
    pub(crate) codes: Codes,
    /// How many bytes a code has.
    pub(crate) n_bytes: usize,
}

/// Makes a font that can be read.
pub(crate) fn cure(document: &Document, font: &Dictionary) -> Cured {
    match lookup::name(document, font, b"Subtype") {
        Some(b"Type0") => composite(document, font),
        Some(b"Type3") => of_bytes(document, font, drawn(document, font)),
        Some(b"TrueType") => of_bytes(document, font, simple(document, font, "TrueType")),
        Some(_) | None => of_bytes(document, font, simple(document, font, "Type1")),
    }
}

/// Adds to the cured form of a font of one-byte codes what becomes of them.
fn of_bytes(document: &Document, font: &Dictionary, cured: Dictionary) -> Cured {
    let codes = lookup::stream(document, font, b"ToUnicode").map(Codes::mapped);
    let codes = codes.unwrap_or_default();
    Cured { font: cured, strings: None, is_vertical: false, codes, n_bytes: 1 }
}

/// Makes a composite font: two-byte codes, their characters, and widths in list form.
fn composite(document: &Document, font: &Dictionary) -> Cured {
    let empty = Dictionary::new();
    let inner = lookup::array(document, font, b"DescendantFonts")
        .and_then(|fonts| lookup::follow(document, fonts.first()?)?.as_dict().ok())
        .unwrap_or(&empty);
    let encoding = lookup::name(document, font, b"Encoding").unwrap_or(b"Identity-H");
    let map = lookup::stream(document, font, b"ToUnicode");
    let strings = string_encoding(encoding);
    let is_unicode = strings.is_some();
    let codes = match map {
        Some(map) if !is_unicode => Codes::mapped(map),
        Some(_) | None if is_unicode || has_identity_map(document, font) => Codes::Characters,
        Some(_) | None => Codes::Encoded,
    };
    let mut descendant = dictionary! { "FontDescriptor" => Dictionary::new() };
    if let Some(width) =
        lookup::get(document, inner, b"DW").and_then(|dw| lookup::number(document, dw))
    {
        descendant.set("DW", whole(width));
    }
    // Codes that became characters no longer number the glyphs that `/W` speaks of.
    let list = match strings {
        None => widths::in_list_form(document, inner),
        Some(strings) if strings == UTF_16BE && !is_half_width(encoding) => {
            widths::of_letters(document, inner).or_else(|| Some(half_width_letters()))
        }
        Some(_) => Some(half_width_letters()),
    };
    if let Some(list) = list {
        descendant.set("W", list);
    }
    let font = dictionary! {
        "Type" => "Font",
        "Subtype" => "Type0",
        "BaseFont" => base_name(document, font),
        "Encoding" => "Identity-H",
        "DescendantFonts" => vec![Object::Dictionary(descendant)],
    };
    Cured { font, strings, is_vertical: encoding.ends_with(b"-V"), codes, n_bytes: 2 }
}

/// Tells in which encoding the strings of a predefined character map are.
///
/// pdf-extract panics on every such map. The encodings of the web cover them.
fn string_encoding(map: &[u8]) -> Option<&'static Encoding> {
    let map = std::str::from_utf8(map).ok()?;
    let map = map.strip_suffix("-H").or_else(|| map.strip_suffix("-V"))?;
    let encoding = match map {
        "GB-EUC" | "GBpc-EUC" | "GBK-EUC" | "GBKp-EUC" | "GBK2K" => GBK,
        "B5pc" | "HKscs-B5" | "ETen-B5" | "ETenms-B5" => BIG5,
        "83pv-RKSJ" | "90ms-RKSJ" | "90msp-RKSJ" | "90pv-RKSJ" | "Add-RKSJ" | "Ext-RKSJ" => {
            SHIFT_JIS
        }
        "EUC" => EUC_JP,
        "KSC-EUC" | "KSCms-UHC" | "KSCms-UHC-HW" | "KSCpc-EUC" => EUC_KR,
        map if map.starts_with("Uni") && (map.contains("UCS2") || map.contains("UTF16")) => {
            UTF_16BE
        }
        _ => return None,
    };
    Some(encoding)
}

/// Tells whether a character map gives letters the glyphs that fill half a square.
fn is_half_width(map: &[u8]) -> bool {
    map.windows(3).any(|part| part == b"-HW")
}

fn has_identity_map(document: &Document, font: &Dictionary) -> bool {
    lookup::name(document, font, b"ToUnicode").is_some_and(|name| name.starts_with(b"Identity"))
}

/// The widths of Latin letters in fonts whose other glyphs fill a square.
fn half_width_letters() -> Object {
    let letters = vec![Object::Real(500.); 0x7F - 0x20];
    Object::Array(vec![0x20.into(), Object::Array(letters)])
}

fn unpacked(stream: &Stream) -> Stream {
    Stream::new(Dictionary::new(), lookup::content(stream))
}

fn base_name(document: &Document, font: &Dictionary) -> Object {
    Object::Name(lookup::name(document, font, b"BaseFont").unwrap_or(b"Unknown").to_vec())
}

#[expect(clippy::cast_possible_truncation, reason = "a width is far below the limit of i64")]
fn whole(width: f32) -> i64 {
    width.round() as i64
}

/// Makes a font of one-byte codes.
fn simple(document: &Document, font: &Dictionary, subtype: &str) -> Dictionary {
    let mut cured = dictionary! {
        "Type" => "Font",
        "Subtype" => subtype,
        "BaseFont" => base_name(document, font),
    };
    let has_map = lookup::stream(document, font, b"ToUnicode").is_some();
    let descriptor = lookup::dictionary(document, font, b"FontDescriptor");
    let encoding = encoding(document, font);
    let mut program = None;
    if !has_map && encoding.is_none() {
        program = descriptor.and_then(|descriptor| program_of(document, descriptor));
    }
    let names_all = program.as_ref().is_some_and(|program| program.has(b"FontFile"));
    if let Some(encoding) = encoding {
        cured.set("Encoding", encoding);
    } else if has_map || (program.is_some() && !names_all) {
        // Where the map has a hole, pdf-extract wants an encoding to fall back on.
        cured.set("Encoding", "WinAnsiEncoding");
    }
    if let Some(program) = program {
        cured.set("FontDescriptor", program);
    }
    if let Some((first, numbers)) = widths::of_simple_font(document, font) {
        set_widths(&mut cured, first, numbers);
    }
    let missing = descriptor.and_then(|from| lookup::get(document, from, b"MissingWidth"));
    if let Some(width) = missing.and_then(|width| lookup::number(document, width)) {
        cured.set("MissingWidth", width);
    }
    cured
}

fn set_widths(cured: &mut Dictionary, first: i64, numbers: Vec<f32>) {
    let last = i64::try_from(numbers.len()).map_or(first, |n_widths| first + n_widths - 1);
    cured.set("FirstChar", first);
    cured.set("LastChar", last);
    cured.set("Widths", numbers.into_iter().map(Object::Real).collect::<Vec<_>>());
}

/// Returns a descriptor with the font program alone, for a font that names its glyphs only there.
fn program_of(document: &Document, descriptor: &Dictionary) -> Option<Dictionary> {
    if let Some(file) = lookup::stream(document, descriptor, b"FontFile") {
        return Some(dictionary! { "FontFile" => unpacked(file) });
    }
    let file = lookup::stream(document, descriptor, b"FontFile3")?;
    let is_compact = lookup::name(document, &file.dict, b"Subtype") == Some(b"Type1C");
    let mut program = unpacked(file);
    program.dict.set("Subtype", "Type1C");
    is_compact.then(|| dictionary! { "FontFile3" => program })
}

/// Makes a font whose glyphs are drawings; every code gets a width, or pdf-extract panics.
fn drawn(document: &Document, font: &Dictionary) -> Dictionary {
    let empty = || Object::Dictionary(Dictionary::new());
    let mut cured = dictionary! {
        "Type" => "Font",
        "Subtype" => "Type3",
        "Encoding" => encoding(document, font).unwrap_or_else(empty),
    };
    // Their widths are in a space of their own, mostly far smaller than a thousandth.
    let scale =
        lookup::numbers::<6>(document, font, b"FontMatrix").map_or(1., |matrix| matrix[0] * 1000.);
    let mut all = vec![0.; 256];
    if let Some((first, numbers)) = widths::of_simple_font(document, font) {
        let first = usize::try_from(first).unwrap_or_default();
        for (width, number) in all.iter_mut().skip(first).zip(numbers) {
            *width = number * scale;
        }
    }
    set_widths(&mut cured, 0, all);
    cured
}

/// Returns an encoding that pdf-extract knows; `None` when the font has none of its own.
fn encoding(document: &Document, font: &Dictionary) -> Option<Object> {
    let encoding = lookup::get(document, font, b"Encoding")?;
    if let Ok(name) = encoding.as_name() {
        return known(name);
    }
    let encoding = encoding.as_dict().ok()?;
    let base = lookup::name(document, encoding, b"BaseEncoding").and_then(known);
    let differences = lookup::array(document, encoding, b"Differences").unwrap_or_default();
    let mut cured = match &base {
        Some(Object::Dictionary(standard)) => standard.clone(),
        Some(name) => dictionary! { "BaseEncoding" => name.clone() },
        None => Dictionary::new(),
    };
    let mut all = cured
        .remove(b"Differences")
        .and_then(|all| all.as_array().cloned().ok())
        .unwrap_or_default();
    all.extend(within_a_byte(document, differences));
    cured.set("Differences", all);
    Some(Object::Dictionary(cured))
}

fn known(name: &[u8]) -> Option<Object> {
    match name {
        b"WinAnsiEncoding" | b"MacRomanEncoding" | b"MacExpertEncoding" => {
            Some(Object::Name(name.to_vec()))
        }
        b"StandardEncoding" => Some(Object::Dictionary(standard_encoding())),
        _ => None,
    }
}

/// Keeps the differences whose codes are bytes; pdf-extract panics on others.
fn within_a_byte(document: &Document, differences: &[Object]) -> Vec<Object> {
    let mut kept = Vec::new();
    let mut code = 0_i64;
    for object in differences.iter().filter_map(|object| lookup::follow(document, object)) {
        match object {
            Object::Integer(number) => {
                code = *number;
                if (0..256).contains(&code) {
                    kept.push(object.clone());
                }
            }
            Object::Name(_) => {
                if (0..256).contains(&code) {
                    kept.push(object.clone());
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    kept
}

/// Where the standard encoding differs from that of PDF documents, as far as text has it.
const STANDARD: [(i64, &str); 14] = [
    (0x27, "quoteright"),
    (0x60, "quoteleft"),
    (0xA9, "quotesingle"),
    (0xAA, "quotedblleft"),
    (0xAE, "fi"),
    (0xAF, "fl"),
    (0xB1, "endash"),
    (0xB2, "dagger"),
    (0xB7, "bullet"),
    (0xB9, "quotedblbase"),
    (0xBA, "quotedblright"),
    (0xBC, "ellipsis"),
    (0xD0, "emdash"),
    (0xFB, "germandbls"),
];

fn standard_encoding() -> Dictionary {
    let differences =
        STANDARD.iter().flat_map(|(code, name)| [Object::Integer(*code), (*name).into()]);
    dictionary! { "Differences" => differences.collect::<Vec<_>>() }
}
