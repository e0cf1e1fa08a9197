//! Korean particles: which form follows a word depends on how the word ends when it is read aloud.

/// A pair of particles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Particle {
    /// 은/는
    Topic,
    /// 이/가
    Subject,
    /// 을/를
    Object,
    /// 과/와
    With,
    /// 으로/로
    By,
}

/// The word with its particle.
pub fn with_particle(word: &str, particle: Particle) -> String {
    let ending = ending(word);
    let form = match (particle, ending) {
        (Particle::Topic, Ending::Vowel) => "는",
        (Particle::Topic, _) => "은",
        (Particle::Subject, Ending::Vowel) => "가",
        (Particle::Subject, _) => "이",
        (Particle::Object, Ending::Vowel) => "를",
        (Particle::Object, _) => "을",
        (Particle::With, Ending::Vowel) => "와",
        (Particle::With, _) => "과",
        (Particle::By, Ending::Vowel | Ending::Rieul) => "로",
        (Particle::By, Ending::Consonant) => "으로",
    };
    format!("{word}{form}")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Vowel,
    Rieul,
    Consonant,
}

/// How a word ends when read in Korean. Digits are read as Sino-Korean numbers, Latin letters by their names in part:
/// words in l, m, n and stops are taken to end in a consonant, which is right for most model names.
fn ending(word: &str) -> Ending {
    let last = word.chars().rev().find(|c| c.is_alphanumeric() || *c == '%');
    match last {
        Some(c @ '가'..='힣') => match (c as u32 - '가' as u32) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        },
        Some('1' | '7' | '8' | 'l' | 'L' | 'r' | 'R') => Ending::Rieul,
        Some('0' | '3' | '6' | 'm' | 'M' | 'n' | 'N' | 'b' | 'c' | 'k' | 'p' | 't' | 'g' | 'd') => Ending::Consonant,
        _ => Ending::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_follows_the_last_syllable() {
        assert_eq!(with_particle("기준", Particle::Subject), "기준이");
        assert_eq!(with_particle("단계", Particle::Object), "단계를");
        assert_eq!(with_particle("모델", Particle::By), "모델로");
        assert_eq!(with_particle("T4-2", Particle::Topic), "T4-2는");
        assert_eq!(with_particle("T3", Particle::Topic), "T3은");
    }
}
