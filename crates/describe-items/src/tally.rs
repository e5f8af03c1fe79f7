//! Sums over candidates, from which all figures are computed.

use std::collections::BTreeMap;

use describe::Held;

use crate::joint_sums::JointSums;
use crate::mark::{ItemCell, POWERS};
use crate::reliability::MAX_LAMBDA_6_ITEMS;
use crate::totals::Totals;

/// Treatment of items that a candidate has not answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unanswered {
    /// They are marked 0.
    #[default]
    Zero,
    /// Candidates who have not answered all items are left out.
    Complete,
    /// Each item is described over the candidates who answered it.
    Pairwise,
}

/// Rules by which candidates are added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemRules {
    /// Treatment of items that are not answered.
    pub unanswered: Unanswered,
    /// Whether cells say which items were not reached; otherwise those behind a candidate's last answer were not.
    pub not_reached_is_told: bool,
}

/// Maximum number of different answers to an item of multiple choice.
pub const MAX_CHOICES: usize = 50;

/// Maximum length of an answer to an item of multiple choice.
pub const MAX_CHOICE_BYTES: usize = 40;

/// Matrices of an analysis: the sums of products, once more without those that wait, and the covariances.
const MATRICES: usize = 4;

/// Memory of the long numbers of an entry of a matrix that is eliminated.
const LONG_BYTES: usize = 240;

/// Memory of an answer: its place in a tree, and its text.
const CHOICE_BYTES: usize = 160;

/// Candidates of a test.
///
/// ```
/// use describe_items::{ItemCell, ItemRules, ItemTally, Mark, Paper};
/// let mut tally = ItemTally::new(2, ItemRules::default());
/// for marks in [[0, 0], [1, 1], [1, 2]] {
///     tally.push(&marks.map(|units| ItemCell::Mark(Mark { units, decimals: 0 })), None);
/// }
/// let analysis = tally.analyse(&Paper { maxima: &[None, None], keys: &[], ddof: 1 });
/// assert_eq!((analysis.candidates, analysis.test.mean), (3, Ok(5.0 / 3.0)));
/// ```
#[derive(Clone, Debug)]
pub struct ItemTally {
    pub(crate) rules: ItemRules,
    /// Decimal places of all marks.
    pub(crate) decimals: u8,
    /// Candidates whose marks are counted.
    pub(crate) candidates: u64,
    /// Candidates who were absent.
    pub(crate) absent: u64,
    /// Candidates who are left out because they have not answered all items.
    pub(crate) incomplete: u64,
    /// Candidates who were present and answered nothing.
    pub(crate) without_answers: u64,
    pub(crate) items: Vec<ItemCounts>,
    pub(crate) joint: JointSums,
    pub(crate) totals: Totals,
    /// Least and greatest total of a candidate.
    pub(crate) range: Option<[i64; 2]>,
    row: Vec<i32>,
    held: Held,
}

/// Counts of one item, over the candidates who were present, and sums over those who answered it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ItemCounts {
    pub(crate) omitted: u64,
    pub(crate) not_reached: u64,
    /// Greatest mark.
    pub(crate) greatest: i32,
    /// With [`Unanswered::Pairwise`].
    pub(crate) answered: AnsweredSums,
    /// By answer, if the item is of multiple choice.
    pub(crate) choices: BTreeMap<Box<[u8]>, Choice>,
}

/// Sums over the candidates who answered an item: of the mark x, of the total t of all marks, of their squares and product.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnsweredSums {
    pub(crate) candidates: u64,
    pub(crate) x: i128,
    pub(crate) xx: i128,
    pub(crate) xt: i128,
    pub(crate) t: i128,
    pub(crate) tt: i128,
}

/// Candidates who gave one answer to an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub(crate) candidates: u64,
    /// Sum of their totals of the other items.
    pub(crate) rest: i128,
}

