//! The service over HTTP: routes, what answers them, and what they take from a request.

pub mod body;
pub mod error;
pub mod extract;
pub mod form;
mod handlers;
pub mod media;
pub mod media_types;
pub mod multipart;
pub mod openapi;
pub mod request_error;
pub mod router;
pub mod state;
