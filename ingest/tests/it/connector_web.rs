//! Pages, sitemaps and links, against a server on loopback.

use crate::connector_setup::{
    Answer, Asked, Collected, MAX_BYTES, answer, connect, fetch, list, serve,
};
use flate2::write::GzEncoder;
use footnote_core::job::FailureCode;
use footnote_ingest::connector::{Connector, Coverage, Fetched, RemoteOptions};
use footnote_ingest::outbound::Secrets;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

/// The media type and the body of a page.
type Page = (&'static str, Vec<u8>);

/// A site: what it serves, and what it answered to what.
#[derive(Clone, Default)]
pub(crate) struct Site {
    pages: Arc<Mutex<HashMap<String, Page>>>,
    answered: Arc<Mutex<Vec<(String, u16)>>>,
}

impl Site {
    fn put(&self, path: &str, media_type: &'static str, body: impl Into<Vec<u8>>) {
        self.pages.lock().unwrap().insert(path.to_owned(), (media_type, body.into()));
    }

    pub(crate) fn html(&self, path: &str, body: &str) {
        self.put(path, "text/html; charset=utf-8", body);
    }

    pub(crate) fn remove(&self, path: &str) {
        self.pages.lock().unwrap().remove(path);
    }

    /// Returns how often a path was asked for.
    fn asked(&self, path: &str) -> usize {
        self.answered.lock().unwrap().iter().filter(|(asked, _)| asked == path).count()
    }

    /// Returns which paths were answered with a status since this was asked last, in order.
    pub(crate) fn answered(&self, status: u16) -> Vec<String> {
        let answered = std::mem::take(&mut *self.answered.lock().unwrap());
        let mut paths: Vec<String> = answered
            .into_iter()
            .filter(|(path, answer)| *answer == status && path != "/robots.txt")
            .map(|(path, _)| path)
            .collect();
        paths.sort();
        paths
    }

    pub(crate) async fn serve(&self) -> String {
        let site = self.clone();
        serve(move |asked: Asked| {
            let path = asked.uri().path_and_query().unwrap().to_string();
            let answer = site.answer(&asked, &path);
            site.answered.lock().unwrap().push((path, answer.status().as_u16()));
            async { answer }
        })
        .await
    }

    /// Answers with a page and its entity tag, or with 304 where the tag still holds.
    fn answer(&self, asked: &Asked, path: &str) -> Answer {
        let Some((media_type, body)) = self.pages.lock().unwrap().get(path).cloned() else {
            return answer(404, &[], "");
        };
        let tag = format!("\"{}-{}\"", body.len(), body.iter().map(|&b| u64::from(b)).sum::<u64>());
        if asked.headers().get("if-none-match").is_some_and(|known| known == tag.as_str()) {
            return answer(304, &[], "");
        }
        answer(200, &[("content-type", media_type), ("etag", &tag)], body)
    }
}

fn web(address: &str, options: RemoteOptions) -> Box<dyn Connector> {
    // A cache that cannot be written costs no more than what it would save.
    connect(address, options, Secrets::default(), std::path::Path::new("/dev/null"))
}

/// Returns the paths of what was listed.
fn paths(collected: &Collected, server: &str) -> Vec<String> {
    let uris = collected.uris().into_iter();
    uris.map(|uri| uri.strip_prefix(server).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn one_page_is_fetched_once_and_then_only_if_it_changed() {
    let site = Site::default();
    site.html("/leave", "<title>Leave</title><p>Twenty-eight days.");
    let server = site.serve().await;
    let connector = web(&format!("{server}/leave#top"), RemoteOptions::default());
    let (listed, found) = list(connector.as_ref(), None).await;
    assert_eq!(listed.coverage, Coverage::Part, "it says nothing of other pages");
    assert_eq!(paths(&found, &server), ["/leave"]);
    let entry = found.entry(&format!("{server}/leave"));
    let content = fetch(connector.as_ref(), &entry).await;
    assert_eq!(content.name, "leave.html");
    let known = content.tag.as_deref();
    let again = connector.fetch(&entry, known, MAX_BYTES).await.unwrap();
    assert_eq!(again, Fetched::Unchanged);
    site.html("/leave", "<title>Leave</title><p>Thirty days.");
    let changed = connector.fetch(&entry, known, MAX_BYTES).await.unwrap();
    assert!(
        matches!(changed, Fetched::Content(content) if content.bytes.ends_with(b"Thirty days."))
    );
    assert_eq!(site.asked("/robots.txt"), 1);
}

#[tokio::test]
async fn a_sitemap_of_sitemaps_is_listed_and_damage_is_told() {
    let site = Site::default();
    let server = site.serve().await;
    let place = |path: &str| format!("<loc>{server}{path}</loc>");
    let index = format!(
        "<sitemapindex><sitemap>{}</sitemap><sitemap>{}</sitemap></sitemapindex>",
        place("/a.xml.gz"),
        place("/b.txt")
    );
    site.put("/sitemap.xml", "application/xml", index);
    let map = format!(
        "<urlset><url>{}<lastmod>2026-01-02</lastmod></url><url>{}</url></urlset>",
        place("/one?utm_source=x"),
        place("/two.pdf")
    );
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(map.as_bytes()).unwrap();
    site.put("/a.xml.gz", "application/gzip", packed.finish().unwrap());
    site.put("/b.txt", "text/plain", format!("{server}/three\n{server}/one\nhttp://localhost/\n"));
    let connector = web(&format!("{server}/sitemap.xml"), RemoteOptions::default());
    let (listed, found) = list(connector.as_ref(), None).await;
    assert_eq!(paths(&found, &server), ["/one", "/three", "/two.pdf"]);
    assert!(found.entry(&format!("{server}/one")).modified.is_some());
    // A page on a host that is not allowed is told, and then nothing may be removed.
    assert_eq!(found.unlisted[0].0, "http://localhost/");
    assert_eq!(found.unlisted[0].1.code, FailureCode::NotAllowed);
    assert_eq!(listed.coverage, Coverage::Part);
    assert_eq!(site.asked("/two.pdf"), 0, "listing does not fetch");
}

#[tokio::test]
async fn links_are_followed_below_the_address_as_deep_as_asked() {
    let site = Site::default();
    site.html(
        "/docs/",
        "<a href='a.html'>a</a> <a href='/docs/sub/b?x=1#s'>b</a> <a href='/private'>out</a>
         <a href='http://localhost/docs/'>elsewhere</a> <a href='logo.png'>picture</a>
         <a href='mailto:a@b'>mail</a> <a href='/docs/secret/x'>no</a> <a href='dead.html'>dead</a>",
    );
    site.html("/docs/a.html", "<a href='deeper.html'>d</a><a href='./'>home</a>");
    site.html(
        "/docs/sub/b?x=1",
        "<meta name=robots content=nofollow><a href='../never.html'>n</a>",
    );
    site.html("/docs/deeper.html", "<a href='deepest.html'>x</a>");
    site.put("/robots.txt", "text/plain", "User-agent: *\nDisallow: /docs/secret/\n");
    let server = site.serve().await;
    let at_depth = |depth| {
        web(&format!("{server}/docs/"), RemoteOptions { depth, ..RemoteOptions::default() })
    };

    let (listed, found) = list(at_depth(2).as_ref(), None).await;
    assert_eq!(
        paths(&found, &server),
        ["/docs/", "/docs/a.html", "/docs/deeper.html", "/docs/sub/b?x=1"]
    );
    assert_eq!(found.unlisted[0].0, format!("{server}/docs/dead.html"));
    assert_eq!(found.unlisted[0].1.code, FailureCode::Gone);
    assert_eq!(listed.coverage, Coverage::Whole, "a dead link hides nothing");
    assert_eq!(
        site.asked("/private") + site.asked("/docs/secret/x") + site.asked("/docs/logo.png"),
        0
    );

    let limited = RemoteOptions { depth: 2, max_pages: 2, ..RemoteOptions::default() };
    let (listed, found) = list(web(&format!("{server}/docs/"), limited).as_ref(), None).await;
    assert_eq!((found.entries.len(), listed.coverage), (2, Coverage::Part));
}

#[tokio::test]
async fn what_robots_txt_forbids_is_not_fetched() {
    let site = Site::default();
    site.html("/a", "x");
    site.put("/robots.txt", "text/plain", "User-agent: footnote\nDisallow: /\n");
    let server = site.serve().await;
    let connector = web(&format!("{server}/a"), RemoteOptions::default());
    let (_, found) = list(connector.as_ref(), None).await;
    let failure = connector.fetch(&found.entries[0], None, MAX_BYTES).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::NotAllowed);
    assert!(failure.detail.contains("robots.txt"));
    assert_eq!(site.asked("/a"), 0);
}

#[tokio::test]
async fn failures_say_what_is_wrong_with_the_page() {
    let site = Site::default();
    site.html("/big", &"x".repeat(4096));
    let server = site.serve().await;
    let connector = web(&format!("{server}/big"), RemoteOptions::default());
    let (_, found) = list(connector.as_ref(), None).await;
    let failure = connector.fetch(&found.entries[0], None, 1024).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::TooLarge);
    let gone = web(&format!("{server}/gone"), RemoteOptions::default());
    let (_, found) = list(gone.as_ref(), None).await;
    let failure = gone.fetch(&found.entries[0], None, 1024).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Gone);
}

#[tokio::test]
async fn a_listing_stops_when_asked_to() {
    let site = Site::default();
    site.html("/docs/", "<a href=a>a</a>");
    let server = site.serve().await;
    let options = RemoteOptions { depth: 3, ..RemoteOptions::default() };
    let connector = web(&format!("{server}/docs/"), options);
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = connector.list(None, &mut Collected::default(), &cancel).await.unwrap_err();
    assert_eq!(error.kind(), footnote_core::ErrorKind::Cancelled);
}
