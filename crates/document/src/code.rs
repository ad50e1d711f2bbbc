//! Source code: its language by its name, and the grammar that tells where it may be cut.

use std::fmt;
use tree_sitter_language::LanguageFn;

/// A language of programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// C, and C++ as far as its grammar is that of C.
    C,
    /// Go.
    Go,
    /// Java.
    Java,
    /// JavaScript, with or without JSX.
    JavaScript,
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// TypeScript, with or without JSX.
    TypeScript,
    /// Another one, or code of a program's own: configuration, queries, style sheets.
    Other,
}

impl Language {
    /// Every language that is cut by its grammar.
    pub const CUT_BY_GRAMMAR: [Self; 7] = [
        Self::C,
        Self::Go,
        Self::Java,
        Self::JavaScript,
        Self::Python,
        Self::Rust,
        Self::TypeScript,
    ];

    /// Tells the language by the extension of a name; `None` when it is none of code.
    pub(crate) fn by_extension(extension: &str) -> Option<Self> {
        let language = match extension {
            "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" => Self::C,
            "go" => Self::Go,
            "java" => Self::Java,
            "js" | "mjs" | "cjs" | "jsx" => Self::JavaScript,
            "py" | "pyi" | "pyw" => Self::Python,
            "rs" => Self::Rust,
            "ts" | "mts" | "cts" | "tsx" => Self::TypeScript,
            "sh" | "bash" | "zsh" | "ps1" | "bat" | "cmd" | "rb" | "php" | "pl" | "lua" | "r"
            | "swift" | "kt" | "kts" | "scala" | "cs" | "fs" | "vb" | "m" | "mm" | "dart"
            | "ex" | "exs" | "erl" | "hs" | "clj" | "jl" | "sql" | "css" | "scss" | "less"
            | "vue" | "svelte" | "tf" | "proto" | "graphql" | "gradle" | "groovy" | "cmake"
            | "asm" | "s" | "nix" | "zig" | "toml" | "yaml" | "yml" | "ini" | "cfg" | "conf"
            | "properties" | "xml" | "xsd" | "tex" => Self::Other,
            _ => return None,
        };
        Some(language)
    }

    /// Returns the media type, e.g. `text/x-rust`.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::C => "text/x-c",
            Self::Go => "text/x-go",
            Self::Java => "text/x-java",
            Self::JavaScript => "text/javascript",
            Self::Python => "text/x-python",
            Self::Rust => "text/x-rust",
            Self::TypeScript => "text/x-typescript",
            Self::Other => "text/x-source",
        }
    }

    /// Returns the grammar of the language of a media type.
    pub(crate) fn grammar(media_type: &str) -> Option<LanguageFn> {
        let mut known = Self::CUT_BY_GRAMMAR.into_iter();
        let grammar = match known.find(|language| language.media_type() == media_type)? {
            Self::C => tree_sitter_c::LANGUAGE,
            Self::Go => tree_sitter_go::LANGUAGE,
            Self::Java => tree_sitter_java::LANGUAGE,
            Self::Python => tree_sitter_python::LANGUAGE,
            Self::Rust => tree_sitter_rust::LANGUAGE,
            // JavaScript is TypeScript without types.
            Self::JavaScript | Self::TypeScript => tree_sitter_typescript::LANGUAGE_TSX,
            Self::Other => return None,
        };
        Some(grammar)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.media_type())
    }
}
