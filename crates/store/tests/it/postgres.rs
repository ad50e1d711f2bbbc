//! A real PostgreSQL of the tests' own: a cluster in a temporary folder, on a Unix socket.

use sqlx::any::install_default_drivers;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Starts the cluster, says so, and ends it when the standard input ends, which it does however
/// the tests end.
const SCRIPT: &str = r#"
set -e
"$BIN/initdb" -D "$HOME_OF_TESTS/data" -U footnote --auth=trust -E UTF8 --locale=C --no-sync >&2
"$BIN/postgres" -D "$HOME_OF_TESTS/data" -k "$HOME_OF_TESTS" -c listen_addresses='' \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400 >&2 &
server=$!
until "$BIN/pg_isready" -q -h "$HOME_OF_TESTS"; do sleep 0.05; done
echo ready
read -r _ || true
kill -INT $server
wait $server || true
rm -rf "$HOME_OF_TESTS"
"#;

/// The cluster that all tests of this run share; `None` where PostgreSQL is not installed.
static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(Cluster::start);

struct Cluster {
    folder: PathBuf,
    _shell: Child,
    /// Ends the cluster when it is closed.
    _input: ChildStdin,
}

impl Cluster {
    fn start() -> Option<Self> {
        let bin = programs()?;
        let folder = tempfile::Builder::new().prefix("footnote-pg").tempdir().unwrap().keep();
        let mut shell = shell_of_user(&folder);
        let mut shell = shell
            .env("BIN", bin)
            .env("HOME_OF_TESTS", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = shell.stdin.take().unwrap();
        let mut lines = BufReader::new(shell.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "ready", "PostgreSQL does not start");
        Some(Self { folder, _shell: shell, _input: input })
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://footnote@localhost/{database}?host={}", self.folder.display())
    }
}

/// Returns a shell of the user that PostgreSQL runs as: it refuses to run as root.
fn shell_of_user(folder: &Path) -> Command {
    if !rustix::process::getuid().is_root() {
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT]);
        return shell;
    }
    let owned = Command::new("chown").arg("postgres").arg(folder).status().unwrap();
    assert!(owned.success(), "there is no user `postgres`");
    let mut shell = Command::new("runuser");
    shell.args(["-u", "postgres", "--", "sh", "-c", SCRIPT]).current_dir(folder);
    shell
}

/// Finds PostgreSQL's programs, which Debian keeps off the path.
fn programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH");
    let on_path = on_path.iter().flat_map(std::env::split_paths);
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "pg_isready"].iter().all(|name| folder.join(name).exists())
    };
    debian.into_iter().rev().chain(on_path).find(has_all)
}

/// A database of one test's own.
pub(crate) struct Database {
    name: String,
    cluster: &'static Cluster,
}

impl Database {
    /// Makes an empty database; `None`, with a word about it, where PostgreSQL is not installed.
    pub(crate) async fn create() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let cluster = tokio::task::spawn_blocking(|| CLUSTER.as_ref()).await.unwrap();
        let Some(cluster) = cluster else {
            println!("did not run: PostgreSQL is not installed (apt install postgresql)");
            return None;
        };
        install_default_drivers();
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = sqlx::AnyConnection::connect(&cluster.url("postgres")).await.unwrap();
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        connection.close().await.unwrap();
        Some(Self { name, cluster })
    }

    /// Returns its address.
    pub(crate) fn url(&self) -> String {
        self.cluster.url(&self.name)
    }
}
