//! Rows of CSV and NDJSON files as texts.
//!
//! Input: files of one format, and the names of the columns that are needed. Output: record batches in which every cell is the text that
//! stands in the file, so that no digit is lost before it is parsed. Invariant: a file without one of the columns, with a record of
//! another length than its header, or with text that is not UTF-8 is an error that names it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::csv;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json;
use datafusion::common::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::PartitionStream;
use describe::trim_blanks;
use describe_engine::messages::{self, Voice};
use describe_options::InputError;
use describe_readers::{Coding, Decompressor, Limits};
use futures::StreamExt;
use object_store::ObjectStoreExt;
use tokio::sync::mpsc::Sender;

use super::files::DataFile;

/// Syntax of text files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Delimited records behind a header.
    Delimited(u8),
    /// A JSON object on each line.
    Ndjson,
}

/// Number of batches that wait for the query.
const WAITING_BATCHES: usize = 2;

/// Bytes within which a header must end.
const MAX_HEADER_BYTES: usize = 1 << 20;

/// Number of bytes that tell whether a file is compressed.
const MAGIC_BYTES: usize = 4;

/// Number of records of a batch.
const BATCH_RECORDS: usize = 8192;

/// Files that are read one after the other.
#[derive(Debug)]
pub(crate) struct TextFiles {
    files: Vec<DataFile>,
    syntax: Syntax,
    /// Names of the columns that are needed, each once.
    columns: Arc<[String]>,
    schema: SchemaRef,
}

/// Name of a column in batches: names in files may be equal but for their case, or empty.
pub(crate) fn column_name(position: usize) -> String {
    format!("c{position}")
}

fn schema_of(columns: usize) -> SchemaRef {
    let field = |position| Field::new(column_name(position), DataType::Utf8, true);
    Arc::new(Schema::new((0..columns).map(field).collect::<Vec<_>>()))
}

impl TextFiles {
    pub(crate) fn new(files: Vec<DataFile>, syntax: Syntax, columns: Arc<[String]>) -> Self {
        Self { files, syntax, schema: schema_of(columns.len()), columns }
    }
}

impl PartitionStream for TextFiles {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), WAITING_BATCHES);
        let (files, syntax, columns, batches) =
            (self.files.clone(), self.syntax, Arc::clone(&self.columns), builder.tx());
        builder.spawn(async move {
            for file in &files {
                let rows = Rows {
                    decoder: None,
                    place: Place::Between,
                    start: Vec::new(),
                    syntax,
                    columns: Arc::clone(&columns),
                };
                let is_open = read(file, rows, &batches).await.map_err(|error| in_file(file, error))?;
                if !is_open {
                    break;
                }
            }
            Ok(())
        });
        builder.build()
    }
}

/// The error with the name of its file.
fn in_file(file: &DataFile, error: DataFusionError) -> DataFusionError {
    let why = match error {
        DataFusionError::ArrowError(error, _) => match *error {
            ArrowError::CsvError(why) | ArrowError::JsonError(why) | ArrowError::ParseError(why) => why,
            other => other.to_string(),
        },
        DataFusionError::Execution(why) => why,
        other => other.to_string(),
    };
    DataFusionError::Execution(format!("{}: {why}", file.name))
}

type Batches = Sender<datafusion::common::Result<RecordBatch>>;

/// Sends the rows of a file. Returns whether the query wants more.
async fn read(file: &DataFile, mut rows: Rows, batches: &Batches) -> datafusion::common::Result<bool> {
    let mut chunks = file.store.get(&file.meta.location).await?.into_stream();
    let mut held: Vec<u8> = Vec::new();
    let mut decompressor: Option<Decompressor> = None;
    loop {
        let chunk = chunks.next().await.transpose()?;
        let is_last = chunk.is_none();
        if let Some(chunk) = &chunk {
            held.extend_from_slice(chunk);
        }
        if decompressor.is_none() && held.len() < MAGIC_BYTES && !is_last {
            continue;
        }
        let decompressor = decompressor.get_or_insert_with(|| {
            let codings: Vec<Coding> = Coding::detect(&held).into_iter().collect();
            Decompressor::new(&codings, &Limits { decompressed: u64::MAX, ..Limits::default() }, 0)
        });
        let mut decompressed = Vec::new();
        if decompressor.is_identity() {
            std::mem::swap(&mut decompressed, &mut held);
        } else {
            let mut sink = |bytes: &[u8]| {
                decompressed.extend_from_slice(bytes);
                Ok::<(), InputError>(())
            };
            decompressor.feed(&held, &mut sink).map_err(|error| in_words(&error))?;
            held.clear();
        }
        if is_last {
            decompressor.finish().map_err(|error| in_words(&error))?;
        }
        for batch in rows.take(&decompressed, is_last)? {
            if batches.send(Ok(batch)).await.is_err() {
                return Ok(false);
            }
        }
        if is_last {
            return Ok(true);
        }
    }
}

