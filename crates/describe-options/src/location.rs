//! Places in an input: where a diagnostic points.

use crate::option_table::OptionName;
use crate::origin::Origin;

/// One step of a path: a member's name or a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member, an option or a column.
    Name(String),
    /// A position: counted from 0 in arrays and lists, from 1 in records.
    Index(u64),
}

/// The place at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// No particular place: the input or the answer as a whole.
    Whole,
    /// The data, or what a path in them leads to.
    Data {
        /// The place where the data were given.
        origin: Origin,
        /// The path from there, empty for all of the data.
        path: Vec<Step>,
    },
    /// A record of a table, or one cell of it.
    Cell {
        /// The record, as a spreadsheet numbers it: the header is 1.
        row: u64,
        /// The column's name; `None` for the whole record.
        column: Option<String>,
    },
    /// An option, at the place where it was given.
    Option {
        /// The option.
        name: OptionName,
        /// The place where it was given.
        origin: Origin,
    },
}

impl Location {
    /// All of the data.
    #[must_use]
    pub fn data() -> Self {
        Self::Data { origin: Origin::Body, path: Vec::new() }
    }

    /// The list `numbers` that was given at this place.
    #[must_use]
    pub fn numbers(origin: Origin) -> Self {
        Self::Data { origin, path: Vec::new() }.name("numbers")
    }

    /// The member of this name at this place of the data.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        self.then(Step::Name(name.into()))
    }

    /// The element of this position at this place of the data.
    #[must_use]
    pub fn index(self, index: u64) -> Self {
        self.then(Step::Index(index))
    }

    fn then(mut self, step: Step) -> Self {
        if let Self::Data { path, .. } = &mut self {
            path.push(step);
        }
        self
    }

    /// The place as a path that begins with its origin: `["query", "numbers", 1]`, `["body", 17, "mark"]`. Empty for the
    /// input as a whole.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let named = |origin: Origin| Step::Name(origin.name().into());
        match self {
            Self::Whole => Vec::new(),
            Self::Data { origin, path } => std::iter::once(named(*origin)).chain(path.iter().cloned()).collect(),
            Self::Cell { row, column } => {
                let column = column.iter().map(|column| Step::Name(column.clone()));
                [named(Origin::Body), Step::Index(*row)].into_iter().chain(column).collect()
            }
            Self::Option { name, origin } => vec![named(*origin), Step::Name(name.as_str().into())],
        }
    }
}

/// The places where the options were given, each as often as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<(OptionName, Origin)>);

impl Origins {
    pub(super) fn add(&mut self, name: OptionName, origin: Origin) {
        self.0.push((name, origin));
    }

    /// The options that were given, in order.
    pub fn names(&self) -> impl Iterator<Item = OptionName> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// Whether this is one of the options that were given: not one that is blank or has its published default.
    #[must_use]
    pub fn include(&self, name: &str, origin: Origin) -> bool {
        self.0.iter().any(|(given, place)| given.as_str() == name && *place == origin)
    }

    /// The place where an option was given; the input as a whole if it was not. What was chosen precedes what is merely
    /// accepted.
    #[must_use]
    pub fn location(&self, name: OptionName) -> Location {
        let given = self.0.iter().filter(|(given, _)| *given == name).map(|(_, origin)| *origin);
        let origin = given.min_by_key(|origin| origin.is_implied());
        origin.map_or(Location::Whole, |origin| Location::Option { name, origin })
    }

    /// The option that names the group column at this position: those of crosstabs do where the columns are not listed.
    #[must_use]
    pub fn group_option(&self, position: usize) -> OptionName {
        let is_given = |option: &OptionName| self.names().any(|given| given == *option);
        if is_given(&OptionName::Crosstab) && !is_given(&OptionName::GroupBy) {
            return OptionName::Crosstab;
        }
        let named = [OptionName::Rows, OptionName::Columns].into_iter().filter(is_given).nth(position);
        named.filter(|_| !is_given(&OptionName::GroupBy)).unwrap_or(OptionName::GroupBy)
    }

    /// The option that names the columns to describe.
    #[must_use]
    pub fn column_option(&self) -> OptionName {
        let is_given = |option: &OptionName| self.names().any(|given| given == *option);
        let others = [OptionName::Crosstab, OptionName::Categories, OptionName::Correlations];
        others.into_iter().find(is_given).unwrap_or(OptionName::Column)
    }

    /// The place where an option was given, or else the one that implies it, as a format implies a chart.
    #[must_use]
    pub fn location_of_implied(&self, name: OptionName, by: OptionName) -> Location {
        match (self.location(name), self.location(by)) {
            (Location::Whole, Location::Option { origin, .. }) => Location::Option { name, origin },
            (location, _) => location,
        }
    }
}
