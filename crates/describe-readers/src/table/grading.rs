//! Grades made from the marks of each group, by boundaries that differ by group.
//!
//! Input: the tallied marks of a group, and the values of its group columns. Output: in their place the places of the grades that they
//! reach, before groups are added to totals.

use super::column::{Column, Group};
use super::schema::Schema;
use crate::spelling;
use describe::{Decimal, Sample};
use describe_options::{
    Diagnostic, Diagnostics, GradeBoundaries, GroupBoundaries, InputError, OptionName, TableFault, excerpt,
};

/// Grading of the groups of a table, one after the other.
pub(super) struct Grading<'s> {
    schema: &'s Schema,
    boundaries: &'s GradeBoundaries,
    /// Places of the columns of the boundaries among the group columns.
    columns: Vec<usize>,
    below: usize,
    faults: Diagnostics,
}

impl<'s> Grading<'s> {
    /// Begins the grading; `None` if no grades are made. Boundaries without a column of marks, beside reliability weights, or that depend on
    /// a column that is not one of the group columns, are refused when all options are known.
    pub(super) fn new(schema: &'s Schema) -> Option<Self> {
        let boundaries =
            schema.options.grade_boundaries.as_deref().filter(|_| !schema.options.categories.is_empty())?;
        let groups = schema.group_names();
        let place = |column: &String| groups.iter().position(|group| group == column);
        let columns = boundaries.columns().iter().map(place).collect::<Option<_>>()?;
        Some(Self { schema, boundaries, columns, below: boundaries.below(), faults: Diagnostics::default() })
    }

    /// Puts the places of grades in place of the marks of a group with these values; what is wrong with them is kept.
    ///
    /// # Errors
    /// More time than the task may take.
    pub(super) fn grade(
        &mut self,
        group: &mut Group,
        described: &[usize],
        values: &[Option<String>],
    ) -> Result<(), InputError> {
        let key: Vec<String> = self.columns.iter().map(|place| values[*place].clone().unwrap_or_default()).collect();
        let boundaries = self.boundaries.of(&key);
        let marked = described.iter().filter(|value| !group.columns[**value].numbers.is_empty()).copied();
        for value in marked.collect::<Vec<_>>() {
            let column = &mut group.columns[value];
            let graded = match boundaries {
                Some(boundaries) => self.graded(column, boundaries, &key),
                None => Err(TableFault::NoBoundaries { group: shown(&key), lookalike: self.lookalike(&key) }),
            };
            match graded {
                Ok(numbers) => column.numbers = numbers,
                Err(fault) => {
                    let location = self.schema.location(OptionName::GradeBoundaries);
                    self.faults.add(|| Diagnostic::new(location, fault));
                }
            }
            self.schema.ledger().check()?;
        }
        Ok(())
    }

    /// Group with boundaries that differs from these values in blanks, case or Unicode form alone, cut.
    fn lookalike(&self, key: &[String]) -> Option<String> {
        let folded = |values: &[String]| values.iter().map(|value| spelling::folded(value)).collect::<Vec<_>>();
        let wanted = folded(key);
        self.boundaries.groups().find(|values| folded(values) == wanted).map(shown)
    }

    /// The places of the grades of a column's marks. Marks above the maximum count as invalid cells if the options say so.
    fn graded(&self, column: &mut Column, boundaries: &GroupBoundaries, key: &[String]) -> Result<Sample, TableFault> {
        let order = column.numbers.order().ok_or(TableFault::TooManyMarks)?;
        let marks = order.values().ok_or(TableFault::TooManyMarks)?;
        let mut grades = Sample::new(&self.schema.retention);
        grades.push_missing_times(column.numbers.missing());
        let (mut above, mut highest) = (0, Decimal::ZERO);
        for (mark, times) in marks {
            if boundaries.maximum().is_some_and(|maximum| mark.compare(maximum).is_gt()) {
                (above, highest) = (above + times, mark);
                continue;
            }
            let place = boundaries.place(mark).unwrap_or(self.below);
            grades.push_times(Decimal::short(place as u64, 0, false), times);
        }
        if let (Some(maximum), 1..) = (boundaries.maximum(), above) {
            // With weights it is not known of how many cells they are.
            if !self.schema.options.invalid_as_missing || self.schema.weight.is_some() {
                let (group, maximum, highest) = (shown(key), maximum.to_string(), highest.to_string());
                return Err(TableFault::AboveMaximum { group, maximum, highest });
            }
            column.invalid += above;
        }
        Ok(grades)
    }

    /// Ends the grading.
    ///
    /// # Errors
    /// Groups without boundaries, marks above a maximum, too many different marks.
    pub(super) fn finish(self) -> Result<(), InputError> {
        self.faults.into_result()
    }
}

/// The values of a group, cut.
fn shown(key: &[String]) -> String {
    excerpt(key.join(", ").as_bytes())
}
