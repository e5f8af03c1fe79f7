//! Streaming decompression of gzip, zlib, Zstandard and Brotli.
//!
//! Input: chunks of compressed bytes. Output: chunks of decompressed bytes, passed to a sink.
//!
//! Invariants: each decoder has one buffer, which is passed on before it is refilled, so that memory is constant at any
//! compression ratio; the decompressed bytes are counted against a limit, which bounds the processing time of small
//! inputs; a truncated stream is an error, never a shorter input.

use std::fmt;

#[cfg(feature = "brotli")]
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Decompress, FlushDecompress, Status};
#[cfg(feature = "zstd")]
use zstd::zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, get_error_name};

use crate::detect;
#[cfg(not(all(feature = "brotli", feature = "zstd")))]
use crate::errors::not_built;
use crate::ledger::Ledger;
use crate::limits::Limits;
use describe_options::{CompressionFault, Excess, FileKind, InputError, Measured};

/// Defines [`Coding`], the list of all codings and their names from one list.
macro_rules! codings {
    ($(#[doc = $doc:literal] $coding:ident = $name:literal,)+) => {
        /// Content coding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Coding {
            $(#[doc = $doc] $coding,)+
        }

        impl Coding {
            /// All codings.
            pub const ALL: &[Self] = &[$(Self::$coding),+];

            /// Name in the register of content codings.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$coding => $name,)+
                }
            }
        }
    };
}

codings! {
    /// gzip (RFC 1952), with one or more members.
    Gzip = "gzip",
    /// zlib (RFC 1950). Raw deflate data (RFC 1951) are accepted too, because some programs send them under the same name.
    Deflate = "deflate",
    /// Zstandard (RFC 8878), with one or more frames.
    Zstd = "zstd",
    /// Brotli (RFC 7932).
    Brotli = "br",
}

impl Coding {
    /// Maximum number of codings applied to one input.
    pub const MAX_CODINGS: usize = 2;

    /// Length of the longest magic number.
    pub(super) const MAX_MAGIC_BYTES: usize = 4;

    /// Memory of a decoder with the largest window that is accepted.
    fn decoder_bytes(self) -> usize {
        match self {
            Self::Gzip | Self::Deflate => 64 << 10,
            Self::Zstd => 9 << 20,
            Self::Brotli => 17 << 20,
        }
    }

