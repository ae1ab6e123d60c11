//! Simulated faults of the network and of the providers.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use remit_core::Provider;

/// The longest delay, in seconds.
const LONGEST_DELAY: f64 = 3600.0;

/// A fault: its kind, its provider, and how often it applies. It affects only requests that change the books: a payment
/// that is recorded or removed, and an invoice that is added. This documentation says "payment" for all of them.
///
/// The text form is `KIND`, `KIND@PROVIDER`, `KIND*TIMES` or `KIND@PROVIDER*TIMES`. Parsing and printing use the same form.
///
/// ```
/// use remit_sandbox::{Fault, FaultKind};
///
/// let fault: Fault = "drop-after-commit*1".parse()?;
/// assert_eq!(fault, Fault { kind: FaultKind::DropAfterCommit, provider: None, times: Some(1) });
/// assert_eq!(fault.to_string(), "drop-after-commit*1");
/// # Ok::<(), remit_sandbox::FaultError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind.
    pub kind: FaultKind,
    /// The affected provider; `None` affects every provider.
    pub provider: Option<&'static str>,
    /// How many requests the fault affects; `None` sets no limit.
    pub times: Option<u32>,
}

/// The kind of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// `drop-before-commit`: nothing is recorded, and the connection is closed without a response.
    DropBeforeCommit,
    /// `drop-after-commit`: the payment is recorded, and the connection is closed without a response.
    DropAfterCommit,
    /// `cut`: the payment is recorded, and the connection is closed after half of the response's body.
    Cut,
    /// `wrong-type`: the payment is recorded, and its response has the media type of a web page.
    WrongType,
    /// `html`: nothing is recorded, and the response is a proxy's page with status 502.
    Html,
    /// `html-after-commit`: the payment is recorded, and the response is a proxy's page with status 502.
    HtmlAfterCommit,
    /// `status=STATUS` or `status=STATUS,retry-after=SECONDS`: nothing is recorded, and the response has no body.
    Status {
        /// 429, 500, 502 or 503.
        status: u16,
        /// The value of `Retry-After`; `None` omits the header.
        retry_after: Option<u32>,
    },
    /// `delay=SECONDS`: the payment is recorded, and the response is sent that much later.
    Delay(Duration),
}

/// The kinds without parameters, and their descriptions in `--help`.
const WORDS: [(&str, FaultKind, &str); 6] = [
    (
        "drop-before-commit",
        FaultKind::DropBeforeCommit,
        "nothing recorded, the connection closed without a response",
    ),
    ("drop-after-commit", FaultKind::DropAfterCommit, "recorded, the connection closed without a response"),
    ("cut", FaultKind::Cut, "recorded, the connection closed after half of the response's body"),
    ("wrong-type", FaultKind::WrongType, "recorded, the provider's response as text/html"),
    ("html", FaultKind::Html, "nothing recorded, a proxy's page with status 502 instead of the response"),
    (
        "html-after-commit",
        FaultKind::HtmlAfterCommit,
        "recorded, a proxy's page with status 502 instead of the response",
    ),
];

/// The kinds with parameters, and their descriptions in `--help`.
const PHRASES: [(&str, &str); 2] = [
    (
        "status=STATUS",
        "nothing recorded, status 429, 500, 502 or 503 without a body; ,retry-after=SECONDS may follow",
    ),
    (
        "delay=SECONDS",
        "recorded, the response that much later; combined with another fault, that fault's response",
    ),
];

const STATUSES: [u16; 4] = [429, 500, 502, 503];
const RETRY_AFTER: &str = ",retry-after=";

impl FaultKind {
    /// Whether the payment is recorded despite the fault.
    #[must_use]
    pub fn commits(self) -> bool {
        match self {
            Self::DropAfterCommit | Self::Cut | Self::WrongType | Self::HtmlAfterCommit | Self::Delay(_) => {
                true
            }
            Self::DropBeforeCommit | Self::Html | Self::Status { .. } => false,
        }
    }

    fn read(text: &str) -> Result<Self, Why> {
        if let Some((_, kind, _)) = WORDS.iter().find(|(word, ..)| *word == text) {
            return Ok(*kind);
        }
        match text.split_once('=') {
            Some(("status", parameters)) => status(parameters).ok_or(Why::Status),
            Some(("delay", seconds)) => delay(seconds).ok_or(Why::Delay),
            _ => Err(Why::Kind),
        }
    }
}

fn status(parameters: &str) -> Option<FaultKind> {
    let (status, retry_after) = match parameters.split_once(RETRY_AFTER) {
        Some((status, seconds)) => (status, Some(whole(seconds)?)),
        None => (parameters, None),
    };
    let status = STATUSES.into_iter().find(|known| known.to_string() == status)?;
    Some(FaultKind::Status { status, retry_after })
}

