//! Files that come in over HTTP, imported by a task that outlives the request.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use intake::IntakeError;
use serde::Deserialize;
use spatial::Layer;
use store::Undone;
use tokio::sync::oneshot;
use utoipa::IntoParams;

use super::extract::{Path, Query};
use super::problem::{Code, Issue, Problem, ProblemBody};
use super::upload::{self, Spooled};
use crate::app::{
    self, App, Begin, ImportError, ImportOrder, ImportOutcome, ImportWords, Publisher, Running, Started, WrongWord,
    undo_first,
};
use crate::auth::{Caller, policy};
use crate::wire::{ImportBody, ImportForm, ImportList, UndoneBody};

/// How long an answer waits for a small import; a longer one is answered with 202 and goes on.
const WAITS: Duration = Duration::from_secs(20);
/// Between two looks for what is there in a moment.
const MOMENT: Duration = Duration::from_millis(20);
/// Imports of one list.
const LISTED: u32 = 100;

/// What comes, and how.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportQuery {
    /// Layer that the rows belong to; not given for `format=osm`.
    layer: Option<String>,
    /// `geojson`, `geojsonseq`, `csv`, `tsv`, `shapefile` (a zip), `flatgeobuf`, `geopackage` or `osm` (PBF); told from
    /// the content type or the name when left out, where they leave no doubt.
    format: Option<String>,
    /// Coordinate system of the file: `wgs84`, `cgcs2000`, `cgcs2000_gk120`, `gcj02`, `bd09`, `epsg:N`; there is no
    /// default.
    crs: Option<String>,
    /// Who says so; `import` when left out.
    source: Option<String>,
    /// Encoding of the text of a CSV or shapefile: `utf-8`, `gb18030`, `big5`…; when left out what the mapping or the file
    /// says, else UTF-8.
    encoding: Option<String>,
    /// What parts the cells of a CSV: one character, or `tab`, `comma`, `semicolon`, `pipe`.
    delimiter: Option<String>,
    /// Which of several tables of a `GeoPackage`, or of several shapefiles in a zip.
    table: Option<String>,
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
    /// The file holds all that the sources of its rows have in this layer: rows of theirs that it lacks are removed.
    #[serde(default)]
    complete: bool,
    /// What the file is called; the name in the form when left out.
    name: Option<String>,
}

impl ImportQuery {
    fn words<'a>(&'a self, media: Option<&'a str>) -> ImportWords<'a> {
        ImportWords {
            layer: self.layer.as_deref(),
            format: self.format.as_deref(),
            crs: self.crs.as_deref(),
            source: self.source.as_deref(),
            encoding: self.encoding.as_deref(),
            delimiter: self.delimiter.as_deref(),
            table: self.table.as_deref(),
            mapping: None,
            file: self.name.as_deref(),
            media,
        }
    }
}

