//! Why the store could not do what it was asked.

/// What kind of failure: what the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// What was named does not exist.
    NotFound,
    /// It contradicts what is stored, or somebody else holds it.
    Conflict,
    /// The store cannot be reached or is too busy; asking again may help.
    Unavailable,
    /// What is stored cannot be read as what it should be.
    Corrupt,
    /// What was given cannot be stored.
    Invalid,
}

/// A failure of the store. Its text completes the sentence "failed to …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doing}: {why}")]
pub struct Error {
    kind: ErrorKind,
    doing: &'static str,
    why: String,
}

impl Error {
    /// A failure while `doing` ("read the roster"), because of `why`.
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over the error from below and are done with it")]
    pub(crate) fn new(kind: ErrorKind, doing: &'static str, why: impl ToString) -> Self {
        Self { kind, doing, why: why.to_string() }
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The same failure, of a named thing among several.
    pub(crate) fn of(self, name: &str) -> Self {
        Self { why: format!("{name}: {}", self.why), ..self }
    }

    /// Nothing of that name.
    pub(crate) fn not_found(doing: &'static str, why: impl ToString) -> Self {
        Self::new(ErrorKind::NotFound, doing, why)
    }

    /// It contradicts what is stored.
    pub(crate) fn conflict(doing: &'static str, why: impl ToString) -> Self {
        Self::new(ErrorKind::Conflict, doing, why)
    }

    /// The log is not the one that a server began with: somebody restored a backup beneath it.
    pub fn other_log() -> Self {
        Self::conflict(
            "take the head of the log",
            "it is in another epoch: a backup was restored; start the server anew",
        )
    }

    /// It may work later.
    pub(crate) fn unavailable(doing: &'static str, why: impl ToString) -> Self {
        Self::new(ErrorKind::Unavailable, doing, why)
    }

    /// What is stored is not readable.
    pub(crate) fn corrupt(doing: &'static str, why: impl ToString) -> Self {
        Self::new(ErrorKind::Corrupt, doing, why)
    }

    /// What was given cannot be stored.
    pub(crate) fn invalid(doing: &'static str, why: impl ToString) -> Self {
        Self::new(ErrorKind::Invalid, doing, why)
    }
}

/// Says what was being done when something below failed.
pub(crate) trait Doing<T> {
    /// `doing` completes "failed to …": `read the roster`.
    fn doing(self, doing: &'static str) -> Result<T, Error>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|error| Error::new(kind_of(&error), doing, error))
    }
}

impl<T> Doing<T> for Result<T, sqlx::migrate::MigrateError> {
    fn doing(self, doing: &'static str) -> Result<T, Error> {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration, VersionMissing};
        self.map_err(|error| {
            if let VersionMissing(step) = error {
                return Error::invalid(doing, format!("it was made by a newer version of this program (step {step})"));
            }
            let kind = if let Execute(below) | ExecuteMigration(below, _) = &error {
                kind_of(below)
            } else {
                ErrorKind::Corrupt
            };
            Error::new(kind, doing, error)
        })
    }
}

impl<T> Doing<T> for Result<T, std::io::Error> {
    fn doing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|error| Error::unavailable(doing, error))
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else fails between us and a database may work later")]
fn kind_of(error: &sqlx::Error) -> ErrorKind {
    match error {
        sqlx::Error::RowNotFound => ErrorKind::NotFound,
        sqlx::Error::Configuration(_) | sqlx::Error::Encode(_) | sqlx::Error::InvalidArgument(_) => ErrorKind::Invalid,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::TypeNotFound { .. } => {
            ErrorKind::Corrupt
        }
        sqlx::Error::Database(below) => kind_of_code(below.code().as_deref().unwrap_or_default()),
        _ => ErrorKind::Unavailable,
    }
}

/// SQLite gives its (extended) result code as a number, PostgreSQL its five-letter SQLSTATE.
fn kind_of_code(code: &str) -> ErrorKind {
    if code.len() == 5 && !code.starts_with("XX") {
        return match code.get(..2) {
            Some("22" | "3D") => ErrorKind::Invalid,
            Some("23") => ErrorKind::Conflict,
            _ => ErrorKind::Unavailable,
        };
    }
    match code {
        "XX001" | "XX002" => ErrorKind::Corrupt,
        _ => match code.parse::<i32>().map(|number| number & 0xff) {
            Ok(11 | 26) => ErrorKind::Corrupt,
            Ok(19) => ErrorKind::Conflict,
            Ok(18 | 20 | 25) => ErrorKind::Invalid,
            _ => ErrorKind::Unavailable,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_have_a_kind() {
        for (code, kind) in [
            ("5", ErrorKind::Unavailable),     // SQLITE_BUSY
            ("517", ErrorKind::Unavailable),   // SQLITE_BUSY_SNAPSHOT
            ("11", ErrorKind::Corrupt),        // SQLITE_CORRUPT
            ("2067", ErrorKind::Conflict),     // SQLITE_CONSTRAINT_UNIQUE
            ("40001", ErrorKind::Unavailable), // serialization_failure
            ("23505", ErrorKind::Conflict),    // unique_violation
            ("22P05", ErrorKind::Invalid),     // untranslatable_character
            ("XX001", ErrorKind::Corrupt),     // data_corrupted
        ] {
            assert_eq!(kind_of_code(code), kind, "{code}");
        }
    }

    #[test]
    fn it_completes_the_sentence() {
        let error = Error::conflict("store features", "two keys share number 7");
        assert_eq!(format!("failed to {error}"), "failed to store features: two keys share number 7");
    }
}
