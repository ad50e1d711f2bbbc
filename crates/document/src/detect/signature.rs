//! How files begin that are not read, and what they are called.

use super::Format;

/// Tells the format of a picture.
pub(super) fn picture(bytes: &[u8]) -> Option<Format> {
    // The other kinds of RIFF are sound and film.
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(Format::WebP);
    }
    // `BM` alone begins many a text: the reserved bytes of the header are zero.
    if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        return Some(Format::Bmp);
    }
    PICTURES.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, format)| *format)
}

const PICTURES: [(&[u8], Format); 4] = [
    (b"\x89PNG\r\n\x1A\n", Format::Png),
    (b"\xFF\xD8\xFF", Format::Jpeg),
    (b"II*\0", Format::Tiff),
    (b"MM\0*", Format::Tiff),
];

/// Names the format of bytes that Footnote does not read; `None` when nothing is known about them.
pub(crate) fn foreign(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some("a video, audio or HEIF file");
    }
    SIGNATURES.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}

const SIGNATURES: &[(&[u8], &str)] = &[
    (super::compound::MAGIC, "a file of an older Office program"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "an audio or video file"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xFD7zXZ\0", "an xz archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
    (b"%!PS", "a PostScript file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7FELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"ID3", "an audio file"),
    (b"OggS", "an audio or video file"),
];
