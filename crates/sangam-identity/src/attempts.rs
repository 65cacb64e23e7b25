//! The limit on attempts to sign in.
//!
//! Attempts are counted for the name and for the address, before the password is looked at; a right password takes them back. Names are
//! stored as digests: people type passwords into the wrong field. Anybody can reach the limit for somebody else's name, which locks that
//! person out for a quarter of an hour; a one-time link and the provider still sign in.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sangam_store::{AttemptLimit, Store};
use sha2::{Digest, Sha256};

use crate::accounts::fold;
use crate::{Clock, IdentityError};

/// How long an attempt counts.
pub const ATTEMPTS_WINDOW: Duration = Duration::from_mins(15);
/// Failed attempts with one name within [`ATTEMPTS_WINDOW`]: enough for anybody who tries to remember, no use to anybody who guesses.
const PER_NAME_MAX: i64 = 10;
/// Failed attempts from one address. Higher: an office, or everybody behind a proxy, has one.
const PER_ADDRESS_MAX: i64 = 50;
/// Counters that are kept; at a hundred bytes each, a megabyte. Beyond, those with the fewest failures are forgotten.
const COUNTERS_MAX: i64 = 10_000;
/// Bits of an IPv6 address that one household or machine has for itself.
const IPV6_PREFIX_BITS: u32 = 64;

/// Counts attempts to sign in. Cheap to clone; survives a restart.
#[derive(Debug, Clone)]
pub struct Attempts {
    store: Store,
    clock: Clock,
}

impl Attempts {
    /// The counters in `store`.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Counts an attempt to sign in as `name` from `address`.
    ///
    /// # Errors
    /// [`IdentityError::TooManyAttempts`] if the limit of either is reached: look at no password then.
    pub async fn begin(&self, name: &str, address: IpAddr) -> Result<(), IdentityError> {
        let (name, address) = (name_key(name), address_key(address));
        let limits = [
            AttemptLimit { counted_for: &name, n_max: PER_NAME_MAX },
            AttemptLimit { counted_for: &address, n_max: PER_ADDRESS_MAX },
        ];
        let now = self.clock.now_ms();
        let window = ATTEMPTS_WINDOW.as_millis() as i64;
        match self.store.begin_attempt(&limits, now, now - window, COUNTERS_MAX).await? {
            None => Ok(()),
            Some(since) => {
                let retry_after = Duration::from_millis((since + window - now).max(0) as u64);
                Err(IdentityError::TooManyAttempts { retry_after })
            }
        }
    }

    /// Takes back what was counted for `name`, and the one attempt from `address`: the others from there may have been guesses at other names.
    pub async fn succeeded(&self, name: &str, address: IpAddr) -> Result<(), IdentityError> {
        Ok(self.store.forgive_attempt(&name_key(name), &address_key(address)).await?)
    }
}

fn name_key(name: &str) -> String {
    format!("name:{}", digest(&fold(name)))
}

fn address_key(address: IpAddr) -> String {
    let network = match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - IPV6_PREFIX_BITS))))
        }
    };
    format!("address:{}", digest(&network.to_string()))
}

fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_one_household_is_one_address() {
        let key = |address: &str| address_key(address.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.2"), key("192.0.2.1"));
        assert_eq!(name_key(" Ada "), name_key("ada"));
    }
}
