//! HTTP/1.1 over one connection for each request, close enough to the bytes to break them.

use std::io;
use std::net::SocketAddr;

use remit_core::wire::{Headers, Request, Response};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The end of a head.
const BLANK: &[u8] = b"\r\n\r\n";
/// The longest head that is read, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// A request or a response, with its head as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// The first line and the headers, with the blank line.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// The first line.
    pub(crate) fn start(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// A word of the first line.
    pub(crate) fn word(&self, nth: usize) -> &str {
        self.start().split(' ').nth(nth).unwrap_or_default()
    }

    pub(crate) fn headers(&self) -> Headers {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect()
    }

    /// Sets a header, in place of any other of its name.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let prefix = format!("{}:", name.to_ascii_lowercase());
        let mut lines: Vec<_> = self.head.trim_end().split("\r\n").map(str::to_owned).collect();
        lines.retain(|line| !line.to_ascii_lowercase().starts_with(&prefix));
        lines.push(format!("{name}: {value}"));
        self.head = format!("{}\r\n\r\n", lines.join("\r\n"));
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }

    fn of_request(host: &str, path: &str, request: &Request) -> Self {
        let mut head = format!("{} {path} HTTP/1.1\r\nhost: {host}\r\n", request.method.name());
        for (name, value) in request.headers.iter() {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", request.body.len()));
        Self { head, body: request.body.clone().into_bytes() }
    }
}

/// Reads a message, whose body has the announced length, or else with `to_end` ends with the connection.
///
/// # Errors
/// If the connection breaks or ends before the message does.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin), to_end: bool) -> io::Result<Message> {
    let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(BLANK.len()).position(|window| window == BLANK) {
            break at + BLANK.len();
        }
        if bytes.len() > LONGEST_HEAD || stream.read_buf(&mut bytes).await? == 0 {
            return Err(broken());
        }
    };
    let mut body = bytes.split_off(end);
    let message = Message { head: String::from_utf8_lossy(&bytes).into_owned(), body: Vec::new() };
    let announced = message.headers().get("content-length").and_then(|text| text.parse::<usize>().ok());
    match announced {
        Some(length) => {
            while body.len() < length {
                if stream.read_buf(&mut body).await? == 0 {
                    return Err(broken());
                }
            }
            body.truncate(length);
        }
        None if to_end => {
            stream.read_to_end(&mut body).await?;
        }
        None => body.clear(),
    }
    Ok(Message { body, ..message })
}

/// Sends a message and reads the response.
///
/// # Errors
/// If there is no complete response.
pub(crate) async fn forward(address: SocketAddr, message: &Message) -> io::Result<Message> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&message.bytes()).await?;
    read(&mut stream, true).await
}

/// Sends a request to `path`, and reads the response.
///
/// # Errors
/// If there is no complete response.
pub(crate) async fn exchange(address: SocketAddr, path: &str, request: &Request) -> io::Result<Response> {
    let response = forward(address, &Message::of_request(&address.to_string(), path, request)).await?;
    let status = response.word(1).parse().map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(Response::new(status, response.headers(), String::from_utf8_lossy(&response.body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reads_a_body_of_the_announced_length_and_refuses_a_shorter_one() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        let message = read(&mut &whole[..], false).await.unwrap();
        assert_eq!((message.word(1), message.body.as_slice()), ("200", &b"abc"[..]));
        assert!(read(&mut &whole[..whole.len() - 1], true).await.is_err());
        assert!(read(&mut &whole[..20], true).await.is_err());
    }

    #[tokio::test]
    async fn sets_a_header_once() {
        let mut message = read(&mut &b"GET / HTTP/1.1\r\nA: 1\r\nb: 2\r\n\r\n"[..], false).await.unwrap();
        message.set("a", "3");
        assert_eq!(message.head, "GET / HTTP/1.1\r\nb: 2\r\na: 3\r\n\r\n");
    }
}
