//! Files inside files: attachments of mails and files of archives are documents of their own, and
//! come and go with what holds them.

use footnote_core::config::IngestConfig;
use footnote_core::job::{ItemState, Retry};
use footnote_store::{DocumentFilter, DocumentSummary, Which};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use tokio_util::sync::CancellationToken;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::setup::{Bench, everything};

/// Writes a mail with text files attached.
fn mail(subject: &str, text: &str, files: &[(&str, &str)]) -> String {
    let mut mail = format!(
        "From: ana@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
         Content-Type: text/plain\r\n\r\n{text}\r\n"
    );
    for (name, text) in files {
        write!(
            mail,
            "--b\r\nContent-Type: text/plain; name={name}\r\n\
             Content-Disposition: attachment; filename={name}\r\n\r\n{text}\r\n"
        )
        .unwrap();
    }
    mail + "--b--\r\n"
}

/// Packs files into an archive.
pub(crate) fn zip<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes.as_ref()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn documents(bench: &Bench) -> Vec<DocumentSummary> {
    bench.store.documents(&everything(), DocumentFilter::default()).await.unwrap().items
}

async fn uris(bench: &Bench) -> Vec<String> {
    documents(bench).await.into_iter().map(|document| document.uri).collect()
}

#[tokio::test]
async fn what_is_attached_to_a_mail_is_found_and_says_where_it_lies() {
    let bench = Bench::new().await;
    let files = [("days.txt", "Vacation lasts ten days."), ("pets.txt", "Dogs are welcome.")];
    bench.write("box/leave.eml", mail("Leave", "See the files.", &files));
    let report = bench.run().await;
    assert_eq!((report.counts.total, report.counts.ready), (3, 3), "{:?}", report.failed);
    assert_eq!(bench.find("vacation").await, ["box/leave.eml!/days.txt"]);
    let found = documents(&bench).await;
    let [mail, days, pets] = &found[..] else { panic!("{found:?}") };
    assert_eq!((mail.container, days.container), (None, Some(mail.id)));
    assert_eq!((pets.container, pets.media_type.as_str()), (Some(mail.id), "text/plain"));
    let second = bench.run().await;
    assert_eq!((second.counts.total, second.counts.unchanged), (1, 1), "the mail says it all");
}

#[tokio::test]
async fn an_archive_is_the_list_of_its_files_and_they_are_read_to_the_depth_allowed() {
    let bench = Bench::new().await;
    let inner = zip(&[("deep.txt", "Whales sing."), ("a.eml", "Subject: x\r\n\r\nSeals bark.")]);
    let deeper = zip(&[("deepest.zip", zip(&[("e.txt", "Eels hide.")]))]);
    let outer: [(&str, &[u8]); 3] =
        [("notes/top.txt", b"Gulls cry."), ("inner.zip", &inner), ("deeper.zip", &deeper)];
    bench.write("sea.zip", zip(&outer));
    let report = bench.run().await;
    assert_eq!(report.failed.len(), 0, "{:?}", report.failed);
    assert_eq!(bench.find("gulls").await, ["sea.zip!/notes/top.txt"]);
    assert_eq!(bench.find("whales").await, ["sea.zip!/inner.zip!/deep.txt"]);
    assert_eq!(bench.find("seals").await, ["sea.zip!/inner.zip!/a.eml"]);
    assert_eq!(bench.find("eels").await, ["sea.zip!/deeper.zip!/deepest.zip!/e.txt"]);
    assert!(bench.find("notes/top.txt").await.contains(&"sea.zip".to_owned()));

    let shallow = IngestConfig { max_nesting: 1, ..IngestConfig::default() };
    let bench = Bench::with(shallow).await;
    bench.write("sea.zip", zip(&outer));
    bench.run().await;
    assert_eq!(bench.find("gulls").await, ["sea.zip!/notes/top.txt"]);
    assert!(bench.find("whales").await.is_empty());
    let found = documents(&bench).await;
    let inner = found.iter().find(|document| document.uri == "sea.zip!/inner.zip").unwrap();
    assert!(inner.notes[0].contains("`ingest.max_nesting`"), "{:?}", inner.notes);
}

#[tokio::test]
async fn files_inside_come_and_go_with_what_holds_them() {
    let bench = Bench::new().await;
    let (cats, inner) = ("Cats purr.", zip(&[("owls.txt", "Owls hoot.")]));
    let before: [(&str, &[u8]); 3] =
        [("cats.txt", cats.as_bytes()), ("dogs.txt", b"Dogs bark."), ("inner.zip", &inner)];
    bench.write("zoo.zip", zip(&before));
    bench.run().await;
    assert_eq!(uris(&bench).await.len(), 5);

    bench.write("zoo.zip", zip(&[("cats.txt", cats), ("bees.txt", "Bees hum.")]));
    let report = bench.run().await;
    assert_eq!(report.counts.failed, 0, "{:?}", report.failed);
    assert_eq!(
        uris(&bench).await,
        ["zoo.zip", "zoo.zip!/bees.txt", "zoo.zip!/cats.txt"],
        "what lay in an archive that is gone is gone too"
    );
    assert!(bench.find("hoot").await.is_empty() && bench.find("bark").await.is_empty());
    assert_eq!(bench.find("hum").await, ["zoo.zip!/bees.txt"]);

    bench.write("other.txt", "Something is left here.");
    std::fs::remove_file(bench.path("zoo.zip")).unwrap();
    bench.run().await;
    assert_eq!(uris(&bench).await, ["other.txt"]);
}

