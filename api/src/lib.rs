//! How we talk: HTTP and the live socket, who may, and the one binary `onemap`.
//!
//! `http` unpacks, asks and answers; `app` joins the crates below; `live` is the socket; `wire` alone knows JSON names;
//! `auth` decides who may see what; `cli` is the command line.

pub mod app;
pub mod auth;
pub mod cli;
pub mod http;
pub mod live;
mod sabotage;
pub mod wire;
