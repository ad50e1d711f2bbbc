//! Archives, and what strangers make of them and of nesting: bounded, with the limit named.

use footnote_core::job::FailureCode;
use footnote_document::{Limits, parse, parse_all};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::packages::{docx, odf, xlsx, zip};

#[test]
fn an_archive_is_the_files_in_it() {
    let inner = zip(&[("b.txt", "Ask.")]);
    let files: [(&str, &[u8]); 4] = [
        ("a/leave.md", b"# Leave\n\nTen days."),
        ("__MACOSX/a/._leave.md", b"x"),
        ("../inner.zip", &inner),
        ("a/", b""),
    ];
    let parsed = parse_all("a.zip", &zip(&files), &Limits::default()).unwrap();
    assert_eq!(parsed.document.text, "a/leave.md\ninner.zip");
    let names: Vec<&str> = parsed.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["a/leave.md", "inner.zip"]);
    let inner = parse_all("inner.zip", &parsed.attachments[1].bytes, &Limits::default()).unwrap();
    assert_eq!(inner.attachments[0].name, "b.txt");
    let alone = parse("a.zip", &zip(&files), &Limits::default()).unwrap();
    assert!(alone.notes[0].contains("a/leave.md, inner.zip"), "{:?}", alone.notes);
}

/// Reads what must be refused, quickly, and returns the reason.
fn refused(name: &str, bytes: &[u8], limits: &Limits) -> String {
    let began = Instant::now();
    let failure = parse_all(name, bytes, limits).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(10), "{name} took {:?}", began.elapsed());
    assert_eq!(failure.code, FailureCode::TooLarge, "{failure}");
    failure.detail
}

#[test]
fn bombs_are_refused_by_the_name_of_the_limit() {
    let zeros = vec![0; 64 << 20];
    let bomb = zip(&[("a.txt", &zeros)]);
    assert!(refused("a.zip", &bomb, &Limits::default()).contains("max_unpacked_ratio"));
    let limits = Limits { max_unpacked_bytes: 1 << 20, ..Limits::default() };
    assert!(refused("a.zip", &bomb, &limits).contains("max_unpacked_bytes"));
    let spaces = " ".repeat(64 << 20);
    assert!(refused("a.docx", &docx(&spaces, &[]), &Limits::default()).contains("ratio"));
    assert!(refused("a.xlsx", &xlsx(&spaces, &[]), &Limits::default()).contains("ratio"));
    let many: Vec<(String, &str)> = (0..50).map(|n| (n.to_string(), "x")).collect();
    let limits = Limits { max_files: 40, ..Limits::default() };
    assert!(refused("a.zip", &zip(&many), &limits).contains("max_files"));
}

#[test]
fn deep_nesting_is_refused_or_read_but_never_overflows() {
    let n = 1_000_000;
    let deep = "<w:sdt>".repeat(n);
    let limits = Limits { max_unpacked_ratio: u64::MAX, ..Limits::default() };
    assert!(refused("a.docx", &docx(&deep, &[]), &limits).contains("max_depth"));
    assert!(
        refused("a.odt", &odf("text", &"<text:span>".repeat(n)), &limits).contains("max_depth")
    );
    let rtf = format!("{{\\rtf1 {}", "{".repeat(n));
    assert!(refused("a.rtf", rtf.as_bytes(), &limits).contains("max_depth"));
    let json = "[".repeat(n);
    let document = parse("a.json", json.as_bytes(), &limits).unwrap();
    assert!(document.notes[0].contains("not valid JSON"));
}

#[test]
fn entities_are_never_expanded() {
    let mut entities = String::from("<!DOCTYPE a [<!ENTITY l0 'ha'>");
    for n in 1..40 {
        write!(entities, "<!ENTITY l{n} '&l{};&l{};'>", n - 1, n - 1).unwrap();
    }
    let body = format!("{entities}]><w:p><w:r><w:t>Ten&l39; days.</w:t></w:r></w:p>");
    let document = parse("a.docx", &docx(&body, &[]), &Limits::default()).unwrap();
    assert_eq!(document.text, "Ten days.");
}

#[test]
fn too_many_cells_are_refused() {
    let row = |n: u32| format!("<row r='{n}'><c r='A{n}'><v>1</v></c></row>");
    let rows: String = (1..200).map(row).collect();
    let limits = Limits { max_cells: 100, ..Limits::default() };
    assert!(refused("a.xlsx", &xlsx(&rows, &[]), &limits).contains("max_cells"));
}
