//! The two passes over an extract.

use std::io::{Read, Seek};

use super::pbf::{Blob, BlobError, Blobs, Want, header_features, objects};
use super::reading::Reading;
use crate::problem::Problem;
use crate::{Flow, IntakeError, Report, Row};

const FORMAT: &str = "OpenStreetMap PBF";
/// What a file may require of its reader, and this one does.
const UNDERSTOOD: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// Reads all layers of an extract. `progress` is told how many bytes of the file are done; each byte counts half in
/// each of the two passes, so it ends at the length of the file.
///
/// # Errors
/// When the file is no PBF, needs what is not understood, or holds no readable block. A file that ends early or has a
/// damaged block gives what can be read, and the report says so.
pub fn osm(
    bytes: impl Read + Seek,
    each: &mut dyn FnMut(Row) -> Flow,
    progress: &mut dyn FnMut(u64),
) -> Result<Report, IntakeError> {
    let mut blobs = Blobs::new(bytes);
    let mut reading = Reading::new(each);
    let way_blocks = first_pass(&mut blobs, &mut reading, progress)?;
    let length = blobs.at();
    reading.nodes_are_known();
    for block in way_blocks {
        if reading.stopped() {
            break;
        }
        second_pass(&mut blobs, &block, &mut reading)?;
        progress(length.midpoint(blobs.at()));
    }
    reading.areas();
    progress(length);
    Ok(reading.finish())
}

/// A blob to which the second pass goes back.
struct WayBlock {
    at: u64,
    /// The first pass has already said that it is damaged.
    damage_told: bool,
}

fn first_pass<R: Read + Seek>(
    blobs: &mut Blobs<R>,
    reading: &mut Reading<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<WayBlock>, IntakeError> {
    let mut way_blocks = Vec::new();
    let (mut first, mut readable) = (true, false);
    let mut trouble: Option<String> = None;
    while !reading.stopped() {
        let at = blobs.at();
        match blobs.next() {
            Ok(None) if first => return Err(IntakeError::Empty),
            Ok(None) => break,
            Ok(Some(Blob::Header(header))) => understood(header)?,
            Ok(Some(Blob::Data(_) | Blob::Other)) if first => return Err(no_pbf("it does not begin with a header")),
            Ok(Some(Blob::Other)) => {}
            Ok(Some(Blob::Data(block))) => {
                let want = Want { nodes: true, ways: false, relations: true };
                match objects(block, want, &mut |object| reading.object(object)) {
                    Ok(true) => way_blocks.push(WayBlock { at, damage_told: false }),
                    Ok(false) => {}
                    Err(broken) => {
                        way_blocks.push(WayBlock { at, damage_told: true });
                        reading.damaged(at, &broken.to_string());
                        trouble.get_or_insert(broken.to_string());
                    }
                }
                readable |= trouble.is_none();
            }
            Err(BlobError::Io(error)) => return Err(error.into()),
            Err(error) if first => return Err(no_pbf(&error.to_string())),
            Err(error) => {
                trouble.get_or_insert(error.to_string());
                reading.damaged(at, &error.to_string());
                if !matches!(error, BlobError::Damaged(_)) {
                    reading.truncated();
                    break;
                }
            }
        }
        first = false;
        progress(blobs.at() / 2);
    }
    match trouble {
        Some(what) if !readable && reading.is_empty() => Err(no_pbf(&what)),
        Some(_) | None => Ok(way_blocks),
    }
}

fn second_pass<R: Read + Seek>(
    blobs: &mut Blobs<R>,
    block: &WayBlock,
    reading: &mut Reading<'_>,
) -> Result<(), IntakeError> {
    blobs.seek(block.at)?;
    let want = Want { nodes: false, ways: true, relations: false };
    let damage = match blobs.next() {
        Ok(Some(Blob::Data(bytes))) => objects(bytes, want, &mut |object| reading.object(object)).err(),
        Err(BlobError::Io(error)) => return Err(error.into()),
        // It was read before; a file that changes meanwhile is not ours to judge.
        Ok(_) | Err(_) => None,
    };
    if let Some(damage) = damage.filter(|_| !block.damage_told) {
        reading.damaged(block.at, &damage.to_string());
    }
    Ok(())
}

fn understood(header: &[u8]) -> Result<(), IntakeError> {
    let required = header_features(header).map_err(|broken| no_pbf(&broken.to_string()))?;
    match required.iter().find(|feature| !UNDERSTOOD.contains(&feature.as_str())) {
        None => Ok(()),
        Some(feature) => Err(no_pbf(&format!("it requires {feature:?}, which is not understood"))),
    }
}

fn no_pbf(what: &str) -> IntakeError {
    IntakeError::NotThatFormat { format: FORMAT, what: what.to_owned() }
}

impl Reading<'_> {
    /// A block that cannot be read (to its end).
    fn damaged(&mut self, at: u64, what: &str) {
        self.sink.bad(&format!("block at byte {at}"), Problem::plain(what));
    }
}
