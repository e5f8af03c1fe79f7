//! An independent way to the right answer: decimals read from their text, central moments as sums of powers of
//! deviations over exact integers, and the nearest double found by bisection among all doubles. Slow and plain.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{Pow, Signed, Zero};

type BigRational = Ratio<BigInt>;

/// `mantissa` × 10^`exponent`, without trailing zeros in the mantissa.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact {
    pub mantissa: BigInt,
    pub exponent: i64,
}

/// Meaning of a text by the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    Finite(Exact),
    Infinite { negative: bool },
    Nan,
    NotANumber,
    OutOfRange,
}

impl Exact {
    pub fn new(mantissa: BigInt, exponent: i64) -> Self {
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        if mantissa.is_zero() {
            return Self { mantissa, exponent: 0 };
        }
        while (&mantissa % 10_u32).is_zero() {
            mantissa /= 10_u32;
            exponent += 1;
        }
        Self { mantissa, exponent }
    }

    pub fn rational(&self) -> BigRational {
        let power = BigInt::from(10).pow(self.exponent.unsigned_abs());
        if self.exponent < 0 {
            BigRational::new(self.mantissa.clone(), power)
        } else {
            BigRational::from(&self.mantissa * power)
        }
    }

    pub fn nearest(&self) -> f64 {
        let length = i64::try_from(self.mantissa.magnitude().to_string().len()).expect("a length");
        if length + self.exponent > 400 {
            return if self.mantissa.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY };
        }
        if length + self.exponent < -400 {
            return 0.0;
        }
        let power = BigInt::from(10).pow(self.exponent.unsigned_abs());
        if self.exponent < 0 {
            nearest(&self.mantissa, &power)
        } else {
            nearest(&(&self.mantissa * power), &BigInt::from(1))
        }
    }
}

/// The exact value of a literal that is known to be a finite number.
pub fn exact(text: &str) -> Exact {
    match read(text.as_bytes()) {
        Meaning::Finite(exact) => exact,
        other => panic!("{text:?} is {other:?}"),
    }
}

/// Literals that Python's `float()` accepts, without underscores, with the contract's rules for blanks, the minus sign, many digits
/// and the range.
pub fn read(text: &[u8]) -> Meaning {
    let Some(text) = usual_spelling(text).filter(|text| !text.is_empty()) else { return Meaning::NotANumber };
    let text = text.as_str();
    let (negative, unsigned) = match text.as_bytes()[0] {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => return Meaning::Infinite { negative },
        "nan" => return Meaning::Nan,
        _ => {}
    }
    let (written, power) = match unsigned.split_once(['e', 'E']) {
        None => (unsigned, Some(BigInt::ZERO)),
        Some((written, power)) => (written, integer(power)),
    };
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let digits = [whole, fraction].concat();
    let Some(power) = power.filter(|_| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())) else {
        return Meaning::NotANumber;
    };
    let mantissa: BigInt = digits.parse().expect("digits");
    let mantissa = if negative { -mantissa } else { mantissa };
    if mantissa.is_zero() {
        return Meaning::Finite(Exact::new(mantissa, 0));
    }
    let exponent = power - fraction.len();
    let limit = BigInt::from(1_000_000_000);
    let exponent = exponent.clamp(-&limit, limit);
    let exact = Exact::new(mantissa, i64::try_from(exponent).expect("clamped"));
    let double = exact.nearest();
    if double.is_infinite() {
        Meaning::OutOfRange
    } else if double == 0.0 {
        Meaning::Finite(Exact::new(BigInt::ZERO, 0))
    } else if exact.mantissa.magnitude().to_string().len() > 38 {
        Meaning::Finite(shortest(double))
    } else {
        Meaning::Finite(exact)
    }
}

/// White space beyond ASCII (Unicode, property `White_Space`).
pub const UNICODE_BLANKS: [char; 19] = [
    '\u{85}', '\u{a0}', '\u{1680}', '\u{2000}', '\u{2001}', '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}', '\u{2006}',
    '\u{2007}', '\u{2008}', '\u{2009}', '\u{200a}', '\u{2028}', '\u{2029}', '\u{202f}', '\u{205f}', '\u{3000}',
];

