//! Headers and footers above and below columns: they stand at the outer edges of both.

/// Where the columns on both sides of a place begin and end.
pub(crate) struct Edges {
    left: (f64, f64),
    right: (f64, f64),
}

impl Edges {
    pub(crate) fn of(spans: &[Vec<(f64, f64)>], at: f64) -> Self {
        let hull =
            |(start, end): (f64, f64), span: &(f64, f64)| (start.min(span.0), end.max(span.1));
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        let (left, right): (Vec<_>, Vec<_>) =
            spans.iter().flatten().partition(|(start, end)| start + end < at * 2.);
        Self { left: left.into_iter().fold(none, hull), right: right.into_iter().fold(none, hull) }
    }

    /// Tells whether a row stands at the outer edges only.
    pub(crate) fn have_margin(&self, spans: &[(f64, f64)], at: f64, size: f64) -> bool {
        let row = Self::of(std::slice::from_ref(&spans.to_vec()), at);
        let is_outside =
            (row.left.0 - self.left.0).abs() < size && (row.right.1 - self.right.1).abs() < size;
        let is_open =
            row.left.1 < self.left.1 - size * 2. && row.right.0 > self.right.0 + size * 2.;
        is_outside && is_open
    }
}
