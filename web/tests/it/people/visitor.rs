//! Somebody who has signed in, or shows a key.

use serde_json::{Value, json};

use crate::client::{Request, Response};
use crate::server::Server;

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// What somebody shows.
#[derive(Clone)]
pub(crate) enum Visitor {
    Cookie(String),
    Bearer(String),
}

impl Visitor {
    /// Makes the first admin, `ada`.
    pub(crate) async fn first_admin(server: &Server) -> Self {
        let token = server.setup.clone().unwrap();
        let ada = json!({"token": token, "login": "ada", "password": PASSWORD});
        let made = server.post("/api/v1/setup", &ada).await;
        assert_eq!(made.status, 200, "{}", made.text());
        Self::of(&made)
    }

    pub(crate) async fn sign_in(server: &Server, login: &str) -> Self {
        let body = json!({"login": login, "password": PASSWORD});
        let signed_in = server.post("/api/v1/session", &body).await;
        assert_eq!(signed_in.status, 200, "{}", signed_in.text());
        Self::of(&signed_in)
    }

    /// Takes the session of a response.
    pub(crate) fn of(response: &Response) -> Self {
        let cookie = response.header("set-cookie").unwrap();
        Self::Cookie(cookie.split(';').next().unwrap().to_owned())
    }

    pub(crate) fn with_bearer(token: &str) -> Self {
        Self::Bearer(token.to_owned())
    }

    pub(crate) fn cookie(&self) -> String {
        let Self::Cookie(cookie) = self else { panic!("shows no cookie") };
        cookie.clone()
    }

    /// Adds somebody and signs them in; returns their id too.
    pub(crate) async fn add(
        &self,
        server: &Server,
        login: &str,
        role: Option<&str>,
    ) -> (Self, String) {
        let new = json!({"login": login, "password": PASSWORD, "role": role});
        let added = self.post(server, "/api/v1/users", &new).await;
        assert_eq!(added.status, 201, "{}", added.text());
        let id = added.json()["id"].as_str().unwrap().to_owned();
        (Self::sign_in(server, login).await, id)
    }

    pub(crate) async fn make_key(&self, server: &Server, wanted: Value) -> Self {
        let made = self.post(server, "/api/v1/keys", &wanted).await;
        assert_eq!(made.status, 201, "{}", made.text());
        Self::with_bearer(made.json()["key"].as_str().unwrap())
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        let request = Request::new(method, path);
        match self {
            Self::Cookie(cookie) => {
                request.header("Cookie", cookie).header("X-Footnote-Request", "1")
            }
            Self::Bearer(token) => request.header("Authorization", &format!("Bearer {token}")),
        }
    }

    pub(crate) async fn get(&self, server: &Server, path: &str) -> Response {
        self.request("GET", path).send(server.address).await
    }

    pub(crate) async fn delete(&self, server: &Server, path: &str) -> Response {
        self.request("DELETE", path).send(server.address).await
    }

    pub(crate) async fn post(&self, server: &Server, path: &str, body: &Value) -> Response {
        self.request("POST", path).json(body).send(server.address).await
    }

    pub(crate) async fn put(&self, server: &Server, path: &str, body: &Value) -> Response {
        self.request("PUT", path).json(body).send(server.address).await
    }

    pub(crate) async fn patch(&self, server: &Server, path: &str, body: &Value) -> Response {
        self.request("PATCH", path).json(body).send(server.address).await
    }

    /// Uploads a file and waits until it is found; returns the document's id.
    pub(crate) async fn upload(
        &self,
        server: &Server,
        collection: &str,
        (name, text): (&str, &str),
    ) -> String {
        let path = format!("/api/v1/collections/{collection}/documents?name={name}");
        let request = self.request("POST", &path).body(text.as_bytes());
        let uploaded = request.send(server.address).await.json();
        let job = format!("/api/v1/jobs/{}", uploaded["job"]["id"].as_str().unwrap());
        for _ in 0..2_400 {
            let state = self.get(server, &job).await.json()["state"].clone();
            if !matches!(state.as_str(), Some("queued" | "running")) {
                return uploaded["document"]["id"].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the job did not end");
    }
}
