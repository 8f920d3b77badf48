//! Quantities as mappers write them: lengths, speeds, directions.

/// Metres of a foot, and of an inch, by the agreement of 1959.
const FOOT_M: f64 = 0.3048;
const INCH_M: f64 = 0.0254;

/// A length in metres: `12`, `12.5 m`, `12,5`, `40'`, `40 ft`, `12'6"`, `12 ft 6 in`. Several values: the first.
pub(super) fn metres(text: &str) -> Option<f64> {
    let (number, unit) = number_and_unit(text)?;
    let metres = match unit {
        "" | "m" | "metres" | "meters" => number,
        "cm" => number / 100.0,
        unit => imperial(number, unit)?,
    };
    (-100.0..=1000.0).contains(&metres).then_some(metres)
}

/// Feet, inches, or feet and below twelve inches more, in metres.
fn imperial(number: f64, unit: &str) -> Option<f64> {
    let inch = |unit: &str| matches!(unit, "\"" | "''" | "\u{2033}" | "\u{201d}" | "in" | "in." | "inch" | "inches");
    if inch(unit) {
        return Some(number * INCH_M);
    }
    // Longer words first: `ft` begins none of the others.
    let feet = ["feet", "foot", "ft.", "ft", "'", "\u{2032}", "\u{2019}"];
    let rest = feet.iter().find_map(|feet| unit.strip_prefix(feet))?.trim();
    if rest.is_empty() {
        return Some(number * FOOT_M);
    }
    let (inches, unit) = number_and_unit(rest)?;
    let whole = number >= 0.0 && number.fract() == 0.0 && (0.0..12.0).contains(&inches);
    (whole && (unit.is_empty() || inch(unit))).then_some(number * FOOT_M + inches * INCH_M)
}

/// A weight in tonnes: `7.5`, `7.5 t`, `3500 kg`. Several values: the first.
pub(super) fn tonnes(text: &str) -> Option<f64> {
    let (number, unit) = number_and_unit(text)?;
    let tonnes = match unit {
        "" | "t" => number,
        "kg" => number / 1_000.0,
        "lbs" | "lb" => number * 0.000_453_592_37,
        "st" => number * 0.907_184_74,
        _ => return None,
    };
    (tonnes > 0.0 && tonnes <= 1000.0).then_some(tonnes)
}

/// A plain count, rounded down (`building:levels=2.5`). Several values: the first.
pub(super) fn count(text: &str) -> Option<i64> {
    let (number, unit) = number_and_unit(text)?;
    #[expect(clippy::cast_possible_truncation, reason = "rounded down on purpose; the range is checked")]
    (unit.is_empty() && (0.0..=1000.0).contains(&number)).then(|| number.floor() as i64)
}

/// A speed limit in km/h: `50`, `50 km/h`, `30 mph`, `walk`, `FI:urban`, `DE:zone:30`. `None` when there is none or
/// it cannot be known (`none`, `signals`, a country whose rule is not listed).
pub(super) fn speed_kmh(text: &str) -> Option<i64> {
    if let Some((number, unit)) = number_and_unit(text) {
        let kmh = match unit {
            "" | "km/h" | "kmh" | "kph" => number,
            "mph" => number * 1.609_344,
            "knots" => number * 1.852,
            _ => return None,
        };
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        return (1.0..=300.0).contains(&kmh).then(|| kmh.round() as i64);
    }
    let (country, rule) = text.trim().split_once(':').unwrap_or(("", text.trim()));
    match (country, rule) {
        // A walking pace, as German courts put it: 4 to 7 km/h.
        (_, "walk" | "living_street") => Some(7),
        ("RU" | "UA", "urban") => Some(60),
        ("GB" | "UK", "nsl_single") => Some(97),
        (_, "urban") => Some(50),
        ("FI" | "FR" | "CH", "rural") => Some(80),
        ("DE" | "AT", "rural") => Some(100),
        (_, zone) => zone.strip_prefix("zone").and_then(|rest| rest.trim_start_matches(':').parse().ok()),
    }
}

