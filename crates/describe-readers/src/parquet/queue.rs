//! Queue of the pages that a decoder of the `parquet` crate reads.
//!
//! Input: pages, one after another. Output: the pages in their order. The decoder comes to an end when there are no further ones, and
//! goes on when there are.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};

use describe_options::{InputError, ParquetFault};

/// Maximum number of pages that wait for a decoder: a dictionary, and the page after it.
const MAX_WAITING_PAGES: usize = 2;

/// Pages for a decoder.
pub(super) struct PageQueue(Receiver<Page>);

/// Sender of pages to a decoder.
pub(super) struct PageSender(SyncSender<Page>);

impl PageQueue {
    /// An empty queue, and the sender of its pages.
    pub(super) fn new() -> (PageSender, Self) {
        let (sender, receiver) = sync_channel(MAX_WAITING_PAGES);
        (PageSender(sender), Self(receiver))
    }
}

impl PageSender {
    /// Appends a page.
    ///
    /// # Errors
    /// More pages than may wait.
    pub(super) fn send(&self, page: Page) -> std::result::Result<(), InputError> {
        self.0.try_send(page).map_err(|_| InputError::of_data(ParquetFault::Order))
    }
}

impl Iterator for PageQueue {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for PageQueue {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        Ok(self.0.try_recv().ok())
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Err(ParquetError::NYI("pages are read in their order".into()))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        Err(ParquetError::NYI("pages are read in their order".into()))
    }
}
