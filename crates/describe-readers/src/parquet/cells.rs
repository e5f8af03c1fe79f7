//! The values of a column, batch by batch, as cells.

use std::io::Write;

use half::f16;
use num_bigint::BigInt;
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::file::reader::ChunkReader;
use parquet::schema::types::{ColumnDescPtr, Type};

use super::errors::from_crate;
use super::pages::Pages;
use crate::calendar;
use crate::errors::too_long;
use crate::table::Cell;
use describe::{Decimal, Number, ParseError};
use describe_options::{InputError, ParquetFault};

/// How the values of a column are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As they are stored.
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
    /// Not one value a row, but such a thing.
    Nested(&'static str),
}

impl Shown {
    /// How the values of a field are shown.
    pub(super) fn of(field: &Type) -> Self {
        if let Some(kind) = nesting(field) {
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

    /// The same by the older way to say it.
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

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// The values of the batch that was read.
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

/// More digits behind the point than this are not spelt out.
const MOST_PLACES: usize = 1_000;

/// One cell of the batch.
#[derive(Clone, Copy, Debug)]
enum Item {
    Missing,
    Number(Decimal),
    /// Where in the texts made.
    Made(usize, usize),
    /// Which of the texts, or of the arrays of fixed length, that were read.
    Text(usize),
    Fixed(usize),
}

/// A column of a row group.
pub(super) struct Column {
    reader: ColumnReader,
    shown: Shown,
    optional: bool,
    careful: bool,
    levels: Vec<i16>,
    values: Values,
    items: Vec<Item>,
    /// Texts that the file does not have as such.
    made: Vec<u8>,
}

impl Column {
    pub(super) fn new<R: ChunkReader + 'static>(descriptor: ColumnDescPtr, shown: Shown, pages: Pages<R>) -> Self {
        let (optional, careful) = (descriptor.max_def_level() > 0, pages.is_careful());
        let reader = get_column_reader(descriptor, Box::new(pages));
        let (levels, values, items, made) = (Vec::new(), Values::default(), Vec::new(), Vec::new());
        Self { reader, shown, optional, careful, levels, values, items, made }
    }

    /// Whether few bytes of it may make many.
    pub(super) fn is_careful(&self) -> bool {
        self.careful
    }

    /// Reads so many rows.
    pub(super) fn read(&mut self, rows: usize, longest: usize) -> Result<(), InputError> {
        let (levels, values) = (&mut self.levels, &mut self.values);
        levels.clear();
        macro_rules! read {
            ($reader:expr, $values:expr) => {{
                $values.clear();
                let levels = self.optional.then_some(&mut *levels);
                $reader.read_records(rows, levels, None, $values)
            }};
        }
        let read = match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => read!(reader, &mut values.booleans),
            ColumnReader::Int32ColumnReader(reader) => read!(reader, &mut values.integers),
            ColumnReader::Int64ColumnReader(reader) => read!(reader, &mut values.longs),
            ColumnReader::Int96ColumnReader(reader) => read!(reader, &mut values.timestamps),
            ColumnReader::FloatColumnReader(reader) => read!(reader, &mut values.floats),
            ColumnReader::DoubleColumnReader(reader) => read!(reader, &mut values.doubles),
            ColumnReader::ByteArrayColumnReader(reader) => read!(reader, &mut values.texts),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => read!(reader, &mut values.fixed),
        };
        let (records, count, _) = read.map_err(from_crate)?;
        if records != rows {
            return Err(InputError::of_data(ParquetFault::FewerRows));
        }
        self.fill(rows, count, longest)
    }

    /// Makes the cells of the batch.
    fn fill(&mut self, rows: usize, count: usize, longest: usize) -> Result<(), InputError> {
        self.items.clear();
        self.made.clear();
        let mut next = 0;
        for row in 0..rows {
            let present = !self.optional || self.levels.get(row) == Some(&1);
            let item = if present && next < count { self.item(next, longest)? } else { Item::Missing };
            next += usize::from(present);
            self.items.push(item);
        }
        Ok(())
    }

    fn item(&mut self, index: usize, longest: usize) -> Result<Item, InputError> {
        let values = &self.values;
        let bytes: &[u8] = match &self.reader {
            ColumnReader::BoolColumnReader(_) => {
                let text = if values.booleans[index] { "true" } else { "false" };
                return Ok(self.make(text));
            }
            ColumnReader::Int32ColumnReader(_) => {
                let value = values.integers[index];
                let unsigned = i128::from(value.cast_unsigned());
                return Ok(self.integer(i64::from(value), unsigned));
            }
            ColumnReader::Int64ColumnReader(_) => {
                let value = values.longs[index];
                return Ok(self.integer(value, i128::from(value.cast_unsigned())));
            }
            ColumnReader::Int96ColumnReader(_) => {
                let text = julian(&values.timestamps[index]);
                return Ok(self.make(&text));
            }
            ColumnReader::FloatColumnReader(_) => {
                let value = values.floats[index];
                return Ok(self.binary(value.is_nan(), || format!("{value:e}")));
            }
            ColumnReader::DoubleColumnReader(_) => {
                let value = values.doubles[index];
                let number = Decimal::from_f64(value).map(Item::Number);
                return Ok(number.unwrap_or_else(|| self.binary(value.is_nan(), || format!("{value:e}"))));
            }
            ColumnReader::ByteArrayColumnReader(_) => values.texts[index].data(),
            ColumnReader::FixedLenByteArrayColumnReader(_) => values.fixed[index].data(),
        };
        if bytes.len() > longest {
            return Err(too_long(longest));
        }
        if let Some(text) = text_of(bytes, self.shown) {
            return Ok(self.text(&text));
        }
        let is_fixed = matches!(self.reader, ColumnReader::FixedLenByteArrayColumnReader(_));
        Ok(if is_fixed { Item::Fixed(index) } else { Item::Text(index) })
    }

    /// A text to be shown that is no number.
    fn make(&mut self, text: &str) -> Item {
        let start = self.made.len();
        self.made.extend_from_slice(text.as_bytes());
        Item::Made(start, self.made.len())
    }

    fn text(&mut self, made: &Made) -> Item {
        match made {
            Made::Text(text) => self.make(text),
            Made::Number(text) => self.number(text),
            Made::Decimal(integer, scale) => self.decimal(integer, *scale),
            Made::Missing => Item::Missing,
        }
    }

    /// A number by its text; if it is none for us, the text.
    fn number(&mut self, text: &str) -> Item {
        match Number::parse(text.as_bytes()) {
            Ok(Number::Finite(number)) => Item::Number(number),
            Ok(Number::Nan) => Item::Missing,
            Ok(Number::Infinite { .. }) | Err(ParseError::NotANumber | ParseError::OutOfRange) => self.make(text),
        }
    }

    fn binary(&mut self, nan: bool, text: impl Fn() -> String) -> Item {
        if nan { Item::Missing } else { self.number(&text()) }
    }

    fn integer(&mut self, value: i64, unsigned: i128) -> Item {
        let text = match self.shown {
            Shown::Unsigned => return self.scaled(unsigned, 0),
            Shown::Decimal { scale } => return self.scaled(i128::from(value), scale),
            Shown::Date => calendar::date(value),
            Shown::Time { per_second } => clock(value, per_second),
            Shown::Timestamp { per_second, utc } => timestamp(i128::from(value), per_second, utc),
            _ => return self.scaled(i128::from(value), 0),
        };
        self.make(&text)
    }

    /// An integer divided by a power of ten, exactly if it has no more than 19 digits.
    fn scaled(&mut self, value: i128, scale: i32) -> Item {
        let magnitude = u64::try_from(value.unsigned_abs()).ok().filter(|digits| *digits < 10_u64.pow(19));
        match magnitude {
            Some(digits) if (0..=100).contains(&scale) => {
                Item::Number(Decimal { digits, exponent: -scale, negative: value < 0 })
            }
            _ => self.decimal(&value.to_string(), scale),
        }
    }

    /// An integer divided by a power of ten. One with more digits than a number holds is kept as its text, so that different
    /// ones are different groups.
    fn decimal(&mut self, integer: &str, scale: i32) -> Item {
        let (sign, digits) = integer.strip_prefix('-').map_or(("", integer), |digits| ("-", digits));
        match usize::try_from(scale) {
            Ok(places) if places <= MOST_PLACES && digits.trim_end_matches('0').len() > 19 => {
                let digits = format!("{digits:0>least$}", least = places + 1);
                let (whole, part) = digits.split_at(digits.len() - places);
                let part = part.trim_end_matches('0');
                let point = if part.is_empty() { "" } else { "." };
                self.make(&format!("{sign}{whole}{point}{part}"))
            }
            _ => self.number(&format!("{integer}e{}", -i64::from(scale))),
        }
    }

    /// The cell of a row of the batch.
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        match self.items[row] {
            Item::Missing => Cell::Missing,
            Item::Number(number) => Cell::Number(number),
            Item::Made(start, end) => Cell::Text(&self.made[start..end]),
            Item::Text(index) => Cell::Text(self.values.texts[index].data()),
            Item::Fixed(index) => Cell::Text(self.values.fixed[index].data()),
        }
    }

