//! What is true of every amount and every moment.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use proptest::prelude::*;
use remit_core::money::reading::AmountError;
use remit_core::time::reading::{MomentChange, MomentError};
use remit_core::{Context, Currency, Draft, Instant, Local, Money, Offset, Provider, Zone};
use rust_decimal::Decimal;

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(Currency::all().collect::<Vec<_>>())
}

/// Any number of minor units, small ones as often as large ones.
fn minor() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), -100_000..100_000_i64, Just(i64::MIN), Just(i64::MAX), Just(0)]
}

fn exponent(currency: Currency) -> usize {
    usize::try_from(currency.exponent()).unwrap()
}

/// Digits with a mark between every three, from the right.
fn grouped(digits: &str, mark: &str) -> String {
    let mut out = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push_str(mark);
        }
        out.push(c);
    }
    out
}

/// What stands between groups and before decimals, in one country or another.
const MARKS: [(&str, &str); 6] =
    [(",", "."), (".", ","), (" ", ","), ("\u{202F}", ","), ("'", "."), ("", ",")];

/// Days since 1970-01-01, counted one year and one month at a time.
fn days(year: i64, month: u32, day: u32) -> i64 {
    let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let years = if year >= 1970 {
        (1970..year).map(|y| 365 + i64::from(leap(y))).sum::<i64>()
    } else {
        -(year..1970).map(|y| 365 + i64::from(leap(y))).sum::<i64>()
    };
    let lengths = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months = lengths.iter().zip(1..month).map(|(days, _)| days).sum::<i64>();
    years + months + i64::from(day) - 1
}