#[tokio::test]
async fn a_file_inside_that_failed_is_tried_again_unless_its_bytes_are_at_fault() {
    let bench = Bench::with(IngestConfig { max_text_bytes: 60, ..IngestConfig::default() }).await;
    let long = "A long story about elephants that nobody has the time to read to its end today.";
    bench.write_old("a.zip", zip(&[("long.txt", long), ("short.txt", "Ants are short.")]));
    bench.write_old("b.zip", zip(&[("program.exe", &b"MZ\0\x01\x02\x03\0\0\xFF\xFE"[..])]));
    let report = bench.run().await;
    let codes: Vec<&str> = report.failed.iter().map(|failed| failed.code.as_str()).collect();
    assert_eq!(codes, ["too_large", "unsupported"], "{:?}", report.failed);

    let bench = bench.reopen_reading(IngestConfig::default()).await;
    let report = bench.run().await;
    assert_eq!((report.counts.failed, report.counts.ready), (0, 1), "{:?}", report.failed);
    assert_eq!(bench.find("elephants").await, ["a.zip!/long.txt"]);
    let third = bench.run().await;
    assert_eq!((third.counts.total, third.counts.unchanged), (2, 2));
}

#[tokio::test]
async fn a_failed_file_inside_can_be_retried_in_its_job() {
    let bench = Bench::with(IngestConfig { max_text_bytes: 60, ..IngestConfig::default() }).await;
    let long = "A long story about elephants that nobody has the time to read to its end today.";
    bench.write("a.zip", zip(&[("long.txt", long)]));
    let job = bench.run().await.job;
    let bench = bench.reopen_reading(IngestConfig::default()).await;
    bench.store.vacuum().await.unwrap();
    assert_eq!(bench.store.retry_items(&everything(), job, Retry::Failed).await.unwrap(), 1);
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    bench.ended(job).await;
    stop.cancel();
    working.await.unwrap();
    let items = bench.items(job).await;
    assert!(items.iter().all(|item| item.state == ItemState::Ready), "{items:?}");
    assert_eq!(bench.find("elephants").await, ["a.zip!/long.txt"]);
}

#[tokio::test]
async fn removing_a_mail_removes_what_is_attached_and_a_purge_leaves_nothing() {
    let bench = Bench::new().await;
    bench.write("a.eml", mail("Secret", "Read it.", &[("plan.txt", "The plan is zanzibar.")]));
    bench.write("b.txt", "Nothing of that.");
    bench.run().await;
    let mail = documents(&bench).await[0].id;
    bench.store.remove_document(mail).await.unwrap();
    assert_eq!(uris(&bench).await, ["b.txt"]);
    let report = bench.store.purge(Which::Documents(vec![mail])).await.unwrap();
    assert_eq!((report.n_documents, report.n_originals), (2, 2), "{report:?}");
}

#[tokio::test]
async fn attachments_of_one_name_are_kept_apart_and_equal_ones_are_read_once() {
    let bench = Bench::new().await;
    let files = [("a.txt", "Twins look alike."), ("a.txt", "Twins look alike.")];
    bench.write("one.eml", mail("One", "First.", &files));
    bench.write("two.eml", mail("Two", "Second.", &files[..1]));
    let report = bench.run().await;
    assert_eq!((report.counts.failed, report.counts.ready), (0, 5), "{:?}", report.failed);
    let mut found = bench.find("twins").await;
    found.sort();
    assert_eq!(found, ["one.eml!/a (2).txt", "one.eml!/a.txt", "two.eml!/a.txt"]);
    assert_eq!(bench.embedder.n_texts(), 3, "two mails, and one text for the three files");
}

#[tokio::test]
async fn a_bomb_of_archives_in_archives_is_cut_short_with_the_limit() {
    let bench = Bench::with(IngestConfig { max_files: 30, ..IngestConfig::default() }).await;
    let texts: Vec<(String, String)> =
        (0..20).map(|n| (format!("{n}.txt"), format!("Text number {n}."))).collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let inner = zip(&texts);
    let archives: Vec<(String, &[u8])> = (0..10).map(|n| (format!("{n}.zip"), &*inner)).collect();
    let archives: Vec<(&str, &[u8])> = archives.iter().map(|(a, b)| (a.as_str(), *b)).collect();
    bench.write("bomb.zip", zip(&archives));
    let report = bench.run().await;
    assert!(report.counts.total <= 11 + 40, "{:?}", report.counts);
    assert_eq!(report.counts.failed, 0, "{:?}", report.failed);
    let noted = documents(&bench).await;
    assert!(noted.iter().any(|document| document.notes.iter().any(|n| n.contains("max_files"))));
}
