//! How many weights the codes of one module stand for: one law for each way of packing.
//!
//! A law gets the tensors of a module and one statement of the config. It answers with a number only where the two
//! agree in every way that can be told from shapes; bits that are stated and shapes that are other give none.

use super::Dtype::{I32, U8};
use super::packing::Statement;
use super::tally::Module;

/// How many numbers of `bits` fill `words` of `width` bits to the last bit.
fn exact(words: u64, width: u64, bits: u64) -> Option<u64> {
    let all = words.checked_mul(width)?;
    (bits > 0 && all.is_multiple_of(bits)).then(|| all / bits)
}

/// Whether so many groups are those of `inputs` numbers.
fn are_groups(found: u64, inputs: u64, group: Option<i64>) -> bool {
    match group.map(u64::try_from) {
        None => found > 0 && found <= inputs,
        Some(Ok(group)) if group > 0 => found == inputs.div_ceil(group),
        Some(_) => found == 1,
    }
}

/// `qweight` of inputs x outputs, packed along the inputs; the index and the zeros show the bits again.
pub(super) fn gptq(module: &Module<'_>, said: &Statement) -> Option<u64> {
    let bits = said.bits.filter(|bits| matches!(bits, 2 | 3 | 4 | 8))?;
    let [rows, outputs] = module.codes_matrix()?;
    let inputs = exact(rows, 32, bits)?;
    let [groups, wide] = module.matrix(".scales")?;
    let index = module.elements(".g_idx").is_none_or(|length| length == 0 || length == inputs);
    let zeros = module.matrix(".qzeros").is_none_or(|[_, words]| words == (outputs * bits).div_ceil(32));
    (index && zeros && wide == outputs && are_groups(groups, inputs, said.group)).then_some(())?;
    inputs.checked_mul(outputs)
}

/// `qweight` of inputs x outputs, packed along the outputs.
pub(super) fn awq(module: &Module<'_>, said: &Statement) -> Option<u64> {
    let bits = said.bits.filter(|bits| matches!(bits, 2 | 3 | 4 | 8))?;
    let [inputs, words] = module.codes_matrix()?;
    let outputs = exact(words, 32, bits)?;
    let [groups, wide] = module.matrix(".scales")?;
    (wide == outputs && are_groups(groups, inputs, said.group)).then_some(())?;
    inputs.checked_mul(outputs)
}

/// `qweight` of outputs x inputs, packed along the inputs; the scales of a row are padded.
pub(super) fn awq_rows(module: &Module<'_>, said: &Statement) -> Option<u64> {
    let bits = said.bits.filter(|bits| matches!(bits, 4 | 8))?;
    let [outputs, words] = module.codes_matrix()?;
    let inputs = exact(words, 32, bits)?;
    let [rows, groups] = module.matrix(".scales")?;
    let group = said.group.and_then(|group| u64::try_from(group).ok()).filter(|group| *group > 0);
    (rows == outputs && group.is_none_or(|group| groups >= inputs.div_ceil(group))).then_some(())?;
    inputs.checked_mul(outputs)
}

/// `qweight` of 16-bit words that interleave four outputs.
pub(super) fn awq_fast(module: &Module<'_>, said: &Statement) -> Option<u64> {
    let bits = said.bits.filter(|bits| *bits == 4)?;
    let [quarters, words] = module.codes_matrix()?;
    let [_, outputs] = module.matrix(".scales")?;
    (quarters.checked_mul(4)? == outputs).then_some(())?;
    exact(quarters.checked_mul(words)?, 16, bits)
}

/// A vector of nibbles, a scale for each block of a power of two.
pub(super) fn nf4(module: &Module<'_>, said: &Statement) -> Option<u64> {
    said.bits.filter(|bits| *bits == 4)?;
    let weights = exact(module.codes.elements, module.codes.dtype.bits(), 4)?;
    let blocks = module.elements(".weight.absmax")?;
    (5..=12).any(|power| weights.div_ceil(1 << power) == blocks).then_some(weights)
}

/// A number a byte and a scale for each row.
pub(super) fn rows_scaled(module: &Module<'_>, said: &Statement) -> Option<u64> {
    let rows = *module.codes.shape.first()?;
    (said.bits.is_none_or(|bits| bits == 8) && module.elements(".SCB") == Some(rows)).then_some(module.codes.elements)
}

/// Rows packed into words, densely or with what is left of a word unused; the true shape stands beside.
pub(super) fn packed_rows(module: &Module<'_>, said: &Statement) -> Option<u64> {
    let bits = said.bits.filter(|bits| (1..=8).contains(bits))?;
    let (words, lead) = module.codes.shape.split_last()?;
    let rows: u64 = lead.iter().product();
    let fills = |inputs: u64| *words == inputs.div_ceil(32 / bits) || *words == (inputs * bits).div_ceil(32);
    match module.integers(".weight_shape") {
        Some(shape) => {
            let (inputs, above) = shape.split_last()?;
            let outputs: u64 = above.iter().try_fold(1_u64, |all, side| all.checked_mul(*side))?;
            // A stack of experts has the shape of one of them.
            let stacked = rows.is_multiple_of(outputs.max(1)) && lead.last() == above.last();
            ((1..=1 << 40).contains(inputs) && fills(*inputs) && stacked).then(|| rows.checked_mul(*inputs))?
        }
        // Both ways of packing are one where the bits divide a word.
        None if 32 % bits == 0 => {
            let [.., groups] = module.shape(".weight_scale")? else { return None };
            let inputs = exact(*words, 32, bits)?;
            are_groups(*groups, inputs, said.group).then(|| rows.checked_mul(inputs))?
        }
        None => None,
    }
}