const FIRST: i64 = -2_208_988_800;
const LAST: i64 = 253_402_300_799;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_amount_that_is_printed_and_read_again_is_the_same(minor in minor(), currency in currency()) {
        let money = Money::from_minor(minor, currency);
        prop_assert_eq!(Money::parse(&money.to_decimal_string(), currency), Ok(money));
        prop_assert_eq!(Money::from_decimal(money.to_decimal(), currency), Ok(money));
        prop_assert_eq!(money.to_string(), format!("{} {}", currency.code(), money.to_decimal_string()));
        let scale = Decimal::from(10_i64.pow(currency.exponent()));
        prop_assert_eq!(money.to_decimal() * scale, Decimal::from(minor));
    }

    #[test]
    fn an_amount_is_read_as_the_number_that_it_says_or_not_at_all(
        text in "-?[0-9]{1,22}(\\.[0-9]{1,7})?",
        currency in currency(),
    ) {
        let unsigned = text.trim_start_matches('-');
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let (places, exponent) = (decimals.trim_end_matches('0'), exponent(currency));
        // Three decimals behind one to three digits might be grouping.
        let grouping = decimals.len() == 3 && whole.len() <= 3 && !whole.starts_with('0') && exponent != 3;
        let expected = if grouping {
            Err(AmountError::Ambiguous)
        } else if places.len() > exponent {
            Err(AmountError::Precision)
        } else {
            let counted: i128 = format!("{whole}{places:0<exponent$}").parse().unwrap();
            let signed = if text.starts_with('-') { -counted } else { counted };
            i64::try_from(signed).map_err(|_| AmountError::TooLarge)
        };
        let read = Money::parse(&text, currency);
        prop_assert_eq!(read.map(Money::minor), expected, "{}", text);
        if let Ok(money) = read {
            prop_assert_eq!(Some(money.to_decimal()), Decimal::from_str_exact(&text).ok());
        }
    }

    #[test]
    fn an_amount_that_could_be_counted_is_not_refused(
        minor in minor(),
        currency in currency(),
        zeros in 0..4_usize,
    ) {
        let money = Money::from_minor(minor, currency);
        let plain = money.to_decimal_string();
        // More zeros change nothing, but for the three decimals that could be grouping.
        let point = if currency.exponent() == 0 && zeros > 0 { "." } else { "" };
        let padded = format!("{plain}{point}{}", "0".repeat(zeros));
        let three = padded.rsplit_once('.').is_some_and(|(_, decimals)| decimals.len() == 3);
        if !three || currency.exponent() == 3 {
            prop_assert_eq!(Money::parse(&padded, currency), Ok(money), "{}", padded);
        }
    }

    #[test]
    fn grouping_and_a_decimal_comma_never_change_what_is_paid(
        minor in minor(),
        currency in currency(),
        (mark, point) in prop::sample::select(MARKS.to_vec()),
    ) {
        let money = Money::from_minor(minor, currency);
        let plain = money.to_decimal_string();
        let (sign, unsigned) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let tail = if decimals.is_empty() { String::new() } else { format!("{point}{decimals}") };
        let text = format!("{sign}{}{tail}", grouped(whole, mark));
        match Money::parse(&text, currency) {
            Ok(read) => prop_assert_eq!(read, money, "{}", text),
            // One group alone, or three decimals behind a comma: nobody can know.
            Err(code) => {
                prop_assert_eq!(code, AmountError::Ambiguous, "{}", text);
                let marks = text.matches([',', '.']).count();
                prop_assert!(marks == 1, "{}", text);
            }
        }
    }

    #[test]
    fn no_text_at_all_is_read_as_an_amount_that_it_does_not_say(
        text in "[-−0-9.,' \u{a0}\u{202f}\u{2019}٠-٩٫٬０-９，．－\u{200b}\u{200f}\u{202e}\u{3000}\u{2011}、·eE+$€]{0,14}",
        currency in currency(),
    ) {
        if let Ok(money) = Money::parse(&text, currency) {
            // The digits are the same, in their order; only marks, signs and zeros around them have gone.
            let digits = |text: &str| {
                let digits = text.chars().filter_map(|c| match c {
                    '٠'..='٩' => char::from_digit(u32::from(c) - 0x660, 10),
                    '０'..='９' => char::from_digit(u32::from(c) - 0xFF10, 10),
                    c => c.is_ascii_digit().then_some(c),
                });
                digits.collect::<String>().trim_matches('0').to_owned()
            };
            prop_assert_eq!(digits(&text), digits(&money.to_decimal_string()), "{}", text);
            let minus = ['-', '−', '－', '\u{2011}'];
            prop_assert_eq!(money.minor() < 0, text.trim().starts_with(minus) && money.minor() != 0);
        }
    }

    #[test]
    fn no_text_at_all_makes_the_reader_of_amounts_panic(text in any::<String>(), currency in currency()) {
        let read = Money::parse(&text, currency);
        prop_assert_eq!(read, Money::parse(&text, currency));
    }

    #[test]
    fn sums_are_exact_or_there_are_none(
        (a, b) in (minor(), minor()),
        (one, other) in (currency(), currency()),
    ) {
        let (x, y) = (Money::from_minor(a, one), Money::from_minor(b, one));
        let (sum, difference) = (i128::from(a) + i128::from(b), i128::from(a) - i128::from(b));
        prop_assert_eq!(x.checked_add(y).map(Money::minor), i64::try_from(sum).ok());
        prop_assert_eq!(x.checked_sub(y).map(Money::minor), i64::try_from(difference).ok());
        if one != other {
            prop_assert_eq!(x.checked_add(Money::from_minor(b, other)), None);
            prop_assert_eq!(x.checked_sub(Money::from_minor(b, other)), None);
        }
    }

    #[test]
    fn a_moment_that_is_printed_and_read_again_is_the_same(
        seconds in FIRST..=LAST,
        minutes in -1080..=1080_i32,
    ) {
        let instant = Instant::from_unix(seconds).unwrap();
        let offset = Offset::from_minutes(minutes);
        // What says its zone is not moved by where the reader is.
        for known in [Zone::Unknown, offset.into()] {
            let read = Instant::read(&instant.rfc3339(), known).unwrap();
            prop_assert_eq!((read.instant, read.change), (instant, None));
            let read = Instant::read(&format!("{} UTC", instant.utc_date_time()), known).unwrap();
            prop_assert_eq!((read.instant, read.change), (instant, None));
        }
        // What does not is moved where the reader is known, and only there.
        let read = Instant::read(&instant.utc_date_time(), Zone::Unknown).unwrap();
        prop_assert_eq!((read.instant, read.change), (instant, Some(MomentChange::ReadAsUtc)));
        let local = Instant::read(&instant.utc_date_time(), offset.into()).map(|read| read.instant.unix());
        prop_assert_eq!(local.ok(), Some(seconds - i64::from(minutes) * 60).filter(|at| (FIRST..=LAST).contains(at)));
    }

    #[test]
    fn a_moment_is_the_one_that_the_calendar_says(
        year in 1..=9999_i64,
        month in 1..=12_u32,
        day in 1..=31_u32,
        (hour, minute, second) in (0..24_i64, 0..60_i64, 0..60_i64),
        zone in -1439..=1439_i64,
    ) {
        let sign = if zone < 0 { '-' } else { '+' };
        let clock = format!("{hour:02}:{minute:02}:{second:02}");
        let ahead = format!("{sign}{:02}:{:02}", zone.abs() / 60, zone.abs() % 60);
        let text = format!("{year:04}-{month:02}-{day:02}T{clock}{ahead}");
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - zone * 60;
        let next = if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) };
        let exists = days(year, month, day) < next;
        match Instant::read(&text, Zone::Unknown) {
            Ok(read) => prop_assert!(exists && read.instant.unix() == seconds, "{}", text),
            Err(MomentError::Impossible) => prop_assert!(!exists, "{}", text),
            Err(MomentError::OutOfRange) => {
                let inside = (FIRST + 86_400..=LAST - 86_400).contains(&seconds);
                prop_assert!(exists && !inside, "{}", text);
            }
            Err(code) => prop_assert!(false, "{}: {:?}", text, code),
        }
    }

    #[test]
    fn a_day_is_shown_as_the_same_day_to_whoever_recorded_it(
        days in (FIRST / 86_400 + 1)..(LAST / 86_400),
        minutes in -720..=840_i32,
    ) {
        let offset = Offset::from_minutes(minutes).unwrap();
        let day = Instant::from_unix(days * 86_400).unwrap().day(Offset::UTC);
        let read = Instant::read(&day, Zone::Fixed(offset)).unwrap();
        prop_assert_eq!(read.instant.day(Offset::UTC), day.clone());
        prop_assert_eq!(read.instant.day(offset), day);
    }

    /// Whatever surrounds it, and whichever keyboard wrote it, an amount is the same or refused.
    #[test]
    fn reads_the_same_amount_from_any_keyboard(
        minor in 1..100_000_000_i64,
        currency in currency(),
        zero in prop::sample::select(vec!['0', '\u{660}', '\u{966}', '\u{FF10}']),
        point in prop::sample::select(vec!['.', '\u{FF0E}', '\u{66B}']),
        around in "[ \u{a0}\u{2009}\u{200b}\u{200e}\u{200f}\u{2066}\u{2069}\u{feff}]{0,3}",
    ) {
        let money = Money::from_minor(minor, currency);
        let plain = money.to_decimal_string();
        let written = plain.chars().map(|c| match c {
            '.' => point,
            c => char::from_u32(u32::from(zero) + c.to_digit(10).unwrap()).unwrap(),
        });
        let written: String = written.collect();
        let text = [around.as_str(), &written, &around].concat();
        let draft: Draft = [
            ("invoiceId", "1"),
            ("paidAt", "2026-11-19"),
            ("currency", currency.code()),
            ("amount", &text),
        ]
        .into_iter()
        .collect();
        let operation = &Provider::find("harvest").unwrap().payment;
        let read = operation.parse(&draft, &Context::default()).map(|(values, _)| values.money("amount"));
        prop_assert_eq!(read, Ok(Some(money)), "{:?}", text);
    }

    /// A day is compared with another as the calendar on the wall has them.
    #[test]
    fn compares_days_as_the_local_calendar_does(
        (one, other) in (FIRST + 200_000..LAST - 200_000, -200_000..200_000_i64),
        minutes in -1080..=1080_i32,
    ) {
        let offset = Offset::from_minutes(minutes).unwrap();
        let (one, other) = (Instant::from_unix(one).unwrap(), Instant::from_unix(one + other).unwrap());
        let zone = Zone::Fixed(offset);
        prop_assert_eq!(one.is_days_before(other, zone), one.day(offset) < other.day(offset));
        prop_assert_eq!(other.is_after_today(one, zone), other.day(offset) > one.day(offset));
        prop_assert_eq!(one.is_days_before(other, Zone::Unknown), one.day(Offset::UTC) < other.day(Offset::UTC));
    }

    #[test]
    fn no_text_at_all_makes_the_reader_of_moments_panic(
        text in prop_oneof![any::<String>(), "[0-9T:Zz +./-]{0,28}"],
        offset in -1080..=1080_i32,
    ) {
        if let Ok(read) = Instant::read(&text, Offset::from_minutes(offset).into()) {
            prop_assert!((FIRST..=LAST).contains(&read.instant.unix()));
        }
    }
}

