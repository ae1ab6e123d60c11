//! Many payments of one provider, read and checked without a crossing for each: as the bytes of a CSV file, which are
//! written anew, or as their texts.
//!
//! [`rows_begin`] takes from the input what a payment has there: in its fields what holds for every row of a file that has
//! nothing there itself, and for names those of the file's columns, one for each field. Then the file goes through the input
//! piece by piece, the first record being the header; or the texts do.

use std::borrow::Cow;
use std::cell::RefCell;

use remit_core::schema::field::{Field, Kind};
use remit_core::{Code, Context, Param, Provider, Rejection, Value};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::csv::Record;
use crate::packed::{FAULT, Given, Input, Output, with_input, with_output};

/// What the outcome of a row says beside the end of its record.
const DOUBLED: usize = 1 << 31;
const REFUSED: usize = 0;
const ACCEPTED: usize = 1;
const BYTE_ORDER_MARK: char = '\u{FEFF}';
/// Stands for bytes that are no text. The core refuses it wherever it is.
const NO_TEXT: &str = "\u{FFFF}";
/// No provider has as many fields. Their texts have a place that is not asked for anew with each row.
const MOST_FIELDS: usize = 24;

thread_local! {
    static ROWS: RefCell<Option<Rows>> = const { RefCell::new(None) };
}

struct Rows {
    provider: &'static Provider,
    context: Context,
    /// The name of each field's column.
    wanted: Vec<String>,
    /// What a field holds where its row has nothing for it.
    defaults: Vec<Option<String>>,
    /// The field of each column; `None` before the header.
    columns: Option<Vec<Option<usize>>>,
    delimiter: u8,
}

/// Begins with a file for the provider at this place in the list. What is known is the same for every row. Gives 0, or the
/// place of issues, as [`crate::packed::parse`] gives it.
#[wasm_bindgen]
#[must_use]
pub fn rows_begin(provider: usize, length: usize, flags: u32, delimiter: u8) -> usize {
    let Some(provider) = Provider::ALL.get(provider).copied() else { return FAULT };
    with_input(|input| {
        let given = Given::read(provider.payment.fields.len(), input, length, flags);
        let Some(given) = given else { return FAULT };
        let context = given.known(&provider.payment).and_then(|context| match context.invoice {
            None if given.has_invoice() => Err(Rejection::of(given.lacks(), Code::Required, Vec::new())),
            _ => Ok(context),
        });
        match context {
            Err(rejection) => with_output(|output| {
                output.clear();
                output.told(&rejection)
            }),
            Ok(context) => {
                let wanted = given.others().iter().flatten().map(|name| (*name).to_owned()).collect();
                let defaults = given.fields().iter().map(|text| text.map(str::to_owned)).collect();
                ROWS.set(Some(Rows { provider, context, wanted, defaults, columns: None, delimiter }));
                0
            }
        }
    })
}

/// Checks the records that end in the first `length` bytes of the input, and says how many bytes of text there are: the
/// payments that pass, as CSV in the order of the provider's fields. Whoever calls goes on with what comes after the last of
/// them.
///
/// The words of the output are two for each record: where it ends, and 1 when it passes, 0 when it is refused. Of the header
/// the second has a bit for each field that has a column, and `DOUBLED` where one has two.
#[wasm_bindgen]
#[must_use]
pub fn rows(length: usize, is_end: bool) -> usize {
    with_rows(|rows, input| {
        with_output(|output| {
            output.empty();
            let file = input.bytes.get(..length).unwrap_or_default();
            let (mut record, mut at) = (Record::default(), 0);
            while let Some(end) = record.find(file, at, rows.delimiter, is_end) {
                at = end;
                let outcome = if rows.columns.is_none() {
                    rows.header(&record, file)
                } else {
                    rows.row(&record, file, output)
                };
                output.word(end);
                output.word(outcome);
            }
            output.text.len()
        })
    })
}

/// How many records the last call of [`rows`] has told of.
#[wasm_bindgen]
#[must_use]
pub fn rows_told() -> usize {
    with_output(|output| output.words.len() / 2)
}

/// Checks the records in the first `length` bytes of the input, and says of each what [`crate::packed::parse`] says of a
/// payment, every value written out. Gives where the words are, or 0 where there are not `count` of them.
#[wasm_bindgen]
#[must_use]
pub fn rows_read(length: usize, count: usize) -> usize {
    with_rows(|rows, input| {
        with_output(|output| {
            output.clear();
            let file = input.bytes.get(..length).unwrap_or_default();
            let (mut record, mut at, mut read) = (Record::default(), 0, 0);
            while let Some(end) = record.find(file, at, rows.delimiter, true) {
                (at, read) = (end, read + 1);
                let checked = rows.texts(&record, file, |texts| {
                    let (values, notices) = rows.provider.payment.parse_texts(texts, &[], &rows.context)?;
                    output.accepted(&[], &values, &notices);
                    Ok(())
                });
                checked.unwrap_or_else(|rejection| output.refused(&rejection));
            }
            if read == count { output.place() } else { 0 }
        })
    })
}

