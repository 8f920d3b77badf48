//! `onemap import`: a file in, a preview, a list, an undo.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use intake::IntakeError;
use spatial::Value;
use spatial::crs::Crs;
use store::{Store, Undone};

use super::import_lines;
use super::place::Place;
use super::users::note;
use super::{complain, say};
use crate::app::{
    App, Begin, Heading, ImportError, ImportJob, ImportOrder, ImportOutcome, ImportReport, ImportWords, Imports,
    Limits, LinesOrder, Publisher, changed_fields, file_told, import, now_ms, rfc3339, undo_first,
};

/// Exit code when nothing could be read.
pub(super) const NOTHING_READ: u8 = 2;
/// Refused rows that are printed; all are counted.
const PRINTED: usize = 20;
/// Imports that are listed.
const LISTED: u32 = 20;

/// Import a file.
#[derive(Args, Debug)]
pub(super) struct Import {
    /// Layer that the rows belong to, `units` or `incidents` (of the past; one JSON object a line), `osm` for an OpenStreetMap extract, `undo` to put back what an import replaced,
    /// `rejected` to name the rows that one refused, or `list`
    layer: String,
    /// The file, or the number of the import to undo or whose refused rows are to be named
    file: Option<PathBuf>,
    /// `geojson`, `geojsonseq`, `csv`, `tsv`, `shapefile`, `flatgeobuf`, `geopackage` or `osm`; told by the name of the
    /// file where its ending leaves no doubt
    #[arg(long)]
    format: Option<String>,
    /// Coordinate system of the file; there is no default (OpenStreetMap is always WGS84)
    #[arg(long)]
    crs: Option<String>,
    /// Who says so: rows that name another source are refused. When left out, rows may name theirs, and the others are of
    /// `import`
    #[arg(long)]
    source: Option<String>,
    /// Mapping file (TOML): which columns of a table become which fields
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Encoding of text: `utf-8`, `gb18030`, `big5`…
    #[arg(long)]
    encoding: Option<String>,
    /// What parts the cells of a CSV: one character, or `tab`, `comma`, `semicolon`, `pipe`
    #[arg(long, allow_hyphen_values = true)]
    delimiter: Option<String>,
    /// Which of several tables of a GeoPackage, or of several shapefiles in a zip
    #[arg(long)]
    table: Option<String>,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// The file holds all that the sources of its rows have in this layer: rows of theirs that it lacks are removed
    #[arg(long)]
    complete: bool,
    #[command(flatten)]
    place: Place,
}

impl Import {
    pub(super) async fn run(self) -> Result<ExitCode> {
        if self.layer == "list" {
            return list(&self.place.open_kept().await?.store).await;
        }
        let file = self.file.clone().context("name the file to import, or the number of the import to undo")?;
        if self.layer == "undo" {
            return undo(&self.place, &file).await;
        }
        if self.layer == "rejected" {
            return rejected(&self.place, &file).await;
        }
        if self.layer == "units" || self.layer == "incidents" {
            return self.lines(&file).await;
        }
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let job = match self.job(&name) {
            Ok(job) => job,
            Err(error) => {
                complain(&format!("onemap: import {}: {error:#}", file.display()));
                return Ok(ExitCode::from(NOTHING_READ));
            }
        };
        let opened = self.place.open().await?;
        note(&opened.store, "import", &file_told(&file.to_string_lossy())).await?;
        let who = "command line".to_owned();
        let (dry_run, complete) = (self.dry_run, self.complete);
        let name = file_told(&name);
        let order = ImportOrder { path: file.clone(), name, job, who, dry_run, complete, known: None };
        match bring_in(&opened.store, order).await {
            Ok(outcome) => {
                tell(&outcome);
                self.prepare_start(&opened.store).await?;
                let nothing = outcome.report.read == 0 && outcome.report.accepted == 0;
                Ok(if nothing { ExitCode::from(NOTHING_READ) } else { ExitCode::SUCCESS })
            }
            Err(error) => unread(&file, error),
        }
    }

