//! The JSON of the house. Only this folder knows the names on the wire; the OpenAPI description is made from it.

mod area;
mod asks;
mod audit;
mod coverage;
mod features;
mod ground;
mod heat;
mod imports;
mod incidents;
mod items;
mod live;
mod object;
mod plans;
mod positions;
mod queryables;
mod responses;
mod search;
mod session;
mod times;
mod units;
mod video;
mod walls;
mod watched;
mod zones;

pub use area::area;
pub use asks::{BasisAsk, CallerAsk, CommandAsk, IncidentAsk, LocationAsk, ProgressAsk, SourceRefAsk};
pub use audit::{AuditPage, AuditRowBody, Verdict};
pub use coverage::{CandidateAsk, CoverageAsk, SitesAsk, StandAsk, WhatIfAsk};
pub use features::{
    Collection, Collections, Conformance, Extent, FeatureBody, FeaturePage, Landing, Link, feature_body, geojson_of,
    geojson_row, read_feature, value_json,
};
pub use ground::{
    ClosureAsk, ClosureBody, ClosureList, ConditionAsk, ConditionBody, ConditionList, IsochroneAsk, MatrixAsk,
    area_json, line_json,
};
pub use heat::{HeatBody, HeatScale, HeatStep};
pub use imports::{
    ChangedField, ChangedRow, ImportBody, ImportForm, ImportList, RejectedRow, RepairedRow, SuspicionBody, UndoneBody,
};
pub use incidents::{
    AssignmentBody, CallerBody, FeedbackBody, IncidentBody, IncidentList, LocationBody, TimelineBody, TimelineEntry,
    TimerBody, taken_json,
};
pub use items::{ItemBody, NearestBody, PeopleBody, SurroundingsAsk, SurroundingsBody};
pub use live::{AlarmBody, ClientMessage, Hello, LinkRow, LiveUnit, Move, ServerMessage, SourceAge, View};
pub use plans::{PlanAsk, PlanBody, PlanLine, PlanList, PostPlace, RouteLine};
pub use positions::{PositionRow, PostedBody, RowCode};
pub use queryables::queryables;
pub use responses::{ResponseLevel, ResponseNeed, ResponsePlan, ResponsePreference, ResponsesBody};
pub use search::{SearchBody, SearchItem, SearchWord};
pub use session::{LoginAsk, LoginBody, SessionBody};
pub use times::{TimesBody, TimesRule};
pub use units::{ContactBody, UnitAsk, UnitBody, UnitList};
pub use video::{TicketAsk, TicketBody, VideoMessage};
pub use walls::{SceneAsk, SceneBody, TrendBody, WallBody, WallList, WallView};
pub use watched::WatchedAsk;
pub use zones::{
    CircleAsk, ConeAsk, MarkAsk, MarkBody, ZoneAsk, ZoneBody, ZoneList, ZoneWindAsk, ZoneWindBody, resource_json,
};
