use proptest::prelude::*;
use std::collections::BTreeMap;

use super::{Cell, Dwelling, FIELDS, Published, Rules, need_around, publish, sums, to_layer};
use crate::codes::{Division, DivisionLevel};
use crate::mercator::{World, WorldBox};
use crate::position::Position;

const KEY: [u8; 32] = [7; 32];

fn county(code: &str) -> Option<Division> {
    Division::new(code).ok()
}

/// A dwelling in the middle of the z17 square (x, y) counted from a corner of Lucheng that is also a z11 corner.
fn home(x: u32, y: u32, residents: u32, households: u32) -> Dwelling {
    let z11 = World { x: 1710 << 21, y: 857 << 21 };
    let (lon, lat) = World { x: z11.x + (x << 15) + (1 << 14), y: z11.y + (y << 15) + (1 << 14) }.degrees();
    Dwelling {
        position: Position::new(lon, lat).unwrap(),
        division: county("330302"),
        residents,
        households,
        need_help: residents / 3,
    }
}

fn published(homes: &[Dwelling]) -> Published {
    publish(homes, &Rules::new(KEY))
}

/// Zooms of what is published, and how many dwellings are suppressed.
fn check(homes: &[Dwelling], zooms: &[u8], suppressed: u64) {
    let published = published(homes);
    assert_eq!(published.cells.iter().map(|cell| cell.z).collect::<Vec<_>>(), zooms);
    assert_eq!(published.suppressed_dwellings, suppressed);
}

#[test]
fn the_finest_square_is_270_m_at_28_degrees() {
    assert_eq!(published(&[home(0, 0, 30, 10)]).finest, 17);
}

#[test]
fn nobody_is_published_where_nobody_lives() {
    check(&[], &[], 0);
    check(&[home(0, 0, 0, 0), home(0, 0, 0, 4)], &[], 0);
}

#[test]
fn one_to_nine_people_are_never_shown() {
    for residents in [1, 9] {
        check(&[home(0, 0, residents, 4)], &[], 1);
    }
    for residents in [10, 11] {
        check(&[home(0, 0, residents, 4)], &[17], 0);
        let residents = published(&[home(0, 0, residents, 4)]).cells[0].residents;
        assert!(residents == 10 || residents == 15, "{residents}");
    }
}

#[test]
fn two_households_are_not_enough() {
    check(&[home(0, 0, 500, 2)], &[], 1);
    check(&[home(0, 0, 500, 3)], &[17], 0);
}

#[test]
fn a_square_is_not_split_when_one_part_is_too_small() {
    // Side by side in one z16 square: published as that square, not as one part and a secret rest.
    check(&[home(0, 0, 100, 40), home(1, 0, 9, 4)], &[16], 0);
    check(&[home(0, 0, 100, 40), home(1, 0, 10, 4)], &[17, 17], 0);
    // Two small parts far from each other meet in a larger square, and take its other parts with them.
    check(&[home(0, 0, 5, 2), home(7, 7, 5, 2), home(7, 0, 100, 40)], &[14], 0);
}

#[test]
fn what_is_too_small_at_the_top_is_suppressed_and_counted() {
    // The coarsest square is z11: 64 z17 squares wide. Its neighbour does not help.
    check(&[home(0, 0, 9, 4), home(1, 1, 0, 0), home(64, 0, 100, 40)], &[17], 1);
    check(&[home(0, 0, 9, 4), home(63, 63, 100, 40)], &[11], 0);
}

#[test]
fn counties_in_one_square_are_published_apart() {
    let other = Dwelling { division: county("330303"), ..home(0, 0, 40, 9) };
    let nowhere = Dwelling { division: None, ..home(0, 0, 9, 4) };
    let township = Dwelling { division: county("330302006"), ..home(0, 0, 9, 4) };
    let published = published(&[home(0, 0, 30, 10), other, nowhere, township]);
    let counties: Vec<_> = published.cells.iter().map(|cell| cell.division).collect();
    assert_eq!(counties, [county("330302"), county("330303")]);
    assert_eq!(published.suppressed_dwellings, 1);
    assert_ne!(published.cells[0].fid(), published.cells[1].fid());
    let (ours, theirs) = (published.cells[0].residents, published.cells[1].residents);
    assert!((35..=40).contains(&ours) && theirs == 40, "39 and 40, rounded: {ours}, {theirs}");
}

#[test]
fn few_who_need_help_are_not_told() {
    let with = |need_help| published(&[Dwelling { need_help, ..home(0, 0, 100, 40) }]).cells[0].need_help();
    assert_eq!(with(0), None);
    assert_eq!(with(9), None);
    assert!(matches!(with(10), Some(10)));
    assert!(matches!(with(14), Some(10 | 15)));
}