fn in_words(error: &InputError) -> DataFusionError {
    DataFusionError::Execution(messages::detail(error, Voice::CommandLine))
}

fn refused(why: String) -> DataFusionError {
    DataFusionError::Execution(why)
}

/// Parser of one file.
struct Rows {
    decoder: Option<Decoder>,
    /// Where the bytes so far end.
    place: Place,
    /// Bytes before the decoder is known.
    start: Vec<u8>,
    syntax: Syntax,
    columns: Arc<[String]>,
}

/// Place in delimited text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before a cell.
    Between,
    Unquoted,
    Quoted,
    /// Behind a quote in a quoted cell, which ends the cell or begins a doubled quote.
    Quote,
}

impl Place {
    /// The place behind further bytes.
    ///
    /// # Errors
    /// A quote in a cell that does not begin with one, or text behind the quote that ends a cell: programs disagree about these.
    fn after(self, bytes: &[u8], delimiter: u8) -> datafusion::common::Result<Self> {
        let is_end = |byte: u8| byte == delimiter || byte == b'\n' || byte == b'\r';
        let is_plain = matches!(self, Self::Between | Self::Unquoted) && !bytes.contains(&b'"');
        let rest = if is_plain { &bytes[bytes.len().saturating_sub(1)..] } else { bytes };
        rest.iter().try_fold(self, |place, byte| match (place, *byte) {
            (Self::Quoted, b'"') => Ok(Self::Quote),
            (Self::Between | Self::Quote, b'"') | (Self::Quoted, _) => Ok(Self::Quoted),
            (_, byte) if is_end(byte) => Ok(Self::Between),
            (Self::Between | Self::Unquoted, byte) if byte != b'"' => Ok(Self::Unquoted),
            _ => {
                Err(refused("a quote stands inside a cell; describe-api describe says where, and reads it".to_owned()))
            }
        })
    }
}

enum Decoder {
    /// Reads all columns, of which those at these positions are needed.
    Delimited(Box<csv::reader::Decoder>, Vec<usize>),
    Ndjson(json::reader::Decoder),
}

