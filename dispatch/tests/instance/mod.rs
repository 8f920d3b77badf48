//! Seeded incidents with units around them.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use dispatch::recommend::{Asked, By, Candidate, Relation, SeenAt, Sent, Travel, Unreachable, Way};
use dispatch::{Availability, IncidentKind, Link, Priority, UnitKind};
use spatial::Position;

/// A seeded stream of numbers (splitmix64).
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn below(&mut self, below: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((z ^ (z >> 31)) >> 32).unwrap() % below
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(u32::try_from(of.len()).unwrap()) as usize]
    }
}

/// A free unit of the district with a fresh position: arrival at best and at worst in seconds, road and straight metres.
pub(crate) fn candidate(
    unit: &str,
    kind: UnitKind,
    [best_s, worst_s]: [u32; 2],
    [road_m, straight_m]: [u32; 2],
) -> Candidate {
    Candidate {
        unit: unit.to_owned(),
        unit_epoch: 1,
        call_sign: unit.to_owned(),
        kind,
        skills: Vec::new(),
        org: "o1".to_owned(),
        availability: Availability::Free,
        bound_to: None,
        relation: Relation::Own,
        link: Link::Live,
        seen: SeenAt { position: Some(Position::new(120.65, 28.0).unwrap()), age_s: Some(5), accuracy_m: Some(8.0) },
        way: Way::Found(Travel { by: By::Road, best_s, worst_s, age_adds_s: 0, road_m, straight_m }),
        orders: 0,
    }
}

/// An incident at level 1 and priority 3 with nobody sent.
pub(crate) fn asked(kind: IncidentKind) -> Asked {
    let priority = Priority::new(3).unwrap();
    Asked { incident: "i1".to_owned(), at_ms: 1_795_406_400_000, kind, priority, level: 1, sent: Vec::new() }
}

/// Coarse numbers, so that units are often equal in some criterion and sometimes in all.
pub(crate) fn instance(seed: u64) -> (Asked, Vec<Candidate>) {
    let mut seeded = Seeded(seed);
    let mut asked = asked(seeded.one(IncidentKind::ALL));
    asked.priority = Priority::new(u8::try_from(1 + seeded.below(4)).unwrap()).unwrap();
    asked.level = u8::try_from(1 + seeded.below(3)).unwrap();
    let kinds = [
        UnitKind::PoliceVehicle,
        UnitKind::PoliceFoot,
        UnitKind::FireTeam,
        UnitKind::RescueTeam,
        UnitKind::Ambulance,
        UnitKind::Drone,
        UnitKind::GridMember,
        UnitKind::Mediator,
        UnitKind::K9,
    ];
    let mut candidates = Vec::new();
    // A few kinds at a time, so that many units fit one need.
    let some = [UnitKind::PoliceVehicle, seeded.one(&kinds), seeded.one(&kinds)];
    for n in 0..3 + seeded.below(40) {
        let kind = seeded.one(&some);
        let best_s = 60 * seeded.below(12);
        let worst_s = best_s + 30 * seeded.below(5);
        let straight_m = 100 * seeded.below(40);
        let mut unit = candidate(&format!("u{n}"), kind, [best_s, worst_s], [straight_m * 2, straight_m]);
        unit.availability = match seeded.below(10) {
            0 => Availability::Out,
            1 => Availability::Committed,
            2 => Availability::Reserved,
            3 | 4 => Availability::Soft,
            _ => Availability::Free,
        };
        unit.relation = seeded.one(&[Relation::Own, Relation::Own, Relation::Buffer, Relation::Other]);
        unit.orders = seeded.below(4);
        if seeded.below(5) == 0 {
            unit.skills.push("water_rescue".to_owned());
        }
        let off = f64::from(seeded.below(1_000_000)) / 7_654_321.0;
        unit.seen.position = Position::new(120.65 + off, 28.0 + off / 3.0).ok();
        unit.seen.accuracy_m = Some(off * 100.0);
        unit.seen.age_s = match seeded.below(12) {
            0 => None,
            1 => Some(3_600),
            _ => Some(seeded.below(300)),
        };
        match seeded.below(15) {
            0 => unit.seen.position = None,
            1 => unit.way = Way::Not(seeded.one(Unreachable::ALL)),
            _ => {}
        }
        if seeded.below(20) == 0 {
            asked.sent.push(Sent { unit: unit.unit.clone(), kind, skills: Vec::new() });
        }
        candidates.push(unit);
    }
    (asked, candidates)
}
