//! The OpenStreetMap PBF container, read so that no byte of a hostile file can cause a panic or a large allocation.
//!
//! Written here because the crate `osmpbf` panics on files that a stranger can send: on a delta that overflows (our
//! profile checks overflows) and on a member type that it does not know; and because it builds a tree of messages that
//! takes up to a hundred times the bytes of the block. It serves the tests as the twin that reads the same objects.

mod blob;
mod block;
mod wire;

pub(super) use blob::{Blob, BlobError, Blobs};
pub(super) use block::{Kind, Member, NO_TEXT, Object, Tags, Want, header_features, objects};