/// Checks payments whose texts are the input's, as many as all of them make up, and says of each what
/// [`crate::packed::parse`] says of a payment. Notices are left out. Gives where the words are.
#[wasm_bindgen]
#[must_use]
pub fn rows_given(count: usize, length: usize, flags: u32) -> usize {
    with_rows(|rows, input| {
        let fields = rows.provider.payment.fields.len();
        let Some(given) = Given::read(fields.saturating_mul(count), input, length, flags) else {
            return FAULT;
        };
        with_output(|output| {
            output.clear();
            for texts in given.fields().chunks_exact(fields) {
                match rows.provider.payment.values(texts, &rows.context) {
                    Ok(values) => _ = output.accepted(texts, &values, &[]),
                    Err(rejection) => output.refused(&rejection),
                }
            }
            output.place()
        })
    })
}

/// [`FAULT`] where nothing has been begun.
fn with_rows(work: impl FnOnce(&mut Rows, &Input) -> usize) -> usize {
    ROWS.with_borrow_mut(|rows| rows.as_mut().map_or(FAULT, |rows| with_input(|input| work(rows, input))))
}

impl Rows {
    fn header(&mut self, record: &Record, file: &[u8]) -> usize {
        let field = |name: Option<Cow<'_, str>>| {
            let name = name?;
            let name = name.trim_start_matches(BYTE_ORDER_MARK).trim();
            self.wanted.iter().position(|wanted| wanted == name)
        };
        let columns: Vec<_> = record.texts(file).map(field).collect();
        let mut found = 0;
        for place in columns.iter().flatten() {
            let bit = 1 << place;
            found |= bit | if found & bit == 0 { 0 } else { DOUBLED };
        }
        self.columns = Some(columns);
        found
    }

    fn row(&self, record: &Record, file: &[u8], output: &mut Output) -> usize {
        let checked = self.texts(record, file, |texts| {
            let values = self.provider.payment.values(texts, &self.context)?;
            for (at, (field, value)) in values.iter().enumerate() {
                output.text.push_str(if at > 0 { "," } else { "" });
                if let Some(value) = value {
                    write(field, value, &mut output.text);
                }
            }
            output.text.push('\n');
            Ok(ACCEPTED)
        });
        checked.unwrap_or(REFUSED)
    }

    /// Works with the texts of a record's fields.
    fn texts<T>(
        &self,
        record: &Record,
        file: &[u8],
        work: impl FnOnce(&[Option<&str>]) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let columns = self.columns.as_deref().unwrap_or_default();
        // The rows behind a quotation mark that is never closed would be taken for a text.
        if record.is_open() {
            return Err(Rejection::of("", Code::MemberType, vec![("value", Param::Text("row".to_owned()))]));
        }
        // One separator too many, and every cell after it would be taken for another.
        if record.len() > columns.len() {
            let value = Param::Text(["column ", &(columns.len() + 1).to_string()].concat());
            return Err(Rejection::of("", Code::MemberUnknown, vec![("value", value)]));
        }
        let mut texts = [None; MOST_FIELDS];
        for (place, text) in texts.iter_mut().zip(&self.defaults) {
            *place = text.as_deref();
        }
        let copies: Vec<_>;
        if let Some(as_they_are) = record.texts_as_they_are(file) {
            as_they_are
                .zip(columns)
                .for_each(|(text, column)| put(&mut texts, *column, text.unwrap_or(NO_TEXT)));
        } else {
            copies = record.texts(file).collect();
            copies
                .iter()
                .zip(columns)
                .for_each(|(text, column)| put(&mut texts, *column, text.as_deref().unwrap_or(NO_TEXT)));
        }
        work(texts.get(..self.provider.payment.fields.len()).unwrap_or_default())
    }
}

/// A row's text takes the place of what holds for every row, unless it is nothing.
fn put<'t>(texts: &mut [Option<&'t str>], column: Option<usize>, text: &'t str) {
    if let Some(place) = column.and_then(|field| texts.get_mut(field))
        && (place.is_none() || !text.trim().is_empty())
    {
        *place = Some(text);
    }
}

/// Appends a value, in quotation marks where it needs them.
fn write(field: &Field, value: &Value<'_>, out: &mut String) {
    let special = |b: u8| matches!(b, b'"' | b',' | b'\n' | b'\r');
    match value {
        Value::Text(text) if matches!(field.kind, Kind::Text { .. }) && text.bytes().any(special) => {
            out.push('"');
            for (at, part) in text.split('"').enumerate() {
                out.push_str(if at > 0 { "\"\"" } else { "" });
                out.push_str(part);
            }
            out.push('"');
        }
        Value::Integers(all) if all.len() > 1 => {
            out.push('"');
            value.print(out);
            out.push('"');
        }
        value => value.print(out),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    #[test]
    fn a_field_would_be_left_out_of_a_file_for_want_of_a_place() {
        for provider in Provider::ALL {
            assert!(provider.payment.fields.len() <= MOST_FIELDS, "{}", provider.id);
        }
    }
}