    /// Units and incidents of the past: what the words of a layer's import do not fit is refused.
    async fn lines(&self, file: &Path) -> Result<ExitCode> {
        let others = [
            ("--format", self.format.as_deref().is_some_and(|format| format != "ndjson")),
            ("--source", self.source.is_some()),
            ("--mapping", self.mapping.is_some()),
            ("--encoding", self.encoding.is_some()),
            ("--delimiter", self.delimiter.is_some()),
            ("--table", self.table.is_some()),
            ("--complete", self.complete),
        ];
        let crs = match others.iter().find(|(_, given)| *given) {
            Some((word, _)) => {
                Err(format!("{word} has no meaning here: {} come as one JSON object a line", self.layer))
            }
            None => match self.crs.as_deref() {
                None => Err("--crs is needed: nothing is guessed".to_owned()),
                Some(crs) => Crs::from_name(crs).map_err(|error| format!("--crs: {error}")),
            },
        };
        let opened = crs.and_then(|crs| std::fs::File::open(file).map(|_| crs).map_err(|error| error.to_string()));
        let crs = match opened {
            Ok(crs) => crs,
            Err(error) => {
                complain(&format!("onemap: nothing could be read from {}: {error}", file.display()));
                return Ok(ExitCode::from(NOTHING_READ));
            }
        };
        let opened = self.place.open().await?;
        note(&opened.store, "import", &file_told(&file.to_string_lossy())).await?;
        let name = file.file_name().map(|name| file_told(&name.to_string_lossy())).unwrap_or_default();
        let who = "command line".to_owned();
        let order = LinesOrder { path: file.to_owned(), name, crs, who, dry_run: self.dry_run };
        let done = if self.layer == "units" {
            import_lines::units(&opened.store, order).await
        } else {
            import_lines::incidents(&opened.store, order).await
        };
        done.or_else(|error| unread(file, error))
    }

    /// After a large import the next start would be slow: what it needs is made now, while somebody waits anyway.
    async fn prepare_start(&self, store: &Arc<dyn Store>) -> Result<()> {
        let Some(data) = self.place.data.as_deref().filter(|_| !self.dry_run) else { return Ok(()) };
        let limits = Limits { snapshot: Some(data.join("snapshot")), ..Limits::default() };
        let app = App::new(Arc::clone(store), limits, Heading::default());
        let begun = Instant::now();
        let rows = Publisher::prepare_start(&app).await?;
        if rows > 0 {
            let seconds = begun.elapsed().as_secs_f64();
            say(&format!("made ready for the next start: {rows} rows laid into columns, {seconds:.0} s"));
        }
        Ok(())
    }

    fn job(&self, file: &str) -> Result<ImportJob> {
        let mapping = self.mapping.as_deref().map(read_mapping).transpose()?;
        let words = ImportWords {
            layer: Some(&self.layer),
            format: self.format.as_deref(),
            crs: self.crs.as_deref(),
            source: self.source.as_deref(),
            encoding: self.encoding.as_deref(),
            delimiter: self.delimiter.as_deref(),
            table: self.table.as_deref(),
            mapping: mapping.as_deref(),
            file: Some(file),
            media: None,
        };
        words.job().map_err(|wrong| match wrong.part {
            "layer" => anyhow!("{wrong}"),
            _ => anyhow!("--{wrong}"),
        })
    }
}

/// A file of which nothing could be read has its own exit code.
fn unread(file: &Path, error: ImportError) -> Result<ExitCode> {
    match error {
        ImportError::Unreadable(_) | ImportError::NoRows(_) | ImportError::File { .. } => {
            let flag = if let ImportError::Unreadable(IntakeError::Options { part: Some(part), .. }) = &error {
                format!("--{part}: ")
            } else {
                String::new()
            };
            complain(&format!("onemap: {flag}nothing could be read from {}: {error}", file.display()));
            Ok(ExitCode::from(NOTHING_READ))
        }
        ImportError::Store(_) | ImportError::Changed(_) => Err(error.into()),
    }
}

/// The text of a mapping file, as long as one may be.
fn read_mapping(path: &Path) -> Result<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).with_context(|| format!("open the mapping {}", path.display()))?;
    let most = u64::try_from(intake::Mapping::LONGEST).unwrap_or(u64::MAX);
    let read = file.take(most + 1).read_to_string(&mut text);
    read.with_context(|| format!("read the mapping {}", path.display()))?;
    Ok(text)
}

