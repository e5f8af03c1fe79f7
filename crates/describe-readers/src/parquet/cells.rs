//! Conversion of the values of a Parquet column to cells.
//!
//! Input: pages of values of one column, and its type. Output: batches of cells: numbers, or texts for dates, times and other types. Invariant: a decimal is never rounded; one with too many digits for a number stays text.

use half::f16;
use num_bigint::BigInt;
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::schema::types::{ColumnDescPtr, Type};

use super::errors::from_crate;
use super::queue::PageQueue;
use crate::calendar;
use crate::table::Cell;
use describe::{Decimal, Number, ParseError};
use describe_options::InputError;

/// Type of a column, as far as it decides how values are converted to cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnType {
    /// Converted by the physical type alone.
    Plain,
    Unsigned,
    Decimal {
        scale: i32,
    },
    Date,
    Time {
        per_second: i64,
    },
    Timestamp {
        per_second: i64,
        utc: bool,
    },
    Half,
    Uuid,
    Interval,
    /// Not one value per row, but a list, map or struct, which is named here.
    Nested(&'static str),
}

impl ColumnType {
    /// Type of a field.
    pub(super) fn of(field: &Type) -> Self {
        if let Some(kind) = nested_kind(field) {
            return Self::Nested(kind);
        }
        let info = field.get_basic_info();
        match info.logical_type_ref() {
            Some(LogicalType::Integer(integer)) if !integer.is_signed => Self::Unsigned,
            Some(LogicalType::Decimal(decimal)) => Self::Decimal { scale: decimal.scale },
            Some(LogicalType::Date) => Self::Date,
            Some(LogicalType::Time(time)) => Self::Time { per_second: per_second(time.unit) },
            Some(LogicalType::Timestamp(time)) => {
                Self::Timestamp { per_second: per_second(time.unit), utc: time.is_adjusted_to_u_t_c }
            }
            Some(LogicalType::Float16) => Self::Half,
            Some(LogicalType::Uuid) => Self::Uuid,
            Some(_) => Self::Plain,
            None => Self::converted(field, info.converted_type()),
        }
    }

    /// Memory of the cells of a dictionary of `count` values in a page of `page_bytes` bytes, besides that page.
    pub(super) fn dictionary_bytes(self, physical: Physical, count: usize, page_bytes: usize) -> usize {
        let value = if matches!(physical, Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY) {
            size_of::<ByteArray>()
        } else {
            size_of::<Int96>()
        };
        let texts = match self {
            Self::Plain | Self::Unsigned | Self::Nested(_) => 0,
            // Each byte has at most 2.5 digits.
            Self::Decimal { scale } => {
                let places = usize::try_from(scale).unwrap_or(0).min(MAX_DECIMAL_PLACES);
                count.saturating_mul(places + MAX_SHORT_TEXT_BYTES).saturating_add(page_bytes.saturating_mul(3))
            }
            _ => count.saturating_mul(MAX_SHORT_TEXT_BYTES),
        };
        // Lists that grow have up to twice the capacity.
        let lists = count.saturating_mul(value + size_of::<BatchCell>()).saturating_add(texts).saturating_mul(2);
        lists.saturating_add(count.saturating_mul(2 * size_of::<u32>()))
    }

    /// Type of a field without a logical type, by its older converted type.
    fn converted(field: &Type, converted: ConvertedType) -> Self {
        match converted {
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                Self::Unsigned
            }
            ConvertedType::DECIMAL => Self::Decimal { scale: field.get_scale() },
            ConvertedType::DATE => Self::Date,
            ConvertedType::TIME_MILLIS => Self::Time { per_second: 1_000 },
            ConvertedType::TIME_MICROS => Self::Time { per_second: 1_000_000 },
            ConvertedType::TIMESTAMP_MILLIS => Self::Timestamp { per_second: 1_000, utc: true },
            ConvertedType::TIMESTAMP_MICROS => Self::Timestamp { per_second: 1_000_000, utc: true },
            ConvertedType::INTERVAL => Self::Interval,
            _ if field.get_physical_type() == Physical::INT96 => {
                Self::Timestamp { per_second: 1_000_000_000, utc: false }
            }
            _ => Self::Plain,
        }
    }
}

