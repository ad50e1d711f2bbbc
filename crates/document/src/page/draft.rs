//! A block that is being written: its text, and where its words stand.

use footnote_core::document::BlockKind;
use footnote_core::layout::Run;
use std::ops::Range;

use super::hyphen::Words;
use super::line::Line;
use super::table::{Cell, rows};

/// A block as it is written: what it is, its lines, its text, and where its words stand.
pub(super) struct Draft<'a> {
    pub(super) page: u32,
    pub(super) kind: BlockKind,
    pub(super) lines: &'a [Line],
    pub(super) text: String,
    pub(super) runs: Vec<Run>,
}

impl<'a> Draft<'a> {
    /// Writes lines.
    pub(super) fn of(page: u32, kind: BlockKind, lines: &'a [Line], words: &Words) -> Self {
        let mut draft = Self { page, kind, lines, text: String::new(), runs: Vec::new() };
        if kind == BlockKind::Table {
            for row in rows(lines) {
                draft.row(row, words);
            }
        } else {
            for line in lines {
                draft.line(line, words);
            }
        }
        draft
    }

    /// Takes over the beginning of another block, as it is read behind this one.
    pub(super) fn take_from(&mut self, other: &mut Self, n_bytes: usize, words: &Words) {
        let (text, all) = (std::mem::take(&mut other.text), std::mem::take(&mut other.runs));
        let (taken, left) = text.split_at(n_bytes);
        words.join(&mut self.text, taken);
        self.without_hyphen();
        let begin = self.text.len();
        let moved = |run: Run, from: usize, to: usize| {
            let range = run.range.start - from + to..run.range.end - from + to;
            Run { range, ..run }
        };
        for run in &all {
            let part = |range| run.part(0, &text, &range);
            self.runs.extend(part(0..n_bytes).map(|part| moved(part, 0, begin)));
            other.runs.extend(part(n_bytes..text.len()).map(|part| moved(part, n_bytes, 0)));
        }
        self.text.push_str(taken.trim_end());
        left.clone_into(&mut other.text);
    }

    /// Writes a line behind the last one, as one reads over its end.
    fn line(&mut self, line: &Line, words: &Words) {
        words.join(&mut self.text, &line.text);
        self.without_hyphen();
        self.part(line, 0..line.text.len());
    }

    /// Lets the last word end where the text ends: a hyphen at the end of its line may have gone.
    fn without_hyphen(&mut self) {
        let end = self.text.len();
        if let Some(last) = self.runs.last_mut() {
            last.range.end = last.range.end.min(end);
        }
    }

    /// Writes a row of a table: its cells apart, each in the place of its column.
    fn row(&mut self, row: Vec<Cell<'_>>, words: &Words) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        for (nth, cell) in row.into_iter().enumerate() {
            if nth > 0 {
                self.text.push_str(" | ");
            }
            let mut above: Option<&Line> = None;
            for (line, part) in cell {
                match above {
                    None => {}
                    Some(above) if std::ptr::eq(above, line) => self.text.push(' '),
                    Some(_) => {
                        words.join(&mut self.text, line.text.get(part.clone()).unwrap_or_default());
                        self.without_hyphen();
                    }
                }
                self.part(line, part);
                above = Some(line);
            }
        }
    }

    /// Writes a part of a line, and where its words stand.
    fn part(&mut self, line: &Line, part: Range<usize>) {
        let Some(text) = line.text.get(part.clone()) else { return };
        let offset = self.text.len();
        for word in line.words_in(&part) {
            let start = word.range.start - part.start + offset;
            let end = word.range.end - part.start + offset;
            let (rect, toward) = line.place(word);
            self.runs.push(Run { range: start..end, page: self.page, rect, toward });
        }
        self.text.push_str(text);
    }
}
