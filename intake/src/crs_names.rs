//! The many names that files give to a coordinate system, and the one of ours for each.

/// One word for a name: `urn:ogc:def:crs:EPSG::4549` and `cgcs2000_gk120` → `epsg:4549`.
pub(crate) fn one_word(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    let mut parts = name.rsplit(':').filter(|part| !part.is_empty());
    let code = parts.next().unwrap_or_default();
    match code {
        "wgs84" | "crs84" | "4326" | "crs84h" | "4979" => "wgs84".to_owned(),
        "cgcs2000" | "4490" => "cgcs2000".to_owned(),
        "cgcs2000_gk120" | "4549" => "epsg:4549".to_owned(),
        number if number.bytes().all(|b| b.is_ascii_digit()) => format!("epsg:{number}"),
        other => other.to_owned(),
    }
}

/// Whether two names mean the same coordinates: WGS84 and CGCS2000 degrees do, within decimetres.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let word = |name: &str| one_word(name).replace("cgcs2000", "wgs84");
    word(a) == word(b)
}
