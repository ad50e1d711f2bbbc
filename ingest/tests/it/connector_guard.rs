//! No address, spelling, redirect or name leads anywhere that the configuration does not open.

use crate::connector_setup::{Answer, Asked, answer, loopback, redirect, serve, serve_on};
use async_trait::async_trait;
use footnote_core::config::OutboundConfig;
use footnote_ingest::outbound::{Ask, Login, Lookup, Outbound, OutboundError, Secret, Secrets};
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame};
use proptest::prelude::*;
use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;

/// Names that an attacker gave addresses.
const HOSTILE_NAMES: [(&str, &str); 12] = [
    ("loopback.test", "127.0.0.1"),
    ("private.test", "10.0.0.5"),
    ("metadata.test", "169.254.169.254"),
    ("mapped.test", "::ffff:127.0.0.1"),
    ("compatible.test", "::127.0.0.1"),
    ("nat64.test", "64:ff9b::a9fe:a9fe"),
    ("sixtofour.test", "2002:7f00:1::"),
    ("teredo.test", "2001::1"),
    ("local6.test", "fd00::1"),
    ("link6.test", "fe80::1"),
    ("any.test", "0.0.0.0"),
    ("any6.test", "::"),
];

/// Addresses of places that are nobody's business, in every spelling that some reader takes.
/// `{port}` is the port of a server on loopback that must never hear of them.
const HOSTILE: [&str; 72] = [
    // Loopback.
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.8.8.8:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.1:{port}/",
    "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0177.0x0.0.1:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://１２７.０.０.１:{port}/",
    "http://127。0。0。1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://[::1]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://loopback.test:{port}/",
    "http://LOOPBACK.TEST:{port}/",
    "http://loopback.test.:{port}/",
    "http://mapped.test:{port}/",
    "http://compatible.test:{port}/",
    // This machine by other means.
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    "http://0x0:{port}/",
    "http://0.1.2.3/",
    "http://[::]:{port}/",
    "http://any.test:{port}/",
    "http://any6.test:{port}/",
    // Clouds' metadata.
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b:1::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
    "http://metadata.test/",
    "http://nat64.test/",
    // Networks that are somebody's own.
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://3232235777/",
    "http://100.64.0.1/",
    "http://[fc00::1]/",
    "http://private.test/",
    "http://local6.test/",
    // Nobody's addresses.
    "http://192.0.0.8/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.7/",
    "http://203.0.113.9/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[2001:db8::1]/",
    "http://[ff02::1]/",
    "http://[fe80::1]/",
    "http://link6.test/",
    "http://sixtofour.test/",
    "http://teredo.test/",
    // Not HTTP, and credentials that hide the host.
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_x",
    "http://example.com@127.0.0.1:{port}/",
    "http://user:secret@example.com/",
];

/// Answers every lookup from a table.
struct Table;

#[async_trait]
impl Lookup for Table {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let host = host.trim_end_matches('.');
        let found = HOSTILE_NAMES.iter().find(|(name, _)| *name == host);
        found
            .map(|(_, address)| vec![address.parse().unwrap()])
            .ok_or(io::ErrorKind::NotFound.into())
    }
}

