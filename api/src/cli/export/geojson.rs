//! A layer as GeoJSON.

use std::io::Write;

use anyhow::Result;

use super::command::Chosen;
use crate::wire::geojson_of;

/// Writes a `FeatureCollection`, one feature a line.
pub(super) async fn write(chosen: &Chosen, out: &mut impl Write) -> Result<u64> {
    write!(out, "{{\"type\":\"FeatureCollection\",\"features\":[")?;
    let mut comma = "";
    let rows = chosen
        .each(|feature| {
            write!(out, "{comma}\n{}", geojson_of(feature))?;
            comma = ",";
            Ok(())
        })
        .await?;
    writeln!(out, "\n]}}")?;
    Ok(rows)
}
