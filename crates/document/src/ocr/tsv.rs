//! The table that Tesseract writes (`tesseract … tsv`): a row for each word among others.

use super::RecognizedWord;

/// The number of the rows that are words; those above them are lines, paragraphs and so on.
const WORD_LEVEL: &str = "5";

/// Reads the words of a table that Tesseract wrote; rows that are none are passed over.
#[must_use]
pub fn words_from_tsv(table: &str) -> Vec<RecognizedWord> {
    table.lines().filter_map(word).collect()
}

/// Reads `level page block par line word left top width height conf text`.
fn word(row: &str) -> Option<RecognizedWord> {
    let columns: Vec<&str> = row.splitn(12, '\t').collect();
    let [level, _, block, paragraph, line, _, left, top, width, height, confidence, text] =
        columns[..]
    else {
        return None;
    };
    if level != WORD_LEVEL || text.trim().is_empty() {
        return None;
    }
    let number = |column: &str| column.parse::<u32>().ok();
    Some(RecognizedWord {
        text: text.trim().to_owned(),
        left: number(left)?,
        top: number(top)?,
        width: number(width)?,
        height: number(height)?,
        confidence: confidence.parse::<f32>().ok().filter(|n| n.is_finite())?.clamp(0., 100.),
        line: (number(block)?, number(paragraph)?, number(line)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t640\t480\t-1\t
4\t1\t1\t1\t1\t0\t36\t92\t582\t30\t-1\t
5\t1\t1\t1\t1\t1\t36\t92\t60\t24\t96.063751\tThis
5\t1\t1\t1\t1\t2\t109\t92\t20\t24\t95.965691\t \r
5\t1\t1\t1\t2\t1\t36\t126\t60\t24\t12\tis\r
5\t1\t1\t1\t2\t2\t36\tx\t60\t24\t12\tdamaged";

    #[test]
    fn only_whole_rows_of_words_are_words() {
        let words = words_from_tsv(TABLE);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["This", "is"]);
        let first = &words[0];
        assert_eq!((first.left, first.top, first.width, first.height), (36, 92, 60, 24));
        assert_eq!((first.line, words[1].line), ((1, 1, 1), (1, 1, 2)));
        assert!((first.confidence - 96.06).abs() < 0.01);
        assert!(words_from_tsv("").is_empty());
    }
}
