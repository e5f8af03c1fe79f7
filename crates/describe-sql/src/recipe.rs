//! What a statement describes, and its text in the result, so that a result needs nothing else to be described.

use std::fmt;

use super::dialect::Dialect;

/// Version of the recipe and of the columns of a result.
const VERSION: &str = "1";

/// What a statement describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Dialect of the database.
    pub dialect: &'static Dialect,
    /// What the database computes.
    pub form: Form,
    /// The described columns.
    pub columns: Vec<String>,
    /// The group columns.
    pub group_by: Vec<String>,
    /// Absence codes.
    pub absent: Vec<String>,
    /// Whether cells that are not numbers are counted, in columns of texts.
    pub counts_invalid: bool,
}

/// What a database computes of each group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Sums of powers, from which all but order statistics follow.
    Sums {
        /// Number of decimal places.
        scale: u32,
    },
    /// How often each value occurs, from which everything follows.
    Values {
        /// Number of decimal places; `None` for columns of texts.
        scale: Option<u32>,
    },
}

impl Form {
    /// Number of decimal places; `None` for columns of texts.
    #[must_use]
    pub fn scale(self) -> Option<u32> {
        match self {
            Self::Sums { scale } => Some(scale),
            Self::Values { scale } => scale,
        }
    }
}

impl Recipe {
    /// Reads the text of a recipe; `None` if it is not one of this version.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mut dialect, mut form, mut scale, mut is_current) = (None, None, None, false);
        let (mut columns, mut group_by, mut absent, mut counts_invalid) = (Vec::new(), Vec::new(), Vec::new(), false);
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            match name.as_ref() {
                "version" => is_current = value == VERSION,
                "dialect" => dialect = Dialect::named(&value),
                "form" => form = Some(value),
                "scale" => scale = Some(value.parse().ok()?),
                "column" => columns.push(value.into_owned()),
                "group_by" => group_by.push(value.into_owned()),
                "absent" => absent.push(value.into_owned()),
                "invalid" => counts_invalid = value == "missing",
                _ => return None,
            }
        }
        let form = match form?.as_ref() {
            "sums" => Form::Sums { scale: scale? },
            "values" => Form::Values { scale },
            _ => return None,
        };
        let recipe = Self { dialect: dialect?, form, columns, group_by, absent, counts_invalid };
        (is_current && recipe.to_string() == text).then_some(recipe)
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.append_pair("version", VERSION).append_pair("dialect", self.dialect.name);
        pairs.append_pair("form", if matches!(self.form, Form::Sums { .. }) { "sums" } else { "values" });
        if let Some(scale) = self.form.scale() {
            pairs.append_pair("scale", &scale.to_string());
        }
        for (name, values) in [("column", &self.columns), ("group_by", &self.group_by), ("absent", &self.absent)] {
            pairs.extend_pairs(values.iter().map(|value| (name, value)));
        }
        if self.counts_invalid {
            pairs.append_pair("invalid", "missing");
        }
        f.write_str(&pairs.finish())
    }
}
