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

/// What the text of a `.prj` (WKT) says: an EPSG number if it names one, else a system that is known by its name, else
/// the name itself. `None` when it is no WKT.
pub(crate) fn of_wkt(text: &str) -> Option<String> {
    let name = text.split('"').nth(1)?.trim();
    let authority = text.trim_end().rsplit_once("AUTHORITY[\"EPSG\",").or_else(|| text.rsplit_once("ID[\"EPSG\","));
    // The last one closes the whole text; one inside names a part of it.
    let own = authority.map(|(_, rest)| rest.trim_matches(['"', ']', ' '])).and_then(|code| code.parse::<u32>().ok());
    Some(own.map(|code| format!("epsg:{code}")).or_else(|| of_name(name)).unwrap_or_else(|| name.to_owned()))
}

/// The system of a name as ESRI and EPSG write it.
fn of_name(name: &str) -> Option<String> {
    let plain: String =
        name.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().filter(|word| *word != "gcs").collect();
    let epsg = |code: u32| Some(format!("epsg:{code}"));
    let last = words.last().copied().unwrap_or_default();
    let number: u32 = last.trim_end_matches(['e', 'n', 's']).parse().unwrap_or(0);
    match words[..] {
        ["wgs", "1984" | "84"] => epsg(4326),
        ["china", "geodetic", "coordinate", "system", "2000"] => epsg(4490),
        ["wgs", "1984", "web", "mercator", ..] | ["wgs", "84", "pseudo", "mercator"] => epsg(3857),
        ["wgs", "1984" | "84", "utm", "zone", _] if (1..=60).contains(&number) => {
            epsg(number + if last.ends_with('s') { 32700 } else { 32600 })
        }
        ["cgcs2000", "3", "degree", ..] if words.contains(&"zone") && (25..=45).contains(&number) => {
            epsg(4488 + number)
        }
        ["cgcs2000", "3", "degree", ..] if (75..=135).contains(&number) && number.is_multiple_of(3) => {
            epsg(4509 + number / 3)
        }
        ["cgcs2000", ..] if words.contains(&"zone") && (13..=23).contains(&number) => epsg(4478 + number),
        ["cgcs2000", ..] if (75..=135).contains(&number) && number % 6 == 3 => epsg(4490 + number / 6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_known_by_the_names_of_the_field() {
        for (name, expect) in [
            ("GCS_WGS_1984", "epsg:4326"),
            ("WGS 84", "epsg:4326"),
            ("GCS_China_Geodetic_Coordinate_System_2000", "epsg:4490"),
            ("CGCS2000_3_Degree_GK_CM_120E", "epsg:4549"),
            ("CGCS2000 / 3-degree Gauss-Kruger CM 75E", "epsg:4534"),
            ("CGCS2000_3_Degree_GK_Zone_40", "epsg:4528"),
            ("CGCS2000 / 3-degree Gauss-Kruger zone 25", "epsg:4513"),
            ("CGCS2000_GK_CM_123E", "epsg:4510"),
            ("CGCS2000_GK_Zone_13", "epsg:4491"),
            ("WGS_1984_UTM_Zone_51N", "epsg:32651"),
            ("WGS 84 / UTM zone 33S", "epsg:32733"),
            ("WGS_1984_Web_Mercator_Auxiliary_Sphere", "epsg:3857"),
            ("Xian_1980_GK_CM_117E", "Xian_1980_GK_CM_117E"),
        ] {
            assert_eq!(of_wkt(&format!("PROJCS[\"{name}\",UNIT[\"Meter\",1.0]]")).unwrap(), expect, "{name}");
        }
        let with = r#"PROJCS["a",GEOGCS["b",AUTHORITY["EPSG","4490"]],AUTHORITY["EPSG","4549"]]"#;
        assert_eq!(of_wkt(with).unwrap(), "epsg:4549");
        let inside = r#"PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["b",AUTHORITY["EPSG","4490"]],UNIT["Meter",1.0]]"#;
        assert_eq!(of_wkt(inside).unwrap(), "epsg:4549");
        assert_eq!(of_wkt("nothing"), None);
        assert!(same("epsg:4490", "wgs84") && same("urn:ogc:def:crs:EPSG::4549", "cgcs2000_gk120"));
        assert!(!same("epsg:4528", "epsg:4549") && !same("gcj02", "wgs84"));
    }
}
