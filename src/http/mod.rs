//! The service over HTTP: routes, their handlers, and the extractors of request parts.
//!
//! Input: requests. Output: responses; every error is a problem document (RFC 9457), or a page where a browser asks for HTML.

pub mod access;
pub mod admission;
pub mod answer;
pub mod body;
pub mod cors;
pub mod error;
pub mod error_page;
pub mod extract;
pub mod form;
mod handlers;
pub mod media;
pub mod media_types;
pub mod multipart;
pub mod openapi;
pub mod operation;
pub mod query_numbers;
pub mod request_error;
pub mod router;
pub mod security;
pub mod state;
pub mod state_list;
pub mod static_file;
