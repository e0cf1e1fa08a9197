//! `import`: files in which others describe models, to cards.

use std::path::{Path, PathBuf};

use super::Exit;
use super::args::{Import as Arguments, ImportFormat};
use super::output::is_read;
use super::screen::Screen;
use crate::import::{Imported, cyclonedx, mof, osai};
use crate::text::{
    Code, Diagnostic, Diagnostics, MAX_TEXT_BYTES, SourceFile, Span, read_text, says, why_not, write_new, write_whole,
};

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Exit {
    if arguments.out.is_none() && arguments.files.len() > 1 {
        screen.note(screen.say(
            "파일이 여럿이면 `--out`으로 카드를 쓸 폴더를 정한다",
            "with several files, name a folder for the cards with `--out`",
        ));
        return Exit::Unusable;
    }
    let mut exit = Exit::Done;
    let (mut problems, mut written) = (Diagnostics::default(), Vec::new());
    for path in &arguments.files {
        match one(path, arguments, &mut written, screen) {
            Ok(warnings) => problems.extend(warnings),
            Err(errors) => {
                problems.extend(errors);
                exit = Exit::Unusable;
            }
        }
    }
    screen.problems(problems);
    if arguments.out.is_some() {
        let (done, all) = (written.len(), arguments.files.len());
        screen.note(&match screen.lang {
            crate::text::Lang::Ko => format!("파일 {all}개 가운데 {done}개를 카드로 썼다"),
            crate::text::Lang::En => format!("{done} of {all} files were written as cards"),
        });
    }
    exit
}

fn one(
    path: &Path,
    arguments: &Arguments,
    written: &mut Vec<PathBuf>,
    screen: &Screen,
) -> Result<Diagnostics, Diagnostics> {
    let file = read_text(path, &path.to_string_lossy(), MAX_TEXT_BYTES)?;
    let Imported { card, warnings } = match arguments.format {
        ImportFormat::Mof => mof(&file)?,
        ImportFormat::Osai => osai(&file)?,
        ImportFormat::CycloneDx => cyclonedx(&file)?,
    };
    let Some(folder) = &arguments.out else {
        screen.print(&card);
        return Ok(warnings);
    };
    let target = folder.join(path.file_stem().unwrap_or_default()).with_added_extension("yaml");
    let taken = written.contains(&target) || (target.exists() && !arguments.force);
    if taken {
        return Err(not_written(
            &target,
            Code::WouldOverwrite,
            "이미 있어 쓰지 않았다",
            "is there already and was not overwritten",
        ));
    }
    if is_read(&target, arguments.files.iter().map(PathBuf::as_path)) {
        let (ko, en) =
            ("이 명령이 읽는 파일이라 쓰지 않았다", "is a file that this command reads and was not overwritten");
        return Err(not_written(&target, Code::WouldOverwrite, ko, en));
    }
    let put = if arguments.force { write_whole } else { write_new };
    let done = std::fs::create_dir_all(folder).and_then(|()| put(&target, card.as_bytes()));
    if let Err(error) = done {
        let why = why_not(&error);
        return Err(not_written(&target, Code::Unreadable, &why.ko, &why.en));
    }
    written.push(target);
    Ok(warnings)
}

fn not_written(target: &Path, code: Code, ko: &str, en: &str) -> Diagnostics {
    let name = target.to_string_lossy();
    let message = says(format!("`{name}`: {ko}"), format!("`{name}`: {en}"));
    let help = says(
        "다른 폴더를 고르거나, 덮어써도 되면 `--force`를 준다",
        "choose another folder, or give `--force` to overwrite",
    );
    Diagnostic::error(code, &SourceFile::nameless(&name), Span::default(), message).help(help).into()
}
