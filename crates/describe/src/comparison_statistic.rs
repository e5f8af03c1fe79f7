//! Statistics of a comparison of two samples: their names and what they measure.

use super::statistic::Measure;

/// Defines [`ComparisonStatistic`], the list of all, their names and what they measure from one list.
macro_rules! comparison_statistics {
    ($(#[doc = $doc:literal] $statistic:ident = $name:literal, $measure:ident;)+) => {
        /// Statistic of a comparison of two samples.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ComparisonStatistic {
            $(#[doc = $doc] $statistic,)+
        }

        impl ComparisonStatistic {
            /// All of them, in the order of their withheld members.
            pub const ALL: &[Self] = &[$(Self::$statistic),+];

            /// Name of the member of an answer.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$statistic => $name,)+
                }
            }

            /// What it measures.
            #[must_use]
            pub fn measure(self) -> Measure {
                match self {
                    $(Self::$statistic => Measure::$measure,)+
                }
            }
        }
    };
}

comparison_statistics! {
    /// Difference of the means.
    Difference = "difference", Average;
    /// Ratio of the variances.
    VarianceRatio = "variance_ratio", Shape;
    /// Standard error of the difference.
    StandardError = "se", Spread;
    /// Confidence interval of the difference.
    ConfidenceInterval = "ci", Spread;
    /// Cohen's d.
    CohensD = "cohens_d", Shape;
    /// Welch's t.
    T = "t", Shape;
    /// Degrees of freedom.
    DegreesOfFreedom = "df", Shape;
    /// Probability of such a difference or a greater one.
    P = "p", Shape;
}
