//! Published plans: where units are to stand and which ways they are to go.

use async_trait::async_trait;
use patrol::{Draft, Plan};

use crate::Error;

/// What became of a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum Publish {
    /// It is published as this version.
    Done(Box<Plan>),
    /// It was to follow another version than the newest, which is this one; 0 stands for none.
    Conflict {
        /// The newest version.
        version: u32,
    },
}

/// Published plans. Every version stays as it was published.
#[async_trait]
pub trait Plans: Send + Sync {
    /// Publishes a draft as the next version of its id; it is durable when this returns. `follows` is the version that it
    /// must follow, 0 for none; left out, it follows whatever is the newest. No version is earlier than the one before it,
    /// whatever the clocks of several servers say.
    async fn publish_plan(&self, draft: Draft, by: &str, at_ms: i64, follows: Option<u32>) -> Result<Publish, Error>;

    /// A version of a plan, or its newest.
    async fn plan(&self, id: &str, version: Option<u32>) -> Result<Option<Plan>, Error>;

    /// The newest version of each plan, by id, beginning after `after`; fewer than `limit` means the end.
    async fn plans(&self, after: Option<&str>, limit: u32) -> Result<Vec<Plan>, Error>;
}
