//! Tesseract, which recognizes the letters in scans.

use footnote_ingest::sandbox::{Tesseract, WithoutOcr};
use footnote_ingest::settings::Settings;

use super::Check;

/// Checks whether scans can be read, and in which languages.
pub async fn check(settings: &Settings) -> Check {
    let config = &settings.config.ingest;
    let reason = match Tesseract::find(config).await {
        Ok(found) => {
            let known = found.languages();
            let missing: Vec<&str> = config
                .ocr_languages
                .iter()
                .filter(|language| !known.contains(language))
                .map(String::as_str)
                .collect();
            let detail = format!("Tesseract reads scans in {}", known.join(", "));
            if missing.is_empty() {
                return Check::ok("ocr", detail);
            }
            let detail = format!("{detail}; not installed: {}", missing.join(", "));
            return Check::warn("ocr", detail, install(&missing));
        }
        Err(reason) => reason,
    };
    let detail = format!("scans and pictures are not read: {reason}");
    match reason {
        WithoutOcr::Off => Check::ok("ocr", detail),
        WithoutOcr::NotInstalled { .. } | WithoutOcr::NoLanguage { .. } => {
            let wanted: Vec<&str> = config.ocr_languages.iter().map(String::as_str).collect();
            Check::warn("ocr", detail, install(&wanted))
        }
    }
}

/// Says how to install Tesseract with some languages.
fn install(languages: &[&str]) -> String {
    let packages = languages.iter().filter(|language| **language != "eng");
    let packages: Vec<String> =
        packages.map(|language| format!(" tesseract-ocr-{}", language.replace('_', "-"))).collect();
    format!("Install Tesseract, e.g. `apt install tesseract-ocr{}`.", packages.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_names_the_packages() {
        let advice = "Install Tesseract, e.g. `apt install tesseract-ocr tesseract-ocr-chi-sim`.";
        assert_eq!(install(&["eng", "chi_sim"]), advice);
    }
}
