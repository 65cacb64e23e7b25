//! Tells documents apart that are of the same item.

use sangam_sync::FieldValue;

/// FNV-1a over parts. It tells changes apart; nothing is protected by it.
#[derive(Debug, Clone)]
pub(crate) struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// Adds one part; parts do not run into each other.
    pub(crate) fn add(&mut self, part: &str) {
        for byte in part.len().to_le_bytes().into_iter().chain(part.bytes()) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// Adds a value and its type; none is a value of its own.
    pub(super) fn add_value(&mut self, value: Option<&FieldValue>) {
        match value {
            None => self.add("none"),
            Some(FieldValue::String(text)) => {
                self.add("string");
                self.add(text);
            }
            Some(FieldValue::StringList(list)) => {
                self.add(&format!("list of {}", list.len()));
                for text in list {
                    self.add(text);
                }
            }
            Some(FieldValue::Long(number)) => self.add(&format!("long {number}")),
            Some(FieldValue::Date(millis)) => self.add(&format!("date {millis}")),
        }
    }

    pub(crate) fn finish(&self) -> String {
        format!("{:016x}", self.0)
    }
}
