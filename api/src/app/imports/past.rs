//! Incidents of the past into history: staged, published whole, and undone as the rows of layers are.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use dispatch::{HistoricIncident, IncidentKind, IncidentSource, Milestones, Priority};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use spatial::{Layer, personal, personal_id, shown};
use store::{Begun, ImportDraft, PastChunk, Store};

use super::lines::{Given, Lines, LinesOrder, division, parsed, word};
use super::order::ImportError;
use super::reference;
use super::report::{ImportOutcome, ImportReport};
use super::run::{given_up, identified, numbered, unchanged};
use crate::app::{from_rfc3339, now_ms};

/// Rows that are staged together.
const CHUNK: usize = 5_000;
/// Who says so, where no source is named.
const SOURCE: &str = "import";
/// Before this moment nothing of the past is taken, milliseconds since 1970: 1949-10-01 by the clock of UTC+8. No count
/// of calls that a city still reckons with is older, and `1066` is a slip.
const EARLIEST_MS: i64 = -639_129_600_000;
/// Longest number of an incident, characters, and the signs that it may have between letters and digits.
const LONGEST_NUMBER: usize = 64;
const NUMBER_SIGNS: &str = "- / _ . #";
/// How far ahead of us the clock of whoever wrote a row may be, milliseconds: a day.
const AHEAD_MS: i64 = 86_400_000;

/// An incident of the past as a line has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PastLine {
    system: String,
    number: String,
    kind: String,
    source: String,
    /// Follows from the source.
    #[serde(default, rename = "origin")]
    _origin: Option<String>,
    priority: u8,
    #[serde(default)]
    position: Option<[f64; 2]>,
    #[serde(default)]
    division: Option<String>,
    reported_at: String,
    #[serde(default)]
    assigned_at: Option<String>,
    #[serde(default)]
    accepted_at: Option<String>,
    #[serde(default)]
    arrived_at: Option<String>,
    #[serde(default)]
    closed_at: Option<String>,
}

/// Reads the file, stages its rows and publishes them whole, or, on a dry run, compares them and leaves nothing behind.
/// When the process dies on the way, the same file imported again goes on where it was.
pub async fn import_past(store: &Arc<dyn Store>, order: LinesOrder) -> Result<ImportOutcome, ImportError> {
    let identity = identified(order.path.clone()).await?;
    let (begun, about) = numbered(store, identity, |bytes, sha256| ImportDraft {
        layers: vec![Layer::Incidents],
        source: SOURCE.to_owned(),
        crs: order.crs.name(),
        file: order.name.clone(),
        bytes,
        sha256,
        who: order.who.clone(),
    })
    .await?;
    let (Begun { id, staged, held }, dry_run) = (begun, order.dry_run);
    let outcome = ImportOutcome { id, about, dry_run, ..ImportOutcome::default() };
    let result = work(store, order, staged, outcome).await;
    given_up(store, (id, held), dry_run, &result).await?;
    result
}

async fn work(
    store: &Arc<dyn Store>,
    order: LinesOrder,
    staged: Vec<(u32, store::ChunkDigest)>,
    outcome: ImportOutcome,
) -> Result<ImportOutcome, ImportError> {
    let id = outcome.id;
    let staged = staged.into_iter().collect();
    let area = reference::area(store, None).await?;
    let mut lines = Lines::open(&order, area, ("number", past))?;
    let mut staging = Staging { store, id, staged, chunks: 0, resumed: 0 };
    let (mut seen, mut chunk) = (Seen::default(), Vec::with_capacity(CHUNK));
    while let Some(row) = lines.next()? {
        if let Some(first) = seen.before(&row, lines.line()) {
            lines.refuse(&format!("number: has the system and number of line {first}"));
            continue;
        }
        lines.accept(row.position);
        chunk.push(row);
        if chunk.len() == CHUNK {
            staging.put(&chunk).await?;
            chunk.clear();
        }
    }
    if !chunk.is_empty() {
        staging.put(&chunk).await?;
    }
    let (chunks, resumed) = (staging.chunks, staging.resumed);
    let mut report = lines.end()?;
    report.by_layer.insert(Layer::Incidents.name().to_owned(), report.accepted);
    unchanged(&order.path, outcome.about.bytes).await?;
    let outcome = ImportOutcome { resumed, ..outcome };
    if order.dry_run {
        let difference = store.difference(id, chunks, false, 0).await?;
        store.drop_import(id, None, now_ms()).await?;
        return Ok(ImportOutcome { report, ..outcome }.compared(difference));
    }
    if report.accepted == 0 {
        let report = ImportReport { failed: Some("no row was accepted".to_owned()), ..report };
        store.drop_import(id, Some(&report.text()), now_ms()).await?;
        return Ok(ImportOutcome { report, ..outcome });
    }
    let import = store.publish_import(id, chunks, false, &|_| report.text(), now_ms).await?;
    Ok(ImportOutcome { report, done: import.done, revision: import.revisions.map(|(_, last)| last), ..outcome })
}

