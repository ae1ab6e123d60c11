//! Many payments of one provider, as the bytes of a CSV file: read, checked and written anew without a crossing for
//! each. [RFC 4180, and the semicolon and the tab that spreadsheets write as well]
//!
//! [`rows_begin`] takes from the input what a payment has there, with nothing in its fields: the names are those of the
//! columns, one for each field. Then the file goes through the input piece by piece: the first record is the header.

use std::borrow::Cow;
use std::cell::RefCell;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use remit_core::{Code, Known, Notice, Param, Provider, Rejection, Values};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::packed::{Given, Output, with_input, with_output};

/// What the outcome of a row says beside the end of its record.
const REFUSED: usize = 0;
const ACCEPTED: usize = 1;
const WITH_NOTICES: usize = 2;
/// Says that nothing could be begun, and the output why.
const NOT_BEGUN: usize = usize::MAX;
const BYTE_ORDER_MARK: char = '\u{FEFF}';
/// Stands for bytes that are no text. The core refuses it wherever it is.
const NO_TEXT: &str = "\u{FFFF}";

thread_local! {
    static ROWS: RefCell<Option<Rows>> = const { RefCell::new(None) };
}

struct Rows {
    provider: &'static Provider,
    known: Known,
    /// The name of each field's column.
    wanted: Vec<String>,
    /// The field of each column; `None` before the header.
    columns: Option<Vec<Option<usize>>>,
    delimiter: u8,
    /// Between two pieces of the file it stands wherever the first one ended.
    reader: Reader,
    record: Record,
}

/// The cells of a record, one after the other.
#[derive(Default)]
struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// How many of the bytes and of the ends are the record's.
    filled: (usize, usize),
}

/// Begins with a file for the provider at this place in the list. What is known is the same for every row. Gives 0, or a
/// number above all lengths when the output holds issues instead.
#[wasm_bindgen]
#[must_use]
pub fn rows_begin(provider: usize, length: usize, flags: u32, delimiter: u8) -> usize {
    let Some(provider) = Provider::ALL.get(provider).copied() else { return NOT_BEGUN };
    with_input(|input| {
        let given = Given::read(provider.payment.fields.len(), input, length, flags);
        let Some(given) = given else { return NOT_BEGUN };
        match given.known(&provider.payment) {
            Err(rejection) => {
                with_output(|output| {
                    output.clear();
                    output.refused(&rejection);
                });
                NOT_BEGUN
            }
            Ok(known) => {
                let wanted = given.others().iter().flatten().map(|name| (*name).to_owned()).collect();
                let (reader, record) = (reader(delimiter), Record::default());
                ROWS.set(Some(Rows { provider, known, wanted, columns: None, delimiter, reader, record }));
                0
            }
        }
    })
}

