//! A repository, served by git itself over HTTP on loopback.

use crate::connector_setup::{
    Answer, Asked, Collected, MAX_BYTES, answer, connect, fetch, list, redirect, serve,
};
use footnote_core::ErrorKind;
use footnote_core::job::FailureCode;
use footnote_ingest::connector::{Connector, Coverage, Fetched, RemoteOptions};
use footnote_ingest::outbound::{Login, Secret, Secrets};
use http_body_util::BodyExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

/// `reader:hunter2`, as git sends it.
const AUTHORIZATION: &str = "Basic cmVhZGVyOmh1bnRlcjI=";

/// A repository and what serves it.
struct Repository {
    folder: TempDir,
}

impl Repository {
    /// Makes a repository; `None`, said aloud, where git is not installed.
    fn new() -> Option<Self> {
        let has_backend = Command::new("git").arg("--exec-path").output().is_ok_and(|output| {
            let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
            path.join("git-http-backend").exists()
        });
        if !has_backend {
            eprintln!(
                "a test of the git connector did not run: git with http-backend is not installed"
            );
            return None;
        }
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(repository.work()).unwrap();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        Some(repository)
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("docs.git")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.work().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=change"]);
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(self.work())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .status();
        assert!(status.unwrap().success(), "git {arguments:?}");
    }

    /// Serves the repository to who knows the password, at `/docs.git` and, by a redirect, `/moved.git`.
    async fn serve(&self) -> String {
        let root = self.folder.path().to_owned();
        serve(move |asked: Asked| respond(root.clone(), asked)).await
    }
}

/// Lets git answer a request, as a CGI program.
async fn respond(root: PathBuf, request: Asked) -> Answer {
    let (parts, body) = request.into_parts();
    let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap());
    if header("authorization") != AUTHORIZATION {
        return answer(401, &[], "");
    }
    let path = parts.uri.path();
    if let Some(rest) = path.strip_prefix("/moved.git") {
        let query = parts.uri.query().unwrap_or_default();
        return redirect(&format!("/docs.git{rest}?{query}"));
    }
    let mut child = tokio::process::Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("PATH_INFO", path)
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("CONTENT_TYPE", header("content-type"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&body.collect().await.unwrap().to_bytes()).await.unwrap();
    drop(input);
    let output = child.wait_with_output().await.unwrap().stdout;
    cgi_response(&output)
}

/// Reads what a CGI program prints.
fn cgi_response(output: &[u8]) -> Answer {
    let end = output.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let lines = std::str::from_utf8(&output[..end]).unwrap().lines();
    let mut headers: Vec<(&str, &str)> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    let status = headers.iter().position(|(name, _)| *name == "Status");
    let status = status.map_or(200, |at| headers.remove(at).1[..3].parse().unwrap());
    answer(status, &headers, output[end + 4..].to_vec())
}

fn secrets() -> Secrets {
    let password = Secret::new("hunter2");
    Secrets::default()
        .with_login("127.0.0.1", Login::Password { user: "reader".to_owned(), password })
}

