//! The network between the relay and the provider: a proxy that does to each request what the plan says.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use remit_core::Provider;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::fault::{Fault, Outage, Planned};
use crate::log::Log;
use crate::wire::{self, Message};

/// How much later than planned a request is still passed on. A busy machine must not make the network slower than the relay
/// may assume.
const TOLERANCE: Duration = Duration::from_millis(120);
/// How long a connection stays silent, or drips, at most.
const LONGEST: Duration = Duration::from_secs(4);
/// A response that drips beyond the deadline takes this long, and one within it the other.
const LONG_DRIP: Duration = Duration::from_millis(2500);
const SHORT_DRIP: Duration = Duration::from_millis(250);

/// The faults of the requests, in the order in which they arrive. Beyond the end there are none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    /// Of the lists before the first change.
    pub(crate) before: VecDeque<Planned>,
    pub(crate) changes: VecDeque<Planned>,
    /// Of the lists after the first change.
    pub(crate) after: VecDeque<Planned>,
    pub(crate) outage: Option<Outage>,
}

/// A request that changes something, as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The wish that it carries out.
    pub(crate) wish: usize,
    pub(crate) fault: Fault,
    pub(crate) at: Instant,
}

struct State {
    faults: Faults,
    changes: Vec<Change>,
    /// Whether a list has been hidden.
    has_hidden_list: bool,
    answered: usize,
    is_calm: bool,
}

struct Shared {
    provider: &'static Provider,
    upstream: SocketAddr,
    /// Texts by which the request of each wish is recognised.
    marks: Vec<String>,
    state: Mutex<State>,
    /// Begins the outage.
    fails: Notify,
    /// A change has arrived.
    changed: Notify,
    log: Log,
}

/// The proxy. Dropping it closes its listener.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Proxy {
    pub(crate) fn start(
        provider: &'static Provider,
        upstream: SocketAddr,
        faults: Faults,
        marks: Vec<String>,
        log: Log,
    ) -> io::Result<Self> {
        // Holds the port while nobody listens, so that connections are refused and no other program gets it.
        let holder = socket()?;
        holder.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = holder.local_addr()?;
        let state =
            State { faults, changes: Vec::new(), has_hidden_list: false, answered: 0, is_calm: false };
        let shared = Arc::new(Shared {
            provider,
            upstream,
            marks,
            state: Mutex::new(state),
            fails: Notify::new(),
            changed: Notify::new(),
            log,
        });
        let listener = listen(address)?;
        let accepting = tokio::spawn(accept(shared.clone(), holder, listener, address)).abort_handle();
        shared.count(0);
        Ok(Self { address, shared, accepting })
    }

    /// Ends all faults, except those of requests that have arrived.
    pub(crate) fn calm(&self) {
        self.shared.state().is_calm = true;
    }

    /// Every change that has arrived.
    pub(crate) fn changes(&self) -> Vec<Change> {
        self.shared.state().changes.clone()
    }

    /// Whether a list was answered, and did not list the payments.
    pub(crate) fn has_hidden_list(&self) -> bool {
        self.shared.state().has_hidden_list
    }

    /// Waits until a change has arrived.
    pub(crate) async fn changed(&self) {
        loop {
            let next = self.shared.changed.notified();
            if !self.shared.state().changes.is_empty() {
                return;
            }
            next.await;
        }
    }
}

fn socket() -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.set_reuseaddr(true)?;
    Ok(socket)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket()?;
    socket.bind(address)?;
    socket.listen(128)
}