impl Rows {
    /// Batches of the complete records of the bytes so far.
    fn take(&mut self, bytes: &[u8], is_last: bool) -> datafusion::common::Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        if self.decoder.is_none() {
            self.start.extend_from_slice(bytes);
            if !is_last && !self.has_begun() {
                if self.start.len() > MAX_HEADER_BYTES {
                    return Err(refused(format!("the header is longer than {MAX_HEADER_BYTES} bytes")));
                }
                return Ok(batches);
            }
            let start = std::mem::take(&mut self.start);
            if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
                return Err(refused("the text is UTF-16; convert it to UTF-8".to_owned()));
            }
            let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
            self.decoder = self.decoder(start)?;
            self.decode(start, &mut batches)?;
        } else {
            self.decode(bytes, &mut batches)?;
        }
        if is_last {
            self.end(&mut batches)?;
        }
        Ok(batches)
    }

    /// Whether the mark of the encoding and the header are complete.
    fn has_begun(&self) -> bool {
        match self.syntax {
            Syntax::Ndjson => self.start.len() >= 3,
            Syntax::Delimited(_) => {
                let mut is_quoted = false;
                self.start.iter().any(|byte| {
                    is_quoted ^= *byte == b'"';
                    matches!(byte, b'\n' | b'\r') && !is_quoted
                })
            }
        }
    }

    /// The decoder of a file that begins with these bytes; `None` of an empty file.
    fn decoder(&self, start: &[u8]) -> datafusion::common::Result<Option<Decoder>> {
        let Syntax::Delimited(delimiter) = self.syntax else {
            let fields: Vec<Field> = self.columns.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
            let builder = json::ReaderBuilder::new(Arc::new(Schema::new(fields)))
                .with_coerce_primitive(true)
                .with_batch_size(BATCH_RECORDS);
            return Ok(Some(Decoder::Ndjson(builder.build_decoder()?)));
        };
        if trim_blanks(start).is_empty() {
            return Ok(None);
        }
        let format = csv::reader::Format::default().with_header(true).with_delimiter(delimiter);
        let (header, _) = format.infer_schema(start, Some(0))?;
        let names: Vec<&str> = header.fields().iter().map(|field| field.name().trim()).collect();
        let positions = self.columns.iter().map(|wanted| {
            let mut found = names.iter().enumerate().filter(|(_, name)| **name == wanted.as_str());
            match (found.next(), found.next()) {
                (Some((position, _)), None) => Ok(position),
                (Some(_), Some(_)) => Err(refused(format!("several columns have the name {wanted}"))),
                (None, _) => Err(refused(format!("there is no column {wanted}; there are {}", names.join(", ")))),
            }
        });
        let positions = positions.collect::<Result<_, _>>()?;
        let builder = csv::ReaderBuilder::new(schema_of(names.len()))
            .with_header(true)
            .with_delimiter(delimiter)
            .with_batch_size(BATCH_RECORDS);
        Ok(Some(Decoder::Delimited(Box::new(builder.build_decoder()), positions)))
    }

    fn decode(&mut self, mut bytes: &[u8], batches: &mut Vec<RecordBatch>) -> datafusion::common::Result<()> {
        if let Syntax::Delimited(delimiter) = self.syntax {
            self.place = self.place.after(bytes, delimiter)?;
        }
        while !bytes.is_empty() {
            let read = match &mut self.decoder {
                None => return Ok(()),
                Some(Decoder::Delimited(decoder, _)) => decoder.decode(bytes)?,
                Some(Decoder::Ndjson(decoder)) => decoder.decode(bytes)?,
            };
            bytes = &bytes[read..];
            if !bytes.is_empty() {
                self.flush(batches)?;
            }
        }
        Ok(())
    }

    /// Takes the records at the end of the file, the last of which may not end with a line end.
    fn end(&mut self, batches: &mut Vec<RecordBatch>) -> datafusion::common::Result<()> {
        match &mut self.decoder {
            Some(Decoder::Delimited(..)) if self.place == Place::Quoted => {
                return Err(refused("a quoted cell does not end".to_owned()));
            }
            Some(Decoder::Delimited(decoder, _)) => {
                // No bytes mean the end to this decoder.
                decoder.decode(&[])?;
            }
            Some(Decoder::Ndjson(decoder)) if decoder.has_partial_record() => {
                return Err(refused("the last line is not a complete object".to_owned()));
            }
            Some(Decoder::Ndjson(_)) | None => {}
        }
        self.flush(batches)
    }

    fn flush(&mut self, batches: &mut Vec<RecordBatch>) -> datafusion::common::Result<()> {
        match &mut self.decoder {
            None => {}
            Some(Decoder::Delimited(decoder, positions)) => {
                if let Some(batch) = decoder.flush()? {
                    batches.push(renamed(&without_blank_records(&batch)?.project(positions)?)?);
                }
            }
            Some(Decoder::Ndjson(decoder)) => {
                if let Some(batch) = decoder.flush()? {
                    batches.push(renamed(&batch)?);
                }
            }
        }
        Ok(())
    }
}

/// The columns by the names that they have in queries.
fn renamed(batch: &RecordBatch) -> datafusion::common::Result<RecordBatch> {
    Ok(RecordBatch::try_new(schema_of(batch.num_columns()), batch.columns().to_vec())?)
}

/// The records that are more than delimiters.
fn without_blank_records(batch: &RecordBatch) -> datafusion::common::Result<RecordBatch> {
    let columns: Vec<&StringArray> = batch.columns().iter().map(AsArray::as_string).collect();
    let is_filled = |row: usize| {
        columns.iter().any(|column| column.is_valid(row) && !trim_blanks(column.value(row).as_bytes()).is_empty())
    };
    let filled: BooleanArray = (0..batch.num_rows()).map(|row| Some(is_filled(row))).collect();
    if filled.true_count() == batch.num_rows() { Ok(batch.clone()) } else { Ok(filter_record_batch(batch, &filled)?) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_end_cells() {
        let after = |text: &str| Place::Between.after(text.as_bytes(), b',').map_err(|error| error.to_string());
        assert_eq!(after("a,\"b\"\"\n,c\",d\r\n"), Ok(Place::Between));
        assert_eq!(after("a,\"b"), Ok(Place::Quoted));
        assert_eq!(after("a,b"), Ok(Place::Unquoted));
        for stray in ["5\" nails", "\"a\"b", " \"a\""] {
            assert!(after(stray).is_err(), "{stray}");
        }
        // However the bytes are cut.
        let text = b"a,\"b\"\"\n,c\",d";
        for cut in 0..=text.len() {
            let first = Place::Between.after(&text[..cut], b',').expect("no stray quote");
            assert_eq!(first.after(&text[cut..], b',').expect("no stray quote"), Place::Unquoted, "{cut}");
        }
    }
}
