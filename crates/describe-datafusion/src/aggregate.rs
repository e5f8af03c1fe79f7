//! Aggregate functions of DataFusion whose state is exact.
//!
//! Input: arrays of values, group by group or one group alone, or states to be merged. Output: figures, or states as bytes. Invariants:
//! the state between partitions is that of the sample, so a result does not depend on partitions, batches or their order; a value
//! that is not a number is an error, never left out.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Float64Array, StructArray, UInt64Array,
};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err, not_impl_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility};
use describe::state::StateError;
use describe::{Decimal, Retention, Sample};
use describe_options::{InputError, Reason, ValueFault};
use describe_readers::{Cell, CellRules, SavedColumn};

use crate::cells::{each_cell, is_described};
use crate::column_state;
use crate::figures::{FIGURES, Figure};

/// Number of groups above which each takes less memory, and a value a little longer.
const MAX_FAST_GROUPS: usize = 64;

/// Result of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Output {
    /// State of the sample: see [`describe::state`].
    State {
        /// Whether it has a frequency table of the values, which order statistics need.
        has_values: bool,
    },
    /// Structure of counts and figures.
    Description,
    /// One figure, by its position in the list.
    Figure(usize),
    /// Cells of a column as [`column_state`] writes them, classified by options.
    Column,
}

impl Output {
    fn figure(self) -> Option<&'static Figure> {
        if let Self::Figure(index) = self { FIGURES.get(index) } else { None }
    }

    /// Type of the result.
    fn data_type(self) -> DataType {
        match self {
            Self::State { .. } | Self::Column => DataType::Binary,
            Self::Description => DataType::Struct(members()),
            Self::Figure(_) => DataType::Float64,
        }
    }

    /// Results of groups.
    fn of(self, columns: &[SavedColumn]) -> Result<ArrayRef> {
        let figures = |figure: &Figure| {
            let figures = columns.iter().map(|column| figure.of(&column.numbers).map_err(refused(figure.name)));
            figures.collect::<Result<Float64Array>>().map(|array| Arc::new(array) as ArrayRef)
        };
        Ok(match self {
            Self::State { .. } => {
                Arc::new(BinaryArray::from_iter_values(columns.iter().map(|column| column.numbers.to_bytes())))
            }
            Self::Column => Arc::new(states(columns)),
            Self::Figure(index) => FIGURES.get(index).map_or_else(|| exec_err!("no such figure"), figures)?,
            Self::Description => {
                let count = |of: fn(&Sample) -> u64| {
                    Arc::new(columns.iter().map(|column| Some(of(&column.numbers))).collect::<UInt64Array>())
                        as ArrayRef
                };
                let counts = [count(|numbers| numbers.taken() - numbers.missing()), count(Sample::missing)];
                let described = FIGURES.iter().filter(|figure| figure.member.is_some()).map(figures);
                let arrays = counts.into_iter().map(Ok).chain(described).collect::<Result<Vec<_>>>()?;
                Arc::new(StructArray::try_new(members(), arrays, None)?)
            }
        })
    }
}

/// Members of the structure that `describe` gives.
fn members() -> Fields {
    let counts = ["n", "missing"].map(|name| Field::new(name, DataType::UInt64, false));
    let figures = FIGURES.iter().filter_map(|figure| figure.member);
    counts.into_iter().chain(figures.map(|name| Field::new(name, DataType::Float64, true))).collect()
}

/// Exact aggregate function of one argument.
#[derive(Debug)]
pub struct ExactAggregate {
    name: String,
    aliases: Vec<String>,
    output: Output,
    rules: Arc<CellRules>,
    retention: Retention,
    signature: Signature,
}

impl ExactAggregate {
    /// A function of this name. Cells are classified by the rules, and numbers kept by the retention.
    #[must_use]
    pub fn new(name: &str, aliases: &[&str], output: Output, rules: Arc<CellRules>, retention: Retention) -> Self {
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        let signature = Signature::user_defined(Volatility::Immutable);
        Self { name: name.to_owned(), aliases, output, rules, retention, signature }
    }

