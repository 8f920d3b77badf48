//! Bodies as they were before they were packed for the wire.

use std::io::Read;

use crate::answer::Answer;

/// The body without its content encoding.
pub fn decoded(answer: &Answer) -> Vec<u8> {
    let (mut plain, body) = (Vec::new(), answer.body.as_slice());
    let read = match answer.header("content-encoding") {
        "" | "identity" => return answer.body.clone(),
        "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut plain),
        "br" => brotli_decompressor::Decompressor::new(body, 4096).read_to_end(&mut plain),
        "zstd" => ruzstd::decoding::StreamingDecoder::new(body)
            .map_err(std::io::Error::other)
            .and_then(|mut decoder| decoder.read_to_end(&mut plain)),
        other => Err(std::io::Error::other(format!("unknown content encoding {other}"))),
    };
    assert!(read.is_ok(), "{}: {:?}", answer.asked, read.err());
    plain
}