/// Answers each lookup with the next address.
struct Rebinding(Mutex<VecDeque<&'static str>>);

#[async_trait]
impl Lookup for Rebinding {
    async fn lookup(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        let next = self.0.lock().unwrap().pop_front().unwrap();
        Ok(vec![next.parse().unwrap()])
    }
}

/// Returns a client for which every host is allowed, and no address that is not public.
fn open_to_all(lookup: impl Lookup + 'static) -> Outbound {
    let config = OutboundConfig {
        allow_hosts: vec!["*".to_owned()],
        allow_private: Vec::new(),
        ..loopback()
    };
    Outbound::with_lookup(&config, Secrets::default(), Arc::new(lookup)).unwrap()
}

/// Starts a server that counts its visitors.
async fn serve_counting(visits: &Arc<AtomicUsize>) -> String {
    let visits = Arc::clone(visits);
    serve(move |_| {
        visits.fetch_add(1, Ordering::SeqCst);
        async { answer(200, &[], "a secret") }
    })
    .await
}

#[tokio::test]
async fn no_hostile_address_is_ever_connected_to() {
    let visits = Arc::new(AtomicUsize::new(0));
    let server = serve_counting(&visits).await;
    let port = server.rsplit_once(':').unwrap().1;
    let outbound = open_to_all(Table);
    for text in HOSTILE {
        let text = text.replace("{port}", port);
        // What is no URL at all cannot be asked for.
        let Ok(url) = Url::parse(&text) else { continue };
        let error = outbound.send(Ask::get(url)).await.unwrap_err();
        let is_refused = matches!(
            error,
            OutboundError::Address { .. } | OutboundError::Url { .. } | OutboundError::UserInfo
        );
        assert!(is_refused, "{text}: {error}");
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn nothing_is_fetched_until_a_host_is_allowed_and_the_error_says_how() {
    let outbound = Outbound::new(&OutboundConfig::default(), Secrets::default()).unwrap();
    let url = Url::parse("https://docs.example.com/guide").unwrap();
    let error: footnote_core::Error = outbound.send(Ask::get(url)).await.unwrap_err().into();
    assert!(error.message().contains("docs.example.com"), "{}", error.message());
    assert!(error.advice().unwrap().contains("allow_hosts = [\"docs.example.com\"]"));
}

#[test]
fn hosts_are_allowed_exactly_or_below_a_name() {
    let config = OutboundConfig {
        allow_hosts: vec!["Exact.example".to_owned(), "*.below.example".to_owned()],
        ..OutboundConfig::default()
    };
    let outbound = Outbound::new(&config, Secrets::default()).unwrap();
    let allows = |text: &str| outbound.check(&Url::parse(text).unwrap()).is_ok();
    for text in ["https://exact.example/", "https://EXACT.example./", "https://a.b.below.example/"]
    {
        assert!(allows(text), "{text}");
    }
    for text in [
        "https://below.example/",
        "https://xbelow.example/",
        "https://exact.example.evil.test/",
        "https://sub.exact.example/",
        "https://evil.test/exact.example",
        "https://evil.test#exact.example",
        "https://evil.test\\@exact.example/",
    ] {
        assert!(!allows(text), "{text}");
    }
}

#[tokio::test]
async fn a_redirect_is_checked_like_a_first_request() {
    let visits = Arc::new(AtomicUsize::new(0));
    let victim = serve_counting(&visits).await;
    let port = victim.rsplit_once(':').unwrap().1.to_owned();
    let to_name = format!("http://localhost:{port}/");
    let server = serve(move |asked: Asked| {
        let answer = match asked.uri().path() {
            "/other-host" => redirect(&to_name),
            "/metadata" => redirect("http://169.254.169.254/"),
            "/file" => redirect("file:///etc/passwd"),
            "/user" => redirect("http://a:b@127.0.0.1/"),
            "/loop" => redirect("/loop"),
            "/good" => redirect("/end"),
            _ => answer(200, &[], "here"),
        };
        async { answer }
    })
    .await;
    let outbound = Outbound::new(&loopback(), Secrets::default()).unwrap();
    for path in ["/other-host", "/metadata", "/file", "/user", "/loop"] {
        let url = Url::parse(&format!("{server}{path}")).unwrap();
        outbound.send(Ask::get(url)).await.map(|answer| answer.status()).unwrap_err();
    }
    let good = Url::parse(&format!("{server}/good")).unwrap();
    let answer = outbound.send(Ask::get(good)).await.unwrap();
    assert_eq!(answer.url().path(), "/end");
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

/// 127.0.0.2 stands for a public address here, 127.0.0.1 for the one that must not be reached.
#[tokio::test]
async fn a_name_that_changes_its_address_is_checked_where_the_connection_is_made() {
    let visits = Arc::new(AtomicUsize::new(0));
    let victim = serve_counting(&visits).await;
    let port = victim.rsplit_once(':').unwrap().1;
    let Ok(listener) = TcpListener::bind(format!("127.0.0.2:{port}")).await else {
        eprintln!("the test of rebinding did not run: this system has no address 127.0.0.2");
        return;
    };
    let again = format!("http://rebind.test:{port}/again");
    let public = move |asked: Asked| {
        // Each request has its own connection, so that each looks the name up.
        let answer = match asked.uri().path() {
            "/go" => answer(302, &[("connection", "close"), ("location", &again)], ""),
            _ => answer(200, &[("connection", "close")], "public"),
        };
        async { answer }
    };
    tokio::spawn(serve_on(listener, public));

    let config = OutboundConfig {
        allow_hosts: vec!["rebind.test".to_owned()],
        allow_private: vec!["127.0.0.2/32".to_owned()],
        ..loopback()
    };
    let answers = ["127.0.0.2", "127.0.0.1", "127.0.0.2", "127.0.0.1"];
    let lookup = Arc::new(Rebinding(Mutex::new(answers.into())));
    let outbound = Outbound::with_lookup(&config, Secrets::default(), lookup).unwrap();
    let ask =
        |path: &str| Ask::get(Url::parse(&format!("http://rebind.test:{port}{path}")).unwrap());

    let first = outbound.send(ask("/")).await.unwrap();
    assert_eq!(first.bytes(100).await.unwrap(), b"public");
    let refused = outbound.send(ask("/")).await.unwrap_err();
    assert!(matches!(refused, OutboundError::Address { .. }), "{refused}");
    let redirected = outbound.send(ask("/go")).await.unwrap_err();
    assert!(matches!(redirected, OutboundError::Address { .. }), "{redirected}");
    assert_eq!(visits.load(Ordering::SeqCst), 0);
}

/// Makes an answer that never ends.
fn endless() -> Answer {
    let piece = || Ok(Frame::data(Bytes::from_static(&[b'x'; 8192])));
    let body = StreamBody::new(stream::repeat_with(piece));
    hyper::Response::new(BodyExt::boxed_unsync(body))
}

#[tokio::test]
async fn answers_are_limited_in_size_and_time() {
    let server = serve(|asked: Asked| async move {
        if asked.uri().path() == "/silent" {
            tokio::time::sleep(Duration::from_mins(1)).await;
        }
        endless()
    })
    .await;
    let config = OutboundConfig { timeout_seconds: 1, ..loopback() };
    let outbound = Outbound::new(&config, Secrets::default()).unwrap();
    let ask = |path: &str| Ask::get(Url::parse(&format!("{server}{path}")).unwrap());
    let answer = outbound.send(ask("/endless")).await.unwrap();
    let error = answer.bytes(100_000).await.unwrap_err();
    assert_eq!(error, OutboundError::TooLarge { max_bytes: 100_000 });
    let error = outbound.send(ask("/silent")).await.unwrap_err();
    assert!(matches!(error, OutboundError::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn credentials_are_never_sent_in_the_clear_to_a_host_that_is_not_ones_own() {
    let login = Login::Token { token: Secret::new("hunter2") };
    let secrets = Secrets::default().with_login("wiki.example", login);
    let config = OutboundConfig {
        allow_hosts: vec!["wiki.example".to_owned()],
        ..OutboundConfig::default()
    };
    let outbound = Outbound::with_lookup(&config, secrets, Arc::new(Table)).unwrap();
    let url = Url::parse("http://wiki.example/").unwrap();
    let error = outbound.send(Ask::get(url)).await.unwrap_err();
    assert!(matches!(error, OutboundError::Plain { .. }), "{error}");
}

/// Writes an address in one of the ways that readers of URLs take.
fn spelled(address: Ipv4Addr, way: usize) -> String {
    let [a, b, c, d] = address.octets();
    let number = u32::from(address);
    match way {
        0 => address.to_string(),
        1 => number.to_string(),
        2 => format!("{number:#x}"),
        3 => format!("0{number:o}"),
        4 => format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        5 => format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        6 => format!("{a}.{}", number & 0x00ff_ffff),
        7 => format!("{a}.{b}.{}", number & 0xffff),
        8 => format!("[::ffff:{address}]"),
        9 => format!("[64:ff9b::{address}]"),
        _ => format!("[::{address}]"),
    }
}

proptest! {
    #[test]
    fn no_spelling_of_a_private_address_passes(
        net in prop::sample::select(vec![[10, 0], [127, 0], [169, 254], [172, 20], [192, 168], [100, 64]]),
        rest in any::<[u8; 2]>(),
        way in 0_usize..11,
    ) {
        let address = Ipv4Addr::new(net[0], net[1], rest[0], rest[1]);
        let url = Url::parse(&format!("http://{}/", spelled(address, way))).unwrap();
        let refused = open_to_all(Table).check(&url).unwrap_err();
        let is_address = matches!(refused, OutboundError::Address { .. });
        prop_assert!(is_address, "{} {}", url, refused);
    }
}
