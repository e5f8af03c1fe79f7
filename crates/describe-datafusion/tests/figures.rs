//! The aggregate functions in SQL against exact rationals, and what does not change their results.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::datatypes::{Float64Type, Int64Type, UInt64Type};
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use num_bigint::BigInt;
use num_rational::Ratio;

type Rational = Ratio<BigInt>;

/// Number in millionths, as it is written; `None` is NULL.
type Mark = Option<i64>;

const MILLION: i64 = 1_000_000;

/// Pseudorandom numbers (Lehmer 1951, with the constants of Park and Miller).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 % limit
    }

    fn mark(&mut self) -> Mark {
        let scale = [MILLION, 100_000, 10_000, 1][usize::try_from(self.below(4)).unwrap_or(0)];
        let digits = i64::try_from(self.below(2_000_000_000)).unwrap_or(0) - 500_000_000;
        (self.below(10) > 0).then_some(digits / scale * scale)
    }
}

/// Rows of a table: group and mark.
fn rows(seed: u64, count: usize, groups: u64) -> Vec<(i64, Mark)> {
    let mut random = Random(seed);
    (0..count).map(|_| (i64::try_from(random.below(groups)).unwrap_or(0), random.mark())).collect()
}

/// Decimal text without trailing zeros.
fn text(mark: i64) -> String {
    let (sign, digits) = if mark < 0 { ("-", -mark) } else { ("", mark) };
    let text = format!("{sign}{}.{:06}", digits / MILLION, digits % MILLION);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn batch(rows: &[(i64, Mark)]) -> RecordBatch {
    let decimals: Decimal128Array = rows.iter().map(|(_, mark)| mark.map(i128::from)).collect();
    let columns: [(&str, ArrayRef); 5] = [
        ("number", Arc::new(Int64Array::from_iter_values((0..).take(rows.len())))),
        ("g", Arc::new(rows.iter().map(|(group, _)| Some(*group)).collect::<Int64Array>())),
        ("texts", Arc::new(rows.iter().map(|(_, mark)| mark.map(text)).collect::<StringArray>())),
        ("decimals", Arc::new(decimals.with_precision_and_scale(20, 6).expect("they fit"))),
        (
            "floats",
            Arc::new(
                rows.iter()
                    .map(|(_, mark)| mark.map(|mark| text(mark).parse::<f64>().expect("a number")))
                    .collect::<Float64Array>(),
            ),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).expect("a batch")
}

/// Session with the table `t` in as many partitions, each in batches of `batch_rows` rows.
fn session(rows: &[(i64, Mark)], partitions: usize, batch_rows: usize, memory: Option<usize>) -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(batch_rows);
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(bytes) = memory {
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
    }
    let session = SessionContext::new_with_config_rt(config, runtime.build_arc().expect("a runtime"));
    describe_datafusion::register(&session);
    let whole = batch(rows);
    let mut parts: Vec<Vec<RecordBatch>> = vec![Vec::new(); partitions];
    for (number, start) in (0..rows.len()).step_by(batch_rows).enumerate() {
        parts[number % partitions].push(whole.slice(start, batch_rows.min(rows.len() - start)));
    }
    session.register_table("t", Arc::new(MemTable::try_new(whole.schema(), parts).expect("a table"))).expect("new");
    session
}

/// The rows of a result: of each column the texts of its values.
async fn answer(session: &SessionContext, query: &str) -> Result<Vec<Vec<String>>> {
    let batches = session.sql(query).await?.collect().await?;
    let mut rows = Vec::new();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            rows.push(batch.columns().iter().map(|array| shown(array, row)).collect());
        }
    }
    Ok(rows)
}

fn shown(array: &ArrayRef, row: usize) -> String {
    use datafusion::arrow::datatypes::DataType;
    if array.is_null(row) {
        return "NULL".to_owned();
    }
    match array.data_type() {
        DataType::Float64 => format!("{:?}", array.as_primitive::<Float64Type>().value(row)),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).to_string(),
        DataType::Binary => format!("{:02x?}", array.as_binary::<i32>().value(row)),
        other => panic!("a column of type {other}"),
    }
}

