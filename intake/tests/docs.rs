//! `docs/data.md` says what the code does.

use intake::{Format, Suspect};
use spatial::noun::FieldType;
use spatial::{Layer, Noun};

const DOC: &str = include_str!("../../docs/data.md");

#[test]
fn every_field_of_every_layer_has_its_line() {
    let mut missing = Vec::new();
    for layer in Layer::REGISTERED {
        let heading = format!("### {}: ", layer.name());
        let Some((_, section)) = DOC.split_once(&heading) else {
            missing.push(heading);
            continue;
        };
        let section = section.split("\n### ").next().unwrap_or_default();
        let fields = Noun::fields(layer);
        for field in fields {
            let kind = match field.kind {
                FieldType::Text => "text",
                FieldType::Int => "whole number",
                FieldType::Float => "number",
                FieldType::Bool => "true or false",
            };
            let line = format!("| `{}` | {kind} | {} | ", field.name, if field.required { "yes" } else { "no" });
            if !section.contains(&line) {
                missing.push(format!("{}: {line}", layer.name()));
            }
        }
        let lines = section.lines().filter(|line| line.starts_with("| `")).count();
        if lines != fields.len() {
            missing.push(format!("{}: {lines} lines for {} fields", layer.name(), fields.len()));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_format_and_suspicion_is_there_by_its_word() {
    for format in Format::ALL {
        assert!(DOC.contains(&format!("| `{}` | ", format.word())), "{format:?}");
    }
    for suspect in [
        Suspect::AxesSwapped,
        Suspect::MetresAsDegrees,
        Suspect::DegreesAsMetres,
        Suspect::ZonePrefixPresent,
        Suspect::ZonePrefixMissing,
        Suspect::ZonePrefixOther,
        Suspect::NullIsland,
        Suspect::CrsDisagrees,
        Suspect::OutsideArea,
        Suspect::FarOff,
        Suspect::PiledUp,
        Suspect::SameCode,
        Suspect::OtherEncoding,
        Suspect::Shifted,
    ] {
        assert!(DOC.contains(&format!("`{}`", suspect.word())), "{suspect:?}");
    }
}

#[test]
fn the_example_is_the_one_that_is_tested() {
    let plain = |text: &str| -> Vec<String> {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect()
    };
    let mapping = DOC.split_once("```toml\n").and_then(|(_, rest)| rest.split_once("```")).map(|(toml, _)| toml);
    assert_eq!(plain(mapping.unwrap_or_default()), plain(include_str!("data/messy.toml")));
}
