//! The rules of the house as tests: what `docs/ARCHITECTURE.md` and `docs/STYLE.md` promise about
//! the tree and no lint can see. A failure names the file and says what to do.

#![expect(clippy::expect_used, reason = "a rule that cannot read the tree has failed")]

mod documents;
mod files;
mod layers;
mod migrations;
mod samples;
mod seals;
mod tree;
