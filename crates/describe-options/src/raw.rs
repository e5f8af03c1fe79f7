//! Options before they are parsed.

use crate::input_error::excerpt;
use crate::location::Location;
use crate::option_table::OptionName;
use crate::origin::Origin;

/// Maximum bytes of an option that is given in a part of a form, or as a file.
pub const MAX_VALUE_BYTES: usize = 64 << 10;

/// An option as it was given: its name and its texts, one for each time it was given in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawOption {
    /// The place where it was given.
    pub origin: Origin,
    /// The name, not yet checked.
    pub name: String,
    /// The texts, in order.
    pub values: Vec<String>,
}

impl RawOption {
    /// Whether all its texts are empty, as a blank field of a form is: then the option counts as not given.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.values.iter().all(String::is_empty)
    }

    /// The place of the option, or of what is not one.
    pub(super) fn location(&self) -> Location {
        let Self { origin, name, .. } = self;
        match OptionName::named(name) {
            Some(name) => Location::Option { name, origin: *origin },
            None => Location::Data { origin: *origin, path: Vec::new() }.name(excerpt(name.as_bytes())),
        }
    }
}
