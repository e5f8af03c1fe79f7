//! JSON records: objects whose members are the cells of a table.

use std::collections::HashMap;

use crate::cells::{decode, encode};
use crate::errors::at_cell;
use crate::json::tokenizer::{Token, string_end};
use crate::limits::Limits;
use crate::table::{Aggregate, Cell, OpenTable, Role, Schema, check_axis};
use describe::plain;
use describe_options::Options;
use describe_options::{InputError, JsonFault, Location};

/// Describes records while they arrive, and keeps none of them.
///
/// The columns are all members of all records, in the order in which they turn up. A member that a record does not have
/// is missing there. Names are trimmed; an empty one becomes `column_N`.
#[derive(Debug)]
pub(crate) struct Records {
    schema: Schema,
    aggregate: Aggregate,
    members: Members,
    /// The record at hand, counted from 0, and the one that its block began with.
    row: u64,
    begun: u64,
    /// The place of its block.
    place: u64,
    /// Whether a new member is left to who reads all blocks in order; and whether there was one.
    knows_all: bool,
    is_new: bool,
    /// How many cells of the record at hand were taken, where that matters; and how many of its first ones are to be passed
    /// over.
    taken: usize,
    to_pass: usize,
    /// How many arrays and objects are open: none between records, one in a record, more in a nested cell.
    depth: usize,
    /// The member whose value is next.
    member: usize,
    record: Grouped,
    /// By the column's place among those described: the last record that has it, counted from 1. Only where missing
    /// cells must be noted.
    present: Vec<u64>,
    /// Longer strings are refused elsewhere.
    cell_limit: usize,
}

/// A record that is to be grouped: it waits for its end, because only that tells the group.
#[derive(Debug, Default)]
struct Grouped {
    /// The values to group by; whether there is one, and its text.
    groups: Vec<(bool, Vec<u8>)>,
    /// The other cells, and their columns' places among those described.
    cells: Vec<u8>,
    values: Vec<usize>,
}

impl Records {
    pub(crate) fn new(options: &Options, limits: Limits) -> Result<Self, InputError> {
        check_axis(options)?;
        let schema = Schema::open(options, limits);
        let groups = vec![(false, Vec::new()); schema.keyed()];
        Ok(Self {
            aggregate: Aggregate::new(&schema),
            schema,
            members: Members::default(),
            row: 0,
            begun: 0,
            place: 0,
            knows_all: false,
            is_new: false,
            taken: 0,
            to_pass: 0,
            depth: 0,
            member: 0,
            record: Grouped { groups, ..Grouped::default() },
            present: Vec::new(),
            cell_limit: limits.cell,
        })
    }

    /// The records of blocks that follow, which may be described apart; `None` where their order matters beyond that.
    pub(crate) fn fork(&mut self) -> Option<Self> {
        if self.schema.lists_missing() {
            return None;
        }
        self.place += 1;
        self.end_block(0);
        Some(Self { place: self.place + 1, ..self.apart() })
    }

    /// Records with the same members, none of which was taken.
    pub(crate) fn apart(&self) -> Self {
        Self {
            schema: self.schema.clone(),
            aggregate: Aggregate::new(&self.schema),
            members: self.members.clone(),
            knows_all: true,
            record: Grouped { groups: self.record.groups.clone(), ..Grouped::default() },
            present: Vec::new(),
            ..*self
        }
    }

    /// Ends a block, which comes so many places behind the first one, and says how many records it had.
    pub(crate) fn end_block(&mut self, place: u64) -> u64 {
        let rows = self.row - self.begun;
        self.aggregate.end_block(self.place + place, rows);
        self.begun = self.row;
        rows
    }

    /// Gives up the record behind a block. Says how many of its cells were taken already, and whether a new member is why.
    pub(crate) fn give_up(&mut self) -> (usize, bool) {
        self.row += 1;
        (self.begun, self.depth) = (self.row, 0);
        (std::mem::take(&mut self.taken), std::mem::take(&mut self.is_new))
    }

    /// Adds the records of blocks.
    pub(crate) fn merge(&mut self, other: Self) {
        self.aggregate.merge(&self.schema, other.aggregate);
    }

    /// Goes on behind so many records of a block; of the next one so many cells were taken with them.
    pub(crate) fn pass(&mut self, records: u64, taken: usize) {
        self.row += records;
        (self.begun, self.to_pass) = (self.row, taken);
        self.place += 2;
    }