fn git(address: &str, cache: &Path) -> Box<dyn Connector> {
    connect(address, RemoteOptions::default(), secrets(), cache)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_listed_and_only_what_changed_is_new() {
    let Some(repository) = Repository::new() else { return };
    repository.write("leave.md", "Twenty-eight days.");
    repository.write("hr/ä pets.txt", "Dogs on Fridays.");
    repository
        .write("big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
    std::os::unix::fs::symlink("/etc/passwd", repository.work().join("link.md")).unwrap();
    repository.commit();
    let cache = tempfile::tempdir().unwrap();
    let server = repository.serve().await;
    let connector = git(&format!("{server}/docs.git"), cache.path());

    let (first, found) = list(connector.as_ref(), None).await;
    assert_eq!(first.coverage, Coverage::Whole);
    assert_eq!(found.uris(), ["big.bin", "hr/ä pets.txt", "leave.md"]);
    let pets = found.entry("hr/ä pets.txt");
    assert_eq!(fetch(connector.as_ref(), &pets).await.bytes, b"Dogs on Fridays.");
    let known = connector.fetch(&pets, pets.tag.as_deref(), MAX_BYTES).await.unwrap();
    assert_eq!(known, Fetched::Unchanged);
    let failure = connector.fetch(&found.entry("big.bin"), None, MAX_BYTES).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Unsupported, "{failure}");
    let failure = connector.fetch(&pets, None, 3).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::TooLarge);

    let (second, nothing) = list(connector.as_ref(), first.cursor.as_deref()).await;
    assert_eq!((second.coverage, nothing.entries.len()), (Coverage::Unchanged, 0));

    repository.write("leave.md", "Thirty days.");
    std::fs::remove_file(repository.work().join("big.bin")).unwrap();
    repository.commit();
    let (third, after) = list(connector.as_ref(), second.cursor.as_deref()).await;
    assert_eq!(after.uris(), ["hr/ä pets.txt", "leave.md"]);
    assert_eq!(after.entry("hr/ä pets.txt"), pets, "an unchanged file keeps its tag");
    assert_eq!(fetch(connector.as_ref(), &after.entry("leave.md")).await.bytes, b"Thirty days.");
    assert_ne!(third.cursor, first.cursor);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_machine_can_fetch_what_this_one_listed() {
    let Some(repository) = Repository::new() else { return };
    repository.write("a.md", "Alpha.");
    repository.commit();
    let server = repository.serve().await;
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let address = format!("{server}/docs.git");
    let (_, found) = list(git(&address, here.path()).as_ref(), None).await;
    let other = git(&address, there.path());
    assert_eq!(fetch(other.as_ref(), &found.entry("a.md")).await.bytes, b"Alpha.");

    let third = tempfile::tempdir().unwrap();
    repository.write("a.md", "Beta.");
    repository.git(&["commit", "--quiet", "--all", "--amend", "--message=rewritten"]);
    let late = git(&address, third.path());
    let failure = late.fetch(&found.entry("a.md"), None, MAX_BYTES).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Gone, "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_fetched_says_whether_to_come_back() {
    let Some(repository) = Repository::new() else { return };
    repository.write("a.md", "Alpha.");
    repository.commit();
    let server = repository.serve().await;
    let cache = tempfile::tempdir().unwrap();
    let (_, found) = list(git(&format!("{server}/docs.git"), cache.path()).as_ref(), None).await;
    let fetched = async |address: &str, secrets: Secrets| {
        let elsewhere = tempfile::tempdir().unwrap();
        let connector = connect(address, RemoteOptions::default(), secrets, elsewhere.path());
        connector.fetch(&found.entry("a.md"), None, MAX_BYTES).await.unwrap_err().code
    };
    let denied = fetched(&format!("{server}/docs.git"), Secrets::default()).await;
    assert_eq!(denied, FailureCode::PermissionDenied);
    let silent = fetched("http://127.0.0.1:1/docs.git", secrets()).await;
    assert_eq!(silent, FailureCode::Unreachable);
}

#[tokio::test(flavor = "multi_thread")]
async fn branches_tags_and_moved_repositories_are_found() {
    let Some(repository) = Repository::new() else { return };
    repository.write("a.md", "One.");
    repository.commit();
    repository.git(&["tag", "--annotate", "v1", "--message=first"]);
    repository.git(&["checkout", "--quiet", "-b", "next"]);
    repository.write("b.md", "Two.");
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    let server = repository.serve().await;
    let cache = tempfile::tempdir().unwrap();
    let uris = async |address: String| {
        let (_, found) = list(git(&address, cache.path()).as_ref(), None).await;
        found.uris().join(" ")
    };
    assert_eq!(uris(format!("{server}/docs.git")).await, "a.md");
    assert_eq!(uris(format!("{server}/docs.git#next")).await, "a.md b.md");
    assert_eq!(uris(format!("{server}/docs.git#v1")).await, "a.md");
    assert_eq!(uris(format!("{server}/moved.git")).await, "a.md");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_a_missing_branch_are_told_in_plain_words() {
    let Some(repository) = Repository::new() else { return };
    repository.write("a.md", "One.");
    repository.commit();
    let server = repository.serve().await;
    let cache = tempfile::tempdir().unwrap();
    let error = async |address: String, secrets: Secrets| {
        let connector = connect(&address, RemoteOptions::default(), secrets, cache.path());
        let cancel = CancellationToken::new();
        connector.list(None, &mut Collected::default(), &cancel).await.unwrap_err()
    };
    let denied = error(format!("{server}/docs.git"), Secrets::default()).await;
    assert_eq!(denied.kind(), ErrorKind::Invalid, "{}", denied.chain());
    assert!(denied.advice().unwrap().contains("outbound.credentials"));
    let missing = error(format!("{server}/docs.git#nowhere"), secrets()).await;
    assert!(missing.chain().contains("nowhere"), "{}", missing.chain());
}
