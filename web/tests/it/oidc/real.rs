//! Signing in at a certified provider, `oidc-provider` of Node, with a browser of the test's own.

use openidconnect::url::Url;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use footnote_core::config::{AuthMode, Config, OidcConfig};

use super::reason;
use crate::client::{Request, Response};
use crate::people::visitor::Visitor;
use crate::server::{LEAVE, Server};

/// How many pages a sign-in has at most.
const MAX_PAGES: usize = 20;

/// The provider, in a process of its own; it ends with its input.
struct Provider {
    issuer: String,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Provider {
    /// Starts it, where it was installed; elsewhere says that the test did not run.
    async fn start(people: &Value) -> Option<Self> {
        let Some(folder) = std::env::var_os("FOOTNOTE_TEST_OIDC").map(PathBuf::from) else {
            println!("did not run: FOOTNOTE_TEST_OIDC names no folder with an installed provider");
            return None;
        };
        let mut process = Command::new("node")
            .arg(folder.join("provider.mjs"))
            .arg(people.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let issuer = output.next_line().await.unwrap().unwrap();
        Some(Self { issuer, input, output, _process: process })
    }

    /// Says something to it, and waits until it has understood.
    async fn tell(&mut self, line: &str) {
        self.input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        self.output.next_line().await.unwrap().unwrap();
    }
}

/// A browser: it keeps cookies of each host and goes where it is sent.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<SocketAddr, BTreeMap<String, String>>,
}

impl Browser {
    /// Opens an address and returns what comes, with where it would go next.
    async fn open(&mut self, url: &Url, form: Option<&str>) -> (Response, Option<Url>) {
        let host: SocketAddr =
            format!("{}:{}", url.host_str().unwrap(), url.port().unwrap()).parse().unwrap();
        let path =
            url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let jar = self.cookies.entry(host).or_default();
        let cookies: Vec<String> =
            jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::new(if form.is_some() { "POST" } else { "GET" }, &path)
            .header("Cookie", &cookies.join("; "));
        if let Some(form) = form {
            request = request
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(form.as_bytes());
        }
        let answer = request.send(host).await;
        for (_, set) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            jar.insert(name.to_owned(), value.to_owned());
        }
        let next = answer.header("location").map(|to| url.join(to).unwrap());
        (answer, next)
    }

    /// Goes from a server to the provider and back, as somebody or as one who declines. Returns the
    /// answer with which the server lets them in, or does not.
    async fn sign_in(&mut self, server: &Server, login: Option<&str>) -> Response {
        let start = format!("http://{}/api/v1/auth/oidc/start?return_to=/", server.address);
        let (mut url, mut form) = (Url::parse(&start).unwrap(), None);
        for _ in 0..MAX_PAGES {
            let (answer, next) = self.open(&url, form.take().as_deref()).await;
            if url.path() == "/api/v1/auth/oidc/callback" {
                return answer;
            }
            if let Some(next) = next {
                url = next;
                continue;
            }
            let page = answer.text();
            let prompt = if page.contains("name=\"login\"") { "login" } else { "consent" };
            match login {
                Some(login) => form = Some(format!("prompt={prompt}&login={login}&password=x")),
                None => url.set_path(&format!("{}/abort", url.path())),
            }
        }
        panic!("the sign-in does not end");
    }
}

/// Signs somebody in with a browser that knows nothing yet.
async fn enter(server: &Server, login: &str) -> Response {
    Browser::default().sign_in(server, Some(login)).await
}

async fn whole_world(provider: &mut Provider) -> (Server, Visitor) {
    let mut config = Config::default();
    config.auth.mode = AuthMode::Accounts;
    config.auth.oidc = OidcConfig {
        issuer: provider.issuer.clone(),
        client_id: "footnote".to_owned(),
        client_secret: "a secret of both".to_owned(),
        scopes: ["openid", "profile", "email", "groups"].map(str::to_owned).to_vec(),
        groups_claim: "groups".to_owned(),
        ..OidcConfig::default()
    };
    let server = Server::with(config, None).await;
    let ada = Visitor::first_admin(&server).await;
    provider.tell(&format!("http://{}/api/v1/auth/oidc/callback", server.address)).await;
    (server, ada)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_in_at_a_certified_provider_and_their_groups_follow_it() {
    let people = json!({"bob": {"name": "Bob", "email": "bob@example.org", "email_verified": true,
                                "groups": ["staff"]}});
    let Some(mut provider) = Provider::start(&people).await else { return };
    let (server, ada) = whole_world(&mut provider).await;
    ada.post(&server, "/api/v1/collections", &json!({"name": "handbook"})).await;
    let document = ada.upload(&server, "handbook", ("leave.md", LEAVE)).await;
    let group = ada.post(&server, "/api/v1/groups", &json!({"name": "staff"})).await.json();
    let grant = format!("/api/v1/collections/handbook/grants/{}", group["id"].as_str().unwrap());
    ada.put(&server, &grant, &json!({"role": "reader"})).await;

    let first = enter(&server, "bob").await;
    assert_eq!(reason(&first), "");
    let bob = Visitor::of(&first);
    let session = bob.get(&server, "/api/v1/session").await.json();
    assert_eq!(
        (&session["person"]["name"], &session["person"]["role"]),
        (&json!("Bob"), &Value::Null)
    );
    let text = format!("/api/v1/documents/{document}/text");
    assert_eq!(bob.get(&server, &text).await.status, 200, "the group may read");

    provider.tell(&json!({"bob": {"name": "Bob", "groups": []}}).to_string()).await;
    let again = enter(&server, "bob").await;
    let same = Visitor::of(&again).get(&server, "/api/v1/session").await.json();
    assert_eq!(same["person"]["id"], session["person"]["id"]);
    assert_eq!(bob.get(&server, &text).await.status, 404, "no longer of the group");

    let path = format!("/api/v1/users/{}", session["person"]["id"].as_str().unwrap());
    ada.patch(&server, &path, &json!({"disabled": true})).await;
    assert_eq!(reason(&enter(&server, "bob").await), "disabled");
    let declined = Browser::default().sign_in(&server, None).await;
    assert_eq!(reason(&declined), "declined");
    let audit = ada.get(&server, "/api/v1/audit").await.text();
    assert!(audit.contains("session.open"), "{audit}");
}
