//! The command line: `onemap COMMAND`.

mod backup;
mod city;
mod config;
mod connections;
mod data;
mod demo;
mod export;
mod import;
mod import_lines;
mod logs;
mod place;
mod serve;
mod users;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use config::{Settings, Source};
pub use place::Place;

/// One map for a city's command centre.
#[derive(Parser)]
#[command(name = "onemap", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make (or reuse) the seeded city, load it and serve it, with demo logins
    Demo(demo::Demo),
    /// Serve the map
    Serve(serve::Serve),
    /// Import a file: `onemap import osm FILE.pbf`, `onemap import cameras FILE.geojson --crs wgs84`; `onemap import undo N`
    Import(import::Import),
    /// Write a layer as GeoJSON, CSV or FlatGeobuf
    Export(export::Export),
    /// Make the seeded city as files
    Generate(city::Generate),
    /// Logins
    User(users::Users),
    /// Copy everything into a folder, also while a server runs
    Backup(backup::Backup),
    /// Bring a backup back
    Restore(backup::Restore),
    /// Bring the store's tables to this version
    Migrate(data::Migrate),
    /// Check the chains of the log and of the audit; exit 1 names the first bad event or row
    Verify(data::Verify),
    /// Print the description of the API (OpenAPI 3.1)
    Openapi,
}

/// Runs the command line. Exit codes: 0 done, 1 refused or failed, 2 nothing could be read (or bad usage).
pub fn run() -> ExitCode {
    let matches = Cli::command().get_matches();
    let outcome = Cli::from_arg_matches(&matches).map_err(anyhow::Error::from).and_then(|cli| {
        let chosen = matches.subcommand().map(|(_, chosen)| chosen.clone()).unwrap_or_default();
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(cli.command.run(&chosen))
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            complain(&format!("onemap: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

impl Command {
    async fn run(self, matches: &clap::ArgMatches) -> Result<ExitCode> {
        match self {
            Self::Demo(demo) => demo.run(matches).await,
            Self::Serve(serve) => serve.run(matches).await,
            Self::Import(import) => import.run().await,
            Self::Export(export) => export.run().await,
            Self::Generate(generate) => generate.run(),
            Self::User(users) => users.run().await,
            Self::Backup(backup) => backup.run().await,
            Self::Restore(restore) => restore.run().await,
            Self::Migrate(migrate) => migrate.run().await,
            Self::Verify(verify) => verify.run().await,
            Self::Openapi => {
                say(&serde_json::to_string_pretty(&crate::http::description())?);
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// Writes a line to standard output. A reader that has gone (`onemap … | head`) is no fault.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let line = spatial::printable(line);
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Writes a line to standard error.
fn complain(line: &str) {
    let line = spatial::printable(line);
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
