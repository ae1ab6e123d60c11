//! Checks one row of a CSV file against the header, and finds the texts of its fields.

use std::borrow::Cow;

use remit_core::schema::field::{Kind, When};
use remit_core::{Code, Context, Currency, Param, Provider, Rejection, is_digit};

use crate::csv::{Record, line_and_column};
use crate::header::{Header, count, place, refusal};

/// Replaces a cell that is not UTF-8. The core rejects this character in every field.
const NOT_UTF8: &str = "\u{FFFF}";
/// More fields than any provider has. With a fixed maximum, the texts of a row need no allocation.
pub(crate) const MOST_FIELDS: usize = 24;
/// The maximum number of cells that a number is split into: 1,234,567,890.00 becomes four.
const MOST_PARTS: usize = 4;

/// A function that receives the texts of a row's fields. A trait object: with a generic parameter, the module would contain one
/// copy of [`Row::check`] for each function.
type Work<'w> = dyn FnMut(&[Option<&str>]) -> Result<(), Rejection> + 'w;

/// Everything that the rows of a file share.
pub(crate) struct Batch {
    pub(crate) provider: &'static Provider,
    pub(crate) context: Context,
    /// The text of each field for rows in which the field is empty.
    pub(crate) defaults: Vec<Option<String>>,
}

impl Batch {
    /// The currency of rows without a currency.
    pub(crate) fn currency(&self) -> Option<Currency> {
        self.context.currency.or_else(|| self.context.invoice.as_ref().map(|invoice| invoice.currency))
    }
}

/// A row and everything that is needed to read it.
pub(crate) struct Row<'r> {
    pub(crate) batch: &'r Batch,
    pub(crate) header: &'r Header,
    pub(crate) record: &'r Record,
    /// The bytes that the record was found in.
    pub(crate) file: &'r [u8],
    /// The number of lines of the entire file before those bytes.
    pub(crate) lines_before: usize,
}

