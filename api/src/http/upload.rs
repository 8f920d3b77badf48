//! A file that comes in over HTTP: kept in a file of its own without a name, which vanishes with the process however that
//! ends, so that every format can be gone back in and memory does not grow with it.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use futures::TryStreamExt;
use intake::Mapping;
use tempfile::TempPath;
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio_util::io::StreamReader;

use super::problem::{Code, Problem};

/// The type of a form with files.
pub(super) const FORM: &str = "multipart/form-data";
/// Bytes of a form beside its file: the mapping, names, separators.
const BESIDE: u64 = 2 * 1024 * 1024;

/// What came.
pub(super) struct Upload {
    pub(super) file: Spooled,
    /// What the form calls the file.
    pub(super) name: Option<String>,
    /// Text of the mapping.
    pub(super) mapping: Option<String>,
}

/// A file that is there as long as this is.
pub(super) struct Spooled {
    path: PathBuf,
    /// By which it stays.
    _kept: Kept,
}

enum Kept {
    /// It has no name, and is gone when the last who has it open is.
    Open(#[expect(dead_code, reason = "it is there to be open")] File),
    /// It has a name, where a process has no way to open a file without one again.
    Named(#[expect(dead_code, reason = "it removes the file in the end")] TempPath),
}

impl Spooled {
    /// A new file in the folder, or where the system has such files, and what writes into it.
    fn new(folder: Option<&Path>) -> std::io::Result<(Self, File)> {
        let file = match folder {
            Some(folder) => {
                std::fs::create_dir_all(folder)?;
                tempfile::tempfile_in(folder)?
            }
            None => tempfile::tempfile()?,
        };
        let open = file.try_clone()?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd()));
        if path.metadata().is_ok() {
            return Ok((Self { path, _kept: Kept::Open(open) }, file));
        }
        let named = match folder {
            Some(folder) => tempfile::NamedTempFile::new_in(folder)?,
            None => tempfile::NamedTempFile::new()?,
        };
        let (file, path) = named.into_parts();
        Ok((Self { path: path.to_path_buf(), _kept: Kept::Named(path) }, file))
    }

    /// Where this process opens it again, as long as this is there: afterwards the name may be that of another file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// A body is taken as it is: one that was packed for the way would be read as another format.
pub(super) fn plain(headers: &HeaderMap) -> Result<(), Problem> {
    let packed = headers.get_all(header::CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    match packed.map(str::trim).find(|word| !word.is_empty() && !word.eq_ignore_ascii_case("identity")) {
        Some(word) => {
            let word: String = word.chars().filter(char::is_ascii_graphic).take(40).collect();
            let why = format!("the body has the content encoding {word}; send the file unpacked");
            Err(Problem::new(Code::MediaType, why))
        }
        None => Ok(()),
    }
}

/// A body that is the file.
pub(super) async fn body(request: Request, most: u64, folder: Option<&Path>) -> Result<Upload, Problem> {
    let stream = request.into_body().into_data_stream().map_err(std::io::Error::other);
    let file = spool(StreamReader::new(stream), most, folder).await?;
    Ok(Upload { file, name: None, mapping: None })
}

/// A form with the parts `file` and, if there is one, `mapping`.
pub(super) async fn form(request: Request, most: u64, folder: Option<&Path>) -> Result<Upload, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|error| broken(&error))?;
    let limits =
        multer::SizeLimit::new().whole_stream(most.saturating_add(BESIDE)).for_field("mapping", mapping_most());
    let limits = multer::Constraints::new().size_limit(limits);
    let stream = request.into_body().into_data_stream();
    let mut form = multer::Multipart::with_constraints(stream, boundary, limits);
    let (mut file, mut name, mut mapping) = (None, None, None);
    while let Some(part) = form.next_field().await.map_err(|error| broken(&error))? {
        match part.name().unwrap_or_default() {
            "mapping" if mapping.is_none() => {
                let bytes = part.bytes().await.map_err(|error| broken(&error))?;
                mapping = Some(text(&bytes)?);
            }
            "file" if file.is_none() => {
                name = part.file_name().map(str::to_owned);
                let stream = part.map_err(std::io::Error::other);
                file = Some(spool(StreamReader::new(stream), most, folder).await?);
            }
            other => {
                let short: String = other.chars().take(40).collect();
                let why = "is no part of an import, or is there twice; there are file and mapping";
                return Err(Problem::at(Code::BadRequest, format!("/{short}"), why));
            }
        }
    }
    let file = file.ok_or_else(|| Problem::at(Code::BadRequest, "/file", "is missing"))?;
    Ok(Upload { file, name, mapping })
}

fn mapping_most() -> u64 {
    u64::try_from(Mapping::LONGEST).unwrap_or(u64::MAX)
}

fn text(bytes: &Bytes) -> Result<String, Problem> {
    let text = std::str::from_utf8(bytes).map(str::to_owned);
    text.map_err(|error| {
        let why = format!("is not UTF-8: byte {} does not fit", error.valid_up_to());
        Problem::at(Code::BadRequest, "/mapping", why)
    })
}

fn broken(error: &multer::Error) -> Problem {
    if let multer::Error::FieldSizeExceeded { field_name, limit } = error {
        let name = field_name.as_deref().unwrap_or("part");
        return Problem::new(Code::TooLarge, format!("{name} may have {limit} bytes"));
    }
    if let multer::Error::StreamSizeExceeded { limit } = error {
        return Problem::new(Code::TooLarge, format!("a form may have {limit} bytes here"));
    }
    Problem::new(Code::BadRequest, format!("the form cannot be read: {error}"))
}

/// Streams bytes into a file that vanishes by itself.
async fn spool(mut bytes: impl AsyncRead + Unpin, most: u64, folder: Option<&Path>) -> Result<Spooled, Problem> {
    let fault = |error: std::io::Error| {
        tracing::error!(%error, "an upload could not be kept");
        Problem::new(Code::Unavailable, "the upload could not be kept")
    };
    let (spooled, file) = Spooled::new(folder).map_err(fault)?;
    let mut file = tokio::fs::File::from_std(file);
    let mut buffer = vec![0_u8; 64 * 1024];
    let mut size = 0_u64;
    loop {
        let read = tokio::io::AsyncReadExt::read(&mut bytes, &mut buffer).await;
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
    Ok(spooled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_upload_has_no_name_and_is_read_as_often_as_one_likes() {
        let folder = tempfile::tempdir().unwrap();
        let waits = folder.path().join("uploads");
        let spooled = spool(&b"abc"[..], 3, Some(&waits)).await.ok().unwrap();
        // A process that is killed now leaves what has a name.
        assert_eq!(std::fs::read_dir(&waits).unwrap().count(), 0);
        for _ in 0..2 {
            assert_eq!(std::fs::read(spooled.path()).unwrap(), b"abc");
        }
        assert_eq!(std::fs::metadata(spooled.path()).unwrap().len(), 3);
        assert!(spool(&b"abcd"[..], 3, Some(&waits)).await.is_err());
        assert!(spool(&b""[..], 3, None).await.is_err());
    }
}
