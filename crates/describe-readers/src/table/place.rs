//! Place of a table among the first records of a text or a sheet: title lines before it, and its header.
//!
//! Input: the texts of the first records that are not blank, and the options. Output: a [`TableStart`], with a warning for
//! everything that was assumed. Records further down are not looked at, so the result depends on the first records alone.

use std::cmp::Reverse;

use super::cell::SampleRecord;
use super::reading::{TableWarning, TableWarningCode};
use super::schema::Schema;
use describe::Decimal;
use describe_options::{TableOptions, excerpt};

/// Number of records from which the place of a table is found.
pub(crate) const SAMPLE_RECORDS: usize = 50;

/// Number of texts that a warning shows.
const SHOWN_TEXTS: usize = 3;

/// Beginning of a table.
#[derive(Debug, Default)]
pub(crate) struct TableStart {
    /// Number of title records before the table, of those in the sample.
    pub(crate) titles: usize,
    /// Whether the first record of the table is its header.
    pub(crate) has_header: bool,
    pub(crate) warnings: Vec<TableWarning>,
}

impl TableStart {
    /// Finds the beginning of a table in its first records, none of them blank.
    pub(crate) fn find(sample: &[SampleRecord], options: &TableOptions) -> Self {
        let mut start =
            Self { titles: if options.skip_rows.is_none() { titles(sample, options) } else { 0 }, ..Self::default() };
        if let (1.., Some(title)) = (start.titles, sample.first()) {
            let warning = TableWarning::new(TableWarningCode::TitleRows);
            start.warnings.push(warning.at(title.row).times(start.titles as u64));
        }
        let Some((first, below)) = sample[start.titles..].split_first() else { return start };
        start.has_header = options.header.unwrap_or_else(|| {
            let (has_header, warning) = is_header(first, below, options);
            start.warnings.extend(warning.map(|code| TableWarning::new(code).at(first.row)));
            has_header
        });
        if start.has_header {
            start.warnings.extend(second_header(below, options));
        }
        start
    }
}

/// Number of leading records with one cell that is not empty, while most of those behind have more.
fn titles(sample: &[SampleRecord], options: &TableOptions) -> usize {
    let Some(titles) = sample.iter().position(|record| record.filled() > 1) else { return 0 };
    let (before, table) = sample.split_at(titles);
    let wide = table.iter().filter(|record| record.filled() > 1).count();
    if 2 * wide <= table.len() {
        return 0;
    }
    before.iter().position(|record| is_header_of_index(record, table, options)).unwrap_or(titles)
}

/// Whether a record with one cell is the header of a table of two columns, the first of which has no name: an index, as
/// R's `write.csv` and pandas' `to_csv` write it. A title has a header behind it, with a text above numbers.
fn is_header_of_index(record: &SampleRecord, table: &[SampleRecord], options: &TableOptions) -> bool {
    let has_two_columns = [record, &table[0]].iter().all(|record| record.cells.len() == 2);
    let is_data = Schema::looks_like_data(options, table[0].cell(1));
    let is_above_numbers = || table[1..].iter().any(|below| Schema::number(options, below.cell(1)).is_some());
    has_two_columns && record.cell(0).is_empty() && (is_data || !is_above_numbers())
}

/// Whether the first record of a table is its header, and the warning if that was not clear.
fn is_header(first: &SampleRecord, below: &[SampleRecord], options: &TableOptions) -> (bool, Option<TableWarningCode>) {
    let numbers = first.cells.iter().enumerate();
    let numbers = numbers.filter_map(|(column, cell)| Some((column, Schema::number(options, cell)?)));
    let numbers: Vec<_> = numbers.filter(|(column, _)| !Schema::is_special(options, first.cell(*column))).collect();
    if numbers.is_empty() {
        // Missing markers and absence codes alone are data.
        let is_data = first.cells.iter().all(|cell| Schema::is_special(options, cell));
        return (!is_data, is_data.then_some(TableWarningCode::NoHeader));
    }
    let years: Option<Vec<u64>> = numbers.iter().map(|(_, number)| number.to_integer()).collect();
    let years = years.filter(|years| years.iter().all(|year| (1900..=2100).contains(year)));
    let alone = numbers.len() == first.filled();
    let is_years = years.is_some_and(|mut years| {
        let consecutive = years.len() > 1 && years.is_sorted_by(|year, next| year + 1 == *next);
        years.sort_unstable_by_key(|year| Reverse(*year));
        if alone { consecutive } else { years.is_sorted_by(|year, next| year > next) }
    });
    if is_years || is_header_of_numbered_columns(first, &numbers, below) {
        return (true, Some(TableWarningCode::NumericHeader));
    }
    let is_name = !alone && !below.is_empty() && !numbers.iter().any(|(column, _)| is_numeric(below, *column, options));
    if is_name { (true, None) } else { (false, Some(TableWarningCode::NoHeader)) }
}

/// Whether a first record has ascending numbers and one empty cell, above an index without empty cells: the columns of R's
/// matrices and pandas' arrays are named so.
fn is_header_of_numbered_columns(first: &SampleRecord, numbers: &[(usize, Decimal)], below: &[SampleRecord]) -> bool {
    let is_index =
        first.cell(0).is_empty() && !below.is_empty() && below.iter().all(|record| !record.cell(0).is_empty());
    is_index
        && numbers.len() > 1
        && numbers.len() + 1 == first.cells.len()
        && numbers.is_sorted_by(|(_, number), (_, next)| number.compare(*next).is_lt())
}

