//! Builds a report from an item analysis: its tables, sentences and charts.

use describe_items::{ChoiceFigures, Figure, ItemFigures, ItemWarning, Unanswered};
use describe_options::{AnswerFault, Format, InputError, OptionName, Options};

use super::charts::MAX_PANELS;
use super::labels::{heading, with_capital};
use super::tables::CELL_BYTES;
use crate::answer::source_words;
use crate::item_answer::{ItemAnswer, ItemResult, ResultWarningCode, item_figures, test_figures};
use crate::report::{Cell, Chart, ChartKind, Column, ItemPoint, Panel, Point, Report, Table, grouped, short};
use crate::words;

/// Facilities below and above which an item is called very hard and very easy.
const VERY_HARD_PERCENT: f64 = 15.0;
const VERY_EASY_PERCENT: f64 = 95.0;

/// Maximum results that have sentences.
const MAX_SENTENCES: usize = 5;

/// Maximum small charts.
const MAX_CHARACTERISTICS: usize = 60;

/// Builds the report.
///
/// # Errors
/// More memory or time than the task may take.
pub fn item_report(answer: &ItemAnswer, options: &Options) -> Result<Report, InputError> {
    let mut tables = item_tables(answer)?;
    for (number, table) in (1..).zip(&mut tables) {
        table.title = words::table_title(number, &table.title);
    }
    let charts = match options.output.format() {
        Format::Html if options.output.chart().is_some() => vec![item_chart(answer, options)?],
        Format::Html => [ChartKind::Discrimination, ChartKind::Characteristics]
            .map(|kind| chart(answer, kind))
            .into_iter()
            .filter(|chart| (1..=most(chart.kind)).contains(&chart.panels.len()))
            .collect(),
        _ => Vec::new(),
    };
    let first = answer.results.last();
    let marks = first.and_then(|result| result.analysis.test.maximum.ok()).map(short);
    let unit = words::CANDIDATE_OR_CANDIDATES;
    Ok(Report {
        title: words::item_title(answer.names.len(), marks.as_deref()),
        results: answer.results.len(),
        origin: answer.stamp.as_ref().map(|stamp| stamp.origin(unit)).unwrap_or_default(),
        contact: options.output.contact().map(ToOwned::to_owned),
        summary: summary(answer),
        alerts: alerts(answer),
        tables,
        charts,
        notes: notes(answer),
        stamp: answer.stamp.as_ref().map(crate::provenance::Stamp::words).unwrap_or_default(),
    })
}

/// Builds the tables: the items, the test, more about the items, and the answers of multiple choice.
///
/// # Errors
/// More memory or time than the task may take.
pub fn item_tables(answer: &ItemAnswer) -> Result<Vec<Table>, InputError> {
    let of_items = Table {
        name: "items".into(),
        heading: words::ITEMS.into(),
        title: with_capital(words::ITEMS_IN_ORDER),
        remarks: vec![words::how_unanswered(answer.unanswered).to_owned()],
        ..items(answer, "item", item_row)?
    };
    let of_test = Table {
        name: "test".into(),
        heading: words::THE_TEST.into(),
        title: with_capital(words::TEST_AND_RELIABILITY),
        ..test(answer)?
    };
    let details = Table {
        name: "item_details".into(),
        heading: words::ITEM_DETAILS.into(),
        title: with_capital(words::MORE_ABOUT_ITEMS),
        is_detail: true,
        ..items(answer, "item", detail_row)?
    };
    let mut tables = vec![of_items, of_test, details];
    if answer.has_keys {
        let title = with_capital(words::ANSWERS_TO_ITEMS);
        tables.insert(1, Table { name: "answers".into(), heading: words::ANSWERS.into(), title, ..answers(answer)? });
    }
    // A table of a workbook must have a row.
    tables.retain(|table| !table.rows.is_empty());
    Ok(tables)
}

/// Builds the table for programs: all figures of all items.
///
/// # Errors
/// More memory or time than the task may take.
pub fn item_table(answer: &ItemAnswer) -> Result<Table, InputError> {
    let row = |item: &ItemFigures| {
        let mut row = vec![(labelled("nobs"), Cell::Count(item.nobs))];
        row.extend(item_figures(item).map(|(name, figure)| (labelled(name), cell(figure, 6))));
        row.push((labelled("omitted"), Cell::Count(item.omitted)));
        row.push((labelled("not_reached"), Cell::Count(item.not_reached)));
        row.extend(bands(item));
        row
    };
    items(answer, "item", row)
}

/// Cells of one row, each with its column.
type Row = Vec<(Column, Cell)>;

