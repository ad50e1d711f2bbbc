//! `footnote parse`: what would be kept of a file; and what was kept of one, in the same shape.

use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::cli::{code, program, stderr, stdout};
use crate::server::Server;

/// A PDF of two pages.
fn pdf() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples/handbook/warehouse-safety.pdf")
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Runs `footnote parse` where there is no data directory, and leaves none.
fn parse(files: &[&Path], options: &[&str]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let output = program(dir.path()).arg("parse").args(files).args(options).output().unwrap();
    assert!(!dir.path().join("data").exists(), "nothing is stored");
    output
}

fn json_of(file: &Path) -> Value {
    let output = parse(&[file], &["--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

/// Returns what stands at a range of a text, which counts characters.
fn at<'a>(text: &'a str, range: &Value) -> &'a str {
    let byte = |name: &str| {
        let n_chars = usize::try_from(range[name].as_u64().unwrap()).unwrap();
        text.char_indices().nth(n_chars).map_or(text.len(), |(byte, _)| byte)
    };
    &text[byte("start")..byte("end")]
}

/// Returns the text of every block.
fn texts(parsed: &Value) -> Vec<&str> {
    let text = parsed["text"].as_str().unwrap();
    parsed["blocks"].as_array().unwrap().iter().map(|block| at(text, &block["range"])).collect()
}

#[test]
fn every_block_of_a_pdf_knows_its_page_its_headings_and_its_rectangles() {
    let parsed = json_of(&pdf());
    assert_eq!(
        (&parsed["media_type"], &parsed["title"], &parsed["pages"], &parsed["attachments"]),
        (&json!("application/pdf"), &json!("Warehouse safety"), &json!(2), &json!([]))
    );
    let blocks = parsed["blocks"].as_array().unwrap();
    assert_eq!(blocks[0]["kind"], "heading");
    assert_eq!((&blocks[0]["level"], texts(&parsed)[0]), (&json!(1), "Warehouse safety"));
    assert!(texts(&parsed).iter().all(|text| text.trim() == *text && !text.is_empty()));
    for block in blocks {
        assert_eq!(block["rects"][0]["page"], block["page"], "{block}");
        assert_eq!(block["rects"][0]["rects"][0].as_array().unwrap().len(), 4, "{block}");
    }
    let last = blocks.last().unwrap();
    assert_eq!((&last["page"], &last["headings"][0]), (&json!(2), &json!("Warehouse safety")));
    let n_chars = parsed["text"].as_str().unwrap().chars().count();
    assert_eq!(parsed["characters"], n_chars);
}

#[test]
fn people_get_an_account_of_a_file_or_its_bare_text() {
    let account = stdout(&parse(&[&pdf()], &[]));
    assert!(account.contains("\n  pages       2\n"), "{account}");
    assert!(
        account.contains("\n\nheading 1 · p. 1\nWarehouse safety\n\n  paragraph · p. 1\n  Safe")
    );
    let text = stdout(&parse(&[&pdf()], &["--text"]));
    assert_eq!(text, json_of(&pdf())["text"].as_str().unwrap());
}

#[test]
fn rows_of_a_sheet_name_their_cells_whatever_the_script() {
    let parsed = json_of(&fixture("depots.xlsx"));
    let row = parsed["blocks"].as_array().unwrap().last().unwrap();
    let cells = json!({"cells": {"sheet": "Depots", "cells": "A3:C3"}});
    assert_eq!((&row["kind"], &row["place"], row.get("page")), (&json!("table"), &cells, None));
    assert_eq!(texts(&parsed).last().unwrap(), &"| Depot: 上海 | Opens: 05:30 | Gates: 7 |");
    let account = stdout(&parse(&[&fixture("depots.xlsx")], &[]));
    assert!(account.contains("  table · Depots!A3:C3\n"), "{account}");
}

#[test]
fn a_mail_names_the_files_in_it() {
    let parsed = json_of(&fixture("leave.eml"));
    assert_eq!(parsed["attachments"], json!([{"name": "days.csv", "bytes": 16}]));
    assert_eq!(parsed["blocks"][1]["place"], json!({"part": "header"}));
    let account = stdout(&parse(&[&fixture("leave.eml")], &[]));
    assert!(account.contains("holds       days.csv (16 B)"), "{account}");
}

#[test]
fn a_file_that_cannot_be_read_says_why_and_the_others_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let broken = dir.path().join("broken.pdf");
    fs::write(&broken, "%PDF-1.7\nthis is no document").unwrap();
    let files = [broken.as_path(), &fixture("depots.xlsx")];

    let lines = parse(&files, &["--format", "jsonl"]);
    assert_eq!(code(&lines), 8);
    let lines: Vec<Value> =
        stdout(&lines).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["source"], broken.to_str().unwrap());
    assert_eq!((&lines[0]["code"], lines[1]["blocks"].is_array()), (&json!("unreadable"), true));

    let list = parse(&files, &["--format", "json"]);
    assert_eq!(code(&list), 8);
    let list: Value = serde_json::from_str(&stdout(&list)).unwrap();
    assert_eq!(list["data"], json!(lines));

    let account = parse(&files, &[]);
    assert_eq!(code(&account), 8);
    assert!(stdout(&account).contains("  failed  unreadable: "), "{}", stdout(&account));
    let text = parse(&files, &["--text"]);
    assert_eq!(code(&text), 8);
    assert!(stdout(&text).starts_with("Depots\n"), "the text alone: {}", stdout(&text));
    assert!(stderr(&text).contains("broken.pdf: unreadable: "), "{}", stderr(&text));
}