/// Whether a column of the sample has numbers, and apart from them only missing and absent values.
fn is_numeric(records: &[SampleRecord], column: usize, options: &TableOptions) -> bool {
    let is_number = |record: &SampleRecord| Schema::number(options, record.cell(column)).is_some();
    records.iter().any(is_number)
        && records.iter().all(|record| is_number(record) || Schema::is_special(options, record.cell(column)))
}

/// Warning about a record below the header with texts, or with years, above all numeric columns, none of which occurs below it.
fn second_header(below: &[SampleRecord], options: &TableOptions) -> Option<TableWarning> {
    let (second, rest) = below.split_first()?;
    let numeric: Vec<usize> = (0..second.cells.len()).filter(|column| is_numeric(rest, *column, options)).collect();
    let has_numbers = second.cells.iter().any(|cell| Schema::number(options, cell).is_some());
    let texts = || numeric.iter().map(|column| second.cell(*column)).filter(|cell| !cell.is_empty());
    let is_text = |cell: &[u8]| !Schema::is_special(options, cell);
    let has_texts = !has_numbers && texts().next().is_some() && texts().all(is_text);
    if !has_texts && !has_years(second, rest, &numeric, options) {
        return None;
    }
    let shown = texts().take(SHOWN_TEXTS).map(excerpt).collect();
    Some(TableWarning { texts: shown, ..TableWarning::new(TableWarningCode::SecondHeader).at(second.row) })
}

/// Whether a record has nothing in the first column, which all others have, and a year in each numeric column, where the others have
/// none.
fn has_years(second: &SampleRecord, rest: &[SampleRecord], numeric: &[usize], options: &TableOptions) -> bool {
    let year = |record: &SampleRecord, column: usize| {
        let number = Schema::number(options, record.cell(column)).and_then(Decimal::to_integer);
        number.is_some_and(|number| (1900..=2100).contains(&number))
    };
    let is_unnamed = second.cell(0).is_empty() && rest.iter().all(|record| !record.cell(0).is_empty());
    let are_years = numeric.iter().all(|column| year(second, *column));
    let others = || numeric.iter().all(|column| !rest.iter().any(|record| year(record, *column)));
    is_unnamed && !numeric.is_empty() && are_years && others()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Titles, whether there is a header, and the codes of the warnings.
    fn found(text: &str) -> (usize, bool, Vec<TableWarningCode>) {
        let record = |(line, row): (&str, u64)| SampleRecord {
            row,
            cells: line.split(',').map(|cell| cell.as_bytes().to_vec()).collect(),
        };
        let sample: Vec<SampleRecord> = text.split('\n').zip(1..).map(record).collect();
        let TableStart { titles, has_header, warnings } = TableStart::find(&sample, &TableOptions::default());
        (titles, has_header, warnings.into_iter().map(|warning| warning.code).collect())
    }

    #[test]
    fn the_place_of_a_table() {
        use TableWarningCode::{NoHeader, NumericHeader, SecondHeader, TitleRows};
        for (text, expected) in [
            ("name,mark\nAnn,5", (0, true, vec![])),
            ("mark\n5\n6", (0, true, vec![])),
            ("Marks of 2024\nname,mark\nAnn,5\nBob,6", (1, true, vec![TitleRows])),
            ("Marks,\nof 2024,\nname,mark\nAnn,5\nBob,6", (2, true, vec![TitleRows])),
            (",mark\n0,5\n1,6", (0, true, vec![])),
            (",mark\nAnn,\nBob,NA\nCy,6\nDee,7\nEve,8", (0, true, vec![])),
            (",text\nV1,often\nV2,never", (0, true, vec![])),
            ("Marks of 2024\n,mark\nAnn,5\nBob,6", (1, true, vec![TitleRows])),
            (",Marks of 2024\nname,mark\nAnn,5\nBob,six", (1, true, vec![TitleRows])),
            ("Ann,5\nBob,6", (0, false, vec![NoHeader])),
            ("5\n6", (0, false, vec![NoHeader])),
            ("name,2023,2024\nAnn,5,6", (0, true, vec![NumericHeader])),
            ("name,2023,2023\nAnn,5,6", (0, false, vec![NoHeader])),
            ("2022,2023,2024\n5,6,7", (0, true, vec![NumericHeader])),
            ("2022,2024\n5,6", (0, false, vec![NoHeader])),
            (",0,1\n0,5,6\n1,7,8", (0, true, vec![NumericHeader])),
            (",1940,1945\nFood,5,6\nCare,7,8", (0, true, vec![NumericHeader])),
            (",9.5,10.5\nAnn,5,6", (0, true, vec![NumericHeader])),
            (",10,9\nAnn,5,6", (0, false, vec![NoHeader])),
            (",0,1\n,5,6\nAnn,7,8", (0, false, vec![NoHeader])),
            ("name,1\nAnn,x\nBob,y", (0, true, vec![])),
            ("name,mark,height\n,points,cm\nAnn,5,170\nBob,6,180", (0, true, vec![SecondHeader])),
            ("centre,maths,art\n,2024,2024\nA,40,50\nB,41,51", (0, true, vec![SecondHeader])),
            ("name,born\n,1990\nBob,1991", (0, true, vec![])),
            ("name,mark\n,20\nBob,21", (0, true, vec![])),
            ("name,mark\nAnn,5\nBob,6", (0, true, vec![])),
            ("NA\n5", (0, false, vec![NoHeader])),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
