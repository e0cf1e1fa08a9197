//! Small writers of `PyTorch` and GGUF files, which can also write what no program would.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

/// A tensor to be written: name, type of its storage in torch, bytes of a number, shape, bytes.
#[derive(Debug, Clone)]
pub struct Given {
    pub name: String,
    pub storage: &'static str,
    pub width: usize,
    pub shape: Vec<u64>,
    pub bytes: Vec<u8>,
}

/// An entry of a zip file, with what may be said of it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: String,
    pub bytes: Vec<u8>,
    /// Compression as the directory and as the head state it.
    pub method: [u16; 2],
    pub flags: u16,
    /// Length as the directory states it, where that is not the truth.
    pub claimed: Option<u32>,
    /// Place of the head as the directory states it, where that is not the truth.
    pub head: Option<u32>,
    /// Name as the head states it.
    pub inner_name: Option<String>,
}

impl Entry {
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let (name, bytes) = (name.to_owned(), bytes.to_vec());
        Self { name, bytes, method: [0, 0], flags: 0, claimed: None, head: None, inner_name: None }
    }
}

/// A zip file of stored entries, each aligned to 64 bytes as torch does.
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    written(entries, false)
}

/// The same with the lengths and places of files beyond 4 GiB, as a directory states those.
pub fn zip64(entries: &[Entry]) -> Vec<u8> {
    written(entries, true)
}

fn written(entries: &[Entry], large: bool) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let head = u32::try_from(out.len()).unwrap();
        let length = u32::try_from(entry.bytes.len()).unwrap();
        let name = entry.inner_name.as_ref().unwrap_or(&entry.name);
        let begin = out.len() + 30 + name.len() + 4;
        let padding = begin.next_multiple_of(64) - begin;
        out.extend(b"PK\x03\x04");
        for number in [20, entry.flags, entry.method[1], 0, 0] {
            out.extend(number.to_le_bytes());
        }
        for number in [0, length, length] {
            out.extend(number.to_le_bytes());
        }
        for number in [name.len(), padding + 4] {
            out.extend(u16::try_from(number).unwrap().to_le_bytes());
        }
        out.extend(name.as_bytes());
        out.extend(b"FB");
        out.extend(u16::try_from(padding).unwrap().to_le_bytes());
        out.extend(vec![b'Z'; padding]);
        out.extend(&entry.bytes);
        directory.extend(b"PK\x01\x02");
        for number in [20, 20, entry.flags, entry.method[0], 0, 0] {
            directory.extend(number.to_le_bytes());
        }
        let claimed = if large { u32::MAX } else { entry.claimed.unwrap_or(length) };
        let extra: u16 = if large { 28 } else { 0 };
        for number in [0, claimed, claimed] {
            directory.extend(number.to_le_bytes());
        }
        for number in [u16::try_from(entry.name.len()).unwrap(), extra, 0, 0, 0] {
            directory.extend(number.to_le_bytes());
        }
        directory.extend(0_u32.to_le_bytes());
        let place = entry.head.unwrap_or(head);
        directory.extend(if large { u32::MAX } else { place }.to_le_bytes());
        directory.extend(entry.name.as_bytes());
        if large {
            directory.extend([1, 0, 24, 0]);
            for number in [length, length, place] {
                directory.extend(u64::from(number).to_le_bytes());
            }
        }
    }
    let (begin, count) = (u32::try_from(out.len()).unwrap(), u16::try_from(entries.len()).unwrap());
    out.extend(&directory);
    let end = out.len() as u64;
    if large {
        out.extend(b"PK\x06\x06");
        out.extend(44_u64.to_le_bytes());
        out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for number in [count.into(), count.into(), directory.len() as u64, u64::from(begin)] {
            out.extend(number.to_le_bytes());
        }
        out.extend(b"PK\x06\x07\0\0\0\0");
        out.extend(end.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    out.extend(b"PK\x05\x06");
    for number in [0, 0, count, count] {
        out.extend(if large && number > 0 { u16::MAX } else { number }.to_le_bytes());
    }
    let length = u32::try_from(directory.len()).unwrap();
    for number in [length, begin] {
        out.extend(if large { u32::MAX } else { number }.to_le_bytes());
    }
    out.extend(0_u16.to_le_bytes());
    out
}

/// Instructions of a pickle, one after the other.
#[derive(Debug, Clone, Default)]
pub struct Pickle(pub Vec<u8>);

impl Pickle {
    pub fn new() -> Self {
        Self(vec![0x80, 2])
    }

    pub fn op(mut self, code: u8) -> Self {
        self.0.push(code);
        self
    }

    pub fn text(mut self, text: &str) -> Self {
        self.0.push(b'X');
        self.0.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        self.0.extend(text.as_bytes());
        self
    }

    pub fn name(mut self, module: &str, name: &str) -> Self {
        self.0.extend(format!("c{module}\n{name}\n").as_bytes());
        self
    }

    pub fn number(mut self, number: i64) -> Self {
        self.0.extend([0x8a, 8]);
        self.0.extend(number.to_le_bytes());
        self
    }

    pub fn numbers(self, numbers: &[u64]) -> Self {
        let open = self.op(b'(');
        numbers.iter().fold(open, |pickle, number| pickle.number(number.cast_signed())).op(b't')
    }

    /// A tensor over a storage.
    pub fn tensor(self, (storage, key, count): (&str, &str, u64), offset: u64, shape: &[u64], strides: &[u64]) -> Self {
        self.name("torch._utils", "_rebuild_tensor_v2")
            .op(b'(')
            .op(b'(')
            .text("storage")
            .name("torch", storage)
            .text(key)
            .text("cpu")
            .number(count.cast_signed())
            .op(b't')
            .op(b'Q')
            .number(offset.cast_signed())
            .numbers(shape)
            .numbers(strides)
            .op(0x89)
            .name("collections", "OrderedDict")
            .op(b')')
            .op(b'R')
            .op(b't')
            .op(b'R')
    }

    pub fn end(mut self) -> Vec<u8> {
        self.0.push(b'.');
        self.0
    }
}

/// Strides of numbers that lie row after row.
pub fn strides(shape: &[u64]) -> Vec<u64> {
    let mut strides = vec![1; shape.len()];
    for at in (1..shape.len()).rev() {
        strides[at - 1] = strides[at] * shape[at].max(1);
    }
    strides
}

/// Tensors as `torch.save` writes a state dict, each over a storage of its own whose key is its number.
pub fn state(tensors: &[Given]) -> Pickle {
    let mut pickle = Pickle::new().op(b'}').op(b'(');
    for (at, tensor) in tensors.iter().enumerate() {
        let count = (tensor.bytes.len() / tensor.width) as u64;
        pickle = pickle.text(&tensor.name).tensor(
            (tensor.storage, &at.to_string(), count),
            0,
            &tensor.shape,
            &strides(&tensor.shape),
        );
    }
    pickle.op(b'u')
}

/// A `PyTorch` file of a pickle and its storages.
pub fn torch(program: &[u8], storages: &[Vec<u8>]) -> Vec<u8> {
    zip(&torch_entries(program, storages))
}

/// The entries of such a file.
pub fn torch_entries(program: &[u8], storages: &[Vec<u8>]) -> Vec<Entry> {
    let mut entries = vec![Entry::new("model/data.pkl", program), Entry::new("model/byteorder", b"little")];
    entries.extend(storages.iter().enumerate().map(|(at, bytes)| Entry::new(&format!("model/data/{at}"), bytes)));
    entries.push(Entry::new("model/version", b"3\n"));
    entries
}

/// A `PyTorch` file of tensors.
pub fn torch_of(tensors: &[Given]) -> Vec<u8> {
    let storages: Vec<Vec<u8>> = tensors.iter().map(|tensor| tensor.bytes.clone()).collect();
    torch(&state(tensors).end(), &storages)
}

/// A text as GGUF writes it.
pub fn gguf_text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
}