/// The text without surrounding blanks.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| UNICODE_BLANKS.contains(&c) || u8::try_from(c).is_ok_and(is_blank))
}

/// The text without surrounding blanks, its minus sign in ASCII; `None` unless it is UTF-8.
pub fn usual_spelling(text: &[u8]) -> Option<String> {
    let trimmed = trimmed(std::str::from_utf8(text).ok()?);
    Some(trimmed.strip_prefix('\u{2212}').map_or_else(|| trimmed.to_owned(), |rest| format!("-{rest}")))
}

/// ASCII white space as Python's `strip()` and `split()` understand it.
pub fn is_blank(byte: u8) -> bool {
    b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f".contains(&byte)
}

fn integer(text: &str) -> Option<BigInt> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value: BigInt = plain.then(|| digits.parse().expect("digits"))?;
    Some(if text.starts_with('-') { -value } else { value })
}

/// The value of the double with these bits (sign aside) in units of 2^-1074; that of infinity is 2^1024.
fn units(bits: u64) -> BigInt {
    let (exponent, fraction) = (bits >> 52, BigInt::from(bits & ((1 << 52) - 1)));
    if exponent == 0 { fraction } else { (fraction + (1_u64 << 52)) << (exponent - 1) }
}

/// The double nearest to a positive x, ties to even, by bisection. `order` compares k · 2^-1075 with x.
fn bisect(order: impl Fn(&BigInt) -> Ordering) -> f64 {
    const INFINITY: u64 = 0x7ff0_0000_0000_0000;
    let (mut low, mut high) = (0, INFINITY);
    if order(&(units(high) * 2)) != Ordering::Greater {
        return f64::INFINITY;
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if order(&(units(middle) * 2)) == Ordering::Greater {
            high = middle;
        } else {
            low = middle;
        }
    }
    let bits = match order(&(units(low) + units(high))) {
        Ordering::Less => high,
        Ordering::Greater => low,
        Ordering::Equal => low + (low & 1),
    };
    f64::from_bits(bits)
}

/// k ? `numerator` / `denominator`, for positive numbers, with the quotient made only once.
fn against(numerator: &BigInt, denominator: &BigInt) -> impl Fn(&BigInt) -> Ordering + use<> {
    let quotient = numerator / denominator;
    let whole = &quotient * denominator == *numerator;
    move |k| k.cmp(&quotient).then(if whole { Ordering::Equal } else { Ordering::Less })
}

/// `numerator` / `denominator` (which is positive) as the nearest double; zero has no sign.
pub fn nearest(numerator: &BigInt, denominator: &BigInt) -> f64 {
    with_sign(numerator, bisect(against(&(numerator.abs() << 1075_u32), denominator)))
}

/// √(`numerator` / `denominator`), with the sign of `sign`.
fn nearest_root(sign: &BigInt, numerator: &BigInt, denominator: &BigInt) -> f64 {
    let order = against(&(numerator << 2150_u32), denominator);
    with_sign(sign, bisect(|k| order(&(k * k))))
}

fn with_sign(sign: &BigInt, magnitude: f64) -> f64 {
    if sign.is_negative() && magnitude != 0.0 { -magnitude } else { magnitude }
}

/// The exact value of a double.
pub fn rational(value: f64) -> BigRational {
    let magnitude = BigRational::new(units(value.abs().to_bits()), BigInt::from(1) << 1074_u32);
    if value < 0.0 { -magnitude } else { magnitude }
}

