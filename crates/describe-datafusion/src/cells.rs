//! Arrays as cells: numbers, texts and missing values.
//!
//! Input: an array of a supported type. Output: its values in order, as the reader of Parquet gives them. Invariant: a number is never
//! rounded; floats are their shortest decimals, and a decimal of more digits than a number can have stays text.

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{
    DataType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use datafusion::common::{Result, exec_err};
use describe::{Decimal, Number};
use describe_readers::Cell;

/// Whether the values of a type can be described.
#[must_use]
pub fn is_described(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_described(values),
        DataType::Null
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..)
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View => true,
        _ => false,
    }
}

/// Passes the values of an array to `take`, each with its position.
///
/// # Errors
/// Those of `take`; an array of another type than [`is_described`] admits.
pub fn each_cell(array: &dyn Array, mut take: impl FnMut(usize, Cell<'_>) -> Result<()>) -> Result<()> {
    /// Passes the values of an array of one type; `$cell` makes a cell of a value.
    macro_rules! each {
        ($array:expr, |$value:ident| $cell:expr) => {{
            let array = $array;
            for row in 0..array.len() {
                if array.is_null(row) {
                    take(row, Cell::Missing)?;
                } else {
                    let $value = array.value(row);
                    take(row, $cell)?;
                }
            }
        }};
    }
    /// Passes integers that fit a word.
    macro_rules! integers {
        ($type:ty) => {
            each!(array.as_primitive::<$type>(), |value| Cell::Number(integer(i64::from(value))))
        };
    }
    /// Passes decimals of at most 38 digits.
    macro_rules! decimals {
        ($type:ty, $scale:expr) => {
            each!(array.as_primitive::<$type>(), |value| Cell::Number(scaled(i128::from(value), *$scale)))
        };
    }
    match array.data_type() {
        DataType::Null => (0..array.len()).try_for_each(|row| take(row, Cell::Missing))?,
        DataType::Int8 => integers!(Int8Type),
        DataType::Int16 => integers!(Int16Type),
        DataType::Int32 => integers!(Int32Type),
        DataType::Int64 => integers!(Int64Type),
        DataType::UInt8 => integers!(UInt8Type),
        DataType::UInt16 => integers!(UInt16Type),
        DataType::UInt32 => integers!(UInt32Type),
        DataType::UInt64 => {
            each!(array.as_primitive::<UInt64Type>(), |value| Cell::Number(Decimal::new(value.into(), 0, false)));
        }
        DataType::Float32 => {
            each!(array.as_primitive::<Float32Type>(), |value| float(Decimal::from_f32(value), value.into()));
        }
        DataType::Float64 => {
            each!(array.as_primitive::<Float64Type>(), |value| float(Decimal::from_f64(value), value));
        }
        DataType::Decimal32(_, scale) => decimals!(Decimal32Type, scale),
        DataType::Decimal64(_, scale) => decimals!(Decimal64Type, scale),
        DataType::Decimal128(_, scale) => decimals!(Decimal128Type, scale),
        DataType::Decimal256(_, scale) => {
            let array = array.as_primitive::<Decimal256Type>();
            for row in 0..array.len() {
                if array.is_null(row) {
                    take(row, Cell::Missing)?;
                    continue;
                }
                let text = format!("{}e{}", array.value(row), -i16::from(*scale));
                match Number::parse(text.as_bytes()) {
                    Ok(Number::Finite(decimal)) if !decimal.is_rounded => take(row, Cell::Number(decimal))?,
                    _ => take(row, Cell::Text(text.as_bytes()))?,
                }
            }
        }
        DataType::Utf8 => each!(array.as_string::<i32>(), |value| Cell::Text(value.as_bytes())),
        DataType::LargeUtf8 => each!(array.as_string::<i64>(), |value| Cell::Text(value.as_bytes())),
        DataType::Utf8View => each!(array.as_string_view(), |value| Cell::Text(value.as_bytes())),
        DataType::Dictionary(..) => each_coded_cell(array, take)?,
        other => return exec_err!("values of type {other} are not described"),
    }
    Ok(())
}

/// Passes the values of a dictionary, each of which is converted once.
fn each_coded_cell(array: &dyn Array, mut take: impl FnMut(usize, Cell<'_>) -> Result<()>) -> Result<()> {
    let dictionary = array.as_any_dictionary();
    let mut values: Vec<OwnedCell> = Vec::with_capacity(dictionary.values().len());
    // A dictionary of dictionaries does not occur, and would be compiled without end.
    each_plain_cell(dictionary.values().as_ref(), &mut |cell| values.push(OwnedCell::of(cell)))?;
    let keys = dictionary.keys();
    for (row, key) in dictionary.normalized_keys().into_iter().enumerate() {
        let value = if keys.is_null(row) { None } else { values.get(key) };
        take(row, value.map_or(Cell::Missing, OwnedCell::cell))?;
    }
    Ok(())
}

/// Passes the values of an array that is not a dictionary.
fn each_plain_cell(array: &dyn Array, take: &mut dyn FnMut(Cell<'_>)) -> Result<()> {
    if matches!(array.data_type(), DataType::Dictionary(..)) {
        return exec_err!("dictionaries of dictionaries are not described");
    }
    each_cell(array, |_, cell| {
        take(cell);
        Ok(())
    })
}

/// Cell that outlives its array.
enum OwnedCell {
    Number(Decimal),
    Text(Vec<u8>),
    Missing,
}

impl OwnedCell {
    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Number(decimal) => Self::Number(decimal),
            Cell::Text(text) => Self::Text(text.to_vec()),
            Cell::Missing => Self::Missing,
        }
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Number(decimal) => Cell::Number(*decimal),
            Self::Text(text) => Cell::Text(text),
            Self::Missing => Cell::Missing,
        }
    }
}

