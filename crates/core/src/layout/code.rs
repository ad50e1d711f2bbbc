//! How runs are coded: differences to the run before, in as few bytes as they need (LEB128).

use super::{Rect, Run, Toward};

/// How many steps a point has.
const STEPS_PER_POINT: f32 = 16.;

/// The farthest edge that is coded, in points: many times the largest page that PDF knows.
const MAX_POINTS: f32 = 1_000_000.;

/// The run before, in steps.
#[derive(Default, Clone, Copy)]
struct Before {
    end: i64,
    page: i64,
    x2: i64,
    y1: i64,
    height: i64,
}

pub(super) fn encode(runs: &[Run]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(runs.len() * 8);
    let mut before = Before::default();
    for run in runs {
        let Rect { x1, y1, x2, y2 } = run.rect;
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(steps);
        let (start, end) = (whole(run.range.start), whole(run.range.end));
        let page = i64::from(run.page);
        let head = (zigzag(page - before.page) << 2) | toward_code(run.toward);
        let numbers = [
            head,
            zigzag(start - before.end),
            zigzag(end - start),
            zigzag(x1 - before.x2),
            zigzag(y1 - before.y1),
            zigzag(x2 - x1),
            zigzag(y2 - y1 - before.height),
        ];
        for number in numbers {
            push(&mut bytes, number);
        }
        before = Before { end, page, x2, y1, height: y2 - y1 };
    }
    bytes
}

pub(super) fn decode(bytes: &[u8]) -> impl Iterator<Item = Run> {
    let mut bytes = bytes.iter().copied();
    let mut before = Before::default();
    std::iter::from_fn(move || {
        let head = take(&mut bytes)?;
        let mut next = || take(&mut bytes).map(unzigzag);
        let page = before.page.checked_add(unzigzag(head >> 2))?;
        let start = before.end.checked_add(next()?)?;
        let end = start.checked_add(next()?)?;
        let x1 = before.x2.checked_add(next()?)?;
        let y1 = before.y1.checked_add(next()?)?;
        let x2 = x1.checked_add(next()?)?;
        let height = before.height.checked_add(next()?)?;
        before = Before { end, page, x2, y1, height };
        Some(Run {
            range: usize::try_from(start).ok()?..usize::try_from(end).ok()?,
            page: u32::try_from(page).ok()?,
            rect: Rect {
                x1: points(x1),
                y1: points(y1),
                x2: points(x2),
                y2: points(y1.checked_add(height)?),
            },
            toward: toward(head & 3),
        })
    })
}

#[expect(clippy::cast_possible_truncation, reason = "the value is clamped before")]
fn steps(points: f32) -> i64 {
    (points.clamp(-MAX_POINTS, MAX_POINTS) * STEPS_PER_POINT).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "edges are below 2^24 steps")]
fn points(steps: i64) -> f32 {
    steps as f32 / STEPS_PER_POINT
}

fn whole(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn toward_code(toward: Toward) -> u64 {
    match toward {
        Toward::Right => 0,
        Toward::Down => 1,
        Toward::Left => 2,
        Toward::Up => 3,
    }
}

fn toward(code: u64) -> Toward {
    match code {
        0 => Toward::Right,
        1 => Toward::Down,
        2 => Toward::Left,
        _ => Toward::Up,
    }
}

/// Makes small numbers of small differences, whatever their sign.
fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)).cast_unsigned()
}

fn unzigzag(n: u64) -> i64 {
    (n >> 1).cast_signed() ^ -((n & 1).cast_signed())
}

#[expect(clippy::cast_possible_truncation, reason = "seven bits are taken at a time")]
fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let byte = bytes.next()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(n: usize) -> Run {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let (x, y) = ((n % 12) as f32 * 40., 700. - (n / 12) as f32 * 12.);
        let rect = Rect { x1: x, y1: y, x2: x + 36.25, y2: y + 9.5 };
        Run { range: n * 7..n * 7 + 6, page: 1, rect, toward: Toward::Right }
    }

    #[test]
    fn runs_come_back_as_they_were_and_a_word_takes_about_eight_bytes() {
        let mut runs: Vec<Run> = (0..600).map(word).collect();
        runs[5].toward = Toward::Up;
        runs[9].rect = Rect { x1: -3.5, y1: -20., x2: 900_000., y2: 4. };
        let bytes = encode(&runs);
        assert!(bytes.len() < runs.len() * 9, "{}", bytes.len());
        assert_eq!(decode(&bytes).collect::<Vec<_>>(), runs);
    }

    #[test]
    fn damaged_bytes_end_the_runs_and_nothing_else() {
        let bytes = encode(&[word(0), word(1)]);
        for n in 0..bytes.len() {
            assert!(decode(&bytes[..n]).count() <= 1, "{n}");
        }
        assert!(decode(&[0xff; 64]).next().is_none());
    }
}