async fn accept(shared: Arc<Shared>, _holder: TcpSocket, mut listener: TcpListener, address: SocketAddr) {
    let mut resets: Option<Instant> = None;
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                if resets.is_some_and(|until| Instant::now() < until && !shared.state().is_calm) {
                    shared.log.add("proxy: reset before anything was read");
                    let _ = stream.set_zero_linger();
                    continue;
                }
                tokio::spawn(serve(shared.clone(), stream));
            }
            () = shared.fails.notified() => {
                let Some(outage) = shared.state().faults.outage.take() else { continue };
                shared.log.add(format!("proxy: {} for {:?}", outage.name(), outage.lasts));
                if !outage.refuses {
                    resets = Some(Instant::now() + outage.lasts);
                    continue;
                }
                drop(listener);
                tokio::time::sleep(outage.lasts).await;
                match listen(address) {
                    Ok(again) => listener = again,
                    Err(error) => return shared.log.add(format!("proxy: cannot listen again: {error}")),
                }
            }
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts answered requests, and begins the outage when its time has come.
    fn count(&self, more: usize) {
        let mut state = self.state();
        state.answered = state.answered.saturating_add(more);
        let is_due = state.faults.outage.is_some_and(|outage| outage.after <= state.answered);
        if is_due && !state.is_calm {
            self.fails.notify_one();
        }
    }

    /// What to do with a request.
    fn plan(&self, request: &Message) -> Planned {
        let path = request.word(1);
        let path = path.strip_prefix(self.provider.emulation.base).unwrap_or(path);
        let mut operations = self.provider.all_operations();
        let found = operations.find(|operation| operation.matches(request.word(0), path).is_some());
        let changes = found.is_some_and(|operation| operation.purpose.changes());
        let mut state = self.state();
        let has_changed = !state.changes.is_empty();
        let queue = match (changes, has_changed) {
            (true, _) => &mut state.faults.changes,
            (false, false) => &mut state.faults.before,
            (false, true) => &mut state.faults.after,
        };
        let planned = queue.pop_front();
        let planned = planned.filter(|_| !state.is_calm).unwrap_or(Planned::NONE);
        if changes {
            let text = format!("{path}\n{}", String::from_utf8_lossy(&request.body));
            let wish = self.marks.iter().position(|mark| text.contains(mark.as_str()));
            state.changes.extend(wish.map(|wish| Change { wish, fault: planned.fault, at: Instant::now() }));
            drop(state);
            self.changed.notify_waiters();
            let which = wish.map_or_else(|| "?".to_owned(), |wish| wish.to_string());
            self.log.add(format!("proxy: change of wish {which}: {}", planned.fault.name()));
        } else {
            state.has_hidden_list |= planned.fault.hides_list();
            drop(state);
            self.log.add(format!("proxy: {}: {}", request.start(), planned.fault.name()));
        }
        planned
    }
}

/// A response that the provider did not make.
fn made(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
        .into_bytes()
}

/// A time one to two seconds from now, as HTTP writes it.
fn soon() -> String {
    let at = std::time::SystemTime::now() + Duration::from_secs(2);
    httpdate::fmt_http_date(at)
}

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Sign in</body></html>\n";

async fn serve(shared: Arc<Shared>, mut stream: TcpStream) {
    let Ok(mut request) = wire::read(&mut stream, false).await else { return };
    let arrived = Instant::now();
    let planned = shared.plan(&request);
    tokio::time::sleep(planned.wait).await;
    let response = if planned.fault.passes() {
        if arrived.elapsed() > planned.wait + TOLERANCE {
            return shared.log.add("proxy: too late, not passed on");
        }
        request.set("connection", "close");
        match wire::forward(shared.upstream, &request).await {
            Ok(response) => Some(response),
            Err(error) => return shared.log.add(format!("proxy: the provider failed: {error}")),
        }
    } else {
        None
    };
    if let Some(response) = &response {
        shared.log.add(format!("proxy: the provider answered {}", response.word(1)));
    }
    // The relay may have gone.
    let _ = answer(stream, planned.fault, response, &request).await;
    shared.count(1);
}

