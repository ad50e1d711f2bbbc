//! Scans and pictures: read where Tesseract is installed, and otherwise refused with the advice to
//! install it.

use footnote_core::config::IngestConfig;
use footnote_ingest::sandbox::{Tesseract, WithoutOcr};
use footnote_store::DocumentFilter;

use crate::setup::{Bench, everything};

const SCAN: &[u8] = include_bytes!("../samples/scan.pdf");
const SIGN: &[u8] = include_bytes!("../samples/sign.png");

/// Tells whether Tesseract can be used, and says when it cannot.
async fn is_installed() -> bool {
    let found = Tesseract::find(&IngestConfig::default()).await;
    if let Err(reason) = &found {
        println!("did not run: the recognition of letters, because {reason}");
    }
    found.is_ok()
}

#[tokio::test]
async fn letters_in_scans_and_pictures_are_read_and_the_confidence_is_noted() {
    if !is_installed().await {
        return;
    }
    let bench = Bench::new().await;
    bench.write("rules.pdf", SCAN);
    bench.write("sign.png", SIGN);
    let report = bench.run().await;
    assert_eq!((report.counts.ready, report.counts.failed), (2, 0), "{:?}", report.failed);
    for (word, uri) in
        [("lighthouse", "rules.pdf"), ("midnight", "rules.pdf"), ("umbrellas", "sign.png")]
    {
        assert_eq!(bench.find(word).await, [uri]);
    }
    let found = bench.store.documents(&everything(), DocumentFilter::default()).await.unwrap();
    let rules = &found.items[0];
    assert_eq!(rules.n_pages, Some(3));
    assert!(
        rules.notes[0].contains("confidence") && rules.notes[0].ends_with("pages 1, 3."),
        "{:?}",
        rules.notes
    );
}

#[tokio::test]
async fn without_tesseract_a_picture_fails_with_what_to_install_and_other_pages_are_kept() {
    let missing = IngestConfig { ocr_program: "/no/tesseract".into(), ..IngestConfig::default() };
    let found = Tesseract::find(&missing).await;
    assert!(matches!(found, Err(WithoutOcr::NotInstalled { .. })), "{found:?}");
    let bench = Bench::with(missing).await;
    bench.write("rules.pdf", SCAN);
    bench.write("sign.png", SIGN);
    let report = bench.run().await;
    assert_eq!(report.failed.len(), 1, "{:?}", report.failed);
    assert_eq!(report.failed[0].code.as_str(), "no_text_layer");
    assert!(report.failed[0].detail.contains("Tesseract"), "{:?}", report.failed);
    assert_eq!(bench.find("harbour").await, ["rules.pdf"]);
    let off = IngestConfig { ocr: false, ..IngestConfig::default() };
    assert_eq!(Tesseract::find(&off).await, Err(WithoutOcr::Off));
}

#[tokio::test]
async fn pages_that_are_pictures_are_read_once_tesseract_is_there() {
    if !is_installed().await {
        return;
    }
    let missing = IngestConfig { ocr_program: "/no/tesseract".into(), ..IngestConfig::default() };
    let bench = Bench::with(missing).await;
    bench.write_old("rules.pdf", SCAN);
    bench.write_old("a.txt", "Nothing to recognize here.");
    bench.run().await;
    assert_eq!(bench.run().await.counts.unchanged, 2);
    let bench = bench.reopen_reading(IngestConfig::default()).await;
    let report = bench.run().await;
    assert_eq!((report.counts.ready, report.counts.unchanged), (1, 1), "{:?}", report.failed);
    assert_eq!(bench.find("lighthouse").await, ["rules.pdf"]);
    assert_eq!(bench.run().await.counts.unchanged, 2);
}

#[tokio::test]
async fn a_recognition_that_takes_too_long_costs_its_page() {
    let bench = Bench::with(slow_tesseract(0)).await;
    bench.write("rules.pdf", SCAN);
    let report = bench.run().await;
    assert_eq!((report.counts.ready, report.counts.failed), (1, 0), "{:?}", report.failed);
    let found = bench.store.documents(&everything(), DocumentFilter::default()).await.unwrap();
    let notes = found.items[0].notes.join("\n");
    assert!(notes.contains("ingest.ocr_page_seconds"), "{notes}");
    assert_eq!(bench.find("harbour").await, ["rules.pdf"]);
}

#[tokio::test]
async fn a_page_with_which_its_reader_is_lost_is_left_out_and_the_others_are_kept() {
    let bench = Bench::with(IngestConfig { parse_seconds: 1, ..slow_tesseract(600) }).await;
    bench.write("rules.pdf", SCAN);
    let report = bench.run().await;
    assert_eq!((report.counts.ready, report.counts.failed), (1, 0), "{:?}", report.failed);
    let found = bench.store.documents(&everything(), DocumentFilter::default()).await.unwrap();
    let [first, last] = &found.items[0].notes[..] else { panic!("{:?}", found.items[0].notes) };
    assert!(first.starts_with("Page 1 could not be read: Reading it came no further"), "{first}");
    assert!(last.starts_with("Page 3 could not be read"), "{last}");
    assert_eq!(bench.find("harbour").await, ["rules.pdf"]);
}

/// Configures a program in the place of Tesseract that never ends.
fn slow_tesseract(ocr_page_seconds: u64) -> IngestConfig {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/slow-tesseract");
    IngestConfig { ocr_program: script.into(), ocr_page_seconds, ..IngestConfig::default() }
}