/// Builds a table with a row for each item of each group.
fn items(answer: &ItemAnswer, label: &str, row: impl Fn(&ItemFigures) -> Row) -> Result<Table, InputError> {
    let mut table = Table { labels: answer.group_by.len() + 1, ..Table::default() };
    for result in &answer.results {
        for (item, name) in result.analysis.items.iter().zip(answer.names) {
            let mut cells = group_cells(answer, result);
            cells.push((labelled(label), Cell::Text(name.clone())));
            cells.extend(row(item));
            push(answer, &mut table, cells)?;
        }
    }
    Ok(table)
}

/// Adds a row to a table, all of whose rows have the same columns.
fn push(answer: &ItemAnswer, table: &mut Table, row: Row) -> Result<(), InputError> {
    answer.ledger.charge(row.len() * CELL_BYTES)?;
    answer.ledger.check()?;
    let (columns, cells) = row.into_iter().unzip();
    table.columns = columns;
    table.rows.push(cells);
    Ok(())
}

fn group_cells(answer: &ItemAnswer, result: &ItemResult) -> Row {
    let cell = |name: &String| {
        let bound = result.group.iter().flatten().find(|(column, _)| column == name);
        let value = bound.map(|(_, value)| value.map_or(Cell::Empty, |value| Cell::Text(value.to_owned())));
        (Column::new(heading(name), name.as_str()), value.unwrap_or(Cell::All))
    };
    answer.group_by.iter().map(cell).collect()
}

/// What an item writer looks at first.
fn item_row(item: &ItemFigures) -> Row {
    let bar = |figure: Figure, decimals, full: f64| match figure {
        Ok(value) => Cell::Bar(value, decimals, value / full),
        Err(_) => Cell::Undefined,
    };
    vec![
        (labelled("maximum"), item.maximum.map_or(Cell::Empty, |maximum| Cell::Number(maximum, places(maximum)))),
        (labelled("facility"), bar(item.facility, 0, 100.0)),
        (labelled("discrimination"), bar(item.discrimination, 2, 1.0)),
        (labelled("percent_omitted"), cell(item.percent_omitted, 1)),
        (labelled("percent_not_reached"), cell(item.percent_not_reached, 1)),
        (labelled("alpha_without"), cell(item.alpha_without, 3)),
        (labelled("look_at"), Cell::Alert(look_at(item))),
    ]
}

fn detail_row(item: &ItemFigures) -> Row {
    let mut row = vec![
        (labelled("nobs"), Cell::Count(item.nobs)),
        (labelled("mean"), cell(item.mean, 2)),
        (labelled("std"), cell(item.std, 2)),
        (labelled("item_total"), cell(item.item_total, 2)),
        (labelled("upper_facility"), cell(item.upper_facility, 0)),
        (labelled("lower_facility"), cell(item.lower_facility, 0)),
        (labelled("effective_weight"), cell(item.effective_weight, 1)),
        (labelled("omitted"), Cell::Count(item.omitted)),
        (labelled("not_reached"), Cell::Count(item.not_reached)),
    ];
    row.extend(bands(item).into_iter().map(|(column, cell)| match cell {
        Cell::Number(value, _) => (column, Cell::Number(value, 0)),
        other => (column, other),
    }));
    row
}

fn bands(item: &ItemFigures) -> Row {
    let named = item.bands.iter().zip(words::BAND_LABELS).zip(1..);
    let column = |((figure, label), place): ((&Figure, &str), usize)| {
        (Column::new(format!("band_{place}"), words::facility_in(label)), cell(*figure, 6))
    };
    named.map(column).collect()
}

/// Builds the table of totals, with a row for each group.
fn test(answer: &ItemAnswer) -> Result<Table, InputError> {
    let mut table = Table { labels: answer.group_by.len(), ..Table::default() };
    for result in &answer.results {
        let analysis = &result.analysis;
        let mut row = group_cells(answer, result);
        row.push((labelled("candidates"), Cell::Count(analysis.candidates)));
        row.push((labelled("absent"), Cell::Count(analysis.absent)));
        if answer.unanswered == Unanswered::Complete {
            row.push((labelled("incomplete"), Cell::Count(analysis.incomplete)));
        }
        row.extend(test_figures(&analysis.test).map(|(name, figure)| {
            let decimals = match (name, figure) {
                ("maximum" | "min" | "max", Ok(value)) => places(value),
                ("mean" | "std" | "measurement_error", _) => 2,
                _ => 3,
            };
            (labelled(name), cell(figure, decimals))
        }));
        push(answer, &mut table, row)?;
    }
    Ok(table)
}