async fn answer(
    mut stream: TcpStream,
    fault: Fault,
    response: Option<Message>,
    request: &Message,
) -> io::Result<()> {
    let is_xml = request.headers().get("accept").is_some_and(|accept| accept.contains("xml"));
    let page = || made("200 OK", "content-type: text/html\r\n", PAGE);
    let document = || {
        if is_xml {
            made("200 OK", "content-type: application/xml\r\n", "<status><ready>true</ready></status>")
        } else {
            made("200 OK", "content-type: application/json\r\n", r#"{"ready":true}"#)
        }
    };
    let whole = response.as_ref().map(Message::bytes).unwrap_or_default();
    let head = response.as_ref().map_or(0, |response| response.head.len());
    let bytes = match fault {
        Fault::Reset | Fault::ResetAfter => return stream.set_zero_linger(),
        Fault::Unsent | Fault::Closed | Fault::ClosedAfter => return Ok(()),
        Fault::Silent | Fault::SilentAfter => {
            let mut rest = [0];
            let _ = tokio::time::timeout(LONGEST, stream.read(&mut rest)).await;
            return Ok(());
        }
        Fault::ShortDrip | Fault::LongDrip => {
            return drip(stream, &whole, if fault == Fault::LongDrip { LONG_DRIP } else { SHORT_DRIP }).await;
        }
        Fault::Throttled => made("429 Too Many Requests", "", ""),
        Fault::ThrottledForASecond => made("429 Too Many Requests", "retry-after: 1\r\n", ""),
        Fault::ThrottledUntilADate => {
            made("429 Too Many Requests", &format!("retry-after: {}\r\n", soon()), "")
        }
        Fault::Status401 => made("401 Unauthorized", "", ""),
        Fault::Status422 => made("422 Unprocessable Content", "", ""),
        Fault::Status500 | Fault::Status500After => made("500 Internal Server Error", "", ""),
        Fault::Status502 | Fault::Status502After => {
            made("502 Bad Gateway", "content-type: text/html\r\n", PAGE)
        }
        Fault::Status503 => made("503 Service Unavailable", "", ""),
        Fault::Status503ForASecond => made("503 Service Unavailable", "retry-after: 1\r\n", ""),
        Fault::Status504After => made("504 Gateway Timeout", "", ""),
        Fault::Garbage | Fault::GarbageAfter => b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        Fault::OtherType | Fault::OtherTypeAfter => page(),
        Fault::OtherDocument | Fault::OtherDocumentAfter => document(),
        Fault::Redirect | Fault::RedirectAfter => {
            made("302 Found", &format!("location: {}\r\n", request.word(1)), "")
        }
        Fault::None | Fault::Latency | Fault::Late => whole,
        Fault::HalfHead => whole.get(..head / 2).unwrap_or_default().to_vec(),
        Fault::HalfBody => whole.get(..head + (whole.len() - head) / 2).unwrap_or_default().to_vec(),
        Fault::Twice => [whole.as_slice(), &whole].concat(),
        Fault::Status202After => {
            let mut response = response.unwrap_or_else(|| Message { head: String::new(), body: Vec::new() });
            response.head = response.head.replacen(&format!(" {} ", response.word(1)), " 202 ", 1);
            response.bytes()
        }
        Fault::Stutter => response.map(stutter).unwrap_or_default(),
    };
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

/// The response with the first part of its body twice, which no parser can accept.
fn stutter(mut response: Message) -> Vec<u8> {
    let part = response.body.get(..(response.body.len() / 2).min(9)).unwrap_or_default().to_vec();
    response.body = [part, response.body].concat();
    let length = response.body.len().to_string();
    response.set("content-length", &length);
    response.bytes()
}

/// Sends the bytes in pieces over this time.
async fn drip(mut stream: TcpStream, bytes: &[u8], over: Duration) -> io::Result<()> {
    const PIECES: u32 = 25;
    let pieces = usize::try_from(PIECES).unwrap_or(1);
    for piece in bytes.chunks(bytes.len().div_ceil(pieces).max(1)) {
        stream.write_all(piece).await?;
        tokio::time::sleep(over / PIECES).await;
    }
    stream.shutdown().await
}
