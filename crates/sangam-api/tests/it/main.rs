//! What `sangam-api` promises to everybody who imports it, seen from outside.
#![cfg(test)]

mod cases;
mod constraints;
mod dispatch;
mod model;
mod quiet;
mod round_trip;
mod sample;
mod services;
mod tolerance;
mod wording;
