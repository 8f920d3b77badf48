//! Tiles of what moves or happens: made for one answer, never kept.

use bytes::Bytes;
use spatial::still::ValueRef;
use spatial::{FeatureKey, Fid, Layer, World};
use tiles::{Mark, TileCoord, draw_live};

use super::ops::IncidentView;
use super::units::UnitView;
use super::{Answer, App, Encoding, TileRequest};
use crate::auth::{Caller, Refusal, Sight};

/// The number of an incident in tiles and answers.
pub fn incident_fid(id: &str) -> Fid {
    FeatureKey { layer: Layer::Incidents, source: "onemap".to_owned(), source_id: id.to_owned() }.fid()
}

impl App {
    /// A tile of which a part or all is live, in the order of the layers.
    pub async fn live_tile(
        &self,
        caller: &Caller,
        layers: Vec<Layer>,
        coord: TileCoord,
        encoding: Encoding,
    ) -> Result<Bytes, Refusal> {
        let mut raw = Vec::new();
        for layer in layers {
            match layer {
                Layer::Units => raw.push(self.tile_of_units(caller, coord).await?),
                Layer::Incidents => raw.push(self.tile_of_incidents(caller, coord).await),
                Layer::People
                | Layer::Houses
                | Layer::Buildings
                | Layer::Enterprises
                | Layer::Cameras
                | Layer::Places
                | Layer::Roads
                | Layer::Water
                | Layer::Land
                | Layer::Grids
                | Layer::Jurisdictions
                | Layer::Residents => {
                    let (sights, filters) = (vec![Sight::of(caller, layer)?], Vec::new());
                    let ask = TileRequest { sights, filters, coord, encoding: Encoding::Identity, held: None };
                    if let Answer::Bytes { bytes, .. } = self.tile(ask).await {
                        raw.push(bytes);
                    }
                }
            }
        }
        let raw = raw.concat();
        if raw.is_empty() {
            return Ok(Bytes::new());
        }
        Ok(self.cache.passing(move || encoding.pack(raw)).await)
    }

    async fn tile_of_units(&self, caller: &Caller, coord: TileCoord) -> Result<Bytes, Refusal> {
        let units = self.units(caller)?;
        let draw = move || draw_live(Layer::Units, &units.iter().filter_map(unit).collect::<Vec<_>>(), coord);
        Ok(self.cache.passing(draw).await)
    }

    /// Open incidents at the places where the caller sees them; those without a place are in no tile.
    async fn tile_of_incidents(&self, caller: &Caller, coord: TileCoord) -> Bytes {
        let (desk, still) = (self.ops.desk(), self.world.still());
        let open = desk.incidents().filter(|incident| !incident.phase().is_terminal());
        let views: Vec<IncidentView> = open.filter_map(|incident| self.view(caller, incident, &still)).collect();
        let draw = move || draw_live(Layer::Incidents, &views.iter().filter_map(incident).collect::<Vec<_>>(), coord);
        self.cache.passing(draw).await
    }
}

fn unit(view: &UnitView) -> Option<Mark<'_>> {
    let fix = view.fix.as_ref()?;
    let mut tags = vec![
        ("unit", ValueRef::Text(&view.unit.id)),
        ("kind", ValueRef::Text(view.unit.kind.word())),
        ("call_sign", ValueRef::Text(&view.unit.call_sign)),
        ("duty", ValueRef::Text(view.unit.duty.word())),
        ("availability", ValueRef::Text(view.availability.word())),
        ("link", ValueRef::Text(view.link.word())),
    ];
    #[expect(clippy::cast_possible_truncation, reason = "a heading is 0 to 360")]
    tags.extend(fix.heading_deg.map(|degrees| ("heading_deg", ValueRef::Int(degrees.round() as i64))));
    Some(Mark { fid: view.fid, place: World::of(fix.position), tags })
}

fn incident(view: &IncidentView) -> Option<Mark<'_>> {
    let incident = &*view.incident;
    let tags = vec![
        ("incident", ValueRef::Text(&incident.id)),
        ("kind", ValueRef::Text(incident.kind.word())),
        ("priority", ValueRef::Int(i64::from(incident.priority.number()))),
        ("phase", ValueRef::Text(incident.phase().word())),
    ];
    Some(Mark { fid: incident_fid(&incident.id), place: World::of(view.position()?), tags })
}
