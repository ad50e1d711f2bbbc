//! The parts that a recipe need not give: small and valid, each one file's.

/// What a part is called, and what is in it.
type Fixed = (&'static str, &'static str);

/// A Word document without its text.
pub(crate) const DOCX: [Fixed; 7] = [
    (
        "[Content_Types].xml",
        "<Types><Override PartName='/word/document.xml' ContentType='application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'/></Types>",
    ),
    (
        "_rels/.rels",
        "<Relationships><Relationship Id='r1' Type='x/officeDocument' Target='word/document.xml'/></Relationships>",
    ),
    (
        "word/_rels/document.xml.rels",
        "<Relationships>\
         <Relationship Id='s' Type='x/styles' Target='styles.xml'/>\
         <Relationship Id='n' Type='x/numbering' Target='numbering.xml'/>\
         <Relationship Id='f' Type='x/footnotes' Target='footnotes.xml'/>\
         <Relationship Id='e' Type='x/endnotes' Target='endnotes.xml'/>\
         <Relationship Id='c' Type='x/comments' Target='comments.xml'/>\
         <Relationship Id='h' Type='x/header' Target='header.xml'/>\
         <Relationship Id='a' Type='x/aFChunk' Target='chunk.html'/></Relationships>",
    ),
    (
        "word/styles.xml",
        "<w:styles><w:style w:type='paragraph' w:styleId='H'><w:name w:val='heading 1'/></w:style>\
         <w:style w:type='paragraph' w:styleId='I'><w:basedOn w:val='H'/></w:style></w:styles>",
    ),
    (
        "word/footnotes.xml",
        "<w:footnotes><w:footnote w:id='2'><w:p><w:r><w:t>Note.</w:t></w:r></w:p></w:footnote></w:footnotes>",
    ),
    ("word/header.xml", "<w:hdr><w:p><w:r><w:t>Handbook</w:t></w:r></w:p></w:hdr>"),
    ("word/chunk.html", "<p>Inserted.</p>"),
];

/// A presentation of a slide, without the slide.
pub(crate) const PPTX: [Fixed; 5] = [
    (
        "[Content_Types].xml",
        "<Types><Override PartName='/ppt/presentation.xml' ContentType='application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml'/></Types>",
    ),
    (
        "_rels/.rels",
        "<Relationships><Relationship Id='r1' Type='x/officeDocument' Target='ppt/presentation.xml'/></Relationships>",
    ),
    (
        "ppt/presentation.xml",
        "<p:presentation><p:sldIdLst><p:sldId id='1' r:id='r1'/></p:sldIdLst></p:presentation>",
    ),
    (
        "ppt/_rels/presentation.xml.rels",
        "<Relationships><Relationship Id='r1' Type='x/slide' Target='slides/slide1.xml'/></Relationships>",
    ),
    (
        "ppt/slides/_rels/slide1.xml.rels",
        "<Relationships><Relationship Id='n' Type='x/notesSlide' Target='../notes.xml'/>\
         <Relationship Id='d' Type='x/diagramData' Target='../data.xml'/>\
         <Relationship Id='k' Type='x/chart' Target='../chart.xml'/></Relationships>",
    ),
];

/// A workbook of a sheet, without the sheet.
pub(crate) const XLSX: [Fixed; 6] = [
    (
        "[Content_Types].xml",
        "<Types><Override PartName='/xl/workbook.xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/></Types>",
    ),
    (
        "_rels/.rels",
        "<Relationships><Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='xl/workbook.xml'/></Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' \
         xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>\
         <sheets><sheet name='Data' sheetId='1' r:id='r1'/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships>\
         <Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/>\
         <Relationship Id='r2' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles' Target='styles.xml'/>\
         <Relationship Id='r3' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings' Target='sharedStrings.xml'/></Relationships>",
    ),
    (
        "xl/styles.xml",
        "<styleSheet><numFmts><numFmt numFmtId='200' formatCode='yyyy-mm-dd hh:mm'/>\
         <numFmt numFmtId='201' formatCode='#,##0.00 \"EUR\";[Red]-0.0%'/></numFmts>\
         <cellXfs><xf numFmtId='0'/><xf numFmtId='200'/><xf numFmtId='201'/><xf numFmtId='14'/></cellXfs></styleSheet>",
    ),
    ("xl/sharedStrings.xml", "<sst><si><t>who</t></si><si><r><t>all</t></r></si></sst>"),
];

/// A book of a chapter, without the chapter.
pub(crate) const EPUB: [Fixed; 3] = [
    ("mimetype", "application/epub+zip"),
    ("META-INF/container.xml", "<container><rootfile full-path='b.opf'/></container>"),
    (
        "b.opf",
        "<package><metadata><dc:title>Leave</dc:title></metadata><manifest>\
         <item id='c' href='c.xhtml' media-type='application/xhtml+xml'/></manifest>\
         <spine><itemref idref='c'/></spine></package>",
    ),
];

/// A mail of Outlook without its text.
pub(crate) const MSG: [Fixed; 2] = [
    ("__properties_version1.0", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    ("__substg1.0_0037001E", "Leave"),
];
