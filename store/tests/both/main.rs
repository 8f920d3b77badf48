//! Both stores behave the same: every case of `conformance` runs on each, and each has a few cases of its own. The tests
//! on PostGIS start their database themselves; without PostgreSQL they fail, and `make test` installs it.

#![allow(clippy::unwrap_used, reason = "a helper of a test that fails has failed the test")]

mod conformance;
mod postgis;
mod sqlite;
mod support;
