//! The arguments of every command.

use std::path::PathBuf;

use super::against::Reference;
use super::args_submission::{Bundle, Key, Sign, Verify};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Grades AI models against executable sovereignty criteria and says why.
#[derive(Debug, Parser)]
#[command(name = "sovgrade", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) look: Look,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// How output looks; the same for every command.
#[derive(Debug, Args)]
pub(super) struct Look {
    /// Language of the output: ko or en
    #[arg(long, global = true, value_name = "LANG", value_parser = ["ko", "en"])]
    pub(super) lang: Option<String>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: When,
    /// Draw with ASCII characters only, without colour
    #[arg(long, global = true)]
    pub(super) plain: bool,
}

impl Look {
    /// How a run looks whose arguments could not be read, or were `--help`.
    pub(super) fn plain() -> Self {
        Self { lang: None, color: When::Auto, plain: false }
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Grade models: directories, cards or descriptions of services
    Grade(Grade),
    /// Explain a criterion, how a model stands to it, a fact, or a diagnostic
    Explain(Explain),
    /// Show every fact that was read of a model and where it stands; or list the facts that rules may ask about
    Facts(Facts),
    /// Measure whether a model shares its weights with others
    Measure(Measure),
    /// Merge the parts of a measurement that was divided
    Merge(Merge),
    /// Keep what the tests need of a model in a small file
    Sketch(Sketch),
    /// Compare a model or sketch with every sketch of a folder
    Screen(ScreenRegistry),
    /// Begin the card of a model, ask what it lacks, and check it
    Card(Card),
    /// Write, check, test, compare and publish rulesets
    Rules(Rules),
    /// Make the submission of a model: card, evidence, rules and grade in one file, without the weights
    Bundle(Bundle),
    /// Check a submission: every digest, the grade, and the model where it is at hand
    Verify(Verify),
    /// Sign a file, so that whoever trusts the key can let it count
    Sign(Sign),
    /// Make a pair of keys
    Key(Key),
    /// Turn files in which others describe models into cards
    Import(Import),
    /// List licences and show what their clauses say
    Licence(Licence),
    /// Print the JSON Schema of a kind of file
    Schema(Schema),
    /// Print the completions of a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

/// Which rules, and how they are read; what is handed in beside a model.
#[derive(Debug, Default, Args)]
pub(super) struct Reading {
    /// Ruleset: the name of an embedded one, or a folder; several where models are graded
    #[arg(long, value_name = "ID|DIR", default_value = "t-class")]
    pub(super) rules: Vec<String>,
    /// Choose an option of a reading (can be repeated)
    #[arg(long = "reading", value_name = "READING=OPTION")]
    pub(super) readings: Vec<String>,
    /// Choose a named bundle of readings; single readings go before it
    #[arg(long, value_name = "PROFILE")]
    pub(super) profile: Option<String>,
    /// Country that counts as home, as in KR
    #[arg(long, value_name = "CC")]
    pub(super) home: Option<String>,
    /// Day as of which the grade is given, as in 2026-01-15
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<String>,
    /// Evidence files about the model that nobody vouches for: reports (can be repeated)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) evidence: Vec<PathBuf>,
    /// Evidence files, or single entries of them, that you vouch for (can be repeated)
    #[arg(long, value_name = "FILE[#ENTRY]", num_args = 1..)]
    pub(super) vouch: Vec<String>,
    /// Public keys whose signatures vouch for evidence: FILE.sig beside FILE (can be repeated)
    #[arg(long, value_name = "KEY", num_args = 1..)]
    pub(super) trust: Vec<PathBuf>,
    /// Weights files of the model that need not be looked into (can be repeated)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) pass_over: Vec<String>,
    /// What the model is called, as in org/name
    #[arg(long, value_name = "ID")]
    pub(super) id: Option<String>,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Grade {
    /// Model directories, README files with front matter, or sovereignty.yaml files
    #[arg(required = true, value_name = "MODEL")]
    pub(super) models: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Measure the weights against these references and let what is found count
    #[arg(long, num_args = 1.., value_name = "[ID=]REF")]
    pub(super) against: Vec<Reference>,
    /// Show what each higher rung asks for, cheapest first
    #[arg(long)]
    pub(super) next: bool,
    /// Show every reason, with the question and the lines of the rules for each criterion
    #[arg(short, long, conflicts_with = "brief")]
    pub(super) verbose: bool,
    /// Show the short form, whose last lines are the grade
    #[arg(long, conflicts_with_all = ["next", "what_if"])]
    pub(super) brief: bool,
    /// Exit with 1 unless this rung is reached: RUNG in the assured view, or VIEW:RUNG; of several rulesets ID=RUNG
    #[arg(long, value_name = "[ID=][VIEW:]RUNG")]
    pub(super) require: Option<String>,
    /// Show every fact that was read, where it stands, and what was counted and passed over
    #[arg(long)]
    pub(super) facts: bool,
    /// Show how the grade would move: over combinations of readings and over thresholds
    #[arg(long)]
    pub(super) what_if: bool,
    /// Sort many models by a column
    #[arg(long, value_name = "COLUMN")]
    pub(super) sort: Option<SortColumn>,
    /// Format of the report, with a file to write to (can be repeated): human, json, jsonl, markdown, csv,
    /// sarif, cyclonedx
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(super) formats: Vec<String>,
}

/// A column of the table of many models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SortColumn {
    /// The name.
    Model,
    /// The grade that the card alone gives, the best first.
    AsDeclared,
    /// The grade if all that is said holds, the best first.
    Claimed,
    /// The grade on what is shown, the best first.
    Assured,
    /// The grade if every gap were filled, the best first.
    Attainable,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Measure {
    /// Model directory with safetensors weights, or a sketch
    #[arg(value_name = "MODEL")]
    pub(super) model: PathBuf,
    /// Reference directories or sketches to compare with
    #[arg(long, required_unless_present_any = ["trail", "claims"], num_args = 1.., value_name = "[ID=]REF")]
    pub(super) against: Vec<Reference>,
    /// Hold the claims of lineage of a card, a model or a CycloneDX file against the weights; 1 where one is refuted
    #[arg(long, value_name = "FILE|MODEL", conflicts_with_all = ["shard", "trail"])]
    pub(super) claims: Option<PathBuf>,
    /// Weights files of the model that need not be looked into; the evidence says so (can be repeated)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) pass_over: Vec<String>,
    /// Checkpoints of a claimed path from initial weights to the model, the first one first; the path is put to the
    /// test
    #[arg(long, num_args = 1.., value_name = "DIR")]
    pub(super) trail: Vec<PathBuf>,
    /// Assessor who runs the test of the path and answers for it
    #[arg(long, requires_all = ["trail", "record", "on"], value_name = "NAME")]
    pub(super) assessor: Option<String>,
    /// File number of the assessor's record
    #[arg(long, requires = "assessor", value_name = "NO")]
    pub(super) record: Option<String>,
    /// Day of the assessor's test, as in 2026-01-15
    #[arg(long, requires = "assessor", value_name = "DATE")]
    pub(super) on: Option<String>,
    /// Models known to be independent of all others: if one rings, the run decides nothing
    #[arg(long, num_args = 1.., value_name = "MODEL")]
    pub(super) control: Vec<PathBuf>,
    /// Read a small sample by a fixed plan, in seconds whatever the size; without digests unless --digest
    #[arg(long)]
    pub(super) quick: bool,
    /// Digest the files although --quick was asked for
    #[arg(long, requires = "quick", conflicts_with = "no_digest")]
    pub(super) digest: bool,
    /// Show the figures of every test
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Leave SHA-256 digests out; the evidence says so
    #[arg(long)]
    pub(super) no_digest: bool,
    /// Map whole files into memory instead of reading them; one that is shortened meanwhile may end the program
    #[arg(long, conflicts_with = "quick")]
    pub(super) map: bool,
    /// Write the evidence file
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Compare with one part of the references, as in 2/8, within the budget of all
    #[arg(long, value_name = "PART/PARTS")]
    pub(super) shard: Option<String>,
    /// Keep what is finished in this folder, and go on from what is there
    #[arg(long, value_name = "DIR")]
    pub(super) resume: Option<PathBuf>,
    /// Show progress on stderr, even where it is no terminal
    #[arg(long)]
    pub(super) progress: bool,
    /// Print the evidence as JSON; with --claims what became of each claim
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// Evidence files of all parts, in any order
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Evidence file to write
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Sketch {
    /// Model directory with safetensors weights
    #[arg(value_name = "MODEL")]
    pub(super) model: PathBuf,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
    /// Leave SHA-256 digests out; the sketch is then bound to no files
    #[arg(long)]
    pub(super) no_digest: bool,
    /// Show progress on stderr, even where it is no terminal
    #[arg(long)]
    pub(super) progress: bool,
}

#[derive(Debug, Args)]
pub(super) struct ScreenRegistry {
    /// Model directory with safetensors weights, or a sketch
    #[arg(value_name = "MODEL|SKETCH")]
    pub(super) model: PathBuf,
    /// Folder of sketches
    #[arg(long, value_name = "DIR")]
    pub(super) registry: PathBuf,
    /// Write an evidence file with the links that were looked at whole
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Leave SHA-256 digests out; the evidence says so
    #[arg(long)]
    pub(super) no_digest: bool,
    /// Show progress on stderr, even where it is no terminal
    #[arg(long)]
    pub(super) progress: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Facts {
    /// Model directories, README files with front matter, or sovereignty.yaml files; or words to look for among all
    /// facts
    #[arg(value_name = "MODEL|WORD")]
    pub(super) models: Vec<PathBuf>,
    /// Ruleset whose own facts are read and found too: the name of an embedded one, or a folder
    #[arg(long, value_name = "ID|DIR")]
    pub(super) rules: Option<String>,
    /// Evidence files about the model (can be repeated)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) evidence: Vec<PathBuf>,
    /// Format of the result, with a file to write to (can be repeated): human, json
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(super) formats: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Id of the criterion, path of a fact, or number of a diagnostic
    #[arg(value_name = "CRITERION|FACT|SGnnnn")]
    pub(super) criterion: String,
    /// Model to answer it for
    #[arg(value_name = "MODEL")]
    pub(super) model: Option<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Debug, Args)]
pub(super) struct Card {
    #[command(subcommand)]
    pub(super) command: CardCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum CardCommand {
    /// Fill in what the files of a model say, and ask what rulesets want to know
    New(NewCard),
    /// Check the front matter and the card of a model, every mistake at once
    Check(CheckCard),
}

#[derive(Debug, Args)]
pub(super) struct NewCard {
    /// Model directory, README file with front matter, or sovereignty.yaml file
    #[arg(value_name = "MODEL")]
    pub(super) model: PathBuf,
    /// Rulesets whose questions are asked: names of embedded ones, or folders (can be repeated)
    #[arg(long, value_name = "ID|DIR", default_value = "t-class")]
    pub(super) rules: Vec<String>,
    /// What the model is called, as in org/name
    #[arg(long, value_name = "ID")]
    pub(super) id: Option<String>,
    /// Write the card into the model's own files: the front matter of README.md, or sovereignty.yaml
    #[arg(long, conflicts_with = "output")]
    pub(super) write: bool,
    /// Write the file with the card here instead
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Ask the questions one by one, and write the answers into the card
    #[arg(long)]
    pub(super) interview: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckCard {
    /// Model directory, README file with front matter, or sovereignty.yaml file
    #[arg(value_name = "MODEL")]
    pub(super) model: PathBuf,
    /// Rulesets whose open questions are told: names of embedded ones, or folders (can be repeated)
    #[arg(long, value_name = "ID|DIR", default_value = "t-class")]
    pub(super) rules: Vec<String>,
    /// Mend what has one right form and no other, and check again
    #[arg(long)]
    pub(super) fix: bool,
    /// Least severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub(super) severity: SeverityWord,
    /// Format of the result, with a file to write to (can be repeated): human, json, sarif, junit, github
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(super) formats: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Rules {
    #[command(subcommand)]
    pub(super) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List the embedded rulesets
    List,
    /// Check rulesets and show every mistake
    Check(Check),
    /// Lay out a new ruleset, or add a criterion to one
    New(NewRules),
    /// Run the cases of rulesets
    Test(TestRules),
    /// Show what changed between two rulesets, and which models change grade
    Diff(DiffRules),
    /// Publish a ruleset as a page
    Doc(DocRules),
}

#[derive(Debug, Args)]
pub(super) struct DocRules {
    /// Name of an embedded ruleset, or a folder
    #[arg(value_name = "ID|DIR")]
    pub(super) ruleset: String,
    /// Put Korean and English side by side
    #[arg(long)]
    pub(super) side_by_side: bool,
    /// Format of the page, with a file to write to (can be repeated): markdown, html
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(super) formats: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct NewRules {
    /// Folder of the ruleset; with --criterion the folder that it is added to
    #[arg(value_name = "DIR", default_value = ".", required_unless_present = "criterion", hide_default_value = true)]
    pub(super) folder: PathBuf,
    /// Add a criterion of this id with its cases
    #[arg(long, value_name = "ID")]
    pub(super) criterion: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct DiffRules {
    /// Old ruleset: name of an embedded one, folder, or REVISION:FOLDER of git
    #[arg(value_name = "OLD")]
    pub(super) old: String,
    /// New ruleset
    #[arg(value_name = "NEW")]
    pub(super) new: String,
    /// Models to grade under both
    #[arg(value_name = "MODEL")]
    pub(super) models: Vec<PathBuf>,
    /// Choose an option of a reading, on each side that has the reading (can be repeated)
    #[arg(long = "reading", value_name = "READING=OPTION")]
    pub(super) readings: Vec<String>,
    /// Choose a named bundle of readings; single readings go before it
    #[arg(long, value_name = "PROFILE")]
    pub(super) profile: Option<String>,
    /// Country that counts as home, as in KR
    #[arg(long, value_name = "CC")]
    pub(super) home: Option<String>,
    /// Evidence files about the model (can be repeated)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) evidence: Vec<PathBuf>,
    /// Format of the result, with a file to write to (can be repeated): human, markdown, html, json
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(super) formats: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct TestRules {
    /// Names of embedded rulesets, or folders
    #[arg(required = true, value_name = "ID|DIR")]
    pub(super) rulesets: Vec<String>,
    /// Run only the cases whose names have this in them; * stands for anything
    #[arg(long, value_name = "PATTERN")]
    pub(super) only: Option<String>,
    /// Show which outcomes the cases prove, and which nodes never decide
    #[arg(long)]
    pub(super) coverage: bool,
    /// Make small mistakes on purpose and list those that no case catches
    #[arg(long)]
    pub(super) mutate: bool,
    /// Write what came out into the cases that expect otherwise, with this reason
    #[arg(long, value_name = "REASON", conflicts_with_all = ["watch", "mutate", "coverage"])]
    pub(super) accept: Option<String>,
    /// Run again whenever a file of the ruleset is saved, until Ctrl-C
    #[arg(long)]
    pub(super) watch: bool,
    /// Format of the result, with a file to write to (can be repeated): human, json, junit
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(super) formats: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Names of embedded rulesets, or folders
    #[arg(required = true, value_name = "ID|DIR")]
    pub(super) rulesets: Vec<String>,
    /// Models over which each criterion should tell something apart
    #[arg(long, value_name = "MODEL", num_args = 1..)]
    pub(super) models: Vec<PathBuf>,
    /// Least severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub(super) severity: SeverityWord,
}

/// A severity, as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SeverityWord {
    /// Warnings too.
    Warning,
    /// Errors only.
    Error,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// Whose format the files have
    #[arg(value_name = "FORMAT")]
    pub(super) format: ImportFormat,
    /// Files to read
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Folder to write a card a file to; one file without it goes to stdout
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Overwrite cards that are there already
    #[arg(long)]
    pub(super) force: bool,
}

/// Formats that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ImportFormat {
    /// Model files of the Model Openness Framework
    Mof,
    /// Files of the European Open Source AI Index and its predecessor
    Osai,
    /// Bills of materials of CycloneDX, as JSON
    #[value(name = "cyclonedx")]
    CycloneDx,
}

#[derive(Debug, Args)]
pub(super) struct Licence {
    #[command(subcommand)]
    pub(super) command: LicenceCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum LicenceCommand {
    /// List the licences that are known clause by clause
    List,
    /// Show what the clauses of a licence say
    Show {
        /// Id, SPDX id, Hub id or `license_name`
        #[arg(value_name = "ID")]
        id: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Kind of file
    #[arg(value_name = "KIND")]
    pub(super) kind: SchemaKind,
    /// Ruleset whose own facts the schema knows: the name of an embedded one, or a folder
    #[arg(long, value_name = "ID|DIR")]
    pub(super) rules: Option<String>,
}

/// Kinds of files that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaKind {
    /// ruleset.yaml
    Ruleset,
    /// terms.yaml
    Terms,
    /// criteria/*.yaml
    Criterion,
    /// cases/*.yaml
    Case,
    /// allow.yaml
    Allow,
    /// references.yaml
    References,
    /// facts.yaml
    Facts,
    /// The `sovereignty:` block and sovereignty.yaml
    Card,
    /// Evidence files
    Evidence,
    /// licences/*.yaml
    Licence,
    /// The JSON of `grade`
    Assessment,
    /// The JSON of `screen`
    Screening,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}
