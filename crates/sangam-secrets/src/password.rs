//! Random passwords.

use rand::{CryptoRng, Rng};
use sangam_api::secretsmanager::GetRandomPasswordRequest;

use crate::error::SecretsError;

/// The length where none is asked for.
const DEFAULT_LENGTH: usize = 32;
/// The kinds of characters, in the order of [`GetRandomPasswordRequest`]'s switches.
const LOWERCASE: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPERCASE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NUMBERS: &str = "0123456789";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// A password as `input` asks for it, every character with the same probability among those allowed, but for one of each included kind
/// at a random place (unless that is switched off).
///
/// # Errors
/// Nothing is allowed, or the length is too short for one of each kind.
pub(crate) fn random(
    input: &GetRandomPasswordRequest,
    rng: &mut (impl Rng + CryptoRng),
) -> Result<String, SecretsError> {
    let length = input.password_length.map_or(DEFAULT_LENGTH, |length| usize::try_from(length).unwrap_or_default());
    let kinds = included(input);
    if kinds.is_empty() {
        return Err(SecretsError::parameter("every character is excluded"));
    }
    let all = kinds.concat();
    let mut password: Vec<char> = Vec::with_capacity(length);
    if input.require_each_included_type.unwrap_or(true) {
        if length < kinds.len() {
            let n_kinds = kinds.len();
            return Err(SecretsError::parameter(format!(
                "PasswordLength is too short for one of each of {n_kinds} kinds of characters"
            )));
        }
        password.extend(kinds.iter().map(|kind| pick(kind, rng)));
    }
    while password.len() < length {
        password.push(pick(&all, rng));
    }
    shuffle(&mut password, rng);
    Ok(password.into_iter().collect())
}

/// The kinds of characters that may occur, without the excluded ones; a kind of which nothing is left is none.
fn included(input: &GetRandomPasswordRequest) -> Vec<Vec<char>> {
    let excluded = input.exclude_characters.as_deref().unwrap_or_default();
    let kinds = [
        (LOWERCASE, !input.exclude_lowercase.unwrap_or(false)),
        (UPPERCASE, !input.exclude_uppercase.unwrap_or(false)),
        (NUMBERS, !input.exclude_numbers.unwrap_or(false)),
        (PUNCTUATION, !input.exclude_punctuation.unwrap_or(false)),
        (" ", input.include_space.unwrap_or(false)),
    ];
    let left = |characters: &str| characters.chars().filter(|c| !excluded.contains(*c)).collect::<Vec<_>>();
    kinds.into_iter().filter(|(_, is_in)| *is_in).map(|(kind, _)| left(kind)).filter(|kind| !kind.is_empty()).collect()
}

fn pick(characters: &[char], rng: &mut impl Rng) -> char {
    characters[rng.random_range(0..characters.len())]
}

/// Fisher and Yates.
fn shuffle(password: &mut [char], rng: &mut impl Rng) {
    for i in (1..password.len()).rev() {
        password.swap(i, rng.random_range(0..=i));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(input: &GetRandomPasswordRequest) -> String {
        random(input, &mut rand::rng()).unwrap()
    }

    fn has(password: &str, kind: &str) -> bool {
        password.chars().any(|c| kind.contains(c))
    }

    #[test]
    fn by_default_thirty_two_characters_of_four_kinds() {
        for _ in 0..50 {
            let password = password(&GetRandomPasswordRequest::default());
            assert_eq!(password.len(), 32);
            for kind in [LOWERCASE, UPPERCASE, NUMBERS, PUNCTUATION] {
                assert!(has(&password, kind), "{password}");
            }
            assert!(!has(&password, " "), "{password}");
        }
    }

    #[test]
    fn one_of_each_fits_exactly() {
        let input =
            GetRandomPasswordRequest { password_length: Some(5), include_space: Some(true), ..Default::default() };
        for _ in 0..50 {
            let password = password(&input);
            for kind in [LOWERCASE, UPPERCASE, NUMBERS, PUNCTUATION, " "] {
                assert!(has(&password, kind), "{password}");
            }
        }
    }

    #[test]
    fn what_is_excluded_does_not_occur() {
        let input = GetRandomPasswordRequest {
            password_length: Some(4096),
            exclude_characters: Some("aeiou".into()),
            exclude_numbers: Some(true),
            exclude_uppercase: Some(true),
            exclude_punctuation: Some(true),
            ..Default::default()
        };
        let password = password(&input);
        assert!(password.chars().all(|c| LOWERCASE.contains(c) && !"aeiou".contains(c)), "{password}");
        assert_eq!(password.chars().collect::<std::collections::BTreeSet<_>>().len(), 21, "all that is left occurs");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let short = GetRandomPasswordRequest { password_length: Some(3), ..Default::default() };
        let nothing = GetRandomPasswordRequest {
            exclude_characters: Some([LOWERCASE, UPPERCASE, NUMBERS].concat()),
            exclude_punctuation: Some(true),
            ..Default::default()
        };
        for input in [short.clone(), nothing] {
            assert!(matches!(random(&input, &mut rand::rng()), Err(SecretsError::InvalidParameter(_))));
        }
        let unchecked = GetRandomPasswordRequest { require_each_included_type: Some(false), ..short };
        assert_eq!(password(&unchecked).len(), 3);
    }
}
