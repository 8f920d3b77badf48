//! The JSON of the house. Only this folder knows the names on the wire; the OpenAPI description is made from it.

mod audit;
mod features;
mod imports;
mod items;
mod live;
mod positions;
mod session;
mod units;

pub use audit::{AuditPage, AuditRowBody, Verdict};
pub use features::{
    Collection, Collections, Conformance, FeatureBody, FeaturePage, Landing, Link, feature_body, geojson_of,
    read_feature, value_json,
};
pub use imports::{ChangedField, ChangedRow, ImportBody, ImportList, RejectedRow, UndoneBody};
pub use items::{ItemBody, NearestBody, PeopleBody, SurroundingsAsk, SurroundingsBody};
pub use live::{ClientMessage, Hello, LiveUnit, Move, ServerMessage, SourceAge, View};
pub use positions::{PositionRow, PostedBody, RowCode};
pub use session::{LoginAsk, LoginBody, SessionBody};
pub use units::{ContactBody, UnitAsk, UnitBody, UnitList};
