//! The API as a program uses it: sign in once, then ask.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio_rustls::rustls::crypto::ring;

/// A signed-in caller of the API.
#[derive(Debug)]
pub(crate) struct Api {
    runtime: Runtime,
    client: Client,
    base: String,
    csrf: String,
}

impl Api {
    /// Signs in at `base`, such as `http://127.0.0.1:8080`.
    pub(crate) fn sign_in(base: &str, login: &str, password: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        // The client wants to know who would encrypt, although nothing here does; a second test finds it known.
        let _known_already = ring::default_provider().install_default();
        let client = Client::builder().cookie_store(true).build().unwrap();
        let mut api = Self { runtime, client, base: base.to_owned(), csrf: String::new() };
        let (status, body) = api.call(Method::POST, "/session", Some(&json!({ "login": login, "password": password })));
        assert_eq!(status, StatusCode::OK, "sign-in: {body}");
        body["csrf_token"].as_str().unwrap().clone_into(&mut api.csrf);
        api
    }

    /// Asks; the answer must be a success.
    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, None);
        assert!(status.is_success(), "GET {path}: {status} {body}");
        body
    }

    /// Tells; the answer must be a success.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, Some(body));
        assert!(status.is_success(), "POST {path}: {status} {answer}");
        answer
    }

    /// One call, whatever its answer.
    pub(crate) fn call(&self, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let mut request = self
            .client
            .request(method, format!("{}/api/v1{path}", self.base))
            .header("x-csrf-token", &self.csrf)
            .header("origin", &self.base);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let text = answer.text().await.unwrap();
            (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
        })
    }
}
