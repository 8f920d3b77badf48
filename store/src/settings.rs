//! Settings: small things to remember, such as secrets made on the first start.

use async_trait::async_trait;

use crate::Error;

/// Small values by name.
#[async_trait]
pub trait Settings: Send + Sync {
    /// The value of that name.
    async fn setting(&self, key: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Stores a value; an older one is replaced.
    async fn put_setting(&self, key: &str, value: &[u8]) -> Result<(), Error>;

    /// Stores a value unless there is one, and answers what is stored: of many servers that start together, all get
    /// the value of the first.
    async fn put_setting_if_absent(&self, key: &str, value: &[u8]) -> Result<Vec<u8>, Error>;
}

/// Refuses names that not every database can keep.
pub(crate) fn check(key: &str) -> Result<(), Error> {
    if key.is_empty() || key.contains('\0') {
        return Err(Error::invalid("store a setting", "its name is empty or holds a zero byte"));
    }
    Ok(())
}
