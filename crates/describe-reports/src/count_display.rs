//! Display of a count by the rules of publication: rounded, or withheld because it is small.

use describe_options::Rules;

/// Rules by which a count is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountDisplay {
    /// Least count that is shown, zero aside.
    pub(crate) threshold: u64,
    /// Counts are rounded to multiples of this.
    pub(crate) base: u64,
    /// Whether ties are rounded to the even multiple, not up.
    pub(crate) half_even: bool,
}

impl CountDisplay {
    /// Display of counts by the rules of publication.
    pub(crate) fn of(rules: &Rules) -> Self {
        Self {
            threshold: rules.suppress_below.unwrap_or(0),
            base: rules.round_counts.unwrap_or(1),
            half_even: rules.half_even,
        }
    }

    /// Rounds a count.
    pub(crate) fn rounded(self, count: u64) -> u64 {
        let (quotient, rest) = (count / self.base, count % self.base);
        let up = match (2 * rest).cmp(&self.base) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => !self.half_even || quotient % 2 == 1,
            std::cmp::Ordering::Greater => true,
        };
        (quotient + u64::from(up)) * self.base
    }

    /// Least count of at least the threshold that is shown as `count` is; with ties to even perhaps one less than that.
    pub(crate) fn least_shown_as(self, count: u64) -> u64 {
        self.rounded(count).saturating_sub(self.base / 2).max(self.threshold)
    }

    /// Whether a count is withheld because it is small.
    pub(crate) fn is_small(self, count: u64) -> bool {
        (1..self.threshold).contains(&count)
    }
}
