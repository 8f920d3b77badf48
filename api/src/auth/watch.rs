//! Who may watch a camera, and what for (regulation on public video, articles 16 and 20: every look has a reason).

use super::caller::Caller;
use super::policy::{Refusal, WATCH, WATCH_IN_TASK, WATCH_URGENT};

/// The incident that a camera is opened for, as far as rights rest on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own; the rights are the table of them")]
pub struct Cause {
    /// It is not over.
    pub open: bool,
    /// Its priority is 1 or 2.
    pub urgent: bool,
    /// The caller answers for it.
    pub own: bool,
    /// The caller's unit has an order there that is not over.
    pub sent: bool,
    /// The camera stands near enough to be one of the incident's.
    pub near: bool,
}

/// What the right rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds {
    /// The incident says enough.
    Incident,
    /// The caller must say why, in words.
    Reason,
}

/// Whether `caller` may watch a camera, and whether a reason must be typed. Whose roles allow nothing is refused by role.
///
/// | role | camera |
/// | --- | --- |
/// | dispatcher, lead, station | of the own part of the city, with a reason; the owner of an open P1 or P2 needs none |
/// | `wall_ops` | near an open P1 or P2 |
/// | unit | near an incident that it has an open order for |
pub fn may_watch(caller: &Caller, cause: Option<Cause>) -> Result<Grounds, Refusal> {
    let cause = cause.filter(|cause| cause.open).unwrap_or_default();
    if caller.is(WATCH) {
        return Ok(if cause.urgent && cause.own { Grounds::Incident } else { Grounds::Reason });
    }
    let urgent = caller.is(WATCH_URGENT) && cause.urgent && cause.near;
    let in_task = caller.is(WATCH_IN_TASK) && cause.sent && cause.near;
    if urgent || in_task { Ok(Grounds::Incident) } else { Err(Refusal::Role) }
}

#[cfg(test)]
mod tests {
    use super::super::caller::tests::caller;
    use super::super::roles::Role;
    use super::*;

    const OPEN: Cause = Cause { open: true, urgent: true, own: false, sent: false, near: true };

    fn check(role: Role, cause: Option<Cause>, expected: Result<Grounds, Refusal>) {
        assert_eq!(may_watch(&caller(role, "330302"), cause), expected, "{} {cause:?}", role.word());
    }

    #[test]
    fn a_desk_says_why_unless_it_owns_an_urgent_incident() {
        for role in [Role::Dispatcher, Role::Lead, Role::Station] {
            check(role, None, Ok(Grounds::Reason));
            check(role, Some(OPEN), Ok(Grounds::Reason));
            check(role, Some(Cause { own: true, ..OPEN }), Ok(Grounds::Incident));
            check(role, Some(Cause { own: true, near: false, ..OPEN }), Ok(Grounds::Incident));
            check(role, Some(Cause { own: true, urgent: false, ..OPEN }), Ok(Grounds::Reason));
            check(role, Some(Cause { own: true, open: false, ..OPEN }), Ok(Grounds::Reason));
        }
    }

    #[test]
    fn a_wall_sees_what_is_urgent() {
        check(Role::WallOps, Some(OPEN), Ok(Grounds::Incident));
        check(Role::WallOps, None, Err(Refusal::Role));
        check(Role::WallOps, Some(Cause { urgent: false, ..OPEN }), Err(Refusal::Role));
        check(Role::WallOps, Some(Cause { open: false, ..OPEN }), Err(Refusal::Role));
        check(Role::WallOps, Some(Cause { near: false, ..OPEN }), Err(Refusal::Role));
    }

    #[test]
    fn a_unit_sees_where_it_is_sent() {
        let sent = Cause { sent: true, urgent: false, ..OPEN };
        check(Role::Unit, Some(sent), Ok(Grounds::Incident));
        check(Role::Unit, Some(OPEN), Err(Refusal::Role));
        check(Role::Unit, Some(Cause { near: false, ..sent }), Err(Refusal::Role));
    }

    #[test]
    fn nobody_else_sees_anything() {
        let all = Cause { own: true, sent: true, ..OPEN };
        for role in [Role::WallGuest, Role::Planner, Role::Analyst, Role::Auditor, Role::Sysadmin, Role::Gateway] {
            check(role, Some(all), Err(Refusal::Role));
        }
    }
}
