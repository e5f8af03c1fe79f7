//! Rows of an XLSX sheet as spreadsheet programs write them, without XML events.
//!
//! Input: text of a sheet behind a row. Output: the cells of the next row, if all of it is there and it is plain: its elements
//! without prefixes and in their usual order, its texts without references. Any other row is left to the reader of events, so the
//! result is the same as without this one, which takes a fraction of the time (benchmark `xlsx_marks_by_comment`).

/// Cell of a plain row. Texts are as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PlainCell<'a> {
    pub(super) reference: Option<&'a str>,
    pub(super) style: &'a str,
    pub(super) kind: &'a str,
    pub(super) value: &'a str,
    pub(super) has_formula: bool,
}

/// Plain row of a text.
#[derive(Debug)]
pub(super) struct PlainRow<'a> {
    /// Number as written, if it is.
    pub(super) number: Option<&'a str>,
    /// Length of the row and the white space before it.
    pub(super) length: usize,
    /// Text from the next cell on.
    rest: Scanner<'a>,
}

impl<'a> PlainRow<'a> {
    /// Begins the row at the beginning of `text`; `None` if it is not plain or is cut.
    pub(super) fn begin(text: &'a [u8]) -> Option<Self> {
        let end = memchr::memmem::find(text, b"</row>")? + b"</row>".len();
        let mut rest = Scanner(std::str::from_utf8(&text[..end]).ok()?);
        rest.skip_blanks();
        rest.skip("<row")?;
        let mut number = None;
        let is_empty =
            rest.attributes(|name, value| if name == "r" { replace(&mut number, value) } else { Some(()) })?;
        (!is_empty).then_some(Self { number, length: end, rest })
    }

    /// Whether no cell follows.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.rest.skip_blanks();
        self.rest.0 == "</row>"
    }

    /// Reads the next cell; `None` if it is not plain.
    pub(super) fn cell(&mut self) -> Option<PlainCell<'a>> {
        let rest = &mut self.rest;
        rest.skip("<c")?;
        let (mut reference, mut style, mut kind) = (None, None, None);
        let is_empty = rest.attributes(|name, value| match name {
            "r" => replace(&mut reference, value),
            "s" => replace(&mut style, value),
            "t" => replace(&mut kind, value),
            _ => Some(()),
        })?;
        let (style, kind) = (style.unwrap_or_default(), kind.unwrap_or_default());
        let mut cell = PlainCell { reference, style, kind, ..PlainCell::default() };
        if is_empty {
            return Some(cell);
        }
        if rest.skip("<f").is_some() {
            cell.has_formula = true;
            if !rest.attributes(|_, _| Some(()))? {
                rest.text()?;
                rest.skip("</f>")?;
            }
        }
        if kind == "inlineStr" {
            rest.skip("<is><t")?;
            if !rest.attributes(|_, _| Some(()))? {
                cell.value = rest.text()?;
                rest.skip("</t>")?;
            }
            rest.skip("</is>")?;
        } else if rest.skip("<v>").is_some() {
            cell.value = rest.text()?;
            rest.skip("</v>")?;
        }
        rest.skip("</c>")?;
        Some(cell)
    }
}

/// Sets the value of an attribute; `None` if the attribute is repeated.
fn replace<'a>(attribute: &mut Option<&'a str>, value: &'a str) -> Option<()> {
    attribute.replace(value).is_none().then_some(())
}

/// Text that is not read yet.
#[derive(Debug)]
struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    fn skip_blanks(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    /// Skips a literal; `None` if the text does not begin with it.
    fn skip(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    /// Text before the next markup; `None` if it has a reference or a line break that is normalized.
    fn text(&mut self) -> Option<&'a str> {
        let end = self.0.bytes().position(|byte| matches!(byte, b'<' | b'&' | b'\r'))?;
        let (text, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        rest.starts_with('<').then_some(text)
    }

    /// Reads the rest of a start tag behind its name, and passes on the name and value of each attribute. Returns whether the
    /// element is empty; `None` if an attribute is not plain, or `pass_on` refuses it.
    fn attributes(&mut self, mut pass_on: impl FnMut(&'a str, &'a str) -> Option<()>) -> Option<bool> {
        loop {
            match self.0.as_bytes() {
                [b'>', ..] => return self.skip(">").map(|()| false),
                [b'/', b'>', ..] => return self.skip("/>").map(|()| true),
                [b' ', ..] => self.skip(" ")?,
                _ => return None,
            }
            if matches!(self.0.as_bytes(), [b'>' | b'/', ..]) {
                continue;
            }
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.');
            let name_end = self.0.bytes().position(|byte| !is_name(byte)).filter(|end| *end > 0)?;
            let (name, rest) = self.0.split_at_checked(name_end)?;
            self.0 = rest;
            self.skip("=\"")?;
            let is_special = |byte: u8| matches!(byte, b'"' | b'<' | b'>' | b'&') || byte < b' ';
            let value_end = self.0.bytes().position(is_special)?;
            let (value, rest) = self.0.split_at_checked(value_end)?;
            self.0 = rest;
            self.skip("\"")?;
            pass_on(name, value)?;
        }
    }
}
