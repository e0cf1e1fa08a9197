//! The README shows what the program prints, in both languages, and its test command is the one that the gate runs.
//! `SOVGRADE_BLESS=1 cargo test --test readme` writes the output anew.
#![cfg(unix)]
#![allow(missing_docs)]

mod transcript;

const PAGES: [&str; 2] = ["README.md", "README.ko.md"];

fn text(file: &str) -> String {
    std::fs::read_to_string(transcript::root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// The commands of the block that sets everything up, without their comments.
fn setup(page: &str) -> Vec<String> {
    let text = text(page);
    let block = text.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let command = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    block.lines().map(command).filter(|line| !line.is_empty()).collect()
}

#[test]
fn what_the_readme_shows_is_what_the_program_prints() {
    let problems: Vec<String> = PAGES.iter().filter_map(|page| transcript::run(page).err()).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_command_of_the_readme_is_run() {
    for page in PAGES {
        let text = text(page);
        let mut before = "";
        for line in text.lines() {
            let console = line.starts_with("```console");
            assert!(!console || before.starts_with("<!-- run"), "{page}: a console block without `<!-- run -->`");
            before = line;
        }
    }
}

#[test]
fn two_commands_set_everything_up_and_the_gate_runs_the_second() {
    let gate = text(".ci/run");
    for page in PAGES {
        let commands = setup(page);
        assert_eq!(commands.len(), 2, "{page}: {commands:?}");
        let shown = text(page).contains(&format!("$ {}", commands[0]));
        assert!(shown, "{page} does not show the output of `{}`", commands[0]);
        assert!(gate.contains(&format!("\nstep {}\n", commands[1])), ".ci/run does not run `{}`", commands[1]);
    }
}
