//! Panics of the PDF libraries, which the guard of the crate turns into reasons.

pub(crate) use crate::guard::guarded;
