//! Finds a secret in a text, in whatever encoding the text quotes it.
//!
//! A text is examined as it is and without its escapes, layer by layer. Upper and lower case, whitespace and invisible
//! characters make no difference. The secret may be written backwards, in hexadecimal, as character codes, in base64 at any
//! alignment, or with punctuation in between. Encodings that hide every character, such as compression, cannot be found.
//!
//! # Which part of a secret counts as the secret
//!
//! All of it, and for a secret of more than 8 characters also a part of it: a provider may cut it off. A part must not match
//! the provider's ordinary texts, or responses would be withheld for no reason. A secret can contain ordinary words, and a
//! part with only one of them reveals little. So a part counts if it is unlikely to occur by chance:
//!
//! - 8 characters, if letters and digits alternate in them and they are not all hexadecimal digits;
//! - 12 characters, if letters and digits alternate: responses contain many hexadecimal identifiers;
//! - 16 characters of any kind.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::unescape::{has_escapes, without_a_layer, without_soft_breaks};

/// The layers of escapes that are removed. A text that still has escapes is taken for a leak: ordinary texts have at most two.
const LAYERS: usize = 6;
/// The readings of a text that differ in more than whitespace. A text with more of them is taken for a leak as well.
const READINGS: usize = 4;
/// The length below which a secret counts only as a whole, and only in the most common encodings. Each further form of a
/// short secret would match many ordinary texts.
const SHORT: usize = 8;
/// The lengths of the parts of a secret.
const LENGTHS: [usize; 3] = [8, 12, 16];
/// The number of parts, at most. The parts of a longer secret start at regular distances.
const PARTS: usize = 64;
/// The characters that stand for a secret that is quoted as a whole. More of them find nothing else.
const BEGINNING: usize = 256;
/// The shortest form of a longer secret that is searched for.
const SHORTEST_FORM: usize = 6;
/// The shortest base64 that is searched for: a shorter one occurs in ordinary words.
const SHORTEST_BASE64: usize = 3;

/// The searches for the secrets of a connection. They are made once, since that takes longer than a search.
pub(crate) struct LeakDetector {
    /// The secrets forwards and backwards, for the text without whitespace.
    plain: Search,
    /// The secrets in base64, for the text without whitespace.
    base64: Search,
    /// The secrets in hexadecimal and without punctuation, for the letters and digits of the text.
    bare: Search,
}

/// A search for any of several texts.
struct Search {
    /// `None` if there is nothing to search for.
    shortest: Option<usize>,
    automaton: Option<AhoCorasick>,
}

impl Search {
    fn new(needles: &BTreeSet<String>, ignore_case: bool) -> Self {
        let needles = || needles.iter().filter(|needle| !needle.is_empty());
        let automaton = AhoCorasick::builder().ascii_case_insensitive(ignore_case).build(needles()).ok();
        Self { shortest: needles().map(String::len).min(), automaton }
    }

    /// A search that could not be made finds something in every text: nothing is forwarded unexamined.
    fn finds(&self, text: &str) -> bool {
        self.shortest.is_some_and(|shortest| shortest <= text.len())
            && self.automaton.as_ref().is_none_or(|automaton| automaton.is_match(text))
    }
}

impl LeakDetector {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut plain, mut base64, mut bare) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for secret in secrets {
            let folded = folded(secret);
            for form in forms(&folded) {
                for part in parts(&form, &LENGTHS) {
                    plain.insert(part.chars().rev().collect());
                    plain.insert(part);
                }
            }
            if secret.chars().filter(|c| c.is_alphanumeric()).count() >= SHORT {
                bare.extend(parts(&letters_and_digits(&folded), LENGTHS.get(1..).unwrap_or_default()));
            }
            for bytes in byte_forms(secret) {
                bare.insert(hex(&bytes));
                base64.extend(base64_forms(&bytes));
            }
            // Twice: credentials are often base64 already when they are encoded.
            for part in parts(secret, &LENGTHS).iter().filter(|part| part.len() >= SHORT) {
                base64.extend(base64_forms(hex(part.as_bytes()).as_bytes()));
                for once in base64_forms(part.as_bytes()) {
                    bare.insert(hex(once.as_bytes()));
                    base64.extend(base64_forms(once.as_bytes()));
                }
            }
        }
        Self {
            plain: Search::new(&plain, true),
            base64: Search::new(&base64, false),
            bare: Search::new(&bare, true),
        }
    }

    /// Whether the text contains a secret.
    pub(crate) fn finds(&self, text: &str) -> bool {
        let mut texts = vec![folded(text)];
        for _ in 0..LAYERS {
            if texts.len() > READINGS || texts.iter().any(|text| self.finds_unescaped(text)) {
                return true;
            }
            texts = next_layer(&texts);
            if texts.is_empty() {
                return false;
            }
        }
        true
    }

    /// Whether a folded text contains a secret that is not escaped.
    fn finds_unescaped(&self, text: &str) -> bool {
        let visible = visible(text);
        // A code has at least two digits, and something between it and the next one.
        let codes =
            || character_codes(text).filter(|_| text.len() / 3 + 1 >= self.plain.shortest.unwrap_or(0));
        self.plain.finds(&visible)
            || self.base64.finds(&visible)
            || self.bare.finds(&letters_and_digits(text))
            || codes().is_some_and(|text| self.plain.finds(&text))
    }
}

