//! A shapefile's geometry and columns, as they are.

#![no_main]

#[path = "../../tests/fuzzed/mod.rs"]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::fuzzed("shapefile_parts", bytes));
