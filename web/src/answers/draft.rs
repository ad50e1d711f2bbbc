//! What is known of an answer while it is made, so that one that is stopped keeps what was shown.

use std::time::{Duration, Instant};

use footnote_core::answer::{
    Answer, AnswerEvent, AnswerMode, FinishReason, Question, Timings, Usage,
};
use footnote_core::id::{AnswerId, CitationId};

use crate::wire::event::Event;

/// An answer in the making.
pub(super) struct Draft {
    answer: Answer,
    started: Instant,
}

impl Draft {
    /// Begins the answer of an id.
    pub(super) fn new(id: AnswerId, question: &Question) -> Self {
        let answer = Answer {
            id,
            question: question.text.clone(),
            standalone_question: question.text.clone(),
            finish_reason: FinishReason::Cancelled,
            mode: AnswerMode::Quote,
            model: None,
            text: String::new(),
            sentences: Vec::new(),
            citations: Vec::new(),
            sources: Vec::new(),
            usage: Usage::default(),
            timings: Timings::default(),
        };
        Self { answer, started: Instant::now() }
    }

    /// Notes how long the question waited for the model.
    pub(super) fn waited(&mut self, waited: Duration) {
        self.answer.timings.queue = milliseconds(waited);
    }

    /// Takes an event in and returns what is shown of it now; the whole answer is shown last.
    pub(super) fn take(&mut self, event: AnswerEvent) -> Option<Event> {
        let event = match event {
            AnswerEvent::Cited(mut citation) => {
                citation.id = CitationId::nth(self.answer.id, citation.n);
                self.answer.citations.push(citation.as_ref().clone());
                AnswerEvent::Cited(citation)
            }
            AnswerEvent::Retrieved(passages) => {
                self.answer.sources.clone_from(&passages);
                AnswerEvent::Retrieved(passages)
            }
            AnswerEvent::Text(text) => {
                self.answer.text.push_str(&text);
                AnswerEvent::Text(text)
            }
            AnswerEvent::Finished(answer) => {
                self.finish(*answer);
                return None;
            }
            AnswerEvent::Notice(notice) => AnswerEvent::Notice(notice),
        };
        Some(Event::from(&event))
    }

    /// Returns the last event: the whole answer, or as much of it as there is.
    pub(super) fn into_last(mut self) -> Event {
        self.answer.timings.total = milliseconds(self.started.elapsed());
        Event::Completed(Box::new((&self.answer).into()))
    }

    /// Puts the finished answer in place of the pieces, under the id that was given out.
    fn finish(&mut self, mut answer: Answer) {
        answer.id = self.answer.id;
        answer.timings.queue = self.answer.timings.queue;
        for citation in &mut answer.citations {
            citation.id = CitationId::nth(answer.id, citation.n);
        }
        self.answer = answer;
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_stopped_keeps_what_was_shown() {
        let question = Question { text: "q".to_owned(), ..Question::default() };
        let mut draft = Draft::new(AnswerId::generate(), &question);
        assert!(draft.take(AnswerEvent::Text("Ten days".to_owned())).is_some());
        let Event::Completed(answer) = draft.into_last() else { panic!("not completed") };
        assert_eq!(answer.text, "Ten days");
        assert_eq!(answer.finish_reason, FinishReason::Cancelled);
    }
}
