//! Shapes of a table in JSON.

/// Shape of a table in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `[{"mark":41},{"mark":55}]`, or one such object a line.
    Records,
    /// `{"mark":[41,55]}`.
    NamedArrays,
    /// `{"mark":{"0":41,"1":55}}`.
    Columns,
    /// `{"0":{"mark":41},"1":{"mark":55}}`.
    Index,
    /// `{"columns":["mark"],"index":[0,1],"data":[[41],[55]]}`.
    Split,
    /// `[["mark"],[41],[55]]`, or without names.
    Values,
    /// `{"schema":{…},"data":[{"mark":41},{"mark":55}]}`.
    Table,
    /// `{"columns":[{"name":"mark","datatype":"Int64","values":[41,55]}]}`.
    Series,
}

impl Shape {
    /// Name of the shape, where pandas has it the same as its `orient`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::NamedArrays => "list",
            Self::Columns => "columns",
            Self::Index => "index",
            Self::Split => "split",
            Self::Values => "values",
            Self::Table => "table",
            Self::Series => "series",
        }
    }
}
