//! Finds the records of a CSV file and their cells. [RFC 4180]
//!
//! Extensions that spreadsheets need: cells separated by semicolons or tabs, lines that end with a line feed or a carriage
//! return alone, and empty lines, which are skipped.
//!
//! The parser is strict: a structure that two programs could read as different rows or values is a [`Fault`] of its record.
//!
//! It is our own because it is faster: DESIGN.md has the measurements. The tests compare it with the crate `csv-core`.

use std::borrow::Cow;

const QUOTE: u8 = b'"';
const NUL: u8 = 0;

/// How a file separates its cells and its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The byte between two cells.
    pub(crate) delimiter: u8,
    /// The line end of every record. Some programs accept any line end, others only that of the first line, so they read a
    /// file with several line ends differently.
    pub(crate) end: LineEnd,
}

/// A line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineEnd {
    Lf,
    CrLf,
    Cr,
}

impl Shape {
    /// The shape of a file with this delimiter. Its line end is the first one outside quotation marks.
    pub(crate) fn of(file: &[u8], delimiter: u8) -> Self {
        let mut is_quoted = false;
        let at = file.iter().position(|byte| {
            is_quoted ^= *byte == QUOTE;
            !is_quoted && is_line_end(*byte)
        });
        let behind = at.and_then(|at| file.get(at..)).unwrap_or_default();
        let end = match behind {
            [b'\r', b'\n', ..] => LineEnd::CrLf,
            [b'\r', ..] => LineEnd::Cr,
            _ => LineEnd::Lf,
        };
        Self { delimiter, end }
    }

    /// The length of the line end at an offset, in bytes: 0 if the record continues. `None` if the length depends on the
    /// next part of the file.
    fn line_end(self, file: &[u8], at: usize, is_end: bool) -> Option<usize> {
        match (self.end, file.get(at), file.get(at + 1)) {
            (LineEnd::CrLf, Some(b'\r'), Some(b'\n')) => Some(2),
            // Half of a line end at the end of the file: the file was truncated.
            (LineEnd::CrLf, Some(b'\r'), None) => is_end.then_some(0),
            (LineEnd::Cr, Some(b'\r'), _) | (LineEnd::Lf, Some(b'\n'), _) => Some(1),
            _ => Some(0),
        }
    }

    /// The offset of the next record, after empty lines.
    fn begin(self, file: &[u8], mut at: usize) -> Option<usize> {
        while let length @ 1.. = self.line_end(file, at, false)? {
            at += length;
        }
        // After the last record, any line ends are accepted.
        file.get(at..).is_some_and(|rest| rest.iter().any(|byte| !is_line_end(*byte))).then_some(at)
    }
}

/// The offset of the first line that is not empty.
pub(crate) fn begin_of_line(file: &[u8], at: usize) -> Option<usize> {
    file.get(at..)?.iter().position(|byte| !is_line_end(*byte)).map(|length| at + length)
}

/// The end of that line, at any line end, even inside quotation marks. `None` if the line continues in the next part of the
/// file.
pub(crate) fn end_of_line(file: &[u8], at: usize, is_end: bool) -> Option<usize> {
    let at = begin_of_line(file, at)?;
    let length = file.get(at..)?.iter().position(|byte| is_line_end(*byte));
    match length.and_then(|length| file.get(at + length..)).unwrap_or_default() {
        [] => is_end.then_some(file.len()),
        [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => Some(file.len() - rest.len()),
    }
}

/// The line and the column of an offset in a file, both from 1. Columns count characters.
pub(crate) fn line_and_column(file: &[u8], at: usize) -> (usize, usize) {
    let ends = |(at, byte): &(usize, &u8)| {
        **byte == b'\n' || (**byte == b'\r' && file.get(at + 1).is_none_or(|next| *next != b'\n'))
    };
    let before = file.get(..at).unwrap_or_default();
    let (count, begin) =
        before.iter().enumerate().filter(ends).fold((0, 0), |(count, _), (end, _)| (count + 1, end + 1));
    let characters = before.get(begin..).unwrap_or_default().iter().filter(|byte| **byte & 0xC0 != 0x80);
    (count + 1, characters.count() + 1)
}

/// Why a record is rejected: other programs read it differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A quotation mark that is never closed.
    Unclosed,
    /// Text between a closing quotation mark and the end of the cell.
    AfterQuote,
    /// A quotation mark in a cell that does not begin with one.
    Stray,
    /// A quotation mark after only spaces: some programs read it as the start of a quoted cell.
    AfterSpaces,
    /// A character that ends a line, or the text, only in some programs.
    Character(u8),
}

