//! Compressed inputs: gzip, zlib, Zstandard and Brotli, chunk by chunk.
//!
//! A decoder fills one buffer, which is handed on before it is filled again: memory stays flat whatever the ratio, and
//! what comes out is counted, so that a few bytes cannot keep a processor busy for long. A stream that breaks off is an
//! error, never a shorter input.

use std::fmt;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Decompress, FlushDecompress, Status};
#[cfg(feature = "zstd")]
use zstd::zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, get_error_name};

#[cfg(not(feature = "zstd"))]
use crate::errors::not_built;
use describe_options::{CompressionFault, Excess, InputError, Measured};

/// A way of compressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// gzip (RFC 1952), of one or more members.
    Gzip,
    /// zlib (RFC 1950); raw deflate data (RFC 1951), which some senders call so, too.
    Deflate,
    /// Zstandard (RFC 8878), of one or more frames.
    Zstd,
    /// Brotli (RFC 7932).
    Brotli,
}

impl Coding {
    /// At most so many may be stacked.
    pub const MAX_CODINGS: usize = 2;

    /// So many bytes are enough to recognise one.
    pub(super) const MAX_MAGIC_BYTES: usize = 4;

    /// The coding of what begins so, for those that say it.
    #[must_use]
    pub fn detect(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
            Self::Brotli => "br",
        }
    }
}

/// Takes codings off.
#[derive(Debug)]
pub struct Decompressor {
    /// In the order in which they are taken off.
    stages: Vec<Stage>,
    count: Count,
}

/// How many bytes may come out of the decoders, and did.
#[derive(Debug)]
struct Count {
    limit: u64,
    written: u64,
}

impl Count {
    fn add(&mut self, bytes: usize) -> Result<(), InputError> {
        self.written += bytes as u64;
        if self.written > self.limit { Err(too_much(self.limit)) } else { Ok(()) }
    }
}

impl Decompressor {
    /// Takes off `codings`, which are in the order in which they were applied; without any, bytes pass as they are.
    /// More than `limit` decompressed bytes are refused; `written` of them were there before.
    #[must_use]
    pub fn new(codings: &[Coding], limit: u64, written: u64) -> Self {
        Self {
            stages: codings.iter().rev().map(|coding| Stage::new(*coding)).collect(),
            count: Count { limit, written },
        }
    }

    /// How many bytes came out of the decoders, those before this one included.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.count.written
    }

    /// Whether bytes pass as they are.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.stages.is_empty()
    }

    /// Takes the next chunk, cut anywhere, and hands what comes out to `sink`.
    ///
    /// # Errors
    /// Data that are corrupt or too much, and what `sink` refuses.
    pub fn feed<E: From<InputError>>(
        &mut self,
        chunk: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        unpack(&mut self.stages, &mut self.count, chunk, sink)
    }

    /// Ends the input.
    ///
    /// # Errors
    /// When it broke off.
    pub fn finish(&self) -> Result<(), InputError> {
        match self.stages.iter().find(|stage| !stage.complete) {
            Some(Stage { coding, .. }) => {
                Err(InputError::of_data(CompressionFault::EndsEarly { coding: coding.name() }))
            }
            None => Ok(()),
        }
    }
}

/// Sends a chunk through all stages.
fn unpack<E: From<InputError>>(
    stages: &mut [Stage],
    count: &mut Count,
    mut chunk: &[u8],
    sink: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let Some((stage, rest)) = stages.split_first_mut() else { return sink(chunk) };
    loop {
        let (read, written) = stage.step(chunk)?;
        chunk = &chunk[read..];
        count.add(written)?;
        if written > 0 {
            unpack(rest, count, &stage.buffer[..written], sink)?;
        }
        // A full buffer may have left something inside.
        if (chunk.is_empty() && written < stage.buffer.len()) || (read == 0 && written == 0) {
            return Ok(());
        }
    }
}

/// Bytes that a decoder hands on at once.
const BUFFER: usize = 64 << 10;

/// The largest window, as a power of two: 8 MiB, what RFC 8878 wants every decoder to take. Beyond, the sender would say
/// how much memory we need.
#[cfg(feature = "zstd")]
const ZSTD_WINDOW: u32 = 23;

struct Stage {
    coding: Coding,
    decoder: Decoder,
    buffer: Vec<u8>,
    /// Whether the input may end here.
    complete: bool,
}

enum Decoder {
    /// Not before there is a byte.
    None,
    Inflate(Box<Decompress>),
    #[cfg(feature = "zstd")]
    Zstd(DCtx<'static>),
    Brotli(Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>),
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("coding", &self.coding).finish_non_exhaustive()
    }
}

impl Stage {
    fn new(coding: Coding) -> Self {
        Self { coding, decoder: Decoder::None, buffer: vec![0; BUFFER], complete: false }
    }

    /// Decodes into the buffer, and says how many bytes were read and written.
    fn step(&mut self, input: &[u8]) -> Result<(usize, usize), InputError> {
        match input.first() {
            Some(first) if self.complete || matches!(self.decoder, Decoder::None) => self.begin(*first)?,
            None if self.complete => return Ok((0, 0)),
            _ => {}
        }
        match &mut self.decoder {
            Decoder::None => Ok((0, 0)),
            Decoder::Inflate(_) => self.inflate(input),
            #[cfg(feature = "zstd")]
            Decoder::Zstd(_) => self.zstd(input),
            Decoder::Brotli(_) => self.brotli(input),
        }
    }

    /// Begins the data, or the next member or frame of them.
    fn begin(&mut self, first: u8) -> Result<(), InputError> {
        let more = match self.coding {
            Coding::Gzip => first == 0x1f,
            Coding::Zstd => true,
            Coding::Deflate | Coding::Brotli => false,
        };
        if self.complete && !more {
            return Err(InputError::of_data(CompressionFault::Followed { coding: self.coding.name() }));
        }
        self.complete = false;
        match (&mut self.decoder, self.coding) {
            // Its context goes on with the next frame.
            #[cfg(feature = "zstd")]
            (Decoder::Zstd(_), _) => {}
            (decoder, Coding::Gzip) => *decoder = Decoder::Inflate(Box::new(Decompress::new_gzip(15))),
            (decoder, Coding::Deflate) => {
                // CM 8 and a window of at most 32 KiB; a raw stream does not begin with a stored block whose padding is set.
                let zlib = first & 0x8f == 0x08;
                *decoder = Decoder::Inflate(Box::new(Decompress::new(zlib)));
            }
            #[cfg(not(feature = "zstd"))]
            (_, Coding::Zstd) => return Err(not_built("zstd")),
            #[cfg(feature = "zstd")]
            (decoder, Coding::Zstd) => {
                let mut context = DCtx::create();
                // Only a bound that zstd does not know could fail, and its own, 128 MiB, would hold then.
                let _ = context.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW));
                *decoder = Decoder::Zstd(context);
            }
            (decoder, Coding::Brotli) => {
                let new = StandardAlloc::default;
                // Strict: without the large windows, up to 1 GiB, that are no part of the standard.
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
            Ok(wanted) => self.complete = wanted == 0,
            Err("Frame requires too much memory for decoding") => {
                let max_mib = 1 << (ZSTD_WINDOW - 20);
                return Err(InputError::of_data(CompressionFault::Window { max_mib }));
            }
            Err(_) => return Err(self.corrupt()),
        }
        Ok((read, written))
    }

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

/// Error of more decompressed bytes than the limit.
pub(super) fn too_much(limit: u64) -> InputError {
    InputError::whole(Excess { of: Measured::Decompressed, max: limit })
}
