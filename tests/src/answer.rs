//! What a server answered.

use serde_json::Value;

/// An answer with everything a test may ask about it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for the message of a failed test.
    pub asked: String,
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came over the wire.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of that name (lower case), or the empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; the test fails when it is not.
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_slice(&self.body);
        assert!(parsed.is_ok(), "{} → {} is not JSON: {}", self.asked, self.status, self.text());
        parsed.unwrap_or_default()
    }

    /// The body of a good answer.
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} → {}: {}", self.asked, self.status, self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// Checks that this is a refusal of that status in the one form all refusals have, and returns its code.
    pub fn refused(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{} → {}", self.asked, self.text());
        let kind = self.header("content-type");
        assert!(kind.starts_with("application/problem+json"), "{} → {status} is {kind:?}", self.asked);
        let problem = self.json();
        for field in ["type", "title", "detail", "code"] {
            let text = problem[field].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{} → {status} lacks {field}: {problem}", self.asked);
        }
        assert_eq!(problem["status"], status, "{}: the body repeats the status", self.asked);
        let code = problem["code"].as_str().unwrap_or_default();
        let letters = code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-');
        assert!(letters && code.starts_with(|c: char| c.is_ascii_uppercase()), "{code:?} is not UPPER-KEBAB");
        code.to_owned()
    }

    /// Whether a refusal points at that field of the input.
    pub fn points_at(&self, field: &str) -> bool {
        let problem = self.json();
        let errors = problem["errors"].as_array();
        errors.is_some_and(|errors| errors.iter().any(|e| e["pointer"].as_str().is_some_and(|p| p.contains(field))))
    }
}
