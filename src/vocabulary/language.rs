//! Languages as codes of ISO 639: two letters of its first part, or three of its others, with what a tag of BCP 47 may
//! add (`zh-Hant`, `pt-BR`).

/// Codes of two letters with the English and, for the larger ones, the Korean name.
const LANGUAGES: &[(&str, &str, &str)] = &[
    ("aa", "Afar", ""),
    ("ab", "Abkhazian", ""),
    ("ae", "Avestan", ""),
    ("af", "Afrikaans", ""),
    ("ak", "Akan", ""),
    ("am", "Amharic", ""),
    ("an", "Aragonese", ""),
    ("ar", "Arabic", "아랍어"),
    ("as", "Assamese", ""),
    ("av", "Avaric", ""),
    ("ay", "Aymara", ""),
    ("az", "Azerbaijani", "아제르바이잔어"),
    ("ba", "Bashkir", ""),
    ("be", "Belarusian", ""),
    ("bg", "Bulgarian", "불가리아어"),
    ("bh", "Bihari", ""),
    ("bi", "Bislama", ""),
    ("bm", "Bambara", ""),
    ("bn", "Bengali", "벵골어"),
    ("bo", "Tibetan", ""),
    ("br", "Breton", ""),
    ("bs", "Bosnian", ""),
    ("ca", "Catalan", "카탈루냐어"),
    ("ce", "Chechen", ""),
    ("ch", "Chamorro", ""),
    ("co", "Corsican", ""),
    ("cr", "Cree", ""),
    ("cs", "Czech", "체코어"),
    ("cu", "Church Slavic", ""),
    ("cv", "Chuvash", ""),
    ("cy", "Welsh", "웨일스어"),
    ("da", "Danish", "덴마크어"),
    ("de", "German", "독일어"),
    ("dv", "Divehi", ""),
    ("dz", "Dzongkha", ""),
    ("ee", "Ewe", ""),
    ("el", "Greek", "그리스어"),
    ("en", "English", "영어"),
    ("eo", "Esperanto", "에스페란토"),
    ("es", "Spanish", "스페인어"),
    ("et", "Estonian", "에스토니아어"),
    ("eu", "Basque", "바스크어"),
    ("fa", "Persian", "페르시아어"),
    ("ff", "Fulah", ""),
    ("fi", "Finnish", "핀란드어"),
    ("fj", "Fijian", ""),
    ("fo", "Faroese", ""),
    ("fr", "French", "프랑스어"),
    ("fy", "Western Frisian", ""),
    ("ga", "Irish", "아일랜드어"),
    ("gd", "Scottish Gaelic", ""),
    ("gl", "Galician", ""),
    ("gn", "Guarani", ""),
    ("gu", "Gujarati", ""),
    ("gv", "Manx", ""),
    ("ha", "Hausa", ""),
    ("he", "Hebrew", "히브리어"),
    ("hi", "Hindi", "힌디어"),
    ("ho", "Hiri Motu", ""),
    ("hr", "Croatian", "크로아티아어"),
    ("ht", "Haitian", ""),
    ("hu", "Hungarian", "헝가리어"),
    ("hy", "Armenian", "아르메니아어"),
    ("hz", "Herero", ""),
    ("ia", "Interlingua", ""),
    ("id", "Indonesian", "인도네시아어"),
    ("ie", "Interlingue", ""),
    ("ig", "Igbo", ""),
    ("ii", "Sichuan Yi", ""),
    ("ik", "Inupiaq", ""),
    ("io", "Ido", ""),
    ("is", "Icelandic", "아이슬란드어"),
    ("it", "Italian", "이탈리아어"),
    ("iu", "Inuktitut", ""),
    ("ja", "Japanese", "일본어"),
    ("jv", "Javanese", ""),
    ("ka", "Georgian", "조지아어"),
    ("kg", "Kongo", ""),
    ("ki", "Kikuyu", ""),
    ("kj", "Kuanyama", ""),
    ("kk", "Kazakh", "카자흐어"),
    ("kl", "Kalaallisut", ""),
    ("km", "Khmer", "크메르어"),
    ("kn", "Kannada", ""),
    ("ko", "Korean", "한국어"),
    ("ks", "Kashmiri", ""),
    ("ku", "Kurdish", ""),
    ("kv", "Komi", ""),
    ("kw", "Cornish", ""),
    ("ky", "Kyrgyz", ""),
    ("la", "Latin", "라틴어"),
    ("lb", "Luxembourgish", ""),
    ("lg", "Ganda", ""),
    ("li", "Limburgish", ""),
    ("ln", "Lingala", ""),
    ("lo", "Lao", "라오어"),
    ("lt", "Lithuanian", "리투아니아어"),
    ("lu", "Luba-Katanga", ""),
    ("lv", "Latvian", "라트비아어"),
    ("mg", "Malagasy", ""),
    ("mh", "Marshallese", ""),
    ("mi", "Maori", ""),
    ("mk", "Macedonian", ""),
    ("ml", "Malayalam", ""),
    ("mn", "Mongolian", "몽골어"),
    ("mr", "Marathi", ""),
    ("ms", "Malay", "말레이어"),
    ("mt", "Maltese", "몰타어"),
    ("my", "Burmese", "버마어"),
    ("na", "Nauru", ""),
    ("nb", "Norwegian Bokmål", ""),
    ("nd", "North Ndebele", ""),
    ("ne", "Nepali", "네팔어"),
    ("ng", "Ndonga", ""),
    ("nl", "Dutch", "네덜란드어"),
    ("nn", "Norwegian Nynorsk", ""),
    ("no", "Norwegian", "노르웨이어"),
    ("nr", "South Ndebele", ""),
    ("nv", "Navajo", ""),
    ("ny", "Chichewa", ""),
    ("oc", "Occitan", ""),
    ("oj", "Ojibwa", ""),
    ("om", "Oromo", ""),
    ("or", "Odia", ""),
    ("os", "Ossetian", ""),
    ("pa", "Punjabi", ""),
    ("pi", "Pali", ""),
    ("pl", "Polish", "폴란드어"),
    ("ps", "Pashto", ""),
    ("pt", "Portuguese", "포르투갈어"),
    ("qu", "Quechua", ""),
    ("rm", "Romansh", ""),
    ("rn", "Rundi", ""),
    ("ro", "Romanian", "루마니아어"),
    ("ru", "Russian", "러시아어"),
    ("rw", "Kinyarwanda", ""),
    ("sa", "Sanskrit", ""),
    ("sc", "Sardinian", ""),
    ("sd", "Sindhi", ""),
    ("se", "Northern Sami", ""),
    ("sg", "Sango", ""),
    ("sh", "Serbo-Croatian", ""),
    ("si", "Sinhala", ""),
    ("sk", "Slovak", "슬로바키아어"),
    ("sl", "Slovenian", "슬로베니아어"),
    ("sm", "Samoan", ""),
    ("sn", "Shona", ""),
    ("so", "Somali", ""),
    ("sq", "Albanian", ""),
    ("sr", "Serbian", "세르비아어"),
    ("ss", "Swati", ""),
    ("st", "Southern Sotho", ""),
    ("su", "Sundanese", ""),
    ("sv", "Swedish", "스웨덴어"),
    ("sw", "Swahili", "스와힐리어"),
    ("ta", "Tamil", "타밀어"),
    ("te", "Telugu", ""),
    ("tg", "Tajik", ""),
    ("th", "Thai", "태국어"),
    ("ti", "Tigrinya", ""),
    ("tk", "Turkmen", ""),
    ("tl", "Tagalog", ""),
    ("tn", "Tswana", ""),
    ("to", "Tonga", ""),
    ("tr", "Turkish", "튀르키예어"),
    ("ts", "Tsonga", ""),
    ("tt", "Tatar", ""),
    ("tw", "Twi", ""),
    ("ty", "Tahitian", ""),
    ("ug", "Uyghur", ""),
    ("uk", "Ukrainian", "우크라이나어"),
    ("ur", "Urdu", "우르두어"),
    ("uz", "Uzbek", "우즈베크어"),
    ("ve", "Venda", ""),
    ("vi", "Vietnamese", "베트남어"),
    ("vo", "Volapük", ""),
    ("wa", "Walloon", ""),
    ("wo", "Wolof", ""),
    ("xh", "Xhosa", ""),
    ("yi", "Yiddish", ""),
    ("yo", "Yoruba", ""),
    ("za", "Zhuang", ""),
    ("zh", "Chinese", "중국어"),
    ("zu", "Zulu", ""),
];

