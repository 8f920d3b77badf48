//! A published plan as a row.

use patrol::{Draft, Plan};

use crate::{Error, Publish};

/// Columns: `id, version, published_by, at_ms, body`.
pub(crate) type Columns = (String, i64, String, i64, String);

/// The version that follows the newest one, and its row; or what stands in its way.
pub(crate) fn next(
    draft: Draft,
    by: &str,
    at_ms: i64,
    follows: Option<u32>,
    newest: Option<Columns>,
) -> Result<(Publish, Option<Columns>), Error> {
    const DOING: &str = "publish a plan";
    let before = newest.map(read).transpose()?;
    let version = before.as_ref().map_or(0, |before| before.version);
    if follows.is_some_and(|follows| follows != version) {
        return Ok((Publish::Conflict { version }, None));
    }
    let at_ms = before.as_ref().map_or(at_ms, |before| at_ms.max(before.at_ms));
    let plan = draft.publish(before.as_ref(), by, at_ms).map_err(|why| Error::invalid(DOING, why))?;
    let body = serde_json::to_string(&plan.draft).map_err(|why| Error::invalid(DOING, why))?;
    let row = (plan.draft.id.clone(), i64::from(plan.version), plan.by.clone(), plan.at_ms, body);
    Ok((Publish::Done(Box::new(plan)), Some(row)))
}

/// The plan of a row.
pub(crate) fn read((id, version, by, at_ms, body): Columns) -> Result<Plan, Error> {
    let corrupt = |why: &dyn std::fmt::Display| Error::corrupt("read plans", format!("{id} version {version}: {why}"));
    let draft: Draft = serde_json::from_str(&body).map_err(|why| corrupt(&why))?;
    if draft.id != id {
        return Err(corrupt(&format!("its text is of {:?}", draft.id)));
    }
    let version = u32::try_from(version).map_err(|why| corrupt(&why))?;
    Ok(Plan { draft, version, by, at_ms })
}