/// Builds the table of the answers of multiple choice, with a row for each answer.
fn answers(answer: &ItemAnswer) -> Result<Table, InputError> {
    let mut table = Table { labels: answer.group_by.len() + 2, ..Table::default() };
    for result in &answer.results {
        for (item, name) in result.analysis.items.iter().zip(answer.names) {
            for ChoiceFigures { choice, is_key, count, percent, point_biserial } in &item.choices {
                let mut row = group_cells(answer, result);
                let key = if *is_key { words::KEY } else { "" };
                row.extend([
                    (labelled("item"), Cell::Text(name.clone())),
                    (labelled("choice"), Cell::Text(choice.clone())),
                    (labelled("key"), Cell::Alert(key.to_owned())),
                    (labelled("count"), Cell::Count(*count)),
                    (labelled("percent"), cell(*percent, 1)),
                    (labelled("point_biserial"), cell(*point_biserial, 2)),
                ]);
                push(answer, &mut table, row)?;
            }
        }
    }
    Ok(table)
}

fn cell(figure: Figure, decimals: u32) -> Cell {
    figure.map_or(Cell::Undefined, |value| Cell::Number(value, decimals))
}

/// Decimal places of a mark.
fn places(mark: f64) -> u32 {
    if mark.fract() == 0.0 { 0 } else { 1 + u32::from((mark * 10.0).fract() != 0.0) }
}

fn labelled(name: &str) -> Column {
    let known = words::ITEM_LABELS.iter().find(|(known, _)| *known == name);
    Column::new(name, known.map_or(name, |(_, label)| label))
}

/// What should be looked at in an item.
fn look_at(item: &ItemFigures) -> String {
    let mut parts: Vec<&str> = item.warnings.iter().map(|warning| words::look_at(*warning)).collect();
    parts.extend(item.facility.is_ok_and(|facility| facility < VERY_HARD_PERCENT).then_some(words::VERY_HARD));
    parts.extend(item.facility.is_ok_and(|facility| facility > VERY_EASY_PERCENT).then_some(words::VERY_EASY));
    parts.join("; ")
}

/// Sentences with the main findings, of each group if there are few.
fn summary(answer: &ItemAnswer) -> Vec<String> {
    match &answer.results[..] {
        results if results.len() <= MAX_SENTENCES => results.iter().map(|result| sentences(answer, result)).collect(),
        results => {
            let whole = results.last().filter(|result| result.group.as_ref().is_some_and(Vec::is_empty));
            let groups = words::groups_analysed(results.len() - usize::from(whole.is_some()));
            std::iter::once(groups).chain(whole.map(|whole| sentences(answer, whole))).collect()
        }
    }
}

fn sentences(answer: &ItemAnswer, result: &ItemResult) -> String {
    let test = &result.analysis.test;
    let mut all = Vec::new();
    let one = |figure: f64| Cell::Number(figure, 1).shown();
    if let Ok(mean) = test.mean {
        let maximum = test.maximum.ok().map(short);
        all.push(words::gained(&one(mean), maximum.as_deref(), test.std.ok().map(one).as_deref()));
    }
    if let Ok(alpha) = test.alpha {
        let error = test.measurement_error.ok().map(one);
        all.push(words::alpha_is(&Cell::Number(alpha, 2).shown(), error.as_deref()));
    }
    let with = |warning: ItemWarning| {
        let items = result.analysis.items.iter().zip(answer.names);
        items.filter(move |(item, _)| item.warnings.contains(&warning))
    };
    let negative: Vec<&str> = with(ItemWarning::NegativeDiscrimination).map(|(_, name)| name.as_str()).collect();
    if !negative.is_empty() {
        all.push(words::should_be_checked(&negative));
    }
    if let Some((item, name)) = with(ItemWarning::ManyNotReached).max_by_key(|(item, _)| item.not_reached)
        && let Ok(percent) = item.percent_not_reached
    {
        all.push(words::did_not_reach(&Cell::Number(percent, 0).shown(), name));
    }
    let group = result.group_words();
    let paragraph = all.join(" ");
    if group.is_empty() || paragraph.is_empty() { paragraph } else { words::of_group(&paragraph, &group) }
}