#[test]
fn the_need_for_help_is_told_by_groups_and_never_in_part() {
    // Four squares side by side: only the first has ten who need help, so they are told together.
    let homes: Vec<Dwelling> =
        (0..4).map(|n| Dwelling { need_help: [12, 3, 0, 4][n as usize], ..home(n % 2, n / 2, 50, 20) }).collect();
    let published = published(&homes);
    assert_eq!(published.cells.len(), 4);
    assert!(published.cells.iter().all(|cell| cell.need_help().is_none()), "none is told alone");
    let need = published.cells[0].need.unwrap();
    assert_eq!(need.cells, 4);
    assert!(need.need_help == 15 || need.need_help == 20, "19, rounded: {}", need.need_help);
    let layer = to_layer(&published, 1);
    let around = need_around(&layer, &|_| true, &[1]);
    assert_eq!((around.need_help, around.rows.len()), (Some(u64::from(need.need_help)), 4));
    assert_eq!(around.known_residents, u64::from(published.cells[1].residents));
    let world = WorldBox::of_tile(0, 0, 0).unwrap();
    assert!(sums(&layer, &|_| true, world, 17).iter().all(|sum| sum.3.is_none()));
    assert_eq!(sums(&layer, &|_| true, world, 16)[0].3, Some(u64::from(need.need_help)));
    // Who does not see one of the cells is told nothing, not a part.
    assert_eq!(need_around(&layer, &|row| row != 3, &[1]).need_help, None);
    assert_eq!(sums(&layer, &|row| row != 3, world, 0)[0].3, None);
}

#[test]
fn what_needs_help_far_apart_is_told_together() {
    let township = |code, x, need_help| Dwelling { division: county(code), need_help, ..home(x, 0, 50, 20) };
    // Two townships with six each, more than a coarsest square apart: together in the county's group.
    let both = published(&[township("330302006", 0, 6), township("330302007", 70, 6)]);
    assert_eq!(both.cells.iter().map(|cell| cell.need.map(|need| need.cells)).collect::<Vec<_>>(), [Some(2), Some(2)]);
    // With five fewer nobody is told.
    let few = published(&[township("330302006", 0, 6), township("330302007", 70, 3)]);
    assert!(few.cells.iter().all(|cell| cell.need.is_none()));
}

#[test]
fn a_townships_cells_are_its_own() {
    let of = |code, x| Dwelling { division: county(code), ..home(x, 0, 50, 20) };
    let published = published(&[of("330302006044", 0), of("330302006", 1), of("330302007", 1), of("330302", 1)]);
    let divisions: Vec<_> = published.cells.iter().map(|cell| cell.division).collect();
    assert_eq!(divisions, [county("330302"), county("330302006"), county("330302006"), county("330302007")]);
    // Too small by itself: with the county's others.
    let small = Dwelling { residents: 6, households: 2, ..of("330302006", 0) };
    let joined = publish(&[small, Dwelling { division: county("330302007"), ..small }], &Rules::new(KEY));
    assert_eq!(joined.cells.iter().map(|cell| cell.division).collect::<Vec<_>>(), [county("330302")]);
}

#[test]
fn a_thousand_repeats_say_the_same() {
    let homes: Vec<Dwelling> = (0..40).map(|n| home(n % 7, n / 7, 8 + n % 5, 3)).collect();
    let first = published(&homes);
    assert!(first.cells.len() > 5);
    for _ in 0..1_000 {
        assert_eq!(published(&homes), first);
    }
}

#[test]
fn another_key_rounds_otherwise_and_moves_no_cell() {
    let homes: Vec<Dwelling> = (0..64).map(|n| home(n % 8, n / 8, 12, 3)).collect();
    let (a, b) = (published(&homes), publish(&homes, &Rules::new([8; 32])));
    assert_ne!(a, b);
    let squares = |p: &Published| p.cells.iter().map(Cell::fid).collect::<Vec<_>>();
    assert_eq!(squares(&a), squares(&b));
    assert!(!format!("{:?}", Rules::new(KEY)).contains('['), "the key stays out of logs");
}

#[test]
fn rounding_is_right_in_the_mean() {
    // 20 × 20 squares of 12 people: rounded up with probability 2/5, so 12.00 ± 0.12 (one deviation).
    let homes: Vec<Dwelling> = (0..400).map(|n| home(n % 20, n / 20, 12, 3)).collect();
    let sum: u32 = published(&homes).cells.iter().map(|cell| cell.residents).sum();
    assert!((4_600..=5_000).contains(&sum), "{sum}");
}