/// Imports with a bar that shows how far it is.
async fn bring_in(store: &Arc<dyn Store>, order: ImportOrder) -> Result<ImportOutcome, ImportError> {
    let imports = Imports::new();
    let (started, running) = match imports.begin(store, order).await? {
        Begin::Started(started, running) => (started, running),
        // Of one command nothing else is under way.
        Begin::Joined(_) | Begin::Full(_) => return Ok(ImportOutcome::default()),
    };
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} read, {msg} rows staged, {elapsed}");
    let bar = ProgressBar::new(started.bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let progress = Arc::clone(&running.progress);
    let draw = async {
        loop {
            bar.set_message(progress.rows().to_string());
            bar.set_position(progress.bytes());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let outcome = tokio::select! {
        outcome = import(store, *started, &running.progress) => outcome,
        () = draw => Ok(ImportOutcome::default()),
    };
    bar.finish_and_clear();
    outcome
}

/// The report of an import.
fn tell(outcome: &ImportOutcome) {
    let report = &outcome.report;
    say(&format!("read {}, accepted {}, rejected {}", report.read, report.accepted, report.rejected));
    for (layer, rows) in &report.by_layer {
        say(&format!("  {layer:<14} {rows}"));
    }
    if outcome.resumed > 0 {
        say(&format!("an earlier run had staged {} parts of this file already", outcome.resumed));
    }
    let done = outcome.done;
    let counts =
        format!("{} added, {} changed, {} gone, {} as they were", done.added, done.changed, done.gone, done.unchanged);
    if outcome.dry_run {
        say(&format!("nothing was written: this was a dry run. It would be: {counts}"));
        for (old, new) in &outcome.changes {
            say(&format!("  {}/{}", old.key.layer.name(), old.key.source_id));
            for change in changed_fields(old, new) {
                say(&format!("    {}: {}", change.field, from_to(change.old.as_ref(), change.new.as_ref())));
            }
        }
        if done.changed > outcome.changes.len() as u64 {
            say(&format!("  … and {} more changed rows", done.changed - outcome.changes.len() as u64));
        }
    } else {
        say(&format!("in the registry: {counts}"));
        puts_back(outcome);
    }
    for gone in &report.gone {
        let more = if gone.rows > gone.first.len() as u64 { "…" } else { "" };
        say(&format!("  gone of source {}: {} ({}{more})", gone.source, gone.rows, gone.first.join(", ")));
    }
    if report.truncated {
        say("the file ends in the middle of a row");
    }
    by_reason(report);
    refused(report, (!outcome.dry_run).then_some(outcome.id));
    if report.repaired > 0 {
        say(&format!("{} rows were mended and taken", report.repaired));
    }
    for row in report.repairs.iter().take(PRINTED) {
        say(&format!("  {} {}: {}", at(row.line, row.offset), row.id, row.what));
    }
    if report.repaired > PRINTED as u64 {
        say(&format!("  … and {} more mended rows", report.repaired - PRINTED as u64));
    }
    suspected(report);
    for note in &report.notes {
        say(&format!("note: {note}"));
    }
}

fn by_reason(report: &ImportReport) {
    for (reason, rows) in &report.by_reason {
        say(&format!("  {rows} rejected: {reason}"));
    }
}

/// Refused rows: the first of an import that has a number, by which its report is found again; of others all that the
/// report names.
pub(super) fn refused(report: &ImportReport, kept: Option<u64>) {
    let most = if kept.is_some() { PRINTED } else { report.rejects.len() };
    for row in report.rejects.iter().take(most) {
        say(&format!("  {} {}: {}", at(row.line, row.offset), row.id.as_deref().unwrap_or("?"), row.reason));
    }
    let told = report.rejects.len().min(most);
    if report.rejected > told as u64 {
        let more = kept.filter(|_| report.rejects.len() > told);
        let more = more.map(|id| format!("; `onemap import rejected {id}` names them")).unwrap_or_default();
        say(&format!("  … and {} more rejected rows{more}", report.rejected - told as u64));
    }
}

/// By which number an import is undone, if it changed anything.
pub(super) fn puts_back(outcome: &ImportOutcome) {
    if outcome.revision.is_some() {
        say(&format!("import {}: `onemap import undo {}` puts back what was there", outcome.id, outcome.id));
    }
}

/// What the file as a whole is suspected of.
pub(super) fn suspected(report: &ImportReport) {
    for found in &report.suspicions {
        say(&format!("suspicion {}: {}", found.code, found.words));
        let evidence = found.evidence.iter().map(|(name, number)| format!("{name} {}", rounded(*number)));
        let evidence = evidence.collect::<Vec<_>>().join(", ");
        if !evidence.is_empty() {
            say(&format!("  {evidence}"));
        }
    }
}

/// What a field was and would be; of which kind they are, when nothing else tells them apart.
fn from_to(old: Option<&Value>, new: Option<&Value>) -> String {
    let word = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let (from, to) = (word(old), word(new));
    match (old, new) {
        (Some(old), Some(new)) if from == to => format!("{from} ({}) → {to} ({})", kind(old), kind(new)),
        _ => format!("{from} → {to}"),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Text(_) => "text",
        Value::Int(_) => "whole number",
        Value::Float(_) => "number",
        Value::Bool(_) => "yes or no",
    }
}

/// Where a row begins, in words.
fn at(line: Option<u64>, offset: Option<u64>) -> String {
    match (line, offset) {
        (Some(line), None) => format!("line {line}"),
        (Some(line), Some(byte)) => format!("line {line}, byte {byte}"),
        (None, Some(byte)) => format!("byte {byte}"),
        (None, None) => String::new(),
    }
}

/// A number of the evidence: counts whole, lengths to the centimetre.
fn rounded(number: f64) -> String {
    let text = format!("{number:.2}");
    text.strip_suffix(".00").unwrap_or(&text).to_owned()
}

async fn list(store: &Arc<dyn Store>) -> Result<ExitCode> {
    for import in store.imports(LISTED).await? {
        let done = import.done;
        let undo = if import.undoable { ", can be undone" } else { "" };
        say(&format!(
            "{:>6} {} {} {} {} from {}: +{} ~{} -{}{undo}",
            import.id,
            rfc3339(import.started_ms),
            import.state.word(),
            import.draft.layers.iter().map(|layer| layer.name()).collect::<Vec<_>>().join(","),
            import.draft.file,
            import.draft.source,
            done.added,
            done.changed,
            done.gone,
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The number that an import is called by.
fn numbered(number: &Path) -> Result<u64> {
    let id = number.to_str().and_then(|number| number.parse::<u64>().ok());
    id.with_context(|| format!("{} is not the number of an import", number.display()))
}

/// Names the refused rows of an import, as far as its report does.
async fn rejected(place: &Place, number: &Path) -> Result<ExitCode> {
    let id = numbered(number)?;
    let import = place.open_kept().await?.store.import(id).await?;
    let import = import.with_context(|| format!("there is no import {id}"))?;
    let report = ImportReport::read(&import.report);
    say(&format!("import {id} of {}: read {}, rejected {}", import.draft.file, report.read, report.rejected));
    by_reason(&report);
    refused(&report, None);
    Ok(ExitCode::SUCCESS)
}

async fn undo(place: &Place, number: &Path) -> Result<ExitCode> {
    let id = numbered(number)?;
    let opened = place.open_kept().await?;
    note(&opened.store, "undo import", &id.to_string()).await?;
    match opened.store.undo_import(id, now_ms()).await? {
        Undone::Done { rows, .. } => {
            say(&format!("import {id} is undone: {rows} rows are as they were before it"));
            Ok(ExitCode::SUCCESS)
        }
        Undone::Refused { rows, edited } => {
            let first = undo_first(&opened.store, &edited).await?;
            complain(&format!("onemap: nothing was undone: {rows} rows were edited since import {id}{first}"));
            for row in &edited {
                let (key, deed) = (&row.key, if row.removed { "removed" } else { "changed" });
                let name = format!("{}/{}/{}", key.layer.name(), key.source, key.source_id);
                complain(&format!("  {name} was {deed}, at revision {}", row.revision));
            }
            if rows > edited.len() as u64 {
                complain(&format!("  … and {} more", rows - edited.len() as u64));
            }
            Ok(ExitCode::FAILURE)
        }
    }
}