/// Where something looks: the middle, and the opening if a range was given. Degrees clockwise from north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    /// 0..360; absent when it looks all around.
    pub(super) azimuth_deg: Option<f64>,
    /// 0..360, only for ranges.
    pub(super) angle_deg: Option<f64>,
}

/// A direction: degrees (also negative, with a sign or word for degrees), a compass point (`N`, `SSW`, `south`), or a
/// range of two, clockwise (`90-180`, `NW–NE`, with any dash). Several values: the first that is one. `None` for anything
/// else (`forward`, `both`).
pub(super) fn look(text: &str) -> Option<Look> {
    text.split([';', ',', '/']).find_map(one_look)
}

/// How many different directions a text names, which one camera cannot look in at once.
pub(super) fn looks(text: &str) -> usize {
    let all: Vec<Look> = text.split([';', ',', '/']).filter_map(one_look).collect();
    all.iter().enumerate().filter(|(at, look)| !all.get(..*at).unwrap_or_default().contains(look)).count()
}

fn one_look(text: &str) -> Option<Look> {
    let dashes = ['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}', '~', '～'];
    let first = text.trim().replace(dashes, "-");
    let first = first.as_str();
    if let Some(azimuth) = bearing(first) {
        return Some(Look { azimuth_deg: Some(azimuth), angle_deg: None });
    }
    // The sign of a negative number is no dash between two.
    let dash = first.char_indices().skip(1).find(|(_, c)| *c == '-').map(|(at, _)| at)?;
    let (from, to) = (first.get(..dash)?, first.get(dash + 1..)?);
    let (start, end) = (bearing(from)?, bearing(to)?);
    let angle = (end - start).rem_euclid(360.0);
    // By the rule of the tag, 0-359 and 0-360 both mean: all around.
    if angle == 0.0 || angle >= 359.0 {
        return Some(Look { azimuth_deg: None, angle_deg: Some(360.0) });
    }
    Some(Look { azimuth_deg: Some((start + angle / 2.0).rem_euclid(360.0)), angle_deg: Some(angle) })
}

const COMPASS: [&str; 16] =
    ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];

const WORDS: [(&str, f64); 8] = [
    ("NORTH", 0.0),
    ("NORTHEAST", 45.0),
    ("EAST", 90.0),
    ("SOUTHEAST", 135.0),
    ("SOUTH", 180.0),
    ("SOUTHWEST", 225.0),
    ("WEST", 270.0),
    ("NORTHWEST", 315.0),
];
const UNITS: [&str; 5] = ["°", "º", "DEGREES", "DEG.", "DEG"];

fn bearing(text: &str) -> Option<f64> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    if let Some(point) = COMPASS.iter().position(|point| *point == upper) {
        return u8::try_from(point).ok().map(|point| f64::from(point) * 22.5);
    }
    if let Some((_, degrees)) = WORDS.iter().find(|(word, _)| *word == upper) {
        return Some(*degrees);
    }
    let number = UNITS.iter().find_map(|unit| upper.strip_suffix(unit)).unwrap_or(&upper);
    let number: f64 = number.trim_end().parse().ok()?;
    // An overflow to 360 by rounding (of −1e-20) is 0 again.
    (number.is_finite() && number.abs() <= 3600.0).then(|| number.rem_euclid(360.0) % 360.0)
}

