//! `Number::parse`, `Decimal::from_f64` and `Decimal::to_f64` against the contract's rule, read independently.

use describe::{Decimal, Number, ParseError};
use num_bigint::BigInt;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::oracle::{Double, Exact, Meaning, UNICODE_BLANKS, is_blank, read, shortest, usual_spelling};

fn exact(decimal: Decimal) -> Exact {
    let digits = BigInt::from(decimal.digits());
    Exact::new(if decimal.negative { -digits } else { digits }, decimal.exponent.into())
}

fn meaning(parsed: Result<Number, ParseError>) -> Meaning {
    match parsed {
        Ok(Number::Finite(decimal)) => Meaning::Finite(exact(decimal)),
        Ok(Number::Infinite { negative }) => Meaning::Infinite { negative },
        Ok(Number::Nan) => Meaning::Nan,
        Err(ParseError::NotANumber) => Meaning::NotANumber,
        Err(ParseError::OutOfRange) => Meaning::OutOfRange,
    }
}

/// Against the oracle, and the double against the standard library's.
fn check(text: &[u8]) -> Result<(), TestCaseError> {
    let shown = String::from_utf8_lossy(text);
    let parsed = Number::parse(text);
    prop_assert_eq!(meaning(parsed), read(text), "{:?}", shown);
    let double = usual_spelling(text).and_then(|text| text.parse::<f64>().ok());
    match parsed {
        Ok(Number::Finite(decimal)) => {
            let double = double.expect("the standard library reads it, too");
            prop_assert_eq!(Double(decimal.to_f64()), Double(double + 0.0), "{:?}", shown);
            prop_assert!((-361..=308).contains(&decimal.exponent), "{:?}: {:?}", shown, decimal);
        }
        Ok(Number::Infinite { .. }) | Err(ParseError::OutOfRange) => prop_assert!(double.is_some_and(f64::is_infinite)),
        Ok(Number::Nan) => prop_assert!(double.is_some_and(f64::is_nan)),
        Err(ParseError::NotANumber) => prop_assert_eq!(double, None, "{:?}", shown),
    }
    Ok(())
}

