//! Fast path for queries that consist only of plain numbers.
//!
//! Input: the query of a URL. Output: accumulated numbers; `None` if the query has any other form.

use describe::{Decimal, Sample, plain, tiny_before};

/// Parses a query that consists only of members `numbers=` with plain numbers, such as `numbers=5&numbers=6`. Returns `None`
/// for any other query. Most queries have this form; they are read without allocating a text per number.
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
    let mut batched = 0;
    let mut predicted = 0;
    let mut rest = query.as_bytes();
    loop {
        let (name, number) = rest.split_first_chunk()?;
        // One comparison of integers: arrays are compared byte by byte.
        if u64::from_ne_bytes(*name) != u64::from_ne_bytes(*b"numbers=") {
            return None;
        }
        let (decimal, length) = tiny_before(number, b'&').or_else(|| plain(number))?;
        batch[batched % batch.len()] = decimal;
        batched += 1;
        // Numbers mostly have the length of the one before, so this branch is predicted and the start of the next number
        // does not depend on this one.
        if length != predicted {
            predicted = unpredicted(length);
        }
        match number.get(predicted) {
            Some(b'&') => rest = &number[predicted + 1..],
            Some(_) => return None,
            None => break,
        }
        if batched == batch.len() {
            sample.push_all(&batch);
            batched = 0;
        }
    }
    sample.push_all(&batch[..batched]);
    Some(sample)
}

/// Returns `length`. A call, because the compiler would replace a branch with a conditional move.
#[cold]
#[inline(never)]
fn unpredicted(length: usize) -> usize {
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe::{Moments, Number};

    #[test]
    fn plain_queries_agree_with_the_number_parser() {
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
        let mut plain_queries = 0;
        for count in 1..40 {
            for shift in 0..texts.len() {
                let list: Vec<_> = (0..count)
                    .map(|index| texts[(shift + index * count) % if count % 2 == 0 { 10 } else { 25 }])
                    .collect();
                let query = list.iter().map(|text| format!("numbers={text}")).collect::<Vec<_>>().join("&");
                let Some(read) = plain_query(&query) else { continue };
                let mut expected = Sample::default();
                for text in &list {
                    expected.push(Number::parse(text.as_bytes()).expect("a number"));
                }
                assert_eq!(read.finish(Moments::default()), expected.finish(Moments::default()), "{query}");
                plain_queries += 1;
            }
        }
        assert!(plain_queries > 100, "{plain_queries}");
    }

    #[test]
    fn other_queries_are_not_read() {
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
