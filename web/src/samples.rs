//! The sample documents, compiled into the program so that the demo finds them anywhere.

use std::path::Path;

use footnote_core::{Error, Result};

/// A sample document.
struct Sample {
    path: &'static str,
    content: &'static [u8],
}

/// A collection of the demo and the question that it answers.
#[derive(Debug, Clone, Copy)]
pub struct SampleCollection {
    /// The folder of its documents, also its name.
    pub name: &'static str,
    /// A question that its documents answer.
    pub question: &'static str,
}

/// The collections of the demo.
pub const COLLECTIONS: [SampleCollection; 2] = [
    SampleCollection {
        name: "handbook",
        question: "How many days of paid annual leave does a full-time employee get?",
    },
    SampleCollection {
        name: "customer-service-zh", question: "上海网点的截单时间是几点？"
    },
];

const SAMPLES: &[Sample] = &[
    Sample {
        path: "handbook/benefits.html",
        content: include_bytes!("../../docs/samples/handbook/benefits.html"),
    },
    Sample {
        path: "handbook/incident-response.md",
        content: include_bytes!("../../docs/samples/handbook/incident-response.md"),
    },
    Sample {
        path: "handbook/it-security.txt",
        content: include_bytes!("../../docs/samples/handbook/it-security.txt"),
    },
    Sample {
        path: "handbook/leave-policy.md",
        content: include_bytes!("../../docs/samples/handbook/leave-policy.md"),
    },
    Sample {
        path: "handbook/onboarding.pdf",
        content: include_bytes!("../../docs/samples/handbook/onboarding.pdf"),
    },
    Sample {
        path: "handbook/purchasing.md",
        content: include_bytes!("../../docs/samples/handbook/purchasing.md"),
    },
    Sample {
        path: "handbook/remote-work.md",
        content: include_bytes!("../../docs/samples/handbook/remote-work.md"),
    },
    Sample {
        path: "handbook/travel-expenses.html",
        content: include_bytes!("../../docs/samples/handbook/travel-expenses.html"),
    },
    Sample {
        path: "handbook/warehouse-safety.pdf",
        content: include_bytes!("../../docs/samples/handbook/warehouse-safety.pdf"),
    },
    Sample {
        path: "customer-service-zh/常见问题.html",
        content: include_bytes!("../../docs/samples/customer-service-zh/常见问题.html"),
    },
    Sample {
        path: "customer-service-zh/投诉与升级.txt",
        content: include_bytes!("../../docs/samples/customer-service-zh/投诉与升级.txt"),
    },
    Sample {
        path: "customer-service-zh/清关须知.md",
        content: include_bytes!("../../docs/samples/customer-service-zh/清关须知.md"),
    },
    Sample {
        path: "customer-service-zh/破损与理赔.pdf",
        content: include_bytes!("../../docs/samples/customer-service-zh/破损与理赔.pdf"),
    },
    Sample {
        path: "customer-service-zh/禁运品清单.md",
        content: include_bytes!("../../docs/samples/customer-service-zh/禁运品清单.md"),
    },
    Sample {
        path: "customer-service-zh/运费与计价.md",
        content: include_bytes!("../../docs/samples/customer-service-zh/运费与计价.md"),
    },
    Sample {
        path: "customer-service-zh/运输时效.html",
        content: include_bytes!("../../docs/samples/customer-service-zh/运输时效.html"),
    },
    Sample {
        path: "customer-service-zh/退换与改派.txt",
        content: include_bytes!("../../docs/samples/customer-service-zh/退换与改派.txt"),
    },
];

/// Writes the sample documents below a folder; those that are there already stay as they are.
///
/// # Errors
/// `Unavailable` when the folder cannot be written.
pub fn write(dir: &Path) -> Result<()> {
    for sample in SAMPLES {
        let path = dir.join(sample.path);
        if !is_there(&path, sample.content) {
            put(&path, sample.content).map_err(|error| {
                Error::unavailable(format!("cannot write {}", path.display())).because(error)
            })?;
        }
    }
    Ok(())
}

/// Tells whether a file has exactly some content.
fn is_there(path: &Path, content: &[u8]) -> bool {
    std::fs::read(path).is_ok_and(|found| found == content)
}

fn put(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_document_is_compiled_in() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples");
        let mut on_disk = Vec::new();
        for collection in COLLECTIONS {
            for file in std::fs::read_dir(docs.join(collection.name)).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                on_disk.push(format!("{}/{name}", collection.name));
            }
        }
        let mut compiled: Vec<_> = SAMPLES.iter().map(|sample| sample.path.to_owned()).collect();
        on_disk.sort();
        compiled.sort();
        assert_eq!(compiled, on_disk);
    }

    #[test]
    fn samples_are_written_once() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path()).unwrap();
        let path = dir.path().join("handbook/leave-policy.md");
        let modified = |path: &Path| std::fs::metadata(path).unwrap().modified().unwrap();
        let first = modified(&path);
        write(dir.path()).unwrap();
        assert_eq!(modified(&path), first);
    }
}
