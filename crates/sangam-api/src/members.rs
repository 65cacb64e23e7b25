//! `Debug` of wire structures: which members are there, never what they hold.

use std::fmt;

/// Implements `Debug` for a structure from its required and its optional fields.
macro_rules! debug_members {
    ($name:ident, [$($required:ident),*], [$($optional:ident),*]) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let members: &[(&str, bool)] =
                    &[$((stringify!($required), true),)* $((stringify!($optional), self.$optional.is_some()),)*];
                $crate::members::write(stringify!($name), members, f)
            }
        }
    };
}

pub(crate) use debug_members;

/// Writes `Name { a, b }` with the members that are present.
pub(crate) fn write(name: &str, members: &[(&str, bool)], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(name)?;
    let mut separator = " { ";
    for (member, _) in members.iter().filter(|(_, present)| *present) {
        write!(f, "{separator}{}", member.trim_start_matches("r#"))?;
        separator = ", ";
    }
    f.write_str(if separator == ", " { " }" } else { "" })
}