/// Imports a file: good rows are published together, bad ones are listed with line and reason. What takes longer than
/// 20 s is answered with 202 and goes on; ask for it under its id. An import that broke off goes on where it was when the
/// same file is sent again. The very same request again, while it is under way, is answered with 202 and its id; one that
/// differs in anything (`dry_run`, `complete`, the mapping) is an import of its own, which waits for its turn. The body is the file itself, or a form with the file and the mapping of its columns.
#[utoipa::path(post, path = "/api/v1/imports", tag = "data", params(ImportQuery),
    request_body(content((String = "application/geo+json"), (String = "application/octet-stream"), (ImportForm = "multipart/form-data"))),
    responses((status = 200, body = ImportBody), (status = 202, body = ImportBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 413, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(super) async fn import_file(
    State(app): State<App>,
    caller: Caller,
    Query(ask): Query<ImportQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let form = media.is_some_and(|media| media.starts_with(upload::FORM));
    upload::plain(&headers)?;
    let mut words = ask.words(media.filter(|_| !form));
    let target = words.target().map_err(|word| wrong(&word))?;
    if !form {
        // Nothing more will be said: what is wrong is told before a long body is read.
        words.job().map_err(|word| wrong(&word))?;
    }
    policy::may_import(&caller)?;
    let (class, source) = (target.map_or("osm", Layer::name), words.source.unwrap_or("import"));
    let detail = format!("from {}", if target.is_none() { "osm" } else { source });
    app.looks.look(&caller, "import", class, Vec::new(), Some(detail), None).await?;
    let (most, folder) = (app.limits.import_bytes, app.limits.uploads.as_deref());
    let upload =
        if form { upload::form(request, most, folder).await? } else { upload::body(request, most, folder).await? };
    words.file = words.file.or(upload.name.as_deref());
    words.mapping = upload.mapping.as_deref();
    let job = words.job().map_err(|word| wrong(&word))?;
    let name = named(words.file);
    let (dry_run, complete, file) = (ask.dry_run, ask.complete, upload.file);
    let known = Some(app.world.still().index.clone());
    let (path, who) = (file.path().to_owned(), caller.user.clone());
    let order = ImportOrder { path, name: name.clone(), job, who, dry_run, complete, known };
    // In a task of its own: who goes away meanwhile does not take the file from under whoever reads it.
    let opened = app.clone();
    let begun = tokio::spawn(async move { (opened.imports.begin(&opened.store, order).await, file) });
    let (begun, file) = begun.await.map_err(|_broken| unread())?;
    let (started, running) = match begun.map_err(|error| problem(error, &name))? {
        Begin::Started(started, running) => (*started, running),
        Begin::Joined(id) => return accepted(&app, id, &caller).await,
        Begin::Full(number) => return Err(full(number)),
    };
    let id = started.id;
    let (tell, told) = oneshot::channel();
    tokio::spawn(run(app.clone(), started, running, file, tell));
    match tokio::time::timeout(WAITS, told).await {
        Ok(Ok(Ok(Some(preview)))) => Ok(axum::Json(ImportBody::preview(preview, &caller)).into_response()),
        Ok(Ok(Ok(None))) => Ok(axum::Json(body(&app, id, &caller).await?).into_response()),
        Ok(Ok(Err(error))) => Err(problem(error, &name)),
        Ok(Err(_)) | Err(_) => accepted(&app, id, &caller).await,
    }
}

/// It goes on; there it says how far it is.
async fn accepted(app: &App, id: u64, caller: &Caller) -> Result<Response, Problem> {
    let location = [(header::LOCATION, format!("/api/v1/imports/{id}"))];
    Ok((StatusCode::ACCEPTED, location, axum::Json(body(app, id, caller).await?)).into_response())
}

type Told = Result<Option<ImportOutcome>, ImportError>;

/// The work behind the answer.
async fn run(app: App, started: Started, running: Running, file: Spooled, tell: oneshot::Sender<Told>) {
    let id = started.id;
    let turn = app.imports.turn().await;
    let result = app::import(&app.store, started, &running.progress).await;
    drop((turn, file));
    let result = match result {
        Ok(outcome) if outcome.dry_run => {
            app.imports.keep(outcome.clone());
            Ok(Some(outcome))
        }
        Ok(outcome) => {
            if let Some(revision) = outcome.revision {
                Publisher::settled(&app, revision).await;
            }
            Ok(None)
        }
        Err(error) => {
            tracing::info!(id, %error, "an import came to nothing");
            Err(error)
        }
    };
    drop(running);
    // Whoever sent it may have gone; the store remembers.
    drop(tell.send(result));
}

/// The report of an import, or how far it is.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "data", params(("id" = String, Path)),
    responses((status = 200, body = ImportBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn import_report(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<ImportBody>, Problem> {
    let body = body(&app, number(&id)?, &caller).await?;
    policy::may_import(&caller)?;
    Ok(axum::Json(body))
}

/// The newest 100 imports, newest first.
#[utoipa::path(get, path = "/api/v1/imports", tag = "data",
    responses((status = 200, body = ImportList), (status = 403, body = ProblemBody)))]
pub(super) async fn import_list(State(app): State<App>, caller: Caller) -> Result<axum::Json<ImportList>, Problem> {
    policy::may_import(&caller)?;
    let imports = app.store.imports(LISTED).await?.into_iter();
    let imports = imports.map(|import| {
        let progress = app.imports.progress(import.id);
        ImportBody { errors: Vec::new(), ..ImportBody::of(import, progress.as_deref()) }
    });
    Ok(axum::Json(ImportList { imports: imports.collect() }))
}

/// Puts back exactly what was there before an import; refused with the list of rows that were edited since.
#[utoipa::path(post, path = "/api/v1/imports/{id}/undo", tag = "data", params(("id" = String, Path)),
    responses((status = 200, body = UndoneBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(super) async fn undo_import(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<UndoneBody>, Problem> {
    let id = number(&id)?;
    let import = app.store.import(id).await?.ok_or_else(|| missing(id))?;
    policy::may_import(&caller)?;
    let class = import.draft.layers.iter().map(|layer| layer.name()).collect::<Vec<_>>().join(",");
    app.looks.look(&caller, "undo import", &class, vec![id.to_string()], None, None).await?;
    match app.store.undo_import(id, app::now_ms()).await? {
        Undone::Done { rows, revision } => {
            if import.draft.is_history() {
                app.past.forget();
            }
            Publisher::settled(&app, revision).await;
            Ok(axum::Json(UndoneBody { id: id.to_string(), state: "undone", rows, revision }))
        }
        Undone::Refused { rows, edited } => {
            let first = undo_first(&app.store, &edited).await?;
            let issues = edited.into_iter().map(|row| {
                let (key, deed) = (row.key, if row.removed { "removed" } else { "changed" });
                let pointer = format!("/{}/{}/{}", key.layer.name(), key.source, key.source_id);
                let reason = format!("was {deed} since, at revision {}", row.revision);
                Issue { pointer: Some(pointer), line: None, reason }
            });
            let detail = format!("{rows} rows were edited since the import; nothing was undone{first}");
            Err(Problem::listing(Code::Conflict, detail, issues.collect()))
        }
    }
}

fn number(id: &str) -> Result<u64, Problem> {
    id.parse().map_err(|_no_number| missing(id))
}

fn missing(id: impl std::fmt::Display) -> Problem {
    Problem::new(Code::NotFound, format!("there is no import {id}"))
}

async fn body(app: &App, id: u64, caller: &Caller) -> Result<ImportBody, Problem> {
    loop {
        if let Some(preview) = app.imports.preview(id) {
            return Ok(ImportBody::preview(preview, caller));
        }
        let progress = app.imports.progress(id);
        if let Some(import) = app.store.import(id).await? {
            return Ok(ImportBody::of(import, progress.as_deref()));
        }
        if progress.is_none() {
            return Err(missing(id));
        }
        // A dry run that the store has forgotten, and whose outcome is there in a moment.
        tokio::time::sleep(MOMENT).await;
    }
}

fn full(number: usize) -> Problem {
    let why = format!("{number} imports are under way or wait here: send the file again when one has ended");
    Problem::new(Code::Unavailable, why)
}

/// A name for a file that came without one; of a path only the last part, bounded.
fn named(given: Option<&str>) -> String {
    let last = given.and_then(|name| name.rsplit(['/', '\\']).next()).filter(|name| !name.is_empty());
    let name: String = last.unwrap_or("upload").chars().filter(|c| !c.is_control()).take(200).collect();
    app::file_told(&name)
}

/// The problem of a word that is missing or means nothing.
fn wrong(word: &WrongWord) -> Problem {
    let (unknown, pointer) = (word.why.contains("is not there"), format!("/{}", word.part));
    match word.part {
        "layer" if unknown => Problem::new(Code::UnknownLayer, word.to_string()),
        "crs" if !word.why.contains("is missing") => Problem::at(Code::Position, pointer, word.why.clone()),
        _ => Problem::at(Code::BadRequest, pointer, word.why.clone()),
    }
}

fn problem(error: ImportError, file: &str) -> Problem {
    match error {
        ImportError::Unreadable(IntakeError::Options { part: Some(part), why }) => {
            Problem::at(Code::BadRequest, format!("/{part}"), format!("{file}: {why}"))
        }
        ImportError::Unreadable(IntakeError::Options { part: None, why }) => {
            Problem::new(Code::BadRequest, format!("{file}: {why}"))
        }
        ImportError::Unreadable(_) => Problem::new(Code::Invalid, format!("{file}: {error}")),
        ImportError::NoRows(_) => Problem::new(Code::Invalid, format!("{file}: nothing could be read: {error}")),
        ImportError::Store(error) => error.into(),
        ImportError::File { .. } | ImportError::Changed(_) => {
            tracing::error!(%error, "an upload could not be read back");
            unread()
        }
    }
}

fn unread() -> Problem {
    Problem::new(Code::Unavailable, "the upload could not be read back")
}