/// Number of units per second.
fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// Values of the current batch, in the field for their physical type.
#[derive(Default)]
struct Values {
    booleans: Vec<bool>,
    integers: Vec<i32>,
    longs: Vec<i64>,
    timestamps: Vec<Int96>,
    floats: Vec<f32>,
    doubles: Vec<f64>,
    texts: Vec<ByteArray>,
    fixed: Vec<FixedLenByteArray>,
}

impl Values {
    fn clear(&mut self) {
        self.booleans.clear();
        self.integers.clear();
        self.longs.clear();
        self.timestamps.clear();
        self.floats.clear();
        self.doubles.clear();
        self.texts.clear();
        self.fixed.clear();
    }
}

/// Maximum number of decimal places of a decimal that is kept as text.
const MAX_DECIMAL_PLACES: usize = 1_000;

/// Maximum length of a date, a time, an interval, an identifier or a number that is kept as text.
const MAX_SHORT_TEXT_BYTES: usize = 48;

/// Cell of the current batch.
#[derive(Clone, Copy, Debug)]
enum BatchCell {
    Missing,
    Number(Decimal),
    /// Start and end in the converted texts.
    Converted(usize, usize),
    /// Index among the byte arrays.
    Text(usize),
    /// Index among the byte arrays of fixed length.
    Fixed(usize),
    /// Value of more bytes than a cell may have.
    TooLong,
}

/// Cells of a batch, decoded from pages of values.
pub(super) struct CellBatch {
    reader: ColumnReader,
    value_type: ColumnType,
    optional: bool,
    levels: Vec<i16>,
    values: Values,
    /// Cells; none as long as all are finite doubles.
    cells: Vec<BatchCell>,
    /// Texts converted from values, concatenated.
    converted: Vec<u8>,
    has_too_long: bool,
}

impl CellBatch {
    /// Cells of a column whose pages of values are put in a queue.
    pub(super) fn new(descriptor: ColumnDescPtr, value_type: ColumnType, pages: PageQueue) -> Self {
        let optional = descriptor.max_def_level() > 0;
        let reader = get_column_reader(descriptor, Box::new(pages));
        let (levels, values, cells, converted) = (Vec::new(), Values::default(), Vec::new(), Vec::new());
        Self { reader, value_type, optional, levels, values, cells, converted, has_too_long: false }
    }

    /// Begins a batch.
    pub(super) fn clear(&mut self) {
        self.values.clear();
        self.cells.clear();
        self.converted.clear();
        self.has_too_long = false;
    }

    /// Number of cells of the batch.
    pub(super) fn len(&self) -> usize {
        self.doubles().map_or(self.cells.len(), <[f64]>::len)
    }

    /// Doubles that the cells are, if all are finite doubles, which are not converted then.
    pub(super) fn doubles(&self) -> Option<&[f64]> {
        self.cells.is_empty().then_some(&self.values.doubles)
    }

    /// Converts doubles that are not converted yet.
    pub(super) fn convert_doubles(&mut self) {
        if self.cells.is_empty() {
            self.cells.extend(self.values.doubles.iter().map(|value| BatchCell::Number(double(*value))));
        }
    }