/// The decimal with the fewest digits that reads back as `value`; among those the one nearest to it, and of two equally
/// near ones the one whose last digit is even (as Python's repr and JavaScript print it).
pub fn shortest(value: f64) -> Exact {
    if value == 0.0 {
        return Exact::new(BigInt::ZERO, 0);
    }
    let magnitude = value.abs();
    let size = rational(magnitude);
    // Written in scientific notation with 17 digits, only to learn the leading power of ten.
    let text = format!("{magnitude:.16e}");
    let leading: i64 = text.split_once('e').and_then(|(_, power)| power.parse().ok()).expect("an exponent");
    for digits in 1..=17_i64 {
        let exponent = leading - digits + 1;
        let power = BigInt::from(10).pow(exponent.unsigned_abs());
        let scaled = if exponent < 0 { &size * power } else { &size / power };
        let below: BigInt = scaled.floor().to_integer();
        let (even, odd) = if (&below % 2_u32).is_zero() { (below.clone(), below + 1) } else { (&below + 1, below) };
        // The sort is stable.
        let mut candidates: Vec<Exact> = [even, odd]
            .into_iter()
            .map(|mantissa| Exact::new(mantissa, exponent))
            .filter(|candidate| candidate.nearest().to_bits() == magnitude.to_bits())
            .collect();
        candidates.sort_by_key(|candidate| (candidate.rational() - &size).abs());
        if let Some(best) = candidates.into_iter().next() {
            return Exact::new(if value < 0.0 { -best.mantissa } else { best.mantissa }, best.exponent);
        }
    }
    panic!("17 digits are always enough: {value:e}")
}

/// A double that equals only the same bits.
#[derive(Clone, Copy, Debug)]
pub struct Double(pub f64);

impl PartialEq for Double {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

/// A figure, or the code of the reason why there is none.
pub type Figure = Result<Double, &'static str>;

/// The number of observations; minimum, maximum, mean, variance, skewness and kurtosis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Six {
    pub nobs: u64,
    pub figures: [Figure; 6],
}

impl Six {
    /// No figures at all, for this reason.
    pub fn without(nobs: u64, code: &'static str) -> Self {
        Self { nobs, figures: [Err(code); 6] }
    }
}

/// Numbers with their exact central moments.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The numbers are integers times 10^`exponent`, and so are their sum and (n times) their deviations.
    exponent: i64,
    n: u64,
    sum: BigInt,
    /// Σ(n (x - mean))^k for k = 2, 3, 4.
    deviations: [BigInt; 3],
    constant: bool,
    min: f64,
    max: f64,
}

impl Sample {
    /// At least one number.
    pub fn new(values: &[Exact]) -> Self {
        let n = values.len() as u64;
        let exponent = values.iter().map(|value| value.exponent).min().expect("a number");
        let integers: Vec<BigInt> = values
            .iter()
            .map(|value| &value.mantissa * BigInt::from(10).pow(value.exponent.abs_diff(exponent)))
            .collect();
        let sum: BigInt = integers.iter().sum();
        let powers = |power: u32| integers.iter().map(|value| (value * n - &sum).pow(power)).sum();
        let find = |wanted: Ordering| {
            let mut best = 0;
            for (i, value) in integers.iter().enumerate() {
                if value.cmp(&integers[best]) == wanted {
                    best = i;
                }
            }
            values[best].nearest()
        };
        Self {
            exponent,
            n,
            deviations: [powers(2), powers(3), powers(4)],
            constant: integers.iter().all(|value| *value == integers[0]),
            min: find(Ordering::Less),
            max: find(Ordering::Greater),
            sum,
        }
    }

    /// The same numbers, each `times` times: n, the sum and the sums of deviations grow, the moments do not change.
    pub fn repeated(&self, times: u64) -> Self {
        let [second, third, fourth] = &self.deviations;
        let power = |k: u32| BigInt::from(times).pow(k);
        Self {
            n: self.n * times,
            sum: &self.sum * times,
            deviations: [second * power(3), third * power(4), fourth * power(5)],
            ..self.clone()
        }
    }

