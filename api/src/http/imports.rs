//! Files that come in over HTTP.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use futures::TryStreamExt;
use serde::Deserialize;
use spatial::crs::Crs;
use tokio::io::AsyncWriteExt;
use tokio_util::io::StreamReader;
use utoipa::IntoParams;

use super::extract::{Path, Query};
use super::problem::{Code, Problem, ProblemBody};
use crate::app::{App, ImportError, ImportJob, Publisher, import};
use crate::auth::{Caller, policy};
use crate::wire::ImportBody;

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
}

/// Imports a file: good rows are taken, bad ones are listed with line and reason.
#[utoipa::path(post, path = "/api/v1/imports", tag = "data", params(ImportQuery), request_body(content = String, content_type = "application/geo+json"),
    responses((status = 200, body = ImportBody), (status = 400, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 413, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn import_file(
    State(app): State<App>,
    caller: Caller,
    Query(ask): Query<ImportQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<axum::Json<ImportBody>, Problem> {
    let dry_run = ask.dry_run;
    let job = job(ask, &headers)?;
    caller.must_be(policy::IMPORTERS)?;
    let (class, what) = match &job {
        ImportJob::GeoJson { layer, source, .. } => (layer.name(), format!("from {source}")),
        ImportJob::Osm => ("osm", "from osm".to_owned()),
    };
    app.looks.look(&caller, "import", class, Vec::new(), Some(what), None).await?;
    let file = receive(request, app.limits.import_bytes).await?;
    let outcome = import(&app.store, file.to_path_buf(), job, dry_run, |_, _| ()).await.map_err(problem)?;
    if !dry_run {
        Publisher::settled(&app, outcome.written.revision).await;
    }
    let id = format!("{:x}", crate::app::now_ms()) + &outcome.written.revision.to_string();
    app.imports.keep(id.clone(), outcome.clone());
    Ok(axum::Json(ImportBody::of(id, outcome)))
}

/// The report of an import made since the server started (the last 1,000 are kept).
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "data", params(("id" = String, Path)),
    responses((status = 200, body = ImportBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(super) async fn import_report(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<ImportBody>, Problem> {
    let outcome =
        app.imports.outcome(&id).ok_or_else(|| Problem::new(Code::NotFound, format!("there is no import {id:?}")))?;
    caller.must_be(policy::IMPORTERS)?;
    Ok(axum::Json(ImportBody::of(id, outcome)))
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
async fn receive(request: Request, most: u64) -> Result<tempfile::TempPath, Problem> {
    let fault = |error: std::io::Error| {
        tracing::error!(%error, "an upload could not be kept");
        Problem::new(Code::Unavailable, "the upload could not be kept")
    };
    let path = tempfile::NamedTempFile::new().map_err(fault)?.into_temp_path();
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
        ImportError::Unreadable(error) => Problem::new(Code::Invalid, error.to_string()),
        ImportError::Store(error) => error.into(),
        ImportError::File { error, .. } => {
            tracing::error!(%error, "an upload could not be read back");
            Problem::new(Code::Unavailable, "the upload could not be read back")
        }
    }
}
