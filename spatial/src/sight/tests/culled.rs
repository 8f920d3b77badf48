//! Leaving out hidden buildings changes no answer, and leaves some out.

use super::scene::{Seeded, buildings, off, place, quarter, wenzhou};
use crate::mercator::World;
use crate::sight::Buildings;
use crate::sight::cull::unhidden;
use crate::sight::line::Line;
use crate::sight::plane::Plane;

#[test]
fn what_is_left_out_hides_nothing() {
    let mut seeded = Seeded(11);
    let (mut all, mut kept, mut blocked) = (0, 0, 0);
    for round in 0..600 {
        let walls = buildings(wenzhou(), &quarter(&mut seeded, 160, 40));
        let from = off(wenzhou(), seeded.below(44) * 160, seeded.below(44) * 160);
        let plane = Plane::at(place(from));
        let heights_m = (seeded.one(&[1.0, 1.5, 2.8, 6.0, 12.0]), seeded.one(&[0.0, 1.5, 3.0]));
        let whole = Buildings::new(&walls).around(&plane, (-9_000.0, -9_000.0), (9_000.0, 9_000.0));
        let left = unhidden(whole.clone(), heights_m.0, heights_m.1);
        (all, kept) = (all + whole.len(), kept + left.len());
        for _ in 0..100 {
            let to = plane.flat(World::of(place(off(from, seeded.below(9_000) - 4_500, seeded.below(9_000) - 4_500))));
            let line = Line::new((0.0, 0.0), to, heights_m, plane.unit_m);
            assert_eq!(line.is_free(&left), line.is_free(&whole), "round {round}: {to:?}");
            assert_eq!(line.is_free(&whole), line.meets(&whole).block.is_none(), "round {round}: {to:?}");
            blocked += u32::from(!line.is_free(&whole));
        }
    }
    assert!(kept * 10 < all * 9 && blocked > 10_000, "{kept} of {all} kept, {blocked} lines blocked");
}