fn checked<T: AsRef<[u8]>>(texts: impl IntoIterator<Item = T>) {
    let mut wrong = Vec::new();
    for text in texts {
        if let Err(error) = check(text.as_ref()) {
            wrong.push(error.to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Numbers by the grammar, with any number of digits and exponents in and out of the range.
fn literals() -> impl Strategy<Value = String> {
    let exponent = prop_oneof![
        3 => Just(String::new()),
        3 => "[eE][+-]?[0-9]{1,2}",
        3 => "[eE]-(29|30|31|32|33|34)[0-9]",
        2 => "[eE][+]?0{0,3}(27|28|29|30|31)[0-9]",
        1 => "[eE][+-]?[0-9]{1,25}",
    ];
    let digits = prop_oneof![
        4 => "[0-9]{1,12}\\.?",
        4 => "[0-9]{1,9}\\.[0-9]{1,12}",
        2 => "\\.[0-9]{1,24}",
        2 => "0{0,30}[0-9]{16,22}0{0,30}\\.?",
        1 => "0{0,3}[0-9]{35,40}0{0,3}\\.?",
        1 => "0{0,3}[0-9]{1,30}\\.[0-9]{5,10}0{0,3}",
        2 => "0{0,9}\\.0{0,30}[0-9]{16,22}0{0,12}",
        1 => "[0-9]{1,40}\\.[0-9]{0,40}",
        1 => "(9007199254740993|18014398509481986|1797693134862315[78]|9999999999999999999|18446744073709551615)\\.?0{0,4}",
    ];
    ("[-+\u{2212}]?", digits, exponent).prop_map(|(sign, digits, exponent)| format!("{sign}{digits}{exponent}"))
}

fn words() -> impl Strategy<Value = String> {
    "[-+]?([nN][aA][nN]|[iI][nN][fF]|[iI][nN][fF][iI][nN][iI][tT][yY])"
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn numbers_as_people_write_them(blank in "[ \t\n\r\x0c\u{a0}\u{2009}\u{202f}]{0,3}", text in prop_oneof![9 => literals(), 1 => words()], end in "[ \t\n\r\x0c\u{a0}\u{2009}\u{3000}]{0,3}") {
        check(format!("{blank}{text}{end}").as_bytes())?;
    }

    #[test]
    fn mutated(
        text in prop_oneof![5 => literals(), 1 => words()],
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, "[-0-9+.eE _,xXnaiftyl\u{0}\u{663}\u{a0}\u{2212}']"), 1..4),
    ) {
        let mut text: Vec<char> = text.chars().collect();
        for (place, kind, with) in edits {
            let with = with.chars().next().unwrap_or('0');
            let place = place.index(text.len() + 1);
            match kind {
                0 => text.insert(place, with),
                1 if place < text.len() => { text.remove(place); }
                _ if place < text.len() => text[place] = with,
                _ => text.push(with),
            }
        }
        check(text.into_iter().collect::<String>().as_bytes())?;
    }

    #[test]
    fn soup(text in "[-0-9+.eE _]{0,12}", bytes in prop::collection::vec(any::<u8>(), 0..6)) {
        check(text.as_bytes())?;
        check(&bytes)?;
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn doubles_are_their_shortest_decimal(bits in any::<u64>()) {
        let value = f64::from_bits(bits);
        match Decimal::from_f64(value) {
            None => prop_assert!(!value.is_finite()),
            Some(decimal) => {
                prop_assert_eq!(exact(decimal), shortest(value));
                prop_assert_eq!(Double(decimal.to_f64()), Double(value + 0.0));
                prop_assert!((-342..=308).contains(&decimal.exponent));
            }
        }
    }

    /// Also of neighbours: the same number with more digits, and a few units of the last of them beside it.
    #[test]
    fn decimals_compare_as_their_rationals(
        digits in prop_oneof![any::<u64>(), 0..10_000_u64], exponent in -330..300_i32, zeros in 0..16_u32, step in -9..10_i128,
        negative in any::<[bool; 2]>(), other in (any::<u64>(), -330..300_i32), is_common in any::<bool>(),
    ) {
        let exponent = if is_common { exponent % 20 } else { exponent };
        let a = Decimal::short(digits, exponent, negative[0]);
        let near = (i128::from(digits) * 10_i128.pow(zeros) + step).unsigned_abs();
        let b = Decimal::new(near, exponent - i32::try_from(zeros)?, negative[0]);
        let c = Decimal::short(other.0, if is_common { other.1 % 20 } else { other.1 }, negative[1]);
        for (one, two) in [(a, b), (b, a), (a, c), (c, b), (a, a)] {
            prop_assert_eq!(one.compare(two), exact(one).rational().cmp(&exact(two).rational()), "{:?} {:?}", one, two);
        }
    }

    #[test]
    fn decimals_to_the_nearest_double(digits in any::<u128>(), shift in 2..128_u32, exponent in -361..270_i32, negative in any::<bool>()) {
        let decimal = Decimal::new(digits >> shift, exponent, negative);
        let wanted = exact(decimal).nearest();
        prop_assume!(wanted.is_finite() && wanted != 0.0);
        prop_assert_eq!(Double(decimal.to_f64()), Double(wanted));
    }
}

/// Two decimals are equally short and equally near: the even one, as Python, JavaScript and our own answers print it.
#[test]
fn ties_between_shortest_decimals() {
    for (written, even) in [("854722189047833.25", "854722189047833.2"), ("794503331920537.75", "794503331920537.8")] {
        let value: f64 = written.parse().expect("a double");
        assert_eq!(serde_json::to_string(&value).ok().as_deref(), Some(even));
        assert_eq!(Decimal::from_f64(value).map(exact), Some(crate::oracle::exact(even)), "{value}");
    }
    // 39 digits, so the nearest double first: 100000000000000.125.
    checked(["100000000000000.120000000000000000000001", "100000000000000.12001"]);
}

#[test]
fn powers_of_two_and_their_neighbours() {
    for power in -1074..1024_i32 {
        let value = if power < -1022 { f64::from_bits(1 << (power + 1074)) } else { 2_f64.powi(power) };
        if power % 23 == 0 || !(-1070..1020).contains(&power) {
            for value in [value.next_down(), value, value.next_up()] {
                assert_eq!(Decimal::from_f64(value).map(exact), Some(shortest(value)), "{value:e}");
            }
        }
    }
}

#[test]
fn accepted() {
    checked([
        "0",
        "-0",
        "+0",
        "00",
        "5.",
        ".5",
        "+5",
        "-.5",
        "+.5e-3",
        "1e5",
        "1E5",
        "1e+5",
        "1e-5",
        "1e05",
        "1e00000000005",
        "00012",
        "1.e5",
        "-1.25e+10",
        " 5",
        "5 ",
        "\t5\n",
        "\r\n5\r\n",
        "5\x0c",
        "nan",
        "NaN",
        "-nan",
        "+NAN",
        "inf",
        "Inf",
        "-INF",
        "+inf",
        "infinity",
        "-Infinity",
        "iNfInItY",
        "0e400",
        "0e-400",
        "0.000e99999999999999999999999",
    ]);
}

/// Python's `float()` strips these, and `str.split()` splits at them.
#[test]
fn all_ascii_blanks_are_trimmed() {
    let blanks: Vec<u8> = (0..=127_u8).filter(|byte| is_blank(*byte)).collect();
    assert_eq!(blanks.len(), 10);
    checked(blanks.iter().flat_map(|blank| [vec![*blank, b'5'], vec![b'5', *blank], vec![*blank, b'5', *blank]]));
    checked([blanks]);
}

#[test]
fn unicode_blanks_are_trimmed() {
    checked(UNICODE_BLANKS.map(|blank| format!("{blank} {blank}5{blank}")));
    checked(UNICODE_BLANKS.map(String::from));
    checked(["5\u{a0}6", "\u{200b}5", "\u{feff}5", "\u{a0}X"]);
}

#[test]
fn u_2212_is_a_minus_sign() {
    checked([
        "\u{2212}5",
        "\u{2212}.5e3",
        "\u{2212}inf",
        "\u{2212}\u{2212}5",
        "\u{2212}-5",
        "-\u{2212}5",
        "\u{2212}",
        "5\u{2212}",
        "1e\u{2212}5",
    ]);
    assert_eq!(Number::parse("\u{2212}5".as_bytes()), Number::parse(b"-5"));
}

#[test]
fn refused() {
    checked([
        "",
        " ",
        "5,6",
        "5;6",
        "0x10",
        "0b1",
        "0o7",
        "1_000",
        "_1",
        "1_",
        "1__0",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "1e-",
        "1e5.0",
        ".",
        "+",
        "-",
        "+-5",
        "--5",
        "++5",
        "5-",
        "1 2",
        "1 e5",
        "- 5",
        "nano",
        "na",
        "n",
        "infinit",
        "infinityy",
        "in",
        "nan(1)",
        "1.2.3",
        "1..2",
        "..5",
        "1,5",
        "1'000",
        "½",
        "٣",
        "\u{ff15}",
        "5\u{a0}",
        "\u{feff}5",
        "5\0",
        "\0",
        "true",
        "null",
        "None",
        "1d5",
        "1f",
        "1L",
        "1e5e5",
        "1e400",
        "-1e400",
        "1e309",
        "1.7976931348623159e308",
        "1e99999999999999999999",
        "179769313486231590000000000000000000000e270",
    ]);
    checked([&b"\xff"[..], b"5\xff", b"\xc3"]);
}

#[test]
fn nineteen_and_twenty_digits() {
    checked([
        "9999999999999999999",
        "99999999999999999999",
        "10000000000000000000",
        "10000000000000000001",
        "12345678901234567890",
        "12345678901234567891",
        "1234567890123456789",
        "0.1234567890123456789",
        "0.12345678901234567891",
        "0.12345678901234567890",
        "0.123456789012345678900000",
        "000000000000000000000001.5",
        "1.50000000000000000000000000",
        "18446744073709551615",
        "18446744073709551616",
        "1844674407370955161",
        "9007199254740993",
        "9007199254740993.0000000",
        "90071992547409930000000000000000000000",
        "9007199254740993.00000000000000000001",
        "1234567890123456789e280",
        "1234567890123456789e-342",
        "0.0000000000000000000000000000000000001234567890123456789",
    ]);
}

#[test]
fn ends_of_the_range() {
    checked([
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.797693134862315807e308",
        "1.797693134862315808e308",
        "17976931348623157e292",
        "179769313486231570000e288",
        "1e308",
        "10e307",
        "0.1e309",
        "100000000000000000000e289",
        "5e-324",
        "4.9406564584124654e-324",
        "2.4703282292062328e-324",
        "2.4703282292062327e-324",
        "2.5e-324",
        "3e-324",
        "2e-324",
        "-2e-324",
        "1e-400",
        "-1e-400",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "1000000000000000000e-342",
        "3000000000000000000e-342",
        "9999999999999999999e-343",
        "9999999999999999999e-342",
        // Halfway between zero and the smallest double, all 751 digits, would be a tie; a bit more is not.
        "2.4703282292062327208299493e-324",
        "2.4703282292062327208e-324",
    ]);
    let zeros = "0".repeat(400);
    checked([
        format!("0.{zeros}1e401"),
        format!("1{zeros}e-400"),
        format!("0.{zeros}1e100"),
        format!("1{zeros}"),
        format!("-{zeros}1"),
        format!("{zeros}.{zeros}"),
        format!("1{zeros}.{zeros}e-700"),
        format!("0.{zeros}12345678901234567891e395"),
    ]);
}

/// The exponent undoes the zeros, however many there are.
#[test]
fn very_long_literals() {
    for length in [70_000, 700_000] {
        let zeros = "0".repeat(length);
        for text in [format!("0.{zeros}1e{}", length + 1), format!("1{zeros}e-{length}")] {
            let parsed = Number::parse(text.as_bytes()).map(|number| match number {
                Number::Finite(decimal) => decimal.to_f64(),
                _ => f64::NAN,
            });
            assert_eq!(parsed, Ok(1.0), "{length} zeros");
        }
    }
}
