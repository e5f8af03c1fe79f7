//! Results to bytes: the model of an answer, disclosure control, and one file for each format that is written from the model.
//!
//! Input: data that were read, and options. Output: the bytes of an answer in one format. With the feature `schema` the JSON
//! answers have schemas for an OpenAPI document, derived from the types that are written. Nothing here asks for the time.

pub mod answer;
mod count_display;
pub mod csv;
pub mod disclosure;
pub mod html;
pub mod item_answer;
pub mod json;
pub mod markdown;
mod members;
mod output;
pub mod provenance;
mod published_precision;
pub mod report;
pub mod report_builder;
mod state;
pub mod svg;
pub mod terminal;
mod words;
#[cfg(feature = "workbook")]
pub mod workbook;

use describe_options::InputError;
use describe_options::{Format, OptionError, OptionName, Options};
use describe_readers::Data;

use answer::Answer;
use item_answer::ItemAnswer;
use provenance::Stamp;

/// Answer about `data` by `options` as it may be published, with its provenance.
///
/// # Errors
/// As for [`Answer::new`]; an answer that is too large for disclosure control.
pub fn answer<'a>(data: &'a Data, options: &Options, stamp: Option<Stamp>) -> Result<Answer<'a>, InputError> {
    let mut answer = Answer::new(data, options)?;
    disclosure::apply(&mut answer, &options.output.rules())?;
    answer.stamp = stamp.map(|stamp| Stamp { rows: answer.taken(), ..stamp });
    Ok(answer)
}

/// Bytes of the answer in the format of the options.
///
/// # Errors
/// As for [`answer()`]; an answer that does not fit the format, such as more than twelve results in a chart.
///
/// ```
/// use describe::Retention;
/// use describe_options::{RawOption, Options, Origin};
/// use describe_readers::parse_list;
/// let given = RawOption { origin: Origin::Query, name: "format".into(), values: vec!["csv".into()] };
/// let csv = describe_reports::write(&parse_list(&["5", "6"], Origin::Query, Retention::default())?, &Options::parse(&[given])?, None)?;
/// assert_eq!(csv, b"nobs,min,max,mean,variance,skewness,kurtosis\r\n2,5.0,6.0,5.5,0.5,0.0,-2.0\r\n");
/// # Ok::<(), describe_options::InputError>(())
/// ```
pub fn write(data: &Data, options: &Options, stamp: Option<Stamp>) -> Result<Vec<u8>, InputError> {
    let bytes = match ItemAnswer::new(data, options, stamp.clone())? {
        Some(answer) => write_items(&answer, options)?,
        None => write_statistics(data, options, stamp)?,
    };
    let limit = data.ledger().answer_limit();
    if bytes.len() > limit { Err(output::too_large(limit)) } else { Ok(bytes) }
}

/// Bytes of an item analysis.
fn write_items(answer: &ItemAnswer, options: &Options) -> Result<Vec<u8>, InputError> {
    let report = || report_builder::item_report(answer, options);
    Ok(match options.output.format() {
        Format::Json => json::items(answer)?,
        Format::Ndjson => json::item_lines(answer)?,
        Format::Csv => csv::table(&report_builder::item_table(answer)?).into_bytes(),
        Format::Markdown => markdown::report(&report()?).into_bytes(),
        Format::Html => html::page(&report()?, answer.ledger)?.into_bytes(),
        Format::Svg => svg::file(&report_builder::item_chart(answer, options)?, answer.ledger)?.into_bytes(),
        // Options of item analysis exclude it.
        Format::State => {
            let option = OptionName::Format;
            return Err(InputError::at(options.location(option), OptionError::NotWithItems(option)));
        }
        #[cfg(feature = "workbook")]
        Format::Xlsx => workbook::xlsx(&report()?)?,
        #[cfg(feature = "workbook")]
        Format::Ods => workbook::ods(&report()?)?,
        #[cfg(not(feature = "workbook"))]
        Format::Xlsx | Format::Ods => return Err(without_workbooks()),
    })
}

/// Bytes of the statistics of columns or of arrays.
fn write_statistics(data: &Data, options: &Options, stamp: Option<Stamp>) -> Result<Vec<u8>, InputError> {
    let answer = move || answer(data, options, stamp);
    Ok(match options.output.format() {
        Format::Json => json::write(&answer()?)?,
        Format::Ndjson => json::lines(&answer()?)?,
        Format::Csv => csv::table(&report_builder::flat(&answer()?, options)?).into_bytes(),
        Format::Markdown => markdown::report(&report_builder::report(&answer()?, options)?).into_bytes(),
        Format::Html => html::page(&report_builder::report(&answer()?, options)?, data.ledger())?.into_bytes(),
        Format::Svg => svg::file(&report_builder::chart(&answer()?, options)?, data.ledger())?.into_bytes(),
        Format::State => state::write(data, options)?,
        #[cfg(feature = "workbook")]
        Format::Xlsx => workbook::xlsx(&report_builder::report(&answer()?, options)?)?,
        #[cfg(feature = "workbook")]
        Format::Ods => workbook::ods(&report_builder::report(&answer()?, options)?)?,
        #[cfg(not(feature = "workbook"))]
        Format::Xlsx | Format::Ods => return Err(without_workbooks()),
    })
}

/// Error of a program that cannot write workbooks.
#[cfg(not(feature = "workbook"))]
fn without_workbooks() -> InputError {
    let detail = words::WITHOUT_WORKBOOKS.to_owned();
    InputError::whole(describe_options::AnswerFault::Unwritable { format: "workbook", detail })
}
