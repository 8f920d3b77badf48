//! Transverse Mercator on an ellipsoid: the series under the Gauss–Krüger zones and UTM.
//!
//! The series is Krüger's of 1912 in the third flattening, as IOGP Guidance Note 7-2 prints it (method 9807), to the
//! fourth power: within 0.1 mm wherever a zone is used.

/// False easting of every zone here, metres.
const EAST_M: f64 = 500_000.0;
/// Eastings, without prefix, stay below this, metres: 4.5° either side at the equator, more farther north.
pub(super) const WIDEST_M: f64 = 1_000_000.0;

/// The shape of the earth that a system takes: semi-major axis in metres, and flattening.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ellipsoid {
    a: f64,
    f: f64,
}

/// EPSG:1024.
pub(super) const CGCS2000: Ellipsoid = Ellipsoid { a: 6_378_137.0, f: 1.0 / 298.257_222_101 };
/// EPSG:7030.
pub(super) const WGS84: Ellipsoid = Ellipsoid { a: 6_378_137.0, f: 1.0 / 298.257_223_563 };

/// One projection: central meridian in degrees east, scale on it, metres that the equator is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Transverse {
    pub(super) ellipsoid: Ellipsoid,
    pub(super) meridian: f64,
    pub(super) scale: f64,
    pub(super) false_north_m: f64,
}

impl Transverse {
    /// Degrees to metres east (500 km on the meridian) and north.
    pub(super) fn forward(self, lon: f64, lat: f64) -> Result<(f64, f64), &'static str> {
        let away = (lon - self.meridian).to_radians();
        // Beyond a right angle the series comes back from the other side of the world.
        if lat.abs() >= 90.0 || away.abs() > 0.5 {
            return Err("the place is too far from the zone's central meridian");
        }
        let (k, e) = (Series::new(self.ellipsoid), self.ellipsoid.eccentricity());
        let sin = lat.to_radians().sin();
        let t = (sin.atanh() - e * (e * sin).atanh()).sinh();
        let (xi, eta) = (t.atan2(away.cos()), (away.sin() / t.hypot(away.cos())).asinh());
        let (mut north, mut east) = (xi, eta);
        for (alpha, j) in k.alpha.iter().zip([2.0, 4.0, 6.0, 8.0]) {
            north += alpha * (j * xi).sin() * (j * eta).cosh();
            east += alpha * (j * xi).cos() * (j * eta).sinh();
        }
        let radius = self.scale * k.radius;
        let east = EAST_M + radius * east;
        if !(0.0..WIDEST_M).contains(&east) {
            return Err("the place is too far from the zone's central meridian");
        }
        Ok((east, self.false_north_m + radius * north))
    }

    /// Metres east and north to degrees. An easting outside 0 to [`WIDEST_M`] is the caller's to name.
    pub(super) fn inverse(self, east: f64, north: f64) -> Result<(f64, f64), &'static str> {
        let north = north - self.false_north_m;
        if !(0.0..WIDEST_M).contains(&east) {
            return Err("expected an easting of 0 to 1000000 m");
        }
        if north.abs() > 10_000_000.0 {
            return Err("expected a northing within ±10000000 m of the equator");
        }
        let (k, e) = (Series::new(self.ellipsoid), self.ellipsoid.eccentricity());
        let radius = self.scale * k.radius;
        let (north, east) = (north / radius, (east - EAST_M) / radius);
        let (mut xi, mut eta) = (north, east);
        for (beta, j) in k.beta.iter().zip([2.0, 4.0, 6.0, 8.0]) {
            xi -= beta * (j * north).sin() * (j * east).cosh();
            eta -= beta * (j * north).cos() * (j * east).sinh();
        }
        let lon = self.meridian + eta.sinh().atan2(xi.cos()).to_degrees();
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

impl Ellipsoid {
    fn eccentricity(self) -> f64 {
        (self.f * (2.0 - self.f)).sqrt()
    }
}

/// Coefficients of the series.
struct Series {
    /// Radius of the rectifying sphere, metres.
    radius: f64,
    alpha: [f64; 4],
    beta: [f64; 4],
}

impl Series {
    fn new(ellipsoid: Ellipsoid) -> Self {
        let n = ellipsoid.f / (2.0 - ellipsoid.f);
        let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n);
        Self {
            radius: ellipsoid.a / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0),
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