    /// Groups without cells.
    fn groups(&self, args: &AccumulatorArgs) -> Result<Groups> {
        if args.is_distinct {
            return not_impl_err!("DISTINCT in {}: select the distinct values in a subquery", self.name);
        }
        Ok(Groups {
            argument: args.expr_fields.first().map_or_else(String::new, |field| field.name().clone()),
            output: self.output,
            rules: Arc::clone(&self.rules),
            takes_all_numbers: self.rules.take_all_numbers(),
            // Limits on the values of all groups count those of this part of the data.
            retention: self.retention.with_fresh_budget(),
            columns: Vec::new(),
            held: 0,
        })
    }
}

impl PartialEq for ExactAggregate {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.output == other.output && Arc::ptr_eq(&self.rules, &other.rules)
    }
}

impl Eq for ExactAggregate {}

impl Hash for ExactAggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.name, self.output).hash(state);
    }
}

impl AggregateUDFImpl for ExactAggregate {
    fn name(&self) -> &str {
        &self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [argument] if is_described(argument) || (is_state(argument) && self.output != Output::Column) => {
                Ok(types.to_vec())
            }
            [argument] => plan_err!(
                "{} takes numbers, decimals, texts of numbers, or states, and not {argument}; convert the argument with CAST",
                self.name
            ),
            _ => plan_err!("{} takes one argument, and not {}", self.name, types.len()),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(self.output.data_type())
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "column"), DataType::Binary, false))])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let mut groups = self.groups(&args)?;
        groups.grow(1);
        Ok(Box::new(OneGroup(groups)))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let argument = args.expr_fields.first().map(|field| field.data_type().clone());
        if self.retention.max_distinct.is_some() || argument.as_ref().is_some_and(is_state) {
            return not_impl_err!(
                "{} of a sliding window: values that leave it can be subtracted from sums, and not from values in order or states",
                self.name
            );
        }
        let mut groups = self.groups(&args)?;
        groups.grow(2);
        Ok(Box::new(Window { groups, extremes: Extremes::default() }))
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(self.groups(&args)?))
    }
}

/// Whether a type is that of saved states.
fn is_state(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

/// Value that cannot be described.
#[derive(Debug)]
pub struct CellError {
    /// Name of the column whose value it is.
    pub argument: String,
    /// Fault, with the value.
    pub error: InputError,
}

impl Display for CellError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let diagnostic = self.error.first();
        let value = diagnostic.input.as_deref().unwrap_or_default();
        write!(f, "{}: '{value}' ", self.argument)?;
        if diagnostic.reason == Reason::Value(ValueFault::OutOfRange) {
            return f.write_str("is beyond the range of a double, 1.8e308");
        }
        f.write_str(
            "is not a finite number; make it NULL, which counts as missing, or leave it out with FILTER or WHERE",
        )
    }
}

impl Error for CellError {}

/// Error of a function whose figure cannot be given.
fn refused(name: &'static str) -> impl Fn(String) -> DataFusionError {
    move |why| DataFusionError::Execution(format!("{name}: {why}"))
}

/// States of columns, for other partitions.
fn states(columns: &[SavedColumn]) -> BinaryArray {
    BinaryArray::from_iter_values(columns.iter().map(column_state::to_bytes))
}

/// Cells of groups.
#[derive(Debug)]
struct Groups {
    /// The argument, for errors.
    argument: String,
    output: Output,
    rules: Arc<CellRules>,
    takes_all_numbers: bool,
    retention: Retention,
    columns: Vec<SavedColumn>,
    /// Memory that the columns have grown by.
    held: isize,
}

impl Groups {
    /// Adds empty groups until there are `count`.
    fn grow(&mut self, count: usize) {
        if self.columns.len() < count {
            self.retention.low_memory = count > MAX_FAST_GROUPS;
            let empty = self.rules.column(&self.retention);
            self.columns.resize(count, empty);
        }
    }

