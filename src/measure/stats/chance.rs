//! Numbers drawn from a seed: the same everywhere, for controls, plants and draws of null laws.

/// A generator of coins and orders that depends on its seed alone.
pub(in crate::measure) struct Chance(u64);

impl Chance {
    pub(in crate::measure) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A standard normal number (Box and Muller 1958).
    pub(in crate::measure) fn normal(&mut self) -> f64 {
        let mut unit = || ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        (-2.0 * unit().ln()).sqrt() * (std::f64::consts::TAU * unit()).cos()
    }

    pub(in crate::measure) fn next(&mut self) -> u64 {
        // SplitMix64 (Steele, Lea and Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(in crate::measure) fn coins(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| if self.next() & 1 == 0 { 1.0 } else { -1.0 }).collect()
    }

    pub(in crate::measure) fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            order.swap(at, usize::try_from(self.next() % (at as u64 + 1)).unwrap_or(0));
        }
        order
    }
}