/// What a reader should look at before the figures are used, apart from what the table of items says.
fn alerts(answer: &ItemAnswer) -> Vec<String> {
    let mut alerts: Vec<String> = Vec::new();
    for warning in answer.results.iter().flat_map(|result| &result.warnings) {
        let is_alert = matches!(
            warning.code,
            ResultWarningCode::WithoutAnswers | ResultWarningCode::AboveMaximum | ResultWarningCode::Distractor
        );
        if is_alert && alerts.len() < MAX_SENTENCES && !alerts.contains(&warning.message) {
            alerts.push(format!("{}.", warning.message));
        }
    }
    alerts
}

/// Maximum different reasons of undefined figures in the notes.
const MAX_REASONS: usize = 20;

fn notes(answer: &ItemAnswer) -> Vec<String> {
    let mut notes: Vec<String> = words::ITEM_METHOD.map(str::to_owned).into();
    let sum = |count: fn(&ItemResult) -> u64| match &answer.results[..] {
        [.., last] if last.group.as_ref().is_none_or(Vec::is_empty) => count(last),
        results => results.iter().map(count).sum(),
    };
    notes.extend(words::left_out_candidates(
        sum(|result| result.analysis.absent),
        sum(|result| result.analysis.incomplete),
    ));
    let mut reasons: Vec<&str> = Vec::new();
    for warning in answer.results.iter().flat_map(|result| &result.warnings) {
        let is_new = warning.code == ResultWarningCode::Undefined && !reasons.contains(&warning.message.as_str());
        if is_new && reasons.len() < MAX_REASONS {
            reasons.push(&warning.message);
        }
    }
    notes.extend(reasons.iter().map(|reason| format!("{} {reason}.", words::UNDEFINED)));
    notes.extend(answer.sources.iter().map(|source| words::data_read_as(&source_words(source))));
    notes.extend(answer.reading_warnings.iter().map(|warning| warning.assumption.clone()));
    notes
}

/// Builds the chart of an SVG answer.
///
/// # Errors
/// More results than a chart can show.
pub fn item_chart(answer: &ItemAnswer, options: &Options) -> Result<Chart, InputError> {
    let kind = options.output.chart().unwrap_or(ChartKind::Discrimination);
    let (chart, max) = (chart(answer, kind), most(kind));
    if chart.panels.len() <= max {
        return Ok(chart);
    }
    let location = options.origins().location_of_implied(OptionName::Chart, OptionName::Format);
    Err(InputError::at(location, AnswerFault::TooManyResults { results: chart.panels.len(), max }))
}

/// Maximum panels of a chart.
fn most(kind: ChartKind) -> usize {
    if kind == ChartKind::Characteristics { MAX_CHARACTERISTICS } else { MAX_PANELS }
}

fn chart(answer: &ItemAnswer, kind: ChartKind) -> Chart {
    if kind == ChartKind::Characteristics {
        let panels = answer.results.iter().flat_map(|result| characteristics(answer, result));
        return Chart { kind, title: words::CHARACTERISTICS_TITLE.to_owned(), panels: panels.collect() };
    }
    let panels = answer.results.iter().map(|result| discrimination(answer, result));
    Chart { kind, title: words::DISCRIMINATION_TITLE.to_owned(), panels: panels.collect() }
}

fn discrimination(answer: &ItemAnswer, result: &ItemResult) -> Panel {
    let items = result.analysis.items.iter().zip(answer.names).filter_map(|(item, name)| {
        let (facility, discrimination) = (item.facility.ok()?, item.discrimination.ok()?);
        Some(ItemPoint { name: name.clone(), facility, discrimination })
    });
    let items: Vec<ItemPoint> = items.collect();
    Panel {
        column: words::ITEMS.to_owned(),
        label: result.group_words(),
        nobs: grouped(&result.analysis.candidates.to_string()),
        empty: if items.is_empty() { words::NOTHING_TO_DRAW } else { "" }.to_owned(),
        items,
        ..Panel::default()
    }
}

/// A panel for each item that has a facility.
fn characteristics(answer: &ItemAnswer, result: &ItemResult) -> Vec<Panel> {
    let group = result.group_words();
    let items = result.analysis.items.iter().zip(answer.names);
    let panel = |(item, name): (&ItemFigures, &String)| {
        let points = item.bands.iter().zip(words::SHORT_BAND_LABELS).map(|(facility, label)| Point {
            label: label.to_owned(),
            mean: facility.ok(),
            ..Point::default()
        });
        Panel {
            column: words::FACILITY_AXIS.to_owned(),
            label: if group.is_empty() { name.clone() } else { format!("{name}, {group}") },
            points: points.collect(),
            is_series: true,
            empty: words::NOTHING_TO_DRAW.to_owned(),
            ..Panel::default()
        }
    };
    items.filter(|(item, _)| item.facility.is_ok()).map(panel).collect()
}
