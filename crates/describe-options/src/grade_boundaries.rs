//! Boundaries of grades that differ by group.
//!
//! Input: the lowest mark of each grade of each group, from the table that `grade_table.rs` reads. Output: for each group the place of the
//! grade that a mark reaches. Invariants: places are those of one order of all grades, in which the
//! boundaries of every group descend; `below` is in it. Without the feature `grades` there are no boundaries, and the readers refuse
//! the option.

#[cfg(feature = "grades")]
use std::collections::HashMap;

#[cfg(feature = "grades")]
use describe::{BELOW_ALL, Decimal};
#[cfg(feature = "grades")]
use indexmap::IndexMap;

#[cfg(feature = "grades")]
use crate::input_error::excerpt;
#[cfg(feature = "grades")]
use crate::option_error::GradesFault;

/// Boundaries of grades by group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GradeBoundaries {
    /// Names of the group columns on whose values the boundaries depend; empty if they are the same for all groups.
    #[cfg(feature = "grades")]
    columns: Vec<String>,
    /// The grades; their order as soon as [`Self::ordered`] has found it.
    #[cfg(feature = "grades")]
    grades: Vec<String>,
    /// The boundaries by the values of the group columns.
    #[cfg(feature = "grades")]
    groups: IndexMap<Vec<String>, GroupBoundaries>,
}

/// Boundaries of the grades of one group.
#[cfg(feature = "grades")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupBoundaries {
    /// The lowest mark of each grade and the place of the grade, the highest mark first.
    boundaries: Vec<(Decimal, usize)>,
    maximum: Option<Decimal>,
}

#[cfg(feature = "grades")]
impl GradeBoundaries {
    /// Boundaries by the values of the group columns `columns`; they have the numbers of their grades in `grades`, whose order is not
    /// known yet.
    pub(super) fn new(
        columns: Vec<String>,
        grades: Vec<String>,
        groups: IndexMap<Vec<String>, GroupBoundaries>,
    ) -> Self {
        Self { columns, grades, groups }
    }

    /// Puts the grades in order: the `wanted` one, or else the only one in which the boundaries of every group descend. Marks below
    /// all boundaries are `below`, the last one.
    ///
    /// # Errors
    /// A `wanted` order that lacks a grade; boundaries that contradict it or each other, or that leave the order open.
    pub(super) fn ordered(mut self, wanted: &[String]) -> Result<Self, GradesFault> {
        let order = if wanted.is_empty() { self.only_order()? } else { wanted.to_vec() };
        let places: HashMap<&str, usize> = order.iter().map(String::as_str).zip(0..).collect();
        let place = |grade: &String| {
            let place = places.get(grade.as_str()).copied();
            place.ok_or_else(|| GradesFault::NotInOrder { grade: excerpt(grade.as_bytes()) })
        };
        let places: Vec<usize> = self.grades.iter().map(place).collect::<Result<_, _>>()?;
        if order[..order.len() - 1].iter().any(|grade| grade == BELOW_ALL) {
            return Err(GradesFault::BelowNotLast);
        }
        for (values, group) in &mut self.groups {
            for (_, grade) in &mut group.boundaries {
                *grade = places[*grade];
            }
            if let Some(pair) = group.boundaries.windows(2).find(|pair| pair[0].1 > pair[1].1) {
                let grade = excerpt(order[pair[0].1].as_bytes());
                return Err(GradesFault::AgainstOrder { grade, group: excerpt(values.join(", ").as_bytes()) });
            }
        }
        self.grades = order;
        if !self.grades.iter().any(|grade| grade == BELOW_ALL) {
            self.grades.push(BELOW_ALL.to_owned());
        }
        Ok(self)
    }

    /// The only order of the grades in which the boundaries of every group descend.
    fn only_order(&self) -> Result<Vec<String>, GradesFault> {
        let shown = |grade: usize| excerpt(self.grades[grade].as_bytes());
        let mut worse: Vec<Vec<usize>> = vec![Vec::new(); self.grades.len()];
        let mut better = vec![0_usize; self.grades.len()];
        for group in self.groups.values() {
            for pair in group.boundaries.windows(2) {
                worse[pair[0].1].push(pair[1].1);
                better[pair[1].1] += 1;
            }
        }
        let mut best: Vec<usize> = (0..better.len()).filter(|grade| better[*grade] == 0).collect();
        let mut order = Vec::with_capacity(self.grades.len());
        while let Some(grade) = best.pop() {
            if let Some(other) = best.pop() {
                return Err(GradesFault::Unordered { first: shown(other), second: shown(grade) });
            }
            order.push(self.grades[grade].clone());
            for next in &worse[grade] {
                better[*next] -= 1;
                if better[*next] == 0 {
                    best.push(*next);
                }
            }
        }
        match better.iter().position(|better| *better > 0) {
            Some(grade) => Err(GradesFault::Contradictory { grade: shown(grade) }),
            None => Ok(order),
        }
    }

    /// Names of the group columns on whose values the boundaries depend.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The grades in their order, and `below`.
    #[must_use]
    pub fn order(&self) -> &[String] {
        &self.grades
    }

    /// The boundaries of the group with these values of [`Self::columns`], of which an empty text is a missing one.
    #[must_use]
    pub fn of(&self, values: &[String]) -> Option<&GroupBoundaries> {
        self.groups.get(values)
    }

    /// The groups with boundaries, each with its values of [`Self::columns`].
    pub fn groups(&self) -> impl Iterator<Item = &[String]> {
        self.groups.keys().map(Vec::as_slice)
    }

    /// The place of `below` in the order.
    #[must_use]
    pub fn below(&self) -> usize {
        self.grades.iter().position(|grade| grade == BELOW_ALL).unwrap_or_default()
    }
}

#[cfg(feature = "grades")]
impl GroupBoundaries {
    /// Boundaries, the highest first.
    pub(super) fn new(boundaries: Vec<(Decimal, usize)>, maximum: Option<Decimal>) -> Self {
        Self { boundaries, maximum }
    }

    /// The maximum mark, if the table has one.
    #[must_use]
    pub fn maximum(&self) -> Option<Decimal> {
        self.maximum
    }

    /// The place of the best grade whose boundary a mark reaches.
    #[must_use]
    pub fn place(&self, mark: Decimal) -> Option<usize> {
        let reached = self.boundaries.partition_point(|(boundary, _)| mark.compare(*boundary).is_lt());
        self.boundaries.get(reached).map(|(_, place)| *place)
    }
}