/// Where chunks go.
struct Staging<'a> {
    store: &'a Arc<dyn Store>,
    id: u64,
    /// What an earlier run has staged.
    staged: HashMap<u32, store::ChunkDigest>,
    chunks: u32,
    /// How many of them are there already.
    resumed: u32,
}

impl Staging<'_> {
    async fn put(&mut self, rows: &[HistoricIncident]) -> Result<(), ImportError> {
        let chunk = PastChunk::of(rows)?;
        if self.staged.get(&self.chunks) == Some(&chunk.digest()) {
            self.resumed += 1;
        } else {
            self.store.stage_past(self.id, self.chunks, &chunk).await?;
        }
        self.chunks += 1;
        Ok(())
    }
}

/// Where the first row of each (system, number) is: the one thing that grows with a file, 24 bytes for every row.
#[derive(Default)]
struct Seen(HashMap<[u8; 16], u64>);

impl Seen {
    /// The line of an earlier row with the same system and number.
    fn before(&mut self, row: &HistoricIncident, line: u64) -> Option<u64> {
        let hash = Sha256::new().chain_update(&row.source_system).chain_update([0]).chain_update(&row.number);
        let mut key = [0; 16];
        key.copy_from_slice(hash.finalize().get(..16)?);
        match self.0.entry(key) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(line);
                None
            }
        }
    }
}

fn past(line: &str, given: &mut Given) -> Result<HistoricIncident, String> {
    let row: PastLine = parsed(line)?;
    label("system", &row.system, 64)?;
    if !is_number(&row.number) {
        return Err(format!(
            "number: must have 1 to {LONGEST_NUMBER} letters (none of Chinese), digits and the signs {NUMBER_SIGNS}"
        ));
    }
    for (field, found) in [("system", personal(&row.system)), ("number", personal_id(&row.number))] {
        if let Some(what) = found {
            return Err(format!("{field}: holds {what}, which belongs to one person"));
        }
    }
    let reported_ms = gone("reported_at", &row.reported_at, given.now_ms)?;
    let later = |field: &str, at: Option<&String>| -> Result<Option<i64>, String> {
        let Some(text) = at else { return Ok(None) };
        let at = gone(field, text, given.now_ms)?;
        if at < reported_ms {
            return Err(format!("{field}: {text} lies before reported_at {}", row.reported_at));
        }
        Ok(Some(at))
    };
    let milestones = Milestones {
        assigned_ms: later("assigned_at", row.assigned_at.as_ref())?,
        accepted_ms: later("accepted_at", row.accepted_at.as_ref())?,
        arrived_ms: later("arrived_at", row.arrived_at.as_ref())?,
        closed_ms: later("closed_at", row.closed_at.as_ref())?,
    };
    Ok(HistoricIncident {
        kind: word("kind", &row.kind, IncidentKind::from_word(&row.kind))?,
        source: word("source", &row.source, IncidentSource::from_word(&row.source))?,
        priority: Priority::new(row.priority).ok_or("priority: must be 1 to 4")?,
        position: given.place("position", row.position)?,
        division: division(row.division.as_ref())?,
        reported_ms,
        milestones,
        source_system: row.system,
        number: row.number,
    })
}

/// A moment of the past.
fn gone(field: &str, given: &str, now_ms: i64) -> Result<i64, String> {
    let at = from_rfc3339(given).ok_or_else(|| format!("{field}: {:?} is no time as in RFC 3339", shown(given)))?;
    if at < EARLIEST_MS {
        return Err(format!("{field}: {given} lies before 1949-10-01, so it is a slip"));
    }
    if at > now_ms.saturating_add(AHEAD_MS) {
        return Err(format!("{field}: {given} lies more than a day in the future"));
    }
    Ok(at)
}

fn label(field: &str, text: &str, most: usize) -> Result<(), String> {
    let good = !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    if good {
        Ok(())
    } else {
        Err(format!("{field}: must have 1 to {most} characters, none of them a control character"))
    }
}

/// Whether that is the number of an incident and no words: who called, and from where, is written in Chinese.
pub(super) fn is_number(text: &str) -> bool {
    let of_number = |c: char| {
        c.is_ascii_digit() || c.is_alphabetic() && !is_han(c) || !c.is_whitespace() && NUMBER_SIGNS.contains(c)
    };
    (1..=LONGEST_NUMBER).contains(&text.chars().count()) && text.chars().all(of_number)
}

/// Signs of Chinese, those of the compatibility blocks and of the planes beyond as well.
fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{2e80}'..='\u{2fdf}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3021}'..='\u{3029}'
            | '\u{3038}'..='\u{303b}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn the_number_of_an_incident_is_no_words() {
        for number in ["1", "EX000123", "20261122-0007", "110/2026_44.1#3", "ПС-12", &"9".repeat(64)] {
            assert!(is_number(number), "{number}");
        }
        for words in
            ["", "张三 五马街道1号301室", "张三", "〇一", "㐂1", "1 2", "a\tb", "7@x", "12，3", &"9".repeat(65)]
        {
            assert!(!is_number(words), "{words}");
        }
    }
}
