//! Reads the header of a CSV file: its delimiter, its line end, and the field of each column. An ambiguous header is rejected.

use remit_core::schema::field::{Field, Kind};
use remit_core::{Code, Findings, Param, Rejection};

use crate::csv::{Fault, Record, Shape, begin_of_line, end_of_line, line_and_column};

const BYTE_ORDER_MARK: char = '\u{FEFF}';
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// Delimiters of other programs, which are not supported.
const UNSUPPORTED_DELIMITERS: [char; 6] = ['|', ':', '^', '~', '/', '\u{1F}'];
/// The number of lines that are searched for the header if the first line is not the header.
const SEARCHED_LINES: usize = 20;

/// The header of a file.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) shape: Shape,
    /// The field of each column.
    pub(crate) columns: Vec<Option<usize>>,
    /// The number of columns, without columns at the end that have no name.
    pub(crate) named: usize,
    /// The columns, with their fields, whose numbers may contain commas. A comma that is also the delimiter can split them.
    /// Empty for other delimiters.
    pub(crate) numbers: Vec<(usize, usize)>,
}

/// The columns that the caller expects.
pub(crate) struct Wanted<'a> {
    pub(crate) fields: &'static [Field],
    /// The column name of each field. `None` means the field's own name.
    pub(crate) names: &'a [Option<String>],
}

impl Wanted<'_> {
    /// The name of a field's column.
    fn name(&self, field: usize) -> &str {
        let own = self.fields.get(field).map_or("", |field| field.name);
        self.names.get(field).and_then(Option::as_deref).unwrap_or(own)
    }

    fn place(&self, name: &str) -> Option<usize> {
        (0..self.fields.len()).find(|field| self.name(*field) == name)
    }

    fn count(&self, names: &[String]) -> usize {
        names.iter().filter(|name| self.place(name).is_some()).count()
    }

    /// Reads the header of a file and returns it with the offset of the first row. `None` if more of the file is needed.
    pub(crate) fn read(&self, file: &[u8], is_end: bool) -> Option<(usize, Result<Header, Rejection>)> {
        let (begin, delimiters) = match separator_line(file, is_end)? {
            Ok(Some((delimiter, end))) => (end, vec![delimiter]),
            Ok(None) => (0, DELIMITERS.to_vec()),
            Err(rejection) => return Some((file.len(), Err(rejection))),
        };
        let Some(start) = begin_of_line(file, begin) else {
            return is_end.then(|| (file.len(), Err(self.no_header())));
        };
        let first = Shape::of(file.get(start..).unwrap_or_default(), b',');
        let end = end_of_line(file, start, is_end)?;
        let line = file.get(start..end).unwrap_or_default();
        if let Some(at) = no_text(line) {
            let rejection = Rejection::of("", Code::EncodingUnsupported, place(file, start + at, 0));
            return Some((end, Err(rejection)));
        }
        let mut best: Option<(usize, Record, Shape, Vec<String>)> = None;
        for delimiter in delimiters {
            let (mut record, shape) = (Record::default(), Shape { delimiter, ..first });
            let end = record.find(file, start, shape, is_end)?;
            let names = names(&record, file);
            let rank = |record: &Record, names: &[String]| {
                (record.fault().is_none(), self.count(names), record.len())
            };
            if best
                .as_ref()
                .is_none_or(|(_, best, _, best_names)| rank(&record, &names) > rank(best, best_names))
            {
                best = Some((end, record, shape, names));
            }
        }
        let (end, record, shape, names) = best?;
        if let Some(fault) = record.fault() {
            return Some((end, Err(refusal(file, fault, 0))));
        }
        Some((end, self.header(file, (start, end), shape, &names)))
    }

    fn header(
        &self,
        file: &[u8],
        (start, end): (usize, usize),
        shape: Shape,
        names: &[String],
    ) -> Result<Header, Rejection> {
        let has_no_column = self.count(names) == 0;
        if has_no_column {
            self.reject_other_first_line(file, start, end, shape)?;
        }
        let columns: Vec<_> = names.iter().map(|name| self.place(name)).collect();
        let mut found = Findings::default();
        for (at, (name, field)) in names.iter().zip(&columns).enumerate() {
            if let Some(field) = field
                && columns.get(..at).is_some_and(|before| before.contains(&Some(*field)))
            {
                self.report(
                    *field,
                    Code::ColumnTwice,
                    [("value", text(name)), ("column", count(at + 1))],
                    &mut found,
                );
            }
            // A name that differs from a missing column only in case or punctuation is a spelling mistake.
            let is_it = |place: &usize| !columns.contains(&Some(*place)) && is_like(name, self.name(*place));
            if let (None, Some(place)) = (field, (0..self.fields.len()).find(is_it)) {
                let params =
                    [("value", text(name)), ("expected", text(self.name(place))), ("column", count(at + 1))];
                self.report(place, Code::ColumnUnknown, params, &mut found);
            }
        }
        for (place, (field, name)) in self.fields.iter().zip(self.names).enumerate() {
            if let Some(name) = name
                && !columns.contains(&Some(place))
                && !names.iter().any(|present| is_like(present, name))
            {
                let option = ["options.columns.", field.name].concat();
                found.issue("", Code::ColumnMissing, vec![("value", text(name)), ("option", text(&option))]);
            }
        }
        if has_no_column && found.issues() == 0 {
            return Err(self.no_header());
        }
        found.settle()?;
        let unnamed = names.iter().rev().take_while(|name| name.is_empty()).count();
        let numbers = self.numbers(&columns).filter(|_| shape.delimiter == b',').collect();
        Ok(Header { shape, named: columns.len() - unnamed, columns, numbers })
    }

    fn numbers(&self, columns: &[Option<usize>]) -> impl Iterator<Item = (usize, usize)> {
        let is_number = |field: &usize| {
            let kind = self.fields.get(*field).map(|field| field.kind);
            matches!(kind, Some(Kind::Amount { .. } | Kind::Percentage | Kind::Integers))
        };
        let fields = columns.iter().enumerate();
        fields.filter_map(move |(column, field)| Some((column, field.filter(is_number)?)))
    }

    fn report<const N: usize>(
        &self,
        field: usize,
        code: Code,
        params: [(&'static str, Param); N],
        found: &mut Findings,
    ) {
        let name = self.fields.get(field).map_or("", |field| field.name);
        found.issue(name, code, params.into());
    }

    /// Rejects a first line without any of the columns, if a later line is the header or if its delimiter is not supported.
    fn reject_other_first_line(
        &self,
        file: &[u8],
        start: usize,
        end: usize,
        shape: Shape,
    ) -> Result<(), Rejection> {
        let mut at = end;
        for _ in 0..SEARCHED_LINES {
            let Some(end) = end_of_line(file, at, true) else { break };
            let is_header = |delimiter: &u8| {
                let (mut record, shape) = (Record::default(), Shape { delimiter: *delimiter, ..shape });
                let is_read = record.find(file, begin_of_line(file, at).unwrap_or(at), shape, true).is_some()
                    && record.fault().is_none();
                is_read && self.count(&names(&record, file)) >= 2
            };
            if DELIMITERS.iter().any(is_header) {
                let (line, _) = line_and_column(file, begin_of_line(file, at).unwrap_or(at));
                return Err(Rejection::of("", Code::FileLinesBeforeHeader, vec![("line", count(line))]));
            }
            at = end;
        }
        let line = file.get(start..end).and_then(|line| str::from_utf8(line).ok()).unwrap_or_default();
        let separates = |other: &&char| line.split(**other).any(|name| self.place(plain(name)).is_some());
        match UNSUPPORTED_DELIMITERS.iter().filter(|other| line.contains(**other)).find(separates) {
            Some(other) => Err(separator(&other.to_string())),
            None => Ok(()),
        }
    }

    fn no_header(&self) -> Rejection {
        let mut names = String::new();
        for field in 0..self.fields.len() {
            names.push_str(if field > 0 { ", " } else { "" });
            names.push_str(self.name(field));
        }
        Rejection::of("", Code::FileNoHeader, vec![("expected", Param::Text(names))])
    }
}

/// The delimiter in a first line such as `sep=;`, which spreadsheets write and read, and the end of that line. `None` if more
/// of the file is needed.
fn separator_line(file: &[u8], is_end: bool) -> Option<Result<Option<(u8, usize)>, Rejection>> {
    let is_one = file.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case(b"sep="));
    if !is_one {
        return (is_end || file.len() >= 4).then_some(Ok(None));
    }
    let end = end_of_line(file, 0, is_end)?;
    let line = file.get(4..end).and_then(|line| str::from_utf8(line).ok()).unwrap_or_default();
    let named = line.trim_end_matches(['\r', '\n']);
    Some(match named.as_bytes() {
        [delimiter] if DELIMITERS.contains(delimiter) => Ok(Some((*delimiter, end))),
        _ => Err(separator(named)),
    })
}

