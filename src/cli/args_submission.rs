//! The arguments of what makes and checks submissions.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::against::Reference;
use super::args::Reading;

#[derive(Debug, Args)]
pub(super) struct Bundle {
    /// Model directory, README with front matter, or sovereignty.yaml file
    #[arg(value_name = "MODEL")]
    pub(super) model: PathBuf,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Measure the weights against these references, and put in what is found
    #[arg(long, num_args = 1.., value_name = "[ID=]REF")]
    pub(super) against: Vec<Reference>,
    /// Private key to sign with, as PEM: ECDSA over P-256, or Ed25519
    #[arg(long, value_name = "KEY")]
    pub(super) sign: Option<PathBuf>,
    /// Earlier submission of the model: weights files that were not touched since are not digested again
    #[arg(long, value_name = "FILE")]
    pub(super) earlier: Option<PathBuf>,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
    /// Show progress on stderr, even where it is no terminal
    #[arg(long)]
    pub(super) progress: bool,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Submission to check
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The model, to compare every file and read the weights
    #[arg(long, value_name = "DIR")]
    pub(super) model: Option<PathBuf>,
    /// Measure the model against these references, and compare with what the submission says
    #[arg(long, num_args = 1.., requires = "model", value_name = "[ID=]REF")]
    pub(super) against: Vec<Reference>,
    /// Public keys that are trusted, as PEM (can be repeated)
    #[arg(long, value_name = "KEY", num_args = 1..)]
    pub(super) trust: Vec<PathBuf>,
    /// Evidence of the submission that you vouch for, by its name in it (can be repeated)
    #[arg(long, value_name = "NAME[#ENTRY]", num_args = 1..)]
    pub(super) vouch: Vec<String>,
    /// Read so many blocks of the weights only, drawn by the seed
    #[arg(long, requires_all = ["model", "seed"], value_name = "NUMBER")]
    pub(super) blocks: Option<u64>,
    /// What the blocks are drawn by; choose it after the submission was handed in
    #[arg(long, requires = "model", value_name = "TEXT")]
    pub(super) seed: Option<String>,
    /// Result of an earlier check of the same model: weights files not touched since are read in part only
    #[arg(long, requires = "model", value_name = "FILE")]
    pub(super) earlier: Option<PathBuf>,
    /// Write the result as an in-toto statement that can be signed
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Address of whoever checks, for the result
    #[arg(long, value_name = "ADDRESS", default_value = "urn:sovgrade:verifier")]
    pub(super) verifier: String,
    /// Day of the check, for the result, as in 2026-01-15
    #[arg(long, value_name = "DATE")]
    pub(super) on: Option<String>,
    /// Format of the report, with a file to write to (can be repeated): human, json
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(super) formats: Vec<String>,
    /// Show progress on stderr, even where it is no terminal
    #[arg(long)]
    pub(super) progress: bool,
}

#[derive(Debug, Args)]
pub(super) struct Sign {
    /// File to sign: evidence, or the result of a check
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Private key, as PEM: ECDSA over P-256, or Ed25519
    #[arg(long, value_name = "KEY")]
    pub(super) key: PathBuf,
    /// Signature to write; FILE.sig where nothing is said
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Key {
    #[command(subcommand)]
    pub(super) command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Write a new pair: NAME.key.pem, which signs and stays with you, and NAME.pub.pem, which others trust
    New(NewKey),
}

#[derive(Debug, Args)]
pub(super) struct NewKey {
    /// Beginning of the names of both files
    #[arg(value_name = "NAME")]
    pub(super) name: PathBuf,
}