#[test]
fn the_limits_of_the_ingestion_hold() {
    let dir = tempfile::tempdir().unwrap();
    for limit in ["MAX_FILE_BYTES", "MAX_TEXT_BYTES"] {
        let output = program(dir.path())
            .env(format!("FOOTNOTE__INGEST__{limit}"), "100")
            .args(["parse", "--format", "json"])
            .arg(pdf())
            .output()
            .unwrap();
        let failed: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!((code(&output), &failed["code"]), (8, &json!("too_large")), "{limit}");
    }
}

#[test]
fn standard_input_is_read_under_a_name() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = program(dir.path())
        .args(["parse", "-", "--name", "page.html", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all("<h2>年假</h2><p>28 天".as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let parsed: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((&parsed["source"], texts(&parsed)), (&json!("page.html"), vec!["年假", "28 天"]));
    assert_eq!(parsed["blocks"][1]["range"], json!({"start": 4, "end": 8}));
}

#[test]
fn what_makes_no_sense_is_said_before_anything_is_read() {
    let (sheet, gone) = (fixture("depots.xlsx"), fixture("gone.pdf"));
    let folder = fixture("");
    let wrong: [(&[&Path], &[&str], i32); 5] = [
        (&[&sheet, &gone], &[], 4),
        (&[&sheet, &folder], &[], 2),
        (&[Path::new("-"), Path::new("-")], &[], 2),
        (&[&sheet], &["--text", "--format", "json"], 2),
        (&[&sheet], &["--text", "--chunks"], 2),
    ];
    for (files, options, expected) in wrong {
        let output = parse(files, options);
        assert_eq!((code(&output), stdout(&output).as_str()), (expected, ""), "{files:?}");
    }
    let chunks = parse(&[&sheet], &["--chunks"]);
    assert_eq!((code(&chunks), stdout(&chunks).as_str()), (4, ""));
    assert!(stderr(&chunks).contains("footnote models pull"), "{}", stderr(&chunks));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_what_was_shown_before() {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    for file in [pdf(), fixture("depots.xlsx")] {
        let name = file.file_name().unwrap().to_str().unwrap();
        let uploaded = server.upload("c", name, &fs::read(&file).unwrap()).await.json();
        server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
        let id = uploaded["document"]["id"].as_str().unwrap();
        let shown = json_of(&file);

        let kept = server.get(&format!("/api/v1/documents/{id}/blocks")).await.json();
        for field in ["media_type", "title", "pages", "notes", "characters", "text", "blocks"] {
            assert_eq!(kept[field], shown[field], "{name}: {field}");
        }
        assert_eq!((&kept["state"], &kept["changed_since_ms"]), (&json!("live"), &Value::Null));
        let show = |format: &str| {
            let args = ["docs", "show", id, "--format", format];
            stdout(&program(server.folder()).args(args).output().unwrap())
        };
        let document: Value = serde_json::from_str(&show("json")).unwrap();
        for field in ["media_type", "pages", "characters", "text", "blocks"] {
            assert_eq!(document[field], shown[field], "{name}: {field}");
        }
        assert_eq!(document["version"], kept["version"]);
        let card = show("text");
        assert!(card.contains("\nblocks ") && !card.contains("Depot: "), "{card}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_page_of_a_document_can_be_asked_for() {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    let mut blocks = Vec::new();
    for file in [pdf(), fixture("depots.xlsx")] {
        let name = file.file_name().unwrap().to_str().unwrap();
        let uploaded = server.upload("c", name, &fs::read(&file).unwrap()).await.json();
        server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
        let id = uploaded["document"]["id"].as_str().unwrap();
        blocks.push(format!("/api/v1/documents/{id}/blocks"));
    }
    let [pdf, sheet] = &blocks[..] else { panic!("two documents were sent") };
    let all = server.get(pdf).await.json();
    let page = server.get(&format!("{pdf}?page=2")).await.json();
    let on_page_2: Vec<&Value> =
        all["blocks"].as_array().unwrap().iter().filter(|block| block["page"] == 2).collect();
    assert_eq!(page["blocks"], json!(on_page_2));
    assert_eq!(page["text"], at(all["text"].as_str().unwrap(), &page["text_range"]));
    assert_eq!(page["text_range"]["start"], on_page_2[0]["range"]["start"]);
    assert_eq!(page["characters"], all["characters"]);
    let version = page["version"].as_str().unwrap();
    assert_eq!(server.get(&format!("{pdf}?version={version}&page=2")).await.json(), page);
    for path in [format!("{pdf}?page=0"), format!("{pdf}?page=3"), format!("{sheet}?page=1")] {
        assert_eq!(server.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(server.get(&format!("{pdf}?page=two")).await.status, 422);
    let other = format!("{pdf}?version=sha256:{}", "0".repeat(64));
    assert_eq!(server.get(&other).await.status, 404);
}