/// A value of GGUF: key, type, bytes.
pub fn gguf_value(key: &str, kind: u32, bytes: &[u8]) -> Vec<u8> {
    [&gguf_text(key), &kind.to_le_bytes()[..], bytes].concat()
}

/// A text value.
pub fn gguf_word(key: &str, text: &str) -> Vec<u8> {
    gguf_value(key, 8, &gguf_text(text))
}

/// A tensor of a GGUF file: name, lengths with that of a row first, format, offset.
pub fn gguf_tensor(name: &str, sides: &[u64], kind: u32, offset: u64) -> Vec<u8> {
    let mut out = gguf_text(name);
    out.extend(u32::try_from(sides.len()).unwrap().to_le_bytes());
    out.extend(sides.iter().flat_map(|side| side.to_le_bytes()));
    out.extend(kind.to_le_bytes());
    out.extend(offset.to_le_bytes());
    out
}

/// A GGUF file of values, tensors and data, with the usual alignment.
pub fn gguf(values: &[Vec<u8>], tensors: &[Vec<u8>], data: &[u8]) -> Vec<u8> {
    let mut out = b"GGUF\x03\0\0\0".to_vec();
    out.extend((tensors.len() as u64).to_le_bytes());
    out.extend((values.len() as u64).to_le_bytes());
    out.extend(values.concat());
    out.extend(tensors.concat());
    out.resize(out.len().next_multiple_of(32), 0);
    out.extend(data);
    out
}