    /// Adds values, each to the group that `group` gives for its position.
    fn update(
        &mut self,
        values: &ArrayRef,
        filter: Option<&BooleanArray>,
        group: impl Fn(usize) -> usize,
    ) -> Result<()> {
        let before = describe::growth();
        let Self { argument, rules, takes_all_numbers, columns, output, .. } = self;
        let takes_all_numbers = *takes_all_numbers;
        let is_taken = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        if is_state(values.data_type()) {
            let values = values.as_ref();
            each_state(values, |row, bytes| {
                if is_taken(row) { add_state(&mut columns[group(row)], bytes, *output) } else { Ok(()) }
            })?;
        } else {
            each_cell(values.as_ref(), |row, cell| {
                if !is_taken(row) {
                    return Ok(());
                }
                let column = &mut columns[group(row)];
                match cell {
                    Cell::Number(decimal) if takes_all_numbers => column.numbers.push_decimal(decimal),
                    Cell::Missing => column.numbers.push_missing(),
                    cell => {
                        rules.push(column, cell).map_err(|error| cell_error(argument, error))?;
                    }
                }
                Ok(())
            })?;
        }
        self.held += describe::growth() - before;
        Ok(())
    }

    /// Adds the cells of other partitions.
    fn merge(&mut self, states: &ArrayRef, group: impl Fn(usize) -> usize) -> Result<()> {
        let before = describe::growth();
        let states = states.as_binary::<i32>();
        for row in 0..states.len() {
            let column = column_state::from_bytes(states.value(row)).map_err(damaged)?;
            self.columns[group(row)].merge(&column);
        }
        self.held += describe::growth() - before;
        Ok(())
    }

    fn bytes(&self) -> usize {
        let column = size_of::<SavedColumn>() + Sample::initial_bytes(&self.retention);
        self.columns.capacity() * column + usize::try_from(self.held).unwrap_or(0)
    }

    /// Takes groups out, and returns what `of` makes of them.
    fn emit(&mut self, emit_to: EmitTo, of: impl FnOnce(&[SavedColumn]) -> Result<ArrayRef>) -> Result<ArrayRef> {
        let before = describe::growth();
        let taken = emit_to.take_needed(&mut self.columns);
        let result = of(&taken);
        drop(taken);
        self.held += describe::growth() - before;
        result
    }
}

#[cold]
fn cell_error(argument: &str, error: InputError) -> DataFusionError {
    DataFusionError::External(Box::new(CellError { argument: argument.to_owned(), error }))
}

fn damaged(error: StateError) -> DataFusionError {
    DataFusionError::Execution(format!("not a state of a sample: {error}"))
}

/// Passes saved states to `take`; a NULL is none.
fn each_state(array: &dyn Array, mut take: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
    for row in (0..array.len()).filter(|row| array.is_valid(*row)) {
        take(
            row,
            match array.data_type() {
                DataType::Binary => array.as_binary::<i32>().value(row),
                DataType::LargeBinary => array.as_binary::<i64>().value(row),
                _ => array.as_binary_view().value(row),
            },
        )?;
    }
    Ok(())
}

/// Adds the saved state of a sample to the numbers of a column.
fn add_state(column: &mut SavedColumn, bytes: &[u8], output: Output) -> Result<()> {
    let sample = Sample::from_bytes(bytes).map_err(damaged)?;
    let has_values = |sample: &Sample| sample.retention().is_some_and(|retention| retention.max_distinct.is_some());
    let needs_values = match output {
        Output::State { has_values } => Some(has_values),
        Output::Figure(_) => output.figure().filter(|figure| figure.needs_order()).map(|_| true),
        Output::Description | Output::Column => None,
    };
    if needs_values.is_some_and(|needed| needed != has_values(&sample)) {
        return exec_err!(
            "states of sums alone and states with values are of two kinds: see describe_state, describe_full_state"
        );
    }
    if column.numbers.taken() == 0 {
        column.numbers = sample;
    } else if has_values(&column.numbers) == has_values(&sample) {
        column.numbers.merge(&sample);
    } else {
        return exec_err!("states of sums alone and states with values cannot be added");
    }
    Ok(())
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.grow(total_num_groups);
        self.update(&values[0], filter, |row| group_indices[row])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.grow(total_num_groups);
        self.merge(&values[0], |row| group_indices[row])
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let output = self.output;
        self.emit(emit_to, |columns| output.of(columns))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.emit(emit_to, |columns| Ok(Arc::new(states(columns))))?])
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut rows = Self {
            argument: self.argument.clone(),
            rules: Arc::clone(&self.rules),
            retention: self.retention.clone(),
            columns: Vec::new(),
            ..*self
        };
        rows.grow(values[0].len());
        rows.update(&values[0], filter, |row| row)?;
        Ok(vec![Arc::new(states(&rows.columns))])
    }

    fn size(&self) -> usize {
        self.bytes()
    }
}

