//! Properties that hold for every amount and every moment.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use proptest::prelude::*;
use remit_core::money::reading::AmountError;
use remit_core::time::reading::{MomentChange, MomentError};
use remit_core::{
    Context, Currency, Draft, Instant, Local, Money, Offset, Provider, Zone, is_digit, is_zero,
};
use rust_decimal::Decimal;

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(Currency::all().collect::<Vec<_>>())
}

/// Any number of minor units, with small and large ones equally likely.
fn minor() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), -100_000..100_000_i64, Just(i64::MIN), Just(i64::MAX), Just(0)]
}

fn exponent(currency: Currency) -> usize {
    usize::try_from(currency.exponent()).unwrap()
}

/// Digits with a mark between groups of three, from the right.
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

/// The group separator and the decimal mark of several countries.
const MARKS: [(&str, &str); 6] =
    [(",", "."), (".", ","), (" ", ","), ("\u{202F}", ","), ("'", "."), ("", ",")];

/// The value of a digit in any of the mapped scripts.
fn digit(c: char) -> Option<u32> {
    (0..10).find(|value| u32::from(c).checked_sub(*value).and_then(char::from_u32).is_some_and(is_zero))
}

/// The digits of a text, without leading and trailing zeros.
fn significant_digits(text: &str) -> String {
    let digits = text.chars().filter_map(digit).filter_map(|value| char::from_digit(value, 10));
    digits.collect::<String>().trim_matches('0').to_owned()
}

/// Whether a character can be part of an amount without its sign.
fn is_of_amount(c: char) -> bool {
    let is_space =
        matches!(c, ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}');
    is_digit(c) || is_space || ".,．，٫٬'‘’ʼ＇".contains(c)
}

/// The text without surrounding whitespace and invisible characters, both of which are ignored.
fn trimmed(text: &str) -> &str {
    let invisible = ['\u{61C}', '\u{FEFF}'].into_iter();
    let ranges =
        ['\u{200B}'..='\u{200F}', '\u{202A}'..='\u{202C}', '\u{2060}'..='\u{2064}', '\u{2066}'..='\u{2069}'];
    let invisible: Vec<_> = invisible.chain(ranges.into_iter().flatten()).collect();
    text.trim_matches(|c: char| c.is_whitespace() || invisible.contains(&c))
}

/// Any text, and texts that consist mostly of digits and marks.
fn almost_amount() -> impl Strategy<Value = String> {
    let digit = prop_oneof![prop::char::range('0', '9'), prop::sample::select(vec!['٣', '۴', '७', '９'])];
    let mark = prop::sample::select(vec![
        '-', '−', '－', '.', '．', ',', '，', '٫', '٬', '\'', ' ', '\u{202f}', '\u{200b}', 'e', '€', '\t',
    ]);
    let character = prop_oneof![12 => digit, 3 => mark, 1 => any::<char>()];
    prop_oneof![any::<String>(), prop::collection::vec(character, 0..10).prop_map(String::from_iter)]
}

