//! Selection of the sheets of a workbook that are read.
//!
//! Input: the sheets of a workbook in their order, one or more times. Output: the table of the requested sheet, of all sheets
//! with the same columns, or of the first visible sheet with a numeric column. Sheets that by their name are a table of
//! contents, a cover or notes are passed over, unless they are the only ones with numbers.

use describe_options::{Diagnostic, InputError, MAX_LISTED_DIAGNOSTICS, OptionName, Options, TableFault, excerpt};

use super::rows::{Rows, Use};
use super::xml::Budget;
use crate::errors::no_values;
use crate::limits::Limits;
use crate::table::{OpenTable, SheetPreview, SheetReading};

/// Value of the option that requests all sheets.
const ALL: &str = "*";

/// Names of sheets that describe the others, in lower case, with blanks between the words.
const FRONT_MATTER: [&str; 14] = [
    "contents",
    "table of contents",
    "index",
    "cover",
    "cover sheet",
    "cover page",
    "title page",
    "front page",
    "notes",
    "read me",
    "readme",
    "information",
    "metadata",
    "definitions",
];

/// Sheet in the list of a workbook.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) visible: bool,
}

/// Work of one pass over the sheets.
#[derive(Debug)]
enum Pass {
    /// Looks for the first sheet with a numeric column.
    Find,
    /// Reads the sheet with this index.
    Read(usize),
    /// Reads all visible sheets whose columns have these names.
    ReadAll(Vec<String>),
    Done,
}

/// Suitability of a sheet that was not requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Suitability {
    WithoutNumbers,
    FrontMatter,
    Table,
}

/// Sheet that was found.
struct Found {
    index: usize,
    suitability: Suitability,
    header: Vec<String>,
    table: OpenTable,
    reading: SheetReading,
}

/// Selection of sheets, and what was read of them.
pub(super) struct Selection<'a> {
    options: &'a Options,
    /// Options without columns, by which a sheet is found.
    finding: Options,
    limits: Limits,
    pub(super) budget: &'a Budget,
    pass: Pass,
    found: Option<Found>,
    result: Option<(OpenTable, SheetReading)>,
    /// Names of other visible sheets with numbers.
    others: Vec<String>,
    /// Whether `others` is complete.
    others_known: bool,
    /// All sheets that were visited, for a preview.
    sheets: Vec<SheetPreview>,
}

impl<'a> Selection<'a> {
    pub(super) fn new(options: &'a Options, limits: &Limits, budget: &'a Budget) -> Self {
        let mut finding = options.clone();
        finding.table.columns.clear();
        finding.table.group_by.clear();
        finding.table.weights = None;
        Self {
            options,
            finding,
            limits: limits.clone(),
            budget,
            pass: Pass::Find,
            found: None,
            result: None,
            others: Vec::new(),
            others_known: false,
            sheets: Vec::new(),
        }
    }

    /// Whether one sheet is requested: then [`Self::request`] needs the list of all sheets.
    pub(super) fn is_request(&self) -> bool {
        self.options.table.sheet.is_some() && !self.is_all()
    }

    /// Whether all sheets are requested.
    fn is_all(&self) -> bool {
        self.options.table.sheet.as_deref().is_some_and(|sheet| sheet.trim() == ALL)
    }