fn delay(seconds: &str) -> Option<FaultKind> {
    let seconds = seconds.parse().ok().filter(|seconds| *seconds <= LONGEST_DELAY)?;
    Duration::try_from_secs_f64(seconds).ok().map(FaultKind::Delay)
}

/// Parses digits only; Rust's parser would also accept a sign.
fn whole(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, retry_after } => {
                write!(f, "status={status}")?;
                retry_after.map_or(Ok(()), |seconds| write!(f, "{RETRY_AFTER}{seconds}"))
            }
            Self::Delay(delay) => write!(f, "delay={}", delay.as_secs_f64()),
            word => {
                WORDS.iter().find(|(_, kind, _)| kind == word).map_or(Ok(()), |(word, ..)| f.write_str(word))
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        self.provider.map_or(Ok(()), |id| write!(f, "@{id}"))?;
        self.times.map_or(Ok(()), |times| write!(f, "*{times}"))
    }
}

/// The error of a text that is not a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError {
    text: String,
    why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Kind,
    Status,
    Delay,
    Provider,
    Times,
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a fault: ", self.text)?;
        match self.why {
            Why::Kind => {
                let words = WORDS.iter().map(|(word, ..)| *word);
                let all: Vec<_> = words.chain(PHRASES.iter().map(|(phrase, _)| *phrase)).collect();
                write!(f, "write one of {}; @PROVIDER and *TIMES may follow", all.join(", "))
            }
            Why::Status => {
                let known = STATUSES.map(|status| status.to_string()).join(", ");
                write!(f, "after status= write one of {known}, as in status=503 or status=503,retry-after=2")
            }
            Why::Delay => write!(f, "write the delay as seconds from 0 to {LONGEST_DELAY}, as in delay=2.5"),
            Why::Provider => {
                let known: Vec<_> = Provider::ALL.iter().map(|provider| provider.id).collect();
                write!(f, "after @ write a provider: {}", known.join(", "))
            }
            Why::Times => {
                write!(f, "after * write the number of requests, a whole number from 1 to {}", u32::MAX)
            }
        }
    }
}

impl core::error::Error for FaultError {}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let error = |why| FaultError { text: text.to_owned(), why };
        let (rest, times) = match text.split_once('*') {
            Some((rest, times)) => {
                let times = whole(times).filter(|times| *times > 0);
                (rest, Some(times.ok_or_else(|| error(Why::Times))?))
            }
            None => (text, None),
        };
        let (kind, provider) = match rest.split_once('@') {
            Some((kind, id)) => (kind, Some(Provider::find(id).ok_or_else(|| error(Why::Provider))?.id)),
            None => (rest, None),
        };
        Ok(Self { kind: FaultKind::read(kind).map_err(error)?, provider, times })
    }
}

impl Fault {
    /// The description of faults in `--help`.
    #[must_use]
    pub fn help() -> String {
        let words = WORDS.iter().map(|(word, _, description)| (*word, *description));
        let lines = words.chain(PHRASES).map(|(kind, description)| format!("\n  {kind:<19} {description}"));
        format!(
            "A fault to simulate: KIND, KIND@PROVIDER, KIND*TIMES or KIND@PROVIDER*TIMES; repeatable. A fault affects \
             only requests that change the books: a payment that is recorded or removed, and an invoice that is added. \
             Delays add up; of the other faults, the first applies TIMES times, then the next. The kinds:{}",
            lines.collect::<String>()
        )
    }
}

/// The faults that still apply.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

/// The faults that apply to one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Strike {
    /// The fault, other than a delay.
    pub(crate) kind: Option<FaultKind>,
    /// The delay of the response.
    pub(crate) delay: Duration,
}

impl Strike {
    /// No fault.
    pub(crate) const NONE: Self = Self { kind: None, delay: Duration::ZERO };

    /// Whether the payment is recorded.
    pub(crate) fn commits(self) -> bool {
        self.kind.is_none_or(FaultKind::commits)
    }
}

impl Faults {
    pub(crate) fn set(&mut self, faults: Vec<Fault>) {
        self.0 = faults;
    }

