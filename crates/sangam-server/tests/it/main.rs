//! The server over a real socket, against stub services and a hand signer; and the verifier against signatures that botocore made.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod failures;
mod health;
mod lifecycle;
mod limits;
mod protocol;
mod signatures;
mod signing;
mod trail;
mod v1;
mod wire;
mod world;
