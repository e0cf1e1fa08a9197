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

/// A plain statement (`...한다.`, `...이다.`, `...있다.`) as an indirect question: `...하는지`, `...인지`, `...있는지`.
/// A text of another form comes back as a noun clause that can stand in its place.
pub fn whether(statement: &str) -> String {
    let text = statement.trim_end_matches('.');
    let Some(stem) = text.strip_suffix('다') else { return format!("'{text}'인지") };
    let Some(last) = stem.chars().next_back().filter(|c| ('가'..='힣').contains(c)) else {
        return format!("'{text}'인지");
    };
    let open = |c: char| char::from_u32(c as u32 - (c as u32 - FIRST) % 28).unwrap_or(c);
    let front = &stem[..stem.len() - last.len_utf8()];
    match (last, (last as u32 - FIRST) % 28) {
        // 않는다, 있다, 없다, 했다
        ('는', _) => format!("{stem}지"),
        (_, 18 | 20) => format!("{stem}는지"),
        // 한다: the ㄴ is the ending's.
        (_, NIEUN) => format!("{front}{}는지", open(last)),
        // 이다, 다르다: the ㄴ is added.
        (_, 0) => format!("{front}{}지", char::from_u32(last as u32 + NIEUN).unwrap_or(last)),
        _ => format!("{stem}은지"),
    }
}

/// The first syllable of the block, and the place of ㄴ among the final consonants.
const FIRST: u32 = '가' as u32;
const NIEUN: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_becomes_a_question() {
        for (statement, question) in [
            ("제작자가 언제든 고칠 수 있다.", "제작자가 언제든 고칠 수 있는지"),
            ("목록에 빠진 것이 없다.", "목록에 빠진 것이 없는지"),
            ("제작자가 직접 학습했다.", "제작자가 직접 학습했는지"),
            ("운영을 스스로 통제한다.", "운영을 스스로 통제하는지"),
            ("함께 따라온다.", "함께 따라오는지"),
            ("제작자 자신의 모델이다.", "제작자 자신의 모델인지"),
            ("어느 원본과도 다르다.", "어느 원본과도 다른지"),
            ("원본과 같다.", "원본과 같은지"),
            ("갱신되지 않는다.", "갱신되지 않는지"),
        ] {
            assert_eq!(whether(statement), question);
        }
    }

    #[test]
    fn the_form_follows_the_last_syllable() {
        assert_eq!(with_particle("기준", Particle::Subject), "기준이");
        assert_eq!(with_particle("단계", Particle::Object), "단계를");
        assert_eq!(with_particle("모델", Particle::By), "모델로");
        assert_eq!(with_particle("T4-2", Particle::Topic), "T4-2는");
        assert_eq!(with_particle("T3", Particle::Topic), "T3은");
    }
}