    pub fn describe(&self, ddof: u64, bias: bool) -> Six {
        let n = BigInt::from(self.n);
        let [second, third, fourth] = &self.deviations;
        let n_power = |k: u32| Pow::pow(&n, k);
        let mean = self.scaled(&self.sum, &n, 1);
        let variance =
            if self.n > ddof { self.scaled(second, &(n_power(2) * (self.n - ddof)), 2) } else { Err("undefined") };
        let (skewness, kurtosis) = if self.constant {
            (Err("undefined"), Err("undefined"))
        } else {
            // m2 = second/n³, m3 = third/n⁴, m4 = fourth/n⁵, each times a power of ten that cancels.
            let square_of_g1 = (third * third * n_power(9), Pow::pow(second, 3_u32) * n_power(8));
            let m4_by_m2_squared = (fourth * n_power(6), second * second * n_power(5));
            let (mut top, mut bottom) = square_of_g1;
            if !bias && self.n > 2 {
                top *= &n * (&n - 1);
                bottom *= Pow::pow(&n - 2, 2_u32);
            }
            let skewness = nearest_root(third, &top, &bottom);
            let (top, bottom) = m4_by_m2_squared;
            let kurtosis = if !bias && self.n > 3 {
                let top = (&n * &n - 1) * top - 3 * Pow::pow(&n - 1, 2_u32) * &bottom;
                nearest(&top, &(bottom * (&n - 2) * (&n - 3)))
            } else {
                nearest(&(top - 3 * &bottom), &bottom)
            };
            (Ok(Double(skewness)), Ok(Double(kurtosis)))
        };
        Six { nobs: self.n, figures: [Ok(Double(self.min)), Ok(Double(self.max)), mean, variance, skewness, kurtosis] }
    }

    /// `numerator` / `denominator` × 10^(`dimension` × the exponent), if a double can hold it.
    fn scaled(&self, numerator: &BigInt, denominator: &BigInt, dimension: i64) -> Figure {
        let exponent = self.exponent * dimension;
        let power = BigInt::from(10).pow(exponent.unsigned_abs());
        let value = if exponent < 0 {
            nearest(numerator, &(denominator * power))
        } else {
            nearest(&(numerator * power), denominator)
        };
        if value.is_finite() { Ok(Double(value)) } else { Err("overflow") }
    }
}

/// The figures of literals that may be missing or infinite; `omit` leaves missing values out, else they are propagated.
pub fn describe(texts: &[String], ddof: u64, bias: bool, omit: bool) -> Six {
    let meanings: Vec<Meaning> = texts.iter().map(|text| read(text.as_bytes())).collect();
    let count = |wanted: &dyn Fn(&Meaning) -> bool| meanings.iter().filter(|meaning| wanted(meaning)).count() as u64;
    let missing = count(&|meaning| *meaning == Meaning::Nan);
    let all = meanings.len() as u64;
    if missing > 0 && !omit {
        // scipy counts missing values in, but with nothing else there is nothing to count.
        return Six::without(if missing == all { 0 } else { all }, "nan");
    }
    let finite: Vec<Exact> = meanings
        .iter()
        .filter_map(|meaning| if let Meaning::Finite(exact) = meaning { Some(exact.clone()) } else { None })
        .collect();
    let sample = (!finite.is_empty()).then(|| Sample::new(&finite));
    let above = count(&|meaning| *meaning == Meaning::Infinite { negative: false }) > 0;
    let below = count(&|meaning| *meaning == Meaning::Infinite { negative: true }) > 0;
    if !above && !below {
        return sample.map_or(Six::without(0, "undefined"), |sample| sample.describe(ddof, bias));
    }
    let mut six = Six::without(all - missing, "infinite");
    if let Some(sample) = sample {
        if !below {
            six.figures[0] = Ok(Double(sample.min));
        }
        if !above {
            six.figures[1] = Ok(Double(sample.max));
        }
    }
    six
}

