//! The registry's nouns: what a house, an enterprise, a camera… is, field by field.
//!
//! Every noun is read from and written to [`Properties`] by the same field names that the contract fixes; what a noun
//! does not know goes to the attribute bag.

mod field;
mod inside;
mod kinds;
mod nested;
mod registry;
mod rooms;

#[cfg(test)]
mod tests;

pub use field::{FieldError, FieldSpec, FieldType, RegistrationNumber};
pub use inside::inside;
pub use kinds::{CameraKind, JurisdictionLevel, Oneway, PLACE_KINDS, PlaceKind, RoadClass};
pub use registry::{
    Building, Camera, Date, Enterprise, Grid, House, Jurisdiction, Land, Nodes, Place, ResidentCount, Road, Water,
};
pub use rooms::Settled;

use crate::layer::Layer;
use crate::secret::secret_in;
use crate::value::Properties;

/// Why properties are not the noun they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NounError {
    /// The layer holds no registry features (people and units are not imported).
    #[error("layer {0} takes no features")]
    NotRegistered(&'static str),
    /// A field is missing or wrong.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// Two fields contradict each other, or a rule over several fields is broken.
    #[error("{0}")]
    Rule(&'static str),
}

/// A feature's own facts, by layer.
#[derive(Debug, Clone, PartialEq)]
pub enum Noun {
    /// A dwelling.
    House(House),
    /// A building.
    Building(Building),
    /// An enterprise.
    Enterprise(Enterprise),
    /// A camera.
    Camera(Camera),
    /// A place of public interest.
    Place(Place),
    /// A street.
    Road(Road),
    /// Water.
    Water(Water),
    /// Ground.
    Land(Land),
    /// A governance grid cell.
    Grid(Grid),
    /// A division of the city.
    Jurisdiction(Jurisdiction),
    /// Residents of a dwelling, as counts.
    Residents(ResidentCount),
}

/// One line a noun: variant, layer, struct.
macro_rules! nouns {
    ($($variant:ident, $layer:ident, $noun:ident;)*) => {
        impl Noun {
            /// The layer that the noun belongs to.
            pub fn layer(&self) -> Layer {
                match self { $(Self::$variant(_) => Layer::$layer,)* }
            }

            /// Takes the fields of the layer's noun out of `properties`; what is left is for the attribute bag.
            pub fn take(layer: Layer, properties: &mut Properties) -> Result<Self, NounError> {
                let noun = match layer {
                    $(Layer::$layer => Self::$variant($noun::take(properties)?),)*
                    Layer::People | Layer::Units | Layer::Incidents => return Err(NounError::NotRegistered(layer.name())),
                };
                noun.check()?;
                Ok(noun)
            }

            /// All fields that have a value, in the order of [`Noun::fields`].
            pub fn properties(&self) -> Properties {
                let mut all = Properties::new();
                match self { $(Self::$variant(noun) => noun.write(&mut all),)* }
                all
            }

            /// The fields that the layer's noun has; none for layers without a noun.
            pub fn fields(layer: Layer) -> &'static [FieldSpec] {
                match layer {
                    $(Layer::$layer => $noun::FIELDS,)*
                    Layer::People | Layer::Units | Layer::Incidents => &[],
                }
            }
        }
    };
}

nouns! {
    House, Houses, House;
    Building, Buildings, Building;
    Enterprise, Enterprises, Enterprise;
    Camera, Cameras, Camera;
    Place, Places, Place;
    Road, Roads, Road;
    Water, Water, Water;
    Land, Land, Land;
    Grid, Grids, Grid;
    Jurisdiction, Jurisdictions, Jurisdiction;
    Residents, Residents, ResidentCount;
}

impl Noun {
    /// Takes out of a row what lies inside a building: of a dwelling, what its address and its columns say of unit, floor
    /// and room goes to `floor` and `room`, which do not leave the server, or is left out; an address of a building ends
    /// there. Rows of other layers stay as they are.
    pub fn settle(layer: Layer, properties: &mut Properties) -> Settled {
        match layer {
            Layer::Houses | Layer::Buildings => rooms::settle(layer, properties),
            Layer::Enterprises
            | Layer::Cameras
            | Layer::Places
            | Layer::Roads
            | Layer::Water
            | Layer::Land
            | Layer::Grids
            | Layer::Jurisdictions
            | Layer::Residents
            | Layer::People
            | Layer::Units
            | Layer::Incidents => Settled::default(),
        }
    }

    /// No field but a camera's `stream` may hold where a stream is, a login or a password.
    pub(crate) fn no_secret(layer: Layer, properties: &Properties) -> Result<(), FieldError> {
        for (name, value) in properties.iter() {
            // Other properties are looked at where they are put among the attributes.
            let field = Self::fields(layer).iter().find(|field| field.name == name && name != "stream");
            let Some(field) = field else { continue };
            if let Some(what) = value.as_text().and_then(secret_in) {
                return Err(FieldError { field: field.name, reason: format!("is not taken: {what}") });
            }
        }
        Ok(())
    }

    /// Rules over several fields.
    fn check(&self) -> Result<(), NounError> {
        match self {
            Self::Camera(camera) => camera.check(),
            Self::Residents(count) => count.check(),
            Self::Jurisdiction(jurisdiction) => jurisdiction.check(),
            Self::Building(building) => building.check(),
            Self::Road(road) => road.check(),
            Self::House(_) | Self::Enterprise(_) | Self::Place(_) | Self::Water(_) | Self::Land(_) | Self::Grid(_) => {
                Ok(())
            }
        }
    }
}