#[inline]
fn integer(value: i64) -> Decimal {
    Decimal::short(value.unsigned_abs(), 0, value < 0)
}

#[inline]
fn scaled(value: i128, scale: i8) -> Decimal {
    let exponent = -i32::from(scale);
    match u64::try_from(value.unsigned_abs()) {
        Ok(digits) => Decimal::short(digits, exponent, value < 0),
        Err(_) => Decimal::new(value.unsigned_abs(), exponent, value < 0),
    }
}

/// Cell of a float: its shortest decimal. NaN is missing, and an infinity is a text that is not a number.
#[inline]
fn float(decimal: Option<Decimal>, value: f64) -> Cell<'static> {
    match decimal {
        Some(decimal) => Cell::Number(decimal),
        None if value.is_nan() => Cell::Missing,
        None if value < 0.0 => Cell::Text(b"-inf"),
        None => Cell::Text(b"inf"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{
        ArrayRef, DictionaryArray, Float32Array, Float64Array, StringViewArray, UInt64Array,
    };
    use datafusion::arrow::array::{Decimal128Array, Decimal256Array};
    use datafusion::arrow::datatypes::{Int8Type, i256};

    use super::*;

    fn texts(array: &dyn Array) -> Vec<String> {
        let mut texts = Vec::new();
        let take = |_, cell: Cell<'_>| {
            texts.push(match cell {
                Cell::Number(decimal) => decimal.to_string(),
                Cell::Text(text) => format!("'{}'", String::from_utf8_lossy(text)),
                Cell::Missing => "missing".to_owned(),
            });
            Ok(())
        };
        each_cell(array, take).expect("a supported type");
        texts
    }

    #[test]
    fn values_are_exact() {
        assert_eq!(texts(&UInt64Array::from(vec![Some(u64::MAX), None])), ["18446744073709551615", "missing"]);
        assert_eq!(texts(&Float32Array::from(vec![0.1, f32::NAN, f32::INFINITY])), ["0.1", "missing", "'inf'"]);
        assert_eq!(texts(&Float64Array::from(vec![0.1 + 0.2, -0.0])), ["0.30000000000000004", "0"]);
        let decimals = Decimal128Array::from(vec![-1250, 10_i128.pow(37)]).with_precision_and_scale(38, 3);
        assert_eq!(texts(&decimals.expect("decimals")), ["-1.25", "1e34"]);
        let most = i256::from_string(&"9".repeat(39)).expect("an integer");
        let decimals = Decimal256Array::from(vec![i256::from_i128(15), most]).with_precision_and_scale(76, 1);
        assert_eq!(texts(&decimals.expect("decimals")), ["1.5".to_owned(), format!("'{}e-1'", "9".repeat(39))]);
        assert_eq!(texts(&StringViewArray::from(vec![Some(" 12.50"), None])), ["' 12.50'", "missing"]);
    }

    #[test]
    fn dictionaries_are_their_values() {
        let values: ArrayRef = Arc::new(Float32Array::from(vec![Some(0.5), None]));
        let keys = vec![Some(1), Some(0), None, Some(0)].into();
        let dictionary = DictionaryArray::<Int8Type>::new(keys, values);
        assert_eq!(texts(&dictionary), ["missing", "0.5", "missing", "0.5"]);
    }
}
