//! A feature as a row.

use sha2::{Digest, Sha256};
use spatial::noun::Settled;
use spatial::{Attributes, Feature, FeatureKey, Layer, Noun};

use super::number::{signed, unsigned};
use super::{properties, wkb};
use crate::{Change, Error};

const READ: &str = "read features";

/// A feature on its way into a table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) key: FeatureKey,
    pub(crate) fid: i64,
    pub(crate) geometry: Vec<u8>,
    pub(crate) properties: String,
    pub(crate) attributes: String,
    /// Tells whether two rows of one key say the same, without reading the old one. The order of attributes says
    /// nothing: other programs, and JSON itself, do not keep it.
    pub(crate) digest: Vec<u8>,
}

impl Row {
    /// The row of a feature, or why there cannot be one.
    pub(crate) fn of(feature: &Feature) -> Result<Self, Error> {
        const DOING: &str = "store features";
        let key = feature.key.clone();
        let refuse = |why: &dyn std::fmt::Display| Error::invalid(DOING, format!("{}: {why}", say(&key)));
        if feature.noun.layer() != key.layer {
            return Err(refuse(&format_args!("its fields are those of layer {}", feature.noun.layer().name())));
        }
        if [&key.source, &key.source_id].into_iter().any(|text| text.is_empty() || text.contains('\0')) {
            return Err(refuse(&"source or source id is empty or holds a zero byte"));
        }
        let geometry = wkb::write(&feature.geometry).map_err(|why| refuse(&why))?;
        let fields = properties::write(&feature.noun.properties()).map_err(|why| refuse(&why))?;
        let attributes = properties::write(feature.attributes.properties()).map_err(|why| refuse(&why))?;
        let mut hash = Sha256::new();
        let bag = properties::in_order(feature.attributes.properties()).map_err(|why| refuse(&why))?;
        for part in [geometry.as_slice(), fields.as_bytes(), bag.as_ref().unwrap_or(&attributes).as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finalize().get(..16).unwrap_or_default().to_vec();
        Ok(Self { fid: signed(key.fid()), key, geometry, properties: fields, attributes, digest })
    }
}

/// Columns: `layer, source, source_id, revision, geometry, properties, attributes`.
pub(crate) type Columns = (String, String, String, i64, Vec<u8>, String, String);

/// Columns: `fid, layer, source, source_id, revision, geometry, properties, attributes`; a tombstone has no content.
pub(crate) type ChangeColumns = (i64, String, String, String, i64, Option<Vec<u8>>, Option<String>, Option<String>);

/// The feature of a row.
pub(crate) fn feature((name, source, source_id, revision, geometry, fields, bag): Columns) -> Result<Feature, Error> {
    let key = FeatureKey { layer: layer(&name)?, source, source_id };
    let broken = |why: &dyn std::fmt::Display| Error::corrupt(READ, format!("{}: {why}", say(&key)));
    let geometry = wkb::read(&geometry).map_err(|why| broken(&why))?;
    let mut fields = properties::read(&fields).map_err(|why| broken(&why))?;
    let noun = Noun::take(key.layer, &mut fields).map_err(|why| broken(&why))?;
    let mut attributes = Attributes::new();
    let mut bag = properties::read(&bag).map_err(|why| broken(&why))?;
    // So may what is known of rooms: they are not shown, and their own fields stand in `fields`.
    if Noun::settle(key.layer, &mut bag) != Settled::default() {
        drop((bag.take("room"), bag.take("floor")));
    }
    for (name, value) in bag {
        // The deny-list may have grown since: what may no longer be kept is not shown either, and the rest is.
        if let Err(why) = attributes.put(name.into_owned(), value) {
            tracing::warn!(layer = key.layer.name(), %why, "left out a stored attribute");
        }
    }
    Ok(Feature { revision: unsigned(revision), geometry, noun, attributes, key })
}

/// The change of a row.
pub(crate) fn change(columns: ChangeColumns) -> Result<Change, Error> {
    let (fid, name, source, source_id, revision, geometry, fields, bag) = columns;
    let layer = layer(&name)?;
    let feature = match (geometry, fields, bag) {
        (Some(geometry), Some(fields), Some(bag)) => {
            Some(feature((name, source, source_id, revision, geometry, fields, bag))?)
        }
        _ => None,
    };
    Ok(Change { revision: unsigned(revision), layer, fid: unsigned(fid), feature })
}

/// The features of rows that have a mark in the place of their number, and the last mark.
pub(crate) fn scanned(rows: Vec<ChangeColumns>) -> Result<(Vec<Feature>, Option<i64>), Error> {
    let last = rows.last().map(|row| row.0);
    let features = rows.into_iter().map(change).filter_map(|change| change.map(|change| change.feature).transpose());
    Ok((features.collect::<Result<_, _>>()?, last))
}

/// The layer of a stored name.
pub(crate) fn layer(name: &str) -> Result<Layer, Error> {
    Layer::from_name(name).ok_or_else(|| Error::corrupt(READ, format!("there is no layer {name:?}")))
}

/// A key for people to read.
pub(crate) fn say(key: &FeatureKey) -> String {
    format!("{}/{}/{}", key.layer.name(), key.source, key.source_id)
}
