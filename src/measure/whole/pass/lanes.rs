//! The innermost loop of the pass: sums over a piece of two rows of either side, in a fixed number of lanes.
//!
//! Rows of `bf16` are taken as they are stored, two numbers out of every four bytes, so that even columns come in the
//! first half of a step and odd ones in the second; all others are decoded before. Products and sums are fused, `fma(x,
//! y, sum)`, rounded once: so the result is the same on every processor, and one without such an instruction only takes
//! longer. Written with arrays passed by value, because so the compiler keeps them in registers.

#![expect(
    clippy::inline_always,
    clippy::needless_range_loop,
    reason = "the parts of one loop, which vectors can hold only as one"
)]

use std::marker::PhantomData;

use multiversion::multiversion;

use crate::weights::bf16_bits;

/// Partial sums of one loop: part of the definition of every figure.
pub(super) const LANES: usize = 16;
/// Numbers of each row that one step takes.
pub(super) const STEP: usize = 2 * LANES;

pub(super) type Lanes = [f32; LANES];
/// Sums by column of one step: of `a`, of `b`, and, where `K` is five, of products and squares.
pub(super) type ByColumn<const K: usize> = [[Lanes; 2]; K];

/// Where a step takes its numbers from.
pub(super) trait Row: Copy {
    /// What is compared to tell whether two numbers are the same.
    type Word: Word;
    fn steps(self) -> usize;
    fn half<const SECOND: bool>(self, at: usize) -> Lanes;
    fn words(self, at: usize) -> [Self::Word; STEP];
    /// Which of the columns of a step stands in this lane of this half.
    fn column(half: usize, lane: usize) -> usize;
}

/// The bits of a number in some format: the same where all are, or where both numbers are zero.
pub(super) trait Word: Copy {
    fn of(value: f32) -> Self;
    fn same(self, other: Self) -> bool;
}

/// Of `bf16`, to which other numbers are rounded.
impl Word for u16 {
    #[inline(always)]
    fn of(value: f32) -> Self {
        bf16_bits(value)
    }

    #[inline(always)]
    fn same(self, other: Self) -> bool {
        self == other || (self | other) << 1 == 0
    }
}

/// Of `f32`.
impl Word for u32 {
    #[inline(always)]
    fn of(value: f32) -> Self {
        value.to_bits()
    }

    #[inline(always)]
    fn same(self, other: Self) -> bool {
        self == other || (self | other) << 1 == 0
    }
}

/// `bf16` as stored, little end first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<'a>(pub &'a [[u8; 2 * STEP]]);

impl<'a> Stored<'a> {
    pub(super) fn part(self, from: usize, count: usize) -> Self {
        Stored::<'a>(&self.0[from..from + count])
    }
}

impl Row for Stored<'_> {
    type Word = u16;

    #[inline(always)]
    fn steps(self) -> usize {
        self.0.len()
    }

    #[inline(always)]
    fn half<const SECOND: bool>(self, at: usize) -> Lanes {
        let bytes = self.0[at];
        let mut out = [0.0; LANES];
        for lane in 0..LANES {
            let four =
                u32::from_le_bytes([bytes[4 * lane], bytes[4 * lane + 1], bytes[4 * lane + 2], bytes[4 * lane + 3]]);
            out[lane] = f32::from_bits(if SECOND { four & 0xffff_0000 } else { four << 16 });
        }
        out
    }

    #[inline(always)]
    fn words(self, at: usize) -> [u16; STEP] {
        let bytes = self.0[at];
        let mut out = [0; STEP];
        for lane in 0..STEP {
            out[lane] = u16::from_le_bytes([bytes[2 * lane], bytes[2 * lane + 1]]);
        }
        out
    }

    fn column(half: usize, lane: usize) -> usize {
        2 * lane + half
    }
}

/// Decoded numbers, the same where they are in the format of `W`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoded<'a, W>(&'a [[f32; STEP]], PhantomData<W>);

impl<'a, W> Decoded<'a, W> {
    pub(super) fn of(numbers: &'a [[f32; STEP]]) -> Self {
        Self(numbers, PhantomData)
    }
}

impl<W: Word> Row for Decoded<'_, W> {
    type Word = W;

    #[inline(always)]
    fn steps(self) -> usize {
        self.0.len()
    }

    #[inline(always)]
    fn half<const SECOND: bool>(self, at: usize) -> Lanes {
        let mut out = [0.0; LANES];
        for lane in 0..LANES {
            out[lane] = self.0[at][if SECOND { LANES + lane } else { lane }];
        }
        out
    }

    #[inline(always)]
    fn words(self, at: usize) -> [W; STEP] {
        let mut out = [W::of(0.0); STEP];
        for lane in 0..STEP {
            out[lane] = W::of(self.0[at][lane]);
        }
        out
    }

    fn column(half: usize, lane: usize) -> usize {
        LANES * half + lane
    }
}

