//! Faults that the sandbox shows when it is told to: what a network and a provider do on a bad day.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use remit_core::Provider;

/// The longest delay, in seconds.
const LONGEST: f64 = 3600.0;

/// One fault: what happens, where, and how often. It strikes what the provider would change: payments that it would
/// record or remove, and invoices that it would add. Of all of them is said what is said here of payments.
///
/// Written `KIND`, `KIND@PROVIDER`, `KIND*TIMES` or `KIND@PROVIDER*TIMES`, and printed the same way.
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
    /// What happens.
    pub kind: FaultKind,
    /// At which provider; at every one if none is named.
    pub provider: Option<&'static str>,
    /// How often; without end if no number is given.
    pub times: Option<u32>,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// `drop-before-commit`: nothing is recorded, and the connection is closed without an answer.
    DropBeforeCommit,
    /// `drop-after-commit`: the payment is recorded, and the connection is closed without an answer.
    DropAfterCommit,
    /// `cut`: the payment is recorded, and the connection is closed after half of the answer's body.
    Cut,
    /// `wrong-type`: the payment is recorded, and its answer goes by the media type of a web page.
    WrongType,
    /// `html`: nothing is recorded, and a proxy's page with 502 is the answer.
    Html,
    /// `html-after-commit`: the payment is recorded, and a proxy's page with 502 is the answer.
    HtmlAfterCommit,
    /// `status=STATUS` or `status=STATUS,retry-after=SECONDS`: nothing is recorded, and the answer is a status alone.
    Status {
        /// 429, 500, 502 or 503.
        status: u16,
        /// What `Retry-After` says; there is none if no number is given.
        retry_after: Option<u32>,
    },
    /// `delay=SECONDS`: the payment is recorded, and the answer comes so much later.
    Delay(Duration),
}

/// The kinds that are one word, and what `--help` says of them.
const WORDS: [(&str, FaultKind, &str); 6] = [
    (
        "drop-before-commit",
        FaultKind::DropBeforeCommit,
        "nothing recorded, the connection closed without an answer",
    ),
    ("drop-after-commit", FaultKind::DropAfterCommit, "recorded, the connection closed without an answer"),
    ("cut", FaultKind::Cut, "recorded, the connection closed after half of the answer's body"),
    ("wrong-type", FaultKind::WrongType, "recorded, the provider's answer as text/html"),
    ("html", FaultKind::Html, "nothing recorded, a proxy's page with 502 in place of the answer"),
    (
        "html-after-commit",
        FaultKind::HtmlAfterCommit,
        "recorded, a proxy's page with 502 in place of the answer",
    ),
];

/// The kinds that say more, and what `--help` says of them.
const PHRASES: [(&str, &str); 2] = [
    (
        "status=STATUS",
        "nothing recorded, 429, 500, 502 or 503 without a body; ,retry-after=SECONDS may follow",
    ),
    (
        "delay=SECONDS",
        "recorded, the answer so much later; together with another fault, that one so much later",
    ),
];

const STATUSES: [u16; 4] = [429, 500, 502, 503];
const RETRY_AFTER: &str = ",retry-after=";

impl FaultKind {
    /// Whether the payment is recorded all the same.
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
            Some(("status", said)) => status(said).ok_or(Why::Status),
            Some(("delay", seconds)) => delay(seconds).ok_or(Why::Delay),
            _ => Err(Why::FaultKind),
        }
    }
}

fn status(said: &str) -> Option<FaultKind> {
    let (status, retry_after) = match said.split_once(RETRY_AFTER) {
        Some((status, seconds)) => (status, Some(whole(seconds)?)),
        None => (said, None),
    };
    let status = STATUSES.into_iter().find(|known| known.to_string() == status)?;
    Some(FaultKind::Status { status, retry_after })
}

fn delay(seconds: &str) -> Option<FaultKind> {
    let seconds = seconds.parse().ok().filter(|seconds| *seconds <= LONGEST)?;
    Duration::try_from_secs_f64(seconds).ok().map(FaultKind::Delay)
}

/// Digits alone: Rust would read a sign as well.
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

