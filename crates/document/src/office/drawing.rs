//! The text of diagrams and charts, which Office keeps in parts of their own.

use footnote_core::job::Failure;

use crate::assemble::one_line;
use crate::grid::{FirstRow, Grid};
use crate::limits::Limits;
use crate::xml::{Step, Xml};

/// Returns the texts of a diagram (SmartArt), one a point.
///
/// # Errors
/// As [`Xml::next`].
pub(crate) fn diagram(text: &str, limits: &Limits) -> Result<Vec<String>, Failure> {
    let mut xml = Xml::new(text, limits);
    let mut texts = Vec::new();
    let mut current = String::new();
    while let Some(step) = xml.next()? {
        match step {
            Step::Open(tag) if tag.name() == "t" => current.push_str(&xml.text()?),
            Step::Close(tag) if tag.name() == "p" => {
                texts.push(one_line(&std::mem::take(&mut current)));
            }
            Step::Open(_) | Step::Text(_) | Step::Close(_) => {}
        }
    }
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

/// A chart as its title and the table that it draws.
#[derive(Debug, Default)]
pub(crate) struct Chart {
    pub(crate) title: String,
    categories: Vec<String>,
    series: Vec<Series>,
}

#[derive(Debug, Default)]
struct Series {
    name: String,
    values: Vec<String>,
}

impl Chart {
    /// Reads a chart from the values that its part keeps.
    ///
    /// # Errors
    /// As [`Xml::next`].
    pub(crate) fn read(text: &str, limits: &Limits) -> Result<Self, Failure> {
        let mut xml = Xml::new(text, limits);
        let mut chart = Self::default();
        let mut part = String::new();
        while let Some(step) = xml.next()? {
            let Step::Open(tag) = step else { continue };
            match tag.name() {
                "ser" => chart.series.push(Series::default()),
                name @ ("title" | "tx" | "cat" | "val" | "xVal" | "yVal") => {
                    name.clone_into(&mut part);
                }
                "t" if part == "title" => chart.title.push_str(&xml.text()?),
                "v" => chart.add(&part, one_line(&xml.text()?)),
                _ => {}
            }
        }
        Ok(chart)
    }

    fn add(&mut self, part: &str, value: String) {
        let is_first = self.series.len() == 1;
        let Some(series) = self.series.last_mut() else { return };
        match part {
            "tx" => series.name = value,
            "cat" | "xVal" if is_first => self.categories.push(value),
            "val" | "yVal" => series.values.push(value),
            _ => {}
        }
    }

    /// Writes the values as a table, a row a category.
    pub(crate) fn table(&self) -> String {
        let mut grid = Grid::default();
        grid.begin_row();
        grid.push("", 1);
        for series in &self.series {
            grid.push(&series.name, 1);
        }
        let n_rows = self.series.iter().map(|series| series.values.len()).max().unwrap_or(0);
        for row in 0..n_rows {
            grid.begin_row();
            grid.push(self.categories.get(row).map_or("", String::as_str), 1);
            for series in &self.series {
                grid.push(series.values.get(row).map_or("", String::as_str), 1);
            }
        }
        if n_rows == 0 { String::new() } else { grid.text(FirstRow::Headers) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_the_table_that_it_draws() {
        let source = "<c:chart><c:title><a:t>Sales</a:t></c:title>\
            <c:ser><c:tx><c:v>North</c:v></c:tx><c:cat><c:v>Q1</c:v><c:v>Q2</c:v></c:cat>\
            <c:val><c:v>1</c:v><c:v>2</c:v></c:val></c:ser></c:chart>";
        let chart = Chart::read(source, &Limits::default()).unwrap();
        assert_eq!(chart.title, "Sales");
        assert_eq!(chart.table(), "|  | North |\n| Q1 | North: 1 |\n| Q2 | North: 2 |");
    }

    #[test]
    fn a_diagram_is_its_points() {
        let source = "<a:p><a:r><a:t>Ask</a:t></a:r></a:p><a:p/><a:p><a:t>Go</a:t></a:p>";
        assert_eq!(diagram(source, &Limits::default()).unwrap(), ["Ask", "Go"]);
    }
}
