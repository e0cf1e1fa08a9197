//! `sign` and `key new`: who vouches for a file when nobody sits beside it.

use std::path::{Path, PathBuf};

use super::Exit;
use super::args_submission::{Key, KeyCommand, Sign};
use super::output::{may_write, write};
use super::screen::Screen;
use crate::evidence::{MAX_BYTES, sha256};
use crate::report::to_text;
use crate::signing::{Envelope, PrivateKey, Statement, Subject, beside};
use crate::text::{
    Code, Diagnostic, Diagnostics, Lang, Says, SourceFile, Span, clean, read_text, says, shown_path, why_not,
    write_new, write_new_private,
};

/// The statement about a file of which nothing is said but that the signer answers for it.
const SIGNED_FILE: &str = "https://github.com/sovgrade/sovgrade/signed/v1";

pub(super) fn run(arguments: &Sign, screen: &Screen) -> Exit {
    let output = arguments.output.clone().unwrap_or_else(|| beside(&arguments.file));
    if !may_write([&output], [arguments.file.as_path(), arguments.key.as_path()], screen) {
        return Exit::Unusable;
    }
    match signature(arguments) {
        Ok(text) if write(&output, text.as_bytes(), screen) => Exit::Done,
        Ok(_) => Exit::Unusable,
        Err(problem) => {
            screen.problems(problem.into());
            Exit::Unusable
        }
    }
}

/// The signature: of an in-toto statement the statement itself, of any other file one about it.
fn signature(arguments: &Sign) -> Result<String, Diagnostic> {
    let key = PrivateKey::read(&arguments.key)?;
    let name = shown_path(&arguments.file);
    let file = read_text(&arguments.file, &name, MAX_BYTES)?;
    let bytes = file.text().as_bytes();
    let payload = if Statement::read(bytes).is_ok() {
        bytes.to_vec()
    } else {
        let last = arguments.file.file_name().map(|name| clean(&name.to_string_lossy())).unwrap_or_default();
        let subjects = vec![Subject { name: last, sha256: sha256(bytes) }];
        let predicate = serde_json::json!({});
        let statement = Statement { subjects, predicate_type: SIGNED_FILE.to_owned(), predicate };
        statement.to_json().to_string().into_bytes()
    };
    Ok(to_text(&Envelope::sign(payload, &key).to_json(&key.public())))
}

/// Makes a pair of keys. Files that are there are never replaced.
pub(super) fn key(arguments: &Key, screen: &Screen) -> Exit {
    let KeyCommand::New(new) = &arguments.command;
    let with = |end: &str| {
        let mut name = new.name.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let (private, public) = (with(".key.pem"), with(".pub.pem"));
    match written(&private, &public) {
        Ok(fingerprint) => {
            let [private, public] = [&private, &public].map(|path| clean(&path.to_string_lossy()));
            screen.print(&match screen.lang {
                Lang::Ko => format!(
                    "`{private}`: 개인 열쇠. 서명에 쓰고 아무에게도 주지 않는다.\n`{public}`: 공개 열쇠. 서명을 확인할 쪽에 \
                    직접 건넨다.\n열쇠의 해시: {fingerprint}\n"
                ),
                Lang::En => format!(
                    "`{private}`: the private key; it signs, and nobody else gets it.\n`{public}`: the public key; hand \
                    it to those who are to check your signatures.\nDigest of the key: {fingerprint}\n"
                ),
            });
            Exit::Done
        }
        Err(problems) => {
            screen.problems(problems);
            Exit::Unusable
        }
    }
}

fn written(private: &Path, public: &Path) -> Result<String, Diagnostics> {
    let key = loop {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|_| {
            let why = says("운영체제가 난수를 주지 않는다", "the system gives no random numbers");
            cannot(private, &why)
        })?;
        if let Some(key) = PrivateKey::p256_from(&secret) {
            break key;
        }
    };
    for path in [private, public] {
        if path.exists() {
            return Err(there_already(path).into());
        }
    }
    let failed = |path: &Path, error: &std::io::Error| cannot(path, &why_not(error));
    write_new_private(private, key.to_pem().as_bytes()).map_err(|error| failed(private, &error))?;
    write_new(public, key.public().to_pem().as_bytes()).map_err(|error| failed(public, &error))?;
    Ok(key.public().fingerprint())
}

fn there_already(path: &Path) -> Diagnostic {
    let name = shown_path(path);
    let message = says(
        format!("`{name}`이(가) 이미 있다. 열쇠는 덮어쓰지 않는다"),
        format!("`{name}` is there already; a key is never replaced"),
    );
    Diagnostic::error(Code::WouldOverwrite, &SourceFile::nameless(&name), Span::default(), message)
        .help(says("다른 이름을 준다", "give another name"))
}

fn cannot(path: &Path, why: &Says) -> Diagnostic {
    let name = shown_path(path);
    let message = says(format!("`{name}`에 쓸 수 없다: {}", why.ko), format!("`{name}` cannot be written: {}", why.en));
    Diagnostic::error(Code::BadKey, &SourceFile::nameless(&name), Span::default(), message)
}
