//! Names of the options.

/// Declares the enumeration of options with the name of each.
macro_rules! option_names {
    ($($variant:ident = $name:literal,)+) => {
        /// An option of a description.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each is the option of its name")]
        pub enum OptionName {
            $($variant,)+
        }

        impl OptionName {
            /// All options.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name, as it is written in a request.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

option_names! {
    Ddof = "ddof",
    Bias = "bias",
    NanPolicy = "nan_policy",
    Axis = "axis",
    Statistics = "statistics",
    Convention = "convention",
    Kurtosis = "kurtosis",
    QuantileMethod = "quantile_method",
    Quantiles = "quantiles",
    Trim = "trim",
    Confidence = "confidence",
    Maximum = "maximum",
    Bins = "bins",
    Range = "range",
    Boundaries = "boundaries",
    Compare = "compare",
    Baseline = "baseline",
    Column = "column",
    GroupBy = "group_by",
    Overall = "overall",
    Weights = "weights",
    WeightType = "weight_type",
    Missing = "missing",
    Absent = "absent",
    Invalid = "invalid",
    Header = "header",
    Delimiter = "delimiter",
    Decimal = "decimal",
    SkipRows = "skip_rows",
    Sheet = "sheet",
    Encoding = "encoding",
    Format = "format",
    Chart = "chart",
    Stamp = "stamp",
    Publish = "publish",
    RoundCounts = "round_counts",
    SuppressBelow = "suppress_below",
    Decimals = "decimals",
    Rounding = "rounding",
    Withhold = "withhold",
}
