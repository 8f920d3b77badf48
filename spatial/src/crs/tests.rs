use proptest::prelude::*;

use super::{Crs, CrsError};

/// Metres on the ground between two places a little apart, degrees.
fn apart_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    ((a.0 - b.0) * a.1.to_radians().cos()).hypot(a.1 - b.1) * 111_195.08
}

fn crs(name: &str) -> Crs {
    Crs::from_name(name).unwrap()
}

/// A place in WGS84, its coordinates in a system, and by how much both ways may miss.
fn check(name: &str, wgs84: (f64, f64), there: (f64, f64), tolerance: f64) {
    let (x, y) = crs(name).from_wgs84(wgs84.0, wgs84.1).unwrap();
    assert!((x - there.0).abs() <= tolerance && (y - there.1).abs() <= tolerance, "{name}: {x}, {y} is not {there:?}");
    let back = crs(name).to_wgs84(x, y).unwrap();
    assert!(apart_m(wgs84, back) < 0.001, "{name}: {back:?} is not {wgs84:?}");
}

const W1: (f64, f64) = (120.6555, 28.0150);
const W2: (f64, f64) = (121.1570, 27.8360);
const W3: (f64, f64) = (119.7170, 27.5570);
const W4: (f64, f64) = (121.5, 27.2);

#[test]
fn shifted_vectors_of_the_domain_note() {
    // Printed to seven decimals.
    let half = 0.51e-7;
    check("gcj02", W1, (120.659_474_8, 28.011_634_1), half);
    check("gcj02", W2, (121.161_279_6, 27.832_915_6), half);
    check("gcj02", W3, (119.721_672_6, 27.553_780_2), half);
    check("gcj02", W4, (121.504_112_6, 27.196_765_9), half);
    check("bd09", W1, (120.666_067_1, 28.017_274_2), half);
    check("bd09", W2, (121.167_809_4, 27.838_753_7), half);
    check("bd09", W3, (119.728_194_6, 27.559_625_5), half);
    check("bd09", W4, (121.510_677_3, 27.202_406_4), half);
}

#[test]
fn outside_china_nothing_is_shifted() {
    check("gcj02", (139.7671, 35.6812), (139.7671, 35.6812), 0.0);
    assert!(matches!(crs("bd09").from_wgs84(139.7671, 35.6812), Err(CrsError::Outside { .. })));
    assert!(matches!(crs("bd09").to_wgs84(139.7671, 35.6812), Err(CrsError::Outside { .. })));
}

#[test]
fn the_shift_is_as_long_as_the_domain_note_says() {
    use crate::Position;
    let apart = |name, (lon, lat)| {
        let (x, y) = crs(name).from_wgs84(lon, lat).unwrap();
        Position::new(lon, lat).unwrap().distance_m(&Position::new(x, y).unwrap())
    };
    for (place, gcj02, bd09) in
        [(W1, 540.68, 1067.70), (W2, 542.88, 1106.08), (W3, 583.41, 1141.52), (W4, 542.92, 1089.33)]
    {
        assert!((apart("gcj02", place) - gcj02).abs() < 0.01, "{}", apart("gcj02", place));
        assert!((apart("bd09", place) - bd09).abs() < 0.01, "{}", apart("bd09", place));
    }
}

#[test]
fn independent_published_vectors() {
    // Made with a semi-major axis of 6 378 137 m, so only to 1e-5°.
    check("gcj02", (121.527_210_6, 31.177_427_6), (121.531_541_9, 31.175_304_0), 1e-5);
    check("gcj02", (113.912_316, 22.543_847), (113.917_176_5, 22.540_796_1), 1e-5);
    check("gcj02", (116.377_817, 39.911_954), (116.384_047_2, 39.913_345_5), 1e-5);
}

#[test]
fn gauss_kruger_vectors_of_the_domain_note() {
    for name in ["cgcs2000_gk120", "epsg:4549", "EPSG:4549 "] {
        check(name, W1, (564_468.066, 3_100_277.262), 0.001);
        check(name, W2, (613_980.913, 3_080_804.995), 0.001);
        check(name, W3, (472_050.519, 3_049_382.241), 0.001);
        check(name, (120.0, 28.0), (500_000.0, 3_098_441.747), 0.001);
    }
    check("epsg:4528", W1, (40_564_468.066, 3_100_277.262), 0.001);
}