    /// Finds the requested sheet by its name, or else by its number from 1. Without a request the only visible sheet is read.
    ///
    /// # Errors
    /// A sheet that does not exist.
    pub(super) fn request(&mut self, sheets: &[Sheet]) -> Result<(), InputError> {
        if !self.is_request() {
            let mut visible = (0..sheets.len()).filter(|index| sheets[*index].visible);
            if let (Some(index), None, false) = (visible.next(), visible.next(), self.is_all()) {
                (self.pass, self.others_known) = (Pass::Read(index), true);
            }
            return Ok(());
        }
        let requested = self.options.table.sheet.as_deref().unwrap_or_default();
        let folded = |name: &str| name.trim().to_lowercase();
        let by_number = || requested.trim().parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < sheets.len());
        let index = sheets.iter().position(|sheet| sheet.name == requested);
        let index = index.or_else(|| sheets.iter().position(|sheet| folded(&sheet.name) == folded(requested)));
        let index = index.or_else(by_number).ok_or_else(|| {
            let sheets =
                sheets.iter().take(MAX_LISTED_DIAGNOSTICS).map(|sheet| excerpt(sheet.name.as_bytes())).collect();
            let fault = TableFault::UnknownSheet { name: excerpt(requested.as_bytes()), sheets };
            let location = self.options.location(OptionName::Sheet);
            InputError::from(Diagnostic::new(location, fault).with_input(requested.as_bytes()))
        })?;
        self.pass = Pass::Read(index);
        Ok(())
    }

    /// Visits the sheet with this index; `read` passes its rows on.
    ///
    /// # Errors
    /// The errors of the sheet.
    pub(super) fn visit(
        &mut self,
        index: usize,
        sheet: &Sheet,
        read: impl FnOnce(&mut Rows) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        if self.limits.preview.is_some() && index >= self.sheets.len() {
            self.budget.reserve(sheet.name.len() + size_of::<SheetPreview>())?;
            self.sheets.push(SheetPreview { name: sheet.name.clone(), rows: None, visible: sheet.visible });
        }
        match &self.pass {
            Pass::Read(requested) if *requested == index => {
                let mut rows = Rows::new(self.options, &self.limits, self.budget, Use::Table, &sheet.name);
                read(&mut rows)?;
                set_rows(&mut self.sheets, index, &rows);
                self.result = rows.finish()?;
                Ok(())
            }
            _ if !sheet.visible => Ok(()),
            Pass::Find if self.found.as_ref().is_some_and(|found| found.suitability == Suitability::Table) => {
                self.look_for_numbers(index, sheet, read)
            }
            Pass::Find => self.find(index, sheet, read),
            Pass::Read(_) if !self.others_known => self.look_for_numbers(index, sheet, read),
            Pass::ReadAll(names) => {
                let mut rows = Rows::new(self.options, &self.limits, self.budget, Use::Part(names), &sheet.name);
                let part = read(&mut rows)
                    .map(|()| rows.has_numbers)
                    .and_then(|has_numbers| Ok((rows.finish()?, has_numbers)));
                let (part, has_numbers) = part.map_err(|error| in_sheet(error, sheet))?;
                self.add_part(sheet, part, has_numbers)
            }
            Pass::Read(_) | Pass::Done => Ok(()),
        }
    }

    /// Reads a sheet and keeps it if it is more suitable than the one before.
    fn find(
        &mut self,
        index: usize,
        sheet: &Sheet,
        read: impl FnOnce(&mut Rows) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        let mut rows = Rows::new(&self.finding, &self.limits, self.budget, Use::Table, &sheet.name);
        read(&mut rows)?;
        rows.end()?;
        set_rows(&mut self.sheets, index, &rows);
        let header = std::mem::take(&mut rows.header);
        let Some((table, reading)) = rows.finish()? else { return Ok(()) };
        let suitability = match (table.is_numeric(), is_front_matter(&sheet.name)) {
            (false, _) => Suitability::WithoutNumbers,
            (true, true) => Suitability::FrontMatter,
            (true, false) => Suitability::Table,
        };
        let next = Found { index, suitability, header, table, reading };
        let passed_over = match self.found.take() {
            Some(found) if found.suitability >= suitability => {
                self.found = Some(found);
                next
            }
            found => {
                self.found = Some(next);
                let Some(found) = found else { return Ok(()) };
                found
            }
        };
        if passed_over.suitability == Suitability::WithoutNumbers {
            return Ok(());
        }
        passed_over.reading.sheets.iter().try_for_each(|name| self.add_other(name))
    }

    /// Looks for a number in a sheet that is not read.
    fn look_for_numbers(
        &mut self,
        index: usize,
        sheet: &Sheet,
        read: impl FnOnce(&mut Rows) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        let mut rows = Rows::new(&self.finding, &self.limits, self.budget, Use::LookForNumbers, &sheet.name);
        let is_read = read(&mut rows);
        if is_read.is_ok() {
            set_rows(&mut self.sheets, index, &rows);
        }
        // The rest of the sheet is read for its number of rows alone.
        if !rows.has_numbers || self.limits.preview.is_none() {
            is_read?;
        }
        if rows.has_numbers { self.add_other(&sheet.name) } else { Ok(()) }
    }

    fn add_other(&mut self, name: &str) -> Result<(), InputError> {
        self.budget.reserve(name.len() + size_of::<String>())?;
        self.others.push(name.to_owned());
        Ok(())
    }

    /// Adds a sheet to those that are one table; `None` if its columns are others.
    fn add_part(
        &mut self,
        sheet: &Sheet,
        part: Option<(OpenTable, SheetReading)>,
        has_numbers: bool,
    ) -> Result<(), InputError> {
        let Some((mut table, reading)) = part else {
            return if has_numbers { self.add_other(&sheet.name) } else { Ok(()) };
        };
        table.set_place(&sheet.name);
        match &mut self.result {
            Some((first, readings)) => {
                first.merge(table).map_err(|error| in_sheet(error, sheet))?;
                readings.add(reading);
            }
            none => *none = Some((table, reading)),
        }
        Ok(())
    }

    /// Ends a pass over the sheets. Returns whether another one is needed.
    pub(super) fn end_pass(&mut self) -> bool {
        let pass = std::mem::replace(&mut self.pass, Pass::Done);
        let (Pass::Find, Some(found)) = (pass, self.found.take()) else { return false };
        self.budget.begin_pass();
        if self.is_all() {
            self.others.clear();
            self.pass = Pass::ReadAll(found.header);
            return true;
        }
        let table = &self.options.table;
        if table.columns.is_empty() && table.group_by.is_empty() && table.weights.is_none() {
            self.result = Some((found.table, found.reading));
            return false;
        }
        (self.pass, self.others_known) = (Pass::Read(found.index), true);
        true
    }

    /// Table of the sheets that were read of a workbook of this format.
    ///
    /// # Errors
    /// Sheets without content.
    pub(super) fn finish(self, format: &'static str) -> Result<OpenTable, InputError> {
        let (mut table, mut reading) = self.result.ok_or_else(no_values)?;
        reading.others = self.others;
        reading.is_guess = self.options.table.sheet.is_none();
        table.set_sheets(reading, self.sheets, format);
        Ok(table)
    }
}

/// Sets the number of rows of a sheet, if it was read to its end.
fn set_rows(sheets: &mut [SheetPreview], index: usize, rows: &Rows) {
    if let Some(sheet) = sheets.get_mut(index) {
        sheet.rows = sheet.rows.or((!rows.done).then_some(rows.count));
    }
}

/// Adds the name of a sheet to an error.
fn in_sheet(mut error: InputError, sheet: &Sheet) -> InputError {
    error.set_file(&sheet.name);
    error
}

/// Whether a sheet describes the others, by its name.
fn is_front_matter(name: &str) -> bool {
    let words = name.trim().to_lowercase().replace(['_', '-'], " ");
    FRONT_MATTER.contains(&words.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_known_by_its_name() {
        for name in ["Contents", "Table_of_contents", " Cover sheet ", "READ-ME", "notes"] {
            assert!(is_front_matter(name), "{name}");
        }
        for name in ["Table 1", "Marks", "Notes 2024", ""] {
            assert!(!is_front_matter(name), "{name}");
        }
    }
}
