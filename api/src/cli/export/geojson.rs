//! A layer as GeoJSON.

use std::io::Write;

use anyhow::Result;

use super::command::Chosen;

/// Writes a `FeatureCollection`, one feature a line.
pub(super) async fn write(chosen: &Chosen, out: &mut impl Write) -> Result<u64> {
    write!(out, "{{\"type\":\"FeatureCollection\",\"features\":[")?;
    let mut comma = "";
    let rows = chosen
        .each(|row| {
            write!(out, "{comma}\n{}", row.json())?;
            comma = ",";
            Ok(())
        })
        .await?;
    writeln!(out, "\n]}}")?;
    Ok(rows)
}
