// Documents that are made for the journeys: PDFs of this file's own, and files of the other tests.

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** What the first page of `timetable.pdf` says, in two columns, and the second goes on to say. */
const TIMETABLE = [
  [
    ["Trains of the night", "", "The night train to Lisbon leaves from", "platform nine at 21:40 every evening.",
      "It carries two sleeping cars and one", "dining car, which closes at midnight."],
    ["Trains of the day", "", "The morning train to Porto leaves from", "platform two at 07:15 on working days.",
      "Bicycles travel free of charge in the", "last car, as long as there is room."],
  ],
  [
    ["Lost property", "", "Whatever is found in a train is kept for", "ninety days at the office in Coimbra."],
  ],
];

const TURNED = [[["Notice of the harbour", "", "The ferry to the islands is suspended", "whenever the wind exceeds forty knots."]]];

const CHINESE = [[["港口通知", "", "大风超过八级时，往返海岛的渡轮停航。", "停航期间船票可以免费改签一次。"]]];

const CROPPED = [[["Notice of the lighthouse", "", "The lighthouse shows a red light every", "four seconds from dusk until dawn."]]];

/** A sentence that begins on one page and ends on the next. */
const OVER = [
  [["Duties of the pilot", "", "The pilot goes on board of every single vessel that is longer"]],
  [["than ninety metres before it passes the mole. Smaller vessels", "are led by a boat of the harbour."]],
];

/** Writes text as a PDF: pages of columns of lines, in fonts that are not embedded. */
function pdf(pages, { rotate = 0, chinese = false, box = "" } = {}) {
  const font = chinese
    ? "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts["
      + "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>"
      + "/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>"
      + "/DW 1000>>]>>"
    : "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";
  const shown = (line) => chinese
    ? `<${[...line].map((letter) => letter.charCodeAt(0).toString(16).padStart(4, "0")).join("")}>`
    : `(${line.replace(/[()\\]/g, "\\$&")})`;
  const column = (lines, at) => `BT /F1 12 Tf 16 TL 1 0 0 1 ${60 + at * 250} 740 Tm\n${lines.map((line) => `${shown(line)} Tj T*`).join("\n")}\nET`;
  const kids = pages.map((_, at) => `${4 + 2 * at} 0 R`).join(" ");
  const objects = ["<</Type/Catalog/Pages 2 0 R>>", `<</Type/Pages/Count ${pages.length}/Kids[${kids}]>>`, font];
  pages.forEach((columns, at) => {
    const drawn = columns.map(column).join("\n");
    objects.push(`<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]${box}/Rotate ${rotate}/Resources<</Font<</F1 3 0 R>>>>/Contents ${5 + 2 * at} 0 R>>`);
    objects.push(`<</Length ${drawn.length}>>stream\n${drawn}\nendstream`);
  });
  let written = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = written.length;
    written += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  return `${written}${table}trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${written.length}\n%%EOF\n`;
}

/** Writes the documents of the collection `papers` into a folder. */
export function papers(folder) {
  mkdirSync(folder, { recursive: true });
  const write = (name, content) => writeFileSync(join(folder, name), content, "latin1");
  write("timetable.pdf", pdf(TIMETABLE));
  write("turned.pdf", pdf(TURNED, { rotate: 90 }));
  write("cropped.pdf", pdf(CROPPED, { rotate: 270, box: "/CropBox[40 600 420 800]/UserUnit 2" }));
  write("over.pdf", pdf(OVER));
  write("chinese.pdf", pdf(CHINESE, { chinese: true }));
  copyFileSync(join(ROOT, "ingest/tests/samples/scan.pdf"), join(folder, "scan.pdf"));
  copyFileSync(join(ROOT, "web/tests/fixtures/depots.xlsx"), join(folder, "depots.xlsx"));
  copyFileSync(join(ROOT, "web/tests/fixtures/leave.eml"), join(folder, "leave.eml"));
  copyFileSync(join(ROOT, "crates/document/fuzz/corpus/docx/whole.docx"), join(folder, "whole.docx"));
}

/** The documents that come with the program. */
export const SAMPLES = join(ROOT, "docs/samples");
