//! The page: complete, and without anything from elsewhere.

use footnote::assets::ASSETS;

use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_the_page_is_served_with_its_type() {
    let server = Server::start().await;
    for asset in &ASSETS {
        let file = server.get(asset.path).await;
        assert_eq!((file.status, file.text().as_str()), (200, asset.content), "{}", asset.path);
        assert_eq!(file.header("content-type"), Some(asset.media_type));
    }
}

#[test]
fn the_page_asks_nobody_else_and_never_parses_html() {
    for asset in &ASSETS {
        for banned in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!asset.content.contains(banned), "{banned} in {}", asset.path);
        }
        let foreign = asset.content.replace("http://www.w3.org/2000/svg", "");
        assert!(!foreign.contains("http://") && !foreign.contains("https://"), "{}", asset.path);
    }
}

#[test]
fn every_module_that_is_imported_is_served() {
    for asset in &ASSETS {
        for import in asset.content.split("from \"./").skip(1) {
            let name = import.split('"').next().unwrap();
            assert!(ASSETS.iter().any(|known| known.path == format!("/{name}")), "{name}");
        }
    }
}