#[test]
fn committed_rows_of_the_oracle() {
    // Rows of the 200-point list made by PROJ; the whole list is read by the test `coordinates`.
    check("epsg:4549", (120.852, 27.9122), (583_873.888_3, 3_089_003.799_1), 0.001);
    check("epsg:4528", (120.852, 27.9122), (40_583_873.888_3, 3_089_003.799_1), 0.001);
    check("epsg:4510", (120.852, 27.9122), (288_519.678, 3_090_568.121_4), 0.001);
    check("epsg:4510", (119.828_419_2, 28.440_637_4), (189_228.263_1, 3_151_373.565_2), 0.001);
    check("epsg:3857", (120.852, 27.9122), (13_453_183.101_3, 3_237_908.721_3), 0.001);
    check("gcj02", (120.852, 27.9122), (120.855_946_960, 27.908_839_656), 1e-8);
    check("bd09", (120.852, 27.9122), (120.862_382_062, 27.915_080_999), 1e-8);
}

#[test]
fn web_mercator_vector_of_the_domain_note() {
    check("epsg:3857", W1, (13_431_308.821, 3_250_865.078), 0.001);
    assert!(crs("epsg:3857").to_wgs84(2.1e7, 0.0).is_err());
    assert!(crs("epsg:3857").from_wgs84(0.0, 90.0).is_err());
    let (lon, _) = crs("epsg:3857").to_wgs84(20_037_508.35, 0.0).unwrap();
    assert!(lon <= 180.0 && lon > 179.999_999, "the rounded edge is the edge");
}

#[test]
fn zones_all_over_as_proj_computes_them() {
    for (epsg, wgs84, there) in [
        (32651, (120.655_5, 28.015), (269_478.570_1, 3_101_080.096_6)),
        (32650, (118.2, 26.1), (619_996.757_5, 2_887_311.165_5)),
        (32649, (109.0, 18.3), (288_600.966_3, 2_024_535.736_5)),
        (32601, (-178.5, 51.0), (394_748.090_5, 5_650_895.706_7)),
        (32660, (178.9, 1.0), (711_429.436_0, 110_591.357_6)),
        (32751, (121.3, -33.25), (341_633.123_4, 6_319_709.075_8)),
        (32733, (13.9, -22.6), (386_935.969_4, 7_500_341.883_5)),
        (4491, (76.2, 39.4), (13_603_365.337_9, 4_363_598.818_0)),
        (4501, (134.1, 48.2), (23_433_097.488_3, 5_341_057.775_3)),
        (4502, (73.5, 39.0), (370_057.272_8, 4_319_574.561_0)),
        (4512, (134.6, 47.9), (470_092.241_7, 5_307_386.121_6)),
        (4513, (75.9, 39.3), (25_577_634.103_0, 4_352_195.701_6)),
        (4533, (134.3, 48.1), (45_447_863.423_2, 5_329_783.782_0)),
        (4534, (74.1, 38.9), (421_925.926_8, 4_307_787.611_7)),
        (4554, (135.05, 48.4), (503_702.332_7, 5_362_906.487_9)),
        (4527, (117.9, 30.1), (39_586_752.243_1, 3_331_540.448_8)),
        (4550, (123.4, 41.8), (533_243.906_0, 4_629_499.958_2)),
        (4526, (113.26, 23.13), (38_424_204.703_7, 2_559_126.696_1)),
    ] {
        check(&format!("epsg:{epsg}"), wgs84, there, 0.001);
    }
}

#[test]
fn every_zone_has_its_meridian() {
    for (epsg, meridian) in [
        (4491, 75.0),
        (4501, 135.0),
        (4502, 75.0),
        (4510, 123.0),
        (4513, 75.0),
        (4528, 120.0),
        (4533, 135.0),
        (4534, 75.0),
        (4554, 135.0),
    ] {
        let zone = super::GaussKruger::from_epsg(epsg).unwrap();
        assert!((zone.meridian() - meridian).abs() < 1e-9, "{epsg}");
        let (x, _) = Crs::GaussKruger(zone).from_wgs84(meridian, 28.0).unwrap();
        assert!((x % 1_000_000.0 - 500_000.0).abs() < 1e-6, "{epsg}: {x}");
    }
    assert!(super::GaussKruger::from_epsg(4490).is_none() && super::GaussKruger::from_epsg(4555).is_none());
}

