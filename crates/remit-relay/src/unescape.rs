//! Removes one layer of escapes from a text: percent, HTML and XML, JSON and JavaScript, quoted-printable.
//!
//! All escapes are removed in one pass, so a layer is never removed twice: what an escape stands for is not read again.

/// The named references to ASCII characters and to invisible ones. [HTML, 13.5]
const NAMED: [(&str, char); 44] = [
    ("amp", '&'),
    ("AMP", '&'),
    ("apos", '\''),
    ("ast", '*'),
    ("bsol", '\\'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dollar", '$'),
    ("equals", '='),
    ("excl", '!'),
    ("grave", '`'),
    ("gt", '>'),
    ("GT", '>'),
    ("Hat", '^'),
    ("lbrace", '{'),
    ("lbrack", '['),
    ("lcub", '{'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lsqb", '['),
    ("lt", '<'),
    ("LT", '<'),
    ("num", '#'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("quest", '?'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("rbrace", '}'),
    ("rcub", '}'),
    ("rpar", ')'),
    ("rsqb", ']'),
    ("semi", ';'),
    ("sol", '/'),
    ("verbar", '|'),
    ("vert", '|'),
    ("nbsp", ' '),
    ("shy", '\u{AD}'),
    ("zwj", '\u{200D}'),
    ("zwnj", '\u{200C}'),
    ("NewLine", '\n'),
    ("ZeroWidthSpace", '\u{200B}'),
];

/// The length of the longest of these names.
const LONGEST_NAME: usize = 14;

/// The first characters of all escapes.
const MARKS: [char; 4] = ['%', '&', '\\', '='];

/// Whether the text may contain escapes.
pub(crate) fn has_escapes(text: &str) -> bool {
    text.bytes().any(|b| MARKS.contains(&char::from(b)))
}

/// The text without its outermost layer of escapes; `None` if it contains no escape.
pub(crate) fn without_a_layer(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some((before, from)) = rest.find(MARKS).and_then(|at| rest.split_at_checked(at)) {
        out.extend_from_slice(before.as_bytes());
        if let Some(after) = escape(from, &mut out) {
            rest = after;
            changed = true;
        } else {
            let mut chars = from.chars();
            chars.next().into_iter().for_each(|c| push(c, &mut out));
            rest = chars.as_str();
        }
    }
    out.extend_from_slice(rest.as_bytes());
    changed.then(|| String::from_utf8_lossy(&out).into_owned())
}

/// The text without soft line breaks, which continue a line; `None` if it has none. [RFC 2045, 6.7]
pub(crate) fn without_soft_breaks(text: &str) -> Option<String> {
    if !text.contains('=') {
        return None;
    }
    let mut lines = text.split('\n');
    let mut out = lines.next()?.to_owned();
    let mut changed = false;
    for line in lines {
        match out.trim_end_matches([' ', '\t', '\r']).strip_suffix('=').map(str::len) {
            Some(length) => {
                out.truncate(length);
                changed = true;
            }
            None => out.push('\n'),
        }
        out.push_str(line);
    }
    changed.then_some(out)
}

/// Removes the escape at the start of the text: pushes what it stands for, and returns the rest.
fn escape<'a>(text: &'a str, out: &mut Vec<u8>) -> Option<&'a str> {
    let mut chars = text.chars();
    let mark = chars.next()?;
    let rest = chars.as_str();
    match mark {
        // JavaScript's `escape` writes `%uXXXX`. [ECMAScript, B.2.1]
        '%' => byte(number(rest, 16, 2, 2), out).or_else(|| unit(rest.strip_prefix(['u', 'U'])?, out)),
        '&' => reference(rest, out),
        '=' => byte(number(rest, 16, 2, 2), out),
        _ => backslash(rest, out),
    }
}

fn push(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Reads a number of `least` to `most` digits, and returns the rest of the text.
fn number(text: &str, radix: u32, least: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.chars().take(most).take_while(|c| c.is_digit(radix)).count();
    let (digits, rest) = text.split_at_checked(digits).filter(|_| digits >= least)?;
    Some((u32::from_str_radix(digits, radix).ok()?, rest))
}

/// A byte's number. The bytes of a character outside ASCII are escaped one by one.
fn byte<'a>(found: Option<(u32, &'a str)>, out: &mut Vec<u8>) -> Option<&'a str> {
    let (code, rest) = found?;
    out.push(u8::try_from(code).ok()?);
    Some(rest)
}

/// A character's number. A number that is no character, such as half of a surrogate pair, stands for nothing.
fn character<'a>(found: Option<(u32, &'a str)>, out: &mut Vec<u8>) -> Option<&'a str> {
    let (code, rest) = found?;
    char::from_u32(code).into_iter().for_each(|c| push(c, out));
    Some(rest)
}

