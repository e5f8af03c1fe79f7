//! Model of an item analysis, made from data and options. Every format is written from it.

use describe_items::{Figure, ItemAnalysis, ItemFigures, ItemWarning, Paper, TestFigures, Unanswered};
use describe_options::enums::UNANSWERED;
use describe_options::{AnswerFault, InputError, ItemFault, OptionName, Options};
use describe_readers::{Data, ItemTable, Ledger, Table, TableSource};
use serde::Serialize;

use super::answer::{Group, ReadingWarning};
use super::provenance::Stamp;
use super::words;

/// Analysis of the items of a test.
#[derive(Debug)]
pub struct ItemAnswer<'a> {
    /// Number of records.
    pub rows: u64,
    /// Names of the group columns.
    pub group_by: &'a [String],
    /// Names of the items, in the order of the test.
    pub names: &'a [String],
    /// Whether the items are of multiple choice.
    pub has_keys: bool,
    /// Treatment of items that are not answered.
    pub unanswered: Unanswered,
    /// Results by group; then those of margins, then those of all groups.
    pub results: Vec<ItemResult<'a>>,
    /// What each file of the table was read as.
    pub sources: &'a [TableSource],
    /// Warnings about how the table was read.
    pub reading_warnings: Vec<ReadingWarning>,
    /// Provenance, if it was requested.
    pub stamp: Option<Stamp>,
    /// What the answer may take of memory and time, with the data.
    pub ledger: &'a Ledger,
}

/// Analysis of the candidates of one group.
#[derive(Debug)]
pub struct ItemResult<'a> {
    /// Group of a table with group columns; one column in a margin, empty over all groups.
    pub group: Option<Group<'a>>,
    /// The figures.
    pub analysis: ItemAnalysis,
    /// Reasons why figures are undefined, and what should be looked at.
    pub warnings: Vec<ResultWarning<'a>>,
}

/// Warning about the result of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ItemResultWarning))]
pub struct ResultWarning<'a> {
    /// Kind of warning.
    pub code: ResultWarningCode,
    /// Name of the member that is `null`; only present with the code `undefined`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub field: Option<&'static str>,
    /// Names of the items concerned; only present if it is about items.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<&'a str>,
    /// Sentence that says what happened and what to do.
    pub message: String,
}

/// Kind of warning about the result of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ItemWarningCode))]
#[serde(rename_all = "snake_case")]
pub enum ResultWarningCode {
    /// Better candidates do worse on the items.
    NegativeDiscrimination,
    /// All candidates have the same mark.
    ZeroVariance,
    /// Candidates have more than the maximum mark.
    AboveMaximum,
    /// More than 5% of the candidates did not reach the items.
    NotReached,
    /// A wrong answer goes with a higher total of the other items than the right one.
    Distractor,
    /// Candidates have not answered any item.
    WithoutAnswers,
    /// The figure has no value.
    Undefined,
}

/// Memory of the figures of an item.
const ITEM_BYTES: usize = 2 * size_of::<ItemFigures>();

impl<'a> ItemAnswer<'a> {
    /// The analysis of `data`; `None` if options ask for none.
    ///
    /// # Errors
    /// Options that do not go with it; data that are not a table, or were read before the options were known; more memory or time
    /// than the task may take.
    pub fn new(data: &'a Data, options: &Options, stamp: Option<Stamp>) -> Result<Option<Self>, InputError> {
        // The readers refuse items where they are not built.
        if !cfg!(feature = "items") || !options.table.items.are_analysed() {
            return Ok(None);
        }
        options.check_together()?;
        let location = || options.location(OptionName::Items);
        let Data::Table(table) = data else {
            return Err(InputError::at(location(), AnswerFault::NotATable { option: OptionName::Items }));
        };
        let Some(items) = &table.items else { return Err(InputError::at(location(), ItemFault::TooLate)) };
        Self::of(table, items, options, stamp).map(Some)
    }

    fn of(table: &'a Table, items: &'a ItemTable, options: &Options, stamp: Option<Stamp>) -> Result<Self, InputError> {
        let paper = Paper { maxima: &items.maxima, keys: &items.keys, ddof: options.wanted.moments.ddof };
        let mut results = Vec::new();
        for result in &items.results {
            table.ledger.charge(items.names.len() * ITEM_BYTES)?;
            table.ledger.check()?;
            let working = result.tally.analysis_bytes();
            table.ledger.charge(working)?;
            let analysis = result.tally.analyse(&paper);
            table.ledger.release(working);
            let group = (!table.group_by.is_empty()).then(|| {
                let values = result.group.values();
                values.map(|(position, value)| (table.group_by[position].as_str(), value)).collect()
            });
            let warnings = warnings(&analysis, &items.names);
            results.push(ItemResult { group, analysis, warnings });
        }
        Ok(Self {
            rows: table.rows,
            group_by: &table.group_by,
            names: &items.names,
            has_keys: !items.keys.is_empty(),
            unanswered: options.table.items.unanswered,
            results,
            sources: &table.sources,
            reading_warnings: table.warnings.iter().map(|warning| ReadingWarning::new(warning, false)).collect(),
            stamp: stamp.map(|stamp| Stamp { rows: Some(table.rows), ..stamp }),
            ledger: &table.ledger,
        })
    }

