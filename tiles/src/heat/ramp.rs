//! From density to colour.

use crate::palette::Theme;

/// Colours of a picture: 256 of them, the first of which is nothing at all.
pub(super) const COLOURS: u16 = 256;
/// How much of the ground is hidden at 0, a quarter, a half, three quarters and at the top, of 255.
const COVER: [u8; 5] = [0, 140, 175, 200, 225];

/// A step of the legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Density, per square kilometre.
    pub per_km2: f64,
    /// Its colour, `#rrggbb`.
    pub colour: String,
    /// How much of the ground it hides, 0 to 1.
    pub opacity: f64,
}

/// The legend of a scale that ends at `top` per square kilometre: a quarter, a half, three quarters and the top itself.
/// What is denser has the colour of the top.
pub fn heat_legend(theme: Theme, top: f64) -> Vec<Step> {
    (1..=4_u16)
        .map(|quarter| {
            let [r, g, b, a] = colour(theme, f64::from(quarter) / 4.0);
            Step {
                per_km2: top * f64::from(quarter) / 4.0,
                colour: format!("#{r:02x}{g:02x}{b:02x}"),
                opacity: f64::from(a) / 255.0,
            }
        })
        .collect()
}

/// The number of the colour of a density: 0 is nothing, and 255 is the top and all above.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
pub(super) fn number(density: f64, top: f64) -> u8 {
    if top > 0.0 { (density / top * 255.0).round().clamp(0.0, 255.0) as u8 } else { 0 }
}

/// Red, green, blue of each number, and how much each hides.
pub(super) fn table(theme: Theme) -> (Vec<u8>, Vec<u8>) {
    let colours = (0..COLOURS).map(|n| colour(theme, f64::from(n) / f64::from(COLOURS - 1)));
    let (mut rgb, mut cover) = (Vec::new(), Vec::new());
    for [r, g, b, a] in colours {
        rgb.extend([r, g, b]);
        cover.push(a);
    }
    (rgb, cover)
}

/// The colour at a part of the scale, 0 to 1: straight from one step to the next.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
fn colour(theme: Theme, part: f64) -> [u8; 4] {
    let steps = theme.palette().people;
    let place = part.clamp(0.0, 1.0) * 4.0;
    let whole = (place as u8).min(3);
    let (at, within) = (usize::from(whole), place - f64::from(whole));
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * within).round() as u8;
    let (low, high) = (rgb(steps[at]), rgb(steps[at + 1]));
    [mix(low[0], high[0]), mix(low[1], high[1]), mix(low[2], high[2]), mix(COVER[at], COVER[at + 1])]
}

fn rgb(hex: &str) -> [u8; 3] {
    let channel = |from: usize| hex.get(from..from + 2).and_then(|v| u8::from_str_radix(v, 16).ok()).unwrap_or(0);
    [channel(1), channel(3), channel(5)]
}
