//! Table of JSON records: objects whose members are its cells.
//!
//! Input: tokens, or runs of members. Output: an [`OpenTable`]. Columns are all members of all records, in the order of their
//! first appearance; a member that a record lacks is a missing cell. Names are trimmed; an empty one becomes `column_N`. A member
//! of a nested object is a column if an option names it by its path (`result.mark`).
//! Invariants: records are not stored, except the current one if there are groups; a record does not repeat a member.

use std::collections::HashMap;

use crate::cells::{decode, encode};
use crate::errors::at_cell;
use crate::json::string_literal::string_end;
use crate::json::tokenizer::Token;
use crate::limits::{Limits, RecordsLeft};
use crate::table::{Aggregate, Cell, OpenTable, Reading, Role, Schema, check_axis};
use describe::plain;
use describe_options::Options;
use describe_options::{InputError, JsonFault, Location};

/// Aggregates records while they arrive.
#[derive(Debug)]
pub(crate) struct Records {
    schema: Schema,
    aggregate: Aggregate,
    members: Members,
    /// Index of the current record, counted from 0.
    row: u64,
    /// Index of the first record of the current block.
    block_start: u64,
    /// Index of the current block.
    block: u64,
    /// Whether a new member ends the reading, because the caller reads it again in order.
    members_fixed: bool,
    /// Whether a new member ended the reading.
    has_new_member: bool,
    /// Number of cells of the current record that were added to the aggregate. Not counted with groups.
    cells_added: usize,
    /// Number of cells of the current record that were added before and are skipped.
    cells_to_skip: usize,
    /// Number of open arrays and objects: 0 between records, 1 in a record, more in a nested cell.
    depth: usize,
    /// Number of open objects whose members are columns: 1, or more in a nested object on the path of a requested column.
    followed: usize,
    paths: Paths,
    /// Whether the value that is next is not a column: a member of a nested object that no option names.
    is_ignored: bool,
    /// Index of the member whose value is next.
    member: usize,
    record: GroupedRecord,
    /// For each column that is described, the last record that has it, counted from 1. Used only if missing cells are listed.
    present: Vec<u64>,
    /// Maximum length of the strings that the fast path accepts. The tokenizer passes longer ones cut, or refuses them.
    max_cell_bytes: usize,
    /// Number of the first record.
    first_row: u64,
    /// Records that are still read.
    left: RecordsLeft,
}

/// Paths in nested objects.
#[derive(Debug, Default)]
struct Paths {
    /// Whether an option names a column with a point.
    are_requested: bool,
    /// Path of the current nested object, with a point after each name; empty outside.
    current: Vec<u8>,
    /// Lengths of the paths of the objects around it.
    outer: Vec<usize>,
    /// Path of the current member.
    member: Vec<u8>,
}

/// Cells of the current record, buffered because its group is known only at its end.
#[derive(Debug, Default)]
struct GroupedRecord {
    /// Whether each value to group by is present, and its text.
    groups: Vec<(bool, Vec<u8>)>,
    /// Other cells, encoded.
    cells: Vec<u8>,
    /// Index of the column of each of these cells among the columns that are described.
    values: Vec<usize>,
}

impl Records {
    pub(crate) fn new(options: &Options, limits: &Limits) -> Result<Self, InputError> {
        check_axis(options)?;
        let schema = Schema::open(options, limits);
        let groups = vec![(false, Vec::new()); schema.key_columns()];
        Ok(Self {
            aggregate: Aggregate::new(&schema),
            paths: Paths { are_requested: schema.has_paths(), ..Paths::default() },
            schema,
            members: Members::default(),
            followed: 1,
            is_ignored: false,
            first_row: 1,
            left: RecordsLeft::default(),
            row: 0,
            block_start: 0,
            block: 0,
            members_fixed: false,
            has_new_member: false,
            cells_added: 0,
            cells_to_skip: 0,
            depth: 0,
            member: 0,
            record: GroupedRecord { groups, ..GroupedRecord::default() },
            present: Vec::new(),
            max_cell_bytes: limits.cell,
        })
    }