    /// Appends the next rows of the queued pages, at most `rows`, to the batch. Returns their number. Values of more than `max_bytes`
    /// bytes are too long.
    pub(super) fn read(&mut self, rows: usize, max_bytes: usize) -> Result<usize, InputError> {
        let before = self.len();
        let Self { reader, levels, values, cells, .. } = self;
        let mut converter = Converter { value_type: self.value_type, texts: &mut self.converted, max_bytes };
        levels.clear();
        macro_rules! read {
            ($reader:expr, $values:expr) => {{
                let start = $values.len();
                let levels = self.optional.then_some(&mut *levels);
                let (records, _, _) = $reader.read_records(rows, levels, None, $values).map_err(from_crate)?;
                (start, records)
            }};
        }
        macro_rules! fill {
            ($reader:expr, $values:expr, $convert:expr) => {{
                let (start, records) = read!($reader, $values);
                let levels = self.optional.then_some(levels.as_slice());
                fill(cells, levels, records, $values[start..].iter().zip(start..), $convert);
            }};
        }
        match reader {
            ColumnReader::BoolColumnReader(reader) => fill!(reader, &mut values.booleans, |value: &bool, _| {
                converter.store(if *value { "true" } else { "false" })
            }),
            ColumnReader::Int32ColumnReader(reader) => fill!(reader, &mut values.integers, |value: &i32, _| {
                converter.integer(i64::from(*value), i128::from(value.cast_unsigned()))
            }),
            ColumnReader::Int64ColumnReader(reader) => fill!(reader, &mut values.longs, |value: &i64, _| {
                converter.integer(*value, i128::from(value.cast_unsigned()))
            }),
            ColumnReader::Int96ColumnReader(reader) => {
                fill!(reader, &mut values.timestamps, |value, _| converter.store(&julian(value)));
            }
            ColumnReader::FloatColumnReader(reader) => fill!(reader, &mut values.floats, |value: &f32, _| {
                let number = Decimal::from_f32(*value).map(BatchCell::Number);
                number.unwrap_or_else(|| converter.binary(value.is_nan(), || format!("{value:e}")))
            }),
            ColumnReader::DoubleColumnReader(reader) => {
                let (start, records) = read!(reader, &mut values.doubles);
                let (before, read) = values.doubles.split_at(start);
                let are_finite = read.len() == records && read.iter().fold(true, |are, value| are & value.is_finite());
                if !(are_finite && cells.is_empty()) {
                    if cells.is_empty() {
                        cells.extend(before.iter().map(|value| BatchCell::Number(double(*value))));
                    }
                    let levels = self.optional.then_some(levels.as_slice());
                    fill(cells, levels, records, read.iter().zip(start..), |value, _| {
                        let number = Decimal::from_f64(*value).map(BatchCell::Number);
                        number.unwrap_or_else(|| converter.binary(value.is_nan(), || format!("{value:e}")))
                    });
                }
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                fill!(reader, &mut values.texts, |value: &ByteArray, index| {
                    converter.bytes(value.data()).unwrap_or(BatchCell::Text(index))
                });
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                fill!(reader, &mut values.fixed, |value: &FixedLenByteArray, index| {
                    converter.bytes(value.data()).unwrap_or(BatchCell::Fixed(index))
                });
            }
        }
        self.has_too_long |= self.cells.iter().skip(before).any(|cell| matches!(cell, BatchCell::TooLong));
        Ok(self.len() - before)
    }

    /// Whether the value of any cell is too long.
    pub(super) fn has_too_long(&self) -> bool {
        self.has_too_long
    }

    /// Whether the value of a cell is too long.
    pub(super) fn is_too_long(&self, index: usize) -> bool {
        matches!(self.cells.get(index), Some(BatchCell::TooLong))
    }

    /// Cell of the batch.
    pub(super) fn cell(&self, index: usize) -> Cell<'_> {
        if let Some(doubles) = self.doubles() {
            return Cell::Number(double(doubles[index]));
        }
        match self.cells[index] {
            BatchCell::Missing | BatchCell::TooLong => Cell::Missing,
            BatchCell::Number(number) => Cell::Number(number),
            BatchCell::Converted(start, end) => Cell::Text(&self.converted[start..end]),
            BatchCell::Text(index) => Cell::Text(self.values.texts[index].data()),
            BatchCell::Fixed(index) => Cell::Text(self.values.fixed[index].data()),
        }
    }
}

/// Shortest decimal of a finite double.
#[inline]
fn double(finite: f64) -> Decimal {
    Decimal::from_f64(finite).unwrap_or(Decimal::ZERO)
}

