//! Office files: Word and PowerPoint of today and of before 2007, and OpenDocument.

mod counts;
mod docx;
mod drawing;
mod legacy;
mod odf;
mod pptx;
mod properties;

pub(crate) use properties::title;
pub(crate) use {docx::parse as docx, legacy::doc, legacy::ppt, odf::parse as odf};
pub(crate) use {odf::flat as flat_odf, pptx::parse as pptx};
