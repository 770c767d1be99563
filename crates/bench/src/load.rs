//! The load: users who each ask, wait for the whole answer and ask again at once, over connections that stay open.
//!
//! A closed loop: nobody asks while waiting, so a server that stalls is asked less often. That is how people at a work list
//! behave; it says nothing of what a queue of independent callers would see.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::figure::Times;

/// One request.
pub struct Call {
    /// GET without a body, POST with one.
    pub body: Option<String>,
    /// Path and query.
    pub path: String,
    /// The API token.
    pub token: Arc<str>,
}

/// How long a load lasts, and how many make it.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How many ask at the same time.
    pub users: usize,
    /// How long before times are taken.
    pub warm: Duration,
    /// How long times are taken.
    pub window: Duration,
}

/// What a load met with.
#[derive(Debug)]
pub struct Met {
    /// The answers that were asked for and given within the window.
    pub times: Times,
    /// How long the window was.
    pub window: Duration,
    /// All answers, those of the warm-up too.
    pub answers: u64,
}

impl Met {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.window.as_secs_f64()
    }
}

/// Lets `shape.users` ask what `call` gives for a user and the number of the round. An answer that is not a success ends
/// the whole load: times of refusals are not what is measured.
pub fn run(
    address: SocketAddr,
    shape: Shape,
    call: impl Fn(usize, usize) -> Call + Send + Sync + 'static,
) -> anyhow::Result<Met> {
    // One thread: the client must not take more than it needs of the cores it shares with the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async move {
        let (call, answers) = (Arc::new(call), Arc::new(AtomicU64::new(0)));
        let begin = Instant::now() + shape.warm;
        let end = begin + shape.window;
        let mut users = Vec::new();
        for user in 0..shape.users {
            let (call, answers) = (Arc::clone(&call), Arc::clone(&answers));
            users.push(tokio::spawn(async move { one_user(address, user, begin, end, &*call, &answers).await }));
        }
        let mut samples = Vec::new();
        for user in users {
            samples.extend(user.await??);
        }
        Ok(Met { times: Times::new(samples), window: shape.window, answers: answers.load(Ordering::Relaxed) })
    })
}

async fn one_user(
    address: SocketAddr,
    user: usize,
    begin: Instant,
    end: Instant,
    call: &(dyn Fn(usize, usize) -> Call + Send + Sync),
    answers: &AtomicU64,
) -> anyhow::Result<Vec<Duration>> {
    let stream = TcpStream::connect(address).await.context("the server cannot be reached")?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Ends with the sender; what goes wrong on it is told by the sender too.
    tokio::spawn(connection);
    let mut samples = Vec::new();
    for round in 0.. {
        let since = Instant::now();
        if since >= end {
            break;
        }
        ask(&mut sender, address, &call(user, round)).await?;
        answers.fetch_add(1, Ordering::Relaxed);
        let took = since.elapsed();
        if since >= begin && since + took <= end {
            samples.push(took);
        }
    }
    Ok(samples)
}

async fn ask(sender: &mut SendRequest<Full<Bytes>>, address: SocketAddr, call: &Call) -> anyhow::Result<()> {
    let method = if call.body.is_some() { Method::POST } else { Method::GET };
    let request = Request::builder()
        .method(method)
        .uri(&call.path)
        .header(header::HOST, address.to_string())
        .header(header::AUTHORIZATION, format!("Bearer {}", call.token))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(call.body.clone().unwrap_or_default())))?;
    sender.ready().await?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    if status != StatusCode::OK && status != StatusCode::CREATED {
        bail!("{} was answered {status}: {}", call.path, String::from_utf8_lossy(&body));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// A server that answers each request the same, on as many connections as come.
    fn answering(with: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut buffer = [0; 2048];
                    while stream.read(&mut buffer).is_ok_and(|n| n > 0) {
                        if stream.write_all(with.as_bytes()).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        address
    }

    fn shape(users: usize) -> Shape {
        Shape { users, warm: Duration::from_millis(20), window: Duration::from_millis(60) }
    }

    fn call(_: usize, _: usize) -> Call {
        Call { body: None, path: "/".into(), token: "t".into() }
    }

    #[test]
    fn answers_are_counted_and_those_of_the_warm_up_are_not_timed() {
        let met = run(answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"), shape(3), call).unwrap();
        assert!(met.times.len() > 3, "{met:?}");
        assert!(met.answers > met.times.len() as u64, "{met:?}");
        assert!(met.rate() > 0.0);
    }

    #[test]
    fn a_refusal_ends_the_load_with_its_words() {
        let address = answering("HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\ngone");
        let said = run(address, shape(2), call).unwrap_err().to_string();
        assert_eq!(said, "/ was answered 404 Not Found: gone");
    }
}
