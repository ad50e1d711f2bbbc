//! `Dockerfile` and `docker-compose.yml` say nothing that the program does not know.

use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use toml::Table;

use footnote_core::config::{Config, ENV_PREFIX};

use crate::server::Server;

/// The services of the cluster; the one without profile stands alone.
const CLUSTER: [&str; 5] = ["postgres", "qdrant", "worker-1", "worker-2", "query"];

/// What the name of a variable that holds a secret contains.
const SECRETS: [&str; 4] = ["PASSWORD", "KEY", "SECRET", "TOKEN"];

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    fs::read_to_string(path).unwrap()
}

fn compose() -> Value {
    serde_saphyr::from_str(&read("docker-compose.yml")).unwrap()
}

fn services(compose: &Value) -> &Map<String, Value> {
    compose["services"].as_object().unwrap()
}

/// Returns the words of a list such as `command`.
fn words(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns the variables that a service is given.
fn variables(service: &Value) -> Vec<(String, String)> {
    let given = service["environment"].as_object();
    given.into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns the variables that the image sets.
fn image_variables() -> Vec<(String, String)> {
    let file = read("Dockerfile");
    let lines = file.lines().filter_map(|line| line.strip_prefix("ENV "));
    let pairs = lines.flat_map(str::split_whitespace).filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Reads variables as the program would.
fn config(variables: Vec<(String, String)>) -> Config {
    let table: Table = Config::table_from_env(variables);
    Config::from_tables([table]).unwrap()
}

#[test]
fn one_service_stands_alone_and_the_cluster_has_a_profile() {
    let compose = compose();
    let with_profile = |(name, service): (&String, &Value)| {
        (words(&service["profiles"]) == ["cluster"]).then(|| name.clone())
    };
    let cluster: Vec<String> = services(&compose).iter().filter_map(with_profile).collect();
    assert_eq!(cluster, CLUSTER);
    let alone = services(&compose).keys().filter(|name| !cluster.contains(name));
    assert_eq!(alone.collect::<Vec<_>>(), ["footnote"]);
}

#[test]
fn every_variable_is_a_key_of_the_configuration() {
    let ours = |(name, _): &(String, String)| name.starts_with(ENV_PREFIX);
    let image = image_variables();
    let listens_on = config(image.clone()).server;
    assert!(listens_on.behind_loopback, "the image listens on every address of the container");
    assert!(image.iter().any(|(name, _)| name == "FOOTNOTE_DATA_DIR"));
    let compose = compose();
    let mut n_variables = 0;
    for (name, service) in services(&compose) {
        let given: Vec<_> = variables(service).into_iter().filter(ours).collect();
        n_variables += given.len();
        let store = config(given).store;
        let is_shared = matches!(name.as_str(), "query" | "worker-1" | "worker-2");
        assert_eq!(store.catalog.starts_with("postgres://"), is_shared, "{name}");
        assert_eq!(store.index.starts_with("http://"), is_shared, "{name}");
    }
    assert_eq!(n_variables, 9, "three variables for each of the three that share a catalog");
}

#[test]
fn every_command_and_option_exists() {
    let compose = compose();
    let file = read("Dockerfile");
    assert!(file.contains("ENTRYPOINT [\"footnote\"]") && file.contains("CMD [\"serve\"]"));
    for (name, service) in services(&compose) {
        if text(&service["image"]).starts_with("footnote:") {
            let program = words(&service["entrypoint"]).first().copied().unwrap_or("footnote");
            understands(name, program, &words(&service["command"]));
            let check = words(&service["healthcheck"]["test"]);
            if let ["CMD", program, arguments @ ..] = check.as_slice() {
                understands(name, program, arguments);
            }
        }
    }
}

/// Asks a program for the help of a command, with the options that are given to it.
fn understands(service: &str, program: &str, arguments: &[&str]) {
    let path = match program {
        "footnote" => PathBuf::from(env!("CARGO_BIN_EXE_footnote")),
        other => Path::new(env!("CARGO_BIN_EXE_footnote")).with_file_name(other),
    };
    if !path.exists() {
        println!("the command of {service} did not run: {} was not built", path.display());
        return;
    }
    let output = Command::new(path).args(arguments).arg("--help").output().unwrap();
    assert!(output.status.success(), "{service}: {program} {arguments:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ports_are_published_on_loopback_alone_and_the_health_check_has_a_route() {
    let image = config(image_variables()).server;
    let (_, inside) = image.bind.rsplit_once(':').unwrap();
    assert!(read("Dockerfile").contains(&format!("EXPOSE {inside}\n")));
    let compose = compose();
    let published: Vec<&str> =
        services(&compose).values().flat_map(|service| words(&service["ports"])).collect();
    assert_eq!(published.len(), 2, "{published:?}");
    for port in published {
        assert!(port.starts_with("127.0.0.1:"), "{port}");
        assert!(port.ends_with(&format!(":{inside}")), "{port}");
    }
    let check = format!("http://127.0.0.1:{inside}");
    let file = read("Dockerfile");
    let (_, path) = file.split_once(&check).unwrap();
    let path = path.split('"').next().unwrap();
    let server = Server::start().await;
    assert_eq!(server.get(path).await.status, 200, "{path}");
}

#[test]
fn images_are_pinned_and_everything_is_limited() {
    let compose = compose();
    for (name, service) in services(&compose) {
        let image = text(&service["image"]);
        assert!(is_pinned(&image), "{name}: {image}");
        let limits = &service["deploy"]["resources"]["limits"];
        assert!(limits["cpus"].is_string() && limits["memory"].is_string(), "{name}: {limits}");
    }
    let ours = format!("footnote:{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(services(&compose)["footnote"]["image"], ours.as_str());
    for line in read("Dockerfile").lines().filter_map(|line| line.strip_prefix("FROM ")) {
        assert!(is_pinned(line.split_whitespace().next().unwrap()), "{line}");
    }
}

/// Tells whether an image has a tag that says which one it is.
fn is_pinned(image: &str) -> bool {
    let Some((_, tag)) = image.rsplit_once(':') else { return false };
    tag.chars().filter(char::is_ascii_digit).count() > 1
}

#[test]
fn no_secret_has_a_default() {
    let compose = compose();
    let mut n_secrets = 0;
    for (name, service) in services(&compose) {
        for (variable, value) in variables(service) {
            let is_secret = SECRETS.iter().any(|secret| variable.ends_with(secret));
            if is_secret || value.contains('@') {
                n_secrets += 1;
                let (_, secret) = value.split_once("${").expect("a secret comes from outside");
                let (secret, _) = secret.split_once('}').unwrap();
                assert!(secret.ends_with(":-"), "{name}: {variable} has a default: {secret}");
            }
        }
    }
    assert_eq!(n_secrets, 8);
}

#[test]
fn every_volume_is_declared_and_used() {
    let compose = compose();
    let declared: Vec<&str> =
        compose["volumes"].as_object().unwrap().keys().map(String::as_str).collect();
    let mounted = services(&compose).values().flat_map(|service| words(&service["volumes"]));
    let mut used: Vec<&str> = mounted
        .filter_map(|mount| mount.split(':').next())
        .filter(|source| !source.starts_with('.'))
        .collect();
    used.sort_unstable();
    used.dedup();
    let mut declared = declared;
    declared.sort_unstable();
    assert_eq!(declared, used);
}
