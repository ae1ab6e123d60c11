//! Where the cells of a CSV file's records are. [RFC 4180; and the semicolon and the tab that spreadsheets write, a line
//! feed or a carriage return alone, and lines of nothing, which are no records]
//!
//! Our own, for its speed: DESIGN.md has the figures. The usual crate's reader is what the tests hold it against.

use std::borrow::Cow;

const QUOTE: u8 = b'"';

/// A cell of a record, as it stands in the file.
#[derive(Debug, Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    /// Whether there is more to it than what stands between: doubled quotation marks, or text behind the last of them.
    is_odd: bool,
    /// Whether its quotation mark is never closed.
    is_open: bool,
}

/// The cells of one record.
#[derive(Debug, Default)]
pub(crate) struct Record {
    cells: Vec<Cell>,
}

impl Record {
    /// Finds the record that begins at `at`, and says where it ends. `None` when there is none, or when it goes on behind
    /// what is there, which is all of the file where `is_end`.
    pub(crate) fn find(&mut self, file: &[u8], at: usize, delimiter: u8, is_end: bool) -> Option<usize> {
        self.cells.clear();
        let rest = file.get(at..)?;
        let mut at = at + rest.iter().position(|byte| !is_line_end(*byte))?;
        loop {
            let (cell, end) = cell(file, at, delimiter, is_end)?;
            self.cells.push(cell);
            match file.get(end) {
                Some(byte) if *byte == delimiter => at = end + 1,
                Some(b'\r') if file.get(end + 1) == Some(&b'\n') => return Some(end + 2),
                Some(_) => return Some(end + 1),
                None => return is_end.then_some(end),
            }
        }
    }

    /// Whether a quotation mark in it is never closed.
    pub(crate) fn is_open(&self) -> bool {
        self.cells.last().is_some_and(|cell| cell.is_open)
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The texts of the cells, of the same file. `None` in place of bytes that are no text.
    pub(crate) fn texts<'f>(&self, file: &'f [u8]) -> impl Iterator<Item = Option<Cow<'f, str>>> {
        self.cells.iter().zip(self.written(file)).map(|(cell, text)| {
            text.map(|text| if cell.is_odd { Cow::Owned(plain(text)) } else { Cow::Borrowed(text) })
        })
    }

    /// The same without a copy, where each text is in the file as it is.
    pub(crate) fn texts_as_they_are<'f>(
        &self,
        file: &'f [u8],
    ) -> Option<impl Iterator<Item = Option<&'f str>>> {
        (!self.cells.iter().any(|cell| cell.is_odd)).then(|| self.written(file))
    }

    fn written<'f>(&self, file: &'f [u8]) -> impl Iterator<Item = Option<&'f str>> {
        let from = self.cells.first().map_or(0, |cell| cell.start);
        let to = self.cells.last().map_or(from, |cell| cell.end);
        // All at once, where nothing is wrong.
        let whole = file.get(from..to).and_then(|bytes| str::from_utf8(bytes).ok());
        self.cells.iter().map(move |cell| match whole {
            Some(whole) => whole.get(cell.start - from..cell.end - from),
            None => file.get(cell.start..cell.end).and_then(|bytes| str::from_utf8(bytes).ok()),
        })
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The cell at `at`, and where it ends.
fn cell(file: &[u8], at: usize, delimiter: u8, is_end: bool) -> Option<(Cell, usize)> {
    let rest = file.get(at..)?;
    // One comparison is enough for nearly every byte.
    let most = delimiter.max(b'\r');
    let ends = |byte: &u8| *byte <= most && (*byte == delimiter || is_line_end(*byte));
    if rest.first() != Some(&QUOTE) {
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        return Some((Cell { start: at, end: at + length, is_odd: false, is_open: false }, at + length));
    }
    let start = at + 1;
    let (mut end, mut is_odd) = (start, false);
    loop {
        let Some(length) = file.get(end..)?.iter().position(|byte| *byte == QUOTE) else {
            // It is never closed: then it is all that is left.
            return is_end.then_some((Cell { start, end: file.len(), is_odd, is_open: true }, file.len()));
        };
        end += length;
        match file.get(end + 1) {
            Some(&QUOTE) => (end, is_odd) = (end + 2, true),
            Some(byte) if *byte == delimiter || is_line_end(*byte) => {
                return Some((Cell { start, end, is_odd, is_open: false }, end + 1));
            }
            Some(_) => {
                let behind = file.get(end + 1..)?;
                let length = behind.iter().position(|byte| *byte == delimiter || is_line_end(*byte));
                let end = end + 1 + length.unwrap_or(behind.len());
                return Some((Cell { start, end, is_odd: true, is_open: false }, end));
            }
            None => return is_end.then_some((Cell { start, end, is_odd, is_open: false }, end + 1)),
        }
    }
}

