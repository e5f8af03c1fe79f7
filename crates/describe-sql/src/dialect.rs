//! List of the dialects: how each casts and counts, and how large its integers are.

use num_bigint::BigInt;

/// Dialect of SQL.
///
/// In the texts `{value}` is the cell, `{scale}` the number of decimal places, `{decimal}` what the first cast gives, and `{factor}` the
/// power of ten that makes it an integer.
#[derive(Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Its name in options.
    pub name: &'static str,
    /// What stands around a name that is not a plain word.
    pub(crate) quotes: [char; 2],
    /// A value as a text.
    pub(crate) text: &'static str,
    /// Function that counts.
    pub(crate) count: &'static str,
    /// A cell as a decimal. NULL or an error if it is too large.
    pub(crate) decimal: &'static str,
    /// Whether a cell is a text, where texts can be cast to numbers and compared with them: what the cast has cut is not seen then.
    pub(crate) is_text: Option<&'static str>,
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
const DECIMAL: &str = "CAST({value} AS DECIMAL(18, {scale}))";
const INTEGER: &str = "CAST({decimal} * CAST({factor} AS DECIMAL(10, 0)) AS DECIMAL(38, 0))";

static DIALECTS: [Dialect; 8] = [
    // Numbers of up to 131,072 digits.
    Dialect {
        name: "postgres",
        quotes: QUOTES,
        text: "CAST({value} AS TEXT)",
        count: "COUNT",
        decimal: "ROUND(CAST({value} AS NUMERIC), {scale})",
        is_text: None,
        integer: "ROUND({decimal} * {factor}, 0)",
        capacity: Capacity::Unlimited,
    },
    Dialect {
        name: "duckdb",
        quotes: QUOTES,
        text: "CAST({value} AS VARCHAR)",
        count: "COUNT",
        decimal: DECIMAL,
        is_text: Some("typeof({value}) = 'VARCHAR'"),
        integer: "CAST({decimal} * {factor} AS HUGEINT)",
        capacity: Capacity::Bits(127),
    },
    Dialect {
        name: "sqlserver",
        quotes: ['[', ']'],
        // As other databases compare: in most collations of this one x and X are equal.
        text: "CAST({value} AS NVARCHAR(4000)) COLLATE Latin1_General_BIN2",
        count: "COUNT_BIG",
        decimal: DECIMAL,
        is_text: Some("SQL_VARIANT_PROPERTY({value}, 'BaseType') IN ('char', 'nchar', 'nvarchar', 'varchar')"),
        integer: INTEGER,
        capacity: Capacity::Digits(38),
    },
    // Without ANSI mode what is too large is NULL: such a cell counts as not kept, and of sums the certificate knows.
    Dialect {
        name: "spark",
        quotes: BACKTICKS,
        text: "CAST({value} AS STRING)",
        count: "COUNT",
        decimal: DECIMAL,
        is_text: Some("typeof({value}) = 'string'"),
        integer: INTEGER,
        capacity: Capacity::Digits(38),
    },
    Dialect {
        name: "trino",
        quotes: QUOTES,
        text: "CAST({value} AS VARCHAR)",
        count: "COUNT",
        decimal: DECIMAL,
        is_text: None,
        integer: INTEGER,
        capacity: Capacity::Digits(38),
    },
    Dialect {
        name: "bigquery",
        quotes: BACKTICKS,
        text: "CAST({value} AS STRING)",
        count: "COUNT",
        decimal: "ROUND(CAST({value} AS BIGNUMERIC), {scale})",
        is_text: None,
        integer: "ROUND({decimal} * {factor}, 0)",
        capacity: Capacity::Digits(38),
    },
    Dialect {
        name: "snowflake",
        quotes: QUOTES,
        text: "CAST({value} AS VARCHAR)",
        count: "COUNT",
        decimal: DECIMAL,
        is_text: Some("TYPEOF(TO_VARIANT({value})) = 'VARCHAR'"),
        integer: INTEGER,
        capacity: Capacity::Digits(38),
    },
    // What is too large wraps around in silence. A double is cut to its decimal places, and its shortest text is not.
    Dialect {
        name: "clickhouse",
        quotes: BACKTICKS,
        text: "CAST({value} AS Nullable(String))",
        count: "COUNT",
        decimal: "toDecimal128(toString({value}), {scale})",
        is_text: None,
        integer: "toInt256({decimal} * {factor})",
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

    /// A name as the dialect has it: plain words as they are, since the database may fold their case.
    pub(crate) fn quoted(&self, name: &str) -> String {
        let [open, close] = self.quotes;
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.starts_with(|first: char| first.is_ascii_digit());
        if is_plain { name.to_owned() } else { format!("{open}{name}{close}") }
    }
}