/// Four hexadecimal digits, or two groups of them as a surrogate pair.
fn unit<'a>(text: &'a str, out: &mut Vec<u8>) -> Option<&'a str> {
    let (first, rest) = number(text, 16, 4, 4)?;
    if let Some(high) = first.checked_sub(0xD800).filter(|high| *high < 0x400)
        && let Some(second) = rest.strip_prefix("\\u").or_else(|| rest.strip_prefix("%u"))
        && let Some((second, rest)) = number(second, 16, 4, 4)
        && let Some(low) = second.checked_sub(0xDC00).filter(|low| *low < 0x400)
    {
        return character(Some((0x10000 + (high << 10) + low, rest)), out);
    }
    character(Some((first, rest)), out)
}

/// A reference of HTML or XML. Browsers accept a number without its semicolon.
fn reference<'a>(text: &'a str, out: &mut Vec<u8>) -> Option<&'a str> {
    if let Some(text) = text.strip_prefix('#') {
        let found = match text.strip_prefix(['x', 'X']) {
            Some(text) => number(text, 16, 1, 8),
            None => number(text, 10, 1, 9),
        };
        return character(found, out).map(|rest| rest.strip_prefix(';').unwrap_or(rest));
    }
    let (name, rest) = text.split_at_checked(text.find(';').filter(|length| *length <= LONGEST_NAME)?)?;
    let (_, c) = NAMED.iter().find(|(known, _)| *known == name)?;
    push(*c, out);
    rest.strip_prefix(';')
}

/// An escape of JSON, JavaScript, C or a shell.
fn backslash<'a>(text: &'a str, out: &mut Vec<u8>) -> Option<&'a str> {
    let mut chars = text.chars();
    let c = chars.next()?;
    let rest = chars.as_str();
    let braced = || {
        let (code, rest) = number(rest.strip_prefix('{')?, 16, 1, 8)?;
        Some((code, rest.strip_prefix('}')?))
    };
    let unescaped = match c {
        'u' => character(braced(), out).or_else(|| unit(rest, out)),
        'U' => character(number(rest, 16, 8, 8), out),
        'x' => character(braced(), out).or_else(|| byte(number(rest, 16, 2, 2), out)),
        '0'..='7' => byte(number(text, 8, 1, 3), out),
        // Control characters count for nothing, and neither does a line break.
        'a' | 'b' | 'e' | 'f' | 'n' | 'r' | 't' | 'v' | '\n' | '\r' => Some(rest),
        _ => None,
    };
    unescaped.or_else(|| {
        push(c, out);
        Some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_every_kind_of_escape() {
        for escaped in [
            "%2F",
            "%2f",
            "%u002F",
            "&#x2F;",
            "&#X2f;",
            "&#47;",
            "&#47",
            "&#0047;",
            "&sol;",
            "\\/",
            "\\u002F",
            "\\u002f",
            "\\u{2f}",
            "\\x2F",
            "\\x{2F}",
            "\\U0000002F",
            "\\57",
            "\\057",
            "=2F",
            "\\n/",
            "/\\\n",
        ] {
            assert_eq!(without_a_layer(&format!("a{escaped}b")).as_deref(), Some("a/b"), "{escaped}");
        }
        for (escaped, plain) in
            [("\\ud83d\\ude00", "😀"), ("%uD83D%uDE00", "😀"), ("%E2%82%AC", "€"), ("&#8364;", "€")]
        {
            assert_eq!(without_a_layer(escaped).as_deref(), Some(plain));
        }
    }

    #[test]
    fn removes_soft_line_breaks() {
        for (broken, whole) in [("a=\r\nb", "ab"), ("a= \nb\nc=\n=\nd", "ab\ncd"), ("=\n", "")] {
            assert_eq!(without_soft_breaks(broken).as_deref(), Some(whole));
        }
        for text in ["", "a=b", "a\nb", "=", "a\n=b"] {
            assert_eq!(without_soft_breaks(text), None);
        }
    }

    #[test]
    fn removes_one_layer_at_a_time() {
        for (twice, once) in [
            ("%252F", "%2F"),
            ("&amp;#x2F;", "&#x2F;"),
            ("\\\\u002F", "\\u002F"),
            ("&#37;2F", "%2F"),
            ("%5Cu002F", "\\u002F"),
            ("\\u002526", "%26"),
        ] {
            assert_eq!(without_a_layer(twice).as_deref(), Some(once));
        }
    }

    #[test]
    fn leaves_text_without_escapes_alone() {
        for text in
            ["", "a & b", "100 %", "a=b", "&nosuch;", "&;", "%", "%é1", "&#;", "&#x;", "=é", "5 % of €"]
        {
            assert_eq!(without_a_layer(text), None, "{text}");
        }
    }

    #[test]
    fn survives_truncated_escapes() {
        for text in
            ["\\", "a\\u12", "\\u{", "\\u{12", "\\x", "\\ud83d", "\\ud83d\\u", "%u12", "&#99999999999;"]
        {
            let _ = without_a_layer(text);
        }
    }
}
