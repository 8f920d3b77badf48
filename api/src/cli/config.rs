//! Settings: flag > environment > file > default, and each can say where it came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ArgMatches;
use clap::parser::ValueSource;

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// An environment variable `ONEMAP_…`.
    Environment,
    /// `onemap.toml`.
    File,
    /// Nobody said anything.
    Default,
}

/// One knob: name, default, what it holds. Names are the flags with `_` for `-`, and the keys of the file.
struct Knob {
    name: &'static str,
    default: &'static str,
    kind: Kind,
}

/// What a setting may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// Text that is never shown.
    Secret,
    /// A whole number, not negative.
    Number,
    /// Where to listen: `host:port`.
    Address,
    /// How many times longer something takes, 1 to 100; or `never`.
    Times,
}

const KNOBS: [Knob; 14] = [
    Knob { name: "data", default: "", kind: Kind::Text },
    Knob { name: "database_url", default: "", kind: Kind::Secret },
    Knob { name: "listen", default: "127.0.0.1:8080", kind: Kind::Address },
    Knob { name: "log", default: "info", kind: Kind::Text },
    Knob { name: "log_format", default: "text", kind: Kind::Text },
    Knob { name: "session_seconds", default: "43200", kind: Kind::Number },
    Knob { name: "tile_cache_mb", default: "256", kind: Kind::Number },
    Knob { name: "import_mb", default: "2048", kind: Kind::Number },
    Knob { name: "track_days", default: "30", kind: Kind::Number },
    Knob { name: "against_oneway", default: "2.5", kind: Kind::Times },
    Knob { name: "title", default: "", kind: Kind::Text },
    Knob { name: "time_zone", default: "", kind: Kind::Text },
    Knob { name: "video_sources", default: "", kind: Kind::Text },
    Knob { name: "video_ticket_seconds", default: "600", kind: Kind::Number },
];

/// Settings of a server, each with its source.
#[derive(Debug, Clone)]
pub struct Settings {
    values: BTreeMap<&'static str, (String, Source)>,
}

impl Settings {
    /// Reads what flags and environment say (clap has both), then the file, then the defaults.
    pub fn read(matches: &ArgMatches) -> Result<Self> {
        let named = matches.try_get_one::<PathBuf>("config").ok().flatten();
        let file = read_file(named.map(PathBuf::as_path))?;
        let mut values = BTreeMap::new();
        for knob in &KNOBS {
            let given = given(matches, knob.name);
            let value = match (given, file.get(knob.name)) {
                (Some(given), _) => given,
                (None, Some(text)) => (text.clone(), Source::File),
                (None, None) => (knob.default.to_owned(), Source::Default),
            };
            knob.check(&value.0)?;
            values.insert(knob.name, value);
        }
        // Where the data is belongs together: a flag for the one silences the file's word for the other.
        let source = |name: &str| values.get(name).map_or(Source::Default, |(_, s)| *s);
        if source("data") != Source::File && source("data") != Source::Default && source("database_url") == Source::File
        {
            values.insert("database_url", (String::new(), Source::Default));
        } else if source("database_url") != Source::File
            && source("database_url") != Source::Default
            && source("data") == Source::File
        {
            values.insert("data", (String::new(), Source::Default));
        }
        Ok(Self { values })
    }

    /// The text of a setting; `None` when it is empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(text, _)| text.as_str()).filter(|text| !text.is_empty())
    }

    /// A whole number of a setting.
    pub fn number(&self, name: &str) -> Result<u64> {
        let text = self.text(name).unwrap_or_default();
        text.parse().with_context(|| format!("{name} must be a whole number, got {text:?}"))
    }

    /// How many times longer; `None` for never.
    pub fn times(&self, name: &str) -> Result<Option<f64>> {
        let text = self.text(name).unwrap_or_default();
        times(name, text)
    }

    /// Each value and where it came from, as TOML with comments. Secrets are masked.
    pub fn print(&self) -> String {
        let mut lines = Vec::new();
        for knob in &KNOBS {
            let Some((text, source)) = self.values.get(knob.name) else { continue };
            let shown = if knob.kind == Kind::Secret && !text.is_empty() { "***" } else { text };
            let from = match source {
                Source::Flag => "flag".to_owned(),
                Source::Environment => format!("environment ONEMAP_{}", knob.name.to_uppercase()),
                Source::File => "file".to_owned(),
                Source::Default => "default".to_owned(),
            };
            lines.push(format!("{} = {:?} # {from}", knob.name, shown));
        }
        lines.join("\n")
    }
}

impl Knob {
    /// What the file says, which has types of its own: a number stands without quotes, everything else in them.
    fn written(&self, value: toml::Value) -> Result<String> {
        match (self.kind, value) {
            (Kind::Number | Kind::Times, toml::Value::Integer(number)) => Ok(number.to_string()),
            (Kind::Number, other) => bail!("{} must be a whole number, got {other}", self.name),
            (Kind::Times, toml::Value::Float(number)) => Ok(number.to_string()),
            (Kind::Text | Kind::Secret | Kind::Address | Kind::Times, toml::Value::String(text)) => Ok(text),
            (Kind::Times, other) => bail!("{} must be a number or \"never\", got {other}", self.name),
            (Kind::Text | Kind::Address, other) => bail!("{} must be text in quotes, got {other}", self.name),
            (Kind::Secret, _) => bail!("{} must be text in quotes", self.name),
        }
    }

    /// Refuses a value that the setting cannot have, whoever gave it.
    fn check(&self, text: &str) -> Result<()> {
        match self.kind {
            Kind::Number if text.parse::<u64>().is_err() => {
                bail!("{} must be a whole number, got {text:?}", self.name)
            }
            Kind::Address if !is_address(text) => {
                bail!("{} must be an address and a port, such as 127.0.0.1:8080, got {text:?}", self.name)
            }
            Kind::Times => times(self.name, text).map(drop),
            Kind::Text | Kind::Secret | Kind::Number | Kind::Address => Ok(()),
        }
    }
}

/// How many times longer, 1 to 100; none for never.
fn times(name: &str, text: &str) -> Result<Option<f64>> {
    if text == "never" {
        return Ok(None);
    }
    match text.parse() {
        Ok(times) if (1.0..=100.0).contains(&times) => Ok(Some(times)),
        Ok(_) | Err(_) => bail!("{name} must be 1 to 100 or \"never\", got {text:?}"),
    }
}

/// `host:port`; whether there is such a host is found out when it is listened on.
fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// What flags or environment say of a setting.
fn given(matches: &ArgMatches, name: &str) -> Option<(String, Source)> {
    let source = matches.try_contains_id(name).ok().and_then(|_| matches.value_source(name))?;
    let source = if source == ValueSource::CommandLine {
        Source::Flag
    } else if source == ValueSource::EnvVariable {
        Source::Environment
    } else {
        return None;
    };
    let raw = matches.try_get_raw(name).ok().flatten()?.next()?;
    Some((raw.to_string_lossy().into_owned(), source))
}

/// Reads `onemap.toml`: the named file must be there, the one in this folder may be.
fn read_file(named: Option<&Path>) -> Result<BTreeMap<String, String>> {
    let path = named.unwrap_or(Path::new("onemap.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
    };
    let table: toml::Table = text.parse().with_context(|| format!("read {}", path.display()))?;
    let mut values = BTreeMap::new();
    for (name, value) in table {
        let Some(knob) = KNOBS.iter().find(|knob| knob.name == name) else {
            bail!("{}: there is no setting {name:?}", path.display());
        };
        let text = knob.written(value).with_context(|| path.display().to_string())?;
        values.insert(name, text);
    }
    Ok(values)
}
