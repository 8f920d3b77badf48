//! The operator's file that says where the cameras' streams are. It holds logins, so nothing in it is ever shown: not in
//! an answer, not in a log, not in a message about what is wrong with it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use arc_swap::ArcSwap;
use video::Source;

use super::tickets::Seen;

/// Largest file, bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The streams by camera.
#[derive(Debug)]
pub struct Sources {
    path: Option<PathBuf>,
    known: ArcSwap<BTreeMap<String, Source>>,
    /// Length and time of the file that was read last.
    read: Mutex<Option<(u64, Option<SystemTime>)>>,
}

impl Sources {
    /// Nothing is read yet.
    pub fn new(path: Option<PathBuf>) -> Self {
        Self { path, known: ArcSwap::default(), read: Mutex::default() }
    }

    /// Reads the file, if one was named and is another than before. What cannot be read leaves what is known as it is.
    pub fn load(&self) -> Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let shown = path.display();
        let about = std::fs::metadata(path).with_context(|| format!("read {shown}"))?;
        let stamp = Some((about.len(), about.modified().ok()));
        {
            let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            if *read == stamp {
                return Ok(());
            }
            // A file that is wrong is told of once, not every time that it is looked at.
            *read = stamp;
        }
        if about.len() > LARGEST {
            bail!("{shown} is larger than {LARGEST} bytes");
        }
        if others_may_read(&about) {
            tracing::warn!(file = %shown, "everybody on this machine may read the cameras' logins; chmod 600 keeps them");
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("read {shown}"))?;
        let known = parse(&text).with_context(|| format!("read {shown}"))?;
        tracing::info!(cameras = known.len(), "streams of cameras are known");
        self.known.store(known.into());
        Ok(())
    }

    /// Whether no stream of any camera is known.
    pub fn is_empty(&self) -> bool {
        self.known.load().is_empty()
    }

    /// The stream of a camera: by source and id (`police/17`), by its number (`fid`), or by the id alone where no other
    /// camera has the same.
    pub fn of(&self, camera: &Seen) -> Option<Source> {
        let known = self.known.load();
        let whole = known.get(&format!("{}/{}", camera.source, camera.id));
        let whole = whole.or_else(|| known.get(&camera.fid.to_string()));
        whole.or_else(|| known.get(&camera.id).filter(|_| camera.alone)).cloned()
    }

    /// So many of them from the `from`-th on, going round.
    pub(super) fn some(&self, from: usize, count: usize) -> Vec<Source> {
        let known = self.known.load();
        let count = count.min(known.len());
        known.values().cycle().skip(from % known.len().max(1)).take(count).cloned().collect()
    }
}

#[cfg(unix)]
fn others_may_read(about: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o004 != 0
}

#[cfg(not(unix))]
fn others_may_read(_about: &std::fs::Metadata) -> bool {
    false
}

/// Reads the table `cameras`: a camera's id, and its address as text or as `{ url, user, password }`.
fn parse(text: &str) -> Result<BTreeMap<String, Source>> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.get(..at).unwrap_or_default().lines().count().max(1);
        // The error itself quotes the line, which may hold a password.
        anyhow::anyhow!("line {line} is no TOML")
    })?;
    if let Some(other) = table.keys().find(|key| *key != "cameras") {
        bail!("there is only one table, [cameras], and no {other:?}");
    }
    let none = toml::Table::new();
    let cameras = match table.get("cameras") {
        None => &none,
        Some(toml::Value::Table(cameras)) => cameras,
        Some(_) => bail!("cameras must be a table"),
    };
    let mut known = BTreeMap::new();
    for (camera, value) in cameras {
        let source = source(value).with_context(|| format!("camera {camera:?}"))?;
        known.insert(camera.clone(), source);
    }
    Ok(known)
}

fn source(value: &toml::Value) -> Result<Source> {
    let wrong = || anyhow::anyhow!("must be an address in quotes, or {{ url, user, password }}");
    if let Some(url) = value.as_str() {
        return Ok(Source::new(url)?);
    }
    let fields = value.as_table().ok_or_else(wrong)?;
    if fields.keys().any(|key| !["url", "user", "password"].contains(&key.as_str())) {
        return Err(wrong());
    }
    let text = |name: &str| fields.get(name).map(|value| value.as_str().ok_or_else(wrong)).transpose();
    let source = Source::new(text("url")?.ok_or_else(wrong)?)?;
    match (text("user")?, text("password")?) {
        (None, None) => Ok(source),
        (Some(user), password) => Ok(source.with_login(user, password.unwrap_or_default())),
        (None, Some(_)) => bail!("a password needs its user"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(source: &str, id: &str, alone: bool) -> Seen {
        Seen { fid: 1, source: source.to_owned(), id: id.to_owned(), name: None, alone }
    }

    fn sources(text: &str) -> Sources {
        let sources = Sources::new(None);
        sources.known.store(parse(text).unwrap().into());
        sources
    }

    #[test]
    fn a_camera_is_named_by_its_id_or_by_source_and_id() {
        let sources = sources(
            "[cameras]\n7 = \"rtsp://h/7\"\n\"police/7\" = { url = \"rtsp://p/7\", user = \"u\", password = \"secret\" }\n",
        );
        let of = |source, id, alone| sources.of(&seen(source, id, alone)).map(|source| source.to_string());
        assert_eq!(of("osm", "7", true).as_deref(), Some("rtsp://h/***"));
        assert_eq!(of("police", "7", true).as_deref(), Some("rtsp://p/***"));
        assert_eq!(of("osm", "7", false), None, "two cameras have that id: neither shows the other's picture");
        assert_eq!(of("police", "7", false).as_deref(), Some("rtsp://p/***"));
        assert_eq!(of("osm", "8", true), None);
        let by_number = Sources::new(None);
        by_number.known.store(parse("[cameras]\n1 = \"rtsp://h/1\"").unwrap().into());
        assert!(by_number.of(&seen("osm", "8", false)).is_some(), "its number names one camera alone");
        assert!(!sources.is_empty() && Sources::new(None).is_empty());
        assert_eq!(sources.some(1, 5).len(), 2, "each once");
    }

    #[test]
    fn what_is_wrong_is_told_without_a_secret() {
        for (text, word) in [
            ("[cameras]\n\"7\" = \"rtsp://u:secret@h/7", "line 2"),
            ("[cameras]\n\"7\" = \"http://u:secret@h/7\"", "\"7\""),
            ("[cameras]\n\"7\" = { url = \"rtsp://h\", password = \"secret\" }", "user"),
            ("[cameras]\n\"7\" = { url = \"rtsp://h\", token = \"secret\" }", "url, user, password"),
            ("[cameras]\n\"7\" = 5", "in quotes"),
            ("[cams]\n", "cams"),
        ] {
            let told = format!("{:#}", parse(text).unwrap_err());
            assert!(told.contains(word) && !told.contains("secret"), "{text}: {told}");
        }
    }
}