/// The names in a record, without surrounding whitespace and byte order marks.
fn names(record: &Record, file: &[u8]) -> Vec<String> {
    record.texts(file).map(|name| name.as_deref().map(plain).unwrap_or_default().to_owned()).collect()
}

fn plain(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || c == BYTE_ORDER_MARK)
}

/// Whether two names are equal except for case, spaces and punctuation.
fn is_like(one: &str, other: &str) -> bool {
    let letters = |name: &str| -> String {
        let of_word = |c: &char| {
            c.is_ascii_alphanumeric()
                || !matches!(*c, '\0'..='\u{BF}' | '\u{2000}'..='\u{206F}' | BYTE_ORDER_MARK)
        };
        name.chars().filter(of_word).map(|c| c.to_ascii_lowercase()).collect()
    };
    let one = letters(one);
    !one.is_empty() && one == letters(other)
}

/// The offset of the first byte that is not UTF-8 text. A NUL counts: it is half of a UTF-16 character, or not text at all.
fn no_text(line: &[u8]) -> Option<usize> {
    let end = str::from_utf8(line).err().map(|error| error.valid_up_to());
    let nul = line.iter().position(|byte| *byte == 0);
    nul.map(|nul| end.map_or(nul, |end| end.min(nul))).or(end)
}

fn separator(named: &str) -> Rejection {
    Rejection::of("", Code::SeparatorUnsupported, vec![("value", text(named))])
}

fn text(text: &str) -> Param {
    Param::Text(text.to_owned())
}

pub(crate) fn count(number: usize) -> Param {
    Param::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The parameters `line` and `column` for an offset in a file.
pub(crate) fn place(file: &[u8], at: usize, lines_before: usize) -> Vec<(&'static str, Param)> {
    let (line, column) = line_and_column(file, at);
    vec![("line", count(lines_before + line)), ("column", count(column))]
}

/// The rejection for a fault of a record.
pub(crate) fn refusal(file: &[u8], (fault, at): (Fault, usize), lines_before: usize) -> Rejection {
    let mut params = place(file, at, lines_before);
    let code = match fault {
        Fault::Unclosed => Code::FileUnclosedQuote,
        Fault::AfterQuote => Code::FileTextAfterQuote,
        Fault::Stray | Fault::AfterSpaces => Code::StrayQuote,
        Fault::Character(byte) => {
            let name = match byte {
                b'\n' => "U+000A",
                b'\r' => "U+000D",
                _ => "U+0000",
            };
            params.push(("code", text(name)));
            Code::RowCharacter
        }
    };
    Rejection::of("", code, params)
}