#[test]
fn names_come_back_and_strangers_are_told_what_is_known() {
    for name in [
        "wgs84",
        "cgcs2000",
        "cgcs2000_gk120",
        "gcj02",
        "bd09",
        "epsg:3857",
        "epsg:4528",
        "epsg:4510",
        "epsg:32601",
        "epsg:32760",
    ] {
        assert_eq!(crs(name).name(), name);
    }
    assert_eq!(crs("epsg:4326"), Crs::Wgs84);
    assert_eq!(crs("epsg:4490"), Crs::Cgcs2000);
    for bad in ["", "wenzhou", "epsg:", "epsg:32661", "epsg:32700", "epsg:99999", "4326"] {
        let error = Crs::from_name(bad).unwrap_err().to_string();
        assert!(error.contains("wgs84") && error.contains("epsg:4549"), "{error}");
    }
}

#[test]
fn a_wrong_prefix_or_swapped_axes_are_refused() {
    let plain = crs("cgcs2000_gk120");
    assert!(plain.to_wgs84(40_564_468.0, 3_100_277.0).unwrap_err().to_string().contains("zone prefix"));
    assert!(plain.to_wgs84(3_100_277.0, 564_468.0).unwrap_err().to_string().contains("swapped"));
    assert!(crs("epsg:4528").to_wgs84(564_468.0, 3_100_277.0).is_err());
    assert!(crs("epsg:4528").to_wgs84(39_564_468.0, 3_100_277.0).is_err());
    assert!(plain.from_wgs84(-60.0, 28.0).is_err() && plain.from_wgs84(100.0, 28.0).is_err());
    assert!(matches!(plain.to_wgs84(f64::NAN, 0.0), Err(CrsError::NotFinite { .. })));
    assert!(matches!(crs("gcj02").from_wgs84(0.0, f64::INFINITY), Err(CrsError::NotFinite { .. })));
}

proptest! {
    #[test]
    fn every_zone_comes_back_within_a_millimetre(
        epsg in prop_oneof![4491..=4554_u16, 32601..=32660_u16, 32701..=32760_u16], off in -3.0..3.0_f64, lat in -79.0..79.0_f64,
    ) {
        let zone = crs(&format!("epsg:{epsg}"));
        let meridian = match zone {
            Crs::GaussKruger(zone) => zone.meridian(),
            Crs::Utm(zone) => zone.meridian(),
            Crs::Cgcs2000Gk120 => 120.0,
            Crs::Wgs84 | Crs::Cgcs2000 | Crs::Gcj02 | Crs::Bd09 | Crs::WebMercator => {
                return Err(TestCaseError::fail("no zone"));
            }
        };
        let place = (meridian + off, lat);
        let (x, y) = zone.from_wgs84(place.0, place.1).unwrap();
        prop_assert!(apart_m(place, zone.to_wgs84(x, y).unwrap()) < 0.001);
    }

    #[test]
    fn all_come_back_within_a_millimetre(lon in 72.02..137.8_f64, lat in 0.85..55.8_f64, off in -3.0..3.0_f64) {
        for name in ["gcj02", "bd09", "epsg:3857"] {
            let (x, y) = crs(name).from_wgs84(lon, lat).unwrap();
            let back = crs(name).to_wgs84(x, y).unwrap();
            prop_assert!(apart_m((lon, lat), back) < 0.001, "{}: {:?}", name, back);
        }
        for name in ["epsg:4549", "epsg:4528"] {
            let (x, y) = crs(name).from_wgs84(120.0 + off, lat).unwrap();
            let back = crs(name).to_wgs84(x, y).unwrap();
            prop_assert!(apart_m((120.0 + off, lat), back) < 0.001, "{}: {:?}", name, back);
        }
    }

    #[test]
    fn nothing_panics(x: f64, y: f64) {
        for name in ["wgs84", "gcj02", "bd09", "epsg:3857", "epsg:4549", "epsg:4528", "epsg:4501", "epsg:32601"] {
            let _ = crs(name).to_wgs84(x, y);
            let _ = crs(name).from_wgs84(x, y);
        }
    }
}

#[test]
fn degrees_are_not_taken_for_metres() {
    for name in ["epsg:3857", "epsg:4549", "cgcs2000_gk120", "epsg:4528"] {
        let refusal = Crs::from_name(name).unwrap().to_wgs84(120.65, 28.01).unwrap_err();
        assert!(refusal.to_string().contains("look like degrees"), "{name}: {refusal}");
    }
}
