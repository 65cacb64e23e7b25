//! Enums whose values are strings on the wire.

use std::fmt;

/// A string that is none of an enum's values. It does not hold the string: that may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    /// The enum's name.
    pub of: &'static str,
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a value of `{}`", self.of)
    }
}

impl std::error::Error for UnknownValue {}

/// Defines an enum from a table of variants and their strings: `ALL`, `as_str`, `Display`, `FromStr`, `TryFrom<&str>` and serde.
macro_rules! string_enum {
    ($(#[$docs:meta])* $vis:vis enum $name:ident { $($(#[$variant_docs:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $($(#[$variant_docs])* $variant,)+
        }

        impl $name {
            /// Every value, in the model's order.
            $vis const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The value as it is on the wire.
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::string_enum::UnknownValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::string_enum::UnknownValue { of: stringify!($name) }),
                }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::string_enum::UnknownValue;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use string_enum;

#[cfg(test)]
mod tests {
    string_enum! {
        /// A fruit.
        enum Fruit {
            /// `APPLE`
            Apple = "APPLE",
            /// `PEAR`
            Pear = "PEAR",
        }
    }

    #[test]
    fn values_go_to_strings_and_back() {
        for &fruit in Fruit::ALL {
            assert_eq!(fruit.to_string().parse(), Ok(fruit));
            assert_eq!(Fruit::try_from(fruit.as_str()), Ok(fruit));
            let json = serde_json::to_value(fruit).unwrap();
            assert_eq!(serde_json::from_value::<Fruit>(json).unwrap(), fruit);
        }
    }

    #[test]
    fn an_unknown_value_is_not_repeated() {
        let error = "my secret".parse::<Fruit>().unwrap_err();
        assert_eq!(error.to_string(), "not a value of `Fruit`");
        assert!(serde_json::from_str::<Fruit>("\"apple\"").is_err());
    }
}