impl ItemTally {
    /// No candidates of a test with this number of items.
    #[must_use]
    pub fn new(items: usize, rules: ItemRules) -> Self {
        let mut held = Held::default();
        held.add(size_of::<Self>() + items * (size_of::<ItemCounts>() + size_of::<i32>()));
        Self {
            rules,
            decimals: 0,
            candidates: 0,
            absent: 0,
            incomplete: 0,
            without_answers: 0,
            items: vec![ItemCounts::default(); items],
            joint: JointSums::new(items),
            totals: Totals::new(),
            range: None,
            row: Vec::with_capacity(items),
            held,
        }
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Bytes that [`ItemTally::analyse`] takes while it works: some matrices, and long numbers where it eliminates.
    #[must_use]
    pub fn analysis_bytes(&self) -> usize {
        let entries = self.len() * self.len();
        let eliminated = if self.len() <= MAX_LAMBDA_6_ITEMS { entries * LONG_BYTES } else { 0 };
        entries * MATRICES * size_of::<i128>() + eliminated
    }

    /// Number of candidates whose marks are counted.
    #[must_use]
    pub fn candidates(&self) -> u64 {
        self.candidates
    }

    /// Position of the first item with more than [`MAX_CHOICES`] different answers.
    #[must_use]
    pub fn too_many_choices(&self) -> Option<usize> {
        self.items.iter().position(|item| item.choices.len() > MAX_CHOICES)
    }

    /// Adds a candidate, with a cell for each item. `answers` gives the answer to each item, if they are of multiple choice; up to
    /// [`MAX_CHOICE_BYTES`] of it are kept. Its cell is the mark for it.
    ///
    /// A candidate with a code of absence and no answer was absent. Beside answers such a code is no answer.
    pub fn push<'a>(&mut self, cells: &[ItemCell], answers: Option<&dyn Fn(usize) -> &'a [u8]>) {
        let last_answer = cells.iter().rposition(|cell| matches!(cell, ItemCell::Mark(_)));
        if last_answer.is_none() && cells.contains(&ItemCell::Absent) {
            self.absent += 1;
            return;
        }
        self.without_answers += u64::from(last_answer.is_none());
        let decimals = cells.iter().map(|cell| if let ItemCell::Mark(mark) = cell { mark.decimals } else { 0 });
        self.rescale(decimals.max().unwrap_or(0));
        self.row.clear();
        let mut has_all = true;
        for (place, (cell, counts)) in cells.iter().zip(&mut self.items).enumerate() {
            let mark = if let ItemCell::Mark(mark) = cell {
                mark.scaled(self.decimals)
            } else {
                has_all = false;
                let is_behind = last_answer.is_none_or(|last| place > last);
                let is_told = *cell == ItemCell::NotReached;
                if is_told || (is_behind && !self.rules.not_reached_is_told) {
                    counts.not_reached += 1;
                } else {
                    counts.omitted += 1;
                }
                0
            };
            counts.greatest = counts.greatest.max(mark);
            self.row.push(mark);
        }
        if self.rules.unanswered == Unanswered::Complete && !has_all {
            self.incomplete += 1;
            return;
        }
        self.candidates += 1;
        let total: i64 = self.row.iter().map(|mark| i64::from(*mark)).sum();
        let [least, greatest] = self.range.get_or_insert([total; 2]);
        (*least, *greatest) = ((*least).min(total), (*greatest).max(total));
        if self.rules.unanswered == Unanswered::Pairwise {
            for ((cell, mark), counts) in cells.iter().zip(&self.row).zip(&mut self.items) {
                if matches!(cell, ItemCell::Mark(_)) {
                    counts.answered.push((*mark).into(), total.into());
                }
            }
        } else {
            self.joint.push(&self.row);
            self.totals.push(total, &self.row);
        }
        let Some(answers) = answers else { return };
        for (place, (cell, counts)) in cells.iter().zip(&mut self.items).enumerate() {
            if !matches!(cell, ItemCell::Mark(_)) {
                continue;
            }
            let answer = answers(place);
            let answer = &answer[..answer.len().min(MAX_CHOICE_BYTES)];
            let rest = i128::from(total - i64::from(self.row[place]));
            counts.add_choice(answer, &Choice { candidates: 1, rest }, &mut self.held);
        }
    }

    /// Adds the candidates of another tally of the same items.
    pub fn merge(&mut self, other: &Self) {
        self.rescale(other.decimals);
        if other.decimals < self.decimals {
            let mut scaled = other.clone();
            scaled.rescale(self.decimals);
            return self.merge(&scaled);
        }
        self.candidates += other.candidates;
        self.absent += other.absent;
        self.incomplete += other.incomplete;
        self.without_answers += other.without_answers;
        for (ours, theirs) in self.items.iter_mut().zip(&other.items) {
            ours.omitted += theirs.omitted;
            ours.not_reached += theirs.not_reached;
            ours.greatest = ours.greatest.max(theirs.greatest);
            ours.answered.merge(&theirs.answered);
            for (answer, choice) in &theirs.choices {
                ours.add_choice(answer, choice, &mut self.held);
            }
        }
        self.joint.merge(&other.joint);
        self.totals.merge(&other.totals);
        if let Some([low, high]) = other.range {
            let [least, greatest] = self.range.get_or_insert([low, high]);
            (*least, *greatest) = ((*least).min(low), (*greatest).max(high));
        }
    }

    /// Changes to marks with at least this number of decimal places.
    fn rescale(&mut self, decimals: u8) {
        if decimals <= self.decimals {
            return;
        }
        let places = decimals - self.decimals;
        let power = POWERS[usize::from(places)];
        for item in &mut self.items {
            item.greatest *= power;
            item.answered.rescale(power.into());
            item.choices.values_mut().for_each(|choice| choice.rest *= i128::from(power));
        }
        self.joint.rescale(places);
        self.totals.rescale(power.into());
        self.range = self.range.map(|range| range.map(|total| total * i64::from(power)));
        self.decimals = decimals;
    }
}

impl ItemCounts {
    /// Adds candidates who gave an answer. Of answers beyond the limit one is kept, which shows that there are too many.
    fn add_choice(&mut self, answer: &[u8], choice: &Choice, held: &mut Held) {
        if !self.choices.contains_key(answer) {
            if self.choices.len() > MAX_CHOICES {
                return;
            }
            held.add(CHOICE_BYTES + answer.len());
        }
        let known = self.choices.entry(answer.into()).or_default();
        known.candidates += choice.candidates;
        known.rest += choice.rest;
    }
}

impl AnsweredSums {
    fn push(&mut self, mark: i128, total: i128) {
        self.candidates += 1;
        self.x += mark;
        self.xx += mark * mark;
        self.xt += mark * total;
        self.t += total;
        self.tt += total * total;
    }

    fn merge(&mut self, other: &Self) {
        self.candidates += other.candidates;
        self.x += other.x;
        self.xx += other.xx;
        self.xt += other.xt;
        self.t += other.t;
        self.tt += other.tt;
    }

    fn rescale(&mut self, power: i128) {
        self.x *= power;
        self.t *= power;
        for square in [&mut self.xx, &mut self.xt, &mut self.tt] {
            *square *= power * power;
        }
    }
}
