//! Where nodes are: the one table that grows with the file, 16 bytes a node.

use geo::Coord;

/// Node id → place. Filled first, then sealed, then asked.
#[derive(Default)]
pub(super) struct Locations {
    /// Id, longitude, latitude in units of 1e-7 degree, as the format stores them.
    rows: Vec<(i64, i32, i32)>,
}

impl Locations {
    pub(super) fn put(&mut self, id: i64, (lon, lat): (i32, i32)) {
        self.rows.push((id, lon, lat));
    }

    /// Sorts by id: at once for the usual file, which is sorted. Of nodes that come twice the first is kept; answers how many
    /// others had another place.
    pub(super) fn seal(&mut self) -> u64 {
        if !self.rows.is_sorted_by_key(|row| row.0) {
            self.rows.sort_by_key(|row| row.0);
        }
        let mut moved = 0;
        self.rows.dedup_by(|later, first| {
            let again = later.0 == first.0;
            moved += u64::from(again && later != first);
            again
        });
        moved
    }

    /// The place of a node; `None` when the extract does not hold it.
    pub(super) fn get(&self, id: i64) -> Option<Coord<f64>> {
        let at = self.rows.binary_search_by_key(&id, |row| row.0).ok()?;
        self.rows.get(at).map(|&(_, lon, lat)| degrees((lon, lat)))
    }
}

/// Units of 1e-7 degree to degrees, by division: the nearest number to the decimal that was meant.
pub(super) fn degrees((lon, lat): (i32, i32)) -> Coord<f64> {
    Coord { x: f64::from(lon) / 1e7, y: f64::from(lat) / 1e7 }
}
