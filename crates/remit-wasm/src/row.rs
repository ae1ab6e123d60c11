//! One row of a CSV file: whether its cells are where the header says, and the texts of its fields.

use std::borrow::Cow;

use remit_core::schema::field::{Kind, When};
use remit_core::{Code, Context, Currency, Param, Provider, Rejection, is_digit};

use crate::csv::{Record, line_and_column};
use crate::header::{Header, count, place, refusal};

/// Stands for bytes that are no text. The core refuses it wherever it is.
const NO_TEXT: &str = "\u{FFFF}";
/// No provider has as many fields. Their texts have a place that is not asked for anew with each row.
pub(crate) const MOST_FIELDS: usize = 24;
/// A number is split into so many cells at most: 1,234,567,890.00 into four.
const MOST_PARTS: usize = 4;

/// What is done with the texts of a row's fields. Behind a reference, since the module would hold a copy of [`Row::check`] for
/// each.
type Work<'w> = dyn FnMut(&[Option<&str>]) -> Result<(), Rejection> + 'w;

/// What every row of a file has in common.
pub(crate) struct Batch {
    pub(crate) provider: &'static Provider,
    pub(crate) context: Context,
    /// The value of each field in a row that has none.
    pub(crate) defaults: Vec<Option<String>>,
}

impl Batch {
    /// The currency of the rows that name none.
    pub(crate) fn currency(&self) -> Option<Currency> {
        self.context.currency.or_else(|| self.context.invoice.as_ref().map(|invoice| invoice.currency))
    }
}

/// A row and all that it is read with.
pub(crate) struct Row<'r> {
    pub(crate) batch: &'r Batch,
    pub(crate) header: &'r Header,
    pub(crate) record: &'r Record,
    /// What the record was found in.
    pub(crate) file: &'r [u8],
    /// How many lines of the whole file are before that.
    pub(crate) lines_before: usize,
}

impl Row<'_> {
    /// Works with the texts of the row's fields, where its cells are in their columns.
    pub(crate) fn check(&self, work: &mut Work<'_>) -> Result<(), Rejection> {
        if let Some(fault) = self.record.fault() {
            return Err(refusal(self.file, fault, self.lines_before));
        }
        if self.record.len() != self.header.named {
            self.refuse_other_columns()?;
        }
        for (column, field) in &self.header.numbers {
            if self.could_go_on(*column) {
                self.refuse_split(*column, *field)?;
            }
        }
        let mut texts = self.defaults();
        let columns = &self.header.columns;
        let copies: Vec<_>;
        if let Some(as_they_are) = self.record.texts_as_they_are(self.file) {
            as_they_are
                .zip(columns)
                .for_each(|(text, column)| put(&mut texts, *column, text.unwrap_or(NO_TEXT)));
        } else {
            copies = self.record.texts(self.file).collect();
            copies
                .iter()
                .zip(columns)
                .for_each(|(text, column)| put(&mut texts, *column, text.as_deref().unwrap_or(NO_TEXT)));
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

    /// Refuses a row of another number of cells than the header has, unless nothing is missing but what need not be there.
    fn refuse_other_columns(&self) -> Result<(), Rejection> {
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

    /// Whether every payment has a text for the field, and neither the defaults nor what is known says it.
    fn is_needed(&self, field: usize) -> bool {
        let has_default = self.batch.defaults.get(field).is_some_and(Option::is_some);
        let is_needed = self.batch.provider.payment.fields.get(field).is_some_and(|field| {
            let is_known = matches!(field.kind, Kind::Currency(_)) && self.batch.currency().is_some();
            field.required && field.when == When::Always && !is_known
        });
        is_needed && !has_default
    }

    /// Whether the cell behind this one could be the rest of its number: neither is in quotation marks, and it begins with
    /// digits that are neither a date's nor a reference's.
    fn could_go_on(&self, column: usize) -> bool {
        let is_plain = |at: usize| self.record.cell(at).is_some_and(|cell| !cell.is_quoted);
        if !is_plain(column) || !is_plain(column + 1) {
            return false;
        }
        let text = self.record.bytes(column + 1, self.file).trim_ascii_start();
        let rest = text.iter().find(|byte| !byte.is_ascii_digit());
        let is_number = text.first().is_some_and(|byte| byte.is_ascii_digit() || !byte.is_ascii());
        is_number && rest.is_none_or(|byte| !byte.is_ascii_punctuation() || matches!(byte, b'.' | b'\''))
    }

    /// Refuses a row that would be a payment as well if commas in it belonged to a number: `1,250.00` without quotation marks
    /// is 1 and a note, where the last column may be left out.
    fn refuse_split(&self, column: usize, field: usize) -> Result<(), Rejection> {
        let cells: Vec<_> = self.record.texts(self.file).collect();
        let text = |at: usize| cells.get(at).and_then(Option::as_deref).unwrap_or(NO_TEXT).trim();
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

    /// Whether the row is a payment with these cells joined to one text. No more is known of it than its currency: what an
    /// invoice's balance refuses is an amount all the same.
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
                    .map(|text| text.as_deref().unwrap_or(NO_TEXT)),
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

/// What of a cell could be the rest of a number, and whether that is all of it. Behind three digits there may be words; behind
/// others a currency's sign or code.
fn rest_of_number(text: &str) -> Option<(&str, bool)> {
    let is_part = |c: char| is_digit(c) || matches!(c, '.' | '\'' | '\u{2019}');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    let digits = number.chars().take_while(|c| is_digit(*c)).count();
    let is_it = rest.trim().chars().count() <= 3 || (digits == 3 && rest.starts_with(char::is_whitespace));
    (digits > 0 && is_it).then_some((number, rest.is_empty()))
}

/// A row's text takes the place of what holds for every row, unless it is nothing.
fn put<'t>(texts: &mut [Option<&'t str>], column: Option<usize>, text: &'t str) {
    if let Some(place) = column.and_then(|field| texts.get_mut(field))
        && (place.is_none() || !text.trim().is_empty())
    {
        *place = Some(text);
    }
}
