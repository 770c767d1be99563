//! A plain HTTP client: one connection that stays open, one request at a time, the whole answer read before it counts.

use std::io::{BufRead, BufReader, Error, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than the server takes for any answer.
const PATIENCE: Duration = Duration::from_secs(45);

/// A caller of the API.
pub struct Client {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// What is asked.
pub struct Request<'a> {
    /// POST with a body, GET without.
    pub body: Option<&'a str>,
    /// The path.
    pub path: &'a str,
    /// The API token.
    pub token: &'a str,
    /// The `Idempotency-Key`.
    pub key: &'a str,
}

impl Client {
    /// A caller that has not connected yet.
    pub fn new(address: SocketAddr) -> Client {
        Client { address, stream: None }
    }

    /// Asks and reads the whole answer. After an error the next request begins on a new connection.
    pub fn ask(&mut self, request: &Request<'_>) -> std::io::Result<Answer> {
        let answer = self.try_ask(request);
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    fn try_ask(&mut self, request: &Request<'_>) -> std::io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                BufReader::new(stream)
            }
        };
        let Request { body, path, token, key } = request;
        let method = if body.is_some() { "POST" } else { "GET" };
        let body = body.unwrap_or_default();
        let mut text =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n", self.address, body.len());
        for (name, value) in [("authorization: Bearer ", token), ("idempotency-key: ", key)] {
            if !value.is_empty() {
                text.push_str(&format!("{name}{value}\r\n"));
            }
        }
        text.push_str("content-type: application/json\r\n\r\n");
        text.push_str(body);
        stream.get_mut().write_all(text.as_bytes())?;
        let (answer, stays) = read(&mut stream)?;
        if stays {
            self.stream = Some(stream);
        }
        Ok(answer)
    }
}

/// Reads an answer to its last byte, and whether the connection stays open.
fn read(from: &mut impl BufRead) -> std::io::Result<(Answer, bool)> {
    let wrong = |what: &str| Error::other(format!("the answer {what}"));
    let mut line = String::new();
    from.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(|| wrong("ended early"))?;
    let (mut length, mut stays) = (None, true);
    loop {
        line.clear();
        if from.read_line(&mut line)? == 0 {
            return Err(wrong("ended within its head"));
        }
        let header = line.trim_end().to_ascii_lowercase();
        match header.split_once(':') {
            None => break,
            Some(("content-length", value)) => length = value.trim().parse::<usize>().ok(),
            Some(("connection", value)) if value.trim() == "close" => stays = false,
            Some(_) => {}
        }
    }
    let mut body = vec![0; length.ok_or_else(|| wrong("does not say its length"))?];
    from.read_exact(&mut body)?;
    Ok((Answer { status, body: String::from_utf8_lossy(&body).into_owned() }, stays))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_counts_only_when_its_last_byte_is_there() {
        let whole = "HTTP/1.1 201 Created\r\nContent-Length: 4\r\nconnection: close\r\n\r\ndone";
        let (answer, stays) = read(&mut whole.as_bytes()).unwrap();
        assert_eq!((answer.status, answer.body.as_str(), stays), (201, "done", false));
        for cut in 1..whole.len() {
            assert!(read(&mut &whole.as_bytes()[..cut]).is_err(), "{}", &whole[..cut]);
        }
    }
}