#[test]
fn two_dwellings_changing_places_in_a_square_change_nothing() {
    let (a, b) = (home(0, 0, 12, 4), home(0, 0, 30, 9));
    assert_eq!(published(&[a, b]), published(&[b, a]));
}

#[test]
fn one_more_dwelling_changes_a_count_by_no_more_than_rounding_allows() {
    let before = published(&[home(0, 0, 40, 12)]);
    let after = published(&[home(0, 0, 40, 12), home(0, 0, 1, 1)]);
    assert_eq!(before.cells[0].residents, 40, "a multiple of the base is itself");
    assert!(matches!(after.cells[0].residents, 40 | 45));
}

#[test]
fn the_layer_says_what_the_cells_say() {
    let published = published(&[home(0, 0, 30, 10), home(5, 5, 100, 40), home(40, 3, 77, 20)]);
    let layer = to_layer(&published, 42);
    assert_eq!((layer.len(), layer.revision()), (3, 42));
    assert_eq!(layer.columns().fields(), FIELDS);
    for cell in &published.cells {
        let row = layer.row_of(cell.fid()).unwrap();
        assert_eq!(layer.division(row), cell.division);
        assert!(cell.bounds().contains(layer.world(row).unwrap()));
        let b = layer.shapes().unwrap().bounds(row).unwrap();
        assert!(b.min.x.abs_diff(cell.bounds().min.x) <= 1 && b.max.y.abs_diff(cell.bounds().max.y) <= 1);
        assert_eq!(layer.value(row, "need_help").is_some(), cell.need_help().is_some());
    }
}

#[test]
fn low_zooms_add_published_cells() {
    let far = home(40, 3, 50, 20);
    let homes =
        [home(0, 0, 30, 10), home(1, 0, 40, 10), home(1, 1, 20, 10), Dwelling { division: county("330303"), ..far }];
    let published = published(&homes);
    let layer = to_layer(&published, 1);
    let everything = WorldBox::of_tile(0, 0, 0).unwrap();
    let fine = sums(&layer, &|_| true, everything, 17);
    assert_eq!(fine.len(), 4);
    let z16 = sums(&layer, &|_| true, everything, 16);
    assert_eq!(z16.iter().map(|s| s.1).collect::<Vec<_>>(), [90, 50]);
    assert_eq!(z16.iter().map(|s| s.2).collect::<Vec<_>>(), [30, 20]);
    // One cell alone keeps its number and gets the larger square.
    assert!(published.cells.iter().any(|cell| cell.fid() == z16[1].4));
    assert!(published.cells.iter().all(|cell| cell.fid() != z16[0].4));
    assert_eq!(sums(&layer, &|_| true, everything, 0).iter().map(|s| s.1).collect::<Vec<_>>(), [140]);
    let ours = |row| layer.division(row) == county("330302");
    assert_eq!(sums(&layer, &ours, everything, 0).iter().map(|s| s.1).collect::<Vec<_>>(), [90]);
    // A square says the same in every tile that it touches.
    assert_eq!(sums(&layer, &|_| true, published.cells[0].bounds(), 16), z16[..1]);
}

#[test]
fn cells_coarser_than_asked_stay() {
    let layer = to_layer(&published(&[home(0, 0, 100, 40), home(3, 3, 9, 4)]), 1);
    let b = WorldBox::of_tile(0, 0, 0).unwrap();
    let stays = sums(&layer, &|_| true, b, 17);
    assert_eq!(stays.len(), 1);
    assert_eq!(stays[0].0.max.x - stays[0].0.min.x, (1 << 17) - 1, "a z15 square");
}

/// Dwellings of three counties (and none) in and around four coarsest squares, most of them small.
fn dwellings() -> impl Strategy<Value = Vec<Dwelling>> {
    let codes = ["330302", "330302006", "330302007", "330302007001", "330303", "330304001"];
    let counties = [codes.map(county).as_slice(), &[None]].concat();
    let one = (60..68_u32, 60..68_u32, 0..25_u32, 0..6_u32, 0..7_usize, 0..25_u32).prop_map(
        move |(x, y, residents, households, of, need_help)| Dwelling {
            division: counties[of],
            need_help: need_help.min(residents),
            ..home(x, y, residents, households)
        },
    );
    prop::collection::vec(one, 0..120)
}

