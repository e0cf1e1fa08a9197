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
    format!("{word}{}", form(word, particle))
}

/// How both forms of a particle are written where the word before is not known beforehand.
const OPEN: [(&str, Particle); 6] = [
    ("은(는)", Particle::Topic),
    ("이(가)", Particle::Subject),
    ("을(를)", Particle::Object),
    ("와(과)", Particle::With),
    ("과(와)", Particle::With),
    ("(으)로", Particle::By),
];

/// A text in which every particle that was left open, as in `{name}이(가)`, has the form that follows the word before it.
pub(crate) fn settled(text: String) -> String {
    if !text.contains('(') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(next) = rest.chars().next() {
        let open = OPEN.iter().find(|(open, _)| rest.starts_with(open));
        if let Some((open, particle)) = open.filter(|_| out.chars().next_back().is_some_and(|c| !c.is_whitespace())) {
            out.push_str(form(&out, *particle));
            rest = &rest[open.len()..];
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

fn form(word: &str, particle: Particle) -> &'static str {
    match (particle, ending(word)) {
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
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Vowel,
    Rieul,
    Consonant,
}

/// How a word ends when read in Korean. Digits are read as Sino-Korean numbers, English words about as they are written
/// in Korean, capitals and single letters by their names.
fn ending(word: &str) -> Ending {
    let mut backwards = word.chars().rev().skip_while(|c| !c.is_alphanumeric() && *c != '%');
    let (last, before) = (backwards.next(), backwards.next());
    match last {
        Some(c @ '가'..='힣') => match (c as u32 - '가' as u32) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        },
        Some('1' | '7' | '8') => Ending::Rieul,
        Some('0' | '3' | '6') => Ending::Consonant,
        Some(letter) if letter.is_ascii_alphabetic() => english(letter, before),
        _ => Ending::Vowel,
    }
}

/// `format` is 포맷, but `component` 컴포넌트, `tokenizer` 토크나이저, `file` 파일, `7B` 칠비.
fn english(last: char, before: Option<char>) -> Ending {
    let before = before.filter(char::is_ascii_alphabetic);
    let after_vowel = before.is_some_and(|c| "aeiouy".contains(c.to_ascii_lowercase()));
    if last.is_ascii_uppercase() || before.is_none() {
        return match last.to_ascii_lowercase() {
            'l' | 'r' => Ending::Rieul,
            'm' | 'n' => Ending::Consonant,
            _ => Ending::Vowel,
        };
    }
    match (last, before) {
        ('l', _) | ('e', Some('l')) => Ending::Rieul,
        ('m' | 'n', _) | ('e', Some('m' | 'n')) | ('k', Some('c')) | ('g', Some('n')) => Ending::Consonant,
        ('b' | 'c' | 'k' | 'p' | 't', _) if after_vowel => Ending::Consonant,
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
    fn open_particles_are_settled() {
        for (open, closed) in [
            ("`model`이(가) 빠졌다", "`model`이 빠졌다"),
            ("\"config.json\"은(는) 디렉터리다", "\"config.json\"은 디렉터리다"),
            ("`라이선스`을(를) 뜻했는가?", "`라이선스`를 뜻했는가?"),
            ("한국와(과) 파일(3개)을(를) 바이트(으)로", "한국과 파일(3개)를 바이트로"),
            ("이(가) 처음이면 그대로", "이(가) 처음이면 그대로"),
            ("평범한 문장 (괄호)", "평범한 문장 (괄호)"),
        ] {
            assert_eq!(settled(open.to_owned()), closed);
        }
    }

    #[test]
    fn the_form_follows_the_last_syllable() {
        assert_eq!(with_particle("기준", Particle::Subject), "기준이");
        assert_eq!(with_particle("단계", Particle::Object), "단계를");
        assert_eq!(with_particle("모델", Particle::By), "모델로");
        assert_eq!(with_particle("T4-2", Particle::Topic), "T4-2는");
        assert_eq!(with_particle("T3", Particle::Topic), "T3은");
        for word in ["component", "card", "tokenizer", "License", "GPT", "7B", "measured", "llama"] {
            assert_eq!(with_particle(word, Particle::Subject), format!("{word}가"));
        }
        for word in ["format", "Qwen", "block", "training", "file.bin", "model", "LLM", "name"] {
            assert_eq!(with_particle(word, Particle::Subject), format!("{word}이"));
        }
        for word in ["model", "table", "SQL", "file"] {
            assert_eq!(with_particle(word, Particle::By), format!("{word}로"));
        }
    }
}