    /// Returns the initial records for blocks that are described in parallel; `None` if missing cells are listed or the
    /// table is previewed, because that requires the order of the records.
    pub(crate) fn fork(&mut self) -> Option<Self> {
        if self.schema.lists_missing() || self.schema.is_preview() {
            return None;
        }
        self.block += 1;
        self.end_block(0);
        Some(Self { block: self.block + 1, ..self.empty_copy() })
    }

    /// Records with the same members and an empty aggregate.
    pub(crate) fn empty_copy(&self) -> Self {
        Self {
            schema: self.schema.clone(),
            aggregate: Aggregate::new(&self.schema),
            members: self.members.clone(),
            members_fixed: true,
            record: GroupedRecord { groups: self.record.groups.clone(), ..GroupedRecord::default() },
            present: Vec::new(),
            paths: Paths { are_requested: self.paths.are_requested, ..Paths::default() },
            ..*self
        }
    }

    /// Ends the block with index `offset` after the current one. Returns its number of records.
    pub(crate) fn end_block(&mut self, offset: u64) -> u64 {
        let rows = self.row - self.block_start;
        self.aggregate.end_block(self.block + offset, rows);
        self.block_start = self.row;
        rows
    }

    /// Abandons the current record. Returns the number of its cells that were added, and whether a new member is the reason.
    pub(crate) fn abandon_record(&mut self) -> (usize, bool) {
        self.row += 1;
        (self.block_start, self.depth) = (self.row, 0);
        (std::mem::take(&mut self.cells_added), std::mem::take(&mut self.has_new_member))
    }

    /// Adds the records of blocks that were described in parallel.
    pub(crate) fn merge(&mut self, other: Self) {
        self.aggregate.merge(&self.schema, other.aggregate);
    }

    /// Advances past the records of a block that were added elsewhere, and the first `cells` cells of the next record.
    pub(crate) fn skip(&mut self, records: u64, cells: usize) {
        self.row += records;
        (self.block_start, self.cells_to_skip) = (self.row, cells);
        self.block += 2;
    }

    /// Consumes the next token. Returns whether it ends the array of the records.
    pub(crate) fn push_token(&mut self, token: Token) -> Result<bool, InputError> {
        match (self.depth, token) {
            (0, Token::ObjectStart) if !self.left.take() => {}
            (0, Token::ObjectStart) => self.begin_record()?,
            (0, Token::ArrayEnd) => return Ok(true),
            (0, _) => return Err(self.mixed_records()),
            (depth, Token::Key(name)) if depth == self.followed => self.begin_member(name)?,
            (1, Token::ObjectEnd) => self.end_record()?,
            (depth, Token::ArrayStart | Token::ObjectStart) => {
                if depth == self.followed {
                    self.push_value(token.as_cell(), true)?;
                    if self.paths.are_requested && matches!(token, Token::ObjectStart) {
                        self.follow_object();
                    }
                }
                self.depth += 1;
            }
            (depth, Token::ArrayEnd | Token::ObjectEnd) => {
                if depth == self.followed {
                    self.leave_object();
                }
                self.depth -= 1;
            }
            (depth, token) if depth == self.followed => self.push_value(token.as_cell(), false)?,
            // Inside a nested cell.
            _ => {}
        }
        Ok(false)
    }

    /// Consumes members as [`crate::json::tokenizer::Sink::members`] does, while each is the one that followed in an earlier
    /// record and its value is simple. This is the fast path for most records.
    pub(crate) fn push_members(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let mut end = 0;
        let mut at = 0;
        while self.depth == 1 {
            let Some((member, name)) = self.members.expected(&text[at..]) else { break };
            let start = skip_space(text, at + name);
            let Some((cell, length)) = simple_value(&text[start..], self.max_cell_bytes) else { break };
            self.members.follow(member);
            self.member = member;
            self.check_unique()?;
            self.push_cell(cell, false)?;
            end = start + length;
            if text[end] != b',' {
                break;
            }
            at = skip_space(text, end + 1);
        }
        Ok(end)
    }