proptest! {
    #[test]
    fn the_order_of_dwellings_says_nothing(homes in dwellings(), seed: u64) {
        let mut shuffled = homes.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
        }
        prop_assert_eq!(published(&homes), published(&shuffled));
    }

    #[test]
    fn no_subtraction_isolates_fewer_than_k(homes in dwellings()) {
        let published = published(&homes);
        let mut true_counts: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
        let mut suppressed = 0;
        for home in homes.iter().filter(|home| home.residents > 0) {
            let w = World::of(home.position);
            // A home counts in its township's cell; where there is none, in its county's.
            let township = home.division.map(|d| if d.level() > DivisionLevel::Township { d.parent().unwrap() } else { d });
            let of = |division: Option<Division>| -> Vec<usize> {
                let holds = |at: &usize| {
                    published.cells[*at].division == division && published.cells[*at].bounds().contains(w)
                };
                (0..published.cells.len()).filter(holds).collect()
            };
            let mut holding = of(township);
            if holding.is_empty() {
                holding = of(township.and_then(Division::county));
            }
            // At every node of the tree, then, either the node is published or parts of it are, never both: what a
            // county's cells say of any node is a sum of whole cells.
            prop_assert!(holding.len() <= 1, "a dwelling counts in one cell or none");
            match holding.first() {
                Some(at) => {
                    let sum = true_counts.entry(*at).or_default();
                    *sum = (sum.0 + home.residents, sum.1 + home.households);
                }
                None => suppressed += 1,
            }
        }
        prop_assert_eq!(suppressed, published.suppressed_dwellings);
        prop_assert_eq!(true_counts.len(), published.cells.len(), "no cell is empty");
        for (at, (residents, households)) in true_counts {
            let cell = &published.cells[at];
            prop_assert!(residents >= 10 && households >= 3);
            prop_assert!(cell.residents >= 10 && cell.residents.is_multiple_of(5) && cell.residents.abs_diff(residents) < 5);
            prop_assert!(cell.households >= 5 && cell.households.is_multiple_of(5) && cell.households.abs_diff(households) < 5);
            prop_assert!(cell.need.is_none_or(|need| need.need_help >= 10 && need.need_help.is_multiple_of(5)));
            prop_assert!((11..=17).contains(&cell.z));
        }
        for (at, cell) in published.cells.iter().enumerate() {
            for other in &published.cells[at + 1..] {
                prop_assert!(cell.division != other.division || !cell.bounds().meets(&other.bounds()));
            }
        }
    }

    #[test]
    fn nobody_who_needs_help_is_told_with_fewer_than_k(homes in dwellings()) {
        // Every home has a z17 square and a township of its own, so that each cell's true count can be found again.
        let published = published(&homes);
        let layer = to_layer(&published, 1);
        let mut groups: BTreeMap<u64, (u32, u32, u32)> = BTreeMap::new();
        for need in published.cells.iter().filter_map(|cell| cell.need) {
            let (seen, _, _) = groups.entry(need.group).or_insert((0, need.cells, need.need_help));
            *seen += 1;
            prop_assert_eq!((groups[&need.group].1, groups[&need.group].2), (need.cells, need.need_help));
        }
        prop_assert!(groups.values().all(|(seen, cells, told)| seen == cells && *told >= 10));
        // All that is published needs help as the groups say, within the rounding; or none of it is told.
        let everything: Vec<usize> = (0..layer.len()).collect();
        let around = need_around(&layer, &|_| true, &everything);
        prop_assert_eq!(around.rows.len(), published.cells.iter().filter(|cell| cell.need.is_some()).count());
        prop_assert_eq!(around.need_help.unwrap_or(0), groups.values().map(|(_, _, told)| u64::from(*told)).sum::<u64>());
        if published.suppressed_dwellings == 0 {
            let truth: u64 = homes.iter().filter(|h| h.residents > 0).map(|h| u64::from(h.need_help)).sum();
            let told = around.need_help.unwrap_or(0);
            let told_of_all = around.rows.len() == layer.len();
            prop_assert!(told_of_all || truth < 10 || layer.is_empty(), "{truth} need help and {told} are told");
            if told_of_all && !layer.is_empty() {
                prop_assert!(told.abs_diff(truth) < 5 * groups.len() as u64, "{told} of {truth} in {}", groups.len());
            }
        }
    }

    #[test]
    fn sums_lose_nobody(homes in dwellings(), z in 0..20_u8) {
        let published = published(&homes);
        let layer = to_layer(&published, 1);
        let all = sums(&layer, &|_| true, WorldBox::of_tile(0, 0, 0).unwrap(), z);
        let people: u64 = published.cells.iter().map(|cell| u64::from(cell.residents)).sum();
        prop_assert_eq!(all.iter().map(|sum| sum.1).sum::<u64>(), people);
        prop_assert!(all.iter().all(|sum| sum.1 >= 10));
        let mut fids: Vec<_> = all.iter().map(|sum| sum.4).collect();
        fids.sort_unstable();
        fids.dedup();
        prop_assert_eq!(fids.len(), all.len());
    }
}