impl Fault {
    /// Whether the start of the next record is unknown.
    pub(crate) fn breaks(self) -> bool {
        matches!(self, Self::Unclosed | Self::AfterQuote | Self::AfterSpaces | Self::Character(b'\n'))
    }
}

/// The position of a cell in the file, without its quotation marks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) start: usize,
    end: usize,
    pub(crate) is_quoted: bool,
    /// Whether the cell contains doubled quotation marks.
    has_doubled_quotes: bool,
}

/// The cells of one record.
#[derive(Debug, Default)]
pub(crate) struct Record {
    cells: Vec<Cell>,
    fault: Option<(Fault, usize)>,
    has_lines: bool,
    is_cut: bool,
}

impl Record {
    /// Finds the first record from `at` and returns its end. `None` if there is no record, or if the record continues in the
    /// next part of the file; `is_end` means that there is no next part. A record whose fault breaks the file ends with its
    /// first line.
    pub(crate) fn find(&mut self, file: &[u8], at: usize, shape: Shape, is_end: bool) -> Option<usize> {
        self.cells.clear();
        (self.fault, self.has_lines, self.is_cut) = (None, false, false);
        let begin = shape.begin(file, at)?;
        let end = self.cells(file, begin, shape, is_end)?;
        if self.breaks() { end_of_line(file, begin, is_end) } else { Some(end) }
    }

    fn cells(&mut self, file: &[u8], mut at: usize, shape: Shape, is_end: bool) -> Option<usize> {
        loop {
            let end = if file.get(at) == Some(&QUOTE) {
                self.quoted(file, at, shape, is_end)?
            } else {
                self.unquoted(file, at, shape, is_end)?
            };
            if self.breaks() {
                return Some(end);
            }
            match file.get(end) {
                Some(byte) if *byte == shape.delimiter => at = end + 1,
                Some(_) => return Some(end + shape.line_end(file, end, is_end)?),
                None => {
                    self.is_cut = true;
                    return is_end.then_some(end);
                }
            }
        }
    }

    /// The fault of the record and its offset.
    pub(crate) fn fault(&self) -> Option<(Fault, usize)> {
        self.fault
    }

    pub(crate) fn breaks(&self) -> bool {
        self.fault.is_some_and(|(fault, _)| fault.breaks())
    }

