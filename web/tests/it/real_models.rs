//! The journeys of a user with the real models, when `FOOTNOTE_TEST_MODELS` names their folder.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

use crate::cli::{code, program, stderr, stdout};

/// The variable that names the folder of installed models.
const VARIABLE: &str = "FOOTNOTE_TEST_MODELS";

/// Prepares the program with real models, or says that the test does not run.
pub(crate) struct Journey {
    dir: TempDir,
    models: PathBuf,
}

impl Journey {
    pub(crate) fn begin(name: &str) -> Option<Self> {
        let Some(models) = std::env::var_os(VARIABLE) else {
            println!("{name} did not run: {VARIABLE} does not name a folder of models");
            return None;
        };
        Some(Self { dir: tempfile::tempdir().unwrap(), models: models.into() })
    }

    pub(crate) fn program(&self, args: &[&str]) -> Command {
        let mut command = program(self.dir.path());
        command.env("FOOTNOTE__MODELS__DIR", &self.models).args(args);
        command
    }

    /// Starts a server and returns it with its address.
    #[cfg(unix)]
    fn serve(&self) -> (Child, String) {
        self.serve_with(&[])
    }

    /// Starts a server with settings of its environment and returns it with its address.
    #[cfg(unix)]
    pub(crate) fn serve_with(&self, settings: &[(&str, &str)]) -> (Child, String) {
        let mut serve = self.program(&["serve", "--bind", "127.0.0.1:0"]);
        serve.envs(settings.iter().copied());
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        (child, line.split_whitespace().last().unwrap().to_owned())
    }

