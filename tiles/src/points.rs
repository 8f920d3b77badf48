//! Points of a tile: each its own feature where there is room, else one for each cell, with the true count.

use spatial::StillLayer;
use spatial::still::ValueRef;

use crate::TileCoord;
use crate::draw::Sight;
use crate::encode::{Key, Kind, LayerWriter};
use crate::frame::Frame;
use crate::layers::{LARGEST, LayerSpec};
use crate::thin::{Cell, cells};

/// Cells along a side of a thinned tile, as a power of two: 128 × 128.
const FINEST_CELLS: u8 = 7;

/// Draws the points. Below `points_from` they are thinned to 128 × 128 cells. If the bytes would pass [`LARGEST`], the
/// tile is drawn again with 128, 64, 32… cells a side until they do not. So what goes first is the attributes and the
/// exact place of what shares a small cell, then of what shares a larger one; what stands alone keeps both longest.
/// The sum of `n` (1 where it is not written) is always the number of rows that may be seen.
pub(crate) fn draw(layer: &StillLayer, spec: &LayerSpec, coord: TileCoord, sight: &Sight<'_>) -> Vec<u8> {
    if !spec.is_thinned(coord.z())
        && let Some(bytes) = each(layer, spec, coord, sight)
    {
        return bytes;
    }
    let mut ever_larger = (0..=FINEST_CELLS).rev();
    ever_larger.find_map(|deeper| counted(layer, spec, coord, sight, deeper)).unwrap_or_default()
}

/// Every row as its own feature; `None` if that is too large.
fn each(layer: &StillLayer, spec: &LayerSpec, coord: TileCoord, sight: &Sight<'_>) -> Option<Vec<u8>> {
    let mut points = Points::new(layer, spec, coord, sight);
    for (run, division) in layer.runs(layer.tile_range(coord.z(), coord.x(), coord.y())) {
        if !(sight.sees)(division) {
            continue;
        }
        let wanted = sight.wants.map(|wants| wants.marks(run.clone()));
        for (n, row) in run.enumerate() {
            if wanted.as_ref().is_none_or(|marks| marks.get(n) == Some(&true)) {
                points.row(row, None);
                points.fits()?;
            }
        }
    }
    Some(points.writer.bytes())
}

/// Every cell as one feature; `None` if that is too large.
fn counted(layer: &StillLayer, spec: &LayerSpec, coord: TileCoord, sight: &Sight<'_>, deeper: u8) -> Option<Vec<u8>> {
    let mut points = Points::new(layer, spec, coord, sight);
    let online = points.online.map(|(_, column)| column);
    for cell in cells(layer, coord, deeper, sight, online) {
        points.cell(&cell);
        points.fits()?;
    }
    Some(points.writer.bytes())
}

struct Points<'a> {
    layer: &'a StillLayer,
    frame: Frame,
    writer: LayerWriter<'a>,
    columns: Vec<(Key, usize)>,
    count: Key,
    /// Key of `online_n` and the column that it counts (what is not known to be off), for layers that carry it.
    online: Option<(Key, usize)>,
}

impl<'a> Points<'a> {
    fn new(layer: &'a StillLayer, spec: &LayerSpec, coord: TileCoord, sight: &Sight<'_>) -> Self {
        let mut writer = LayerWriter::new(layer.layer().name());
        let columns = columns(layer, &mut writer, spec.attributes, sight);
        let count = writer.key("n");
        let counts_online = spec.made.iter().any(|(name, _)| *name == "online_n") && sight.shows("online");
        let online = layer.columns().column("online").filter(|_| counts_online);
        let online = online.map(|column| (writer.key("online_n"), column));
        Self { layer, frame: Frame::of(coord), writer, columns, count, online }
    }

    /// `Some` while there is room.
    fn fits(&self) -> Option<()> {
        (self.writer.size() <= LARGEST).then_some(())
    }

    /// A row as it is; in a thinned tile with its count of one.
    fn row(&mut self, row: usize, cell: Option<&Cell>) {
        let Some(place) = self.layer.world(row) else { return };
        self.writer.begin(self.layer.fid(row), Kind::Point);
        self.writer.point(self.frame.place(place));
        for (key, column) in &self.columns {
            if let Some(value) = self.layer.columns().value(row, *column) {
                self.writer.tag(*key, value);
            }
        }
        if let Some(cell) = cell {
            self.counts(cell);
        }
        self.writer.end();
    }

    /// A cell: its only row, or a count at the place of its first row. A count is no feature, so it has no id.
    fn cell(&mut self, cell: &Cell) {
        if cell.n == 1 {
            return self.row(cell.first, Some(cell));
        }
        let Some(place) = self.layer.world(cell.first) else { return };
        self.writer.begin(None, Kind::Point);
        self.writer.point(self.frame.place(place));
        self.counts(cell);
        self.writer.end();
    }

    fn counts(&mut self, cell: &Cell) {
        self.writer.tag(self.count, ValueRef::Int(i64::from(cell.n)));
        if let Some((key, _)) = self.online {
            self.writer.tag(key, ValueRef::Int(i64::from(cell.on)));
        }
    }
}

/// Keys and columns of the attributes that the layer has and the sight shows.
pub(crate) fn columns(
    layer: &StillLayer,
    writer: &mut LayerWriter<'_>,
    attributes: &'static [&'static str],
    sight: &Sight<'_>,
) -> Vec<(Key, usize)> {
    let shown = attributes.iter().filter(|name| sight.shows(name));
    shown.filter_map(|name| layer.columns().column(name).map(|column| (writer.key(name), column))).collect()
}
