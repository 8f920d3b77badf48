//! Files that come in over HTTP: received into a file, imported by a task that outlives the request.

use std::path::Path as FilePath;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use serde::Deserialize;
use spatial::crs::Crs;
use store::Undone;
use tokio::io::AsyncWriteExt;
use tokio::sync::oneshot;
use tokio_util::io::StreamReader;
use utoipa::IntoParams;

use super::extract::{Path, Query};
use super::problem::{Code, Issue, Problem, ProblemBody};
use crate::app::{self, App, ImportError, ImportJob, ImportOrder, ImportOutcome, Publisher, Started};
use crate::auth::{Caller, policy};
use crate::wire::{ImportBody, ImportList, UndoneBody};

/// How long an answer waits for a small import; a longer one is answered with 202 and goes on.
const WAITS: Duration = Duration::from_secs(20);
/// Imports of one list.
const LISTED: u32 = 100;

/// What comes, and how.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportQuery {
    /// Layer that the rows belong to; not given for `format=osm`.
    layer: Option<String>,
    /// `geojson` (also GeoJSONSeq) or `osm` (PBF); told from the content type when left out.
    format: Option<String>,
    /// Coordinate system of the file; there is no default.
    crs: Option<String>,
    /// Who says so; `import` when left out.
    source: Option<String>,
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
    /// The file holds everything that the source has in this layer: rows that are not in it are removed.
    #[serde(default)]
    complete: bool,
    /// What the file is called.
    name: Option<String>,
}

