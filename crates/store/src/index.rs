//! The two indexes: Qdrant in this process, and a plain one in memory.

pub mod edge;
pub mod memory;