    /// Word for the treatment of items that are not answered.
    #[must_use]
    pub fn unanswered_word(&self) -> &'static str {
        let known = UNANSWERED.iter().find(|(_, unanswered)| *unanswered == self.unanswered);
        known.map_or("", |(word, _)| word)
    }
}

impl ItemResult<'_> {
    /// Group in words; empty without groups.
    #[must_use]
    pub fn group_words(&self) -> String {
        match self.group.as_deref() {
            None => String::new(),
            Some([]) => words::ALL_GROUPS.to_owned(),
            Some(values) => {
                values.iter().map(|(_, value)| value.unwrap_or(words::NO_VALUE)).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// Figures of a test by the names of their members.
pub(crate) fn test_figures(test: &TestFigures) -> [(&'static str, Figure); 11] {
    [
        ("maximum", test.maximum),
        ("min", test.min),
        ("max", test.max),
        ("mean", test.mean),
        ("std", test.std),
        ("alpha", test.alpha),
        ("standardised_alpha", test.standardised_alpha),
        ("lambda_2", test.lambda_2),
        ("lambda_6", test.lambda_6),
        ("split_half", test.split_half),
        ("measurement_error", test.measurement_error),
    ]
}

/// Figures of an item by the names of their members.
pub(crate) fn item_figures(item: &ItemFigures) -> [(&'static str, Figure); 12] {
    [
        ("maximum", item.maximum),
        ("facility", item.facility),
        ("mean", item.mean),
        ("std", item.std),
        ("discrimination", item.discrimination),
        ("item_total", item.item_total),
        ("alpha_without", item.alpha_without),
        ("percent_omitted", item.percent_omitted),
        ("percent_not_reached", item.percent_not_reached),
        ("upper_facility", item.upper_facility),
        ("lower_facility", item.lower_facility),
        ("effective_weight", item.effective_weight),
    ]
}

/// Warnings about a result: what should be looked at, then why figures are undefined, each with all items concerned.
fn warnings<'a>(analysis: &ItemAnalysis, names: &'a [String]) -> Vec<ResultWarning<'a>> {
    let mut warnings: Vec<ResultWarning> = Vec::new();
    if analysis.without_answers > 0 {
        let message = words::without_answers(analysis.without_answers);
        warnings.push(ResultWarning {
            code: ResultWarningCode::WithoutAnswers,
            field: None,
            items: Vec::new(),
            message,
        });
    }
    let of_items = || analysis.items.iter().zip(names);
    for warning in [
        ItemWarning::NegativeDiscrimination,
        ItemWarning::DistractorAboveKey,
        ItemWarning::Constant,
        ItemWarning::AboveMaximum,
        ItemWarning::ManyNotReached,
    ] {
        let concerned = of_items().filter(|(item, _)| item.warnings.contains(&warning));
        let items: Vec<&str> = concerned.map(|(_, name)| name.as_str()).collect();
        if !items.is_empty() {
            let message = words::item_warning(warning, &items);
            warnings.push(ResultWarning { code: code(warning), field: None, items, message });
        }
    }
    let mut undefined: Vec<(&'static str, String, Vec<&str>)> = Vec::new();
    let of_test = test_figures(&analysis.test).map(|(field, figure)| (field, figure, None));
    let figures = of_items()
        .flat_map(|(item, name)| item_figures(item).map(|(field, figure)| (field, figure, Some(name.as_str()))));
    for (field, figure, item) in of_test.into_iter().chain(figures) {
        let Err(why) = figure else { continue };
        let why = words::is_null(field, &why.to_string());
        match undefined.iter_mut().find(|(_, known, items)| *known == why && items.is_empty() == item.is_none()) {
            Some((.., items)) => items.extend(item),
            None => undefined.push((field, why, item.into_iter().collect())),
        }
    }
    let undefined = undefined.into_iter().map(|(field, message, items)| ResultWarning {
        code: ResultWarningCode::Undefined,
        field: Some(field),
        items,
        message,
    });
    warnings.extend(undefined);
    warnings
}

fn code(warning: ItemWarning) -> ResultWarningCode {
    match warning {
        ItemWarning::NegativeDiscrimination => ResultWarningCode::NegativeDiscrimination,
        ItemWarning::DistractorAboveKey => ResultWarningCode::Distractor,
        ItemWarning::Constant => ResultWarningCode::ZeroVariance,
        ItemWarning::AboveMaximum => ResultWarningCode::AboveMaximum,
        ItemWarning::ManyNotReached => ResultWarningCode::NotReached,
    }
}
