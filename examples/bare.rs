//! The floor that the service is measured against: axum with nothing around it, answering the same bytes to everybody.
//!
//! ```sh
//! cargo run --release --example bare -- 8001 '{"nobs":2}'
//! ```

use std::{env, error::Error, net::Ipv4Addr};

use axum::{Router, http::header::CONTENT_TYPE, routing::get};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(port), Some(body)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bare PORT BODY".into());
    };
    // One copy for the life of the process, so that a request costs this server nothing but the answer.
    let body: &'static str = body.leak();
    let router = Router::new().route("/prod/stats", get(async move || ([(CONTENT_TYPE, "application/json")], body)));

    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port.parse::<u16>()?)).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
