//! Other data with the same published answer: the search for a move.
//!
//! A change of one count leaves its relations open; each is mended by a change of another of its members, and so on until
//! all hold. What such a search could not mend says what stands in the way.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::Audit;

/// Steps of a search: the plain one finds most moves, and the thorough one those that it gets lost on the way to. When these
/// are used up, too, the count is taken to be in danger.
const PLAIN: usize = 5_000;
const THOROUGH: usize = 30_000;

impl Audit {
    /// The counts that change in other data with the same answer in which this is another one; else the relations in which
    /// the search for them ended.
    pub(super) fn find_move(&self, variable: usize) -> Result<Vec<usize>, Blocked> {
        let mut blocked = Blocked::default();
        for (steps, thorough) in [(PLAIN, false), (THOROUGH, true)] {
            for change in [1, -1].into_iter().filter(|change| self.can_change(variable, *change)) {
                let steps = self.steps.get().min(steps);
                let mut search = Search {
                    audit: self,
                    changes: HashMap::new(),
                    open: Vec::new(),
                    steps,
                    thorough,
                    blocked: &mut blocked,
                };
                search.change(variable, change);
                let found = search.complete();
                self.spend(steps - search.steps);
                if found {
                    return Ok(search.changes.into_keys().collect());
                }
            }
        }
        Err(blocked)
    }
}

/// The moves that were found: each is one of all variables that change in it.
pub(super) struct Moves {
    all: Vec<Vec<usize>>,
    pub(super) of: Vec<Option<usize>>,
}

impl Moves {
    pub(super) fn new(variables: usize) -> Self {
        Self { all: Vec::new(), of: vec![None; variables] }
    }

    pub(super) fn add(&mut self, changed: Vec<usize>) {
        for variable in &changed {
            self.of[*variable] = Some(self.all.len());
        }
        self.all.push(changed);
    }

    pub(super) fn get(&self, variable: usize) -> &[usize] {
        self.of[variable].map_or(&[], |place| &self.all[place])
    }
}

/// Where searches ended, and which relations they saw.
#[derive(Debug, Default)]
pub(super) struct Blocked {
    pub(super) ends: BTreeSet<usize>,
    pub(super) seen: BTreeSet<usize>,
}

/// A search for a move, depth first.
struct Search<'a> {
    audit: &'a Audit,
    changes: HashMap<usize, i64>,
    /// Relations that do not hold, and by how much they are too large.
    open: Vec<(usize, i64)>,
    steps: usize,
    /// Whether paths are looked for.
    thorough: bool,
    blocked: &'a mut Blocked,
}