    pub(crate) fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.dir.path().join("files").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// Asks a server to end, and waits until it has.
#[cfg(unix)]
pub(crate) fn terminate(server: Child) -> Output {
    let killed = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(killed.success());
    server.wait_with_output().unwrap()
}

/// Returns what a command wrote and its exit code, without ids and times.
#[cfg(unix)]
fn timeless(output: &Output) -> (String, String, i32) {
    let mut text = stdout(output);
    if let Ok(mut value) = serde_json::from_str::<Value>(&text) {
        forget_times(&mut value);
        text = value.to_string();
    } else if let Some((passages, footer)) = text.rsplit_once(" ms") {
        let passages = passages.trim_end_matches(|c: char| c.is_ascii_digit());
        text = format!("{passages}… ms{footer}");
    }
    (text, stderr(output), code(output))
}

/// Takes out of a result what differs from one time to the next.
#[cfg(unix)]
fn forget_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("timings_ms");
            fields.remove("url");
            for (name, value) in fields.iter_mut() {
                let is_new = value.as_str().is_some_and(|id| {
                    name == "id" && (id.starts_with("ans_") || id.starts_with("cit_"))
                });
                if is_new { *value = Value::Null } else { forget_times(value) }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(forget_times),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

#[test]
fn the_demo_answers_in_english_and_chinese_and_changes_nothing_when_repeated() {
    let Some(journey) = Journey::begin("the demo") else { return };
    for round in ["first", "second"] {
        let output = journey.program(&["demo", "--no-serve", "--format", "json"]).output().unwrap();
        assert_eq!(code(&output), 0, "{round}: {}", stderr(&output));
        let demo: Value = serde_json::from_str(&stdout(&output)).unwrap();
        let answers = demo["answers"].as_array().unwrap();
        for (answer, expected) in answers.iter().zip(["28 days", "18:30"]) {
            let cited = answer["citations"][0]["cited_text"].as_str().unwrap();
            assert!(cited.contains(expected), "{round}: {cited}");
        }
        let expected = if round == "first" { "9 added" } else { "9 unchanged" };
        assert!(stderr(&output).contains(expected), "{round}: {}", stderr(&output));
    }
}

#[test]
fn what_cannot_be_read_is_listed_and_the_rest_is_there() {
    let Some(journey) = Journey::begin("failing files") else { return };
    journey.write("good.md", b"# Parking\n\nVisitors park on level two of the garage.");
    journey.write("empty.txt", b"");
    journey.write("broken.pdf", b"%PDF-1.7\nthis is no document");
    let output = journey.program(&["ingest", "files", "--format", "json"]).output().unwrap();
    assert_eq!(code(&output), 8, "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((report["total"].as_u64(), report["ready"].as_u64()), (Some(3), Some(1)));
    let failed = report["failed"].as_array().unwrap();
    let sources: Vec<_> = failed.iter().map(|item| item["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["broken.pdf", "empty.txt"]);

    let asked = ["ask", "Where do visitors park?", "--mode", "quote"];
    let answer = journey.program(&asked).output().unwrap();
    assert_eq!(code(&answer), 0, "{}", stderr(&answer));
    assert!(stdout(&answer).contains("level two of the garage"));
    assert!(stdout(&answer).contains("[^1]: good.md, “"), "{}", stdout(&answer));
    let unknown = ["ask", "Which planet has the most moons?", "--mode", "quote"];
    assert_eq!(code(&journey.program(&unknown).output().unwrap()), 9);
}

#[test]
fn the_chunks_that_are_shown_of_a_file_are_those_that_are_kept() {
    let Some(journey) = Journey::begin("chunks") else { return };
    let file = docs().join("samples/handbook/leave-policy.md");
    let run = |args: &[&str]| {
        let output = journey.program(&[args, &["--format", "json"]].concat()).output().unwrap();
        assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
        serde_json::from_str::<Value>(&stdout(&output)).unwrap()
    };
    let shown = run(&["parse", file.to_str().unwrap(), "--chunks"]);
    run(&["ingest", file.to_str().unwrap()]);
    let documents = run(&["docs", "list"]);
    let kept = run(&["docs", "chunks", documents["data"][0]["id"].as_str().unwrap()]);
    let fields = |chunk: &Value| {
        ["ordinal", "range", "page", "heading", "text"].map(|field| chunk[field].clone())
    };
    let fields = |chunks: &Value| chunks.as_array().unwrap().iter().map(fields).collect::<Vec<_>>();
    assert_eq!(fields(&shown["chunks"]), fields(&kept["data"]));
    assert_eq!(shown["chunks"][2]["context"], "Leave policy > Annual leave");
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_an_ingestion_in_good_order() {
    let Some(journey) = Journey::begin("ctrl-c") else { return };
    for n in 0..2000 {
        let text = format!(
            "# Note {n}\n\n{}",
            format!("Sentence {n} about subject {}. ", n * 7).repeat(20)
        );
        journey.write(&format!("{n}.md"), text.as_bytes());
    }
    let mut ingest = journey.program(&["ingest", "files", "--format", "json"]);
    let mut child = ingest.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut progress = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(progress.any(|line| line.unwrap().contains("/2000 files")), "it says how far it is");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let rest: Vec<String> = progress.map_while(Result::ok).collect();
    assert_eq!(code(&output), 130, "{rest:?}");
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(report["cancelled"], true);
    let doctor = journey.program(&["doctor", "--format", "json"]).output().unwrap();
    assert_eq!(code(&doctor), 0, "{}", stdout(&doctor));
}

#[cfg(unix)]
#[test]
fn a_server_names_itself_to_others_and_ends_within_seconds() {
    let Some(journey) = Journey::begin("the server") else { return };
    let (child, url) = journey.serve();
    let address = url.strip_prefix("http://").unwrap().to_owned();
    let mut open = TcpStream::connect(&address).unwrap();
    open.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut status = [0; 12];
    open.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 204");

    let other = journey.program(&["reindex"]).output().unwrap();
    assert_eq!(code(&other), 5);
    assert!(stderr(&other).contains(&url), "{}", stderr(&other));

    let stopped = Instant::now();
    assert_eq!(code(&terminate(child)), 0);
    assert!(stopped.elapsed() < Duration::from_mins(1), "{:?}", stopped.elapsed());
}

#[cfg(unix)]
#[test]
fn a_command_beside_a_server_writes_what_it_writes_alone() {
    let Some(journey) = Journey::begin("commands beside a server") else { return };
    journey.write("leave.md", "# Leave\n\nEvery employee has 28 days of annual leave.".as_bytes());
    journey.write("hours.md", "# 工时\n\n上海网点的截单时间为 18:30。".as_bytes());
    assert_eq!(code(&journey.program(&["ingest", "files", "-c", "rules"]).output().unwrap()), 0);
    let commands = [
        &["search", "annual leave"][..],
        &["search", "annual leave", "--explain", "-c", "rules", "-k", "1", "--mode", "dense"],
        &["search", "截单时间", "--format", "json"],
        &["search", "annual leave", "--as-of", "2020-01-01"],
        &["search", "leave", "-c", "rulse"],
        &["ask", "How many days of annual leave are there?"],
        &["ask", "How many days of annual leave are there?", "--format", "json"],
        &["ask", "上海网点的截单时间是几点？", "--mode", "quote", "--format", "jsonl"],
        &["ask", "How many days of annual leave are there?", "--mode", "generate"],
        &["ask", "Which planet has the most moons?"],
        &["ask", "How many days?", "--as-of", "2020-01-01", "--format", "json"],
        &["ask", ""],
        &["docs", "list", "--format", "jsonl"],
        &["collections", "list"],
    ];
    let written = || -> Vec<_> {
        let run = |args: &&[&str]| timeless(&journey.program(args).output().unwrap());
        commands.iter().map(run).collect()
    };
    let alone = written();
    let (child, _url) = journey.serve();
    let beside = written();
    terminate(child);
    for ((args, alone), beside) in commands.iter().zip(alone).zip(beside) {
        assert_eq!(alone, beside, "{args:?}");
    }
}

#[test]
fn a_source_that_cannot_be_listed_keeps_no_other_from_its_turn() {
    let Some(journey) = Journey::begin("a source that is silent") else { return };
    journey.write("leave.md", b"# Leave\n\nEvery employee has 28 days of annual leave.");
    let run = |args: &[&str]| {
        let mut program = journey.program(args);
        for key in ["HOSTS", "PRIVATE"] {
            program.env(format!("FOOTNOTE__OUTBOUND__ALLOW_{key}"), "127.0.0.1");
        }
        program.args(["--format", "json"]).output().unwrap()
    };
    let silent = "http://127.0.0.1:1/docs/";
    assert_eq!(code(&run(&["ingest", silent, "--depth", "1"])), 7);
    assert_eq!(code(&run(&["sync", "add", silent, "--depth", "1"])), 8);
    assert_eq!(code(&run(&["sync", "add", "files"])), 0);
    let synced = run(&["sync"]);
    assert_eq!(code(&synced), 8, "{}", stderr(&synced));
    let jobs: Value = serde_json::from_str(&stdout(&synced)).unwrap();
    let mut states: Vec<_> =
        jobs["data"].as_array().unwrap().iter().map(|job| &job["state"]).collect();
    states.sort_by_key(ToString::to_string);
    assert_eq!(states, ["completed", "failed"]);
}

#[test]
fn an_evaluation_reports_its_figures_and_fails_below_a_gate() {
    let Some(journey) = Journey::begin("the evaluation") else { return };
    let set = docs().join("evaluation/samples");
    let set = set.to_str().unwrap();
    let args =
        ["eval", set, "--limit", "5", "--keep", "kept", "--answers", "quote", "--format", "json"];
    let output = journey.program(&args).output().unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let summary: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(summary["questions"], 5);
    assert!(summary["figures"]["recall@5"].as_f64().unwrap() > 0.5, "{summary}");
    let gated = ["eval", set, "--limit", "5", "--keep", "kept", "--fail-under", "recall@5=1.01"];
    assert_eq!(code(&journey.program(&gated).output().unwrap()), 8);
}