/// What people write for a language, each with the code that is meant: most often the code of a country. `kr` is the
/// code of Kanuri and yet, wherever it was met, meant Korean; Kanuri is `kau`.
const ALSO: &[(&str, &str)] = &[
    ("kr", "ko"),
    ("kor", "ko"),
    ("hangul", "ko"),
    ("한글", "ko"),
    ("국어", "ko"),
    ("한국말", "ko"),
    ("조선어", "ko"),
    ("jp", "ja"),
    ("jpn", "ja"),
    ("일어", "ja"),
    ("cn", "zh"),
    ("chn", "zh"),
    ("zho", "zh"),
    ("chi", "zh"),
    ("mandarin", "zh"),
    ("tw", "zh"),
    ("us", "en"),
    ("gb", "en"),
    ("eng", "en"),
    ("영문", "en"),
    ("영어", "en"),
    ("ger", "de"),
    ("deu", "de"),
    ("deutsch", "de"),
    ("독어", "de"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("불어", "fr"),
    ("spa", "es"),
    ("서반아어", "es"),
    ("rus", "ru"),
    ("노어", "ru"),
    ("ara", "ar"),
    ("vn", "vi"),
    ("월남어", "vi"),
    ("터키어", "tr"),
    ("in", "id"),
    ("iw", "he"),
    ("farsi", "fa"),
    ("bokmål", "nb"),
    ("미얀마어", "my"),
];

/// Whether a text is the code of a language.
pub fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let lower = first.bytes().all(|byte| byte.is_ascii_lowercase());
    // A code of three letters where one of two exists is not what cards and rules compare.
    let known = match first.len() {
        2 => LANGUAGES.iter().any(|(code, ..)| *code == first),
        3 => lower && !ALSO.iter().any(|(also, _)| *also == first),
        _ => false,
    };
    let tag = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    known && parts.all(tag)
}