/// A double as a rational.
fn exact(double: f64) -> Rational {
    let bits = double.to_bits();
    let (exponent, fraction) = (i32::try_from(bits >> 52 & 0x7ff).expect("11 bits"), bits & ((1 << 52) - 1));
    let (mantissa, power) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    let magnitude = BigInt::from(mantissa);
    let two = BigInt::from(2).pow(power.unsigned_abs());
    let value = if power < 0 { Ratio::new(magnitude, two) } else { Ratio::from_integer(magnitude * two) };
    if double < 0.0 { -value } else { value }
}

/// The least and the greatest number that round to a double.
fn bounds(double: f64) -> [Rational; 2] {
    [double.next_down(), double.next_up()].map(|neighbour| (exact(neighbour) + exact(double)) / integer(2))
}

fn integer(value: i64) -> Rational {
    Ratio::from_integer(BigInt::from(value))
}

#[track_caller]
fn assert_nearest(figure: &str, expected: Option<Rational>, name: &str) {
    let Some(expected) = expected else { return assert_eq!(figure, "NULL", "{name}") };
    let [low, high] = bounds(figure.parse().unwrap_or_else(|_| panic!("{name}: {figure}")));
    assert!(low <= expected && expected <= high, "{name}: {figure} is not the double nearest to {expected}");
}

/// The square root of `square`, with the sign of `sign`.
#[track_caller]
fn assert_nearest_root(figure: &str, square: Option<Rational>, is_negative: bool, name: &str) {
    let Some(square) = square else { return assert_eq!(figure, "NULL", "{name}") };
    let double: f64 = figure.parse().unwrap_or_else(|_| panic!("{name}: {figure}"));
    assert!(double == 0.0 || (double < 0.0) == is_negative, "{name}: {figure}");
    let [low, high] = bounds(double.abs());
    let is_above = double == 0.0 || &low * &low <= square;
    assert!(is_above && square <= &high * &high, "{name}: {figure} is not the double nearest to the root of {square}");
}

/// The definitions, in rationals.
struct Oracle {
    /// Ascending.
    values: Vec<Rational>,
}

impl Oracle {
    fn of(rows: &[(i64, Mark)], group: Option<i64>) -> Self {
        let of_group = |row: &&(i64, Mark)| group.is_none_or(|group| row.0 == group);
        let marks = rows.iter().filter(of_group).filter_map(|(_, mark)| *mark);
        let mut values: Vec<Rational> = marks.map(|mark| integer(mark) / integer(MILLION)).collect();
        values.sort();
        Self { values }
    }

    fn n(&self) -> i64 {
        i64::try_from(self.values.len()).expect("few")
    }

    fn sum(&self) -> Rational {
        self.values.iter().fold(integer(0), |sum, value| sum + value)
    }

    fn mean(&self) -> Option<Rational> {
        (self.n() > 0).then(|| self.sum() / integer(self.n()))
    }

    /// Mean of the powers of the distances from the mean.
    fn moment(&self, power: i32) -> Rational {
        let mean = self.mean().unwrap_or_else(|| integer(0));
        let sum = self.values.iter().fold(integer(0), |sum, value| sum + (value - &mean).pow(power));
        sum / integer(self.n().max(1))
    }

    fn variance(&self, ddof: i64) -> Option<Rational> {
        (self.n() > ddof).then(|| self.moment(2) * integer(self.n()) / integer(self.n() - ddof))
    }

    /// The square of the skewness g₁.
    fn squared_skewness(&self) -> Option<Rational> {
        let second = self.moment(2);
        (second > integer(0)).then(|| self.moment(3).pow(2) / second.pow(3))
    }

    fn kurtosis(&self) -> Option<Rational> {
        let second = self.moment(2);
        (second > integer(0)).then(|| self.moment(4) / second.pow(2) - integer(3))
    }

    fn quantile(values: &[Rational], quarters: i64) -> Option<Rational> {
        let position = integer(i64::try_from(values.len()).expect("few") - 1) * integer(quarters) / integer(4);
        let below = usize::try_from(position.floor().to_integer()).ok()?;
        let (low, high) = (values.get(below)?, values.get(below + 1).or(values.get(below))?);
        Some(low + (high - low) * (&position - position.floor()))
    }

