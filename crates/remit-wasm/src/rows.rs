//! Checks many payments of one provider with few calls from JavaScript: the rows of a CSV file, or the texts of payments.
//!
//! [`rows_begin`] starts a batch. Its input has the format of a payment. The fields hold the defaults: the texts for rows in
//! which a field is empty. The names hold the file's column names, one for each field, absent if the column has the field's
//! name. Then the caller passes the file through the input piece by piece, the header first, or passes the texts of payments.

use std::cell::RefCell;

use remit_core::schema::field::{Field, Kind};
use remit_core::{Code, Provider, Rejection, Value};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::csv::{Record, end_of_line};
use crate::header::{Header, Wanted};
use crate::packed::{FAULT, Given, Input, Output, with_input, with_output};
use crate::row::{Batch, Row};

/// The outcome of a row that is rejected.
const REFUSED: usize = 0;
/// The outcome of a row that is accepted.
const ACCEPTED: usize = 1;
/// The outcome of each line after which the start of the next row is unknown.
const BROKEN: usize = 2;

thread_local! {
    static ROWS: RefCell<Option<Rows>> = const { RefCell::new(None) };
}

/// The current batch.
struct Rows {
    batch: Batch,
    /// The column name of each field. `None` means the field's own name.
    names: Vec<Option<String>>,
    /// `None` before the header.
    header: Option<Result<Header, Rejection>>,
    /// Whether a quotation mark has made the start of the next row unknown.
    is_broken: bool,
}

/// Starts a batch for the provider at this index. The options apply to every row. Returns 0, or the address of the issues in
/// the format of [`crate::packed::parse`].
#[wasm_bindgen]
#[must_use]
pub fn rows_begin(provider: usize, length: usize, flags: u32) -> usize {
    let Some(provider) = Provider::ALL.get(provider).copied() else { return FAULT };
    with_input(|input| {
        let given = Given::read(provider.payment.fields.len(), input, length, flags);
        let Some(given) = given else { return FAULT };
        let context = given.known(&provider.payment).and_then(|context| match context.invoice {
            None if given.has_invoice() => {
                Err(Rejection::of(given.missing_invoice_option(), Code::Required, Vec::new()))
            }
            _ => Ok(context),
        });
        match context {
            Err(rejection) => with_output(|output| {
                output.clear();
                output.reject(&rejection)
            }),
            Ok(context) => {
                let owned =
                    |texts: &[Option<&str>]| texts.iter().map(|text| text.map(str::to_owned)).collect();
                let (names, defaults) = (owned(given.others()), owned(given.fields()));
                ROWS.set(Some(Rows {
                    batch: Batch { provider, context, defaults },
                    names,
                    header: None,
                    is_broken: false,
                }));
                0
            }
        }
    })
}

/// Checks the records that end within the first `length` bytes of the input. Writes the accepted payments as CSV, in the order
/// of the provider's fields, and returns the length of that text. The next call continues after the last record's end.
///
/// The output has two words for each record: its end and its outcome. If the outcome of the header is 0, no row is checked, and
/// [`rows_issues`] returns the reason.
#[wasm_bindgen]
#[must_use]
pub fn rows(length: usize, is_end: bool) -> usize {
    with_rows(|rows, input| {
        with_output(|output| {
            output.empty();
            let file = input.bytes.get(..length).unwrap_or_default();
            let mut at = 0;
            if rows.header.is_none() {
                let wanted = Wanted { fields: rows.batch.provider.payment.fields, names: &rows.names };
                let Some((end, header)) = wanted.read(file, is_end) else { return 0 };
                output.word(end);
                output.word(if header.is_ok() { ACCEPTED } else { REFUSED });
                (at, rows.header) = (end, Some(header));
            }
            let Some(Ok(header)) = &rows.header else { return 0 };
            let mut record = Record::default();
            while !rows.is_broken
                && let Some(end) = record.find(file, at, header.shape, is_end)
            {
                if record.breaks() || rows.has_swallowed(header, &record, file) {
                    rows.is_broken = true;
                    break;
                }
                let outcome = rows.row(header, &record, file, output);
                output.word(end);
                output.word(outcome);
                at = end;
            }
            while rows.is_broken
                && let Some(end) = end_of_line(file, at, is_end)
            {
                output.word(end);
                output.word(BROKEN);
                at = end;
            }
            output.text.len()
        })
    })
}

/// Returns the address of the issues because of which no row of the file is checked; 0 if the rows are checked.
#[wasm_bindgen]
#[must_use]
pub fn rows_issues() -> usize {
    with_rows(|rows, _| match &rows.header {
        Some(Err(rejection)) => with_output(|output| {
            output.clear();
            output.reject(rejection)
        }),
        _ => 0,
    })
}

