//! A pickle read as a tree of values, calling nothing.
//!
//! The instructions of protocols 2 to 5 that write data are understood; those that make objects by calling make a value
//! of the table of [`names`](super::names) or end the reading. Values live in lists of one pickle, named by number, so
//! that a value that contains itself costs nothing and nothing is freed by recursion. What the values take is bounded
//! by [`MAX_VALUE_BYTES`], whatever the program does.

use super::TorchProblem;
use super::names::{MAX_BYTES, Meaning, Name};
use crate::weights::Dtype;

/// Most memory that the values of one pickle take, in bytes. A tensor takes some 600.
pub(super) const MAX_VALUE_BYTES: usize = 128 << 20;
/// Most values on the stack at once.
const MAX_STACK: usize = 1 << 20;
/// Most places of the memo.
const MAX_MEMO: usize = 1 << 21;
/// Newest protocol that is known.
const NEWEST: u8 = 5;

/// A range of the pickle's own bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    start: u32,
    length: u32,
}

/// A value. What is larger than a number lies in the pickle's lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    /// A number that is no whole one, bytes, a setting: anything that holds no tensor and names nothing.
    Other,
    Int(i64),
    Text(Text),
    Name(Name),
    Object(u32),
}

/// A value that others can be put into, or that a call made.
#[derive(Debug, Clone)]
pub(super) enum Object {
    /// Values in a row, which cannot change.
    Tuple(Row),
    List(Vec<Value>),
    Mapping(Vec<(Value, Value)>),
    Storage(Storage),
    Tensor(Tensor),
    /// A setting that others may be put into; they are not kept.
    Setting,
}

/// A part of the list of all tuples' items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    start: u32,
    length: u32,
}

/// What a pickle says of a storage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Storage {
    /// Its number format; none for plain bytes.
    pub kind: Option<Dtype>,
    pub key: Text,
    /// Number of elements, or of bytes.
    pub count: u64,
}

/// What a pickle says of a tensor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tensor {
    /// The object that is its storage.
    pub storage: u32,
    /// Its own number format, where it states one.
    pub kind: Option<Dtype>,
    /// Elements before it.
    pub offset: u64,
    pub shape: Row,
    pub stride: Row,
}

/// A pickle that was read.
#[derive(Debug)]
pub(super) struct Pickle<'a> {
    bytes: &'a [u8],
    objects: Vec<Object>,
    items: Vec<Value>,
    /// What the pickle is about.
    pub root: Value,
}

impl<'a> Pickle<'a> {
    /// Reads a pickle to its end; an error comes with the place of the instruction.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, (usize, TorchProblem)> {
        let pickle = Self { bytes, objects: Vec::new(), items: Vec::new(), root: Value::Other };
        let mut machine = Machine { pickle, at: 0, stack: Vec::new(), marks: Vec::new(), memo: Vec::new(), taken: 0 };
        loop {
            let at = machine.at;
            match machine.step() {
                Ok(true) => {}
                Ok(false) => return Ok(machine.pickle),
                Err(problem) => return Err((at, problem)),
            }
        }
    }

    pub(super) fn object(&self, value: Value) -> Option<&Object> {
        match value {
            Value::Object(at) => self.objects.get(at as usize),
            _ => None,
        }
    }

    /// A text, where it is one.
    pub(super) fn text(&self, text: Text) -> Option<&'a str> {
        std::str::from_utf8(self.bytes.get(text.start as usize..)?.get(..text.length as usize)?).ok()
    }

    pub(super) fn row(&self, row: Row) -> &[Value] {
        self.items.get(row.start as usize..).and_then(|rest| rest.get(..row.length as usize)).unwrap_or_default()
    }

    /// How many values a row has.
    pub(super) fn count(row: Row) -> usize {
        row.length as usize
    }

    /// A row of lengths.
    pub(super) fn lengths(&self, row: Row) -> Option<Vec<u64>> {
        let length = |value: &Value| match value {
            Value::Int(number) => u64::try_from(*number).ok(),
            _ => None,
        };
        self.row(row).iter().map(length).collect()
    }

    /// The storage of a tensor.
    pub(super) fn storage(&self, at: u32) -> Storage {
        match self.objects.get(at as usize) {
            Some(Object::Storage(storage)) => *storage,
            _ => Storage { kind: None, key: Text { start: 0, length: 0 }, count: 0 },
        }
    }
}

struct Machine<'a> {
    pickle: Pickle<'a>,
    at: usize,
    stack: Vec<Value>,
    /// Heights of the stack at the marks.
    marks: Vec<usize>,
    memo: Vec<Option<Value>>,
    /// Bytes that the values take.
    taken: usize,
}