/// Checks the records that end in the first `length` bytes of the input, which continue what came before, and says how
/// many bytes of text there are: the payments that pass, as CSV in the order of the provider's fields.
///
/// The words of the output are two for each record, the header included: where it ends, and 0 when it is refused, 1 when it
/// passes, 2 when it passes with notices.
#[wasm_bindgen]
#[must_use]
pub fn rows(length: usize, is_end: bool) -> usize {
    with_rows(length, |rows, input| {
        with_output(|output| {
            output.empty();
            let mut at = 0;
            while let Some(end) = rows.record.read(&mut rows.reader, input, at, is_end) {
                at = end;
                let outcome = if rows.columns.is_none() { rows.header() } else { rows.row(output) };
                output.word(end);
                output.word(outcome);
                rows.record.filled = (0, 0);
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

/// Checks the one record in the first `length` bytes of the input, and says of it what [`crate::packed::parse`] says of a
/// payment, every value written out.
#[wasm_bindgen]
#[must_use]
pub fn row(length: usize) -> usize {
    with_rows(length, |rows, input| {
        with_output(|output| {
            output.clear();
            let mut record = Record::default();
            if record.read(&mut reader(rows.delimiter), input, 0, true).is_none() {
                return 0;
            }
            let columns = rows.columns.as_deref().unwrap_or_default();
            let checked = record.check(rows.provider, columns, &rows.known, |values, notices| {
                output.accepted(&[], values, notices)
            });
            checked.unwrap_or_else(|rejection| output.refused(&rejection))
        })
    })
}

fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

fn with_rows(length: usize, work: impl FnOnce(&mut Rows, &[u8]) -> usize) -> usize {
    ROWS.with_borrow_mut(|rows| {
        with_input(|input| match (rows, input.bytes.get(..length)) {
            (Some(rows), Some(input)) => work(rows, input),
            _ => 0,
        })
    })
}

impl Rows {
    fn header(&mut self) -> usize {
        let cells = self.record.texts();
        let field = |name: &Cow<'_, str>| {
            let name = name.trim_start_matches(BYTE_ORDER_MARK).trim();
            self.wanted.iter().position(|wanted| wanted == name)
        };
        self.columns = Some(cells.iter().map(field).collect());
        REFUSED
    }

    fn row(&mut self, output: &mut Output) -> usize {
        let columns = self.columns.as_deref().unwrap_or_default();
        let accepted = |values: &Values<'_>, notices: &[Notice]| {
            for (at, (_, value)) in values.iter().enumerate() {
                if at > 0 {
                    output.text.push(',');
                }
                if let Some(value) = value {
                    let before = output.text.len();
                    value.print(&mut output.text);
                    quote(&mut output.text, before);
                }
            }
            output.text.push('\n');
            if notices.is_empty() { ACCEPTED } else { WITH_NOTICES }
        };
        self.record.check(self.provider, columns, &self.known, accepted).unwrap_or(REFUSED)
    }
}

impl Record {
    /// Reads on to the end of the record, and says where that is. `None` when it is not there.
    fn read(&mut self, reader: &mut Reader, input: &[u8], mut at: usize, is_end: bool) -> Option<usize> {
        loop {
            let (bytes, ends) = self.filled;
            let rest = input.get(at..)?;
            if rest.is_empty() && !is_end {
                return None;
            }
            let room = (self.bytes.get_mut(bytes..)?, self.ends.get_mut(ends..)?);
            let (result, read, wrote, ended) = reader.read_record(rest, room.0, room.1);
            at += read;
            self.filled = (bytes + wrote, ends + ended);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.bytes.resize((self.bytes.len() * 2).max(1024), 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize((self.ends.len() * 2).max(32), 0),
                ReadRecordResult::Record => return Some(at),
                ReadRecordResult::End => return None,
            }
        }
    }

    /// The cells as texts. Bytes that are no text stand for something that every field refuses.
    fn texts(&self) -> Vec<Cow<'_, str>> {
        let ends = self.ends.get(..self.filled.1).unwrap_or_default();
        let starts = core::iter::once(&0).chain(ends);
        let cell = |(start, end): (&usize, &usize)| match String::from_utf8_lossy(
            self.bytes.get(*start..*end).unwrap_or_default(),
        ) {
            Cow::Owned(text) => Cow::Owned(text.replace(char::REPLACEMENT_CHARACTER, NO_TEXT)),
            text => text,
        };
        starts.zip(ends).map(cell).collect()
    }

    fn check<T>(
        &self,
        provider: &Provider,
        columns: &[Option<usize>],
        known: &Known,
        accepted: impl FnOnce(&Values<'_>, &[Notice]) -> T,
    ) -> Result<T, Rejection> {
        let cells = self.texts();
        // One separator too many, and every cell after it would be taken for another.
        if cells.len() > columns.len() {
            let value = Param::Text(format!("column {}", columns.len() + 1));
            return Err(Rejection::of("", Code::MemberUnknown, vec![("value", value)]));
        }
        let mut texts = vec![None; provider.payment.fields.len()];
        for (cell, column) in cells.iter().zip(columns) {
            if let Some(text) = column.and_then(|field| texts.get_mut(field)) {
                *text = Some(&**cell);
            }
        }
        let (values, notices) = provider.payment.parse_texts(&texts, &[], known)?;
        Ok(accepted(&values, &notices))
    }
}

/// Puts what was written since into quotation marks, where it needs them.
fn quote(text: &mut String, before: usize) {
    let written = text.get(before..).unwrap_or_default();
    if written.contains(['"', ',', '\n', '\r']) {
        let quoted = format!("\"{}\"", written.replace('"', "\"\""));
        text.truncate(before);
        text.push_str(&quoted);
    }
}