/// Appends the cells of rows: those of the `values` with their indexes, which are fewer where the definition levels say that some are
/// missing.
fn fill<'v, T: 'v>(
    cells: &mut Vec<BatchCell>,
    levels: Option<&[i16]>,
    rows: usize,
    mut values: impl Iterator<Item = (&'v T, usize)>,
    mut convert: impl FnMut(&T, usize) -> BatchCell,
) {
    cells.reserve(rows);
    for row in 0..rows {
        let is_present = levels.is_none_or(|levels| levels.get(row) == Some(&1));
        let next = if is_present { values.next() } else { None };
        cells.push(next.map_or(BatchCell::Missing, |(value, index)| convert(value, index)));
    }
}

/// Converter of values to cells.
struct Converter<'a> {
    value_type: ColumnType,
    /// Texts converted from values, concatenated.
    texts: &'a mut Vec<u8>,
    /// Maximum number of bytes of a value.
    max_bytes: usize,
}

impl Converter<'_> {
    /// Cell of bytes; `None` if they are text.
    fn bytes(&mut self, bytes: &[u8]) -> Option<BatchCell> {
        if bytes.len() > self.max_bytes {
            return Some(BatchCell::TooLong);
        }
        if let (ColumnType::Decimal { scale }, [first, ..]) = (self.value_type, bytes)
            && bytes.len() <= size_of::<i128>()
        {
            let start = i128::from(first.cast_signed() >> 7);
            let unscaled = bytes.iter().fold(start, |integer, byte| integer << 8 | i128::from(*byte));
            return Some(self.scaled(unscaled, scale));
        }
        convert_bytes(bytes, self.value_type).map(|converted| self.text(&converted))
    }

    /// Stores a converted text.
    fn store(&mut self, text: &str) -> BatchCell {
        let start = self.texts.len();
        self.texts.extend_from_slice(text.as_bytes());
        BatchCell::Converted(start, self.texts.len())
    }

    fn text(&mut self, converted: &Converted) -> BatchCell {
        match converted {
            Converted::Text(text) => self.store(text),
            Converted::Number(text) => self.number(text),
            Converted::Decimal(integer, scale) => self.decimal(integer, *scale),
            Converted::Missing => BatchCell::Missing,
        }
    }

    /// Number by its text; the text itself if it is out of the range of numbers.
    fn number(&mut self, text: &str) -> BatchCell {
        match Number::parse(text.as_bytes()) {
            Ok(Number::Finite(number)) => BatchCell::Number(number),
            Ok(Number::Nan) => BatchCell::Missing,
            Ok(Number::Infinite { .. }) | Err(ParseError::NotANumber | ParseError::OutOfRange) => self.store(text),
        }
    }

    fn binary(&mut self, nan: bool, text: impl Fn() -> String) -> BatchCell {
        if nan { BatchCell::Missing } else { self.number(&text()) }
    }

    fn integer(&mut self, value: i64, unsigned: i128) -> BatchCell {
        let text = match self.value_type {
            ColumnType::Unsigned => return self.scaled(unsigned, 0),
            ColumnType::Decimal { scale } => return self.scaled(i128::from(value), scale),
            ColumnType::Date => calendar::date(value),
            ColumnType::Time { per_second } => calendar::clock(value, per_second),
            ColumnType::Timestamp { per_second, utc } => calendar::timestamp(i128::from(value), per_second, utc),
            _ => return self.scaled(i128::from(value), 0),
        };
        self.store(&text)
    }

    /// Integer divided by a power of ten; a number without parsing if it has at most 19 digits.
    fn scaled(&mut self, value: i128, scale: i32) -> BatchCell {
        let magnitude = u64::try_from(value.unsigned_abs()).ok().filter(|digits| *digits < 10_u64.pow(19));
        match magnitude {
            Some(digits) if (0..=100).contains(&scale) => BatchCell::Number(Decimal::short(digits, -scale, value < 0)),
            _ => self.decimal(&value.to_string(), scale),
        }
    }

    /// Integer divided by a power of ten. With more digits than a number can have, it is kept as text, so that different
    /// values stay different groups.
    fn decimal(&mut self, integer: &str, scale: i32) -> BatchCell {
        let (sign, digits) = integer.strip_prefix('-').map_or(("", integer), |digits| ("-", digits));
        match usize::try_from(scale) {
            Ok(places) if places <= MAX_DECIMAL_PLACES && digits.trim_matches('0').len() > 38 => {
                let digits = format!("{digits:0>width$}", width = places + 1);
                let (whole, part) = digits.split_at(digits.len() - places);
                let part = part.trim_end_matches('0');
                let point = if part.is_empty() { "" } else { "." };
                self.store(&format!("{sign}{whole}{point}{part}"))
            }
            _ => self.number(&format!("{integer}e{}", -i64::from(scale))),
        }
    }
}

