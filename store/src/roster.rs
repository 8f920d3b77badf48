//! The roster: who the duty units are.

use async_trait::async_trait;
use dispatch::Unit;

use crate::Error;

/// The duty units.
#[async_trait]
pub trait Roster: Send + Sync {
    /// Stores a unit; an older record of the same id is replaced.
    async fn put_unit(&self, unit: &Unit) -> Result<(), Error> {
        self.put_units(std::slice::from_ref(unit)).await
    }

    /// Stores all of them in one transaction, or none.
    async fn put_units(&self, units: &[Unit]) -> Result<(), Error>;

    /// All units, by id.
    async fn units(&self) -> Result<Vec<Unit>, Error>;

    /// The unit of that id.
    async fn unit(&self, id: &str) -> Result<Option<Unit>, Error>;
}