/// Returns the number of records that the last call of [`rows`] reported.
#[wasm_bindgen]
#[must_use]
pub fn rows_told() -> usize {
    with_output(|output| output.words.len() / 2)
}

/// Checks the records in the first `length` bytes of the input, and writes each result in the format of
/// [`crate::packed::parse`], with all values. `lines_before` is the number of lines of the file before the records. Returns the
/// address of the words, or 0 if the input does not contain exactly `count` records.
#[wasm_bindgen]
#[must_use]
pub fn rows_read(length: usize, count: usize, lines_before: usize, flags: u32) -> usize {
    with_rows(|rows, input| {
        with_output(|output| {
            output.clear();
            let Some(Ok(header)) = &rows.header else { return 0 };
            let file = input.bytes.get(..length).unwrap_or_default();
            let (mut record, mut at, mut read) = (Record::default(), 0, 0);
            while let Some(end) = record.find(file, at, header.shape, true) {
                let row = Row { batch: &rows.batch, header, record: &record, file, lines_before };
                (at, read) = (end, read + 1);
                let checked = row.check(&mut |texts: &[Option<&str>]| {
                    let operation = &rows.batch.provider.payment;
                    let (values, notices) = operation.parse_texts(texts, &[], &rows.batch.context)?;
                    output.accepted(&[], &values, &notices);
                    output.request(operation, &values, flags);
                    Ok(())
                });
                checked.unwrap_or_else(|rejection| output.refused(&rejection));
            }
            if read == count { output.address() } else { 0 }
        })
    })
}

/// Checks `count` payments, whose texts are in the input, and writes each result in the format of [`crate::packed::parse`],
/// without notices. Returns the address of the words.
#[wasm_bindgen]
#[must_use]
pub fn rows_given(count: usize, length: usize, flags: u32) -> usize {
    with_rows(|rows, input| {
        let fields = rows.batch.provider.payment.fields.len();
        let Some(given) = Given::read(fields.saturating_mul(count), input, length, flags) else {
            return FAULT;
        };
        with_output(|output| {
            output.clear();
            let operation = &rows.batch.provider.payment;
            for texts in given.fields().chunks_exact(fields) {
                match operation.values(texts, &rows.batch.context) {
                    Ok(values) => {
                        output.accepted(texts, &values, &[]);
                        output.request(operation, &values, flags);
                    }
                    Err(rejection) => output.refused(&rejection),
                }
            }
            output.address()
        })
    })
}

/// Runs `work` with the current batch and the input. Returns [`FAULT`] without a batch.
fn with_rows(work: impl FnOnce(&mut Rows, &Input) -> usize) -> usize {
    ROWS.with_borrow_mut(|rows| rows.as_mut().map_or(FAULT, |rows| with_input(|input| work(rows, input))))
}

impl Rows {
    fn row(&self, header: &Header, record: &Record, file: &[u8], output: &mut Output) -> usize {
        let row = Row { batch: &self.batch, header, record, file, lines_before: 0 };
        let begun = output.text.len();
        let checked = row.check(&mut |texts: &[Option<&str>]| {
            let values = self.batch.provider.payment.values(texts, &self.batch.context)?;
            for (at, (field, value)) in values.iter().enumerate() {
                output.text.push_str(if at > 0 { "," } else { "" });
                if let Some(value) = value {
                    write(field, value, &mut output.text);
                }
            }
            output.text.push('\n');
            Ok(())
        });
        if checked.is_err() {
            output.text.truncate(begun);
        }
        if checked.is_ok() { ACCEPTED } else { REFUSED }
    }

    /// Whether quotation marks enclose a line that is a valid payment: then an opening quotation mark is a mistake.
    fn has_swallowed(&self, header: &Header, record: &Record, file: &[u8]) -> bool {
        record.any_line_inside(file, |line| {
            let mut record = Record::default();
            let is_whole = record.find(line, 0, header.shape, true) == Some(line.len());
            let row = Row { batch: &self.batch, header, record: &record, file: line, lines_before: 0 };
            is_whole
                && row
                    .check(&mut |texts: &[Option<&str>]| {
                        self.batch.provider.payment.values(texts, &self.batch.context).map(|_| ())
                    })
                    .is_ok()
        })
    }
}

/// Appends a value, in quotation marks if necessary.
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
    use crate::row::MOST_FIELDS;

    #[test]
    fn no_provider_has_more_fields_than_the_maximum() {
        for provider in Provider::ALL {
            assert!(provider.payment.fields.len() <= MOST_FIELDS, "{}", provider.id);
        }
    }
}
