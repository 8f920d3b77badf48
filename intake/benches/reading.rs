//! How fast files are read: an OpenStreetMap extract of a city centre, and points one a line.

use std::hint::black_box;
use std::io::Cursor;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use intake::{Door, Flow, Format, Input, Options, geojson, osm, read};
use spatial::Layer;

const HELSINKI: &[u8] = include_bytes!("../../fixtures/osm/helsinki-centre.osm.pbf");

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reading");
    group.sample_size(20);
    group.throughput(Throughput::Bytes(HELSINKI.len() as u64));
    group.bench_function("osm: centre of Helsinki", |bench| {
        bench.iter(|| {
            let each = &mut |row| {
                black_box(row);
                Flow::Continue(())
            };
            osm(Cursor::new(HELSINKI), each, &mut |_| {}).map(|report| report.accepted)
        });
    });
    let lines: Vec<String> = (0..10_000)
        .map(|n| {
            let (lon, lat) = (120.0 + f64::from(n) * 1e-5, 28.0);
            format!(
                r#"{{"type":"Feature","id":{n},"geometry":{{"type":"Point","coordinates":[{lon},{lat}]}},"properties":{{"kind":"dome","online":true,"name":"M{n}"}}}}"#
            )
        })
        .collect();
    let text = lines.join("\n");
    group.throughput(Throughput::Elements(lines.len() as u64));
    group.bench_function("geojson: 10,000 cameras, one a line", |bench| {
        bench.iter(|| {
            let each = &mut |row| {
                black_box(row);
                Flow::Continue(())
            };
            geojson(text.as_bytes(), Layer::Cameras, "bench", &Door::WGS84, each).map(|report| report.accepted)
        });
    });
    let lines: Vec<String> =
        (0..10_000).map(|n| format!("{n},{},28.0,dome,yes,M{n}\n", 120.0 + f64::from(n) * 1e-5)).collect();
    let table = format!("id,lon,lat,kind,online,name\n{}", lines.concat());
    group.bench_function("csv: 10,000 cameras", |bench| {
        bench.iter(|| {
            let each = &mut |row| {
                black_box(row);
                Flow::Continue(())
            };
            let (mut bytes, options) = (Cursor::new(&table), Options::new(Layer::Cameras, "bench", Door::WGS84));
            read(Format::Csv, Input::new(&mut bytes), &options, each).map(|report| report.accepted)
        });
    });
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
