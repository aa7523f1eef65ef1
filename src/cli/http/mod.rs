//! HTTP, as little of it as the program needs (RFC 9110, 9112), and bounded in
//! size, time and number. Nothing here knows what is sent.

mod client;
mod request;
mod server;

pub(crate) use client::{Post, Reply};
pub(crate) use server::{Answer, Service, serve};