    /// Whether the value that is next is not needed whole: no option names its column, or it is inside a cell.
    pub(crate) fn accepts_cut_string(&self) -> bool {
        let is_needed = || {
            let Role { group, value } = self.members.list[self.member].role;
            group.is_some() || (value.is_some() && self.schema.is_explicit())
        };
        self.depth > 0 && (self.depth != self.followed || self.is_ignored || !is_needed())
    }

    /// Follows the nested object that is the value of the current member, if its path leads to a requested column.
    fn follow_object(&mut self) {
        if self.schema.is_requested_below(&self.paths.member) {
            self.paths.outer.push(self.paths.current.len());
            self.paths.current.clone_from(&self.paths.member);
            self.paths.current.push(b'.');
            self.followed += 1;
        }
    }

    /// Leaves the innermost nested object that was followed.
    fn leave_object(&mut self) {
        self.paths.current.truncate(self.paths.outer.pop().unwrap_or(0));
        self.followed -= 1;
    }

    /// Limits the number of records to those of a preview.
    pub(crate) fn limit(&mut self, limits: &Limits) {
        self.left = RecordsLeft::of_preview(limits);
    }

    /// Whether the limit ended the reading.
    pub(crate) fn is_cut(&self) -> bool {
        self.left.is_cut()
    }

    /// Sets the number of the first record.
    pub(crate) fn number_from(&mut self, first_row: u64) {
        self.first_row = first_row;
    }

    /// Leaves a column out unless an option names it.
    pub(crate) fn ignore(&mut self, name: &str) {
        if !self.schema.is_requested(name.as_bytes()) {
            self.members.ignored.push(name.into());
        }
    }

    /// Checks the columns that options name against those of a table whose names are all known.
    ///
    /// # Errors
    /// A name that no column or more than one has.
    pub(crate) fn check_requested(&mut self, names: &[String]) -> Result<(), InputError> {
        self.schema.check_requested(names)
    }

    fn begin_record(&mut self) -> Result<(), InputError> {
        self.depth = 1;
        self.followed = 1;
        self.paths.current.clear();
        self.paths.outer.clear();
        self.cells_added = 0;
        self.members.begin_record();
        if self.schema.has_key_columns() {
            self.record.cells.clear();
            self.record.values.clear();
            for (present, text) in &mut self.record.groups {
                *present = false;
                text.clear();
            }
            return Ok(());
        }
        self.aggregate.group(&self.schema, self.row - self.block_start, |_, _| false).map(|_| ())
    }

    /// Sets the member whose value is next.
    #[inline]
    fn begin_member(&mut self, name: &[u8]) -> Result<(), InputError> {
        if self.paths.are_requested {
            return self.begin_path(name);
        }
        self.begin_column(name)
    }

    /// Sets the member whose value is next, in a record or in a nested object.
    #[cold]
    fn begin_path(&mut self, name: &[u8]) -> Result<(), InputError> {
        let mut path = std::mem::take(&mut self.paths.member);
        path.clone_from(&self.paths.current);
        path.extend_from_slice(name.trim_ascii());
        self.is_ignored = self.followed > 1 && !self.schema.is_requested(&path);
        let begun = if self.is_ignored { Ok(()) } else { self.begin_column(&path) };
        self.paths.member = path;
        begun
    }

    #[inline]
    fn begin_column(&mut self, name: &[u8]) -> Result<(), InputError> {
        self.member = match self.members.find(name) {
            Some(member) => member,
            None if self.members_fixed => {
                self.has_new_member = true;
                return Err(at_cell(self.row + self.first_row, "", JsonFault::NewMember));
            }
            None => self.add_member(name)?,
        };
        self.check_unique()
    }

    /// Returns an error if the current record already has the current member.
    #[inline]
    fn check_unique(&mut self) -> Result<(), InputError> {
        if self.members.is_repeated(self.member, self.row) {
            return Err(self.cell_error(JsonFault::RepeatedInRecord));
        }
        Ok(())
    }

