//! The query: cells of each column by group, on all threads, and the answer about them.
//!
//! Input: files and options. Output: a description. Invariants: files whose columns have the same types are one query, and all queries
//! are added exactly, so that no value is converted from one type to another; a column that a file does not have is an error.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::catalog::TableProvider;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::DataFusionError;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::AggregateUDF;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::prelude::{SessionConfig, SessionContext, ident};
use describe_datafusion::aggregate::{CellError, ExactAggregate, Output};
use describe_datafusion::cells::{each_cell, is_described};
use describe_datafusion::column_state;
use describe_engine::Described;
use describe_engine::messages::{self, Voice};
use describe_options::{Delimiter, OptionName, Options, RawOption, TableOptions};
use describe_readers::{CellRules, Data, Format, Limits, SavedGroup, SavedTable, TableSource, calendar};
use futures::{StreamExt, TryStreamExt};

use super::files::{self, DataFile};
use super::text::{Syntax, TextFiles, column_name};
use crate::cli::Arguments;
use crate::{Failure, Resources};

/// Number of footers of Parquet files that are read at once.
const FOOTERS_AT_ONCE: usize = 32;

/// Describes the files that the arguments name.
///
/// # Errors
/// Files that cannot be read, cells that are not numbers, no records.
pub(crate) fn run(
    arguments: &Arguments,
    options: &Options,
    given: Vec<RawOption>,
    resources: Resources,
) -> Result<Described, Failure> {
    let threads = match resources.threads {
        Some(threads) => usize::from(threads),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Files(error.to_string()))?;
    runtime.block_on(describe(arguments, options, given, resources, threads))
}

async fn describe(
    arguments: &Arguments,
    options: &Options,
    given: Vec<RawOption>,
    resources: Resources,
    threads: usize,
) -> Result<Described, Failure> {
    let session = session(resources, threads)?;
    let (files, format) = files::find(&session, arguments.files(), arguments.kind).await?;
    let limits = Limits { groups: resources.group_limit, distinct: resources.max_distinct, ..Limits::default() };
    let mut query = Query::new(options, &limits);
    let syntax = syntax(format, &options.table)?;
    let sources = sources(&files, format, syntax, &options.table);
    let tables = match syntax {
        Some(syntax) => vec![text_table(files, syntax, &query, threads)?],
        None => parquet_tables(&session, files, &query).await?,
    };
    for (table, names) in tables {
        query.add(&session, table, &names).await?;
    }
    if syntax == Some(Syntax::Ndjson) {
        query.check_columns_occur()?;
    }
    let data = Data::of_groups(query.table, query.records, sources)?;
    Ok(Described::of_data(data, given)?)
}

fn session(resources: Resources, threads: usize) -> Result<SessionContext, Failure> {
    let mut config = SessionConfig::new().with_target_partitions(threads).with_collect_statistics(false);
    let execution = &mut config.options_mut().execution;
    // Folders in folders are read, too.
    execution.listing_table_ignore_subdirectory = false;
    // Texts that a writer did not mark as texts.
    execution.parquet.binary_as_string = true;
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(mebibytes) = resources.memory_mib {
        // A share for each part of the query, so that one does not leave too little for another to write its groups to disk.
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(mebibytes.saturating_mul(1 << 20))));
    }
    let runtime = runtime.build_arc().map_err(|error| Failure::Files(error.to_string()))?;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

/// Syntax of text files; `None` of Parquet files.
fn syntax(format: Format, options: &TableOptions) -> Result<Option<Syntax>, Failure> {
    let usual = match format {
        Format::Csv => b',',
        Format::Tsv => b'\t',
        Format::Ndjson => return Ok(Some(Syntax::Ndjson)),
        _ => return Ok(None),
    };
    match options.delimiter {
        None => Ok(Some(Syntax::Delimited(usual))),
        Some(Delimiter::Byte(delimiter)) => Ok(Some(Syntax::Delimited(delimiter))),
        Some(Delimiter::Whitespace) => {
            let flag = Voice::CommandLine.with(OptionName::Delimiter, "whitespace");
            Err(Failure::Options(format!("{flag} is not supported here; describe-api describe has it")))
        }
    }
}