/// The code of the language that a text means.
pub fn language_meant(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let lower = text.to_lowercase().replace('_', "-");
    let first = lower.split('-').next().unwrap_or_default();
    let also = |text: &str| ALSO.iter().find(|(also, _)| *also == text).map(|(_, code)| *code);
    let code = |text: &str| LANGUAGES.iter().find(|(code, ..)| *code == text).map(|(code, ..)| *code);
    let named = |(_, en, ko): &&(&str, &str, &str)| en.to_lowercase() == lower || !ko.is_empty() && *ko == text;
    let found = also(&lower).or_else(|| code(&lower)).or_else(|| also(first)).or_else(|| code(first));
    let found = found.or_else(|| LANGUAGES.iter().find(named).map(|(code, ..)| *code));
    if found.is_some() || text.chars().count() < 4 {
        return found;
    }
    let names = LANGUAGES.iter().flat_map(|(_, en, ko)| [*en, *ko]).filter(|name| name.chars().count() > 3);
    let near = crate::text::closest(text, names)?;
    LANGUAGES.iter().find(|(_, en, ko)| *en == near || *ko == near).map(|(code, ..)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_names() {
        for text in ["ko", "en", "zh-Hant", "pt-BR", "kau", "yue", "ko-KR", "uk"] {
            assert!(is_language(text), "{text}");
        }
        for text in ["kr", "jp", "cn", "KO", "Korean", "한국어", "kor", "xx", "", "ko，en", "en_US"] {
            assert!(!is_language(text), "{text}");
        }
        for (text, code) in [
            ("Korean", "ko"),
            ("kr", "ko"),
            ("한국어", "ko"),
            ("KO", "ko"),
            ("english", "en"),
            ("jp", "ja"),
            ("kor", "ko"),
            ("en_US", "en"),
            ("Koraen", "ko"),
            ("일본어", "ja"),
        ] {
            assert_eq!(language_meant(text), Some(code), "{text}");
        }
        assert_eq!(language_meant("xx"), None);
    }
}
