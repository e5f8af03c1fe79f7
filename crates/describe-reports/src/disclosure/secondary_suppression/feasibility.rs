//! Feasibility of another value of a count: the search for other data with the same published answer.
//!
//! A change of one count breaks its sums. Each is balanced by a change of another of its terms, and so on until all hold.
//! The sums that a failed search could not balance are its obstacles.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::counts::SecondarySuppression;

/// Maximum steps of the plain search, which finds most alternatives.
const MAX_PLAIN_STEPS: usize = 5_000;
/// Maximum steps of the thorough search, which finds most of the others. After it the count is treated as unprotected.
const MAX_THOROUGH_STEPS: usize = 30_000;

impl SecondarySuppression {
    /// Finds the counts that change in other data with the same answer in which this count is another number.
    ///
    /// # Errors
    /// The obstacles, when there are no such data or the search did not find them.
    pub(super) fn find_alternative(&self, variable: usize) -> Result<Vec<usize>, Obstacles> {
        let mut obstacles = Obstacles::default();
        for (steps, thorough) in [(MAX_PLAIN_STEPS, false), (MAX_THOROUGH_STEPS, true)] {
            for change in [1, -1].into_iter().filter(|change| self.can_change(variable, *change)) {
                let steps = self.steps.get().min(steps);
                let mut search = Search {
                    counts: self,
                    changes: HashMap::new(),
                    open: Vec::new(),
                    steps,
                    thorough,
                    obstacles: &mut obstacles,
                };
                search.change(variable, change);
                let found = search.complete();
                self.spend(steps - search.steps);
                if found {
                    return Ok(search.changes.into_keys().collect());
                }
            }
        }
        Err(obstacles)
    }
}

/// Alternatives that were found, each as the list of variables that change in it.
pub(super) struct Alternatives {
    all: Vec<Vec<usize>>,
    /// By variable, the place of an alternative in which it changes.
    pub(super) of: Vec<Option<usize>>,
}

impl Alternatives {
    /// Creates an empty list for this number of variables.
    pub(super) fn new(variables: usize) -> Self {
        Self { all: Vec::new(), of: vec![None; variables] }
    }

    /// Adds an alternative.
    pub(super) fn add(&mut self, changed: Vec<usize>) {
        for variable in &changed {
            self.of[*variable] = Some(self.all.len());
        }
        self.all.push(changed);
    }

    /// Variables that change together with one.
    pub(super) fn get(&self, variable: usize) -> &[usize] {
        self.of[variable].map_or(&[], |place| &self.all[place])
    }
}

/// Sums that searches ended at, and all that they visited.
#[derive(Debug, Default)]
pub(super) struct Obstacles {
    pub(super) ends: BTreeSet<usize>,
    pub(super) seen: BTreeSet<usize>,
}

/// Search for an alternative, depth first.
struct Search<'a> {
    counts: &'a SecondarySuppression,
    changes: HashMap<usize, i64>,
    /// Sums that do not hold, with their excess.
    open: Vec<(usize, i64)>,
    steps: usize,
    /// Whether to search for paths too.
    thorough: bool,
    obstacles: &'a mut Obstacles,
}

impl Search<'_> {
    fn change(&mut self, variable: usize, change: i64) {
        for sum in &self.counts.variables[variable].sums {
            let excess = self.counts.sign(variable, *sum) * change;
            match self.open.iter().position(|(open, _)| open == sum) {
                Some(place) => {
                    self.open[place].1 += excess;
                    if self.open[place].1 == 0 {
                        self.open.remove(place);
                    }
                }
                None => self.open.push((*sum, excess)),
            }
        }
        self.changes.insert(variable, change);
    }

    /// Takes back the change of a variable.
    fn undo(&mut self, variable: usize) {
        if let Some(change) = self.changes.remove(&variable) {
            self.change(variable, -change);
            self.changes.remove(&variable);
        }
    }

    fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps);
    }

    /// Balances a sum, then the next, until all hold. The one with the fewest adjustable terms is first, because it leaves
    /// the least choice.
    fn complete(&mut self) -> bool {
        self.spend(1 + self.open.len());
        let adjustable = |(sum, _): &&(usize, i64)| self.counts.adjustable[*sum].len();
        let Some((sum, excess)) = self.open.iter().min_by_key(adjustable).copied() else { return true };
        let start = (sum, excess.signum());
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
        self.branch(sum, excess)
    }

    /// Balances a sum by a change of one more of its terms, first of those that leave no other sum unbalanced.
    fn branch(&mut self, sum: usize, excess: i64) -> bool {
        self.obstacles.seen.insert(sum);
        let terms = self.counts.adjustable[sum].iter();
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
            if self.changes.contains_key(&variable) || !self.counts.can_change(variable, change) {
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
            self.obstacles.ends.insert(sum);
        }
        false
    }

    /// Whether a change balances all sums that the variable is in.
    fn closes(&self, variable: usize, change: i64) -> bool {
        let mut sums = self.counts.variables[variable].sums.iter();
        sums.all(|one| self.open.contains(&(*one, -self.counts.sign(variable, *one) * change)))
    }

    /// Searches for changes in which each is balanced by one other: a path to another sum that does not hold, or to a
    /// variable that is in no other sum. Breadth first, as for the augmenting paths of a flow.
    fn find_path(&mut self, start: Signed) -> Path {
        let counts = self.counts;
        let others = self.open.iter().filter(|(open, _)| *open != start.0);
        let goals: Vec<Signed> = others.map(|(open, excess)| (*open, -excess.signum())).collect();
        // By sum and excess: the change that led to it, and the sum before.
        let mut from = HashMap::from([(start, None)]);
        let mut front = VecDeque::from([start]);
        let mut certain = true;
        while let Some(at) = front.pop_front() {
            let (sum, excess) = at;
            let mut ends = true;
            self.spend(2 * counts.adjustable[sum].len());
            if self.steps == 0 {
                return Path::None;
            }
            for (variable, sign) in &counts.adjustable[sum] {
                let change = -excess * sign;
                if !counts.can_change(*variable, change) || self.changes.contains_key(variable) {
                    continue;
                }
                ends = false;
                let other = match counts.variables[*variable].sums[..] {
                    [_] => None,
                    [first, second] => Some(if first == sum { second } else { first }),
                    _ => {
                        certain = false;
                        continue;
                    }
                };
                let next = other.map(|other| (other, counts.sign(*variable, other) * change));
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
            self.obstacles.seen.insert(sum);
            if ends {
                self.obstacles.ends.insert(sum);
            }
        }
        if certain { Path::None } else { Path::Unknown }
    }
}

enum Path {
    /// Variables with their changes.
    Found(Vec<Signed>),
    /// Proof that no other data give the same answer.
    None,
    /// Undecided: the search does not rule out other data.
    Unknown,
}

/// A sum with its excess, or a variable with its change.
type Signed = (usize, i64);

/// Traces a path back from its last change; unknown if it changes one variable twice.
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
