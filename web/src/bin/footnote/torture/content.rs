//! What the documents say: a function of the seed and a number, so that whoever verifies a
//! document needs no copy of it.

use super::dice::Dice;

/// What a text starts with, before its number.
const OPENING: &str = "Document number ";

/// How many paragraphs a document has at most.
const MOST_PARAGRAPHS: u64 = 6;

/// Of what paragraphs are made. Few words, so that documents share chunks of words.
const WORDS: [&str; 24] = [
    "leave",
    "travel",
    "invoice",
    "contract",
    "safety",
    "holiday",
    "budget",
    "meeting",
    "server",
    "backup",
    "customer",
    "delivery",
    "warehouse",
    "review",
    "salary",
    "training",
    "project",
    "report",
    "deadline",
    "approval",
    "office",
    "security",
    "policy",
    "vacation",
];

/// Paragraphs that many documents share, word for word.
const SHARED: [&str; 3] = [
    "This paragraph stands in many documents and says the same in each of them.\nIt is here so \
     that equal texts are embedded once and kept until the last owner is gone.",
    "Questions about this document go to the office that issued it.\nThe office answers within \
     five working days, and sooner when the matter is urgent.",
    "A copy on paper is not kept up to date.\nThe version that counts is the one that is found by \
     searching.",
];

/// What something of a seed is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content {
    seed: u64,
}

impl Content {
    /// Makes the content of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Returns the text of a number.
    pub(super) fn text(self, number: u64) -> String {
        let mut dice = Dice::new(self.seed, &[number]);
        let canary = self.canary(number);
        let mut text = format!("{OPENING}{number} of the torture,\nwhose canary is {canary}.\n");
        for paragraph in 0..=dice.below(MOST_PARAGRAPHS) {
            text.push('\n');
            if let Some(shared) = dice.percent(20).then(|| dice.one(&SHARED)).flatten() {
                text.push_str(shared);
            } else {
                self.paragraph(&mut dice, &mut text, (number, paragraph));
            }
            text.push('\n');
        }
        text
    }

    /// Returns the word that stands in the text of one number alone.
    pub(super) fn canary(self, number: u64) -> String {
        format!("canary{}", letters(Dice::new(self.seed, &[number, u64::MAX]).next()))
    }

    /// Returns the words that stand in the text of a number once each, and nowhere else.
    pub(super) fn marks(self, number: u64) -> Vec<String> {
        let marks = (0..=MOST_PARAGRAPHS).map(|paragraph| self.mark(number, paragraph));
        let text = self.text(number);
        let mut marks: Vec<String> = marks.filter(|mark| text.contains(mark)).collect();
        marks.push(self.canary(number));
        marks
    }

    fn paragraph(self, dice: &mut Dice, text: &mut String, place: (u64, u64)) {
        text.push_str("Paragraph ");
        text.push_str(&self.mark(place.0, place.1));
        for n in 0..30 + dice.below(90) {
            text.push(if n % 12 == 11 { '\n' } else { ' ' });
            text.push_str(dice.one(&WORDS).copied().unwrap_or_default());
        }
        text.push('.');
    }

    fn mark(self, number: u64, paragraph: u64) -> String {
        format!("mark{}", letters(Dice::new(self.seed, &[number, paragraph]).next()))
    }
}

/// Returns the number that a text says it is of.
pub(super) fn number_in(text: &str) -> Option<u64> {
    let rest = text.strip_prefix(OPENING)?;
    let end = rest.find(' ')?;
    rest[..end].parse().ok()
}

/// Writes a number in letters alone, so that it is one word to every analyzer.
fn letters(mut number: u64) -> String {
    let mut word = String::new();
    for _ in 0..13 {
        let letter = u8::try_from(number % 26).unwrap_or_default();
        word.push(char::from(b'a' + letter));
        number /= 26;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_tells_its_number_and_is_the_same_again() {
        let content = Content::new(5);
        let text = content.text(17);
        assert_eq!(number_in(&text), Some(17));
        assert_eq!(text, content.text(17));
        assert_ne!(text, Content::new(6).text(17));
        assert_eq!(number_in("Something else"), None);
    }

    #[test]
    fn every_mark_stands_once_in_its_text_and_in_no_other() {
        let content = Content::new(5);
        let (text, other) = (content.text(3), content.text(4));
        for mark in content.marks(3) {
            assert_eq!(text.matches(&mark).count(), 1, "{mark}");
            assert!(!other.contains(&mark), "{mark}");
        }
    }
}