    #[cold]
    fn add_member(&mut self, name: &[u8]) -> Result<usize, InputError> {
        let Self { schema, aggregate, members, .. } = self;
        let member = members.add(name, schema)?;
        if let (Some(value), true) = (members.list[member].role.value, schema.lists_missing()) {
            aggregate.list_missing_before(schema, value, self.row);
            self.present.resize(self.present.len().max(value + 1), 0);
        }
        Ok(member)
    }

    /// Adds the value of the current member if that is a column.
    #[inline]
    fn push_value(&mut self, cell: Cell, nested: bool) -> Result<(), InputError> {
        if self.is_ignored { Ok(()) } else { self.push_cell(cell, nested) }
    }

    /// Adds the value of the current member, which is a column.
    #[inline]
    fn push_cell(&mut self, cell: Cell, nested: bool) -> Result<(), InputError> {
        let Role { group, value } = self.members.list[self.member].role;
        if let Some(group) = group {
            if nested {
                return Err(self.cell_error(JsonFault::NestedGroup));
            }
            let (present, text) = &mut self.record.groups[group];
            *present = cell.group(text);
        }
        let Some(value) = value else { return Ok(()) };
        if self.schema.lists_missing() {
            self.present[value] = self.row + 1;
        }
        if self.schema.has_key_columns() {
            self.record.values.push(value);
            let before = self.record.cells.capacity();
            encode(cell, &mut self.record.cells);
            self.schema.ledger().hold(self.record.cells.capacity() - before);
            return Ok(());
        }
        self.cells_added += 1;
        if self.cells_to_skip > 0 {
            self.cells_to_skip -= 1;
        } else {
            self.aggregate.cell(&self.schema, 0, value, self.row - self.block_start, cell);
        }
        Ok(())
    }

    /// Counts the current record and adds its buffered cells to its group.
    fn end_record(&mut self) -> Result<(), InputError> {
        let Self { schema, aggregate, record, .. } = self;
        let row = self.row - self.block_start;
        let group = aggregate.group(schema, row, |column, key| {
            let (present, text) = &record.groups[column];
            key.extend_from_slice(text);
            *present
        })?;
        aggregate.count_records(group, 1);
        aggregate.begin_record(schema);
        let mut cells = record.cells.as_slice();
        for value in &record.values {
            aggregate.cell(schema, group, *value, row, decode(&mut cells));
        }
        aggregate.end_record(schema, group)?;
        if schema.lists_missing() {
            let number = self.row + 1;
            aggregate.list_absent(schema, row, |value| self.present.get(value) == Some(&number));
        }
        self.row += 1;
        self.depth = 0;
        aggregate.check_growth()
    }

    /// Ends the table.
    ///
    /// # Errors
    /// A name in the options that no column has; errors of the aggregate.
    pub(crate) fn finish(mut self) -> Result<OpenTable, InputError> {
        self.schema.check_requested(&self.members.names())?;
        let reading = Reading::of("json").cut(self.is_cut());
        self.aggregate.finish(self.schema, self.first_row, reading)
    }

    /// Error at the current cell.
    fn cell_error(&self, fault: JsonFault) -> InputError {
        at_cell(self.row + self.first_row, &self.members.list[self.member].name, fault)
    }

    #[cold]
    fn mixed_records(&self) -> InputError {
        let row = self.row + self.first_row;
        InputError::at(Location::data().index(row), JsonFault::MixedRecords { row })
    }
}

