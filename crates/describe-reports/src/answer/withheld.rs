//! Withheld members of an answer: which, and why.

use std::collections::HashMap;
use std::fmt;

use serde::{Serialize, Serializer};

pub use describe::ComparisonStatistic;
use describe::Statistic;

use crate::words;

/// Reason why a member of an answer is withheld. Its text is the sentence that clients see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The member is a count from 1 to `threshold` - 1.
    FewerThan {
        /// Least count that is shown.
        threshold: u64,
    },
    /// The member describes 1 to `threshold` - 1 values.
    FewerThanValues {
        /// Least number of values that is described.
        threshold: u64,
    },
    /// Fewer than `threshold` values lie at the statistic or beyond it.
    FewerThanBeyond {
        /// Least number of values at or beyond a statistic that is shown.
        threshold: u64,
    },
    /// A trimmed or winsorized mean replaces fewer than `threshold` values of each tail.
    FewerThanCut {
        /// Least number of values that are cut from each tail.
        threshold: u64,
    },
    /// Fewer than `threshold` values are the cause why the statistic is undefined.
    FewerThanUndefined {
        /// Least number of values that may be shown as zero or negative.
        threshold: u64,
    },
    /// The statistic needs more values than there are; by how many would reveal their number.
    TooFewValues,
    /// The number of values can be calculated from the statistic.
    RevealsCount,
    /// Small counts can be calculated from the statistic.
    RevealsSmallCounts,
    /// The statistic is calculated from the minimum or maximum, which is withheld.
    FromExtremes,
    /// The edges of the histogram are the minimum and maximum, one of which is withheld.
    EdgesAreExtremes,
    /// The statistic is calculated from the median, which is withheld.
    FromMedian,
    /// The statistic is calculated from the quartiles, which are withheld.
    FromQuartiles,
    /// The member is a complement: a withheld count could otherwise be found by subtraction.
    Complement,
    /// The table over all groups has other rows than the tables of the groups.
    UnlikeGroups,
    /// Together with another table, small counts could be found.
    SecondTable,
    /// The member is made of counts of which some are withheld.
    FromCounts,
    /// One of the compared groups is withheld.
    GroupWithheld,
}

impl Reason {
    /// The threshold of a withheld small count; `None` of other reasons.
    #[must_use]
    pub fn small_count(self) -> Option<u64> {
        match self {
            Self::FewerThan { threshold } => Some(threshold),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewerThan { threshold } => f.write_str(&words::fewer_than(*threshold)),
            Self::FewerThanValues { threshold } => f.write_str(&words::fewer_values(*threshold)),
            Self::FewerThanBeyond { threshold } => f.write_str(&words::fewer_values_beyond(*threshold)),
            Self::FewerThanCut { threshold } => f.write_str(&words::fewer_values_cut(*threshold)),
            Self::FewerThanUndefined { threshold } => f.write_str(&words::undefined_by_fewer_values(*threshold)),
            Self::TooFewValues => f.write_str(words::TOO_FEW_VALUES),
            Self::RevealsCount => f.write_str(words::REVEALS_COUNT),
            Self::RevealsSmallCounts => f.write_str(words::REVEALS_SMALL_COUNTS),
            Self::FromExtremes => f.write_str(words::FROM_EXTREMES),
            Self::EdgesAreExtremes => f.write_str(words::EDGES_ARE_EXTREMES),
            Self::FromMedian => f.write_str(words::FROM_MEDIAN),
            Self::FromQuartiles => f.write_str(words::FROM_QUARTILES),
            Self::Complement => f.write_str(words::COMPLEMENT),
            Self::UnlikeGroups => f.write_str(words::UNLIKE_GROUPS),
            Self::SecondTable => f.write_str(words::SECOND_TABLE),
            Self::FromCounts => f.write_str(words::FROM_COUNTS),
            Self::GroupWithheld => f.write_str(words::GROUP_WITHHELD),
        }
    }
}

/// Path of a member that can be withheld. Its text is the path that clients see, as `absent.X`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MemberPath {
    /// Number of records.
    Rows,
    /// Number of values.
    Nobs,
    /// Number of cells with an absence code.
    Absent(String),
    /// Number of cells that are not numbers.
    Invalid,
    /// A statistic or a part of it.
    Statistic(Statistic),
    /// Count of a histogram's bin, from 0.
    Bin(usize),
    /// Count of a row of the frequency table, from 0.
    Frequency(usize),
    /// Count of a row of the mark table, from 0.
    Mark(usize),
    /// Score in all rows of the mark table, by its name.
    Score(&'static str),
    /// Count of a grade.
    Grade(String),
    /// Count of a category.
    Category(String),
    /// Number of values below the lower fence.
    OutliersBelow,
    /// Number of values above the upper fence.
    OutliersAbove,
    /// Member of this name of a change or a test.
    Member(&'static str),
    /// Statistic of a comparison.
    Comparison(ComparisonStatistic),
}

impl MemberPath {
    /// Number of missing values.
    pub const MISSING: Self = Self::Statistic(Statistic::Missing);
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows => f.write_str("rows"),
            Self::Nobs => f.write_str("nobs"),
            Self::Absent(code) => write!(f, "absent.{code}"),
            Self::Invalid => f.write_str("invalid"),
            Self::Statistic(statistic) => f.write_str(statistic.name()),
            Self::Bin(place) => write!(f, "{}.{place}", Statistic::Histogram.name()),
            Self::Frequency(place) => write!(f, "{}.{place}", Statistic::Frequencies.name()),
            Self::Mark(place) => write!(f, "{}.{place}", Statistic::MarkTable.name()),
            Self::Score(score) => write!(f, "{}.{score}", Statistic::MarkTable.name()),
            Self::Grade(grade) => write!(f, "{}.{grade}", Statistic::Boundaries.name()),
            Self::Category(category) => write!(f, "{}.{category}", Statistic::Categories.name()),
            Self::OutliersBelow => write!(f, "{}.below", Statistic::Outliers.name()),
            Self::OutliersAbove => write!(f, "{}.above", Statistic::Outliers.name()),
            Self::Member(name) => f.write_str(name),
            Self::Comparison(statistic) => f.write_str(statistic.name()),
        }
    }
}

impl Serialize for MemberPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Memory of a withheld member: its places in a list and in a table, which double.
pub(crate) const MEMBER_BYTES: usize = 2 * (size_of::<(MemberPath, Reason)>() + size_of::<(MemberPath, usize)>());

/// Withheld members with their reasons, in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withheld {
    reasons: Vec<(MemberPath, Reason)>,
    places: HashMap<MemberPath, usize>,
}

impl Withheld {
    /// Adds a member with its reason. The first reason of a member stays.
    pub fn add(&mut self, member: MemberPath, reason: Reason) {
        if !self.places.contains_key(&member) {
            self.places.insert(member.clone(), self.reasons.len());
            self.reasons.push((member, reason));
        }
    }

    /// Adds a member with its reason, in place of an earlier one.
    pub fn set(&mut self, member: MemberPath, reason: Reason) {
        match self.places.get(&member) {
            Some(place) => self.reasons[*place].1 = reason,
            None => self.add(member, reason),
        }
    }

    /// Reason why a member is withheld; `None` if it is not.
    #[must_use]
    pub fn reason(&self, member: &MemberPath) -> Option<Reason> {
        self.places.get(member).map(|place| self.reasons[*place].1)
    }

    /// Whether no member is withheld.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// A map of paths to reasons, in the order in which they were added.
impl Serialize for Withheld {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.reasons.iter().map(|(member, reason)| (member, reason)))
    }
}
