//! The files of the page, compiled into the program.

/// A file of the page.
#[derive(Debug)]
pub struct Asset {
    /// Where it is served.
    pub path: &'static str,
    /// What it is.
    pub media_type: &'static str,
    /// What it contains.
    pub content: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Every file of the page.
pub const ASSETS: [Asset; 15] = [
    Asset { path: "/", media_type: HTML, content: include_str!("../ui/page/index.html") },
    Asset { path: "/style.css", media_type: CSS, content: include_str!("../ui/page/style.css") },
    Asset { path: "/icon.svg", media_type: SVG, content: include_str!("../ui/page/icon.svg") },
    Asset { path: "/app.js", media_type: JS, content: include_str!("../ui/page/app.js") },
    Asset { path: "/answer.js", media_type: JS, content: include_str!("../ui/page/answer.js") },
    Asset { path: "/api.js", media_type: JS, content: include_str!("../ui/page/api.js") },
    Asset { path: "/dom.js", media_type: JS, content: include_str!("../ui/page/dom.js") },
    Asset { path: "/reader.js", media_type: JS, content: include_str!("../ui/page/reader.js") },
    Asset { path: "/api/docs", media_type: HTML, content: include_str!("../ui/page/docs.html") },
    Asset { path: "/docs.css", media_type: CSS, content: include_str!("../ui/page/docs.css") },
    Asset { path: "/docs.js", media_type: JS, content: include_str!("../ui/page/docs.js") },
    Asset { path: "/setup", media_type: HTML, content: include_str!("../ui/page/setup.html") },
    Asset { path: "/sign-in", media_type: HTML, content: include_str!("../ui/page/sign-in.html") },
    Asset { path: "/enter.js", media_type: JS, content: include_str!("../ui/page/enter.js") },
    Asset { path: "/words.js", media_type: JS, content: include_str!("../ui/page/words.js") },
];
