//! A module as text in a script: the shortest by brotli of those ways that every bundler leaves as they are.
//!
//! Base64 takes a third more bytes and, worse, hides where each begins: compressed, it is a quarter larger than the module.
//! Of the widget's and the validator's modules alike, 87 of the 256 bytes make up nine tenths. Those are one printable
//! character each, in their order; each of the others is one of two marks and a character. That compresses to three
//! hundredths more than the module does. No character needs an escape in a string, whoever prints it.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::bundle::{read, write};
use crate::process::{self, command};

/// These would need an escape in some string, or could end a script in a page of HTML.
const LEFT_OUT: &[u8] = b"\"'`\\$<";
const MARKS: [u8; 2] = [b' ', b'!'];
/// What the reader needs for its tables, as www/npm/load/bytes.js knows.
const START: usize = 384;
const TABLE: usize = 128;
const PAGE: usize = 65_536;

/// How one module is written.
struct Code {
    /// What each byte is written as.
    written: Vec<Vec<u8>>,
    /// The inverse: a table for characters that stand alone, then one for those after each mark.
    tables: [u8; START],
}

impl Code {
    fn of(bytes: &[u8]) -> Self {
        let characters: Vec<u8> = (b'#'..=b'~').filter(|character| !LEFT_OUT.contains(character)).collect();
        let mut counts = [0_usize; 256];
        for byte in bytes {
            if let Some(count) = counts.get_mut(usize::from(*byte)) {
                *count += 1;
            }
        }
        let mut frequent: Vec<(usize, u8)> = counts.into_iter().zip(0..=u8::MAX).collect();
        frequent.sort_by_key(|(count, byte)| (std::cmp::Reverse(*count), *byte));
        frequent.truncate(characters.len());
        let mut alone = characters.iter();
        let mut marked =
            MARKS.iter().flat_map(|mark| characters.iter().map(move |character| (*mark, *character)));
        let mut code = Self { written: Vec::new(), tables: [0; START] };
        for byte in 0..=u8::MAX {
            let (place, written) = if frequent.iter().any(|(_, other)| *other == byte) {
                let character = alone.next().copied().unwrap_or_default();
                (usize::from(character), vec![character])
            } else {
                let (mark, character) = marked.next().unwrap_or_default();
                let table = usize::from(mark.saturating_sub(31)) * TABLE;
                (table + usize::from(character), vec![mark, character])
            };
            if let Some(place) = code.tables.get_mut(place) {
                *place = byte;
            }
            code.written.push(written);
        }
        code
    }

    fn write(&self, bytes: &[u8]) -> String {
        let characters = bytes.iter().filter_map(|byte| self.written.get(usize::from(*byte))).flatten();
        characters.copied().map(char::from).collect()
    }
}

/// A script that exports `text`, which holds the module, and `reader`, which reads it: see www/npm/load/bytes.js.
pub(crate) fn script(module: &Path, scratch: &Path) -> Result<String> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let code = Code::of(&bytes);
    let text = code.write(&bytes);
    let (source, reader) = (scratch.join("reader.wat"), scratch.join("reader.wasm"));
    write(&source, &wat(&code.tables, (START + text.len()).div_ceil(PAGE)))?;
    process::run(command("wasm-as").arg(&source).arg("--output").arg(&reader))?;
    let reader = BASE64_STANDARD
        .encode(fs::read(&reader).with_context(|| format!("cannot read {}", reader.display()))?);
    fs::remove_file(&source).with_context(|| format!("cannot remove {}", source.display()))?;
    Ok(format!("export const reader = \"{reader}\";\nexport const text = \"{text}\";\n"))
}

/// A script that exports `base64`, the module so encoded.
pub(crate) fn base64(module: &Path) -> Result<String> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    Ok(format!("export const base64 = \"{}\";\n", BASE64_STANDARD.encode(bytes)))
}

/// A style sheet or the like as a script whose default export is its text.
pub(crate) fn quoted(file: &Path) -> Result<String> {
    Ok(format!("export default {};\n", serde_json::Value::from(read(file)?)))
}

/// The reader: what it is given after its tables it reads in place, up to `end`, and tells how many bytes that makes.
fn wat(tables: &[u8], pages: usize) -> String {
    let tables: String = tables.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!(
        r#"(module
  (memory (export "memory") {pages})
  (data (i32.const 0) "{tables}")
  (func (export "read") (param $end i32) (result i32)
    (local $from i32) (local $to i32) (local $at i32)
    (local.set $from (i32.const {START}))
    (local.set $to (i32.const {START}))
    (loop $next
      (if (i32.lt_u (local.get $from) (local.get $end))
        (then
          (local.set $at (i32.load8_u (local.get $from)))
          (if (i32.lt_u (local.get $at) (i32.const 34))
            (then
              (local.set $from (i32.add (local.get $from) (i32.const 1)))
              (local.set $at (i32.add
                (i32.shl (i32.sub (local.get $at) (i32.const 31)) (i32.const 7))
                (i32.load8_u (local.get $from))))))
          (i32.store8 (local.get $to) (i32.load8_u (local.get $at)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (local.set $to (i32.add (local.get $to) (i32.const 1)))
          (br $next))))
    (i32.sub (local.get $to) (i32.const {START}))))
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the reader does.
    fn back(text: &str, tables: &[u8]) -> Vec<u8> {
        let mut characters = text.bytes().map(usize::from);
        let mut bytes = Vec::new();
        while let Some(at) = characters.next() {
            let at = if at < 34 { (at - 31) * TABLE + characters.next().unwrap() } else { at };
            bytes.push(tables[at]);
        }
        bytes
    }

    #[test]
    fn every_byte_comes_back_and_needs_no_escape() {
        let mut bytes: Vec<u8> = (0..=u8::MAX).collect();
        bytes.extend([200; 9]);
        bytes.extend(bytes.clone().iter().rev());
        let code = Code::of(&bytes);
        let text = code.write(&bytes);
        assert_eq!(back(&text, &code.tables), bytes);
        assert_eq!(serde_json::Value::from(text.as_str()).to_string().len(), text.len() + 2);
        assert!(!text.contains('<') && !text.contains('$') && !text.contains('\'') && !text.contains('`'));
        assert_eq!(code.write(&[200]).len(), 1, "what is frequent is short");
    }
}
