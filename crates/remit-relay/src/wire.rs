//! A client's socket, which withholds the responses that hyper writes by itself.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::exchange::{Exchange, Phase};

/// The length of a status line up to the status: `HTTP/1.1 400`.
const STATUS_LINE: usize = 12;

/// A socket, or the TLS session on it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A client's socket.
///
/// hyper responds to a request that it cannot parse with an empty 400, 414 or 431, and never passes it to the service.
/// Whatever it writes before then is such a response. The relay sends one of its own instead.
pub(crate) struct Wire {
    pub(crate) stream: Box<dyn Stream>,
    exchange: Arc<Exchange>,
    withheld: Vec<u8>,
}

impl Wire {
    pub(crate) fn new(stream: Box<dyn Stream>, exchange: Arc<Exchange>) -> Self {
        Self { stream, exchange, withheld: Vec::new() }
    }

    /// The status of the response that was withheld.
    pub(crate) fn withheld_status(&self) -> Option<u16> {
        let line = str::from_utf8(self.withheld.get(..STATUS_LINE)?).ok()?;
        line.rsplit(' ').next()?.parse().ok()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.exchange.begin();
        }
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.exchange.phase() == Phase::Head {
            let missing = STATUS_LINE.saturating_sub(self.withheld.len());
            self.withheld.extend(buf.iter().take(missing));
            return Poll::Ready(Ok(buf.len()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
