//! List of the aggregate functions, from which all else derives.
//!
//! To add a figure, add a row to [`FIGURES`].

use describe::{Description, Moments, NanPolicy, Need, Sample, Statistic, Statistics, Undefined, Wanted};

/// Function that gives one figure.
#[derive(Debug, PartialEq, Eq)]
pub struct Figure {
    /// Name of the function.
    pub name: &'static str,
    /// Another name of the function, if it has one.
    pub alias: Option<&'static str>,
    /// Name of the figure in the structure that `describe` gives, if it is one of its members.
    pub member: Option<&'static str>,
    /// Statistic, of which the figure may be a part.
    statistic: Statistic,
    /// Position among the figures of the statistic.
    part: usize,
    /// Delta degrees of freedom.
    ddof: u64,
    /// Whether skewness and kurtosis are those of the sample, g₁ and g₂; otherwise G₁ and G₂, which estimate those of a population.
    bias: bool,
    /// Definition in one sentence.
    pub definition: &'static str,
}

/// Declares a row: the definition, the name, the alias, the member of `describe`, the statistic, and where it has several parts or
/// definitions, which one.
macro_rules! figures {
    (@option -) => { None };
    (@option $text:literal) => { Some($text) };
    ($($definition:literal $name:literal, $alias:tt, $member:tt, $statistic:ident $(, $field:ident = $value:expr)*;)+) => {
        /// Functions that give one figure, in the order of the documentation.
        pub static FIGURES: &[Figure] = &[$({
            #[allow(unused_mut)]
            let mut figure = Figure {
                name: $name,
                alias: figures!(@option $alias),
                member: figures!(@option $member),
                statistic: Statistic::$statistic,
                part: 0,
                ddof: 1,
                bias: true,
                definition: $definition,
            };
            $(figure.$field = $value;)*
            figure
        },)+];
    };
}

figures! {
    "Minimum." "exact_min", -, "min", Minmax;
    "Maximum." "exact_max", -, "max", Minmax, part = 1;
    "Maximum minus minimum." "exact_range", -, -, Range;
    "Sum." "exact_sum", -, "sum", Sum;
    "Arithmetic mean." "exact_mean", "exact_avg", "mean", Mean;
    "Variance with n - 1 degrees of freedom." "exact_var_samp", "exact_var", "variance", Variance;
    "Variance with n degrees of freedom." "exact_var_pop", -, -, Variance, ddof = 0;
    "Square root of the variance with n - 1 degrees of freedom." "exact_stddev_samp", "exact_stddev", "std", Std;
    "Square root of the variance with n degrees of freedom." "exact_stddev_pop", -, -, Std, ddof = 0;
    "Standard error of the mean." "exact_sem", -, -, Sem;
    "Coefficient of variation: the standard deviation divided by the magnitude of the mean." "exact_cv", -, -, Cv;
    "Skewness g₁." "exact_skewness", "exact_skewness_pop", "skewness", Skewness;
    "Skewness G₁, as in DuckDB, SAS and Excel." "exact_skewness_samp", -, -, Skewness, bias = false;
    "Kurtosis g₂, 0 for a normal distribution." "exact_kurtosis", "exact_kurtosis_pop", "kurtosis", Kurtosis;
    "Kurtosis G₂, as in DuckDB, SAS and Excel." "exact_kurtosis_samp", -, -, Kurtosis, bias = false;
    "Median." "exact_median", -, -, Median;
    "First quartile, by linear interpolation." "exact_q1", -, -, Quartiles;
    "Third quartile, by linear interpolation." "exact_q3", -, -, Quartiles, part = 2;
    "Interquartile range." "exact_iqr", -, -, Iqr;
    "Median absolute deviation from the median, not scaled." "exact_mad", -, -, Mad;
    "Geometric mean, of positive numbers." "exact_geometric_mean", -, -, GeometricMean;
    "Harmonic mean, of positive numbers." "exact_harmonic_mean", -, -, HarmonicMean;
}

/// Why a sample has no figure that could be shown.
pub type Refusal = String;

impl Figure {
    /// Whether the values must be known in order, and so be kept.
    #[must_use]
    pub fn needs_order(&self) -> bool {
        self.statistic.need() == Need::Order
    }

    /// The figure of a sample, correctly rounded; `None` where it is undefined, as the variance of one number is.
    ///
    /// # Errors
    /// A figure that exists and cannot be given: it is beyond the range of a double, or is known only approximately.
    pub fn of(&self, sample: &Sample) -> Result<Option<f64>, Refusal> {
        let moments = Moments { ddof: self.ddof, bias: self.bias, nan_policy: NanPolicy::Omit, ..Moments::default() };
        let statistics = Statistics::NONE.with(self.statistic);
        let description = sample.describe(&Wanted { statistics, moments, ..Wanted::default() });
        check(&description)?;
        let [(_, value)] = &description.figures[..] else { return Ok(None) };
        let figure = value.figures().get(self.part).copied().unwrap_or(Err(Undefined::NoNumbers));
        match figure {
            Ok(figure) => Ok(Some(figure)),
            Err(
                Undefined::NoNumbers
                | Undefined::TooFew { .. }
                | Undefined::Needs { .. }
                | Undefined::Constant
                | Undefined::ZeroMean
                | Undefined::NotPositive
                | Undefined::NothingToCompare
                | Undefined::Unmatched
                | Undefined::Missing,
            ) => Ok(None),
            Err(
                why @ (Undefined::TooManyValues
                | Undefined::TooManyJointValues(_)
                | Undefined::TooManyRows(_)
                | Undefined::TooManyMarks(_)
                | Undefined::TooManyBins(_)
                | Undefined::NotKept
                | Undefined::Weighted
                | Undefined::Withheld
                | Undefined::Infinite
                | Undefined::Overflow),
            ) => Err(why.to_string()),
        }
    }
}

/// Refuses numbers that are not exact.
fn check(description: &Description) -> Result<(), Refusal> {
    if description.has_rounded {
        return Err("some numbers have more than 38 significant digits; round them first".to_owned());
    }
    if description.rank_error.is_some() {
        return Err("the states hold bins in place of values, so that ranks are approximate".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> =
            FIGURES.iter().flat_map(|figure| std::iter::once(figure.name).chain(figure.alias)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.iter().all(|name| name.starts_with("exact_")));
    }

    #[test]
    fn parts_exist() {
        let retention = describe::Retention { max_distinct: Some(10), ..describe::Retention::default() };
        let mut sample = Sample::new(&retention);
        for value in [1.0, 2.0, 4.0, 4.5] {
            sample.push_decimal(describe::Decimal::from_f64(value).expect("finite"));
        }
        for figure in FIGURES {
            assert!(figure.of(&sample).expect("exact").is_some(), "{}", figure.name);
        }
    }
}