    /// Takes the faults that apply to the next payment at this provider. Delays add up. Of the other faults only the first
    /// applies, because a second could confirm a payment that the first prevented; the others wait for a later payment.
    pub(crate) fn strike(&mut self, provider: &str) -> Strike {
        let mut strike = Strike::NONE;
        for fault in &mut self.0 {
            if fault.provider.is_some_and(|id| id != provider) || fault.times == Some(0) {
                continue;
            }
            match fault.kind {
                FaultKind::Delay(delay) => strike.delay = strike.delay.saturating_add(delay),
                kind if strike.kind.is_none() => strike.kind = Some(kind),
                _ => continue,
            }
            fault.times = fault.times.map(|times| times.saturating_sub(1));
        }
        strike
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Fault, String> {
        text.parse().map_err(|error: FaultError| error.to_string())
    }

    fn any_kind() -> impl Strategy<Value = FaultKind> {
        let status = (prop::sample::select(STATUSES.to_vec()), any::<Option<u32>>());
        prop_oneof![
            prop::sample::select(WORDS.map(|(_, kind, _)| kind).to_vec()),
            status.prop_map(|(status, retry_after)| FaultKind::Status { status, retry_after }),
            (0..3_600_000_000_000_u64).prop_map(|nanos| FaultKind::Delay(Duration::from_nanos(nanos))),
        ]
    }

    fn any_fault() -> impl Strategy<Value = Fault> {
        let ids: Vec<_> = Provider::ALL.iter().map(|provider| provider.id).collect();
        (any_kind(), prop::option::of(prop::sample::select(ids)), prop::option::of(1..=u32::MAX))
            .prop_map(|(kind, provider, times)| Fault { kind, provider, times })
    }

    proptest! {
        #[test]
        fn parses_a_printed_fault_unchanged(fault in any_fault()) {
            prop_assert_eq!(read(&fault.to_string()), Ok(fault));
        }

        #[test]
        fn an_accepted_text_is_the_same_fault_as_its_printed_form(
            text in "(html|cut|status=(429|503|200|)|delay=[-+.0-9e]{0,4})(,retry-after=[+0-9]{0,3})?(@[a-z]{0,3})?([*][+0-9]{0,3})?"
        ) {
            if let Ok(fault) = read(&text) {
                prop_assert_eq!(read(&fault.to_string()), Ok(fault));
            }
        }
    }

    #[test]
    fn parses_every_kind_that_help_lists() {
        let help = Fault::help();
        let names = WORDS.map(|(word, ..)| word).into_iter().chain([
            "status=503",
            "status=503,retry-after=2",
            "delay=1",
        ]);
        for name in names {
            assert_eq!(read(name).unwrap().to_string(), name);
            let kind = name.split_inclusive('=').next().unwrap();
            assert!(help.contains(&format!("\n  {kind}")), "{kind} is not in:\n{help}");
        }
    }

    #[test]
    fn rejects_a_misspelled_fault_with_the_remedy() {
        for (text, remedy) in [
            ("drop-after", "write one of drop-before-commit, drop-after-commit, cut, "),
            ("", "html-after-commit, status=STATUS, delay=SECONDS; @PROVIDER and *TIMES may follow"),
            ("cut=1", "write one of "),
            ("status", "write one of "),
            ("status=200", "one of 429, 500, 502, 503, as in status=503"),
            ("status=+503", "as in status=503"),
            ("status=503,retry-after=soon", "or status=503,retry-after=2"),
            ("status=503,retry-after=", "or status=503,retry-after=2"),
            ("status=503,retry-after=+2", "or status=503,retry-after=2"),
            ("status=503,retry-after=4294967296", "or status=503,retry-after=2"),
            ("delay=soon", "as in delay=2.5"),
            ("delay=-1", "as in delay=2.5"),
            ("delay=NaN", "as in delay=2.5"),
            ("delay=1e9", "as in delay=2.5"),
            ("drop-after-commit@nobody", "after @ write a provider: "),
            ("drop-after-commit*0", "a whole number from 1 to 4294967295"),
            ("drop-after-commit*+1", "a whole number from 1 to 4294967295"),
            ("drop-after-commit*many", "a whole number from 1 to 4294967295"),
            ("drop-after-commit*4294967296", "a whole number from 1 to 4294967295"),
        ] {
            let error = read(text).unwrap_err();
            assert!(
                error.starts_with(&format!("`{text}` is not a fault: ")) && error.contains(remedy),
                "{error}"
            );
        }
    }

    #[test]
    fn a_fault_applies_to_its_provider_as_often_as_specified() {
        for provider in Provider::ALL {
            let mut faults = Faults::default();
            let spec = format!("drop-after-commit@{}*2", provider.id);
            faults.set(vec![spec.parse().unwrap(), "delay=0.5".parse().unwrap()]);
            assert_eq!(faults.strike("another").kind, None);
            let delay = Duration::from_millis(500);
            for kind in [Some(FaultKind::DropAfterCommit), Some(FaultKind::DropAfterCommit), None] {
                assert_eq!(faults.strike(provider.id), Strike { kind, delay });
            }
        }
    }

    #[test]
    fn delays_add_up_and_other_faults_apply_one_at_a_time() {
        let mut faults = Faults::default();
        let script = ["html*1", "delay=1*2", "wrong-type*2", "delay=2*1", "drop-before-commit*1"];
        faults.set(script.map(|text| text.parse().unwrap()).to_vec());
        for (kind, seconds) in [
            (Some(FaultKind::Html), 3),
            (Some(FaultKind::WrongType), 1),
            (Some(FaultKind::WrongType), 0),
            (Some(FaultKind::DropBeforeCommit), 0),
            (None, 0),
        ] {
            assert_eq!(faults.strike("x"), Strike { kind, delay: Duration::from_secs(seconds) });
        }
    }
}
