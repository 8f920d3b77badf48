//! Published plans: who sees which part of one, and publishing.

use patrol::{Draft, Plan};
use spatial::Position;

use super::App;
use crate::auth::{Caller, Refusal};

/// A plan as somebody sees it.
#[derive(Debug, Clone)]
pub struct PlanInSight {
    /// Without what lies in other parts of the city.
    pub plan: Plan,
    /// How many posts and routes lie there.
    pub outside: usize,
}

impl App {
    /// What the caller sees of a plan: posts in the own part of the city, and routes that touch it. `None` when that is
    /// nothing.
    pub fn plan_in_sight(&self, caller: &Caller, mut plan: Plan) -> Option<PlanInSight> {
        let still = self.world.still();
        let mine = |place: &Position| caller.scope.holds(still.division(*place));
        let draft = &mut plan.draft;
        let all = draft.posts.len() + draft.routes.len();
        draft.posts.retain(|post| mine(&post.position));
        draft.routes.retain(|route| route.points.iter().any(mine));
        let seen = draft.posts.len() + draft.routes.len();
        (seen > 0).then_some(PlanInSight { plan, outside: all - seen })
    }

    /// Whether the caller may publish a draft: all of it must lie in the own part of the city.
    ///
    /// # Errors
    /// [`Refusal::Scope`] when some of it lies elsewhere.
    pub fn may_publish(&self, caller: &Caller, draft: &Draft) -> Result<(), Refusal> {
        let still = self.world.still();
        let posts = draft.posts.iter().map(|post| post.position);
        let mut places = posts.chain(draft.routes.iter().flat_map(|route| route.points.iter().copied()));
        if places.all(|place| caller.scope.holds(still.division(place))) { Ok(()) } else { Err(Refusal::Scope) }
    }
}
