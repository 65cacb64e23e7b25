//! One field of an expression: names, ranges, steps, lists.

/// What a field may hold.
pub(super) struct Field {
    name: &'static str,
    first: u16,
    last: u16,
    /// Names that stand for numbers, the first one for `first`.
    words: &'static [&'static str],
}

const fn numbers(name: &'static str, first: u16, last: u16) -> Field {
    Field { name, first, last, words: &[] }
}

pub(super) const MINUTES: Field = numbers("minutes", 0, 59);
pub(super) const HOURS: Field = numbers("hours", 0, 23);
pub(super) const DAY_OF_MONTH: Field = numbers("day-of-month", 1, 31);
pub(super) const MONTH: Field = Field {
    name: "month",
    first: 1,
    last: 12,
    words: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
pub(super) const DAY_OF_WEEK: Field =
    Field { name: "day-of-week", first: 1, last: 7, words: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };
pub(super) const YEAR: Field = numbers("year", 1970, 2199);

/// The numbers that a field accepts, in rising order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set(Vec<u16>);

impl Set {
    pub(super) fn contains(&self, number: i16) -> bool {
        u16::try_from(number).is_ok_and(|number| self.0.binary_search(&number).is_ok())
    }

    /// The numbers, in rising order.
    pub(super) fn iter(&self) -> impl Iterator<Item = i8> {
        self.0.iter().map(|number| *number as i8)
    }

    pub(super) fn last(&self) -> i16 {
        self.0.last().map_or(0, |number| *number as i16)
    }
}

impl Field {
    /// A field of lists, ranges and steps.
    pub(super) fn parse(&self, text: &str) -> Result<Set, String> {
        let sets = self.items(text, |item| self.set(item))?;
        let mut numbers: Vec<u16> = sets.into_iter().flat_map(|set| set.0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok(Set(numbers))
    }

    /// A field's items, with commas between them.
    pub(super) fn items<T>(&self, text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
        let items: Option<Vec<T>> = text.split(',').map(parse).collect();
        items.ok_or_else(|| format!("Schedule has a {} field that is not valid: {text}", self.name))
    }

    /// `*`, `5`, `MON-FRI`, and each of them with a step: `0/15` is every fifteenth from 0 on.
    pub(super) fn set(&self, item: &str) -> Option<Set> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(number(step).filter(|step| (1..=self.last).contains(step))?)),
            None => (item, None),
        };
        let (from, to) = match (range, range.split_once('-')) {
            ("*", _) => (self.first, self.last),
            (_, Some((from, to))) => (self.place(from)?, self.place(to)?),
            (_, None) => {
                let from = self.place(range)?;
                (from, if step.is_some() { self.last } else { from })
            }
        };
        (from <= to).then(|| Set((from..=to).step_by(usize::from(step.unwrap_or(1))).collect()))
    }

    /// The number that `text` is or names; of fields with small numbers.
    pub(super) fn value(&self, text: &str) -> Option<i8> {
        self.place(text).and_then(|number| i8::try_from(number).ok())
    }

    fn place(&self, text: &str) -> Option<u16> {
        let word = self.words.iter().position(|word| word.eq_ignore_ascii_case(text));
        let number = word.map_or_else(|| number(text), |word| Some(self.first + word as u16))?;
        (self.first..=self.last).contains(&number).then_some(number)
    }
}

/// Digits only: `parse` would take a sign too.
pub(super) fn number(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