impl Row<'_> {
    /// Calls `work` with the texts of the row's fields. Rejects a row whose cells may be in the wrong columns.
    pub(crate) fn check(&self, work: &mut Work<'_>) -> Result<(), Rejection> {
        if let Some(fault) = self.record.fault() {
            return Err(refusal(self.file, fault, self.lines_before));
        }
        if self.record.len() != self.header.named {
            self.reject_cell_count()?;
        }
        for (column, field) in &self.header.numbers {
            if self.could_continue(*column) {
                self.reject_split(*column, *field)?;
            }
        }
        let mut texts = self.defaults();
        let columns = &self.header.columns;
        let copies: Vec<_>;
        if let Some(borrowed) = self.record.borrowed_texts(self.file) {
            borrowed
                .zip(columns)
                .for_each(|(text, column)| put(&mut texts, *column, text.unwrap_or(NOT_UTF8)));
        } else {
            copies = self.record.texts(self.file).collect();
            copies
                .iter()
                .zip(columns)
                .for_each(|(text, column)| put(&mut texts, *column, text.as_deref().unwrap_or(NOT_UTF8)));
        }
        work(self.fields(&texts))
    }

    fn defaults(&self) -> [Option<&str>; MOST_FIELDS] {
        let mut texts = [None; MOST_FIELDS];
        for (place, text) in texts.iter_mut().zip(&self.batch.defaults) {
            *place = text.as_deref();
        }
        texts
    }

    fn fields<'t, 'a>(&self, texts: &'t [Option<&'a str>]) -> &'t [Option<&'a str>] {
        texts.get(..self.batch.provider.payment.fields.len()).unwrap_or_default()
    }

    /// Rejects a row whose number of cells differs from the header's. Two differences are accepted: missing cells of fields that a
    /// payment does not need, unless the file ends in the row; and empty cells in columns without a name.
    fn reject_cell_count(&self) -> Result<(), Rejection> {
        let (cells, named) = (self.record.len(), self.header.named);
        let code = if cells < named {
            let missing = self.header.columns.get(cells..named).unwrap_or_default();
            if self.record.is_cut() {
                Code::RowCut
            } else if missing.iter().flatten().any(|field| self.is_needed(*field)) {
                Code::RowTooShort
            } else {
                return Ok(());
            }
        } else if (named..cells).any(|at| !self.record.bytes(at, self.file).trim_ascii().is_empty()) {
            Code::RowTooLong
        } else if cells > self.header.columns.len() {
            Code::RowTrailingSeparator
        } else {
            return Ok(());
        };
        let (line, _) = line_and_column(self.file, self.record.start());
        let mut params = vec![("line", count(self.lines_before + line))];
        if code != Code::RowTrailingSeparator {
            params.extend([("cells", count(cells)), ("expected", count(named))]);
        }
        Err(Rejection::of("", code, params))
    }

    /// Whether every payment needs a text for the field, and neither the defaults nor the context supply it.
    fn is_needed(&self, field: usize) -> bool {
        let has_default = self.batch.defaults.get(field).is_some_and(Option::is_some);
        let is_needed = self.batch.provider.payment.fields.get(field).is_some_and(|field| {
            let is_known = matches!(field.kind, Kind::Currency(_)) && self.batch.currency().is_some();
            field.required && field.when == When::Always && !is_known
        });
        is_needed && !has_default
    }

    /// Whether the next cell could be the rest of this cell's number: neither is in quotation marks, and the next cell starts
    /// with digits that do not look like a date or a reference.
    fn could_continue(&self, column: usize) -> bool {
        let is_plain = |at: usize| self.record.cell(at).is_some_and(|cell| !cell.is_quoted);
        if !is_plain(column) || !is_plain(column + 1) {
            return false;
        }
        let text = self.record.bytes(column + 1, self.file).trim_ascii_start();
        let rest = text.iter().find(|byte| !byte.is_ascii_digit());
        let is_number = text.first().is_some_and(|byte| byte.is_ascii_digit() || !byte.is_ascii());
        is_number && rest.is_none_or(|byte| !byte.is_ascii_punctuation() || matches!(byte, b'.' | b'\''))
    }

    /// Rejects a row that is also a valid payment if its commas belong to a number. If the last column is optional, `1,250.00`
    /// without quotation marks is either 1250.00, or 1 and the note `250.00`.
    fn reject_split(&self, column: usize, field: usize) -> Result<(), Rejection> {
        let cells: Vec<_> = self.record.texts(self.file).collect();
        let text = |at: usize| cells.get(at).and_then(Option::as_deref).unwrap_or(NOT_UTF8).trim();
        let mut joined = text(column).to_owned();
        for next in column + 1..(column + MOST_PARTS).min(cells.len()) {
            let is_quoted = self.record.cell(next).is_some_and(|cell| cell.is_quoted);
            let Some((part, is_all)) = rest_of_number(text(next)).filter(|_| !is_quoted) else { break };
            joined.push(',');
            joined.push_str(part);
            if self.passes_joined(&cells, (column, next), field, &joined) {
                let name = self.batch.provider.payment.fields.get(field).map_or("", |field| field.name);
                let start = self.record.cell(column).map_or(0, |cell| cell.start);
                let mut params = place(self.file, start, self.lines_before);
                params.push(("value", Param::Text(joined)));
                return Err(Rejection::of(name, Code::NumberSplit, params));
            }
            if !is_all {
                break;
            }
        }
        Ok(())
    }

    /// Whether the row is a valid payment if these cells are joined into one text. Of the context, only the time zone and the
    /// currency apply: an amount that exceeds the invoice's balance is still an amount.
    fn passes_joined(
        &self,
        cells: &[Option<Cow<'_, str>>],
        (from, to): (usize, usize),
        field: usize,
        joined: &str,
    ) -> bool {
        let mut texts = self.defaults();
        for (at, column) in self.header.columns.iter().enumerate() {
            let text = match at {
                at if at == from => Some(joined),
                at => cells
                    .get(if at < from { at } else { at + to - from })
                    .map(|text| text.as_deref().unwrap_or(NOT_UTF8)),
            };
            if let Some(text) = text {
                put(&mut texts, *column, text);
            }
        }
        let known =
            Context { zone: self.batch.context.zone, currency: self.batch.currency(), ..Context::default() };
        let payment = &self.batch.provider.payment;
        payment.values(self.fields(&texts), &known).err().is_none_or(|rejection| {
            let name = payment.fields.get(field).map_or("", |field| field.name);
            rejection.issues().all(|issue| issue.field == name && issue.code == Code::AmountAmbiguous)
        })
    }
}

/// The start of a cell that could be the rest of a number, and whether it is the entire cell. Any words may follow three
/// digits; other digits may be followed by a currency's sign or code.
fn rest_of_number(text: &str) -> Option<(&str, bool)> {
    let is_part = |c: char| is_digit(c) || matches!(c, '.' | '\'' | '\u{2019}');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    let digits = number.chars().take_while(|c| is_digit(*c)).count();
    let is_part_of_number =
        rest.trim().chars().count() <= 3 || (digits == 3 && rest.starts_with(char::is_whitespace));
    (digits > 0 && is_part_of_number).then_some((number, rest.is_empty()))
}

/// Replaces a field's default with the row's text, unless the row's text is empty.
fn put<'t>(texts: &mut [Option<&'t str>], column: Option<usize>, text: &'t str) {
    if let Some(place) = column.and_then(|field| texts.get_mut(field))
        && (place.is_none() || !text.trim().is_empty())
    {
        *place = Some(text);
    }
}
