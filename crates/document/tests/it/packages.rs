//! Packages of XML that the tests write themselves, part by part.

use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Writes an archive of these files.
pub(crate) fn zip<N: AsRef<str>, B: AsRef<[u8]>>(files: &[(N, B)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name.as_ref(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes.as_ref()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Writes the relations of a part: id, kind, target.
pub(crate) fn relations(relations: &[(&str, &str, &str)]) -> String {
    let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!("<Relationship Id='{id}' Type='{base}/{kind}' Target='{target}'/>")
    };
    let all = relations.iter().map(one).collect::<Vec<_>>().concat();
    format!("<Relationships>{all}</Relationships>")
}

fn content_types(kind: &str) -> String {
    let base = "application/vnd.openxmlformats-officedocument";
    format!("<Types><Override PartName='/x' ContentType='{base}.{kind}.main+xml'/></Types>")
}

/// Writes a Word document of a body and further parts, whose relations are named after their kind.
pub(crate) fn docx(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let kinds: Vec<(&str, &str, String)> = parts
        .iter()
        .map(|(name, _)| (*name, name.trim_end_matches(char::is_numeric), format!("{name}.xml")))
        .collect();
    let kinds: Vec<(&str, &str, &str)> =
        kinds.iter().map(|(id, kind, target)| (*id, *kind, target.as_str())).collect();
    let mut files = vec![
        ("[Content_Types].xml".to_owned(), content_types("wordprocessingml.document")),
        ("_rels/.rels".to_owned(), relations(&[("r1", "officeDocument", "word/document.xml")])),
        (
            "word/document.xml".to_owned(),
            format!(
                "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>\
                 <w:body>{body}</w:body></w:document>"
            ),
        ),
        ("word/_rels/document.xml.rels".to_owned(), relations(&kinds)),
    ];
    for (name, text) in parts {
        files.push((format!("word/{name}.xml"), (*text).to_owned()));
    }
    zip(&files)
}

/// Writes a paragraph of Word with a style and a text.
pub(crate) fn paragraph(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// Writes a presentation of slides, and the notes of the first.
pub(crate) fn pptx(slides: &[&str], notes: &str) -> Vec<u8> {
    let ids: Vec<String> = (1..=slides.len()).map(|n| format!("r{n}")).collect();
    let targets: Vec<String> = (1..=slides.len()).map(|n| format!("slides/slide{n}.xml")).collect();
    let known: Vec<(&str, &str, &str)> = ids
        .iter()
        .zip(&targets)
        .map(|(id, target)| (id.as_str(), "slide", target.as_str()))
        .collect();
    let list = ids
        .iter()
        .enumerate()
        .map(|(n, id)| format!("<p:sldId id='{n}' r:id='{id}'/>"))
        .collect::<Vec<_>>()
        .concat();
    let presentation = format!("<p:presentation><p:sldIdLst>{list}</p:sldIdLst></p:presentation>");
    let mut files = vec![
        ("[Content_Types].xml".to_owned(), content_types("presentationml.presentation")),
        ("_rels/.rels".to_owned(), relations(&[("r1", "officeDocument", "ppt/presentation.xml")])),
        ("ppt/presentation.xml".to_owned(), presentation),
        ("ppt/_rels/presentation.xml.rels".to_owned(), relations(&known)),
        (
            "ppt/slides/_rels/slide1.xml.rels".to_owned(),
            relations(&[("n", "notesSlide", "../notesSlides/n.xml")]),
        ),
        ("ppt/notesSlides/n.xml".to_owned(), shape("body", notes)),
    ];
    for (target, slide) in targets.iter().zip(slides) {
        files.push((format!("ppt/{target}"), format!("<p:sld>{slide}</p:sld>")));
    }
    zip(&files)
}

/// Writes a shape of a slide whose paragraphs are the lines of a text.
pub(crate) fn shape(placeholder: &str, text: &str) -> String {
    let paragraphs = text
        .lines()
        .map(|line| format!("<a:p><a:r><a:t>{line}</a:t></a:r></a:p>"))
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<p:sp><p:nvPr><p:ph type='{placeholder}'/></p:nvPr><p:txBody>{paragraphs}</p:txBody></p:sp>"
    )
}

/// Writes a workbook of one sheet, `Data`, with these rows and the formats of styles 1 and on.
pub(crate) fn xlsx(rows: &str, formats: &[&str]) -> Vec<u8> {
    let main = "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'";
    let codes = formats
        .iter()
        .enumerate()
        .map(|(n, code)| format!("<numFmt numFmtId='{}' formatCode='{code}'/>", 200 + n))
        .collect::<Vec<_>>()
        .concat();
    let styles = (0..formats.len())
        .map(|n| format!("<xf numFmtId='{}'/>", 200 + n))
        .collect::<Vec<_>>()
        .concat();
    zip(&[
        ("[Content_Types].xml", content_types("spreadsheetml.sheet")),
        ("_rels/.rels", relations(&[("r1", "officeDocument", "xl/workbook.xml")])),
        (
            "xl/workbook.xml",
            format!(
                "<workbook {main} xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>\
                 <sheets><sheet name='Data' sheetId='1' r:id='r1'/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(&[
                ("r1", "worksheet", "worksheets/sheet1.xml"),
                ("r2", "styles", "styles.xml"),
            ]),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet {main}><numFmts>{codes}</numFmts>\
                 <cellXfs><xf numFmtId='0'/>{styles}</cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet {main}><dimension ref='A1:XFD1048576'/><sheetData>{rows}</sheetData></worksheet>"
            ),
        ),
    ])
}

