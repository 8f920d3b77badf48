//! The one binary of the house.

use std::process::ExitCode;

/// Rows, tiles and answers are made on one thread and dropped on another, which the allocator of the system is slow at.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    api::cli::run()
}