#[test]
fn a_caller_s_offset_would_be_another_one_when_it_is_asked_for() {
    for minutes in [-1080, -300, 0, 330, 1080] {
        assert_eq!(Offset::from_minutes(minutes).map(Offset::minutes), Some(minutes));
    }
    for minutes in [-1081, 1081, i32::MIN, i32::MAX] {
        assert_eq!(Offset::from_minutes(minutes), None);
    }
}

#[test]
fn what_is_known_of_the_caller_s_clock_would_be_forgotten_or_taken_for_something_else() {
    let fixed = |minutes| Zone::from(Offset::from_minutes(minutes));
    let read = Instant::read("2026-11-19T11:00", fixed(60)).map(|reading| reading.instant.rfc3339());
    assert_eq!(read.as_deref(), Ok("2026-11-19T10:00:00Z"));
    assert_eq!(Zone::from(None), Zone::Unknown);
    let zones = [
        Zone::Unknown,
        fixed(0),
        fixed(60),
        Zone::Varying(|_| Local::Never),
        Zone::Varying(|_| Local::Twice),
    ];
    for (at, one) in zones.iter().enumerate() {
        for (place, other) in zones.iter().enumerate() {
            assert_eq!(one == other, at == place, "{one:?}, {other:?}");
        }
    }
}

#[test]
fn a_moment_outside_of_the_years_that_can_be_written_would_be_printed_with_five_digits() {
    for (seconds, text) in [(FIRST, "1900-01-01T00:00:00Z"), (LAST, "9999-12-31T23:59:59Z")] {
        assert_eq!(Instant::from_unix(seconds).map(|i| i.rfc3339()).as_deref(), Some(text));
        for minutes in [-1080, 1080] {
            let day = Instant::from_unix(seconds).unwrap().day(Offset::from_minutes(minutes).unwrap());
            assert_eq!(day.len(), 10, "{day}");
            assert_eq!(day.matches('-').count(), 2, "{day}");
            assert!(day.as_bytes()[..4].iter().all(u8::is_ascii_digit), "{day}");
            assert_eq!(day.as_bytes()[7], b'-', "{day}");
        }
    }
    for seconds in [FIRST - 1, LAST + 1, i64::MIN, i64::MAX] {
        assert_eq!(Instant::from_unix(seconds), None);
    }
}