/// Sums over a piece of two rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct TwoRows {
    /// Of either row: products, squares of `a` and of `b`, sums of `a` and of `b`.
    pub rows: [[Lanes; 5]; 2],
    /// With `s = a0 + a1` and `t = b0 + b1`: `s t`, `s s`, `t t`.
    pub across: [Lanes; 3],
    /// Equal numbers in place, and with the rows of one side swapped.
    pub equal: u32,
    pub crossed: u32,
}

/// Sums over two rows of either side, `[a0, a1, b0, b1]`, and column by column into `columns`. Of `ACROSS`, what tells
/// swapped rows.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+fma", "x86_64+avx2+fma"))]
pub(super) fn add_two_rows<R: Row, const K: usize, const ACROSS: bool>(
    rows: [R; 4],
    columns: &mut [ByColumn<K>],
) -> TwoRows {
    let [a0, a1, b0, b1] = rows;
    let zero = [0.0; LANES];
    let [mut p0, mut xx0, mut yy0, mut x0, mut y0] = [zero; 5];
    let [mut p1, mut xx1, mut yy1, mut x1, mut y1] = [zero; 5];
    let [mut st, mut ss, mut tt] = [zero; 3];
    let (mut equal, mut crossed) = ([0_u16; STEP], [0_u16; STEP]);
    for at in 0..columns.len().min(a0.steps()).min(a1.steps()).min(b0.steps()).min(b1.steps()) {
        let (words_a0, words_a1, words_b0, words_b1) = (a0.words(at), a1.words(at), b0.words(at), b1.words(at));
        equal = same(words_a1, words_b1, same(words_a0, words_b0, equal));
        if ACROSS {
            crossed = same(words_a1, words_b0, same(words_a0, words_b1, crossed));
        }
        macro_rules! half {
            ($half:literal, $second:literal) => {
                let (u0, u1) = (a0.half::<$second>(at), a1.half::<$second>(at));
                let (v0, v1) = (b0.half::<$second>(at), b1.half::<$second>(at));
                (x0, x1, y0, y1) = (add(x0, u0), add(x1, u1), add(y0, v0), add(y1, v1));
                (p0, p1) = (fused(p0, u0, v0), fused(p1, u1, v1));
                (xx0, xx1) = (fused(xx0, u0, u0), fused(xx1, u1, u1));
                (yy0, yy1) = (fused(yy0, v0, v0), fused(yy1, v1, v1));
                let (s, t) = (add(u0, u1), add(v0, v1));
                let columns = &mut columns[at];
                columns[0][$half] = add(columns[0][$half], s);
                columns[1][$half] = add(columns[1][$half], t);
                if K == 5 {
                    columns[2][$half] = fused(fused(columns[2][$half], u0, v0), u1, v1);
                    columns[3][$half] = fused(fused(columns[3][$half], u0, u0), u1, u1);
                    columns[4][$half] = fused(fused(columns[4][$half], v0, v0), v1, v1);
                }
                if ACROSS {
                    (st, ss, tt) = (fused(st, s, t), fused(ss, s, s), fused(tt, t, t));
                }
            };
        }
        half!(0, false);
        half!(1, true);
    }
    TwoRows {
        rows: [[p0, xx0, yy0, x0, y0], [p1, xx1, yy1, x1, y1]],
        across: [st, ss, tt],
        equal: equal.iter().map(|&count| u32::from(count)).sum(),
        crossed: crossed.iter().map(|&count| u32::from(count)).sum(),
    }
}

#[inline(always)]
fn add(mut a: Lanes, b: Lanes) -> Lanes {
    for lane in 0..LANES {
        a[lane] += b[lane];
    }
    a
}

#[inline(always)]
fn fused(mut sum: Lanes, a: Lanes, b: Lanes) -> Lanes {
    for lane in 0..LANES {
        sum[lane] = a[lane].mul_add(b[lane], sum[lane]);
    }
    sum
}

#[inline(always)]
fn same<W: Word>(a: [W; STEP], b: [W; STEP], mut count: [u16; STEP]) -> [u16; STEP] {
    for lane in 0..STEP {
        count[lane] = if a[lane].same(b[lane]) { count[lane].wrapping_add(1) } else { count[lane] };
    }
    count
}
