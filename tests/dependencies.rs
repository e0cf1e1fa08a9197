//! Every crate that is built may be shipped under `MIT OR Apache-2.0`.
#![allow(missing_docs)]

use std::process::Command;

use spdx::{Expression, LicenseReq, ParseMode};

/// Licences that ask for no more than a notice.
const ALLOWED: [&str; 9] =
    ["MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "Unicode-3.0", "CC0-1.0"];

fn output(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn allowed(requirement: &LicenseReq) -> bool {
    requirement.license.id().is_some_and(|id| ALLOWED.contains(&id.name)) && requirement.addition.is_none()
}

#[test]
fn licences_of_the_dependencies_are_allowed() {
    let version = output(Command::new("rustc").arg("-vV"));
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host];
    let text = output(Command::new(cargo).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")));
    let graph: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let packages = graph["packages"].as_array().cloned().unwrap_or_default();
    assert!(packages.len() > 20, "cargo names {} packages", packages.len());
    let mut refused = Vec::new();
    for package in &packages {
        let written = package["license"].as_str().unwrap_or("none");
        let fine = Expression::parse_mode(written, ParseMode::LAX).is_ok_and(|it| it.evaluate(allowed));
        if !fine {
            refused.push(format!("{} {}: {written}", package["name"], package["version"]));
        }
    }
    assert!(refused.is_empty(), "not on the list of allowed licences:\n{}", refused.join("\n"));
}

/// The packages that a lock file lists below ours.
fn listed(lock: &str) -> Vec<String> {
    let ours = lock.split("[[package]]").find(|part| part.contains("\nname = \"sovgrade\"\n")).unwrap_or_default();
    let list =
        ours.split_once("dependencies = [").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
    let name = |line: &str| line.trim().trim_matches([',', '"']).split(' ').next().map(str::to_owned);
    list.lines().filter_map(name).filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_lock_files_beside_ours_know_what_we_depend_on() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = env!("CARGO_MANIFEST_DIR");
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--no-deps"];
    let text = output(Command::new(cargo).args(arguments).current_dir(root));
    let about: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let all = about["packages"][0]["dependencies"].as_array().cloned().unwrap_or_default();
    let plain = all.iter().filter(|it| it["kind"].is_null());
    let mut wanted: Vec<String> = plain.filter_map(|it| it["name"].as_str()).map(str::to_owned).collect();
    wanted.sort();
    assert!(wanted.len() > 10, "{wanted:?}");
    for name in ["benches/peers/Cargo.lock", "fuzz/Cargo.lock"] {
        let lock = std::fs::read_to_string(format!("{root}/{name}")).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(listed(&lock), wanted, "{name} is out of date: run cargo metadata beside it");
    }
}
