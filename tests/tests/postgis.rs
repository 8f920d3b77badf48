//! The larger store behaves as the small one does.

use tests::{Database, Folder, Server, Tile, add_user, decoded, onemap, workspace};

const HELSINKI: (f64, f64) = (24.945, 60.170);
const PASSWORD: &str = "a-long-password-0571";

#[test]
fn the_same_city_gives_the_same_bytes_from_both_stores() {
    let database = Database::new();
    let folder = Folder::new();
    let (data, url) = (folder.data(), database.url());
    let stores = [["--data", data.to_str().unwrap()], ["--database-url", &url]];
    let pbf = workspace().join("fixtures/osm/helsinki-centre.osm.pbf");
    for store in stores {
        let imported = onemap(&[&["import", "osm", pbf.to_str().unwrap()][..], &store].concat());
        assert_eq!(imported.code, 0, "{store:?}: {}", imported.err);
        add_user(&store, "mapper", PASSWORD, &["--role", "lead", "--scope", "*"]);
    }
    let logs = Folder::new();
    let (small, large) = (Server::serve(&folder), Server::serve_database(&url, &logs));
    let (one, two) = (small.login_with("mapper", PASSWORD), large.login_with("mapper", PASSWORD));
    let mut compared = 0;
    for z in 10..=17 {
        for layers in ["roads", "buildings", "enterprises,cameras,places", "water,land"] {
            let path = Tile::over(HELSINKI, z).path(layers);
            let (one, two) = (one.get(&path), two.get(&path));
            assert_eq!(one.status, two.status, "{path}");
            assert!(decoded(&one) == decoded(&two), "{path} differs");
            compared += one.body.len();
        }
    }
    assert!(compared > 10_000, "only {compared} bytes compared, so nothing is proved");
}
