//! Colours of the ground and of what stands on it, dark and light.
//!
//! All of them cold or grey: warm colours belong to incidents, which no style here draws. Ground is meant to be low in
//! contrast; what is read has at least 4.5:1 on the ground, what is only seen at least 3:1.

/// Which of the two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Theme {
    /// For dim rooms and the wall.
    Dark,
    /// For a console by day.
    Light,
}

impl Theme {
    /// The theme of that name: `dark` or `light`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "dark" => Some(Self::Dark),
            "light" => Some(Self::Light),
            _ => None,
        }
    }

    /// The name in paths.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    pub(crate) fn palette(self) -> &'static Palette {
        match self {
            Self::Dark => &DARK,
            Self::Light => &LIGHT,
        }
    }
}

/// Colours by what they paint, `#rrggbb`.
#[derive(Debug)]
pub(crate) struct Palette {
    /// What lies under everything.
    pub(crate) ground: &'static str,
    pub(crate) green: &'static str,
    pub(crate) built: &'static str,
    pub(crate) water: &'static str,
    pub(crate) building: &'static str,
    pub(crate) road_major: &'static str,
    pub(crate) road_minor: &'static str,
    /// Borders of divisions; those of grid cells are the same, thinner.
    pub(crate) border: &'static str,
    /// Names, and numbers of cells.
    pub(crate) label: &'static str,
    /// Names of water and of small divisions.
    pub(crate) label_quiet: &'static str,
    pub(crate) camera: &'static str,
    /// Dwellings and cameras that do not answer: seen, never needed to be read.
    pub(crate) quiet: &'static str,
    pub(crate) enterprise: &'static str,
    pub(crate) place: &'static str,
    /// Places that matter in an emergency.
    pub(crate) place_key: &'static str,
    /// Residents per square kilometre, few to many; one cold hue, even in lightness.
    pub(crate) people: [&'static str; 5],
}

static DARK: Palette = Palette {
    ground: "#0f1419",
    green: "#17251f",
    built: "#12181e",
    water: "#12202c",
    building: "#1b222b",
    road_major: "#3f4b58",
    road_minor: "#28313b",
    border: "#5b6875",
    label: "#aab6c2",
    label_quiet: "#8494a4",
    camera: "#57d3e6",
    quiet: "#6b7885",
    enterprise: "#a698ee",
    place: "#8fa6bd",
    place_key: "#d5dce4",
    people: ["#16263a", "#1d3a5f", "#2d5f8c", "#6096ba", "#bedceb"],
};

static LIGHT: Palette = Palette {
    ground: "#e6e9ec",
    green: "#dbe4dd",
    built: "#e0e3e8",
    water: "#c9d8e4",
    building: "#d6dbe0",
    road_major: "#a9b4bf",
    road_minor: "#c9d0d7",
    border: "#7b8793",
    label: "#3a4654",
    label_quiet: "#4f5d6b",
    camera: "#00687c",
    quiet: "#76828e",
    enterprise: "#6247b8",
    place: "#3f6485",
    place_key: "#1a2129",
    people: ["#d3e0ec", "#a9c8e0", "#6fa3c9", "#3675a6", "#174a75"],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of WCAG 2: 1 to 21.
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |hex: &str| {
            let channel = |from: usize| {
                let v = f64::from(u8::from_str_radix(&hex[from..from + 2], 16).unwrap()) / 255.0;
                if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The sum of what three channels differ by, of 765.
    fn apart(a: &str, b: &str) -> u32 {
        let channel = |hex: &str, from: usize| u32::from_str_radix(&hex[from..from + 2], 16).unwrap();
        [1, 3, 5].into_iter().map(|from| channel(a, from).abs_diff(channel(b, from))).sum()
    }

    #[test]
    fn contrast_as_the_tokens_were_measured() {
        assert!((contrast("#aab6c2", "#0f1419") - 9.0).abs() < 0.05);
        assert!((contrast("#3f4b58", "#0f1419") - 2.1).abs() < 0.05);
    }

    #[test]
    fn what_is_read_has_four_and_a_half_to_one() {
        for p in [&DARK, &LIGHT] {
            for (over, colour) in
                [(p.ground, p.label), (p.ground, p.label_quiet), (p.water, p.label_quiet), (p.building, p.label)]
            {
                assert!(contrast(over, colour) >= 4.5, "{colour} on {over}: {}", contrast(over, colour));
            }
        }
    }

    #[test]
    fn what_is_seen_has_three_to_one() {
        for p in [&DARK, &LIGHT] {
            for colour in [p.camera, p.quiet, p.enterprise, p.place, p.place_key, p.border] {
                assert!(contrast(p.ground, colour) >= 3.0, "{colour}: {}", contrast(p.ground, colour));
            }
        }
    }

    #[test]
    fn cameras_shops_and_dwellings_are_not_one_colour() {
        for p in [&DARK, &LIGHT] {
            for (a, b) in [(p.camera, p.enterprise), (p.camera, p.quiet), (p.enterprise, p.quiet)] {
                assert!(apart(a, b) >= 120, "{a} and {b}: {}", apart(a, b));
            }
        }
    }

    #[test]
    fn the_ground_stays_low() {
        for p in [&DARK, &LIGHT] {
            for colour in [p.green, p.built, p.water, p.building, p.road_minor] {
                assert!(contrast(p.ground, colour) <= 1.6, "{colour}: {}", contrast(p.ground, colour));
            }
        }
    }

    #[test]
    fn parks_water_and_buildings_can_be_told_from_the_ground() {
        for p in [&DARK, &LIGHT] {
            for colour in [p.green, p.water, p.building] {
                assert!(apart(p.ground, colour) > 24, "{colour}: {}", apart(p.ground, colour));
            }
        }
    }

    #[test]
    fn nothing_is_warm() {
        for p in [&DARK, &LIGHT] {
            let all = [p.ground, p.green, p.built, p.water, p.building, p.road_major, p.road_minor, p.border, p.label];
            let more = [p.label_quiet, p.camera, p.quiet, p.enterprise, p.place, p.place_key];
            for colour in all.iter().chain(&more).chain(&p.people) {
                let red = u8::from_str_radix(&colour[1..3], 16).unwrap();
                let blue = u8::from_str_radix(&colour[5..7], 16).unwrap();
                assert!(blue >= red, "{colour}");
            }
        }
    }

    #[test]
    fn people_grow_away_from_the_ground() {
        for p in [&DARK, &LIGHT] {
            assert!(p.people.windows(2).all(|w| contrast(p.ground, w[0]) < contrast(p.ground, w[1])));
        }
    }
}
