use spatial::heat::{Field, Mass};

use super::{heat_grid, heat_legend, heat_picture};
use crate::decode::{self, Value};
use crate::palette::Theme;
use crate::sample::tile;

/// A crowd in the middle of the tile of the city's middle at zoom 14, and some around it.
fn field() -> Field {
    let (lon, lat) = tile(14).bounds().min.degrees();
    let mass = |n: u32| Mass {
        lon: lon + 0.011 + f64::from(n % 5) * 0.002,
        lat: lat - 0.01 + f64::from(n / 5) * 0.0018,
        edge_m: 200.0,
        n: if n == 12 { 60.0 } else { 3.0 },
    };
    Field::new((0..25).map(mass).collect(), 500.0)
}

/// Red, green, blue and cover of all pixels.
fn pixels(png: &[u8]) -> Vec<[u8; 4]> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!((info.width, info.height), (256, 256));
    bytes.chunks_exact(4).map(|p| [p[0], p[1], p[2], p[3]]).collect()
}

#[test]
fn a_picture_shows_the_density_by_the_legend() {
    let (field, coord) = (field(), tile(14));
    for theme in [Theme::Dark, Theme::Light] {
        let picture = pixels(&heat_picture(&field, coord, theme));
        let raster = field.raster(coord.z(), coord.x(), coord.y(), 256);
        let legend = heat_legend(theme, field.top());
        assert!((legend[3].per_km2 - field.top()).abs() < 1e-12 && legend.len() == 4);
        let (mut clear, mut seen) = (0, 0);
        for (pixel, density) in picture.iter().zip(&raster) {
            if *density < field.top() / 512.0 {
                assert_eq!(pixel[3], 0);
                clear += 1;
            }
            for step in &legend {
                // Within one number of the step.
                if (density - step.per_km2).abs() < field.top() / 512.0 {
                    let apart = |at: usize| {
                        let of_step = u8::from_str_radix(&step.colour[1 + 2 * at..3 + 2 * at], 16).unwrap();
                        of_step.abs_diff(pixel[at])
                    };
                    assert!((0..3).all(|at| apart(at) <= 2), "{pixel:?} is not {}", step.colour);
                    seen += 1;
                }
            }
        }
        assert!(clear > 1_000 && seen > 20, "{clear} and {seen}");
    }
}

#[test]
fn the_ramp_is_cold_and_grows_away_from_the_ground() {
    for theme in [Theme::Dark, Theme::Light] {
        let (colours, cover) = super::ramp::table(theme);
        assert!(cover.windows(2).all(|w| w[0] <= w[1]) && cover[0] == 0);
        assert!(colours.chunks_exact(3).all(|c| c[2] >= c[0]), "nothing is warm");
        let light = |c: &[u8]| c.iter().map(|v| u32::from(*v)).sum::<u32>();
        let lights: Vec<u32> = colours.chunks_exact(3).map(light).collect();
        let grows = lights.windows(2).all(|w| if theme == Theme::Dark { w[0] <= w[1] } else { w[0] >= w[1] });
        assert!(grows, "{lights:?}");
    }
}

#[test]
fn a_grid_says_the_mean_of_its_pixels() {
    let (field, coord) = (field(), tile(14));
    let raster = field.raster(coord.z(), coord.x(), coord.y(), 256);
    let layers = decode::tile(&heat_grid(&field, coord));
    let [layer] = layers.as_slice() else { panic!("one layer") };
    assert_eq!((layer.name.as_str(), layer.extent), ("heat", 4096));
    assert!(layer.features.len() > 50, "{}", layer.features.len());
    for feature in &layer.features {
        let (west, north) = feature.parts[0][0];
        let at = (usize::try_from(west / 16).unwrap(), usize::try_from(north / 16).unwrap());
        let square = (0..64).map(|n| raster[(at.1 + n / 8) * 256 + at.0 + n % 8]);
        let mean = square.sum::<f64>() / 64.0;
        let Some(Value::Double(told)) = feature.tags.get("per_km2") else { panic!("{feature:?}") };
        assert!((told - mean).abs() <= 0.005 * mean, "{told} and {mean}");
        let Some(Value::Uint(share)) = feature.tags.get("share") else { panic!("{feature:?}") };
        assert!((1..=100).contains(share));
    }
    assert_eq!(heat_grid(&Field::new(Vec::new(), 500.0), coord), Vec::<u8>::new());
}
