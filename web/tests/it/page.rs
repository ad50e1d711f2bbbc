//! The page: of the sources that are there, complete, and without anything from elsewhere.

use footnote::assets::{assets, built_of};
use footnote_core::id::ContentHash;
use std::fs;
use std::path::{Path, PathBuf};

use crate::server::Server;

/// What the page is made of; `scripts/build-page` hashes the same.
const MADE_OF: [&str; 7] = [
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
];

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        found.push(path.to_owned());
        return;
    }
    for entry in fs::read_dir(path).unwrap() {
        files(&entry.unwrap().path(), found);
    }
}

#[test]
fn the_page_is_built_of_the_sources_that_are_there() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut found = Vec::new();
    for name in MADE_OF {
        files(&home.join(name), &mut found);
    }
    let line = |path: &PathBuf| {
        let name = path.strip_prefix(&home).unwrap().to_str().unwrap().replace('\\', "/");
        format!("{name} {}\n", ContentHash::of(&fs::read(path).unwrap()).hex())
    };
    let mut lines: Vec<String> = found.iter().map(line).collect();
    lines.sort();
    let sources = ContentHash::of(lines.concat().as_bytes()).hex();
    assert_eq!(built_of().unwrap(), sources, "run scripts/build-page and commit web/ui/page.zip");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_the_page_is_served_with_its_type() {
    let server = Server::start().await;
    assert!(100 < assets().len());
    for (name, asset) in assets() {
        let paths = match name.as_str() {
            "index.html" => vec!["/".to_owned(), "/setup".to_owned(), "/sign-in".to_owned()],
            "docs.html" => vec!["/api/docs".to_owned()],
            _ => vec![format!("/{name}")],
        };
        for path in paths {
            let file = server.get(&path).await;
            assert!(
                file.status == 200 && file.body == *asset.plain().unwrap(),
                "{path}: {}",
                file.status
            );
            assert_eq!(file.header("content-type"), Some(asset.media_type), "{path}");
            let policy = file.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        }
    }
}

#[test]
fn the_page_loads_nothing_from_elsewhere_and_has_nothing_inline() {
    for name in ["index.html", "docs.html"] {
        let text = String::from_utf8(assets()[name].plain().unwrap().into_owned()).unwrap();
        assert!(!text.contains("http://") && !text.contains("https://"), "{name}");
        assert!(!text.contains("<style") && !text.contains("style=") && !text.contains("onclick"));
        for script in text.split("<script").skip(1) {
            let (head, body) = script.split_once('>').unwrap();
            assert!(head.contains("src=") && body.starts_with("</script>"), "{name}: {script}");
        }
    }
}
