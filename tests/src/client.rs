//! A client of the HTTP interface: blocking, sees the bytes as they come.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use ureq::http::Request;
use ureq::{Agent, SendBody};

use crate::answer::Answer;

const PATIENCE: Duration = Duration::from_mins(1);
const LARGEST_BODY: u64 = 256 * 1024 * 1024;

/// Somebody who asks.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    url: String,
    headers: Vec<(String, String)>,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent = config.timeout_global(Some(PATIENCE)).build().new_agent();
        Self { agent, url: url.to_owned(), headers: Vec::new() }
    }

    /// The same client, logged in.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The same client with one header more in each request.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The token it has, or the empty text.
    pub fn token(&self) -> &str {
        let header = self.headers.iter().find(|(name, _)| name == "authorization");
        header.map_or("", |(_, value)| value.trim_start_matches("Bearer "))
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", &[])
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "", &[])
    }

    /// `POST` of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "application/json", body.to_string().as_bytes())
    }

    /// `PUT` of JSON.
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, "application/json", body.to_string().as_bytes())
    }

    /// Any method with any body; no `Content-Type` when `kind` is empty.
    pub fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let answer = self.attempt(method, path, kind, body);
        assert!(answer.is_ok(), "{method} {path} has no answer: {:?}", answer.err());
        answer.expect("checked in the line above")
    }

    /// `POST` of JSON to a server that may die meanwhile: then there is no answer, or half of one.
    pub fn try_post(&self, path: &str, body: &Value) -> Option<Answer> {
        self.attempt("POST", path, "application/json", body.to_string().as_bytes()).ok()
    }

    fn attempt(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Result<Answer, String> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let body = if kind.is_empty() && body.is_empty() {
            SendBody::none()
        } else {
            SendBody::from_owned_reader(std::io::Cursor::new(body.to_vec()))
        };
        let request = request.body(body).expect("a request that can be written");
        let asked = format!("{method} {path}");
        let answer = self.agent.configure_request(request).allow_non_standard_methods(true).build();
        let answer = self.agent.run(answer).map_err(|error| error.to_string())?;
        read(asked, answer)
    }

    /// `GET` of a list, page after page by its `next` links; at most `pages`.
    pub fn pages(&self, path: &str, pages: usize) -> Vec<Value> {
        let (mut found, mut path) = (Vec::new(), path.to_owned());
        for _ in 0..pages {
            let page = self.get(&path).ok();
            found.extend(page["features"].as_array().expect("a page has features").iter().cloned());
            let links = page["links"].as_array().cloned().unwrap_or_default();
            let Some(next) = links.iter().find(|link| link["rel"] == "next") else { break };
            let href = next["href"].as_str().expect("a link has a href");
            href.strip_prefix(&self.url).unwrap_or(href).clone_into(&mut path);
        }
        found
    }

    /// Writes bytes to a fresh connection and returns what came back until the server closed it or fell silent.
    /// A server that refuses a long body may close while it is being sent: then what was read before is returned.
    pub fn raw(&self, request: &str, body: impl Iterator<Item = Vec<u8>>) -> String {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a time limit for reading");
        stream.set_write_timeout(Some(Duration::from_secs(5))).expect("a time limit for writing");
        stream.write_all(request.as_bytes()).expect("the head of a request is taken");
        for chunk in body {
            if stream.write_all(&chunk).is_err() {
                break;
            }
        }
        let (mut said, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(read) = stream.read(&mut buffer) {
            if read == 0 {
                break;
            }
            said.extend_from_slice(&buffer[..read]);
        }
        String::from_utf8_lossy(&said).into_owned()
    }
}

fn read(asked: String, answer: ureq::http::Response<ureq::Body>) -> Result<Answer, String> {
    let status = answer.status().as_u16();
    let headers = answer.headers().iter();
    let headers = headers.map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()));
    let headers = headers.collect();
    let body = answer.into_body().into_with_config().limit(LARGEST_BODY).read_to_vec();
    let body = body.map_err(|error| format!("{status}: the body breaks off: {error}"))?;
    Ok(Answer { asked, status, headers, body })
}

/// Text as it may stand in a query.
pub fn encode(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