/// Parses the value at the beginning of `text`: a plain number, `null`, or an ASCII string without escapes of up to
/// `max_bytes`, followed by a delimiter. Returns the cell and its length; `None` for other values.
#[inline]
fn simple_value(text: &[u8], max_bytes: usize) -> Option<(Cell<'_>, usize)> {
    let (cell, length) = match text.first()? {
        b'"' => match string_end(text, 1)? {
            (end, true) if end <= max_bytes => (Cell::Text(&text[1..end - 1]), end),
            _ => return None,
        },
        b'n' => (text.starts_with(b"null").then_some(Cell::Missing)?, 4),
        _ => plain(text).map(|(decimal, length)| (Cell::Number(decimal), length))?,
    };
    matches!(text.get(length)?, b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t').then_some((cell, length))
}

/// Index after an optional space.
fn skip_space(text: &[u8], at: usize) -> usize {
    at + usize::from(text.get(at) == Some(&b' '))
}

/// Members of the records so far.
#[derive(Clone, Debug, Default)]
struct Members {
    list: Vec<Member>,
    /// Index in `list` of each name.
    indexes: HashMap<Box<[u8]>, usize>,
    /// First member of the last record: records usually have their members in the same order.
    first: usize,
    /// Last member so far of the current record.
    previous: Option<usize>,
    /// Names of members that are not columns.
    ignored: Vec<Box<str>>,
}

/// Memory of a member without its name, its place among the columns included.
const MEMBER_BYTES: usize = 2 * size_of::<Member>() + 64;

#[derive(Clone, Debug)]
struct Member {
    /// Name as written in the text, with quotes and colon; `None` if it needs escapes.
    quoted: Option<Box<[u8]>>,
    name: String,
    role: Role,
    /// Last record with this member, counted from 1.
    row: u64,
    /// Member that followed this one most recently.
    next: usize,
}

impl Members {
    fn begin_record(&mut self) {
        self.previous = None;
    }

    /// Member that most recently followed the previous one, if `text` begins with its name, and the length of that name in the
    /// text.
    #[inline]
    fn expected(&self, text: &[u8]) -> Option<(usize, usize)> {
        let expected = self.previous.map_or(self.first, |previous| self.list[previous].next);
        let quoted = self.list.get(expected)?.quoted.as_ref()?;
        text.starts_with(quoted).then_some((expected, quoted.len()))
    }

    /// Finds a member by its name and makes it the previous one.
    fn find(&mut self, name: &[u8]) -> Option<usize> {
        let found = *self.indexes.get(name.trim_ascii())?;
        self.follow(found);
        Some(found)
    }

    /// Makes `member` the previous one and remembers that it followed.
    #[inline]
    fn follow(&mut self, member: usize) {
        match self.previous {
            Some(previous) => self.list[previous].next = member,
            None => self.first = member,
        }
        self.previous = Some(member);
    }

    /// Adds a member with a new name, as a column of the schema.
    fn add(&mut self, name: &[u8], schema: &mut Schema) -> Result<usize, InputError> {
        schema.check_width(self.list.len() + 1)?;
        // Here three times, and in the schema.
        schema.ledger().charge(4 * name.len() + MEMBER_BYTES)?;
        let index = self.list.len();
        let written = name.trim_ascii();
        let mut name = String::from_utf8_lossy(written).into_owned();
        if name.is_empty() {
            name = format!("column_{}", index + 1);
            if let Some(known) = self.indexes.get(name.as_bytes()).copied() {
                self.indexes.insert(Box::default(), known);
                self.follow(known);
                return Ok(known);
            }
            self.indexes.insert(name.as_bytes().into(), index);
        }
        self.indexes.insert(written.into(), index);
        let is_ignored = self.ignored.iter().any(|ignored| **ignored == *name);
        let role = if is_ignored { Role::default() } else { schema.add_column(&name) };
        let is_verbatim = written.iter().all(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20));
        let quoted = is_verbatim.then(|| [b"\"", written, b"\":"].concat().into());
        self.list.push(Member { quoted, name, role, row: 0, next: index + 1 });
        self.follow(index);
        Ok(index)
    }

    /// Whether the current record already has the member. Sets that it does.
    #[inline]
    fn is_repeated(&mut self, member: usize, row: u64) -> bool {
        let last_row = std::mem::replace(&mut self.list[member].row, row + 1);
        last_row == row + 1
    }

    fn names(&self) -> Vec<String> {
        self.list.iter().map(|member| member.name.clone()).collect()
    }
}