fn beginning(secret: &str) -> &str {
    let end = secret.char_indices().nth(BEGINNING).map_or(secret.len(), |(at, _)| at);
    secret.get(..end).unwrap_or(secret)
}

/// The folded texts without their outermost layer of escapes; none for a text without escapes. A break in an escape can split
/// it or end it, so the text is read with and without breaks.
fn next_layer(texts: &[Cow<'_, str>]) -> Vec<Cow<'static, str>> {
    let mut next: Vec<Cow<'static, str>> = Vec::new();
    for text in texts.iter().filter(|text| has_escapes(text)) {
        let readings = [without_soft_breaks(text), without_a_layer(text), without_a_layer(&visible(text))];
        for reading in readings.into_iter().flatten() {
            let reading = folded(&reading).into_owned();
            if !next.iter().any(|known| visible(known) == visible(&reading)) {
                next.push(Cow::Owned(reading));
            }
        }
    }
    next
}

/// The folded secret as it may appear after escapes are removed. A secret that itself looks escaped is changed by that, and a form
/// encodes a space as a plus sign.
fn forms(secret: &str) -> BTreeSet<String> {
    let mut inner = secret.to_owned();
    for _ in 0..LAYERS {
        inner = without_a_layer(&inner).unwrap_or(inner);
    }
    let whole = visible(secret).into_owned();
    let others = [inner, secret.replace(' ', "+")].map(|form| visible(&folded(&form)).into_owned());
    let others =
        others.into_iter().filter(|form| form.chars().count() >= SHORTEST_FORM.min(whole.chars().count()));
    others.chain([whole.clone()]).collect()
}

/// The secret and its parts as bytes: as they are, in one case, and in UTF-16.
fn byte_forms(secret: &str) -> BTreeSet<Vec<u8>> {
    let mut all = BTreeSet::new();
    for part in parts(secret, &LENGTHS) {
        if part.chars().count() >= SHORT {
            all.insert(part.to_lowercase().into_bytes());
            all.insert(part.to_uppercase().into_bytes());
            // In both byte orders, an ASCII text contains these bytes.
            let mut units: Vec<u8> = part.encode_utf16().flat_map(u16::to_le_bytes).collect();
            units.pop_if(|last| *last == 0);
            all.insert(units);
        }
        all.insert(part.into_bytes());
    }
    all
}

/// The secret, and those of its parts that count as the secret.
fn parts(secret: &str, lengths: &[usize]) -> BTreeSet<String> {
    let chars: Vec<char> = secret.chars().collect();
    let part = |start: usize| {
        let windows = lengths.iter().filter_map(|length| chars.get(start..start.checked_add(*length)?));
        windows.into_iter().find(|window| is_unlikely(window)).map(|window| window.iter().collect())
    };
    let parts = (0..chars.len()).step_by(chars.len().div_ceil(PARTS).max(1)).filter_map(part);
    parts.filter(|_| chars.len() > SHORT).chain([beginning(secret).to_owned()]).collect()
}

/// Whether a part of a secret is unlikely to occur in an ordinary text.
fn is_unlikely(part: &[char]) -> bool {
    let kinds: Vec<bool> = part.iter().filter(|c| c.is_alphanumeric()).map(|c| c.is_numeric()).collect();
    let alternations = kinds.windows(2).filter(|pair| pair.first() != pair.last()).count();
    let is_hex = part.iter().all(|c| c.is_ascii_hexdigit() || !c.is_alphanumeric());
    match part.len() {
        16.. => true,
        12.. => alternations >= 2,
        _ => alternations >= 2 && !is_hex,
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(four.into(), 16);
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(digit).collect()
}

/// The base64 characters that depend only on these bytes, at each of the three alignments and in both alphabets.
fn base64_forms(bytes: &[u8]) -> impl Iterator<Item = String> {
    let aligned = [(0, 0), (1, 2), (2, 3)].into_iter().flat_map(move |(before, first)| {
        let padded = [vec![0; before].as_slice(), bytes].concat();
        // The first characters contain bits of the bytes before, and the last one may contain bits of those after.
        let last = padded.len() * 8 / 6;
        [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)]
            .into_iter()
            .filter_map(move |text| text.get(first..last).map(str::to_owned))
            .collect::<Vec<_>>()
    });
    aligned.filter(|text| text.len() >= SHORTEST_BASE64)
}

/// The text without invisible and control characters, with full-width characters and spaces as ASCII, and in lower case
/// outside ASCII.
fn folded(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii_graphic() || c.is_ascii_whitespace() => out.push(c),
            '\u{FF01}'..='\u{FF5E}' => out.extend(char::from_u32(u32::from(c) - 0xFEE0)),
            c if c.is_whitespace() => out.push(' '),
            c if c.is_control() || is_invisible(c) => {}
            c => out.extend(c.to_lowercase()),
        }
    }
    Cow::Owned(out)
}

