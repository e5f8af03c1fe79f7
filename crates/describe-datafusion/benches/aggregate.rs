//! The exact functions beside the engine's own on doubles, in one process: `cargo bench --bench aggregate [ROWS [GROUPS]]`.
//!
//! Prints the least time of several runs of each query, and its ratio to the engine's own functions.

#![expect(clippy::cast_precision_loss, reason = "the numbers are small")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch};
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};

const RUNS: usize = 5;
const BATCH_ROWS: usize = 8_192;

/// Figures of each column; the power sums are what skewness and kurtosis in doubles take.
const ENGINE: &str = "avg(x), var_samp(x), sum(x * x * x), sum(x * x * x * x)";
const QUERIES: [(&str, &str); 5] = [
    ("the engine's avg, var_samp and power sums of doubles", ENGINE),
    ("describe of doubles", "describe(x)"),
    ("describe of decimals", "describe(d)"),
    ("describe of integers", "describe(i)"),
    ("exact_median of decimals", "exact_median(d)"),
];

fn batch(rows: usize, first: usize, groups: usize) -> RecordBatch {
    let numbers = || (first..first + rows).map(|number| (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33);
    let cents = || numbers().map(|number| i64::try_from(number % 10_001).unwrap_or(0));
    let decimals: Decimal128Array = cents().map(|cents| Some(i128::from(cents))).collect();
    let columns: [(&str, ArrayRef); 4] = [
        (
            "g",
            Arc::new(
                numbers().map(|number| i64::try_from(number / 7 % groups as u64).unwrap_or(0)).collect::<Int64Array>(),
            ),
        ),
        ("x", Arc::new(cents().map(|cents| cents as f64 / 100.0).collect::<Float64Array>())),
        ("d", Arc::new(decimals.with_precision_and_scale(10, 2).expect("they fit"))),
        ("i", Arc::new(cents().collect::<Int64Array>())),
    ];
    RecordBatch::try_from_iter(columns).expect("a batch")
}

async fn least(session: &SessionContext, figures: &str) -> Duration {
    let query = format!("SELECT g, {figures} FROM t GROUP BY g");
    let mut least = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        session.sql(&query).await.expect("a plan").collect().await.expect("figures");
        least = least.min(start.elapsed());
    }
    least
}

fn main() {
    let arguments: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (rows, groups) = (arguments.first().copied().unwrap_or(16_000_000), arguments.get(1).copied().unwrap_or(1_000));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut parts: Vec<Vec<RecordBatch>> = vec![Vec::new(); threads];
    for (number, first) in (0..rows).step_by(BATCH_ROWS).enumerate() {
        parts[number % threads].push(batch(BATCH_ROWS.min(rows - first), first, groups));
    }
    let session = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(threads));
    describe_datafusion::register(&session);
    let table = MemTable::try_new(parts[0][0].schema(), parts).expect("a table");
    session.register_table("t", Arc::new(table)).expect("new");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().expect("a runtime");
    println!("{rows} rows, {groups} groups, {threads} threads, least of {RUNS} runs");
    let mut engine = None;
    for (name, figures) in QUERIES {
        let time = runtime.block_on(least(&session, figures)).as_secs_f64();
        let ratio = time / *engine.get_or_insert(time);
        println!("{time:7.3} s  {ratio:5.2}x  {name}");
    }
}
