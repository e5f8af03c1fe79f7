//! Operations that describe a body: the data that each accepts, and the operation for other data.

use crate::describe::Described;
use crate::http::error::Error;
use crate::http::media::Declared;
use crate::http::media_types;
use crate::http::request_error::RequestError;
use describe_options::{Axis, Origin};
use describe_readers::{Data, Format};

/// An operation that describes a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `POST /stats`: any data.
    Stats,
    /// `POST /numbers`: a flat array with its options, as JSON.
    Numbers,
    /// `POST /nested`: nested arrays, as JSON.
    Nested,
    /// `POST /table`: a table.
    Table,
    /// `POST /upload`: files that are tables, in a form.
    Upload,
    /// `POST /items`: a table of candidates, of which items are analysed.
    Items,
    /// `POST /merge`: states.
    Merge,
    /// `POST /finish`: results of SQL statements.
    Finish,
}

impl Operation {
    /// The path below the base path.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Stats => "/stats",
            Self::Numbers => "/numbers",
            Self::Nested => "/nested",
            Self::Table => "/table",
            Self::Upload => "/upload",
            Self::Items => "/items",
            Self::Merge => "/merge",
            Self::Finish => "/finish",
        }
    }

    /// The media types that it accepts, as the header Accept-Post lists them; for [`Operation::Stats`] all.
    #[must_use]
    pub fn media_types(self) -> &'static str {
        match self {
            Self::Stats => media_types::accepted(),
            Self::Numbers | Self::Nested => media_types::JSON,
            Self::Table => media_types::tables(),
            Self::Items => media_types::candidates(),
            Self::Upload => media_types::FORM,
            Self::Merge => media_types::states(),
            Self::Finish => media_types::sql_results(),
        }
    }

    /// Checks that a body of this type may hold what the operation describes.
    ///
    /// # Errors
    /// 415, with the operation for such a body.
    pub fn check_type(self, declared: &Declared) -> Result<(), Error> {
        let format = match declared {
            Declared::Form { .. } => {
                return self.require(
                    matches!(self, Self::Stats | Self::Upload | Self::Items | Self::Merge | Self::Finish),
                    Self::Upload,
                );
            }
            Declared::File(source) | Declared::Urlencoded(source) => source.format,
        };
        match self {
            Self::Stats => Ok(()),
            Self::Numbers | Self::Nested => self.require(matches!(format, None | Some(Format::Json)), Self::Table),
            Self::Table => self.require(format.is_none_or(media_types::can_be_table), Self::Stats),
            Self::Items => self.require(format.is_none_or(media_types::can_have_items), Self::Stats),
            Self::Upload => self.require(false, Self::Stats),
            Self::Merge => self.require(matches!(format, None | Some(Format::Json | Format::State)), Self::Stats),
            Self::Finish => {
                self.require(!matches!(format, Some(Format::Workbook | Format::Parquet | Format::State)), Self::Stats)
            }
        }
    }

    fn require(self, taken: bool, other: Self) -> Result<(), Error> {
        if taken {
            return Ok(());
        }
        Err(Error::OtherMediaType { operation: self.path(), takes: self.media_types(), other: other.path() })
    }

    /// Checks that the data are what the operation describes.
    ///
    /// # Errors
    /// 422, with the operation for such data; items that no option names.
    pub fn check_data(self, described: &Described) -> Result<(), Error> {
        let refused = |found, other: Self| {
            Err(RequestError::OtherData { found, operation: self.path(), other: other.path() }.into())
        };
        match (self, described.data()) {
            (Self::Items, Data::Table(_)) => Ok(described.check_items(Origin::Query)?),
            (_, Data::Table(table)) if table.items.is_some() => refused("the items of a test", Self::Items),
            (Self::Merge, data) if data.is_of_states() => Ok(()),
            (Self::Merge, _) => refused("other data than states", Self::Stats),
            (Self::Stats | Self::Finish, _) | (Self::Table | Self::Upload, Data::Table(_)) => Ok(()),
            (Self::Numbers | Self::Nested, Data::Table(_)) => refused("a table", Self::Table),
            (Self::Upload | Self::Items, Data::Numbers(_)) => refused("numbers without a table", Self::Stats),
            (Self::Nested, Data::Numbers(numbers)) if numbers.nested.is_some() => {
                if described.options().axis == Some(Axis::Flat) {
                    refused("nested arrays to be described as one array", Self::Stats)
                } else {
                    Ok(())
                }
            }
            (_, Data::Numbers(numbers)) if numbers.nested.is_some() => refused("nested arrays", Self::Nested),
            (Self::Numbers, Data::Numbers(numbers)) if numbers.is_member() => Ok(()),
            (Self::Numbers, Data::Numbers(_)) => {
                refused("an array that is not the member numbers of an object", Self::Stats)
            }
            (Self::Nested | Self::Table, Data::Numbers(numbers)) => {
                refused("a flat array of numbers", if numbers.is_member() { Self::Numbers } else { Self::Stats })
            }
        }
    }
}
