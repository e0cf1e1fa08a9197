//! The table of packing schemes in the manual is that of the code. `SOVGRADE_BLESS=1 cargo test --test counts_page`
//! writes it anew.
#![allow(missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use sovgrade::weights::SCHEMES;

const PAGES: [(&str, bool); 2] = [("docs/counts.md", false), ("docs/ko/counts.md", true)];

const BEGIN: &str = "<!-- begin: schemes -->\n";
const END: &str = "<!-- end: schemes -->";

fn table(korean: bool) -> String {
    let mut out = String::from(if korean {
        "| 방식 | `quant_method` | 세는 법 |\n|---|---|---|\n"
    } else {
        "| scheme | `quant_method` | count |\n|---|---|---|\n"
    });
    for scheme in SCHEMES {
        let methods: Vec<String> = scheme.methods.iter().map(|word| format!("`{word}`")).collect();
        let counted = if korean { scheme.counted.0 } else { scheme.counted.1 };
        let _ = writeln!(out, "| [{}]({}) | {} | {counted} |", scheme.name, scheme.source, methods.join(", "));
    }
    out
}

#[test]
fn the_table_of_schemes_is_that_of_the_code() {
    for (page, korean) in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let (before, rest) = text.split_once(BEGIN).unwrap_or_else(|| panic!("{page} has no place for the table"));
        let (_, after) = rest.split_once(END).unwrap_or_else(|| panic!("{page} does not end the table"));
        let fresh = format!("{before}{BEGIN}{}{END}{after}", table(korean));
        if std::env::var_os("SOVGRADE_BLESS").is_some() {
            std::fs::write(&path, &fresh).unwrap_or_else(|error| panic!("{page}: {error}"));
        } else {
            assert!(text == fresh, "{page} is stale: SOVGRADE_BLESS=1 cargo test --test counts_page");
        }
    }
}