/// Value converted from bytes.
enum Converted {
    Text(String),
    Number(String),
    /// Unscaled integer, and the number of its decimal places.
    Decimal(String, i32),
    Missing,
}

/// Value of bytes by the column's type; `None` if they are text.
fn convert_bytes(bytes: &[u8], value_type: ColumnType) -> Option<Converted> {
    match (value_type, bytes) {
        // The conversion takes quadratic time, and numbers are shorter.
        (ColumnType::Decimal { scale }, bytes) if bytes.len() <= 1024 => {
            Some(Converted::Decimal(BigInt::from_signed_bytes_be(bytes).to_string(), scale))
        }
        (ColumnType::Decimal { .. }, _) => Some(Converted::Text("a decimal too long to be read".into())),
        (ColumnType::Half, [low, high]) => Some(half(f16::from_le_bytes([*low, *high]))),
        (ColumnType::Uuid, bytes) if bytes.len() == 16 => {
            let number = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
            let digits = format!("{number:032x}");
            let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
            Some(Converted::Text(parts.join("-")))
        }
        (ColumnType::Interval, bytes) if bytes.len() == 12 => {
            let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            let seconds = calendar::fraction(i64::from(number(8)) / 1000, i64::from(number(8)) % 1000, 1000);
            Some(Converted::Text(format!("P{}M{}DT{seconds}S", number(0), number(4))))
        }
        _ => None,
    }
}

/// 16-bit float by the shortest decimal that parses to the same 16-bit float.
fn half(value: f16) -> Converted {
    if value.is_nan() {
        return Converted::Missing;
    }
    let is_same_float = |text: &String| text.parse::<f64>().is_ok_and(|double| f16::from_f64(double) == value);
    let shortest = (0..5).map(|digits| format!("{:.digits$e}", value.to_f64())).find(is_same_float);
    Converted::Number(shortest.unwrap_or_else(|| value.to_f64().to_string()))
}

/// Date and time of the deprecated type INT96: nanoseconds of a Julian day.
fn julian(value: &Int96) -> String {
    let [low, high, day] = value.data() else { return String::new() };
    let nanoseconds = i128::from((u64::from(*high) << 32) | u64::from(*low));
    // The Julian day of 1970-01-01.
    let day = i128::from(*day) - 2_440_588;
    calendar::timestamp(day * 86_400_000_000_000 + nanoseconds, 1_000_000_000, false)
}

/// Kind of a nested column; `None` if the column is not nested.
fn nested_kind(field: &Type) -> Option<&'static str> {
    let info = field.get_basic_info();
    if info.has_repetition() && info.repetition() == Repetition::REPEATED {
        return Some("list");
    }
    match info.converted_type() {
        _ if field.is_primitive() => None,
        ConvertedType::LIST => Some("list"),
        ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE => Some("map"),
        _ => Some("struct"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn julian_days() {
        let mut value = Int96::new();
        value.set_data(1, 0, 2_440_589);
        assert_eq!(julian(&value), "1970-01-02T00:00:00.000000001");
    }

    #[test]
    fn halves() {
        let text = |value: f32| match half(f16::from_f32(value)) {
            Converted::Number(text) => text,
            Converted::Text(_) | Converted::Decimal(..) | Converted::Missing => String::new(),
        };
        assert_eq!(text(0.1), "1e-1");
        assert_eq!(text(-2048.0), "-2.048e3");
        assert_eq!(text(65504.0), "6.55e4");
        assert_eq!(text(f32::NAN), "");
    }
}