    fn mad(&self) -> Option<Rational> {
        let median = Self::quantile(&self.values, 2)?;
        let mut distances: Vec<Rational> = self.values.iter().map(|value| distance(value, &median)).collect();
        distances.sort();
        Self::quantile(&distances, 2)
    }
}

fn distance(a: &Rational, b: &Rational) -> Rational {
    if a < b { b - a } else { a - b }
}

const FIGURES: [&str; 16] = [
    "exact_min",
    "exact_max",
    "exact_sum",
    "exact_mean",
    "exact_var_samp",
    "exact_var_pop",
    "exact_stddev",
    "exact_stddev_pop",
    "exact_sem",
    "exact_skewness",
    "exact_kurtosis",
    "exact_median",
    "exact_q1",
    "exact_q3",
    "exact_mad",
    "exact_skewness_samp",
];

#[track_caller]
fn check(oracle: &Oracle, figures: &[String]) {
    let last = oracle.values.len().saturating_sub(1);
    let some = |value: Rational| (oracle.n() > 0).then_some(value);
    let is_negative = oracle.moment(3) < integer(0);
    let n = oracle.n();
    for (name, figure) in FIGURES.iter().zip(figures) {
        match *name {
            "exact_min" => assert_nearest(figure, oracle.values.first().cloned(), name),
            "exact_max" => assert_nearest(figure, oracle.values.get(last).cloned(), name),
            "exact_sum" => assert_nearest(figure, some(oracle.sum()), name),
            "exact_mean" => assert_nearest(figure, oracle.mean(), name),
            "exact_var_samp" => assert_nearest(figure, oracle.variance(1), name),
            "exact_var_pop" => assert_nearest(figure, oracle.variance(0), name),
            "exact_stddev" => assert_nearest_root(figure, oracle.variance(1), false, name),
            "exact_stddev_pop" => assert_nearest_root(figure, oracle.variance(0), false, name),
            "exact_sem" => assert_nearest_root(figure, oracle.variance(1).map(|of| of / integer(n)), false, name),
            "exact_skewness" => assert_nearest_root(figure, oracle.squared_skewness(), is_negative, name),
            "exact_kurtosis" => assert_nearest(figure, oracle.kurtosis(), name),
            "exact_median" => assert_nearest(figure, Oracle::quantile(&oracle.values, 2), name),
            "exact_q1" => assert_nearest(figure, Oracle::quantile(&oracle.values, 1), name),
            "exact_q3" => assert_nearest(figure, Oracle::quantile(&oracle.values, 3), name),
            "exact_mad" => assert_nearest(figure, oracle.mad(), name),
            "exact_skewness_samp" if n > 2 => {
                let factor = integer(n) * integer(n - 1) / integer(n - 2).pow(2);
                assert_nearest_root(figure, oracle.squared_skewness().map(|square| square * factor), is_negative, name);
            }
            "exact_skewness_samp" => {}
            other => panic!("{other} has no definition here"),
        }
    }
}

/// The figures of a column, with commas between them.
fn figures(column: &str) -> String {
    FIGURES.map(|name| format!("{name}({column})")).join(", ")
}

#[tokio::test]
async fn figures_are_the_nearest_doubles() {
    for (seed, count, groups) in [(1, 1, 1), (2, 2, 1), (3, 40, 7), (4, 1_000, 3), (5, 3_000, 900)] {
        let rows = rows(seed, count, groups);
        let session = session(&rows, 3, 17, None);
        for column in ["texts", "decimals", "floats"] {
            let query = format!("SELECT g, {} FROM t GROUP BY g ORDER BY g", figures(column));
            let answer = answer(&session, &query).await.expect("an answer");
            let mut present: Vec<i64> = rows.iter().map(|row| row.0).collect();
            present.sort_unstable();
            present.dedup();
            assert_eq!(answer.len(), present.len());
            for row in answer {
                let group = row[0].parse().expect("a group");
                check(&Oracle::of(&rows, Some(group)), &row[1..]);
            }
        }
        let whole = answer(&session, &format!("SELECT {} FROM t", figures("texts"))).await.expect("an answer");
        check(&Oracle::of(&rows, None), &whole[0]);
    }
}

