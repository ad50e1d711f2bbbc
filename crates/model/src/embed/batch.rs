//! Which texts are computed together: those of like length, as many as the limit of tokens allows.

/// A batch: the places of its texts in the request.
pub(super) type Batch = Vec<usize>;

/// Sorts texts by length and cuts them into batches.
///
/// With more than one thread, batches are made small enough that each thread gets one.
pub(super) fn plan(lengths: &[usize], max_tokens: usize, n_threads: usize) -> Vec<Batch> {
    let total: usize = lengths.iter().sum();
    let limit = total.div_ceil(n_threads.max(1)).min(max_tokens);
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    // The longest first: the last batches to be taken are then the cheapest, and threads end
    // their work at about the same time.
    order.sort_by_key(|&text| std::cmp::Reverse(lengths[text]));
    let mut batches: Vec<Batch> = Vec::new();
    let mut n_tokens = 0;
    for text in order {
        match batches.last_mut() {
            Some(batch) if n_tokens + lengths[text] <= limit => batch.push(text),
            Some(_) | None => {
                batches.push(vec![text]);
                n_tokens = 0;
            }
        }
        n_tokens += lengths[text];
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_holds_as_many_tokens_as_allowed_and_texts_of_like_length() {
        assert_eq!(plan(&[3, 9, 4, 8], 12, 1), [vec![1], vec![3, 2], vec![0]]);
    }

    #[test]
    fn a_text_longer_than_a_batch_is_a_batch_of_its_own() {
        assert_eq!(plan(&[50, 1], 12, 1), [vec![0], vec![1]]);
    }

    #[test]
    fn every_thread_gets_a_share_of_a_small_request() {
        assert_eq!(plan(&[4, 4, 4, 4], 100, 2).len(), 2);
        assert_eq!(plan(&[4, 4, 4, 4], 100, 1).len(), 1);
    }

    #[test]
    fn nothing_makes_no_batch() {
        assert!(plan(&[], 100, 2).is_empty());
    }
}