/// Accumulator of a query without groups, and of a window that only grows.
#[derive(Debug)]
struct OneGroup(Groups);

impl Accumulator for OneGroup {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.update(&values[0], None, |_| 0)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.0.merge(&states[0], |_| 0)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        scalar(self.0.output, &self.0.columns)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(self.0.columns.first().map(column_state::to_bytes))])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.0.bytes()
    }
}

fn scalar(output: Output, columns: &[SavedColumn]) -> Result<ScalarValue> {
    ScalarValue::try_from_array(&output.of(columns)?, 0)
}

/// Accumulator of a window that slides: the sums of the values that have entered it, and of those that have left it. Values leave it
/// in the order in which they entered, as [`Accumulator::retract_batch`] is called.
#[derive(Debug)]
struct Window {
    /// Values that have entered, and values that have left.
    groups: Groups,
    extremes: Extremes,
}

/// Values of a window that may become its minimum or its maximum, each with its number since the first (Lemire 2006).
#[derive(Debug, Default)]
struct Extremes {
    minima: VecDeque<(u64, Decimal)>,
    maxima: VecDeque<(u64, Decimal)>,
    entered: u64,
    left: u64,
}

impl Extremes {
    fn enter(&mut self, value: Decimal) {
        while self.minima.pop_back_if(|(_, last)| last.compare(value).is_ge()).is_some() {}
        while self.maxima.pop_back_if(|(_, last)| last.compare(value).is_le()).is_some() {}
        self.minima.push_back((self.entered, value));
        self.maxima.push_back((self.entered, value));
        self.entered += 1;
    }

    fn leave(&mut self) {
        for extremes in [&mut self.minima, &mut self.maxima] {
            extremes.pop_front_if(|(number, _)| *number <= self.left);
        }
        self.left += 1;
    }

    fn ends(&self) -> Option<(Decimal, Decimal)> {
        Some((self.minima.front()?.1, self.maxima.front()?.1))
    }
}

impl Window {
    /// Adds values to those that have entered, 0, or left, 1.
    fn take(&mut self, values: &ArrayRef, side: usize) -> Result<()> {
        let before = describe::growth();
        let (Groups { argument, rules, columns, held, .. }, extremes) = (&mut self.groups, &mut self.extremes);
        each_cell(values.as_ref(), |_, cell| {
            let number = rules.push(&mut columns[side], cell).map_err(|error| cell_error(argument, error))?;
            match number {
                Some(decimal) if side == 0 => extremes.enter(decimal),
                Some(_) => extremes.leave(),
                None => {}
            }
            Ok(())
        })?;
        *held += describe::growth() - before;
        Ok(())
    }

    /// The cells in the window.
    fn column(&self) -> Result<SavedColumn> {
        let [entered, left] = &self.groups.columns[..] else { return exec_err!("a window has two sides") };
        let numbers = entered.numbers.without(&left.numbers, self.extremes.ends());
        let Some(numbers) = numbers else {
            return exec_err!("{}: numbers of more than 38 digits", self.groups.argument);
        };
        Ok(SavedColumn { numbers, ..SavedColumn::default() })
    }
}

impl Accumulator for Window {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.take(&values[0], 0)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.take(&values[0], 1)
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        scalar(self.groups.output, &[self.column()?])
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(column_state::to_bytes(&self.column()?)))])
    }

    fn merge_batch(&mut self, _states: &[ArrayRef]) -> Result<()> {
        exec_err!("windows are not merged")
    }

    fn size(&self) -> usize {
        let extremes = self.extremes.minima.capacity() + self.extremes.maxima.capacity();
        size_of::<Self>() + self.groups.bytes() + extremes * size_of::<(u64, Decimal)>()
    }
}