    /// Adds the text of a cell to `key`; false when there is none.
    pub(super) fn group(&self, row: usize, key: &mut Vec<u8>) -> bool {
        match self.cell(row) {
            Cell::Missing => false,
            // Writing to a vector cannot fail.
            Cell::Number(number) => write!(key, "{number}").is_ok(),
            Cell::Text(text) => {
                let text = text.trim_ascii();
                key.extend_from_slice(text);
                !text.is_empty()
            }
        }
    }
}

/// What bytes stand for, if not for their text.
enum Made {
    Text(String),
    Number(String),
    /// An integer and how many of its digits stand behind the point.
    Decimal(String, i32),
    Missing,
}

/// What bytes stand for; `None` for the text that they are.
fn text_of(bytes: &[u8], shown: Shown) -> Option<Made> {
    match (shown, bytes) {
        // Longer ones would take long to spell, and no number is that long.
        (Shown::Decimal { scale }, bytes) if bytes.len() <= 1024 => {
            Some(Made::Decimal(BigInt::from_signed_bytes_be(bytes).to_string(), scale))
        }
        (Shown::Decimal { .. }, _) => Some(Made::Text("a decimal too long to be read".into())),
        (Shown::Half, [low, high]) => Some(half(f16::from_le_bytes([*low, *high]))),
        (Shown::Uuid, bytes) if bytes.len() == 16 => {
            let number = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
            let digits = format!("{number:032x}");
            let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
            Some(Made::Text(parts.join("-")))
        }
        (Shown::Interval, bytes) if bytes.len() == 12 => {
            let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            let seconds = fraction(i64::from(number(8)) / 1000, i64::from(number(8)) % 1000, 1000);
            Some(Made::Text(format!("P{}M{}DT{seconds}S", number(0), number(4))))
        }
        _ => None,
    }
}

