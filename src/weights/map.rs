//! Files mapped into memory: the one unsafe place of the program, used only where a mapping was asked for
//! (docs/decisions/0019).

use std::fs::File;

use memmap2::Mmap;

/// The bytes of one file, mapped for reading.
#[derive(Debug)]
pub(super) struct Mapped(Mmap);

impl Mapped {
    /// Maps a whole file.
    #[expect(
        unsafe_code,
        reason = "another process can change or cut what is mapped; who asks for a mapping is told so"
    )]
    pub(super) fn of(file: &File) -> std::io::Result<Self> {
        // SAFETY: the mapping is read-only and never leaves this type but as a slice that lives no longer. Nothing in
        // this program writes the file. That no other process does cannot be known: bytes that change meanwhile give
        // wrong figures, as they would in a read; bytes that are cut off end the process with a signal. Hence reading
        // is the default, and `Blocks` looks at the length of the file before it hands out each block.
        let map = unsafe { Mmap::map(file)? };
        Ok(Self(map))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
