//! Values of statistics that may be undefined, and the reasons why.

use std::fmt;

/// Value of a statistic, or the reason why it is undefined.
pub type Figure = Result<f64, Undefined>;

/// Reason why a statistic has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// The sample has no numbers.
    NoNumbers,
    /// A variance of n numbers with n <= ddof.
    TooFew {
        /// Numbers in the sample.
        nobs: u64,
        /// Delta degrees of freedom.
        ddof: u64,
    },
    /// A statistic of n numbers that needs more.
    Needs {
        /// Numbers in the sample.
        nobs: u64,
        /// Numbers needed.
        needed: u64,
    },
    /// Skewness or kurtosis of equal numbers: 0/0.
    Constant,
    /// A quotient by a mean of zero.
    ZeroMean,
    /// A geometric or harmonic mean of numbers that are not all positive.
    NotPositive,
    /// A statistic that needs all distinct values, of which there are more than the limit.
    TooManyValues,
    /// A rank correlation of columns with more different pairs of values than this limit.
    TooManyJointValues(usize),
    /// A frequency table with more rows than this limit.
    TooManyRows(usize),
    /// Equated marks, of which more than this limit are possible.
    TooManyMarks(usize),
    /// A histogram with more bins than this limit.
    TooManyBins(usize),
    /// An order statistic of a sample without a frequency table.
    NotKept,
    /// A statistic that is not defined for reliability weights.
    Weighted,
    /// A test of homogeneity of fewer than two groups with values, or in fewer than two categories.
    NothingToCompare,
    /// A prediction of the outcomes of candidates of whose bands there are none in the base.
    Unmatched,
    /// A statistic that is suppressed in publication.
    Withheld,
    /// A missing value in the sample, which propagates.
    Missing,
    /// An infinity in the sample.
    Infinite,
    /// The exact value is beyond the range of a double.
    Overflow,
}

/// Code of a warning. `undefined`: the statistic has no value for these data. `nan`: a missing value propagates. `infinite`: the
/// numbers include an infinity. `overflow`: the exact value is beyond the range of a double. `digits`: some numbers have more than
/// 38 significant digits, and were read as the nearest doubles. `untrimmed`: there are too few numbers for the given `trim` to cut
/// any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = WarningCode))]
#[expect(missing_docs, reason = "described above, for the schema")]
pub enum UndefinedCode {
    Undefined,
    Nan,
    Infinite,
    Overflow,
    Digits,
    Untrimmed,
}

impl UndefinedCode {
    /// Name of the code in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Nan => "nan",
            Self::Infinite => "infinite",
            Self::Overflow => "overflow",
            Self::Digits => "digits",
            Self::Untrimmed => "untrimmed",
        }
    }
}

impl Undefined {
    /// Stable code of the reason.
    #[must_use]
    pub fn code(self) -> UndefinedCode {
        match self {
            Self::Missing => UndefinedCode::Nan,
            Self::Infinite => UndefinedCode::Infinite,
            Self::Overflow => UndefinedCode::Overflow,
            _ => UndefinedCode::Undefined,
        }
    }
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNumbers => f.write_str("there are no numbers to describe; give at least one that is not missing"),
            Self::TooFew { nobs, ddof } => write!(
                f,
                "it needs more than ddof={ddof} numbers, and the sample has {nobs}; give more numbers or a smaller ddof"
            ),
            Self::Needs { nobs, needed } => {
                write!(f, "it needs at least {needed} numbers, and the sample has {nobs}; give more numbers")
            }
            Self::ZeroMean => f.write_str("it divides by the mean, which is 0; use std instead"),
            Self::NotPositive => f.write_str("it is defined for positive numbers only, and some are 0 or negative"),
            Self::TooManyValues => f.write_str(
                "it needs every distinct value, and there are more than the limit max_distinct; raise that limit",
            ),
            Self::TooManyJointValues(limit) => write!(
                f,
                "there are more than {limit} different pairs of values; group the records, or round the numbers before"
            ),
            Self::TooManyRows(limit) => {
                write!(f, "there are more than {limit} distinct values; ask for a histogram instead")
            }
            Self::TooManyMarks(limit) => {
                write!(
                    f,
                    "there are more than {limit} steps from the least to the greatest mark; round the marks first"
                )
            }
            Self::TooManyBins(limit) => {
                write!(f, "the rule gives more than {limit} bins; give their number, such as bins=50")
            }
            Self::NotKept => {
                f.write_str("the values were not counted when they were read; give statistics before the numbers")
            }
            Self::Weighted => f.write_str(
                "it is not defined for reliability weights; leave weight_type out if the weights are counts",
            ),
            Self::NothingToCompare => {
                f.write_str("it compares at least two groups with values, in at least two categories that occur")
            }
            Self::Unmatched => f.write_str(
                "no candidate is in a band of the base; write the bands of both alike, or choose another baseline",
            ),
            Self::Withheld => f.write_str("it is suppressed"),
            Self::Constant => f.write_str("it is undefined when all numbers are equal (0/0); give numbers that differ"),
            Self::Missing => f.write_str("a value is missing; use nan_policy=omit to leave missing values out"),
            Self::Infinite => f.write_str("the numbers include an infinity; leave it out to get a finite value"),
            Self::Overflow => f.write_str(
                "the exact value is beyond the range of a double, 1.8e308; describe the numbers in a larger unit",
            ),
        }
    }
}
