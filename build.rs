//! Lists the data that is embedded in the program: every ruleset, with every file of it. A list made at build time
//! cannot forget a file, and needs no crate. And tells the tests whether the corpora, a
//! Python, and a shell with jq are here.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    beside(&root);
    python();
    shell();
    let rules = root.join("rules");
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut code = String::from("const RULESETS: &[Embedded] = &[\n");
    for folder in sorted(&rules)? {
        if !folder.join("ruleset.yaml").is_file() {
            continue;
        }
        let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let _ = writeln!(code, "    Embedded {{ id: {id:?}, files: &[");
        let mut files = Vec::new();
        collect(&folder, &mut files)?;
        for file in files {
            let name = file.strip_prefix(&folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            let _ = writeln!(code, "        ({name:?}, include_str!({:?})),", file.display().to_string());
        }
        code.push_str("    ] },\n");
    }
    code.push_str("];\n");
    std::fs::write(out.join("rulesets.rs"), code)?;
    pages(&root, &out)
}

/// The manual's page of every diagnostic, for `explain`.
fn pages(root: &Path, out: &Path) -> std::io::Result<()> {
    let folder = root.join("docs/diagnostics");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut code = String::from("const PAGES: &[(&str, &str)] = &[\n");
    for path in sorted(&folder)? {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if stem.starts_with("SG") {
            println!("cargo::rerun-if-changed={}", path.display());
            let _ = writeln!(code, "    ({stem:?}, include_str!({:?})),", path.display().to_string());
        }
    }
    code.push_str("];\n");
    std::fs::write(out.join("pages.rs"), code)
}

/// Whether the corpora lie beside the repository. Tests that need them are ignored where they do not, and counted so: a
/// check that could not be made has not passed.
fn beside(root: &Path) {
    println!("cargo::rustc-check-cfg=cfg(corpora)");
    println!("cargo::rerun-if-env-changed=SOVGRADE_SHARED");
    let shared = std::env::var_os("SOVGRADE_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let corpora = shared.join("corpora");
    println!("cargo::rerun-if-changed={}", corpora.display());
    if corpora.is_dir() {
        println!("cargo::rustc-cfg=corpora");
    }
}

/// Whether a Python runs the tools of this repository, which need nothing but its standard library.
fn python() {
    println!("cargo::rustc-check-cfg=cfg(python)");
    println!("cargo::rerun-if-env-changed=PATH");
    let mut asked = std::process::Command::new("python3");
    asked.args(["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]);
    if asked.status().is_ok_and(|status| status.success()) {
        println!("cargo::rustc-cfg=python");
    }
}

/// Whether bash and jq are here, which the steps of the action need.
fn shell() {
    println!("cargo::rustc-check-cfg=cfg(shell)");
    let there = |program: &str| {
        let asked = std::process::Command::new(program).arg("--version").output();
        asked.is_ok_and(|output| output.status.success())
    };
    if there("bash") && there("jq") {
        println!("cargo::rustc-cfg=shell");
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for path in sorted(folder)? {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}
