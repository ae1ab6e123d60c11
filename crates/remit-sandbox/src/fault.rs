//! Faults that the sandbox shows when it is told to: what a network and a provider do on a bad day.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use remit_core::Provider;

/// The longest delay, in seconds.
const LONGEST: f64 = 3600.0;

/// One fault: what happens, where, and how often. It strikes payments that the provider would record.
///
/// Written `KIND`, `KIND@PROVIDER`, `KIND*TIMES` or `KIND@PROVIDER*TIMES`.
///
/// ```
/// use remit_sandbox::{Fault, Kind};
///
/// let fault: Fault = "drop-after-commit*1".parse()?;
/// assert_eq!(fault, Fault { kind: Kind::DropAfterCommit, provider: None, times: Some(1) });
/// # Ok::<(), remit_sandbox::FaultError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub kind: Kind,
    /// At which provider; at every one if none is named.
    pub provider: Option<&'static str>,
    /// How often; without end if no number is given.
    pub times: Option<u32>,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `drop-before-commit`: nothing is recorded, and the connection is closed without an answer.
    DropBeforeCommit,
    /// `drop-after-commit`: the payment is recorded, and the connection is closed without an answer.
    DropAfterCommit,
    /// `delay=SECONDS`: the payment is recorded, and the answer comes so much later.
    Delay(Duration),
}

/// A text that is not a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError {
    text: String,
    why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Kind,
    Delay,
    Provider,
    Times,
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a fault: ", self.text)?;
        match self.why {
            Why::Kind => f.write_str(
                "write drop-after-commit, drop-before-commit or delay=SECONDS; @PROVIDER and *TIMES may follow",
            ),
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
                let times = times.parse().ok().filter(|times| *times > 0);
                (rest, Some(times.ok_or_else(|| not(Why::Times))?))
            }
            None => (text, None),
        };
        let (kind, provider) = match rest.split_once('@') {
            Some((kind, id)) => (kind, Some(Provider::find(id).ok_or_else(|| not(Why::Provider))?.id)),
            None => (rest, None),
        };
        let kind = match (kind, kind.strip_prefix("delay=")) {
            ("drop-before-commit", _) => Kind::DropBeforeCommit,
            ("drop-after-commit", _) => Kind::DropAfterCommit,
            (_, Some(seconds)) => {
                let seconds = seconds.parse().ok().filter(|seconds| *seconds <= LONGEST);
                let delay = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                Kind::Delay(delay.ok_or_else(|| not(Why::Delay))?)
            }
            _ => return Err(not(Why::Kind)),
        };
        Ok(Self { kind, provider, times })
    }
}

/// The faults that are still to be shown.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

/// What happens to one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Strike {
    /// Whether it is recorded.
    pub(crate) commits: bool,
    /// Whether it is answered.
    pub(crate) answers: bool,
    /// How much later.
    pub(crate) delay: Duration,
}

impl Strike {
    /// Nothing out of the ordinary.
    pub(crate) const NONE: Self = Self { commits: true, answers: true, delay: Duration::ZERO };
}

impl Faults {
    pub(crate) fn set(&mut self, faults: Vec<Fault>) {
        self.0 = faults;
    }

    /// What strikes a payment at this provider. Each fault that does is counted down; of delays they add up.
    pub(crate) fn strike(&mut self, provider: &str) -> Strike {
        let mut strike = Strike::NONE;
        for fault in &mut self.0 {
            if fault.provider.is_some_and(|id| id != provider) || fault.times == Some(0) {
                continue;
            }
            fault.times = fault.times.map(|times| times.saturating_sub(1));
            match fault.kind {
                Kind::DropBeforeCommit => (strike.commits, strike.answers) = (false, false),
                Kind::DropAfterCommit => strike.answers = false,
                Kind::Delay(delay) => strike.delay = strike.delay.saturating_add(delay),
            }
        }
        strike
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Fault, String> {
        text.parse().map_err(|error: FaultError| error.to_string())
    }

    #[test]
    fn a_fault_that_is_misspelled_is_told_with_the_remedy() {
        for (text, says) in [
            ("drop-after", "write drop-after-commit, drop-before-commit or delay=SECONDS"),
            ("", "write drop-after-commit"),
            ("delay=soon", "as in delay=2.5"),
            ("delay=-1", "as in delay=2.5"),
            ("delay=NaN", "as in delay=2.5"),
            ("delay=1e9", "as in delay=2.5"),
            ("drop-after-commit@nobody", "after @ write a provider: "),
            ("drop-after-commit*0", "a whole number from 1"),
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
            assert!(faults.strike("another").answers);
            let delay = Duration::from_millis(500);
            for answers in [false, false, true] {
                assert_eq!(faults.strike(provider.id), Strike { commits: true, answers, delay });
            }
        }
    }

    #[test]
    fn what_was_never_recorded_is_never_answered() {
        let mut faults = Faults::default();
        faults.set(vec!["drop-before-commit*1".parse().unwrap(), "drop-after-commit*1".parse().unwrap()]);
        assert_eq!(faults.strike("x"), Strike { commits: false, answers: false, delay: Duration::ZERO });
        assert_eq!(faults.strike("x"), Strike::NONE);
    }
}