/// Days since 1970-01-01, counted year by year and month by month.
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
    fn parsing_a_printed_amount_returns_the_same_amount(minor in minor(), currency in currency()) {
        let money = Money::from_minor(minor, currency);
        prop_assert_eq!(Money::parse(&money.to_decimal_string(), currency), Ok(money));
        prop_assert_eq!(Money::from_decimal(money.to_decimal(), currency), Ok(money));
        prop_assert_eq!(money.to_string(), format!("{} {}", currency.code(), money.to_decimal_string()));
        let scale = Decimal::from(10_i64.pow(currency.exponent()));
        prop_assert_eq!(money.to_decimal() * scale, Decimal::from(minor));
    }

    #[test]
    fn a_plain_number_is_read_exactly_or_refused_for_a_reason_that_holds(
        text in "-?[0-9]{1,22}(\\.[0-9]{1,7})?",
        currency in currency(),
    ) {
        let unsigned = text.trim_start_matches('-');
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let (places, exponent) = (decimals.trim_end_matches('0'), exponent(currency));
        // Three decimals after one to three digits could be a group.
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
    fn trailing_zeros_do_not_change_an_amount(
        minor in minor(),
        currency in currency(),
        zeros in 0..4_usize,
    ) {
        let money = Money::from_minor(minor, currency);
        let plain = money.to_decimal_string();
        // Three decimals are excluded: they could be a group.
        let point = if currency.exponent() == 0 && zeros > 0 { "." } else { "" };
        let padded = format!("{plain}{point}{}", "0".repeat(zeros));
        let three = padded.rsplit_once('.').is_some_and(|(_, decimals)| decimals.len() == 3);
        if !three || currency.exponent() == 3 {
            prop_assert_eq!(Money::parse(&padded, currency), Ok(money), "{}", padded);
        }
    }

    #[test]
    fn a_grouped_amount_is_read_exactly_or_refused_as_ambiguous(
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
            // A single group and three decimals look the same.
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
            prop_assert_eq!(money.minor() < 0, trimmed(&text).starts_with(minus) && money.minor() != 0);
        }
    }

    #[test]
    fn any_text_is_read_as_an_amount_with_the_same_digits_or_refused_with_a_fitting_error(
        text in almost_amount(),
        currency in currency(),
    ) {
        let trimmed = trimmed(&text);
        let unsigned = trimmed.strip_prefix(['-', '−', '‐', '\u{2011}', '﹣', '－']).unwrap_or(trimmed);
        let is_clean = unsigned.chars().all(is_of_amount);
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let is_plain = is_number(whole) && is_number(decimals);
        match Money::parse(&text, currency) {
            Ok(money) => {
                let printed = money.to_decimal_string();
                prop_assert!(is_clean && trimmed.contains(is_digit), "{:?}", text);
                prop_assert_eq!(significant_digits(trimmed), significant_digits(&printed), "{:?}", text);
                prop_assert_eq!(Money::parse(&printed, currency), Ok(money), "{:?}", text);
            }
            Err(error @ (AmountError::Malformed | AmountError::Notation | AmountError::Sign)) => {
                prop_assert!(!is_plain, "{:?}: {:?}", text, error);
                prop_assert!(error == AmountError::Malformed || !is_clean, "{:?}: {:?}", text, error);
                let may_be_notation = unsigned.contains(['e', 'E', 'n', 'N']);
                prop_assert!(error != AmountError::Notation || may_be_notation, "{:?}: {:?}", text, error);
            }
            Err(error @ (AmountError::Ambiguous | AmountError::Precision | AmountError::TooLarge)) => {
                prop_assert!(is_clean && trimmed.contains(is_digit), "{:?}: {:?}", text, error);
            }
            Err(AmountError::Character) => prop_assert!(!is_clean && !text.is_ascii(), "{:?}", text),
            Err(error) => prop_assert!(false, "{:?}: {:?} is not a documented error", text, error),
        }
    }

    #[test]
    fn sums_and_differences_are_exact_or_none(
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
    fn reading_a_printed_moment_returns_the_same_moment(
        seconds in FIRST..=LAST,
        minutes in -1080..=1080_i32,
    ) {
        let instant = Instant::from_unix(seconds).unwrap();
        let offset = Offset::from_minutes(minutes);
        // The caller's zone does not affect a text with a zone of its own.
        for zone in [Zone::Unknown, offset.into()] {
            let read = Instant::read(&instant.rfc3339(), zone).unwrap();
            prop_assert_eq!((read.instant, read.change), (instant, None));
            let read = Instant::read(&format!("{} UTC", instant.utc_date_time()), zone).unwrap();
            prop_assert_eq!((read.instant, read.change), (instant, None));
        }
        // A text without a zone is in the caller's zone, or in UTC if that is unknown.
        let read = Instant::read(&instant.utc_date_time(), Zone::Unknown).unwrap();
        prop_assert_eq!((read.instant, read.change), (instant, Some(MomentChange::ReadAsUtc)));
        let local = Instant::read(&instant.utc_date_time(), offset.into()).map(|read| read.instant.unix());
        prop_assert_eq!(local.ok(), Some(seconds - i64::from(minutes) * 60).filter(|at| (FIRST..=LAST).contains(at)));
    }

    #[test]
    fn a_moment_with_an_offset_is_read_as_the_calendar_defines_it(
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
    fn a_day_without_a_time_is_the_same_day_in_utc_and_in_the_caller_s_zone(
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
    fn any_text_is_read_as_the_date_and_time_that_it_states_or_refused(
        text in prop_oneof![1 => any::<String>(), 1 => "[0-9T:Zz +./-]{0,28}", 6 => almost_moment()],
        offset in -720..=840_i32,
    ) {
        let Ok(read) = Instant::read(&text, Offset::from_minutes(offset).into()) else { return Ok(()) };
        // At its own offset, or at the caller's, the moment is the date and time in the text.
        let minutes = |text: &str| Some(text.get(..2)?.parse::<i64>().ok()? * 60 + text.get(3..)?.parse::<i64>().ok()?);
        let zone = text.split_at_checked(text.len().saturating_sub(6)).map_or("", |(_, zone)| zone);
        let ahead = match zone.as_bytes().first() {
            _ if text.len() == 10 || text.to_ascii_uppercase().ends_with(['Z', 'C']) => 0,
            Some(b'+') => minutes(&zone[1..]).unwrap(),
            Some(b'-') => -minutes(&zone[1..]).unwrap(),
            _ => i64::from(offset),
        };
        let Some(local) = Instant::from_unix(read.instant.unix() + ahead * 60) else { return Ok(()) };
        prop_assert_eq!(&local.utc_date_time()[..10], &text[..10], "{:?}", text);
        if text.len() > 10 {
            prop_assert_eq!(&local.utc_date_time()[11..16], &text[11..16], "{:?}", text);
        }
    }
}

/// Texts in the forms of a moment, many of which do not exist.
fn almost_moment() -> impl Strategy<Value = String> {
    let date = "(19|20)[0-9]{2}-(0[1-9]|1[0-3])-(0[1-9]|[12][0-9]|3[01])";
    let time = "[Tt ]([01][0-9]|2[0-4]):[0-6][0-9](:[0-5][0-9](\\.[0-9]{1,3})?)?";
    let zone = "(Z|z| UTC|[+-][01][0-9]:[0-6][0-9]|)";
    prop_oneof![1 => date, 6 => (date, time, zone).prop_map(|(date, time, zone)| date + &time + &zone)]
}

#[test]
fn an_offset_keeps_its_minutes_and_is_at_most_18_hours() {
    for minutes in [-1080, -300, 0, 330, 1080] {
        assert_eq!(Offset::from_minutes(minutes).map(Offset::minutes), Some(minutes));
    }
    for minutes in [-1081, 1081, i32::MIN, i32::MAX] {
        assert_eq!(Offset::from_minutes(minutes), None);
    }
}

#[test]
fn a_zone_is_made_from_an_offset_and_equals_only_itself() {
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
        for (other_at, other) in zones.iter().enumerate() {
            assert_eq!(one == other, at == other_at, "{one:?}, {other:?}");
        }
    }
}

#[test]
fn moments_are_limited_to_years_that_are_printed_with_four_digits() {
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
