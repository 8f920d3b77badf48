//! What moves or happens, given one by one: duty units and incidents. Their tiles are for programs that cannot hold a
//! socket open; they are made anew each time and never kept.

use std::collections::BTreeMap;

use spatial::still::ValueRef;
use spatial::{Fid, Layer, World};

use crate::TileCoord;
use crate::encode::{Key, Kind, LayerWriter};
use crate::frame::{Frame, Pt};
use crate::layers::{LARGEST, live_spec};

/// One of them.
#[derive(Debug, Clone)]
pub struct Mark<'a> {
    /// Its number.
    pub fid: Fid,
    /// Where it is, world units.
    pub place: World,
    /// What is told of it; names that the layer table does not have are left out.
    pub tags: Vec<(&'static str, ValueRef<'a>)>,
}

/// Draws the marks that lie in the tile, at every zoom each as its own feature. If the bytes would pass half a megabyte,
/// one for each cell of 128, 64, 32… a side instead, with their number as `n`; so the sum of `n` (1 where it is not
/// written) is always how many there are. Empty for a layer that is not live. The order of the marks says nothing.
pub fn draw_live(layer: Layer, marks: &[Mark<'_>], coord: TileCoord) -> Vec<u8> {
    let Some(spec) = live_spec(layer) else { return Vec::new() };
    let (bounds, frame) = (coord.bounds(), Frame::of(coord));
    let mut inside: Vec<&Mark<'_>> = marks.iter().filter(|mark| bounds.contains(mark.place)).collect();
    inside.sort_by_key(|mark| (mark.place.morton(), mark.fid));
    let mut writer = LayerWriter::new(layer.name());
    let keys: BTreeMap<&str, Key> = spec.attributes.iter().map(|name| (*name, writer.key(name))).collect();
    for mark in &inside {
        writer.begin(Some(mark.fid), Kind::Point);
        writer.point(frame.place(mark.place));
        for (name, value) in &mark.tags {
            if let Some(key) = keys.get(name) {
                writer.tag(*key, *value);
            }
        }
        writer.end();
        if writer.size() > LARGEST {
            // 128 × 128 counts of a dozen bytes each: always less.
            return counted(layer, &inside, frame);
        }
    }
    writer.bytes()
}

/// Grid units along a side of a cell: 4096 / 128.
const CELL: i64 = 32;

fn counted(layer: Layer, inside: &[&Mark<'_>], frame: Frame) -> Vec<u8> {
    let mut cells: BTreeMap<(i64, i64), (Pt, i64)> = BTreeMap::new();
    for mark in inside {
        let at = frame.place(mark.place);
        cells.entry((at.y / CELL, at.x / CELL)).or_insert((at, 0)).1 += 1;
    }
    let mut writer = LayerWriter::new(layer.name());
    let count = writer.key("n");
    for (at, n) in cells.into_values() {
        writer.begin(None, Kind::Point);
        writer.point(at);
        writer.tag(count, ValueRef::Int(n));
        writer.end();
    }
    writer.bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Value, tile};

    fn mark(n: u32, call_sign: &str) -> Mark<'_> {
        // A spiral over the whole world, so that every tile of a low zoom has some.
        let place = World { x: n.wrapping_mul(2_654_435_761), y: n.wrapping_mul(40_503).wrapping_mul(65_599) };
        let tags = vec![("call_sign", ValueRef::Text(call_sign)), ("text", ValueRef::Text("never"))];
        Mark { fid: u64::from(n) + 1, place, tags }
    }

    fn drawn(marks: &[Mark<'_>], z: u8) -> u64 {
        let side = 1_u32 << z;
        let mut sum = 0;
        for (x, y) in (0..side).flat_map(|x| (0..side).map(move |y| (x, y))) {
            let layers = tile(&draw_live(Layer::Units, marks, TileCoord::new(z, x, y).unwrap()));
            sum += layers.iter().map(crate::decode::Layer::total).sum::<u64>();
        }
        sum
    }

    #[test]
    fn each_is_in_one_tile_of_every_zoom() {
        let marks: Vec<Mark<'_>> = (0..500).map(|n| mark(n, "P")).collect();
        for z in 0..4 {
            assert_eq!(drawn(&marks, z), 500, "z{z}");
        }
    }

    #[test]
    fn too_many_are_counted_and_the_order_says_nothing() {
        let call_signs: Vec<String> = (0..40_000).map(|n| format!("unit with a long call sign {n}")).collect();
        let mut marks: Vec<Mark<'_>> = (0..40_000).map(|n| mark(n, &call_signs[n as usize])).collect();
        let whole = TileCoord::new(0, 0, 0).unwrap();
        let bytes = draw_live(Layer::Units, &marks, whole);
        assert!(bytes.len() <= LARGEST, "{}", bytes.len());
        assert_eq!(drawn(&marks, 0), 40_000);
        marks.reverse();
        assert_eq!(draw_live(Layer::Units, &marks, whole), bytes);
    }

    #[test]
    fn what_the_table_does_not_name_is_not_told() {
        let layers = tile(&draw_live(Layer::Units, &[mark(7, "P7")], TileCoord::new(0, 0, 0).unwrap()));
        let told: Vec<_> = layers[0].features[0].tags.iter().collect();
        assert_eq!(told, [(&"call_sign".to_owned(), &Value::Text("P7".to_owned()))]);
        assert!(draw_live(Layer::Houses, &[mark(7, "P7")], TileCoord::new(0, 0, 0).unwrap()).is_empty());
    }
}