/// Splits `12.5 m` into 12.5 and `m`; of several values (`50;30`) the first.
fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let first = text.split([';', '|']).next()?.trim();
    let end = first.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+'))).unwrap_or(first.len());
    let (number, unit) = first.split_at_checked(end)?;
    let number: f64 = number.replace(',', ".").parse().ok()?;
    Some((number, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        let cases = [("12", 12.0), ("12.13 m", 12.13), ("3,5", 3.5), ("10 ft", 3.048), ("9;12", 9.0), ("-2", -2.0)];
        for (text, expect) in cases {
            assert_eq!(metres(text), Some(expect), "{text}");
        }
        for text in
            ["12'6\"", "12' 6\"", "12'6''", "12 ft 6 in", "12ft6in", "12 feet 6 inches", "12'6", "12\u{2032}6\u{2033}"]
        {
            assert!(metres(text).is_some_and(|metres| (metres - 3.81).abs() < 1e-9), "{text}: {:?}", metres(text));
        }
        assert!(metres("40'").is_some_and(|metres| (metres - 12.192).abs() < 1e-9));
        assert!(metres("150\"").is_some_and(|metres| (metres - 3.81).abs() < 1e-9));
        for text in ["12'13\"", "12.5'6\"", "-12'6\"", "12'6 m", "12 ft 6 in 3", "12 yd"] {
            assert_eq!(metres(text), None, "{text}");
        }
        for text in ["", "tall", "12 stories", "1e9", "1-2", "99999", "12 \u{1f600}"] {
            assert_eq!(metres(text), None, "{text}");
        }
        assert_eq!((tonnes("7.5"), tonnes("3500 kg"), tonnes("none"), tonnes("0")), (Some(7.5), Some(3.5), None, None));
        assert_eq!((count("2.5"), count("7"), count("-1"), count("many")), (Some(2), Some(7), None, None));
    }

    #[test]
    fn speeds() {
        for (text, expect) in [("50", 50), ("50 mph", 80), ("30 km/h", 30), ("FI:urban", 50), ("RU:urban", 60)] {
            assert_eq!(speed_kmh(text), Some(expect), "{text}");
        }
        for (text, expect) in [("walk", 7), ("DE:zone:30", 30), ("FI:zone30", 30), ("50;30", 50), ("DE:rural", 100)] {
            assert_eq!(speed_kmh(text), Some(expect), "{text}");
        }
        for text in ["none", "signals", "0", "XX:rural", "fast", "", "9999999999999999999"] {
            assert_eq!(speed_kmh(text), None, "{text}");
        }
    }

    #[test]
    fn directions() {
        let one = |text: &str| look(text).and_then(|look| look.azimuth_deg);
        for (text, expect) in [("90", 90.0), ("-20", 340.0), ("360", 0.0), ("N", 0.0), ("ssw", 202.5), ("135°", 135.0)]
        {
            assert_eq!(one(text), Some(expect), "{text}");
        }
        let range = |text: &str| look(text).map(|look| (look.azimuth_deg, look.angle_deg));
        for (text, azimuth, angle) in [
            ("90-180", Some(135.0), 90.0),
            ("270-90", Some(0.0), 180.0),
            ("NW-NE", Some(0.0), 90.0),
            ("-30-30", Some(0.0), 60.0),
            ("0-360", None, 360.0),
            ("0-359", None, 360.0),
        ] {
            assert_eq!(range(text), Some((azimuth, Some(angle))), "{text}");
        }
        for (text, azimuth, angle) in [("90–180", 135.0, 90.0), ("90 — 180", 135.0, 90.0), ("90°–180°", 135.0, 90.0)]
        {
            assert_eq!(range(text), Some((Some(azimuth), Some(angle))), "{text}");
        }
        for (text, expect) in [("90 deg", 90.0), ("90deg", 90.0), ("90 Degrees", 90.0), ("90º", 90.0), ("South", 180.0)]
        {
            assert_eq!(one(text), Some(expect), "{text}");
        }
        assert_eq!((one("10;20"), one("NE;SW"), one("x;90")), (Some(10.0), Some(45.0), Some(90.0)));
        assert_eq!((looks("NE;SW"), looks("90;270;90"), looks("90"), looks("forward")), (2, 2, 1, 0));
        for text in ["forward", "", "-", "N-", "nan", "inf", "1e300", "é-ü"] {
            assert_eq!(look(text), None, "{text}");
        }
    }
}
