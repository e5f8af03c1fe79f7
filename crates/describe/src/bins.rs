//! Number of bins of a histogram, or the rule for it.

/// Maximum number of bins of a histogram.
pub const MAX_HISTOGRAM_BINS: usize = 10_000;

/// Defines [`Bins`] and the names of the rules from one list of rules.
macro_rules! bins {
    ($($(#[$attribute:meta])* $rule:ident = $name:literal,)+) => {
        /// Number of bins of a histogram, or the rule for it.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[expect(missing_docs, reason = "numpy's names, and `aligned`; `rule_count` and `aligned_edges` have the formulas")]
        pub enum Bins {
            $($(#[$attribute])* $rule,)+
            Count(usize),
        }

        impl Bins {
            /// All rules with their names.
            pub const RULES: [(&str, Self); [$($name),+].len()] = [$(($name, Self::$rule)),+];
        }
    };
}

bins! {
    #[default]
    Auto = "auto",
    Fd = "fd",
    Sturges = "sturges",
    Doane = "doane",
    Scott = "scott",
    Rice = "rice",
    Sqrt = "sqrt",
    Aligned = "aligned",
}
