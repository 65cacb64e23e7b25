//! Which view lists are due for a look of their own.
//!
//! Bulk answers leave out people who are gone, so that a list of nobody but them reads empty, and they lag behind. Each list is therefore
//! verified by a call of its own within a day, a share of them at every run, and at once where the tree changed: a page that came back
//! from the trash, is new or was moved.
//!
//! What is remembered of a space is small however many pages it has: pages fall into buckets by their ids, and a bucket has the minute
//! since which it counts as verified, and a digest of its pages and their parents. Written as
//!
//! ```text
//! [minutes since 1970, 4 bytes, big endian][digest, 4 bytes, big endian] for each bucket, in Base64
//! ```

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// Pages of a bucket, about: a change of one page has all of its bucket verified.
const BUCKET_PAGES: usize = 32;

/// Buckets of a space: 32 kB of memory. Larger spaces have larger buckets.
const BUCKETS_MAX: usize = 4096;

/// The form of what is remembered; another one is nothing.
const VERSION: u64 = 1;

/// A page and where it hangs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'n> {
    pub id: &'n str,
    pub parent: Option<&'n str>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bucket {
    /// The minute since 1970 since which the lists of its pages count as verified.
    since: u32,
    digest: u32,
}

/// What is remembered of a space.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rotation {
    buckets: Vec<Bucket>,
    /// Pages of which the bulk answer was found wrong: it is not asked about them until it is right again.
    pub distrusted: BTreeSet<String>,
}

/// What to verify now.
#[derive(Debug, Default)]
pub(crate) struct Due<'n> {
    /// Pages by bucket, the most urgent bucket first.
    pub buckets: Vec<(usize, Vec<&'n str>)>,
    /// Those of the buckets in which something changed.
    pub changed: BTreeSet<usize>,
    digests: BTreeMap<usize, u32>,
}

impl Rotation {
    /// What was remembered, `None` if it is nothing or of another form.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        if value["v"].as_u64() != Some(VERSION) {
            return None;
        }
        let bytes = STANDARD.decode(value["buckets"].as_str()?).ok()?;
        let word = |bytes: &[u8]| Some(u32::from_be_bytes(bytes.try_into().ok()?));
        let buckets =
            bytes.chunks_exact(8).map(|pair| Some(Bucket { since: word(&pair[..4])?, digest: word(&pair[4..])? }));
        let buckets: Vec<Bucket> = buckets.collect::<Option<_>>()?;
        let distrusted = value["distrusted"].as_array()?.iter().filter_map(Value::as_str).map(str::to_owned);
        (!buckets.is_empty()).then(|| Self { buckets, distrusted: distrusted.collect() })
    }

    /// The form in which it is remembered.
    pub(crate) fn write(&self) -> Value {
        let bytes: Vec<u8> = self
            .buckets
            .iter()
            .flat_map(|bucket| [bucket.since.to_be_bytes(), bucket.digest.to_be_bytes()])
            .flatten()
            .collect();
        json!({ "v": VERSION, "buckets": STANDARD.encode(bytes), "distrusted": self.distrusted })
    }

    /// Finds what is due at `now`, in minutes, if lists are verified every `age` minutes. A space that is seen for the first time counts as
    /// verified bit by bit over the last `age`, so that its lists come due bit by bit over the next.
    pub(crate) fn due<'n>(&mut self, places: &[Place<'n>], now: u32, age: u32) -> Due<'n> {
        let n_wanted = places.len().div_ceil(BUCKET_PAGES).next_power_of_two().min(BUCKETS_MAX);
        let is_first = self.buckets.is_empty();
        let n = self.buckets.len();
        if is_first {
            let since = |nth: usize| now.saturating_sub((u64::from(age) * nth as u64 / n_wanted as u64) as u32);
            self.buckets = (0..n_wanted).map(|nth| Bucket { since: since(nth), digest: 0 }).collect();
        } else if n > n_wanted * 4 || n * 4 < n_wanted {
            let oldest = self.buckets.iter().map(|bucket| bucket.since).min().unwrap_or(0);
            self.buckets = vec![Bucket { since: oldest, digest: 0 }; n_wanted];
        }
        let regrouped = is_first || n != self.buckets.len();
        let mut pages: BTreeMap<usize, Vec<&'n str>> = BTreeMap::new();
        let mut digests: BTreeMap<usize, u32> = (0..self.buckets.len()).map(|nth| (nth, 0)).collect();
        for place in places {
            let nth = (hash(&[place.id]) as usize) % self.buckets.len();
            pages.entry(nth).or_default().push(place.id);
            let digest = hash(&[place.id, place.parent.unwrap_or_default()]) as u32;
            *digests.entry(nth).or_default() = digests[&nth].wrapping_add(digest);
        }
        if regrouped {
            for (bucket, digest) in self.buckets.iter_mut().zip(digests.values()) {
                bucket.digest = *digest;
            }
        }
        let has_changed = |nth: &usize| self.buckets[*nth].digest != digests[nth];
        let (changed, emptied): (BTreeSet<usize>, BTreeSet<usize>) =
            digests.keys().filter(|nth| has_changed(nth)).partition(|nth| pages.contains_key(nth));
        for nth in emptied {
            self.buckets[nth].digest = 0;
        }
        for nth in &changed {
            // Until its pages are verified it stays changed, even if the tree becomes what it was.
            self.buckets[*nth].digest = !digests[nth];
        }
        let is_due = |nth: &usize| changed.contains(nth) || now.saturating_sub(self.buckets[*nth].since) >= age;
        let mut due: Vec<(usize, Vec<&str>)> = pages.into_iter().filter(|(nth, _)| is_due(nth)).collect();
        due.sort_by_key(|(nth, _)| (!changed.contains(nth), self.buckets[*nth].since, *nth));
        Due { buckets: due, changed, digests }
    }

    /// Notes that all pages of a bucket were verified.
    pub(crate) fn verified(&mut self, nth: usize, due: &Due<'_>, now: u32) {
        self.buckets[nth] = Bucket { since: now, digest: due.digests.get(&nth).copied().unwrap_or_default() };
    }
}

