//! Objects whose members are known only when an answer is made.

use serde::{Serialize, Serializer};

/// Object with these members, in this order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Members<'a, K, T>(pub(crate) &'a [(K, T)]);

impl<K: Serialize, T: Serialize> Serialize for Members<'_, K, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