#[tokio::test]
async fn states_do_not_depend_on_partitions_batches_types_or_spilling() {
    let rows = rows(11, 20_000, 1_500);
    let query =
        |column: &str| format!("SELECT g, describe_state({column}), describe_full_state({column}) FROM t GROUP BY g");
    let expected = sorted(&session(&rows, 1, 8_192, None), &query("texts")).await.expect("states");
    assert_eq!(expected.len(), 1_500);
    for (partitions, batch_rows, memory) in [(7, 100, None), (2, 8_192, None), (2, 1_000, Some(8 << 20))] {
        for column in ["texts", "decimals", "floats"] {
            let session = session(&rows, partitions, batch_rows, memory);
            assert_eq!(sorted(&session, &query(column)).await.expect("states"), expected, "{partitions} {column}");
        }
    }
}

#[tokio::test]
async fn groups_are_spilled_where_memory_is_short() {
    let rows = rows(12, 60_000, 20_000);
    let session = session(&rows, 2, 1_000, Some(10 << 20));
    let plan = answer_plan(&session, "SELECT g, exact_mean(decimals) FROM t GROUP BY g").await;
    let spills =
        plan.split("spill_count=").skip(1).filter_map(|rest| rest.split([',', ' ', ']']).next()?.parse::<u64>().ok());
    assert!(spills.sum::<u64>() > 0, "{plan}");
}

/// The rows of a result in the order of their texts.
async fn sorted(session: &SessionContext, query: &str) -> Result<Vec<Vec<String>>> {
    let mut rows = answer(session, query).await?;
    rows.sort();
    Ok(rows)
}

async fn answer_plan(session: &SessionContext, query: &str) -> String {
    let batches =
        session.sql(&format!("EXPLAIN ANALYZE {query}")).await.expect("a plan").collect().await.expect("rows");
    datafusion::arrow::util::pretty::pretty_format_batches(&batches).expect("a table").to_string()
}

#[tokio::test]
async fn saved_states_are_arguments() {
    let rows = rows(21, 5_000, 40);
    let session = session(&rows, 3, 300, None);
    let direct = answer(&session, &format!("SELECT {} FROM t", figures("decimals"))).await.expect("figures");
    let sums = "SELECT describe_state(decimals) AS s, describe_full_state(decimals) AS f FROM t GROUP BY g";
    let of_states = |names: &[&str], state: &str| {
        let calls = names.iter().map(|name| format!("{name}({state})")).collect::<Vec<_>>().join(", ");
        format!("SELECT {calls} FROM ({sums}) states")
    };
    let merged = answer(&session, &of_states(&FIGURES[..11], "s")).await.expect("figures");
    assert_eq!(merged[0], direct[0][..11]);
    let merged = answer(&session, &of_states(&FIGURES, "f")).await.expect("figures");
    assert_eq!(merged[0], direct[0]);
    let error = answer(&session, &of_states(&["exact_median"], "s")).await.expect_err("no values").to_string();
    assert!(error.contains("describe_full_state"), "{error}");
    let error = answer(&session, "SELECT exact_mean(X'00')").await.expect_err("no state").to_string();
    assert!(error.contains("not a state of a sample"), "{error}");
}

#[tokio::test]
async fn windows_that_slide_have_the_figures_of_their_rows() {
    let rows = rows(31, 300, 1);
    let session = session(&rows, 1, 50, None);
    let frame = "OVER (ORDER BY number ROWS BETWEEN 6 PRECEDING AND 1 FOLLOWING)";
    let names = &FIGURES[..11];
    for column in ["texts", "decimals"] {
        let calls = names.iter().map(|name| format!("{name}({column}) {frame}")).collect::<Vec<_>>().join(", ");
        let answer = answer(&session, &format!("SELECT {calls} FROM t ORDER BY number")).await.expect("figures");
        for (place, figures) in answer.iter().enumerate() {
            let window = &rows[place.saturating_sub(6)..(place + 2).min(rows.len())];
            check(&Oracle::of(window, None), figures);
        }
    }
    let query = format!("SELECT exact_median(decimals) {frame} FROM t");
    let error = answer(&session, &query).await.expect_err("values are not subtracted").to_string();
    assert!(error.contains("sliding window"), "{error}");
    // A window that only grows needs no subtraction.
    let query = "SELECT exact_median(decimals) OVER (ORDER BY number) FROM t ORDER BY number";
    let answer = answer(&session, query).await.expect("figures");
    for (place, figure) in answer.iter().enumerate() {
        assert_nearest(&figure[0], Oracle::quantile(&Oracle::of(&rows[..=place], None).values, 2), "exact_median");
    }
}

