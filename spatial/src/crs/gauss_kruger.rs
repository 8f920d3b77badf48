//! CGCS2000 Gauss–Krüger zones: transverse Mercator with scale 1 on the central meridian and a false easting of 500 km.
//!
//! The series is Krüger's of 1912 in the third flattening, as IOGP Guidance Note 7-2 prints it (method 9807), to the
//! fourth power: within 0.1 mm wherever a zone is used.

/// Semi-major axis of CGCS2000, metres.
const A: f64 = 6_378_137.0;
/// Flattening of CGCS2000.
const F: f64 = 1.0 / 298.257_222_101;
/// False easting, metres.
const EAST_M: f64 = 500_000.0;
/// A zone's eastings, without prefix, stay below this, metres: 4.5° either side at the equator, more farther north.
const WIDEST_M: f64 = 1_000_000.0;
/// Metres by which a zone prefix stands before the easting.
const PREFIX_M: f64 = 1_000_000.0;

/// A zone: its central meridian, and whether eastings carry the zone's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GaussKruger {
    epsg: u16,
    meridian: u8,
    zone: Option<u8>,
}

impl GaussKruger {
    /// 3° zone, central meridian 120° E, no prefix: EPSG:4549.
    pub(super) const GK120: Self = Self { epsg: 4549, meridian: 120, zone: None };

    /// The zone of an EPSG code, 4491 to 4554: 6° and 3° zones, with and without prefix.
    pub fn from_epsg(epsg: u16) -> Option<Self> {
        let at = |first: u16| u8::try_from(epsg - first).ok();
        let (meridian, zone) = match epsg {
            4491..=4501 => (75 + 6 * at(4491)?, Some(13 + at(4491)?)),
            4502..=4512 => (75 + 6 * at(4502)?, None),
            4513..=4533 => (75 + 3 * at(4513)?, Some(25 + at(4513)?)),
            4534..=4554 => (75 + 3 * at(4534)?, None),
            _ => return None,
        };
        Some(Self { epsg, meridian, zone })
    }

    /// The EPSG code.
    pub fn epsg(self) -> u16 {
        self.epsg
    }

    /// The central meridian, degrees east.
    pub fn meridian(self) -> f64 {
        f64::from(self.meridian)
    }

    fn prefix_m(self) -> f64 {
        self.zone.map_or(0.0, |zone| f64::from(zone) * PREFIX_M)
    }

    /// Degrees to metres east and north.
    pub(super) fn forward(self, lon: f64, lat: f64) -> Result<(f64, f64), &'static str> {
        let away = (lon - self.meridian()).to_radians();
        // Beyond a right angle the series comes back from the other side of the world.
        if lat.abs() >= 90.0 || away.abs() > 0.5 {
            return Err("the place is too far from the zone's central meridian");
        }
        let (k, e) = (Series::new(), eccentricity());
        let sin = lat.to_radians().sin();
        let t = (sin.atanh() - e * (e * sin).atanh()).sinh();
        let (xi, eta) = (t.atan2(away.cos()), (away.sin() / t.hypot(away.cos())).asinh());
        let (mut north, mut east) = (xi, eta);
        for (alpha, j) in k.alpha.iter().zip([2.0, 4.0, 6.0, 8.0]) {
            north += alpha * (j * xi).sin() * (j * eta).cosh();
            east += alpha * (j * xi).cos() * (j * eta).sinh();
        }
        let east = EAST_M + k.radius * east;
        if !(0.0..WIDEST_M).contains(&east) {
            return Err("the place is too far from the zone's central meridian");
        }
        Ok((self.prefix_m() + east, k.radius * north))
    }

    /// Metres east and north to degrees.
    pub(super) fn inverse(self, x: f64, y: f64) -> Result<(f64, f64), &'static str> {
        let east = x - self.prefix_m();
        if !(0.0..WIDEST_M).contains(&east) {
            return Err(match self.zone {
                Some(_) => "expected an easting that begins with the zone's number, in metres",
                None if x >= PREFIX_M => {
                    "expected an easting of 0 to 1000000 m: is there a zone prefix, or are the axes swapped?"
                }
                None => "expected an easting of 0 to 1000000 m",
            });
        }
        if y.abs() > 10_000_000.0 {
            return Err("expected a northing within ±10000000 m");
        }
        let (k, e) = (Series::new(), eccentricity());
        let (north, east) = (y / k.radius, (east - EAST_M) / k.radius);
        let (mut xi, mut eta) = (north, east);
        for (beta, j) in k.beta.iter().zip([2.0, 4.0, 6.0, 8.0]) {
            xi -= beta * (j * north).sin() * (j * east).cosh();
            eta -= beta * (j * north).cos() * (j * east).sinh();
        }
        let lon = self.meridian() + eta.sinh().atan2(xi.cos()).to_degrees();
        let lat = latitude(xi.sin() / eta.sinh().hypot(xi.cos()), e).to_degrees();
        Ok((lon, lat))
    }
}

/// Latitude (radians) from the tangent of the conformal latitude, by Newton's method (Karney 2011, eq. 19–21): two
/// steps reach the last digits, four are taken.
fn latitude(conformal: f64, e: f64) -> f64 {
    let e2 = 1.0 - e * e;
    let mut tan = conformal / e2;
    for _ in 0..4 {
        let secant = tan.hypot(1.0);
        let sigma = (e * (e * tan / secant).atanh()).sinh();
        let reached = tan * sigma.hypot(1.0) - sigma * secant;
        tan += (conformal - reached) / reached.hypot(1.0) * (1.0 + e2 * tan * tan) / (e2 * secant);
    }
    tan.atan()
}

fn eccentricity() -> f64 {
    (F * (2.0 - F)).sqrt()
}

/// Coefficients of the series.
struct Series {
    /// Radius of the rectifying sphere, metres.
    radius: f64,
    alpha: [f64; 4],
    beta: [f64; 4],
}

impl Series {
    fn new() -> Self {
        let n = F / (2.0 - F);
        let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n);
        Self {
            radius: A / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0),
            alpha: [
                n / 2.0 - 2.0 / 3.0 * n2 + 5.0 / 16.0 * n3 + 41.0 / 180.0 * n4,
                13.0 / 48.0 * n2 - 3.0 / 5.0 * n3 + 557.0 / 1440.0 * n4,
                61.0 / 240.0 * n3 - 103.0 / 140.0 * n4,
                49_561.0 / 161_280.0 * n4,
            ],
            beta: [
                n / 2.0 - 2.0 / 3.0 * n2 + 37.0 / 96.0 * n3 - n4 / 360.0,
                n2 / 48.0 + n3 / 15.0 - 437.0 / 1440.0 * n4,
                17.0 / 480.0 * n3 - 37.0 / 840.0 * n4,
                4_397.0 / 161_280.0 * n4,
            ],
        }
    }
}
