//! The live socket: what moves, to whoever watches. Nobody else knows that there is a WebSocket.

mod checksum;
mod had;
mod outbox;
mod socket;
mod video;

pub use socket::serve;
pub use video::show;
