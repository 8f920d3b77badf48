//! What a camera shows: one hub per camera, RTSP in, fMP4 out.
//!
//! Designed for, not built: this crate opens with letter J of the road map. It has no public item until then, so that
//! nothing can lean on a promise.
