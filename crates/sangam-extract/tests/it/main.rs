//! Properties of extraction and of passages, over inputs that nobody wrote by hand.

mod extracting;
mod passages;