/// A float of 16 bits by its own shortest decimal: the first that reads back as it.
fn half(value: f16) -> Made {
    if value.is_nan() {
        return Made::Missing;
    }
    let reads_back = |text: &String| text.parse::<f64>().is_ok_and(|double| f16::from_f64(double) == value);
    let shortest = (0..5).map(|digits| format!("{:.digits$e}", value.to_f64())).find(reads_back);
    Made::Number(shortest.unwrap_or_else(|| value.to_f64().to_string()))
}

/// A time of day that counts so many units a second.
fn clock(value: i64, per_second: i64) -> String {
    let seconds = value.div_euclid(per_second);
    let rest = fraction(seconds.rem_euclid(60), value.rem_euclid(per_second), per_second);
    let padding = if seconds.rem_euclid(60) < 10 { "0" } else { "" };
    format!("{:02}:{:02}:{padding}{rest}", seconds / 3600, seconds / 60 % 60)
}

/// Seconds with as many decimals as they need.
fn fraction(seconds: i64, rest: i64, per_second: i64) -> String {
    let digits = per_second.ilog10() as usize;
    let text = format!("{seconds}.{rest:0digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A point in time that counts so many units a second since 1970; a date alone at midnight, unless the zone is known.
fn timestamp(value: i128, per_second: i64, utc: bool) -> String {
    let per_day = i128::from(per_second) * 86_400;
    let (day, time) = (value.div_euclid(per_day), value.rem_euclid(per_day));
    let (Ok(day), Ok(time)) = (i64::try_from(day), i64::try_from(time)) else { return value.to_string() };
    match (calendar::date(day), clock(time, per_second)) {
        (date, _) if time == 0 && !utc => date,
        (date, time) if utc => format!("{date}T{time}Z"),
        (date, time) => format!("{date}T{time}"),
    }
}

/// A point in time as old writers store it: nanoseconds of a Julian day.
fn julian(value: &Int96) -> String {
    let [low, high, day] = value.data() else { return String::new() };
    let nanoseconds = i128::from((u64::from(*high) << 32) | u64::from(*low));
    // The day 1970-01-01.
    let day = i128::from(*day) - 2_440_588;
    timestamp(day * 86_400_000_000_000 + nanoseconds, 1_000_000_000, false)
}

/// What a nested column holds; `None` for a plain one.
fn nesting(field: &Type) -> Option<&'static str> {
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
    fn times() {
        assert_eq!(timestamp(0, 1_000, false), "1970-01-01");
        assert_eq!(timestamp(-1, 1_000, true), "1969-12-31T23:59:59.999Z");
        assert_eq!(timestamp(1_706_704_200_500_000, 1_000_000, false), "2024-01-31T12:30:00.5");
        assert_eq!(clock(45_000_000_000_000, 1_000_000_000), "12:30:00");
        assert_eq!(clock(1_001, 1_000), "00:00:01.001");
        let mut value = Int96::new();
        value.set_data(1, 0, 2_440_589);
        assert_eq!(julian(&value), "1970-01-02T00:00:00.000000001");
    }

    #[test]
    fn halves() {
        let text = |value: f32| match half(f16::from_f32(value)) {
            Made::Number(text) => text,
            Made::Text(_) | Made::Decimal(..) | Made::Missing => String::new(),
        };
        assert_eq!(text(0.1), "1e-1");
        assert_eq!(text(-2048.0), "-2.048e3");
        assert_eq!(text(65504.0), "6.55e4");
        assert_eq!(text(f32::NAN), "");
    }
}