/// What stands between quotation marks, and behind the last of them: each two of them are one, and one alone is none.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('"');
    out.push_str(parts.next().unwrap_or_default());
    let mut is_open = true;
    while let Some(part) = parts.next() {
        if is_open && part.is_empty() {
            // The first of two, or the last of all.
            if let Some(part) = parts.next() {
                out.push('"');
                out.push_str(part);
            }
        } else {
            // Behind the last one a quotation mark is as it is.
            out.push_str(if is_open { "" } else { "\"" });
            out.push_str(part);
            is_open = false;
        }
    }
    out
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(file: &str, delimiter: u8) -> Vec<Vec<String>> {
        let (mut record, mut all, mut at) = (Record::default(), Vec::new(), 0);
        while let Some(end) = record.find(file.as_bytes(), at, delimiter, true) {
            all.push(record.texts(file.as_bytes()).map(|text| text.unwrap().into_owned()).collect());
            at = end;
        }
        all
    }

    #[test]
    fn a_cell_would_be_cut_or_run_into_the_next() {
        for (file, expected) in [
            ("a,b\n1,2\n", &[&["a", "b"][..], &["1", "2"]][..]),
            ("a,b\r\n1,2", &[&["a", "b"], &["1", "2"]]),
            ("a\rb\r\r\n\nc", &[&["a"], &["b"], &["c"]]),
            (",\n,,\n", &[&["", ""], &["", "", ""]]),
            ("\"a,b\",\"c\nd\"\n\"\"\n", &[&["a,b", "c\nd"], &[""]]),
            ("\"a\"\"b\",\"\"\"\",\"\"\"x\"\"\"", &[&["a\"b", "\"", "\"x\""]]),
            ("a\"b,c\"\n", &[&["a\"b", "c\""]]),
            ("\"a\"b,c\n", &[&["ab", "c"]]),
            ("\"a\"b\"c,d\n", &[&["ab\"c", "d"]]),
            ("\"open,1\n2", &[&["open,1\n2"]]),
            ("\"a\"", &[&["a"]]),
            ("", &[]),
            ("\r\n\n", &[]),
        ] {
            assert_eq!(read(file, b','), expected, "{file:?}");
        }
        assert_eq!(read("a;b,c\td;\"e;f\"", b';'), [["a", "b,c\td", "e;f"]]);
    }

    /// What the usual crate makes of it.
    fn usual(file: &[u8]) -> Vec<Vec<Vec<u8>>> {
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
        #[test]
        fn a_file_would_be_read_otherwise_than_by_the_usual_crate(file in "[ab,\"\r\n]{0,24}") {
            let ours = read(&file, b',');
            let ours: Vec<Vec<_>> = ours.into_iter().map(|row| row.into_iter().map(String::into_bytes).collect()).collect();
            prop_assert_eq!(ours, usual(file.as_bytes()));
        }
    }

    #[test]
    fn a_record_would_be_read_before_all_of_it_is_there() {
        let file = "a,\"b\"\"\r\nc\",d\r\n";
        for length in 0..file.len() {
            let part = &file.as_bytes()[..length];
            let end = Record::default().find(part, 0, b',', false);
            // The line feed of the last line end may come later: it begins no record.
            assert_eq!(end.is_some(), length == file.len() - 1, "{length}");
        }
        assert_eq!(Record::default().find(file.as_bytes(), 0, b',', false), Some(file.len()));
    }

    #[test]
    fn bytes_that_are_no_text_would_be_taken_for_one() {
        let file = b"a,\xff,\"b\xc3\",\xc3\xbc\n";
        let mut record = Record::default();
        assert_eq!(record.find(file, 0, b',', true), Some(file.len()));
        let texts: Vec<_> = record.texts(file).collect();
        assert_eq!(texts, [Some("a".into()), None, None, Some("ü".into())]);
        assert_eq!(record.len(), 4);
    }
}