    /// Whether the record ends with the file, without a line end.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The number of cells.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(crate) fn cell(&self, at: usize) -> Option<&Cell> {
        self.cells.get(at)
    }

    /// The offset of the record.
    pub(crate) fn start(&self) -> usize {
        // A cell starts after its quotation mark.
        self.cells.first().map_or(0, |cell| cell.start - usize::from(cell.is_quoted))
    }

    /// The bytes of a cell. Quotation marks in them are still doubled.
    pub(crate) fn bytes<'f>(&self, at: usize, file: &'f [u8]) -> &'f [u8] {
        self.cell(at).and_then(|cell| file.get(cell.start..cell.end)).unwrap_or_default()
    }

    /// Whether `is` holds for a line that is entirely inside quotation marks.
    pub(crate) fn any_line_inside(&self, file: &[u8], is: impl Fn(&[u8]) -> bool) -> bool {
        for cell in self.cells.iter().filter(|cell| self.has_lines && cell.is_quoted) {
            let mut text = file.get(cell.start..cell.end).unwrap_or_default();
            let mut is_first = true;
            while let Some(end) = text.iter().position(|byte| is_line_end(*byte)) {
                let Some((line, [_, rest @ ..])) = text.split_at_checked(end) else { break };
                if !is_first && end > 0 && is(line) {
                    return true;
                }
                (text, is_first) = (rest, false);
            }
        }
        false
    }

    /// The texts of the cells. `None` for a cell that is not UTF-8. `file` must be the file that the record was found in.
    pub(crate) fn texts<'f>(&self, file: &'f [u8]) -> impl Iterator<Item = Option<Cow<'f, str>>> {
        self.cells.iter().zip(self.utf8_cells(file)).map(|(cell, text)| {
            text.map(|text| {
                if cell.has_doubled_quotes {
                    Cow::Owned(text.replace("\"\"", "\""))
                } else {
                    Cow::Borrowed(text)
                }
            })
        })
    }

    /// The same without copies; `None` if a cell contains doubled quotation marks.
    pub(crate) fn borrowed_texts<'f>(&self, file: &'f [u8]) -> Option<impl Iterator<Item = Option<&'f str>>> {
        (!self.cells.iter().any(|cell| cell.has_doubled_quotes)).then(|| self.utf8_cells(file))
    }

    fn utf8_cells<'f>(&self, file: &'f [u8]) -> impl Iterator<Item = Option<&'f str>> {
        let from = self.cells.first().map_or(0, |cell| cell.start);
        let to = self.cells.last().map_or(from, |cell| cell.end);
        // Fast path: validates all cells at once.
        let whole = file.get(from..to).and_then(|bytes| str::from_utf8(bytes).ok());
        self.cells.iter().map(move |cell| match whole {
            Some(whole) => whole.get(cell.start - from..cell.end - from),
            None => file.get(cell.start..cell.end).and_then(|bytes| str::from_utf8(bytes).ok()),
        })
    }

    fn set_fault(&mut self, fault: Fault, at: usize) {
        if self.fault.is_none_or(|(first, _)| fault.breaks() && !first.breaks()) {
            self.fault = Some((fault, at));
        }
    }

    /// Reads the cell at `start`, which does not start with a quotation mark, and returns its end.
    fn unquoted(&mut self, file: &[u8], start: usize, shape: Shape, is_end: bool) -> Option<usize> {
        // One comparison is enough for nearly every byte.
        let most = shape.delimiter.max(QUOTE);
        let special = |byte: &u8| {
            *byte <= most && (*byte == shape.delimiter || matches!(*byte, b'\n' | b'\r' | QUOTE | NUL))
        };
        let mut end = start;
        loop {
            let Some(length) = file.get(end..)?.iter().position(special) else {
                end = file.len();
                break;
            };
            end += length;
            match file.get(end) {
                Some(byte) if *byte == shape.delimiter => break,
                Some(&QUOTE) => {
                    let before = file.get(start..end).unwrap_or_default();
                    let is_spaced = before.iter().all(|byte| *byte == b' ');
                    self.set_fault(if is_spaced { Fault::AfterSpaces } else { Fault::Stray }, end);
                }
                Some(byte) if shape.line_end(file, end, is_end)? == 0 => {
                    self.set_fault(Fault::Character(*byte), end);
                }
                _ => break,
            }
            end += 1;
        }
        self.cells.push(Cell { start, end, is_quoted: false, has_doubled_quotes: false });
        Some(end)
    }

    /// Reads the cell at `at`, which starts with a quotation mark, and returns its end.
    fn quoted(&mut self, file: &[u8], at: usize, shape: Shape, is_end: bool) -> Option<usize> {
        let start = at + 1;
        let special = |byte: &u8| *byte <= QUOTE && matches!(*byte, QUOTE | b'\n' | b'\r' | NUL);
        let (mut end, mut has_doubled_quotes) = (start, false);
        loop {
            let Some(length) = file.get(end..)?.iter().position(special) else {
                self.set_fault(Fault::Unclosed, at);
                return is_end.then_some(file.len());
            };
            end += length;
            match (file.get(end), file.get(end + 1)) {
                (Some(&QUOTE), Some(&QUOTE)) => (end, has_doubled_quotes) = (end + 2, true),
                (Some(&QUOTE), next) => {
                    self.cells.push(Cell { start, end, is_quoted: true, has_doubled_quotes });
                    end += 1;
                    if next.is_none() && !is_end {
                        return None;
                    }
                    let is_over = next.is_none_or(|next| *next == shape.delimiter);
                    if !is_over && shape.line_end(file, end, is_end)? == 0 {
                        self.set_fault(Fault::AfterQuote, end);
                    }
                    return Some(end);
                }
                (byte, _) => {
                    if byte == Some(&NUL) {
                        self.set_fault(Fault::Character(NUL), end);
                    }
                    self.has_lines |= byte != Some(&NUL);
                    end += 1;
                }
            }
        }
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The texts or the fault of each record, up to the first fault that breaks the file.
    fn read(file: &str, delimiter: u8) -> Vec<Result<Vec<String>, (Fault, usize)>> {
        let shape = Shape::of(file.as_bytes(), delimiter);
        let (mut record, mut all, mut at) = (Record::default(), Vec::new(), 0);
        while let Some(end) = record.find(file.as_bytes(), at, shape, true) {
            let texts = || record.texts(file.as_bytes()).map(|text| text.unwrap().into_owned()).collect();
            all.push(record.fault().map_or_else(|| Ok(texts()), Err));
            if record.breaks() {
                break;
            }
            at = end;
        }
        all
    }

    #[test]
    fn reads_the_cells_of_rfc_4180() {
        for (file, expected) in [
            ("a,b\n1,2\n", &[&["a", "b"][..], &["1", "2"]][..]),
            ("a,b\r\n1,2", &[&["a", "b"], &["1", "2"]]),
            ("a\rb\r\rc", &[&["a"], &["b"], &["c"]]),
            ("a\r\nb\r\n\r\nc\r\n\n\r", &[&["a"], &["b"], &["c"]]),
            (",\n,,\n", &[&["", ""], &["", "", ""]]),
            ("\"a,b\",\"c\nd\"\n\"\"\n", &[&["a,b", "c\nd"], &[""]]),
            ("\"a\"\"b\",\"\"\"\",\"\"\"x\"\"\"", &[&["a\"b", "\"", "\"x\""]]),
            ("\"a\"", &[&["a"]]),
            ("\"a\r\nb\"\r\n\"\n\"", &[&["a\r\nb"], &["\n"]]),
            ("", &[]),
            ("\r\n\n", &[]),
        ] {
            let expected: Vec<_> =
                expected.iter().map(|row| Ok(row.iter().map(|cell| (*cell).to_owned()).collect())).collect();
            assert_eq!(read(file, b','), expected, "{file:?}");
        }
        assert_eq!(read("a;b,c\td;\"e;f\"", b';'), [Ok(["a", "b,c\td", "e;f"].map(str::to_owned).to_vec())]);
    }

    #[test]
    fn rejects_records_that_other_programs_read_differently() {
        let ok = |text: &str| Ok(text.split(',').map(str::to_owned).collect::<Vec<_>>());
        for (file, expected) in [
            // After a fault that breaks the file, nothing is read.
            ("x\n\"a\"b,c\nd", &[ok("x"), Err((Fault::AfterQuote, 5))][..]),
            ("x\n\"a\" ,c\nd", &[ok("x"), Err((Fault::AfterQuote, 5))]),
            ("x\n\"open,1\n2", &[ok("x"), Err((Fault::Unclosed, 2))]),
            ("x\na, \"b\"\nd", &[ok("x"), Err((Fault::AfterSpaces, 5))]),
            ("x\na\"b, \"c\nd", &[ok("x"), Err((Fault::AfterSpaces, 7))]),
            // Other faults reject only their record.
            ("x\na\"b,c\"\nd", &[ok("x"), Err((Fault::Stray, 3)), ok("d")]),
            ("x\na\rb,c\nd", &[ok("x"), Err((Fault::Character(b'\r'), 3)), ok("d")]),
            ("x\n\ra,c\nd", &[ok("x"), Err((Fault::Character(b'\r'), 2)), ok("d")]),
            ("x\na,c\r\r\nd", &[ok("x"), Err((Fault::Character(b'\r'), 5)), ok("d")]),
            ("x\na\r\nd", &[ok("x"), Err((Fault::Character(b'\r'), 3)), ok("d")]),
            ("x\r\na\rb\r\nd", &[ok("x"), Err((Fault::Character(b'\r'), 4)), ok("d")]),
            ("x\r\na\r", &[ok("x"), Err((Fault::Character(b'\r'), 4))]),
            // The start of the next record is unknown.
            ("x\ra\r\nb,c\rd", &[ok("x"), ok("a"), Err((Fault::Character(b'\n'), 4))]),
            ("x\r\na\nb\r\nd", &[ok("x"), Err((Fault::Character(b'\n'), 4))]),
            (
                "x\na\0,c\n\"\0\"\nd",
                &[ok("x"), Err((Fault::Character(0), 3)), Err((Fault::Character(0), 8)), ok("d")],
            ),
        ] {
            assert_eq!(read(file, b','), expected, "{file:?}");
        }
    }

    #[test]
    fn counts_lines_and_columns_as_an_editor_does() {
        let file = "a\r\nbü\"\rc\n\nd".as_bytes();
        let places = [0, 1, 3, 6, 8, 10, 11].map(|at| line_and_column(file, at));
        assert_eq!(places, [(1, 1), (1, 2), (2, 1), (2, 3), (3, 1), (4, 1), (5, 1)]);
    }

    /// The records that the crate `csv-core` reads.
    fn csv_core_records(file: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv_core::Reader::new();
        let (mut bytes, mut ends) = (vec![0; file.len() + 1], vec![0; file.len() + 1]);
        let (mut all, mut rest) = (Vec::new(), file);
        let (mut filled, mut ended) = (0, 0);
        loop {
            let (result, read, wrote, cells) =
                reader.read_record(rest, &mut bytes[filled..], &mut ends[ended..]);
            (rest, filled, ended) = (&rest[read..], filled + wrote, ended + cells);
            match result {
                csv_core::ReadRecordResult::Record => {
                    let starts = std::iter::once(0).chain(ends.iter().copied());
                    let cells = starts.zip(&ends[..ended]).map(|(start, end)| bytes[start..*end].to_vec());
                    all.push(cells.collect());
                    (filled, ended) = (0, 0);
                }
                csv_core::ReadRecordResult::End => return all,
                csv_core::ReadRecordResult::InputEmpty => {}
                full => panic!("{full:?}"),
            }
        }
    }

    proptest! {
        /// Compares the records before the first fault.
        #[test]
        fn reads_the_same_records_as_csv_core_or_rejects_the_file(file in "[ab,\"\r\n ]{0,24}") {
            let ours = read(&file, b',').into_iter().map_while(Result::ok);
            let ours: Vec<Vec<_>> = ours.map(|row| row.into_iter().map(String::into_bytes).collect()).collect();
            let expected = csv_core_records(file.as_bytes());
            prop_assert!(expected.starts_with(&ours), "{:?} {:?}", ours, expected);
            if read(&file, b',').iter().all(Result::is_ok) {
                prop_assert_eq!(ours.len(), expected.len());
            }
        }
    }

    #[test]
    fn waits_for_the_rest_of_a_record() {
        let file = "a,\"b\"\"\r\nc\",d\r\n";
        let shape = Shape { delimiter: b',', end: LineEnd::CrLf };
        for length in 0..file.len() {
            assert_eq!(Record::default().find(&file.as_bytes()[..length], 0, shape, false), None, "{length}");
        }
        assert_eq!(Record::default().find(file.as_bytes(), 0, shape, false), Some(file.len()));
    }

    #[test]
    fn returns_no_text_for_a_cell_that_is_not_utf_8() {
        let file = b"a,\xff,\"b\xc3\",\xc3\xbc\n";
        let mut record = Record::default();
        assert_eq!(record.find(file, 0, Shape { delimiter: b',', end: LineEnd::Lf }, true), Some(file.len()));
        let texts: Vec<_> = record.texts(file).collect();
        assert_eq!(texts, [Some("a".into()), None, None, Some("ü".into())]);
        assert_eq!(record.len(), 4);
    }
}