/// Imports a file: good rows are published together, bad ones are listed with line and reason. What takes longer than
/// 20 s is answered with 202 and goes on; ask for it under its id. An import that broke off goes on where it was when the
/// same file is sent again.
#[utoipa::path(post, path = "/api/v1/imports", tag = "data", params(ImportQuery), request_body(content = String, content_type = "application/geo+json"),
    responses((status = 200, body = ImportBody), (status = 202, body = ImportBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 413, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn import_file(
    State(app): State<App>,
    caller: Caller,
    Query(ask): Query<ImportQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let (dry_run, complete, name) = (ask.dry_run, ask.complete, named(ask.name.as_deref()));
    let job = job(ask, &headers)?;
    policy::may_import(&caller)?;
    let class = if let ImportJob::GeoJson { layer, .. } = &job { layer.name() } else { "osm" };
    app.looks.look(&caller, "import", class, Vec::new(), Some(format!("from {}", job.source())), None).await?;
    let file = receive(request, app.limits.import_bytes, app.limits.uploads.as_deref()).await?;
    let order = ImportOrder { path: file.to_path_buf(), name, job, who: caller.user.clone(), dry_run, complete };
    let started = app::begin(&app.store, order).await.map_err(problem)?;
    let id = started.id;
    let (tell, told) = oneshot::channel();
    tokio::spawn(run(app.clone(), started, file, tell));
    match tokio::time::timeout(WAITS, told).await {
        Ok(Ok(Ok(Some(preview)))) => Ok(axum::Json(ImportBody::preview(preview, &caller)).into_response()),
        Ok(Ok(Ok(None))) => Ok(axum::Json(body(&app, id, &caller).await?).into_response()),
        Ok(Ok(Err(error))) => Err(problem(error)),
        Ok(Err(_)) | Err(_) => {
            let location = [(header::LOCATION, format!("/api/v1/imports/{id}"))];
            Ok((StatusCode::ACCEPTED, location, axum::Json(body(&app, id, &caller).await?)).into_response())
        }
    }
}

type Told = Result<Option<ImportOutcome>, ImportError>;

/// The work behind the answer. The same file twice at one time is one import: the second sender hears of the first.
async fn run(app: App, started: Started, file: tempfile::TempPath, tell: oneshot::Sender<Told>) {
    let id = started.id;
    let Some(running) = app.imports.start(id) else { return };
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
            Publisher::settled(&app, revision).await;
            Ok(axum::Json(UndoneBody { id: id.to_string(), state: "undone", rows, revision }))
        }
        Undone::Refused { rows, edited } => {
            let issues = edited.into_iter().map(|row| {
                let (key, deed) = (row.key, if row.removed { "removed" } else { "changed" });
                let pointer = format!("/{}/{}/{}", key.layer.name(), key.source, key.source_id);
                let reason = format!("was {deed} since, at revision {}", row.revision);
                Issue { pointer: Some(pointer), line: None, reason }
            });
            let detail = format!("{rows} rows were edited since the import; nothing was undone");
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
    if let Some(preview) = app.imports.preview(id) {
        return Ok(ImportBody::preview(preview, caller));
    }
    let progress = app.imports.progress(id);
    let import = app.store.import(id).await?.ok_or_else(|| missing(id))?;
    Ok(ImportBody::of(import, progress.as_deref()))
}

/// A name for a file that came without one; of a path only the last part, bounded.
fn named(given: Option<&str>) -> String {
    let last = given.and_then(|name| name.rsplit(['/', '\\']).next()).filter(|name| !name.is_empty());
    last.unwrap_or("upload").chars().filter(|c| !c.is_control()).take(200).collect()
}

fn job(ask: ImportQuery, headers: &HeaderMap) -> Result<ImportJob, Problem> {
    let media = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let format =
        ask.format.unwrap_or_else(|| if media.contains("pbf") { "osm".to_owned() } else { "geojson".to_owned() });
    match format.as_str() {
        "osm" => Ok(ImportJob::Osm),
        "geojson" | "geojsonseq" => {
            let name = ask.layer.ok_or_else(|| Problem::at(Code::BadRequest, "/layer", "is missing"))?;
            let layer = spatial::Layer::from_name(&name).filter(|layer| layer.is_registered());
            let layer = layer.ok_or_else(|| {
                Problem::new(Code::UnknownLayer, format!("there is no layer {name:?} to import into"))
            })?;
            let crs = ask.crs.ok_or_else(|| {
                Problem::at(
                    Code::BadRequest,
                    "/crs",
                    "is missing: every import says which system its coordinates are in",
                )
            })?;
            let crs = Crs::from_name(&crs).map_err(|error| Problem::at(Code::Position, "/crs", error.to_string()))?;
            Ok(ImportJob::GeoJson { layer, source: ask.source.unwrap_or_else(|| "import".to_owned()), crs })
        }
        other => Err(Problem::at(
            Code::BadRequest,
            "/format",
            format!("{other:?} is not read yet; geojson, geojsonseq and osm are"),
        )),
    }
}

/// Streams the body into a file that vanishes by itself; memory does not grow with it.
async fn receive(request: Request, most: u64, folder: Option<&FilePath>) -> Result<tempfile::TempPath, Problem> {
    let fault = |error: std::io::Error| {
        tracing::error!(%error, "an upload could not be kept");
        Problem::new(Code::Unavailable, "the upload could not be kept")
    };
    let path = match folder {
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(fault)?;
            tempfile::NamedTempFile::new_in(folder)
        }
        None => tempfile::NamedTempFile::new(),
    };
    let path = path.map_err(fault)?.into_temp_path();
    let mut file = tokio::fs::File::create(&path).await.map_err(fault)?;
    let stream = request.into_body().into_data_stream().map_err(std::io::Error::other);
    let mut reader = StreamReader::new(stream);
    let mut buffer = vec![0_u8; 64 * 1024];
    let mut size = 0_u64;
    loop {
        let read = tokio::io::AsyncReadExt::read(&mut reader, &mut buffer).await;
        let read = read.map_err(|_broken| Problem::new(Code::BadRequest, "the body broke off"))?;
        if read == 0 {
            break;
        }
        size += read as u64;
        if size > most {
            return Err(Problem::new(Code::TooLarge, format!("a file may have {most} bytes here")));
        }
        file.write_all(buffer.get(..read).unwrap_or_default()).await.map_err(fault)?;
    }
    file.flush().await.map_err(fault)?;
    if size == 0 {
        return Err(Problem::new(Code::BadRequest, "the body is empty"));
    }
    Ok(path)
}

fn problem(error: ImportError) -> Problem {
    match error {
        ImportError::Unreadable(_) => Problem::new(Code::Invalid, error.to_string()),
        ImportError::Store(error) => error.into(),
        ImportError::File { .. } | ImportError::Changed(_) => {
            tracing::error!(%error, "an upload could not be read back");
            Problem::new(Code::Unavailable, "the upload could not be read back")
        }
    }
}