impl<'a> Machine<'a> {
    /// One instruction; false at the end.
    fn step(&mut self) -> Result<bool, TorchProblem> {
        match self.byte()? {
            b'.' => {
                self.pickle.root = self.pop()?;
                return Ok(false);
            }
            0x80 => {
                let version = self.byte()?;
                if version > NEWEST {
                    return Err(TorchProblem::Protocol(version));
                }
            }
            0x95 => drop(self.take(8)?),
            b'(' => {
                self.bounded()?;
                self.marks.push(self.stack.len());
            }
            b'0' => drop(self.pop()?),
            b'1' => drop(self.above_mark()?),
            b'2' => {
                let top = self.top()?;
                self.push(top)?;
            }
            code @ (b'N' | 0x88 | 0x89 | b'G' | b'J' | b'K' | b'M' | 0x8a | 0x8b) => self.number(code)?,
            code @ (b'X' | 0x8c | 0x8d | b'T' | b'U' | b'B' | b'C' | 0x8e | 0x96) => self.bytes(code)?,
            code @ (b'}' | b']' | 0x8f | b')' | b't' | 0x85 | 0x86 | 0x87 | 0x91) => self.collection(code)?,
            code @ (b'a' | b'e' | 0x90 | b's' | b'u') => self.fill(code)?,
            code @ (b'q' | b'r' | 0x94 | b'h' | b'j') => self.memo(code)?,
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.name(module, name)?;
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Some(module), Some(name)) = (self.word(module), self.word(name)) else {
                    return Err(TorchProblem::Form);
                };
                self.name(module, name)?;
            }
            b'R' | 0x81 => {
                let (arguments, called) = (self.pop()?, self.pop()?);
                let made = self.call(called, arguments, true)?;
                self.push(made)?;
            }
            b'b' => {
                let (_state, target) = (self.pop()?, self.top()?);
                // What is set on a mapping (`_metadata`), a parameter or a setting holds no weights.
                if !matches!(
                    self.pickle.object(target),
                    Some(Object::Mapping(_) | Object::Setting | Object::Tensor(_) | Object::List(_))
                ) {
                    return Err(TorchProblem::Form);
                }
            }
            b'Q' => {
                let id = self.pop()?;
                let storage = self.persistent(id)?;
                self.make(Object::Storage(storage))?;
            }
            code => return Err(TorchProblem::Instruction(code)),
        }
        Ok(true)
    }

    fn number(&mut self, code: u8) -> Result<(), TorchProblem> {
        let value = match code {
            b'N' | 0x88 | 0x89 => Value::Other,
            b'G' => {
                self.take(8)?;
                Value::Other
            }
            b'J' => Value::Int(self.signed(4)?),
            b'K' => Value::Int(self.signed_of(1)?),
            b'M' => Value::Int(self.signed_of(2)?),
            0x8a => {
                let length = usize::from(self.byte()?);
                self.long(length)?
            }
            _ => {
                let length = self.length(4)?;
                self.long(length)?
            }
        };
        self.push(value)
    }

    /// A whole number of so many bytes; none of those that are used for lengths needs more than eight.
    fn long(&mut self, length: usize) -> Result<Value, TorchProblem> {
        if length <= 8 {
            return Ok(Value::Int(self.signed(length)?));
        }
        self.take(length)?;
        Ok(Value::Other)
    }

    fn bytes(&mut self, code: u8) -> Result<(), TorchProblem> {
        let length = match code {
            0x8c | b'U' | b'C' => usize::from(self.byte()?),
            0x8d | 0x8e | 0x96 => self.length(8)?,
            _ => self.length(4)?,
        };
        let start = self.at;
        self.take(length)?;
        let value = match (code, u32::try_from(start), u32::try_from(length)) {
            (b'X' | 0x8c | 0x8d | b'T' | b'U', Ok(start), Ok(length)) => Value::Text(Text { start, length }),
            _ => Value::Other,
        };
        self.push(value)
    }

    fn collection(&mut self, code: u8) -> Result<(), TorchProblem> {
        let object = match code {
            b'}' => Object::Mapping(Vec::new()),
            b']' | 0x8f => Object::List(Vec::new()),
            b')' => Object::Tuple(self.tuple(Vec::new())?),
            0x85..=0x87 => {
                let mut items = Vec::with_capacity(3);
                for _ in 0..code - 0x84 {
                    items.push(self.pop()?);
                }
                items.reverse();
                Object::Tuple(self.tuple(items)?)
            }
            _ => {
                let items = self.above_mark()?;
                Object::Tuple(self.tuple(items)?)
            }
        };
        self.make(object)
    }

    fn tuple(&mut self, items: Vec<Value>) -> Result<Row, TorchProblem> {
        self.account(items.len() * size_of::<Value>())?;
        let start = u32::try_from(self.pickle.items.len()).map_err(|_| TorchProblem::TooMuch)?;
        let length = u32::try_from(items.len()).map_err(|_| TorchProblem::TooMuch)?;
        self.pickle.items.extend(items);
        Ok(Row { start, length })
    }

    /// Puts what is above into the collection below it.
    fn fill(&mut self, code: u8) -> Result<(), TorchProblem> {
        let values = match code {
            b'a' => vec![self.pop()?],
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                vec![key, value]
            }
            _ => self.above_mark()?,
        };
        let target = self.top()?;
        let pairs = matches!(code, b's' | b'u');
        // The first value of a collection takes room for four.
        let room = (values.len() + if pairs { 6 } else { 3 }) * size_of::<Value>();
        self.account(room)?;
        let object = match target {
            Value::Object(at) => self.pickle.objects.get_mut(at as usize),
            _ => None,
        };
        match (object, pairs) {
            (Some(Object::List(list)), false) => list.extend(values),
            (Some(Object::Mapping(map)), true) if values.len().is_multiple_of(2) => {
                map.extend(values.chunks_exact(2).map(|pair| (pair[0], pair[1])));
            }
            (Some(Object::Setting), _) => {}
            _ => return Err(TorchProblem::Form),
        }
        Ok(())
    }

    fn memo(&mut self, code: u8) -> Result<(), TorchProblem> {
        let at = match code {
            b'q' | b'h' => usize::from(self.byte()?),
            b'r' | b'j' => self.length(4)?,
            _ => self.memo.len(),
        };
        if matches!(code, b'h' | b'j') {
            let value = self.memo.get(at).copied().flatten().ok_or(TorchProblem::Form)?;
            return self.push(value);
        }
        if at >= MAX_MEMO {
            return Err(TorchProblem::TooMuch);
        }
        let top = self.top()?;
        if at >= self.memo.len() {
            self.memo.resize(at + 1, None);
        }
        self.memo[at] = Some(top);
        Ok(())
    }

    fn name(&mut self, module: &str, name: &str) -> Result<(), TorchProblem> {
        let known = if module.len().max(name.len()) <= MAX_BYTES { Name::find(module, name) } else { None };
        let known = known.ok_or_else(|| {
            let shown: String = format!("{module}.{name}").chars().take(MAX_BYTES).collect();
            TorchProblem::Name(shown)
        })?;
        self.push(Value::Name(known))
    }

    /// What a call stands for. `typed` says whether a call may name another call.
    fn call(&mut self, called: Value, arguments: Value, typed: bool) -> Result<Value, TorchProblem> {
        let Value::Name(name) = called else { return Err(TorchProblem::Form) };
        let Some(&Object::Tuple(row)) = self.pickle.object(arguments) else { return Err(TorchProblem::Form) };
        let given = |at: usize| self.pickle.row(row).get(at).copied();
        match name.meaning() {
            Meaning::Tensor => self.tensor(row, None),
            Meaning::TensorWithFormat => match given(6) {
                Some(Value::Name(format)) => match format.meaning() {
                    Meaning::Format(kind) => self.tensor(row, Some(kind)),
                    _ => Err(TorchProblem::Form),
                },
                _ => Err(TorchProblem::Form),
            },
            Meaning::Parameter => match given(0) {
                Some(value) if matches!(self.pickle.object(value), Some(Object::Tensor(_))) => Ok(value),
                _ => Err(TorchProblem::Form),
            },
            Meaning::Typed if typed => match (given(0), given(1), given(2)) {
                (Some(inner), Some(Value::Name(kind)), Some(arguments)) if kind.meaning() == Meaning::Type => {
                    self.call(inner, arguments, false)
                }
                _ => Err(TorchProblem::Form),
            },
            Meaning::Mapping => {
                let pairs = given(0).map_or_else(Vec::new, |value| self.pairs(value));
                self.account(pairs.len() * size_of::<(Value, Value)>())?;
                self.object(Object::Mapping(pairs))
            }
            Meaning::Sequence => {
                let inner = given(0)
                    .filter(|&value| matches!(self.pickle.object(value), Some(Object::Tuple(_) | Object::List(_))));
                inner.map_or_else(|| self.object(Object::List(Vec::new())), Ok)
            }
            Meaning::Setting => self.object(Object::Setting),
            _ => Err(TorchProblem::Called(name.word())),
        }
    }

    /// Pairs that a mapping is made of, as Python 2 wrote them: a list of lists of two.
    fn pairs(&self, value: Value) -> Vec<(Value, Value)> {
        let Some(Object::List(list)) = self.pickle.object(value) else { return Vec::new() };
        let pair = |item: &Value| {
            let values = match self.pickle.object(*item)? {
                Object::List(values) => values.as_slice(),
                Object::Tuple(row) => self.pickle.row(*row),
                _ => return None,
            };
            if let [key, value] = values { Some((*key, *value)) } else { None }
        };
        list.iter().filter_map(pair).collect()
    }

    fn tensor(&mut self, row: Row, kind: Option<Dtype>) -> Result<Value, TorchProblem> {
        let [storage, offset, shape, stride, ..] = *self.pickle.row(row) else { return Err(TorchProblem::Form) };
        let (Value::Object(at), Value::Int(offset)) = (storage, offset) else { return Err(TorchProblem::Form) };
        let rows = [shape, stride].map(|value| match self.pickle.object(value) {
            Some(&Object::Tuple(row)) => Some(row),
            _ => None,
        });
        let (Some(Object::Storage(_)), [Some(shape), Some(stride)]) = (self.pickle.object(storage), rows) else {
            return Err(TorchProblem::Form);
        };
        let offset = u64::try_from(offset).map_err(|_| TorchProblem::Form)?;
        self.object(Object::Tensor(Tensor { storage: at, kind, offset, shape, stride }))
    }

    /// `('storage', type, key, place, count)`.
    fn persistent(&self, id: Value) -> Result<Storage, TorchProblem> {
        let Some(&Object::Tuple(row)) = self.pickle.object(id) else { return Err(TorchProblem::Form) };
        let [Value::Text(kind), Value::Name(name), Value::Text(key), _, Value::Int(count), ..] = *self.pickle.row(row)
        else {
            return Err(TorchProblem::Form);
        };
        match (self.pickle.text(kind), name.meaning(), u64::try_from(count)) {
            (Some("storage"), Meaning::Storage(kind), Ok(count)) => Ok(Storage { kind, key, count }),
            _ => Err(TorchProblem::Form),
        }
    }

    fn make(&mut self, object: Object) -> Result<(), TorchProblem> {
        let value = self.object(object)?;
        self.push(value)
    }

    fn object(&mut self, object: Object) -> Result<Value, TorchProblem> {
        self.account(size_of::<Object>())?;
        let at = u32::try_from(self.pickle.objects.len()).map_err(|_| TorchProblem::TooMuch)?;
        self.pickle.objects.push(object);
        Ok(Value::Object(at))
    }

    fn account(&mut self, bytes: usize) -> Result<(), TorchProblem> {
        self.taken = self.taken.saturating_add(bytes);
        if self.taken > MAX_VALUE_BYTES { Err(TorchProblem::TooMuch) } else { Ok(()) }
    }

    fn bounded(&self) -> Result<(), TorchProblem> {
        if self.stack.len() + self.marks.len() >= MAX_STACK { Err(TorchProblem::TooMuch) } else { Ok(()) }
    }

    fn push(&mut self, value: Value) -> Result<(), TorchProblem> {
        self.bounded()?;
        self.stack.push(value);
        Ok(())
    }

    fn top(&self) -> Result<Value, TorchProblem> {
        let floor = self.marks.last().copied().unwrap_or(0);
        self.stack.get(floor..).and_then(<[Value]>::last).copied().ok_or(TorchProblem::Form)
    }

    fn pop(&mut self) -> Result<Value, TorchProblem> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn above_mark(&mut self) -> Result<Vec<Value>, TorchProblem> {
        let floor = self.marks.pop().ok_or(TorchProblem::Form)?;
        Ok(self.stack.split_off(floor))
    }

    fn word(&self, value: Value) -> Option<&'a str> {
        match value {
            Value::Text(text) => self.pickle.text(text),
            _ => None,
        }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], TorchProblem> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.pickle.bytes.len());
        let end = end.ok_or(TorchProblem::EndsEarly)?;
        let bytes = &self.pickle.bytes[self.at..end];
        self.at = end;
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8, TorchProblem> {
        Ok(self.take(1)?[0])
    }

    /// A line without its end.
    fn line(&mut self) -> Result<&'a str, TorchProblem> {
        let rest = &self.pickle.bytes[self.at..];
        let end = rest.iter().position(|&byte| byte == b'\n').ok_or(TorchProblem::EndsEarly)?;
        self.at += end + 1;
        std::str::from_utf8(&rest[..end]).map_err(|_| TorchProblem::Form)
    }

    /// A length of so many bytes, which the rest of the pickle must hold.
    fn length(&mut self, width: usize) -> Result<usize, TorchProblem> {
        let number = self.take(width)?.iter().rev().fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
        usize::try_from(number).map_err(|_| TorchProblem::EndsEarly)
    }

    fn signed_of(&mut self, width: usize) -> Result<i64, TorchProblem> {
        i64::try_from(self.length(width)?).map_err(|_| TorchProblem::EndsEarly)
    }

    /// A number with a sign, of up to eight bytes.
    fn signed(&mut self, width: usize) -> Result<i64, TorchProblem> {
        let bytes = self.take(width)?;
        let fill = if bytes.last().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
        let mut whole = [fill; 8];
        whole[..width].copy_from_slice(bytes);
        Ok(i64::from_le_bytes(whole))
    }
}
