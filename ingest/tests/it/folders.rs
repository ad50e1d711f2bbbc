//! New, changed, unchanged and gone documents; sent bytes; dry runs.

use crate::setup::{Bench, everything, folder};
use footnote_core::job::{ItemState, JobState};
use footnote_ingest::Request;
use footnote_store::Original;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_second_run_does_nothing_and_a_third_sees_what_changed() {
    let bench = Bench::new().await;
    bench.write("leave.md", "# Leave\n\nTwenty-eight days of vacation.");
    bench.write("hr/pets.txt", "Dogs are welcome on Fridays.");
    let first = bench.run().await;
    assert_eq!((first.counts.total, first.counts.ready, first.counts.chunks), (2, 2, 2));
    let second = bench.run().await;
    assert_eq!((second.counts.unchanged, second.counts.ready), (2, 0));

    bench.write("leave.md", "# Leave\n\nThirty days of holiday.");
    std::fs::remove_file(bench.documents.path().join("hr/pets.txt")).unwrap();
    let plan = bench.ingestor.plan(&folder(bench.documents.path())).await.unwrap();
    assert_eq!(
        (plan.changed, plan.gone),
        (vec!["leave.md".to_owned()], vec!["hr/pets.txt".to_owned()])
    );
    let third = bench.run().await;
    assert_eq!((third.counts.ready, third.counts.removed), (1, 1));
    assert_eq!(bench.find("holiday").await, ["leave.md"]);
    assert!(bench.find("vacation").await.is_empty(), "the old version is not found");
    assert!(bench.find("dogs").await.is_empty(), "the removed document is not found");
}

#[tokio::test]
async fn a_folder_that_became_empty_keeps_its_documents() {
    let bench = Bench::new().await;
    bench.write("only.txt", "The mountain is quiet.");
    bench.run().await;
    std::fs::remove_file(bench.documents.path().join("only.txt")).unwrap();
    let report = bench.run().await;
    assert_eq!(report.counts.removed, 0);
    assert_eq!(bench.find("mountain").await, ["only.txt"]);
}

#[tokio::test]
async fn sent_bytes_become_a_document_and_the_job_remembers_it() {
    let bench = Bench::new().await;
    let original = Original::Bytes((*b"The harbour opens at six.").into());
    let input = bench.intake().keep("stdin", "note.txt", original).await.unwrap();
    let request = Request { inputs: vec![input], ..folder(bench.documents.path()) };
    let report = bench.run_request(request, CancellationToken::new()).await;
    assert_eq!(bench.find("harbour").await, ["note.txt"]);
    let job = bench.store.job(&everything(), report.job).await.unwrap();
    assert_eq!((job.state, job.counts.ready), (JobState::Completed, 1));
}

#[tokio::test]
async fn bad_files_fail_alone_with_their_reasons() {
    let bench = Bench::new().await;
    bench.write("good.txt", "The lighthouse stands.");
    bench.write("empty.txt", "");
    bench.write("binary.txt", [0_u8, 159, 146, 150, 0, 1, 2, 3].repeat(64));
    bench.write("broken.pdf", "%PDF-1.7\nnothing of a PDF follows");
    let report = bench.run().await;
    let failed: Vec<(&str, &str)> =
        report.failed.iter().map(|item| (item.source.as_str(), item.code.as_str())).collect();
    assert_eq!(
        failed,
        [("binary.txt", "unsupported"), ("broken.pdf", "unreadable"), ("empty.txt", "empty")]
    );
    assert_eq!(report.counts.ready, 1);
    let items = bench.items(report.job).await;
    assert_eq!(items.iter().filter(|item| item.state == ItemState::Failed).count(), 3);
    assert_eq!(bench.find("lighthouse").await, ["good.txt"]);
}

#[tokio::test]
async fn what_a_file_s_time_proves_is_not_read_again_unless_asked_for() {
    let bench = Bench::new().await;
    bench.write_old("a.txt", "Alpha stands first.");
    bench.run().await;
    // The same size and time prove that nothing changed; so nobody sees what has.
    bench.write_old("a.txt", "Omega stands first.");
    assert_eq!(bench.run().await.counts.unchanged, 1);
    assert_eq!(bench.find("alpha").await, ["a.txt"]);
    let request = Request { verify: true, ..folder(bench.documents.path()) };
    assert_eq!(bench.run_request(request, CancellationToken::new()).await.counts.ready, 1);
    assert_eq!(bench.find("omega").await, ["a.txt"]);
}

#[tokio::test]
async fn a_file_that_was_just_written_is_compared_even_when_it_looks_the_same() {
    let bench = Bench::new().await;
    bench.write("a.txt", "Alpha stands first.");
    let modified = std::fs::metadata(bench.path("a.txt")).unwrap().modified().unwrap();
    bench.run().await;
    bench.write("a.txt", "Omega stands first.");
    let file = std::fs::File::options().write(true).open(bench.path("a.txt")).unwrap();
    file.set_modified(modified).unwrap();
    assert_eq!(bench.run().await.counts.ready, 1);
    assert_eq!(bench.find("omega").await, ["a.txt"]);
}