    /// Takes the next token; true when it ends the array of the records.
    pub(crate) fn take(&mut self, token: Token) -> Result<bool, InputError> {
        match (self.depth, token) {
            (0, Token::ObjectStart) => self.begin()?,
            (0, Token::ArrayEnd) => return Ok(true),
            (0, _) => return Err(self.mixed()),
            (1, Token::Key(name)) => self.name(name)?,
            (1, Token::ObjectEnd) => self.end()?,
            (_, Token::ArrayStart | Token::ObjectStart) => {
                if self.depth == 1 {
                    self.value(token.as_cell(), true)?;
                }
                self.depth += 1;
            }
            (_, Token::ArrayEnd | Token::ObjectEnd) => self.depth -= 1,
            (1, token) => self.value(token.as_cell(), false)?,
            // Somewhere in a nested cell.
            _ => {}
        }
        Ok(false)
    }

    /// Takes the members that `text` begins with, while they are those that followed in the record before and their
    /// values are common ones: see [`crate::json::tokenizer::Sink::members`]. This is the quick way through most records.
    pub(crate) fn take_members(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let mut taken = 0;
        let mut at = 0;
        while self.depth == 1 {
            let Some((member, name)) = self.members.expected(&text[at..]) else { break };
            let start = skip_space(text, at + name);
            let Some((cell, length)) = common_value(&text[start..], self.cell_limit) else { break };
            self.members.follow(member);
            self.member = member;
            self.check_once()?;
            self.value(cell, false)?;
            taken = start + length;
            if text[taken] != b',' {
                break;
            }
            at = skip_space(text, taken + 1);
        }
        Ok(taken)
    }

    fn begin(&mut self) -> Result<(), InputError> {
        self.depth = 1;
        self.taken = 0;
        self.members.begin();
        if self.schema.is_keyed() {
            self.record.cells.clear();
            self.record.values.clear();
            for (present, text) in &mut self.record.groups {
                *present = false;
                text.clear();
            }
            return Ok(());
        }
        self.aggregate.group(&self.schema, self.row - self.begun, |_, _| false).map(|_| ())
    }

    /// The next value is that of the member named so.
    #[inline]
    fn name(&mut self, name: &[u8]) -> Result<(), InputError> {
        self.member = match self.members.find(name) {
            Some(member) => member,
            None if self.knows_all => {
                self.is_new = true;
                return Err(at_cell(self.row + 1, "", JsonFault::NewMember));
            }
            None => self.add(name)?,
        };
        self.check_once()
    }

    /// Refuses a member that the record had before.
    #[inline]
    fn check_once(&mut self) -> Result<(), InputError> {
        if self.members.is_repeated(self.member, self.row) {
            return Err(self.at_fault(JsonFault::RepeatedInRecord));
        }
        Ok(())
    }

    #[cold]
    fn add(&mut self, name: &[u8]) -> Result<usize, InputError> {
        let Self { schema, aggregate, members, .. } = self;
        let member = members.add(name, schema)?;
        if let (Some(value), true) = (members.list[member].role.value, schema.lists_missing()) {
            aggregate.list_missing_before(schema, value, self.row);
            self.present.resize(self.present.len().max(value + 1), 0);
        }
        Ok(member)
    }