    /// Coding of an input that begins with `start`; `None` also for codings without a magic number.
    #[must_use]
    pub fn detect(start: &[u8]) -> Option<Self> {
        match detect::kind(start)? {
            FileKind::Gzip => Some(Self::Gzip),
            FileKind::Zstd => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// Decompresses a stream to which one or more codings were applied.
#[derive(Debug)]
pub struct Decompressor {
    /// Decoders in the order in which they are applied.
    stages: Vec<Stage>,
    output: OutputBudget,
}

/// Number and limit of the bytes written by all decoders.
#[derive(Debug)]
struct OutputBudget {
    limit: u64,
    written: u64,
    /// Bytes of the file itself so far, before decompression.
    read: u64,
    ledger: Ledger,
}

/// Decompressed bytes that a file may have whatever its size.
const FREE_OUTPUT_BYTES: u64 = 16 << 20;

/// Maximum ratio of decompressed bytes, beyond the free ones, to those of the file: deflate reaches 1032 on zeros, texts 10.
const MAX_RATIO: u64 = 1000;

impl OutputBudget {
    fn add(&mut self, bytes: usize) -> Result<(), InputError> {
        self.written += bytes as u64;
        if self.written > self.limit {
            return Err(decompressed_size_exceeded(self.limit));
        }
        if self.written > FREE_OUTPUT_BYTES + MAX_RATIO * self.read {
            return Err(InputError::of_data(CompressionFault::Ratio { max: MAX_RATIO }));
        }
        self.ledger.check()
    }
}

impl Decompressor {
    /// Creates a decompressor for `codings`, in the order in which they were applied; without codings, bytes pass
    /// unchanged. More decompressed bytes than the limit are an error; earlier files have used `written` of them.
    #[must_use]
    pub fn new(codings: &[Coding], limits: &Limits, written: u64) -> Self {
        let (limit, ledger) = (limits.decompressed, limits.ledger.clone());
        Self {
            stages: codings.iter().rev().map(|coding| Stage::new(*coding)).collect(),
            output: OutputBudget { limit, written, read: 0, ledger },
        }
    }

    /// Number of decompressed bytes, those of earlier files included.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.output.written
    }

    /// Whether bytes pass unchanged.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.stages.is_empty()
    }

    /// Decompresses the next chunk, which may be cut anywhere, into `sink`.
    ///
    /// # Errors
    /// Corrupt data, more decompressed bytes than the limit, and the errors of `sink`.
    pub fn feed<E: From<InputError>>(
        &mut self,
        chunk: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.output.read += chunk.len() as u64;
        decompress(&mut self.stages, &mut self.output, chunk, sink)
    }

    /// Checks that the input is complete.
    ///
    /// # Errors
    /// A truncated stream.
    pub fn finish(&self) -> Result<(), InputError> {
        match self.stages.iter().find(|stage| !stage.complete) {
            Some(Stage { coding, .. }) => {
                Err(InputError::of_data(CompressionFault::EndsEarly { coding: coding.name() }))
            }
            None => Ok(()),
        }
    }
}

/// Passes a chunk through all stages.
fn decompress<E: From<InputError>>(
    stages: &mut [Stage],
    output: &mut OutputBudget,
    mut chunk: &[u8],
    sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let Some((stage, rest)) = stages.split_first_mut() else { return sink(chunk) };
    loop {
        let (read, written) = stage.step(chunk, &output.ledger)?;
        chunk = &chunk[read..];
        output.add(written)?;
        if written > 0 {
            decompress(rest, output, &stage.buffer[..written], sink)?;
        }
        // After a full buffer the decoder may hold more output.
        if (chunk.is_empty() && written < stage.buffer.len()) || (read == 0 && written == 0) {
            return Ok(());
        }
    }
}

/// Size of a decoder's output buffer.
const BUFFER_BYTES: usize = 64 << 10;

/// Base-2 logarithm of the largest window: 8 MiB, which RFC 8878 recommends that every decoder supports. With larger ones
/// the sender would control how much memory is allocated.
#[cfg(feature = "zstd")]
const MAX_ZSTD_WINDOW_LOG: u32 = 23;

struct Stage {
    coding: Coding,
    decoder: Decoder,
    buffer: Vec<u8>,
    /// Whether the input may end after the bytes decoded so far.
    complete: bool,
}

enum Decoder {
    /// No byte was read yet: the first one selects the decoder.
    None,
    Inflate(Box<Decompress>),
    #[cfg(feature = "zstd")]
    Zstd(DCtx<'static>),
    #[cfg(feature = "brotli")]
    Brotli(Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>),
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("coding", &self.coding).finish_non_exhaustive()
    }
}

impl Stage {
    fn new(coding: Coding) -> Self {
        Self { coding, decoder: Decoder::None, buffer: vec![0; BUFFER_BYTES], complete: false }
    }

    /// Decodes into the buffer; returns the numbers of bytes read and written.
    fn step(&mut self, input: &[u8], ledger: &Ledger) -> Result<(usize, usize), InputError> {
        match input.first() {
            Some(first) if self.complete || matches!(self.decoder, Decoder::None) => {
                self.begin_member(*first, ledger)?;
            }
            None if self.complete => return Ok((0, 0)),
            _ => {}
        }
        match &mut self.decoder {
            Decoder::None => Ok((0, 0)),
            Decoder::Inflate(_) => self.inflate(input),
            #[cfg(feature = "zstd")]
            Decoder::Zstd(_) => self.zstd(input),
            #[cfg(feature = "brotli")]
            Decoder::Brotli(_) => self.brotli(input),
        }
    }