impl Search<'_> {
    fn change(&mut self, variable: usize, change: i64) {
        for relation in &self.audit.variables[variable].relations {
            let excess = self.audit.sign(variable, *relation) * change;
            match self.open.iter().position(|(open, _)| open == relation) {
                Some(place) => {
                    self.open[place].1 += excess;
                    if self.open[place].1 == 0 {
                        self.open.remove(place);
                    }
                }
                None => self.open.push((*relation, excess)),
            }
        }
        self.changes.insert(variable, change);
    }

    /// Takes the change of a variable back.
    fn undo(&mut self, variable: usize) {
        if let Some(change) = self.changes.remove(&variable) {
            self.change(variable, -change);
            self.changes.remove(&variable);
        }
    }

    fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps);
    }

    /// Mends a relation, and so on until all hold. The one with the fewest members that may change comes first: what it asks
    /// for there is no choice about.
    fn complete(&mut self) -> bool {
        self.spend(1 + self.open.len());
        let loose = |(relation, _): &&(usize, i64)| self.audit.loose[*relation].len();
        let Some((relation, excess)) = self.open.iter().min_by_key(loose).copied() else { return true };
        let start = (relation, excess.signum());
        match if self.thorough { self.find_path(start) } else { Path::Unknown } {
            Path::Found(path) => {
                for (variable, change) in &path {
                    self.change(*variable, *change);
                }
                if self.complete() {
                    return true;
                }
                for (variable, _) in &path {
                    self.undo(*variable);
                }
            }
            Path::None => return false,
            Path::Unknown => {}
        }
        self.branch(relation, excess)
    }

    /// Mends a relation by changing one more of its members, those first with which all that they are in holds.
    fn branch(&mut self, relation: usize, excess: i64) -> bool {
        self.blocked.seen.insert(relation);
        let terms = self.audit.loose[relation].iter();
        let (mut closing, others): (Vec<_>, Vec<_>) = terms
            .map(|(variable, sign)| (*variable, -excess.signum() * sign))
            .partition(|(variable, change)| self.closes(*variable, *change));
        self.spend(closing.len() + others.len());
        closing.extend(others);
        let mut ends = true;
        for (variable, change) in closing {
            if self.steps == 0 {
                break;
            }
            self.spend(1);
            if self.changes.contains_key(&variable) || !self.audit.can_change(variable, change) {
                continue;
            }
            ends = false;
            self.change(variable, change);
            if self.complete() {
                return true;
            }
            self.undo(variable);
        }
        if ends {
            self.blocked.ends.insert(relation);
        }
        false
    }

    /// Whether no relation of the variable is left open by a change.
    fn closes(&self, variable: usize, change: i64) -> bool {
        let mut relations = self.audit.variables[variable].relations.iter();
        relations.all(|one| self.open.contains(&(*one, -self.audit.sign(variable, *one) * change)))
    }

    /// Looks for a way to mend a relation in which each change is mended by one other: a path to another relation that does
    /// not hold, or to a variable that is in no other. Breadth first, as for the augmenting paths of a flow.
    fn find_path(&mut self, start: Signed) -> Path {
        let audit = self.audit;
        let others = self.open.iter().filter(|(open, _)| *open != start.0);
        let goals: Vec<Signed> = others.map(|(open, excess)| (*open, -excess.signum())).collect();
        // By relation and excess: the change that led there, and from where.
        let mut from = HashMap::from([(start, None)]);
        let mut front = VecDeque::from([start]);
        let mut certain = true;
        while let Some(at) = front.pop_front() {
            let (relation, excess) = at;
            let mut ends = true;
            self.spend(2 * audit.loose[relation].len());
            if self.steps == 0 {
                return Path::None;
            }
            for (variable, sign) in &audit.loose[relation] {
                let change = -excess * sign;
                if !audit.can_change(*variable, change) || self.changes.contains_key(variable) {
                    continue;
                }
                ends = false;
                let other = match audit.variables[*variable].relations[..] {
                    [_] => None,
                    [first, second] => Some(if first == relation { second } else { first }),
                    _ => {
                        certain = false;
                        continue;
                    }
                };
                let next = other.map(|other| (other, audit.sign(*variable, other) * change));
                if next.is_none_or(|next| goals.contains(&next)) {
                    return path(&from, (*variable, change), at);
                }
                if let Some(next) = next
                    && !from.contains_key(&next)
                {
                    self.spend(4);
                    from.insert(next, Some(((*variable, change), at)));
                    front.push_back(next);
                }
            }
            self.blocked.seen.insert(relation);
            if ends {
                self.blocked.ends.insert(relation);
            }
        }
        if certain { Path::None } else { Path::Unknown }
    }
}

enum Path {
    /// Variables and their changes.
    Found(Vec<Signed>),
    /// There is no other way either.
    None,
    /// There may be one.
    Unknown,
}

/// A relation and its excess, or a variable and its change.
type Signed = (usize, i64);

/// The way back from the last change, unless it goes through one variable twice.
fn path(from: &HashMap<Signed, Option<(Signed, Signed)>>, last: Signed, mut at: Signed) -> Path {
    let mut path = vec![last];
    while let Some((change, before)) = from[&at] {
        path.push(change);
        at = before;
    }
    let mut variables: Vec<usize> = path.iter().map(|(variable, _)| *variable).collect();
    variables.sort_unstable();
    variables.dedup();
    if variables.len() == path.len() { Path::Found(path) } else { Path::Unknown }
}