/// Two numbers a byte, a scale for each 16 or 32 of a row.
pub(super) fn nibbles(module: &Module<'_>, said: &Statement) -> Option<u64> {
    said.bits.is_none_or(|bits| bits == 4).then_some(())?;
    let (bytes, lead) = module.codes.shape.split_last()?;
    let (groups, above) = module.shape(".weight_scale")?.split_last()?;
    let inputs = bytes.checked_mul(2)?;
    let blocks = [16, 32].iter().any(|block| groups.checked_mul(*block) == Some(inputs));
    (above == lead && blocks).then(|| exact(module.codes.elements, 8, 4))?
}

/// As many numbers as are stored.
pub(super) fn whole(module: &Module<'_>, said: &Statement) -> Option<u64> {
    said.bits.is_none_or(|bits| bits == 8).then_some(module.codes.elements)
}

/// Rows of 32-bit words, filled to the last bit, a scale for each group.
pub(super) fn mlx(module: &Module<'_>, said: &Statement) -> Option<u64> {
    let bits = said.bits.filter(|bits| (1..=8).contains(bits))?;
    let (words, lead) = module.codes.shape.split_last()?;
    let (groups, above) = module.shape(".scales")?.split_last()?;
    let inputs = exact(*words, 32, bits)?;
    let fits = match said.group.and_then(|group| u64::try_from(group).ok()) {
        Some(group) => groups.checked_mul(group) == Some(inputs),
        None => *groups > 0 && inputs.is_multiple_of(*groups),
    };
    (fits && lead == above).then(|| exact(module.codes.elements, 32, bits))?
}

/// Rows of several bits in one matrix; the order of the inputs has one entry for each.
pub(super) fn exl2(module: &Module<'_>, _: &Statement) -> Option<u64> {
    let [rows, outputs] = module.codes_matrix()?;
    let inputs = module.elements(".q_invperm")?;
    let bits = rows.checked_mul(32)? / inputs.max(1);
    let scales = module.matrix(".q_scale").is_none_or(|[_, words]| words.checked_mul(8) == Some(outputs));
    ((1..=8).contains(&bits) && scales).then(|| inputs.checked_mul(outputs))?
}

/// Tiles of 16 x 16; the signs of both sides show how many there are.
pub(super) fn exl3(module: &Module<'_>, _: &Statement) -> Option<u64> {
    let [down, across, tile] = module.codes.shape[..] else { return None };
    let side = |tiles: u64, signs: &str, packed: &str| {
        let length = tiles.checked_mul(16)?;
        let whole = module.elements(signs).is_none_or(|found| found == length);
        let bits = module.elements(packed).is_none_or(|found| found == tiles);
        (whole && bits).then_some(length)
    };
    let (inputs, outputs) = (side(down, ".suh", ".su")?, side(across, ".svh", ".sv")?);
    (16..=16 * 8).contains(&tile).then(|| inputs.checked_mul(outputs))?
}

/// Codes packed along the first side: one to eight a byte, or ten of three bits a word with the last rows padded.
pub(super) fn hqq(module: &Module<'_>, said: &Statement) -> Option<u64> {
    let bits = said.bits?;
    let packed = match (module.codes.dtype, bits) {
        (U8, 1 | 2 | 4 | 8) => exact(module.codes.elements, 8, bits)?,
        (I32, 3) => module.codes.elements.checked_mul(10)?,
        _ => return None,
    };
    let groups = module.elements(".scale")?;
    let group = said.group.and_then(|group| u64::try_from(group).ok()).filter(|group| *group > 0);
    let weights = match group {
        Some(group) => groups.checked_mul(group)?,
        None if bits == 3 => return None,
        None => packed,
    };
    let padded = if bits == 3 { packed / module.codes.shape.first()?.max(&1) } else { 0 };
    (weights <= packed && packed - weights < padded.max(1)).then_some(weights)
}

/// Each code stands for a block of weights; the books show its sides.
pub(super) fn aqlm(module: &Module<'_>, _: &Statement) -> Option<u64> {
    let [down, across, books] = module.codes.shape[..] else { return None };
    let &[found, _, high, wide] = module.shape(".codebooks")? else { return None };
    (found == books).then_some(())?;
    down.checked_mul(across)?.checked_mul(high)?.checked_mul(wide)
}

/// Four ternary numbers a byte, one scale for all of them.
pub(super) fn ternary(module: &Module<'_>, _: &Statement) -> Option<u64> {
    (module.elements(".weight_scale") == Some(1)).then(|| module.codes.elements.checked_mul(4))?
}

/// Blocks of 32 numbers in 16 bytes, each with a scale.
pub(super) fn mx_blocks(module: &Module<'_>, _: &Statement) -> Option<u64> {
    let (bytes, blocks) = module.codes.shape.split_last()?;
    let scales = module.shape("_scales").or_else(|| module.shape(".scales"))?;
    (*bytes == 16 && scales == blocks).then(|| module.codes.elements.checked_mul(2))?
}

/// Numbers in a group of quanto where the config states none.
const QUANTO_GROUP: u64 = 128;

/// One number a byte; or several packed along the first side, which are the outputs or a group of numbers.
pub(super) fn quanto(module: &Module<'_>, said: &Statement) -> Option<u64> {
    let bits = said.bits?;
    if bits == 8 && module.codes.dtype != U8 {
        return Some(module.codes.elements);
    }
    let [bytes, across] = module.codes_matrix().filter(|_| matches!(bits, 2 | 4) && module.codes.dtype == U8)?;
    let down = exact(bytes, 8, bits)?;
    let [high, wide] = module.matrix(".weight._scale")?;
    let by_row = [high, wide] == [down, 1];
    let by_group = [high, wide] == [1, across] && down == QUANTO_GROUP;
    (by_row || by_group).then(|| down.checked_mul(across))?
}
