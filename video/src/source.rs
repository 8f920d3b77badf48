//! Where a camera's stream is, and the login that it asks for. The login is never written anywhere.

use percent_encoding::percent_decode_str;
use retina::client::Credentials;
use url::Url;

/// The port of RTSP (RFC 2326, 3.2).
const RTSP_PORT: u16 = 554;

/// An RTSP address with its login. `Display` and `Debug` show host and port alone: some cameras want the login in the path
/// or in the query.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    url: Url,
    login: Option<(String, String)>,
}

/// Why a text is no source. The text itself is never part of the message: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Not a URL.
    #[error("it is no address")]
    Url,
    /// Another protocol.
    #[error("it must begin with rtsp://")]
    Scheme,
    /// Nobody to ask.
    #[error("it names no host")]
    Host,
    /// The login's bytes are no text.
    #[error("the login is no UTF-8 when its %-escapes are read")]
    Login,
}

impl Source {
    /// Reads `rtsp://[user:password@]host[:port]/path`; the login's special characters are %-escaped.
    pub fn new(text: &str) -> Result<Self, SourceError> {
        let mut url = Url::parse(text.trim()).map_err(|_not| SourceError::Url)?;
        if url.scheme() != "rtsp" {
            return Err(SourceError::Scheme);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(SourceError::Host);
        }
        let read = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(std::borrow::Cow::into_owned).map_err(|_bytes| SourceError::Login)
        };
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => Some((read(user)?, read(password.unwrap_or_default())?)),
        };
        // A URL with a host has room for a login, so this cannot be refused.
        url.set_username("").and_then(|()| url.set_password(None)).map_err(|()| SourceError::Url)?;
        Ok(Self { url, login })
    }

    /// The same with another login.
    #[must_use]
    pub fn with_login(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { login: Some((user.into(), password.into())), ..self }
    }

    /// The address without the login.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The login, for the session.
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        let (username, password) = self.login.clone()?;
        Some(Credentials { username, password })
    }

    /// Host and port to connect to.
    pub(crate) fn address(&self) -> (String, u16) {
        let host = self.url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        (host, self.url.port().unwrap_or(RTSP_PORT))
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "rtsp://{}", self.url.host_str().unwrap_or_default())?;
        if let Some(port) = self.url.port() {
            write!(out, ":{port}")?;
        }
        write!(out, "/***")
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Source({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str, login: Option<(&str, &str)>) {
        let source = Source::new(text).unwrap();
        assert_eq!(source.to_string(), shown);
        assert_eq!(format!("{source:?}"), format!("Source({shown})"));
        let found = source.credentials().map(|c| (c.username, c.password));
        assert_eq!(found, login.map(|(user, password)| (user.to_owned(), password.to_owned())));
        assert_eq!((source.url().username(), source.url().password()), ("", None), "what is sent to the camera");
    }

    #[test]
    fn a_login_is_kept_and_never_shown() {
        check("rtsp://10.0.0.1/a", "rtsp://10.0.0.1/***", None);
        check("rtsp://u:p%40ss@10.0.0.1:8554/a", "rtsp://10.0.0.1:8554/***", Some(("u", "p@ss")));
        check("rtsp://u@h/user=u&password=secret?pwd=secret", "rtsp://h/***", Some(("u", "")));
        check("  rtsp://[2001:db8::1]/a ", "rtsp://[2001:db8::1]/***", None);
    }

    #[test]
    fn what_is_no_source_is_told_without_its_text() {
        assert_eq!(Source::new("secret"), Err(SourceError::Url));
        assert_eq!(Source::new("http://u:secret@h/a"), Err(SourceError::Scheme));
        assert_eq!(Source::new("rtsp:///a"), Err(SourceError::Host));
        assert_eq!(Source::new("rtsp://u:%ff@h/a"), Err(SourceError::Login));
    }

    #[test]
    fn where_to_connect() {
        assert_eq!(Source::new("rtsp://h/a").unwrap().address(), ("h".to_owned(), 554));
        assert_eq!(Source::new("rtsp://[::1]:8554/a").unwrap().address(), ("::1".to_owned(), 8554));
    }
}