/// The definitions word for word, over rationals that reduce themselves: to check the quicker way above.
fn by_the_book(values: &[Exact], ddof: u64, bias: bool) -> [Option<BigRational>; 4] {
    let number = |n: u64| BigRational::from(BigInt::from(n));
    let n = number(values.len() as u64);
    let values: Vec<BigRational> = values.iter().map(Exact::rational).collect();
    let mean = values.iter().sum::<BigRational>() / &n;
    let sum = |k: i32| values.iter().map(|value| (value - &mean).pow(k)).sum::<BigRational>();
    let moment = |k: i32| sum(k) / &n;
    let freedom = &n - number(ddof);
    let variance = freedom.is_positive().then(|| sum(2) / freedom);
    let [m2, m3, m4] = [moment(2), moment(3), moment(4)];
    if m2.is_zero() {
        return [Some(mean), variance, None, None];
    }
    let correct = |least: usize| !bias && values.len() > least;
    let mut skewness_squared: BigRational = &m3 * &m3 / Pow::pow(&m2, 3_i32);
    if correct(2) {
        skewness_squared *= &n * (&n - number(1)) / (&n - number(2)).pow(2);
    }
    let mut kurtosis = &m4 / Pow::pow(&m2, 2_i32) - number(3);
    if correct(3) {
        kurtosis = ((&n + number(1)) * kurtosis + number(6)) * (&n - number(1)) / ((&n - number(2)) * (&n - number(3)));
    }
    let skewness_squared = if m3.is_negative() { -skewness_squared } else { skewness_squared };
    [Some(mean), variance, Some(skewness_squared), Some(kurtosis)]
}

#[test]
fn the_oracle_knows_what_is_known() {
    assert_eq!(Double(exact("0.1").nearest()), Double(0.1));
    assert_eq!(Double(exact("-1.7976931348623158e308").nearest()), Double(f64::MIN));
    assert_eq!(Double(exact("3e-324").nearest()), Double(5e-324));
    assert_eq!(read(b"1.7976931348623159e308"), Meaning::OutOfRange);
    assert_eq!(read(b"2e-324"), Meaning::Finite(Exact::new(BigInt::ZERO, 0)));
    assert_eq!(read(b"-1e-9999999999999999999999"), Meaning::Finite(Exact::new(BigInt::ZERO, 0)));
    assert_eq!(shortest(0.3), exact("0.3"));
    assert_eq!(shortest(2_f64.powi(-44)), exact("5.684341886080802e-14"));
    assert_eq!(shortest(5e-324), exact("5e-324"));
    let [longest, longer] = ["1234567890123456789012345678901234567", "12345678901234567890123456789012345678.9"];
    assert_eq!(exact(longest).mantissa.to_string(), longest);
    assert_eq!(exact(longer), exact("12345678901234568e21"));
    let ties = [(9_007_199_254_740_993_i64, 9_007_199_254_740_992.0), (9_007_199_254_740_995, 9_007_199_254_740_996.0)];
    for (odd, even) in ties {
        assert_eq!(Double(nearest(&odd.into(), &1.into())), Double(even));
    }
    assert_eq!(Double(nearest_root(&(-1).into(), &2.into(), &1.into())), Double(-std::f64::consts::SQRT_2));
}

#[test]
fn the_oracle_agrees_with_the_definitions() {
    let sets: [&[&str]; 7] = [
        &["5", "6"],
        &["0.1", "0.2", "0.3"],
        &["1", "1", "1e3", "-7.25"],
        &["1e16", "1", "2.5", "9999999999999999999", "-3"],
        &["1e-20", "3", "3", "4e5", "-2", "8"],
        &["0.1", "0.1", "0.1"],
        &["-12.5"],
    ];
    for set in sets {
        let values: Vec<Exact> = set.iter().map(|text| exact(text)).collect();
        let sample = Sample::new(&values);
        for ddof in 0..=values.len() as u64 + 1 {
            for bias in [true, false] {
                let book = by_the_book(&values, ddof, bias);
                let six = sample.describe(ddof, bias).figures;
                for (k, wanted) in book.iter().enumerate() {
                    let wanted = wanted.as_ref().map(|value| {
                        let (top, bottom) = (value.numer(), value.denom());
                        Double(if k == 2 { nearest_root(top, &top.abs(), bottom) } else { nearest(top, bottom) })
                    });
                    assert_eq!(six[k + 2].ok(), wanted, "figure {k} of {set:?} with ddof={ddof}, bias={bias}");
                }
            }
        }
    }
}
