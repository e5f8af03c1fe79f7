//! Results of SQL statements: sums and counts that are added here in integers, in the place of a database, give the state of the records.

use std::collections::BTreeMap;

use describe_options::{InputError, Options, SqlFault};
use describe_readers::{Format, Limits, Reader, to_state};
use num_bigint::BigInt;
use proptest::prelude::*;

use crate::ask::given;

/// Records: group, and hundredths of a mark, an absence code or nothing.
type Record = (String, Option<i64>);

const CODE: i64 = -900;

fn options(query: &[(&str, &str)]) -> Options {
    Options::parse(&given(query)).expect("options")
}

fn mark(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
}

/// The state that the records themselves have.
fn of_records(records: &[Record], statistics: &str) -> Vec<u8> {
    let query = [("column", "mark"), ("group_by", "g"), ("absent", "-9"), ("statistics", statistics)];
    let rows =
        records.iter().map(|(group, hundredths)| format!("{group},{},r\n", hundredths.map(mark).unwrap_or_default()));
    let mut reader = Reader::new(Some(Format::Csv), &options(&query), &Limits::default());
    reader.feed(format!("g,mark,row\n{}", rows.collect::<String>()).as_bytes()).expect("records");
    to_state(&reader.finish().expect("a table").data, &options(&query)).expect("a state")
}

fn groups(records: &[Record]) -> BTreeMap<&str, Vec<Option<i64>>> {
    let mut groups: BTreeMap<&str, Vec<Option<i64>>> = BTreeMap::new();
    for (group, hundredths) in records {
        groups.entry(group).or_default().push(*hundredths);
    }
    groups
}

fn recipe(form: &str) -> String {
    format!("version=1&dialect=clickhouse&form={form}&scale=2&column=mark&group_by=g&absent=-9")
}

/// What a database would give for sums.
fn sums(records: &[Record]) -> String {
    let mut text =
        "describe_sql,group_1,records,n_1,inexact_1,min_1,max_1,sum1_1,sum2_1,sum3_1,sum4_1,absent_1_1\n".to_owned();
    for (group, cells) in groups(records) {
        let absent = cells.iter().filter(|cell| **cell == Some(CODE)).count();
        let numbers: Vec<i64> = cells.iter().flatten().copied().filter(|number| *number != CODE).collect();
        let [min, max] =
            [numbers.iter().min(), numbers.iter().max()].map(|end| end.map(i64::to_string).unwrap_or_default());
        let sum = |power: u32| match &numbers[..] {
            [] => String::new(),
            numbers => numbers.iter().map(|number| BigInt::from(*number).pow(power)).sum::<BigInt>().to_string(),
        };
        let sums = [1, 2, 3, 4].map(sum).join(",");
        let (recipe, records, n) = (recipe("sums"), cells.len(), numbers.len());
        text += &format!("{recipe},{group},{records},{n},0,{min},{max},{sums},{absent}\n");
    }
    text
}

/// What a database would give for counts of values, as JSON.
fn values(records: &[Record]) -> String {
    let mut rows = Vec::new();
    for (group, cells) in groups(records) {
        let mut counts: BTreeMap<Option<i64>, u64> = BTreeMap::new();
        for cell in cells {
            *counts.entry(cell).or_default() += 1;
        }
        for (cell, count) in counts {
            let (recipe, value) = (recipe("values"), cell.map(mark).unwrap_or_default());
            rows.push(format!(
                r#"{{"DESCRIBE_SQL":"{recipe}","group_1":"{group}","column_number":1,"value":"{value}","records":{count},"inexact":0}}"#
            ));
        }
    }
    format!("[{}]", rows.join(",\n"))
}

fn state_of(result: &str, statistics: &str) -> Result<Vec<u8>, InputError> {
    let mut reader = Reader::new(Some(Format::SqlResult), &options(&[("statistics", statistics)]), &Limits::default());
    reader.feed(result.as_bytes())?;
    let input = reader.finish()?;
    to_state(&input.data, &Options::parse(&input.options)?)
}

/// Why a result is refused.
fn fault(result: &str) -> SqlFault {
    match state_of(result, "mean").expect_err("refused").first().reason.clone() {
        describe_options::Reason::Sql(fault) => fault,
        other => panic!("{other:?}"),
    }
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let cell = prop_oneof![
        Just(None),
        Just(Some(CODE)),
        (-10_000..10_000_i64).prop_map(Some),
        any::<i32>().prop_map(|n| Some(n.into()))
    ];
    prop::collection::vec(("[ab]|c d", cell), 1..40)
}

proptest! {
    #[test]
    fn results_have_the_state_of_the_records(records in records()) {
        prop_assert_eq!(state_of(&sums(&records), "mean").expect("a state"), of_records(&records, "mean"));
        prop_assert_eq!(state_of(&values(&records), "median").expect("a state"), of_records(&records, "median"));
    }
}

#[test]
fn what_is_not_exact_is_refused() {
    let good = sums(&[("a".into(), Some(500)), ("a".into(), Some(600))]);
    assert!(state_of(&good, "mean").is_ok());
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from), "{good}");
        good.replace(from, to)
    };
    assert!(matches!(fault(&changed(",2,0,", ",2,1,")), SqlFault::Inexact { count: 1, scale: 2, .. }));
    assert!(matches!(fault(&changed(",500,600,", ",500,550,")), SqlFault::Contradiction { row: 1, .. }));
    assert!(matches!(fault(&changed(",a,2,2,", ",a,1,2,")), SqlFault::Contradiction { row: 1, .. }));
    // 4 x (2^64)^4 is above 2^255, whatever the sums say.
    let large = BigInt::from(2).pow(64).to_string();
    assert!(matches!(
        fault(&changed(",500,600,", &format!(",500,{large},"))),
        SqlFault::Overflow { row: 1, dialect: "clickhouse", .. }
    ));
    assert!(matches!(fault(&changed("version=1", "version=2")), SqlFault::Recipe { row: 1 }));
    assert!(matches!(fault(&changed("dialect=clickhouse", "dialect=oracle")), SqlFault::Recipe { row: 1 }));
    assert!(matches!(fault(&changed(",1100,", ",11e2,")), SqlFault::Cell { row: 1, .. }));
    assert!(matches!(fault(&changed(",1100,", ",,")), SqlFault::Cell { row: 1, .. }));
    assert!(matches!(fault("\n"), SqlFault::NoRows));
    assert!(matches!(fault("g,mark\na,5\n"), SqlFault::Unreadable { .. }));
    assert!(matches!(fault(&format!("{good}short\n")), SqlFault::Unreadable { .. }));
    let refused = state_of(&good, "median").expect_err("sums alone");
    assert_eq!(refused.first().reason.code(), "sql_without_values");
}
