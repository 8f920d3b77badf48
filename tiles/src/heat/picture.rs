//! A tile of heat as a picture.

use spatial::heat::Field;

use super::ramp::{number, table};
use super::{SIDE, raster};
use crate::TileCoord;
use crate::palette::Theme;

/// A PNG of 256 × 256 pixels with 256 colours; what has no heat is transparent.
pub fn heat_picture(field: &Field, coord: TileCoord, theme: Theme) -> Vec<u8> {
    let numbers: Vec<u8> = raster(field, coord).into_iter().map(|density| number(density, field.top())).collect();
    let (colours, cover) = table(theme);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIDE, SIDE);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(colours);
    encoder.set_trns(cover);
    encoder.set_compression(png::Compression::Fast);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&numbers)?;
        writer.finish()
    });
    written.expect("a vector takes every byte, and there is a number for each pixel");
    bytes
}