    #[inline]
    fn value(&mut self, cell: Cell, nested: bool) -> Result<(), InputError> {
        let Role { group, value } = self.members.list[self.member].role;
        if let Some(group) = group {
            if nested {
                return Err(self.at_fault(JsonFault::NestedGroup));
            }
            let (present, text) = &mut self.record.groups[group];
            *present = cell.group(text);
        }
        let Some(value) = value else { return Ok(()) };
        if self.schema.lists_missing() {
            self.present[value] = self.row + 1;
        }
        if self.schema.is_keyed() {
            self.record.values.push(value);
            encode(cell, &mut self.record.cells);
            return Ok(());
        }
        self.taken += 1;
        if self.to_pass > 0 {
            self.to_pass -= 1;
        } else {
            self.aggregate.cell(&self.schema, 0, value, self.row - self.begun, cell);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), InputError> {
        let Self { schema, aggregate, record, .. } = self;
        let row = self.row - self.begun;
        let group = aggregate.group(schema, row, |column, key| {
            let (present, text) = &record.groups[column];
            key.extend_from_slice(text);
            *present
        })?;
        aggregate.count_records(group, 1);
        let mut cells = record.cells.as_slice();
        for value in &record.values {
            aggregate.cell(schema, group, *value, row, decode(&mut cells));
        }
        if schema.lists_missing() {
            let here = self.row + 1;
            aggregate.list_absent(schema, row, |value| self.present.get(value) == Some(&here));
        }
        self.row += 1;
        self.depth = 0;
        Ok(())
    }

    /// Ends the records.
    pub(crate) fn finish(self) -> Result<OpenTable, InputError> {
        self.schema.check_asked(&self.members.names())?;
        self.aggregate.finish(self.schema, 1)
    }

    fn at_fault(&self, fault: JsonFault) -> InputError {
        at_cell(self.row + 1, &self.members.list[self.member].name, fault)
    }

    #[cold]
    fn mixed(&self) -> InputError {
        let row = self.row + 1;
        InputError::at(Location::data().index(row), JsonFault::MixedRecords { row })
    }
}

/// The number, string or null that `text` begins with, if it is short and plain and something follows it, and its length.
#[inline]
fn common_value(text: &[u8], limit: usize) -> Option<(Cell<'_>, usize)> {
    let (cell, length) = match text.first()? {
        b'"' => match string_end(text, 1)? {
            (end, true) if end <= limit => (Cell::Text(&text[1..end - 1]), end),
            _ => return None,
        },
        b'n' => (text.starts_with(b"null").then_some(Cell::Missing)?, 4),
        _ => plain(text).map(|(decimal, length)| (Cell::Number(decimal), length))?,
    };
    matches!(text.get(length)?, b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t').then_some((cell, length))
}

fn skip_space(text: &[u8], at: usize) -> usize {
    at + usize::from(text.get(at) == Some(&b' '))
}

/// The members that turned up.
#[derive(Clone, Debug, Default)]
struct Members {
    list: Vec<Member>,
    indexes: HashMap<Box<[u8]>, usize>,
    /// The member that began the last record, and the one before the next: records have their members in one order.
    first: usize,
    previous: Option<usize>,
}

#[derive(Clone, Debug)]
struct Member {
    /// As it stands in the text, with quotes and colon; unless it must be escaped.
    quoted: Option<Box<[u8]>>,
    name: String,
    role: Role,
    /// The record it was last in, counted from 1.
    row: u64,
    /// The member that followed it last.
    next: usize,
}

impl Members {
    fn begin(&mut self) {
        self.previous = None;
    }

    /// The member that followed the one at hand last time, if `text` begins with its name, and how long that is.
    #[inline]
    fn expected(&self, text: &[u8]) -> Option<(usize, usize)> {
        let expected = self.previous.map_or(self.first, |previous| self.list[previous].next);
        let quoted = self.list.get(expected)?.quoted.as_ref()?;
        text.starts_with(quoted).then_some((expected, quoted.len()))
    }

    /// The index of the member named so, if it is known.
    fn find(&mut self, name: &[u8]) -> Option<usize> {
        let found = *self.indexes.get(name.trim_ascii())?;
        self.follow(found);
        Some(found)
    }

    #[inline]
    fn follow(&mut self, member: usize) {
        match self.previous {
            Some(previous) => self.list[previous].next = member,
            None => self.first = member,
        }
        self.previous = Some(member);
    }

    fn add(&mut self, written: &[u8], schema: &mut Schema) -> Result<usize, InputError> {
        schema.check_width(self.list.len() + 1)?;
        let index = self.list.len();
        let written = written.trim_ascii();
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
        let role = schema.add_column(&name);
        let is_verbatim = written.iter().all(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20));
        let quoted = is_verbatim.then(|| [b"\"", written, b"\":"].concat().into());
        self.list.push(Member { quoted, name, role, row: 0, next: index + 1 });
        self.follow(index);
        Ok(index)
    }

    /// Whether the record at hand had the member before.
    #[inline]
    fn is_repeated(&mut self, member: usize, row: u64) -> bool {
        let before = std::mem::replace(&mut self.list[member].row, row + 1);
        before == row + 1
    }

    fn names(&self) -> Vec<String> {
        self.list.iter().map(|member| member.name.clone()).collect()
    }
}
