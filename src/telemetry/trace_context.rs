//! The trace that a request belongs to, from its header `traceparent` (W3C Trace Context, level 1).
//!
//! Invariant: what is kept of the header are 32 and 16 hexadecimal digits and a bit; a header that is anything else counts as none.

use axum::http::HeaderMap;

/// The trace of a request, and its parent in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// Id of the trace.
    pub trace: u128,
    /// Id of the caller's span.
    pub parent: u64,
    /// Whether the caller records the trace.
    pub is_sampled: bool,
}

impl TraceContext {
    /// The trace that a header names; `None` without one, or if it is malformed.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use describe_api::telemetry::TraceContext;
    ///
    /// let mut headers = HeaderMap::new();
    /// let value = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    /// headers.insert("traceparent", value.parse().expect("a header"));
    /// let context = TraceContext::of(&headers).expect("a trace");
    /// assert_eq!((context.parent, context.is_sampled), (0x00f0_67aa_0ba9_02b7, true));
    /// ```
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all("traceparent").iter();
        let (text, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
        let mut parts = text.splitn(4, '-');
        let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        // A later version may have more after the flags.
        let flags = if version == "00" { flags } else { flags.get(..2)? };
        let version = hex(version, 2).filter(|version| *version != 0xFF)?;
        let (trace, parent, flags) = (hex(trace, 32)?, hex(parent, 16)?, hex(flags, 2)?);
        let parent = u64::try_from(parent).ok()?;
        (version <= 0xFE && trace != 0 && parent != 0).then_some(Self { trace, parent, is_sampled: flags & 1 == 1 })
    }
}

/// The number of exactly `length` lower-case hexadecimal digits.
fn hex(text: &str, length: usize) -> Option<u128> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_whole = text.len() == length && text.bytes().all(is_digit);
    is_whole.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(values: &[&str]) -> Option<TraceContext> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("traceparent", value.parse().expect("a header"));
        }
        TraceContext::of(&headers)
    }

    #[test]
    fn headers_that_name_a_trace() {
        let expected = TraceContext { trace: 0xA, parent: 0xB, is_sampled: true };
        let text = "00-0000000000000000000000000000000a-000000000000000b-01";
        assert_eq!(parsed(&[text]), Some(expected));
        assert_eq!(parsed(&[&text.replace("-01", "-02")]), Some(TraceContext { is_sampled: false, ..expected }));
        assert_eq!(parsed(&["cc-0000000000000000000000000000000a-000000000000000b-01-what"]), Some(expected));
    }

    #[test]
    fn other_headers_count_as_none() {
        let text = "00-0000000000000000000000000000000a-000000000000000b-01";
        for other in [
            "",
            "00",
            "ff-0000000000000000000000000000000a-000000000000000b-01",
            "00-00000000000000000000000000000000-000000000000000b-01",
            "00-0000000000000000000000000000000a-0000000000000000-01",
            "00-0000000000000000000000000000000A-000000000000000b-01",
            "00-0000000000000000000000000000000a-000000000000000b-01-x",
            "00-0000000000000000000000000000000a-000000000000000b-1",
            "00-+000000000000000000000000000000a-000000000000000b-01",
        ] {
            assert_eq!(parsed(&[other]), None, "{other}");
        }
        assert_eq!(parsed(&[text, text]), None);
    }
}
