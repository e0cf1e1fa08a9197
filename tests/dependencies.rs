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