/// What each file was read as.
fn sources(files: &[DataFile], format: Format, syntax: Option<Syntax>, options: &TableOptions) -> Vec<TableSource> {
    let source = match syntax {
        None => TableSource { format: "parquet", ..TableSource::default() },
        Some(Syntax::Ndjson) => TableSource { format: "ndjson", shape: Some("records"), ..TableSource::default() },
        Some(Syntax::Delimited(delimiter)) => TableSource {
            format: if format == Format::Tsv { "tsv" } else { "csv" },
            encoding: Some("utf-8".to_owned()),
            delimiter: Some(char::from(delimiter).to_string()),
            decimal: Some(if options.decimal_comma { "," } else { "." }),
            header_row: Some(Some(1)),
            skipped_rows: Some(0),
            skipped_end: Some(0),
            short_records: Some(0),
            stray_quotes: Some(0),
            ..TableSource::default()
        },
    };
    let named = |file: &DataFile| TableSource { file: Some(file.name.clone()), ..source.clone() };
    if let [_] = files { vec![source] } else { files.iter().map(named).collect() }
}

/// Cells that were read so far, and how further ones are.
struct Query {
    /// Names of the columns that are described, and behind them of those that are grouped by.
    columns: Vec<String>,
    /// Number of described columns.
    described: usize,
    cells: AggregateUDF,
    table: SavedTable,
    records: u64,
    /// Whether a column has had a value in some record.
    occurs: Vec<bool>,
}

impl Query {
    fn new(options: &Options, limits: &Limits) -> Self {
        let retention = limits.retention(options);
        let rules = Arc::new(CellRules::new(options, limits));
        let cells = ExactAggregate::new("cells", &[], Output::Column, rules, retention.clone());
        let columns = [options.table.columns.clone(), options.table.group_by.clone()].concat();
        Self {
            described: options.table.columns.len(),
            occurs: vec![false; columns.len()],
            columns,
            cells: cells.into(),
            table: SavedTable::new(options, limits, retention),
            records: 0,
        }
    }

    /// Adds the records of a table, which has the columns by these names.
    async fn add(
        &mut self,
        session: &SessionContext,
        table: Arc<dyn TableProvider>,
        names: &[String],
    ) -> Result<(), Failure> {
        let (values, groups) = names.split_at(self.described);
        let cells = values
            .iter()
            .zip(0..)
            .map(|(name, number)| self.cells.call(vec![ident(name)]).alias(format!("cells {number}")));
        let groups = groups.iter().zip(0..).map(|(name, number)| ident(name).alias(format!("group {number}")));
        let failed = |error| self.failure(names, &error);
        let rows = session.read_table(table).map_err(failed)?;
        let rows = rows.aggregate(groups.collect(), cells.collect()).map_err(failed)?;
        let mut batches = rows.execute_stream().await.map_err(failed)?;
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(|error| self.failure(names, &error))?;
            self.add_groups(&batch).map_err(|error| self.failure(names, &error))??;
        }
        Ok(())
    }

    /// Adds a batch of groups: their values, and behind them the cells of each column.
    fn add_groups(&mut self, batch: &RecordBatch) -> datafusion::common::Result<Result<(), Failure>> {
        let (groups, cells) = batch.columns().split_at(self.columns.len() - self.described);
        let groups = groups.iter().map(|group| group_values(group.as_ref())).collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let columns = cells.iter().map(|column| column_state::from_bytes(column.as_binary::<i32>().value(row)));
            let columns = columns.collect::<Result<Vec<_>, _>>();
            let columns = columns.map_err(|error| DataFusionError::Execution(error.to_string()))?;
            let values: Vec<Option<String>> = groups.iter().map(|group| group[row].clone()).collect();
            if let Some(column) = columns.first() {
                self.records += column.numbers.taken() + column.absent.iter().sum::<u64>() + column.invalid;
            }
            let has_values = columns.iter().map(|column| {
                column.numbers.taken() > column.numbers.missing()
                    || column.invalid > 0
                    || column.absent.iter().any(|count| *count > 0)
            });
            let occurs = has_values.chain(values.iter().map(Option::is_some));
            self.occurs.iter_mut().zip(occurs).for_each(|(occurs, here)| *occurs |= here);
            if let Err(error) = self.table.add(&SavedGroup { values, columns }) {
                return Ok(Err(error.into()));
            }
        }
        Ok(Ok(()))
    }

    /// Refuses columns that are empty in every record: records of JSON do not say which columns there are.
    fn check_columns_occur(&self) -> Result<(), Failure> {
        let never = self.columns.iter().zip(&self.occurs).find(|(_, occurs)| !**occurs && self.records > 0);
        match never {
            Some((name, _)) => Err(Failure::Files(format!("no record has a value of {name}; is the name spelled so?"))),
            None => Ok(()),
        }
    }

    /// Failure of a query in words.
    fn failure(&self, names: &[String], error: &DataFusionError) -> Failure {
        let root = error.find_root();
        if let DataFusionError::External(cause) = root
            && let Some(CellError { argument, error }) = cause.downcast_ref::<CellError>()
        {
            let column = names.iter().position(|name| name == argument).map_or(argument, |place| &self.columns[place]);
            let input = error.first().input.as_deref().unwrap_or_default();
            let message = messages::message(error.first(), Voice::CommandLine);
            let absent = Voice::CommandLine.option(OptionName::Absent);
            let invalid = Voice::CommandLine.with(OptionName::Invalid, "missing");
            let remedy =
                format!("{absent} counts a code of absence by itself, {invalid} all cells that are not numbers");
            return Failure::Files(format!("column {column}: '{input}' {message}; {remedy}"));
        }
        let message = root.to_string();
        Failure::Files(message.strip_prefix("Execution error: ").unwrap_or(&message).to_owned())
    }
}

