//! HTTP, as little of it as the program needs (RFC 9110, 9112), and bounded in
//! size, time and number. No TLS is served, and nothing here knows what is sent.

mod request;
mod server;

pub(crate) use server::{Answer, Service, serve};