    /// Prepares the decoder for the first or the next member or frame, whose first byte is `first`.
    fn begin_member(&mut self, first: u8, ledger: &Ledger) -> Result<(), InputError> {
        let may_follow = match self.coding {
            Coding::Gzip => first == 0x1f,
            Coding::Zstd => true,
            Coding::Deflate | Coding::Brotli => false,
        };
        if self.complete && !may_follow {
            return Err(InputError::of_data(CompressionFault::Followed { coding: self.coding.name() }));
        }
        self.complete = false;
        if matches!(self.decoder, Decoder::None) {
            ledger.charge(self.coding.decoder_bytes())?;
        }
        match (&mut self.decoder, self.coding) {
            // The context continues with the next frame.
            #[cfg(feature = "zstd")]
            (Decoder::Zstd(_), _) => {}
            (decoder, Coding::Gzip) => *decoder = Decoder::Inflate(Box::new(Decompress::new_gzip(15))),
            (decoder, Coding::Deflate) => {
                // zlib's CM is 8 and its window at most 32 KiB. A raw stream with these bits would begin with a stored
                // block with nonzero padding.
                let zlib = first & 0x8f == 0x08;
                *decoder = Decoder::Inflate(Box::new(Decompress::new(zlib)));
            }
            #[cfg(not(feature = "zstd"))]
            (_, Coding::Zstd) => return Err(not_built("zstd")),
            #[cfg(feature = "zstd")]
            (decoder, Coding::Zstd) => {
                let mut context = DCtx::create();
                // Fails only for a bound outside zstd's range; zstd's default bound of 128 MiB applies then.
                let _ = context.set_parameter(DParameter::WindowLogMax(MAX_ZSTD_WINDOW_LOG));
                *decoder = Decoder::Zstd(context);
            }
            #[cfg(not(feature = "brotli"))]
            (_, Coding::Brotli) => return Err(not_built("brotli")),
            #[cfg(feature = "brotli")]
            (decoder, Coding::Brotli) => {
                let new = StandardAlloc::default;
                // Strict: without the nonstandard large windows of up to 1 GiB.
                *decoder = Decoder::Brotli(Box::new(BrotliState::new_strict(new(), new(), new())));
            }
        }
        Ok(())
    }

    fn inflate(&mut self, input: &[u8]) -> Result<(usize, usize), InputError> {
        let Decoder::Inflate(decoder) = &mut self.decoder else { return Ok((0, 0)) };
        let before = (decoder.total_in(), decoder.total_out());
        let Ok(status) = decoder.decompress(input, &mut self.buffer, FlushDecompress::None) else {
            return Err(self.corrupt());
        };
        self.complete = status == Status::StreamEnd;
        let count = |total: u64, before: u64| usize::try_from(total - before).unwrap_or(usize::MAX);
        Ok((count(decoder.total_in(), before.0), count(decoder.total_out(), before.1)))
    }

    #[cfg(feature = "zstd")]
    fn zstd(&mut self, input: &[u8]) -> Result<(usize, usize), InputError> {
        let Decoder::Zstd(decoder) = &mut self.decoder else { return Ok((0, 0)) };
        let mut from = InBuffer::around(input);
        let mut to = OutBuffer::around(self.buffer.as_mut_slice());
        let result = decoder.decompress_stream(&mut to, &mut from);
        let (read, written) = (from.pos(), to.pos());
        match result.map_err(get_error_name) {
            Ok(expected_bytes) => self.complete = expected_bytes == 0,
            Err("Frame requires too much memory for decoding") => {
                let max_mib = 1 << (MAX_ZSTD_WINDOW_LOG - 20);
                return Err(InputError::of_data(CompressionFault::Window { max_mib }));
            }
            Err(_) => return Err(self.corrupt()),
        }
        Ok((read, written))
    }

    #[cfg(feature = "brotli")]
    fn brotli(&mut self, input: &[u8]) -> Result<(usize, usize), InputError> {
        let Decoder::Brotli(decoder) = &mut self.decoder else { return Ok((0, 0)) };
        let (mut left, mut read) = (input.len(), 0);
        let (mut room, mut written, mut total) = (self.buffer.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut read,
            input,
            &mut room,
            &mut written,
            &mut self.buffer,
            &mut total,
            decoder,
        );
        match result {
            BrotliResult::ResultSuccess => self.complete = true,
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultFailure => return Err(self.corrupt()),
        }
        Ok((read, written))
    }

    fn corrupt(&self) -> InputError {
        InputError::of_data(CompressionFault::Corrupt { coding: self.coding.name() })
    }
}

/// Error of more decompressed bytes than `limit`.
pub(super) fn decompressed_size_exceeded(limit: u64) -> InputError {
    InputError::whole(Excess { of: Measured::Decompressed, max: limit })
}