#[tokio::test]
async fn filters_and_structures() {
    let rows = rows(41, 500, 2);
    let session = session(&rows, 2, 30, None);
    let answer = answer(
        &session,
        "SELECT get_field(d, 'n'), get_field(d, 'missing'), get_field(d, 'mean'), get_field(d, 'kurtosis'), \
         (SELECT exact_mean(decimals) FILTER (WHERE g = 1) FROM t) FROM (SELECT describe(texts) AS d FROM t) described",
    );
    let answer = answer.await.expect("an answer");
    let oracle = Oracle::of(&rows, None);
    assert_eq!(answer[0][0], oracle.n().to_string());
    assert_eq!(answer[0][1], (500 - oracle.n()).to_string());
    assert_nearest(&answer[0][2], oracle.mean(), "mean");
    assert_nearest(&answer[0][3], oracle.kurtosis(), "kurtosis");
    assert_nearest(&answer[0][4], Oracle::of(&rows, Some(1)).mean(), "exact_mean of a filter");
}

#[tokio::test]
async fn values_that_are_not_numbers_are_errors() {
    let session = session(&[(0, Some(1))], 1, 1, None);
    for (query, expected) in [
        ("SELECT exact_mean(v) FROM (VALUES ('5'), ('ABX')) t(v)", "v: 'ABX' is not a finite number"),
        ("SELECT exact_mean(v) FROM (VALUES ('NA')) t(v)", "v: 'NA' is not a finite number"),
        ("SELECT exact_mean(v) FROM (VALUES ('1,5')) t(v)", "v: '1,5' is not a finite number"),
        ("SELECT exact_mean(v) FROM (VALUES ('1e999')) t(v)", "v: '1e999' is beyond the range"),
        ("SELECT exact_mean(v) FROM (VALUES ('inf'::DOUBLE)) t(v)", "v: 'inf' is not a finite number"),
        ("SELECT exact_mean(v) FROM (VALUES (true)) t(v)", "exact_mean takes numbers"),
        ("SELECT exact_mean(v) FROM (VALUES (DATE '2024-01-01')) t(v)", "not Date32"),
        ("SELECT exact_mean(DISTINCT v), exact_max(v + 1) FROM (VALUES (1)) t(v)", "DISTINCT in exact_mean"),
        ("SELECT exact_mean(v, 1) FROM (VALUES (1)) t(v)", "exact_mean takes one argument"),
        ("SELECT exact_sum(v) FROM (VALUES ('1e308'), ('1e308')) t(v)", "exact_sum: the exact value is beyond"),
        (
            "SELECT exact_sum(v) FROM (VALUES ('0.123456789012345678901234567890123456789')) t(v)",
            "more than 38 significant digits",
        ),
    ] {
        let error = answer(&session, query).await.expect_err(query).to_string();
        assert!(error.contains(expected), "{query}: {error}");
    }
}

#[tokio::test]
async fn null_nan_and_blank_texts_are_missing() {
    let session = session(&[(0, Some(1))], 1, 1, None);
    let query = "SELECT get_field(describe(v), 'missing'), get_field(describe(f), 'missing'), exact_var_samp(v), exact_max(f) \
                 FROM (VALUES (' ', 'NaN'::DOUBLE), (NULL, NULL), ('5', 0.1)) t(v, f)";
    assert_eq!(answer(&session, query).await.expect("an answer"), [["2", "2", "NULL", "0.1"]]);
    let query = "SELECT get_field(describe(v), 'n'), exact_mean(v), exact_median(v) FROM (VALUES (1)) t(v) WHERE v > 1";
    assert_eq!(answer(&session, query).await.expect("an answer"), [["0", "NULL", "NULL"]]);
    let query = "SELECT exact_mean(DISTINCT v) FROM (VALUES (1), (1), (4)) t(v)";
    assert_eq!(answer(&session, query).await.expect("an answer"), [["2.5"]]);
}
