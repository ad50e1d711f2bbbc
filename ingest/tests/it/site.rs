//! A site through the queue: pages that did not change are not sent again, what is gone goes.

use footnote_core::ErrorKind;
use footnote_core::job::JobCounts;
use footnote_ingest::connector::{Remote, RemoteOptions};
use footnote_ingest::{Input, Request, Silent};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use crate::connector_web::Site;
use crate::setup::{Bench, everything};

/// Makes a site of a page with links to two others, one of which has a third.
async fn site() -> (Site, String) {
    let site = Site::default();
    let links = "<a href='leave.html'>Leave</a> <a href='travel.html'>Travel</a>";
    site.html("/docs/", &format!("<h1>Rules</h1><p>The orchard blooms.</p>{links}"));
    site.html("/docs/leave.html", "<h1>Leave</h1><p>Everybody has twenty days of leave.</p>");
    let more = "<a href='trains.html'>Trains</a>";
    site.html("/docs/travel.html", &format!("<h1>Travel</h1><p>Buses are free.</p>{more}"));
    site.html("/docs/trains.html", "<h1>Trains</h1><p>Second class is booked.</p>");
    let server = site.serve().await;
    (site, server)
}

fn request(server: &str) -> Request {
    let options = RemoteOptions { depth: 2, ..RemoteOptions::default() };
    let remote = Remote::parse(&format!("{server}/docs/"), options).unwrap();
    Request {
        collection: "default".to_owned(),
        inputs: vec![Input::Remote(remote)],
        ..Request::default()
    }
}

/// Looks at everything that is registered and returns what became of it.
async fn sync(bench: &Bench) -> JobCounts {
    for source in bench.store.sources(&everything()).await.unwrap() {
        bench.store.hurry_source(source.id).await.unwrap();
    }
    let jobs = bench.intake().sync_due().await.unwrap();
    bench.ingestor.drain(CancellationToken::new()).await.unwrap();
    assert_eq!(jobs.len(), 1);
    bench.store.job(&everything(), jobs[0]).await.unwrap().counts
}

#[tokio::test]
async fn a_page_that_did_not_change_costs_one_short_answer() {
    let bench = Bench::new().await;
    let (site, server) = site().await;
    let every = Duration::from_hours(1);
    bench.intake().register(&request(&server), every).await.unwrap();
    assert_eq!(sync(&bench).await.ready, 4);
    assert_eq!(bench.find("twenty").await, [format!("{server}/docs/leave.html")]);
    site.answered(200);

    assert_eq!(sync(&bench).await.ready, 0);
    let all = ["/docs/", "/docs/leave.html", "/docs/trains.html", "/docs/travel.html"];
    assert_eq!(site.answered(304), all);
    assert_eq!(sync(&bench).await.ready, 0);
    assert!(site.answered(200).is_empty(), "nothing is sent again");
}

#[tokio::test]
async fn what_changes_on_a_site_is_read_and_what_is_gone_goes() {
    let bench = Bench::new().await;
    let (site, server) = site().await;
    let every = Duration::from_hours(1);
    bench.intake().register(&request(&server), every).await.unwrap();
    sync(&bench).await;
    site.html("/docs/leave.html", "<h1>Leave</h1><p>Everybody has thirty days of leave.</p>");
    site.html("/docs/travel.html", "<h1>Travel</h1><p>Buses are free.</p>");
    site.remove("/docs/trains.html");

    let counts = sync(&bench).await;
    assert_eq!((counts.ready, counts.removed, counts.failed), (2, 1, 0), "{counts:?}");
    assert!(bench.find("twenty").await.is_empty());
    assert_eq!(bench.find("thirty").await, [format!("{server}/docs/leave.html")]);
    assert!(bench.find("booked").await.is_empty());
    assert_eq!(bench.find("orchard").await, [format!("{server}/docs/")]);
}

#[tokio::test]
async fn a_page_that_its_server_no_longer_has_goes_though_a_link_still_leads_to_it() {
    let bench = Bench::new().await;
    let (site, server) = site().await;
    bench.run_request(request(&server), CancellationToken::new()).await;
    site.remove("/docs/leave.html");
    site.remove("/docs/trains.html");
    let report = bench.run_request(request(&server), CancellationToken::new()).await;
    assert_eq!(report.counts.removed, 2, "{report:?}");
    assert!(bench.find("twenty").await.is_empty() && bench.find("booked").await.is_empty());
    assert_eq!(bench.find("orchard").await, [format!("{server}/docs/")]);
}

#[tokio::test]
async fn a_page_that_is_asked_for_alone_costs_no_other() {
    let bench = Bench::new().await;
    let (_site, server) = site().await;
    bench.run_request(request(&server), CancellationToken::new()).await;
    let alone = Remote::parse(&format!("{server}/docs/"), RemoteOptions::default()).unwrap();
    let alone = Request { inputs: vec![Input::Remote(alone)], ..request(&server) };
    let report = bench.run_request(alone, CancellationToken::new()).await;
    assert_eq!((report.counts.unchanged, report.counts.removed), (1, 0));
    assert_eq!(bench.find("twenty").await, [format!("{server}/docs/leave.html")]);
}

#[tokio::test]
async fn a_site_that_does_not_answer_may_answer_later_and_loses_nothing() {
    let bench = Bench::new().await;
    let silent = Arc::new(Silent);
    let run = bench.ingestor.run(request("http://127.0.0.1:1"), silent, CancellationToken::new());
    let error = run.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    let elsewhere = bench.ingestor.run(
        request("http://docs.example"),
        Arc::new(Silent),
        CancellationToken::new(),
    );
    assert_eq!(elsewhere.await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn whoever_wants_everything_compared_gets_everything_sent() {
    let bench = Bench::new().await;
    let (site, server) = site().await;
    bench.run_request(request(&server), CancellationToken::new()).await;
    site.answered(200);
    let verify = Request { verify: true, ..request(&server) };
    let report = bench.run_request(verify, CancellationToken::new()).await;
    assert_eq!((report.counts.ready, report.counts.unchanged), (0, 4));
    let sent = site.answered(200);
    for page in ["/docs/", "/docs/leave.html", "/docs/trains.html", "/docs/travel.html"] {
        assert!(sent.iter().any(|path| path == page), "{page} was not sent: {sent:?}");
    }
}
