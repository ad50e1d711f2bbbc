//! A WebDAV folder, against a real WebDAV server on loopback.

use crate::connector_setup::{Asked, Collected, MAX_BYTES, answer, connect, fetch, list, serve};
use dav_server::{DavHandler, localfs::LocalFs};
use footnote_core::ErrorKind;
use footnote_ingest::connector::{Connector, Coverage, Fetched, RemoteOptions};
use footnote_ingest::outbound::{Login, Secret, Secrets};
use http_body_util::BodyExt;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// `reader:hunter2`, as a browser sends it.
const AUTHORIZATION: &str = "Basic cmVhZGVyOmh1bnRlcjI=";

/// Serves a folder at `/dav` to who knows the password.
async fn serve_folder(folder: &Path) -> String {
    let handler = DavHandler::builder()
        .filesystem(LocalFs::new(folder, false, false, false))
        .strip_prefix("/dav")
        .build_handler();
    serve(move |asked: Asked| {
        let handler = handler.clone();
        async move {
            let known = asked.headers().get("authorization");
            if known.is_none_or(|value| value != AUTHORIZATION) {
                return answer(401, &[], "");
            }
            handler.handle(asked).await.map(BodyExt::boxed_unsync)
        }
    })
    .await
}

fn dav(server: &str, secrets: Secrets) -> Box<dyn Connector> {
    let address = format!("dav+{server}/dav/team files");
    connect(&address, RemoteOptions::default(), secrets, Path::new("unused"))
}

fn secrets() -> Secrets {
    let password = Secret::new("hunter2");
    Secrets::default()
        .with_login("127.0.0.1", Login::Password { user: "reader".to_owned(), password })
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[tokio::test]
async fn folders_are_walked_and_unchanged_files_are_not_fetched_again() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "team files/leave.md", "Twenty-eight days.");
    write(folder.path(), "team files/hr/ä & b/päts.txt", "Dogs on Fridays.");
    write(folder.path(), "other/hidden.md", "Not asked for.");
    let server = serve_folder(folder.path()).await;
    let connector = dav(&server, secrets());
    let (listed, found) = list(connector.as_ref(), None).await;
    assert_eq!(listed.coverage, Coverage::Whole);
    assert_eq!(found.uris(), ["hr/ä & b/päts.txt", "leave.md"]);
    let entry = found.entry("hr/ä & b/päts.txt");
    assert_eq!(entry.size_bytes, Some(16));
    assert!(entry.modified.is_some());
    let content = fetch(connector.as_ref(), &entry).await;
    assert_eq!(
        (content.bytes.as_slice(), content.name.as_str()),
        (&b"Dogs on Fridays."[..], "päts.txt")
    );
    assert_eq!(content.tag, entry.tag, "the listing and the file agree on the tag");
    let again = connector.fetch(&entry, content.tag.as_deref(), MAX_BYTES).await.unwrap();
    assert_eq!(again, Fetched::Unchanged);

    write(folder.path(), "team files/leave.md", "Thirty days, and more text.");
    std::fs::remove_dir_all(folder.path().join("team files/hr")).unwrap();
    let (_, after) = list(connector.as_ref(), None).await;
    assert_eq!(after.uris(), ["leave.md"]);
    assert_ne!(after.entry("leave.md").tag, found.entry("leave.md").tag);
}

#[tokio::test]
async fn a_missing_password_and_a_server_of_another_kind_are_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "team files/a.md", "x");
    let server = serve_folder(folder.path()).await;
    let list_error = async |connector: Box<dyn Connector>| {
        let cancel = CancellationToken::new();
        connector.list(None, &mut Collected::default(), &cancel).await.unwrap_err()
    };
    let error = list_error(dav(&server, Secrets::default())).await;
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.advice().unwrap().contains("outbound.credentials"));
    let plain = serve(|_| async { answer(200, &[], "<html>Login</html>") }).await;
    let error = list_error(dav(&plain, Secrets::default())).await;
    assert!(error.message().contains("does not speak WebDAV"), "{}", error.message());
}