/// The folded text without whitespace.
fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|b| b.is_ascii_whitespace()) {
        return Cow::Owned(text.split_ascii_whitespace().collect());
    }
    Cow::Borrowed(text)
}

/// Whether a character leaves no trace of its own: format characters, variation selectors, fillers and combining marks, and
/// the replacement of a byte that is not UTF-8. [Unicode 16, Default_Ignorable_Code_Point]
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{300}'..='\u{36F}'
            | '\u{600}'..='\u{605}'
            | '\u{61C}'
            | '\u{6DD}'
            | '\u{70F}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFD}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// The letters and digits of the folded text. The prefix `0x` of a number does not count.
fn letters_and_digits(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_alphanumeric()) && !text.starts_with("0x") {
        return Cow::Borrowed(text);
    }
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words = words.map(|word| word.strip_prefix("0x").or(word.strip_prefix("0X")).unwrap_or(word));
    Cow::Owned(words.collect())
}

/// The text that numbers in a text stand for, as in `[104, 105]`; `None` without at least three of them.
fn character_codes(text: &str) -> Option<String> {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    let codes: String =
        numbers.filter_map(|number| number.parse::<u8>().ok()).filter(u8::is_ascii).map(char::from).collect();
    (codes.len() >= 3).then_some(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Zk7/pQ+2x=Vb9&Lm4%t\"R8nC1'wY6<hJ3\\dF5gS0";

    /// Encodings of a text, each with its name.
    fn encodings(text: &str) -> Vec<(&'static str, String)> {
        let units = |one: &dyn Fn(u16) -> String| -> String { text.encode_utf16().map(one).collect() };
        let each = |one: &dyn Fn(u8) -> String| -> String { text.bytes().map(one).collect() };
        let chars =
            |between: &str| -> String { text.chars().map(String::from).collect::<Vec<_>>().join(between) };
        vec![
            ("plain", text.to_owned()),
            ("percent", each(&|b| format!("%{b:02X}"))),
            ("percent, punctuation only", text.replace('%', "%25").replace('/', "%2f").replace('+', "%2B")),
            ("%u", units(&|unit| format!("%u{unit:04x}"))),
            ("decimal references", units(&|unit| format!("&#{unit};"))),
            ("hexadecimal references", units(&|unit| format!("&#x{unit:X};"))),
            (
                "HTML",
                text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('/', "&sol;"),
            ),
            ("JSON", text.replace('\\', "\\\\").replace('"', "\\\"").replace('/', "\\/")),
            ("\\u", units(&|unit| format!("\\u{unit:04x}"))),
            ("\\x", each(&|b| format!("\\x{b:02x}"))),
            ("octal", each(&|b| format!("\\{b:03o}"))),
            ("quoted-printable", each(&|b| format!("={b:02X}"))),
            ("zero-width spaces", chars("\u{200B}")),
            ("soft hyphens", chars("\u{AD}")),
            ("line breaks", chars("\r\n")),
            ("soft line breaks", chars("=\r\n")),
            ("combining marks", chars("\u{336}")),
            ("null characters", chars("\0")),
        ]
    }

    #[test]
    fn finds_a_secret_in_two_encodings_at_once() {
        for secret in [SECRET, "a/B%2c&#", "x7z"] {
            let leaks = LeakDetector::new([secret]);
            for (inner, once) in encodings(secret) {
                for (outer, twice) in encodings(&format!("key: {once}.")) {
                    assert!(leaks.finds(&twice), "{secret} as {inner} as {outer}: {twice}");
                }
            }
        }
    }

    #[test]
    fn finds_a_secret_in_other_notations() {
        for secret in [SECRET, "q7/Z_k-3", "x7z"] {
            let leaks = LeakDetector::new([secret]);
            let bytes = |between: &str, one: &dyn Fn(u8) -> String| {
                secret.bytes().map(one).collect::<Vec<_>>().join(between)
            };
            let mut notations = vec![
                secret.chars().rev().collect(),
                bytes("", &|b| format!("{b:02x}")),
                bytes("", &|b| format!("{b:02X}")),
                bytes(":", &|b| format!("{b:02x}")),
                bytes(" ", &|b| format!("{b:02x}")),
                bytes(", ", &|b| format!("0x{b:02X}")),
                bytes(",", &|b| b.to_string()),
                format!("[{}]", bytes(", ", &|b| b.to_string())),
                secret.to_uppercase(),
                secret.to_lowercase(),
                secret.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xFEE0)).collect(),
            ];
            for before in ["", "u", "us", "user"] {
                let text = format!("{before}{secret}!?");
                notations.extend([STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)]);
            }
            if secret.len() >= SHORT {
                let once = URL_SAFE_NO_PAD.encode(format!("u:{secret}"));
                notations.extend([
                    STANDARD_NO_PAD.encode(format!("Basic {once}")),
                    hex(once.as_bytes()),
                    STANDARD_NO_PAD.encode(hex(secret.as_bytes())),
                    STANDARD_NO_PAD.encode(secret.to_uppercase()),
                    STANDARD_NO_PAD
                        .encode(secret.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()),
                    hex(&secret.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
                    hex(&secret.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()),
                ]);
            }
            for notation in notations {
                assert!(leaks.finds(&format!("got {notation}, sorry")), "{secret}: {notation}");
            }
        }
    }

    #[test]
    fn finds_a_part_of_a_long_secret() {
        let leaks = LeakDetector::new([SECRET]);
        for start in 0..SECRET.len() - 16 {
            let part = SECRET.get(start..start + 16).unwrap();
            assert!(leaks.finds(part), "{part}");
            assert!(leaks.finds(&STANDARD_NO_PAD.encode(part)), "{part}");
        }
        assert!(leaks.finds("Zk7/pQ+2…"));
        assert!(leaks.finds("the key that ends with hJ3\\dF5gS0"));
        let long: String = (0..3000_u32).map(|n| char::from_digit(n * n / 7 % 36, 36).unwrap()).collect();
        assert!(LeakDetector::new([long.as_str()]).finds(long.get(1000..1100).unwrap()));
    }

    #[test]
    fn does_not_take_an_ordinary_word_of_a_long_secret_for_it() {
        let secret = "ledger-v2-payments-2026-invoice-token";
        let leaks = LeakDetector::new([secret]);
        for text in
            ["ledger-v2", "/ledger-v2/v2/invoices/7/payments", "2026-11-19T10:00:00Z", "payments-2026"]
        {
            assert!(!leaks.finds(text), "{text}");
        }
        assert!(leaks.finds("Ledger-v2-Payments-2026"));
        let hexadecimal = LeakDetector::new(["9f86d081884c7d659a2feaa0c55ad015"]);
        assert!(!hexadecimal.finds("9f86d081-884"));
        assert!(hexadecimal.finds("9f86d081-884c"));
    }

    #[test]
    fn takes_a_text_with_too_many_layers_for_a_leak() {
        let leaks = LeakDetector::new(["nothing-like-it"]);
        let nested = |layers| (0..layers).fold("a b".to_owned(), |text, _| text.replace(['%', ' '], "%25"));
        assert!(!leaks.finds(&nested(3)));
        assert!(leaks.finds(&nested(9)));
    }

    #[test]
    fn finds_nothing_without_secrets() {
        assert!(!LeakDetector::new([]).finds("a text"));
        assert!(!LeakDetector::new([" "]).finds("a text"));
    }
}
