//! The numbers of the plainest queries, read without making texts of them.

use describe::{Decimal, Sample, plain, tiny_before};

/// The numbers of a query that is `numbers=5&numbers=6` and so on to its end, each of them plain; `None` for every other
/// query. Most are such, and nothing of them needs to be kept.
///
/// ```
/// use describe::Moments;
/// use describe_api::http::query_numbers::plain_query;
/// assert_eq!(plain_query("numbers=5&numbers=6.5").map(|sample| sample.finish(Moments::default()).mean), Some(Ok(5.75)));
/// assert!(plain_query("numbers=5&ddof=0").is_none());
/// ```
#[must_use]
pub fn plain_query(query: &str) -> Option<Sample> {
    let mut sample = Sample::default();
    let mut batch = [Decimal::ZERO; 16];
    let mut filled = 0;
    let mut usual = 0;
    let mut rest = query.as_bytes();
    loop {
        let (name, number) = rest.split_first_chunk()?;
        // As words, for bytes are compared one by one.
        if u64::from_ne_bytes(*name) != u64::from_ne_bytes(*b"numbers=") {
            return None;
        }
        let (decimal, length) = tiny_before(number, b'&').or_else(|| plain(number))?;
        batch[filled % batch.len()] = decimal;
        filled += 1;
        // A branch that can be predicted: where the next number begins is known before this one is read.
        if length != usual {
            usual = other(length);
        }
        match number.get(usual) {
            Some(b'&') => rest = &number[usual + 1..],
            Some(_) => return None,
            None => break,
        }
        if filled == batch.len() {
            sample.push_all(&batch);
            filled = 0;
        }
    }
    sample.push_all(&batch[..filled]);
    Some(sample)
}

/// A call, lest a computation take the place of the branch.
#[cold]
#[inline(never)]
fn other(length: usize) -> usize {
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe::{Moments, Number};

    #[test]
    fn plain_numbers_are_what_their_texts_say() {
        let texts = [
            "5",
            "12.50",
            "007",
            "0.5",
            "-1.5",
            "12345678",
            "1234567.8",
            "123456789",
            "0.12345678901234567",
            "100",
            "1.2.3",
            "5.",
            ".5",
            "5,6",
            "1e5",
            "-",
            "1.7976931348623157e308",
            "nan",
            "5:6",
            "1.25e-3",
            "",
            "99999999999999999999",
            "7%20",
            "+5",
            "\u{e9}",
        ];
        let mut short = 0;
        for count in 1..40 {
            for shift in 0..texts.len() {
                let list: Vec<_> = (0..count)
                    .map(|place| texts[(shift + place * count) % if count % 2 == 0 { 10 } else { 25 }])
                    .collect();
                let query = list.iter().map(|text| format!("numbers={text}")).collect::<Vec<_>>().join("&");
                let Some(read) = plain_query(&query) else { continue };
                let mut expected = Sample::default();
                for text in &list {
                    expected.push(Number::parse(text.as_bytes()).expect("a number"));
                }
                assert_eq!(read.finish(Moments::default()), expected.finish(Moments::default()), "{query}");
                short += 1;
            }
        }
        assert!(short > 100, "{short}");
    }

    #[test]
    fn other_queries_are_left() {
        for query in [
            "",
            "numbers",
            "numbers=",
            "numbers=5&",
            "&numbers=5",
            "numbers=5&&numbers=6",
            "numbers=5&ddof=0",
            "number=5",
        ] {
            assert!(plain_query(query).is_none(), "{query}");
        }
    }
}
