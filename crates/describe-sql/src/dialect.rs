//! List of the dialects: how each casts and counts, and how large its integers are.

use num_bigint::BigInt;

use super::reserved::is_reserved;

/// Dialect of SQL.
///
/// In the texts `{value}` is the cell, `{scale}` the number of decimal places, `{decimal}` what the first cast gives, and `{factor}` the
/// power of ten that makes it an integer.
#[derive(Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Its name in options.
    pub name: &'static str,
    /// Quotes around a name that is not a plain word, or is a reserved one.
    pub(crate) quotes: [char; 2],
    /// A value as a text.
    pub(crate) text: &'static str,
    /// Function that counts.
    pub(crate) count: &'static str,
    /// A cell as a decimal. NULL if it is too large or not a number; an error in dialects without such a cast.
    pub(crate) decimal: &'static str,
    /// Whether a cell is none of which the comparison with its decimal says if the cast kept it: a text, where texts can be cast to numbers
    /// and compared with them, so that what the cast has cut is not seen; or NaN, where it equals itself.
    pub(crate) is_never_exact: Option<&'static str>,
    /// A decimal as an integer of the widest type. Products and sums of that type have it, too.
    pub(crate) integer: &'static str,
    /// Largest magnitude that is exact in that type.
    capacity: Capacity,
}

/// Largest magnitude of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Capacity {
    Unlimited,
    /// 2ⁿ - 1.
    Bits(u32),
    /// 10ⁿ - 1.
    Digits(u32),
}

const QUOTES: [char; 2] = ['"', '"'];
const BACKTICKS: [char; 2] = ['`', '`'];
/// Enough for all that [`Dialect::holds`] admits in 38 digits: fourth powers of ten digits.
const DECIMAL: &str = "TRY_CAST({value} AS DECIMAL(18, {scale}))";
const INTEGER: &str = "CAST({decimal} * CAST({factor} AS DECIMAL(10, 0)) AS DECIMAL(38, 0))";

static DIALECTS: [Dialect; 8] = [
    // Numbers of up to 131,072 digits.
    Dialect {
        name: "postgres",
        quotes: QUOTES,
        text: "CAST({value} AS TEXT)",
        count: "COUNT",
        decimal: "ROUND(CAST({value} AS NUMERIC), {scale})",
        is_never_exact: Some("CAST({value} AS TEXT) IN ('NaN', 'Infinity', '-Infinity')"),
        integer: "ROUND({decimal} * {factor}, 0)",
        capacity: Capacity::Unlimited,
    },
    Dialect {
        name: "duckdb",
        quotes: QUOTES,
        text: "CAST({value} AS VARCHAR)",
        count: "COUNT",
        decimal: DECIMAL,
        is_never_exact: Some("typeof({value}) = 'VARCHAR'"),
        // A product has as many digits as the wider factor: 18 would be too few.
        integer: "CAST(CAST({decimal} AS DECIMAL(38, {scale})) * {factor} AS HUGEINT)",
        capacity: Capacity::Bits(127),
    },
    Dialect {
        name: "sqlserver",
        quotes: ['[', ']'],
        // As other databases compare: in most collations of this one x and X are equal.
        text: "CAST({value} AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2",
        count: "COUNT_BIG",
        decimal: DECIMAL,
        is_never_exact: Some("SQL_VARIANT_PROPERTY({value}, 'BaseType') IN ('char', 'nchar', 'nvarchar', 'varchar')"),
        integer: INTEGER,
        capacity: Capacity::Digits(38),
    },
    // Without ANSI mode a sum that is too large is NULL: the certificate knows.
    Dialect {
        name: "spark",
        quotes: BACKTICKS,
        text: "CAST({value} AS STRING)",
        count: "COUNT",
        decimal: DECIMAL,
        is_never_exact: Some("typeof({value}) = 'string'"),
        integer: INTEGER,
        capacity: Capacity::Digits(38),
    },
    Dialect {
        name: "trino",
        quotes: QUOTES,
        text: "CAST({value} AS VARCHAR)",
        count: "COUNT",
        decimal: DECIMAL,
        is_never_exact: None,
        integer: INTEGER,
        capacity: Capacity::Digits(38),
    },
    Dialect {
        name: "bigquery",
        quotes: BACKTICKS,
        text: "CAST({value} AS STRING)",
        count: "COUNT",
        decimal: "ROUND(SAFE_CAST({value} AS BIGNUMERIC), {scale})",
        is_never_exact: None,
        integer: "ROUND({decimal} * {factor}, 0)",
        capacity: Capacity::Digits(38),
    },
    Dialect {
        name: "snowflake",
        quotes: QUOTES,
        text: "CAST({value} AS VARCHAR)",
        count: "COUNT",
        // TRY_CAST takes texts alone.
        decimal: "CAST({value} AS DECIMAL(18, {scale}))",
        is_never_exact: Some("TYPEOF(TO_VARIANT({value})) = 'VARCHAR'"),
        integer: INTEGER,
        capacity: Capacity::Digits(38),
    },
    // What is too large wraps around in silence. A double is cut to its decimal places, and its shortest text is not.
    Dialect {
        name: "clickhouse",
        quotes: BACKTICKS,
        text: "CAST({value} AS Nullable(String))",
        count: "COUNT",
        decimal: "toDecimal128OrNull(toString({value}), {scale})",
        is_never_exact: None,
        integer: "toInt256(toDecimal256({decimal}, {scale}) * {factor})",
        capacity: Capacity::Bits(255),
    },
];

impl Dialect {
    /// All dialects.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &DIALECTS
    }

    /// The dialect of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        DIALECTS.iter().find(|dialect| dialect.name == name)
    }

    /// The certificate: whether no sum of powers up to the fourth of `count` integers, nor a part of it, can have been too large for
    /// the integers of the dialect, when all of them are between `min` and `max`.
    ///
    /// ```
    /// use describe_sql::Dialect;
    /// let dialect = Dialect::named("duckdb").expect("known");
    /// assert!(dialect.holds(1_000_000, &(-10_000).into(), &10_000.into()));
    /// assert!(!dialect.holds(1_000_000, &0.into(), &1_000_000_000_i64.into()));
    /// ```
    #[must_use]
    pub fn holds(&self, count: u64, min: &BigInt, max: &BigInt) -> bool {
        let limit = match self.capacity {
            Capacity::Unlimited => return true,
            Capacity::Bits(bits) => BigInt::from(2).pow(bits),
            Capacity::Digits(digits) => BigInt::from(10).pow(digits),
        };
        let magnitude = [min, max].map(BigInt::magnitude).into_iter().max().cloned().unwrap_or_default();
        BigInt::from(magnitude).pow(4) * count < limit
    }

    /// A name as the dialect has it: plain words as they are, since the database may fold their case, and reserved ones in quotes.
    pub(crate) fn quoted(&self, name: &str) -> String {
        let [open, close] = self.quotes;
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.starts_with(|first: char| first.is_ascii_digit());
        if is_plain && !is_reserved(name) { name.to_owned() } else { format!("{open}{name}{close}") }
    }
}
