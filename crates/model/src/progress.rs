//! How an installation tells what it is doing.

/// Is told how an installation advances.
///
/// Several things may be told one after the other (a wheel, then a conversion), never two at once.
pub trait Progress: Send + Sync {
    /// Something begins; the total is known where the other side tells it.
    fn started(&self, what: &str, total_bytes: Option<u64>);

    /// So many more bytes are done.
    fn advanced(&self, bytes: u64);

    /// What began last is done.
    fn finished(&self, what: &str);

    /// Whether whoever asked for it wants it no more; what has come so far is kept.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _what: &str, _total_bytes: Option<u64>) {}
    fn advanced(&self, _bytes: u64) {}
    fn finished(&self, _what: &str) {}
}