/// Values of a group column: a text without surrounding blanks, `None` for an empty one.
fn group_values(array: &dyn Array) -> datafusion::common::Result<Vec<Option<String>>> {
    let texts =
        |text: &dyn Fn(usize) -> String| (0..array.len()).map(|row| array.is_valid(row).then(|| text(row))).collect();
    let integers = |array: &dyn Array| {
        let integers = datafusion::arrow::compute::cast(array, &DataType::Int64)?;
        Ok::<_, DataFusionError>(integers.as_primitive::<datafusion::arrow::datatypes::Int64Type>().clone())
    };
    Ok(match array.data_type() {
        DataType::Boolean => {
            let array = array.as_boolean();
            texts(&|row| array.value(row).to_string())
        }
        DataType::Date32 => {
            let array = array.as_primitive::<datafusion::arrow::datatypes::Date32Type>();
            texts(&|row| calendar::date(array.value(row).into()))
        }
        DataType::Timestamp(unit, zone) => {
            let (per_second, integers) = (per_second(*unit), integers(array)?);
            texts(&|row| calendar::timestamp(integers.value(row).into(), per_second, zone.is_some()))
        }
        _ => {
            let mut values = Vec::with_capacity(array.len());
            let mut key = Vec::new();
            each_cell(array, |_, cell| {
                key.clear();
                let is_filled = cell.group(&mut key);
                values.push(is_filled.then(|| String::from_utf8_lossy(&key).into_owned()));
                Ok(())
            })?;
            values
        }
    })
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// Whether records can be grouped by values of this type.
fn is_grouped_by(data_type: &DataType) -> bool {
    is_described(data_type) || matches!(data_type, DataType::Boolean | DataType::Date32 | DataType::Timestamp(..))
}

/// A table, and the names that the columns of the query have in it.
type NamedTable = (Arc<dyn TableProvider>, Vec<String>);

/// Table of text files, which are divided among the threads by their sizes.
fn text_table(mut files: Vec<DataFile>, syntax: Syntax, query: &Query, threads: usize) -> Result<NamedTable, Failure> {
    let mut needed: Vec<String> = Vec::new();
    let mut names = Vec::new();
    for name in &query.columns {
        let position = needed.iter().position(|known| known == name).unwrap_or_else(|| {
            needed.push(name.clone());
            needed.len() - 1
        });
        names.push(column_name(position));
    }
    let needed: Arc<[String]> = needed.into();
    files.sort_by_key(|file| std::cmp::Reverse(file.meta.size));
    let mut parts: Vec<(u64, Vec<DataFile>)> = vec![(0, Vec::new()); threads.min(files.len())];
    for file in files {
        if let Some(part) = parts.iter_mut().min_by_key(|(bytes, _)| *bytes) {
            part.0 += file.meta.size;
            part.1.push(file);
        }
    }
    let parts = parts
        .into_iter()
        .map(|(_, files)| Arc::new(TextFiles::new(files, syntax, Arc::clone(&needed))) as Arc<dyn PartitionStream>);
    let parts: Vec<_> = parts.collect();
    let schema = Arc::clone(parts[0].schema());
    let table = StreamingTable::try_new(schema, parts).map_err(|error| Failure::Files(error.to_string()))?;
    Ok((Arc::new(table), names))
}

/// Tables of Parquet files: one for those whose columns have the same types.
async fn parquet_tables(
    session: &SessionContext,
    files: Vec<DataFile>,
    query: &Query,
) -> Result<Vec<NamedTable>, Failure> {
    let state = session.state();
    let format = Arc::new(ParquetFormat::new().with_options(state.default_table_options().parquet));
    let options = ListingOptions::new(Arc::clone(&format) as Arc<dyn FileFormat>).with_file_extension("");
    let (format, state) = (&format, &state);
    let schemas = futures::stream::iter(files).map(|file| async move {
        let schema = format.infer_schema(state, &file.store, std::slice::from_ref(&file.meta)).await;
        let schema = schema.map_err(|error| Failure::Files(format!("{}: {}", file.name, error.find_root())))?;
        Ok::<_, Failure>((needed_fields(&schema, query, &file.name)?, file))
    });
    let mut by_types: Vec<(Vec<Field>, Vec<DataFile>)> = Vec::new();
    let mut places: HashMap<Vec<DataType>, usize> = HashMap::new();
    for (fields, file) in schemas.buffered(FOOTERS_AT_ONCE).try_collect::<Vec<_>>().await? {
        let types = fields.iter().map(|field| field.data_type().clone()).collect();
        let place = *places.entry(types).or_insert(by_types.len());
        if place == by_types.len() {
            by_types.push((fields, Vec::new()));
        }
        by_types[place].1.push(file);
    }
    let tables = by_types.into_iter().map(|(fields, files)| {
        let urls = files.into_iter().map(|file| file.url).collect();
        let mut distinct: Vec<Field> = Vec::new();
        for field in fields {
            if distinct.iter().all(|known| known.name() != field.name()) {
                distinct.push(field.with_nullable(true));
            }
        }
        let config = ListingTableConfig::new_with_multi_paths(urls)
            .with_listing_options(options.clone())
            .with_schema(Arc::new(Schema::new(distinct)));
        let table = ListingTable::try_new(config).map_err(|error| Failure::Files(error.to_string()))?;
        Ok((Arc::new(table) as Arc<dyn TableProvider>, query.columns.clone()))
    });
    tables.collect()
}

/// The fields of a file that the query needs, in the order of its columns.
fn needed_fields(schema: &Schema, query: &Query, file: &str) -> Result<Vec<Field>, Failure> {
    let field = |(name, position): (&String, usize)| {
        let Ok(field) = schema.field_with_name(name) else {
            let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            return Err(Failure::Files(format!("{file}: there is no column {name}; there are {}", names.join(", "))));
        };
        let is_described_column = position < query.described;
        let is_usable =
            if is_described_column { is_described(field.data_type()) } else { is_grouped_by(field.data_type()) };
        if !is_usable {
            let purpose = if is_described_column { "described" } else { "grouped by" };
            return Err(Failure::Files(format!(
                "{file}: column {name} of type {} cannot be {purpose}",
                field.data_type()
            )));
        }
        Ok(field.clone())
    };
    query.columns.iter().zip(0..).map(field).collect()
}
