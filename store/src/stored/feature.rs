//! A feature as a row.

use sha2::{Digest, Sha256};
use spatial::{Attributes, Feature, FeatureKey, Fid, Layer, Noun};

use super::{properties, wkb};
use crate::Error;

/// A feature on its way into a table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) key: FeatureKey,
    pub(crate) fid: i64,
    pub(crate) geometry: Vec<u8>,
    pub(crate) properties: String,
    pub(crate) attributes: String,
    /// Tells whether two rows of one key say the same, without reading the old one.
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
        for part in [geometry.as_slice(), fields.as_bytes(), attributes.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finalize().get(..16).unwrap_or_default().to_vec();
        Ok(Self { fid: number(key.fid()), key, geometry, properties: fields, attributes, digest })
    }
}

/// The columns of a row that make a feature.
#[derive(Debug)]
pub(crate) struct Columns<'a> {
    pub(crate) layer: Layer,
    pub(crate) source: String,
    pub(crate) source_id: String,
    pub(crate) revision: i64,
    pub(crate) geometry: &'a [u8],
    pub(crate) properties: &'a str,
    pub(crate) attributes: &'a str,
}

impl Columns<'_> {
    /// The feature that was stored.
    pub(crate) fn feature(self) -> Result<Feature, Error> {
        const DOING: &str = "read features";
        let key = FeatureKey { layer: self.layer, source: self.source, source_id: self.source_id };
        let broken = |why: &dyn std::fmt::Display| Error::corrupt(DOING, format!("{}: {why}", say(&key)));
        let geometry = wkb::read(self.geometry).map_err(|why| broken(&why))?;
        let mut fields = properties::read(self.properties).map_err(|why| broken(&why))?;
        let noun = Noun::take(key.layer, &mut fields).map_err(|why| broken(&why))?;
        let mut attributes = Attributes::new();
        for (name, value) in properties::read(self.attributes).map_err(|why| broken(&why))? {
            // The deny-list may have grown since: what may no longer be kept is not shown either, and the rest is.
            if let Err(why) = attributes.put(name.into_owned(), value) {
                tracing::warn!(layer = key.layer.name(), %why, "left out a stored attribute");
            }
        }
        Ok(Feature { revision: revision(self.revision), geometry, noun, attributes, key })
    }
}

/// The layer of a stored name.
pub(crate) fn layer(name: &str) -> Result<Layer, Error> {
    Layer::from_name(name).ok_or_else(|| Error::corrupt("read features", format!("there is no layer {name:?}")))
}

/// A feature's number as the databases keep it: 53 bits always fit.
pub(crate) fn number(fid: Fid) -> i64 {
    i64::try_from(fid).unwrap_or(i64::MAX)
}

/// A feature's number from a table.
pub(crate) fn fid(number: i64) -> Fid {
    Fid::try_from(number).unwrap_or_default()
}

/// A revision from a table.
pub(crate) fn revision(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A key for people to read.
pub(crate) fn say(key: &FeatureKey) -> String {
    format!("{}/{}/{}", key.layer.name(), key.source, key.source_id)
}