/// A text that is not a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError {
    text: String,
    why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    FaultKind,
    Status,
    Delay,
    Provider,
    Times,
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a fault: ", self.text)?;
        match self.why {
            Why::FaultKind => {
                let words = WORDS.iter().map(|(word, ..)| *word);
                let all: Vec<_> = words.chain(PHRASES.iter().map(|(phrase, _)| *phrase)).collect();
                write!(f, "write one of {}; @PROVIDER and *TIMES may follow", all.join(", "))
            }
            Why::Status => {
                let known = STATUSES.map(|status| status.to_string()).join(", ");
                write!(f, "after status= write one of {known}, as in status=503 or status=503,retry-after=2")
            }
            Why::Delay => write!(f, "write the delay as seconds from 0 to {LONGEST}, as in delay=2.5"),
            Why::Provider => {
                let known: Vec<_> = Provider::ALL.iter().map(|provider| provider.id).collect();
                write!(f, "after @ write a provider: {}", known.join(", "))
            }
            Why::Times => f.write_str("after * write how often, as a whole number from 1"),
        }
    }
}

impl core::error::Error for FaultError {}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let not = |why| FaultError { text: text.to_owned(), why };
        let (rest, times) = match text.split_once('*') {
            Some((rest, times)) => {
                let times = whole(times).filter(|times| *times > 0);
                (rest, Some(times.ok_or_else(|| not(Why::Times))?))
            }
            None => (text, None),
        };
        let (kind, provider) = match rest.split_once('@') {
            Some((kind, id)) => (kind, Some(Provider::find(id).ok_or_else(|| not(Why::Provider))?.id)),
            None => (rest, None),
        };
        Ok(Self { kind: FaultKind::read(kind).map_err(not)?, provider, times })
    }
}

impl Fault {
    /// What `--help` says of faults.
    #[must_use]
    pub fn help() -> String {
        let words = WORDS.iter().map(|(word, _, what)| (*word, *what));
        let lines = words.chain(PHRASES).map(|(kind, what)| format!("\n  {kind:<19} {what}"));
        format!(
            "A fault to show, to payments that the provider would record or remove and to invoices that it would add: \
             KIND, KIND@PROVIDER, KIND*TIMES or KIND@PROVIDER*TIMES. Of several that decide what is answered, the \
             first comes until its TIMES are over, then the next. The kinds:{}",
            lines.collect::<String>()
        )
    }
}

/// The faults that are still to be shown.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

/// What happens to one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Strike {
    /// What is done to it and to its answer, beside the delay.
    pub(crate) kind: Option<FaultKind>,
    /// How much later it is answered.
    pub(crate) delay: Duration,
}

impl Strike {
    /// Nothing out of the ordinary.
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

    /// What strikes a payment at this provider. Delays add up. Of the other faults one alone strikes: with two, one
    /// could say of a payment what the other has kept from being so. The rest wait for their turn.
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
        fn a_fault_that_is_printed_is_the_same_fault_when_it_is_read(fault in any_fault()) {
            prop_assert_eq!(read(&fault.to_string()), Ok(fault));
        }

        #[test]
        fn a_text_is_either_told_to_be_none_or_means_what_is_printed_of_it(
            text in "(html|cut|status=(429|503|200|)|delay=[-+.0-9e]{0,4})(,retry-after=[+0-9]{0,3})?(@[a-z]{0,3})?([*][+0-9]{0,3})?"
        ) {
            if let Ok(fault) = read(&text) {
                prop_assert_eq!(read(&fault.to_string()), Ok(fault));
            }
        }
    }

    #[test]
    fn every_kind_is_read_by_the_name_that_help_gives_it() {
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
    fn a_fault_that_is_misspelled_is_told_with_the_remedy() {
        for (text, says) in [
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
            ("drop-after-commit*0", "a whole number from 1"),
            ("drop-after-commit*+1", "a whole number from 1"),
            ("drop-after-commit*many", "a whole number from 1"),
        ] {
            let error = read(text).unwrap_err();
            assert!(
                error.starts_with(&format!("`{text}` is not a fault: ")) && error.contains(says),
                "{error}"
            );
        }
    }

    #[test]
    fn a_fault_strikes_where_and_as_often_as_it_was_told() {
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
    fn no_payment_is_struck_by_two_faults_of_which_one_belies_the_other() {
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
