//! The 200 places of Wenzhou that PROJ and an independent GCJ-02 implementation were asked about. Their list is data of
//! the workshop and not of the repository: `ONEMAP_TEST_DATA` names the folder that holds it. The crate's own tests
//! hold committed rows of the same list.
#![expect(clippy::disallowed_methods, reason = "a test may read what it compares with")]

use std::path::PathBuf;

use spatial::crs::Crs;

const LIST: &str = "coord-oracle/wenzhou_points_200.csv";

/// How far from the list each system may be, in its own units: what the list prints, and for the shifted systems the
/// centimetre between the two semi-major axes in use.
const SYSTEMS: [(&str, &str, f64); 7] = [
    ("gcj02", "lon_gcj02,lat_gcj02", 2e-7),
    ("bd09", "lon_bd09,lat_bd09", 2e-7),
    ("epsg:4549", "x_epsg4549_east,y_epsg4549_north", 0.001),
    ("epsg:4528", "x_epsg4528_east,y_epsg4528_north", 0.001),
    ("epsg:4510", "x_epsg4510_east,y_epsg4510_north", 0.001),
    ("epsg:3857", "x_epsg3857,y_epsg3857", 0.001),
    ("epsg:32651", "x_epsg32651,y_epsg32651", 0.001),
];

#[test]
fn every_place_of_the_list_is_converted_as_the_list_says() {
    let Some(folder) = std::env::var_os("ONEMAP_TEST_DATA").map(PathBuf::from) else {
        eprintln!(
            "NOT COMPARED: ONEMAP_TEST_DATA is not set; only the committed rows in spatial/src/crs/tests.rs were"
        );
        return;
    };
    let list = std::fs::read_to_string(folder.join(LIST)).unwrap();
    let mut lines = list.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut compared = 0;
    for line in lines {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let pair = |names: &str| {
            let (x, y) = names.split_once(',').unwrap();
            let at = |name| cells[header.iter().position(|h| *h == name).unwrap()];
            (at(x), at(y))
        };
        let (lon, lat) = pair("lon_wgs84,lat_wgs84");
        for (name, columns, tolerance) in SYSTEMS {
            let crs = Crs::from_name(name).unwrap();
            let (expected, got) = (pair(columns), crs.from_wgs84(lon, lat).unwrap());
            let off = (expected.0 - got.0).abs().max((expected.1 - got.1).abs());
            assert!(off <= tolerance, "{name} of {lon}, {lat}: {got:?} is {off} from {expected:?}");
            let back = crs.to_wgs84(got.0, got.1).unwrap();
            // 1e-8 degrees are a millimetre.
            assert!(
                (back.0 - lon).abs().max((back.1 - lat).abs()) < 1e-8,
                "{name} of {lon}, {lat} comes back as {back:?}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 200 * SYSTEMS.len());
}
