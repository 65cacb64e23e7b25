//! Properties of extraction and of passages, over inputs that nobody wrote by hand, and samples of every format.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod extracting;
mod formats;
mod passages;
mod pooling;
mod samples;