/// FNV-1a, which is the same in every build.
fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    // The low bits of FNV alone are poor.
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u32 = 24 * 60;

    fn ids(n: usize) -> Vec<String> {
        (0..n).map(|id| (65_000 + id).to_string()).collect()
    }

    fn places(ids: &[String]) -> Vec<Place<'_>> {
        ids.iter().map(|id| Place { id, parent: None }).collect()
    }

    fn verify(rotation: &mut Rotation, places: &[Place<'_>], now: u32, n_buckets: usize) -> usize {
        let due = rotation.due(places, now, DAY);
        let taken: Vec<_> = due.buckets.iter().take(n_buckets).collect();
        for (nth, _) in &taken {
            rotation.verified(*nth, &due, now);
        }
        taken.iter().map(|(_, pages)| pages.len()).sum()
    }

    #[test]
    fn every_list_is_verified_within_a_day_a_share_at_a_time() {
        let ids = ids(10_000);
        let places = places(&ids);
        let mut rotation = Rotation::default();
        assert_eq!(verify(&mut rotation, &places, 1_000_000, usize::MAX), 0, "a first crawl is not held up");
        let mut verified = Vec::new();
        for run in 1..=144 {
            let reread = Rotation::read(&rotation.write()).unwrap();
            assert_eq!(reread, rotation, "it comes back as it was");
            verified.push(verify(&mut rotation, &places, 1_000_000 + run * 10, usize::MAX));
        }
        assert_eq!(verified.iter().sum::<usize>(), 10_000);
        assert!(verified.iter().all(|n| *n < 400), "{verified:?}");
        assert!(rotation.write().to_string().len() < 8192, "{}", rotation.write().to_string().len());
    }

    #[test]
    fn what_is_new_or_moved_or_came_back_is_due_at_once_and_first() {
        let all = ids(1000);
        let mut rotation = Rotation::default();
        verify(&mut rotation, &places(&all), 5_000_000, usize::MAX);
        let is_due = |rotation: &mut Rotation, places: &[Place<'_>], id: &str| {
            let due = rotation.due(places, 5_000_000, DAY);
            due.buckets.iter().any(|(_, ids)| ids.contains(&id))
        };
        assert!(!is_due(&mut rotation, &places(&all), "65007"));
        let mut moved = places(&all);
        moved[7].parent = Some("65001");
        assert!(is_due(&mut rotation, &moved, "65007"));
        verify(&mut rotation, &moved, 5_000_000, usize::MAX);
        assert!(!is_due(&mut rotation, &moved, "65007"));
        let gone: Vec<Place<'_>> = moved.iter().copied().filter(|place| place.id != "65007").collect();
        verify(&mut rotation, &gone, 5_000_000, usize::MAX);
        assert!(is_due(&mut rotation, &moved, "65007"), "back again");
        let due = rotation.due(&moved, 5_000_000 + 2 * DAY, DAY);
        assert!(due.changed.contains(&due.buckets[0].0), "what changed goes first");
    }

    #[test]
    fn what_changed_and_was_not_verified_stays_due_even_if_it_changes_back() {
        let all = ids(2);
        let mut rotation = Rotation::default();
        verify(&mut rotation, &places(&all), 5_000_000, usize::MAX);
        for gone in [&all[..1], &all[..0]] {
            rotation.due(&places(gone), 5_000_000, DAY);
            assert_eq!(rotation.due(&places(&all), 5_000_000, DAY).changed.len(), 1);
            verify(&mut rotation, &places(&all), 5_000_000, usize::MAX);
            assert_eq!(rotation.due(&places(&all), 5_000_000, DAY).changed.len(), 0);
        }
    }

    #[test]
    fn a_space_that_grew_is_regrouped_and_another_form_is_nothing() {
        let mut rotation = Rotation::default();
        verify(&mut rotation, &places(&ids(10)), 3_000_000, usize::MAX);
        let many = ids(5000);
        rotation.due(&places(&many), 3_000_000, DAY);
        assert_eq!(rotation.buckets.len(), 256);
        assert_eq!(Rotation::read(&json!({ "v": 2, "buckets": "", "distrusted": [] })), None);
        assert_eq!(Rotation::read(&json!({ "v": 1, "buckets": "!", "distrusted": [] })), None);
        assert_eq!(Rotation::read(&Value::Null), None);
    }
}
