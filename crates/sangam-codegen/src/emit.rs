//! Appending to generated code.

/// Appends formatted text to a `String`.
macro_rules! emit {
    ($code:ident, $($arguments:tt)*) => {{
        use std::fmt::Write as _;
        write!($code, $($arguments)*).expect("writing to a String cannot fail")
    }};
}

pub(crate) use emit;