/// Writes a row of a sheet whose cells are texts.
pub(crate) fn text_row(number: u32, cells: &[&str]) -> String {
    let columns = ["A", "B", "C", "D"];
    let cells = columns
        .iter()
        .zip(cells)
        .map(|(column, text)| {
            format!("<c r='{column}{number}' t='inlineStr'><is><t>{text}</t></is></c>")
        })
        .collect::<Vec<_>>()
        .concat();
    format!("<row r='{number}'>{cells}</row>")
}

/// Writes an OpenDocument file of a kind: `text`, `presentation`, `spreadsheet`.
pub(crate) fn odf(kind: &str, body: &str) -> Vec<u8> {
    zip(&[
        ("mimetype", format!("application/vnd.oasis.opendocument.{kind}")),
        (
            "content.xml",
            format!(
                "<office:document-content><office:body><office:{kind}>{body}</office:{kind}>\
                 </office:body></office:document-content>"
            ),
        ),
    ])
}

/// Writes a book of chapters.
pub(crate) fn epub(chapters: &[&str]) -> Vec<u8> {
    let items = (0..chapters.len())
        .map(|n| format!("<item id='c{n}' href='c{n}.xhtml' media-type='application/xhtml+xml'/>"))
        .collect::<Vec<_>>()
        .concat();
    let order = (0..chapters.len())
        .map(|n| format!("<itemref idref='c{n}'/>"))
        .collect::<Vec<_>>()
        .concat();
    let mut files = vec![
        ("mimetype".to_owned(), "application/epub+zip".to_owned()),
        (
            "META-INF/container.xml".to_owned(),
            "<container><rootfile full-path='b/book.opf'/></container>".to_owned(),
        ),
        (
            "b/book.opf".to_owned(),
            format!(
                "<package><metadata><dc:title>Leave</dc:title></metadata>\
                 <manifest>{items}</manifest><spine>{order}</spine></package>"
            ),
        ),
    ];
    for (n, chapter) in chapters.iter().enumerate() {
        let page = format!(
            "<?xml version='1.0'?><html><head><title/></head><body>{chapter}</body></html>"
        );
        files.push((format!("b/c{n}.xhtml"), page));
    }
    zip(&files)
}
