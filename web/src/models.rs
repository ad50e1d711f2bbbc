//! What a server does with models besides using them: installs further ones, and measures those that
//! it runs.

mod installing;
mod speed;

pub use installing::{Installation, Installing, Task};
pub use speed::{Speed, measure};
