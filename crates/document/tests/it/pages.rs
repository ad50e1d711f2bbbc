//! A PDF of one page around objects that a recipe gives.

use std::fmt::Write as _;

use crate::recipes;

/// The names of the parts in the order of their objects, which begins with number 3, and whether
/// each is a stream. Above a stream's data may stand a line with further entries of its dictionary:
/// `<< /Filter /ASCIIHexDecode`.
const OBJECTS: [(&str, bool, &str); 9] = [
    ("page", false, PAGE),
    ("content", true, "BT /F0 12 Tf 72 700 Td (Ten days) Tj /F1 12 Tf <00010002> Tj ET /X0 Do"),
    ("font", false, "/Type /Font /Subtype /Type1 /BaseFont /Helvetica"),
    ("composite", false, COMPOSITE),
    ("descendant", false, DESCENDANT),
    ("unicode", true, UNICODE),
    (
        "form",
        true,
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X0 9 0 R >> >>\nBT (x) Tj ET",
    ),
    ("descriptor", false, "/Type /FontDescriptor /FontName /Own /Flags 4 /FontFile2 11 0 R"),
    ("program", true, ""),
];

const PAGE: &str = "/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R \
    /Resources << /Font << /F0 5 0 R /F1 6 0 R >> /XObject << /X0 9 0 R >> >>";

const COMPOSITE: &str = "/Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H \
    /DescendantFonts [7 0 R] /ToUnicode 8 0 R";

const DESCENDANT: &str = "/Type /Font /Subtype /CIDFontType2 /BaseFont /Own /W [1 [500 600]] \
    /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>";

const UNICODE: &str = "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
    2 beginbfchar <0001> <0041> <0002> <D83DDE00> endbfchar\n\
    1 beginbfrange <0010> <0020> <0061> endbfrange endcmap";

/// Writes the PDF of a recipe whose main part is the content of the page.
pub(crate) fn pdf(recipe: &[u8]) -> Vec<u8> {
    let fixed: Vec<(&str, &str)> = OBJECTS.iter().map(|(name, _, text)| (*name, *text)).collect();
    let parts = recipes::parts("content", &fixed, recipe);
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    let mut add = |body: &[u8]| {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", offsets.len()).into_bytes());
        bytes.extend(body);
        bytes.extend(b"\nendobj\n");
    };
    add(b"<< /Type /Catalog /Pages 2 0 R >>");
    add(b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    for (name, is_stream, _) in OBJECTS {
        let body = parts.iter().find(|(known, _)| known == name).map_or(&b""[..], |(_, b)| *b);
        add(&if is_stream { stream(body) } else { [b"<< ", body, b" >>"].concat() });
    }
    finish(bytes, &offsets)
}

fn stream(body: &[u8]) -> Vec<u8> {
    let line = body.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (entries, data) = match body.strip_prefix(b"<< ") {
        Some(_) if line > 3 => (&body[3..line], &body[line + 1..]),
        Some(_) | None => (&b""[..], body),
    };
    let length = format!("<< /Length {} ", data.len()).into_bytes();
    [&length, entries, b" >>\nstream\n", data, b"\nendstream"].concat()
}

/// Adds the table of where the objects are.
fn finish(mut bytes: Vec<u8>, offsets: &[usize]) -> Vec<u8> {
    let n_objects = offsets.len() + 1;
    let mut table = format!("xref\n0 {n_objects}\n0000000000 65535 f \n");
    for offset in offsets {
        writeln!(table, "{offset:010} 00000 n ").unwrap();
    }
    let start = bytes.len();
    write!(table, "trailer\n<< /Size {n_objects} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n")
        .unwrap();
    bytes.extend(table.into_bytes());
    bytes
}

#[test]
fn the_page_of_an_empty_recipe_is_read() {
    let limits = footnote_document::Limits::default();
    let document = footnote_document::parse("a.pdf", &pdf(b""), &limits).unwrap();
    assert!(document.text.contains("Ten days"), "{}", document.text);
    assert!(document.text.contains("A\u{1F600}"), "{}", document.text);
}
