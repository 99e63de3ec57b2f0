//! A file that appears whole or not at all. Knows no format.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::WriteError;

/// Room for output before the system is asked.
const BUFFER_BYTES: usize = 1 << 18;

/// A file being written beside its final place. [`AtomicFile::commit`] moves it there; dropped
/// without that, nothing is left and whatever was there before is untouched.
///
/// `-` is standard output, and a path that is a device or a pipe is written directly; there a
/// reader may see a beginning before an error.
#[derive(Debug)]
pub struct AtomicFile {
    path: String,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Beside {
        file: BufWriter<NamedTempFile>,
        target: PathBuf,
    },
    Direct(BufWriter<File>),
    Stdout(BufWriter<io::Stdout>),
}

impl AtomicFile {
    /// Begins a file.
    ///
    /// # Errors
    /// [`WriteError`] when the path is a folder, its folder is missing, or the system refuses.
    pub fn create(path: &Path) -> Result<AtomicFile, WriteError> {
        let shown = path.display().to_string();
        if path == Path::new("-") {
            let stdout = BufWriter::with_capacity(BUFFER_BYTES, io::stdout());
            return Ok(AtomicFile {
                path: shown,
                sink: Sink::Stdout(stdout),
            });
        }
        // A link stays a link: what it points to is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = fs::metadata(&target).ok();
        if before.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(WriteError::PathIsFolder { path: shown });
        }
        let sink = match before {
            Some(before) if !before.is_file() => {
                let file = File::options().write(true).open(&target);
                let file = file.map_err(|error| WriteError::unwritable(&shown, error))?;
                Sink::Direct(BufWriter::with_capacity(BUFFER_BYTES, file))
            }
            before => {
                let file = beside(&target, before).map_err(|error| match error.kind() {
                    ErrorKind::NotFound => WriteError::FolderMissing {
                        path: shown.clone(),
                    },
                    _ => WriteError::unwritable(&shown, error),
                })?;
                Sink::Beside {
                    file: BufWriter::with_capacity(BUFFER_BYTES, file),
                    target,
                }
            }
        };
        Ok(AtomicFile { path: shown, sink })
    }

    /// The path as it was given.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether this is standard output.
    pub fn is_stdout(&self) -> bool {
        matches!(self.sink, Sink::Stdout(_))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// [`WriteError::FileUnwritable`] when the rest cannot be written or the file not be moved;
    /// nothing is left then.
    pub fn commit(self) -> Result<(), WriteError> {
        self.close(Keep::Written)
    }

    /// As [`AtomicFile::commit`], and sure to be there after a power cut.
    ///
    /// # Errors
    /// As [`AtomicFile::commit`].
    pub fn commit_durably(self) -> Result<(), WriteError> {
        self.close(Keep::Durable)
    }

    fn close(self, keep: Keep) -> Result<(), WriteError> {
        let path = self.path;
        let unwritable = |error: io::Error| WriteError::unwritable(&path, error);
        match self.sink {
            Sink::Beside { file, target } => {
                let file = file
                    .into_inner()
                    .map_err(|error| unwritable(error.into_error()))?;
                if keep == Keep::Durable {
                    file.as_file().sync_all().map_err(unwritable)?;
                }
                file.persist(&target)
                    .map_err(|error| unwritable(error.error))?;
                if keep == Keep::Durable {
                    sync_folder(&target).map_err(unwritable)?;
                }
                Ok(())
            }
            Sink::Direct(mut file) => file.flush().map_err(unwritable),
            Sink::Stdout(mut stdout) => stdout.flush().map_err(unwritable),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Keep {
    Written,
    Durable,
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Beside { file, .. } => file.write(bytes),
            Sink::Direct(file) => file.write(bytes),
            Sink::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Beside { file, .. } => file.flush(),
            Sink::Direct(file) => file.flush(),
            Sink::Stdout(stdout) => stdout.flush(),
        }
    }
}

/// A hidden file in the target's folder, with the rights that the target has or a new file gets.
fn beside(target: &Path, before: Option<fs::Metadata>) -> io::Result<NamedTempFile> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".{name}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".part");
    if before
        .as_ref()
        .is_some_and(|before| before.permissions().readonly())
    {
        return Err(io::Error::new(
            ErrorKind::PermissionDenied,
            "the file is read-only",
        ));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    if let Some(before) = before {
        file.as_file().set_permissions(before.permissions())?;
    }
    Ok(file)
}

#[cfg(unix)]
fn sync_folder(target: &Path) -> io::Result<()> {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"one").unwrap();
        assert!(!path.exists());
        drop(file);
        assert!(names(folder.path()).is_empty());

        for text in ["one", "two"] {
            let mut file = AtomicFile::create(&path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file.commit_durably().unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[test]
    fn folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = AtomicFile::create(folder.path()).unwrap_err();
        assert_eq!(fenjie_message::Message::code(&refused), "path_is_folder");
        let refused = AtomicFile::create(&folder.path().join("no/a.csv")).unwrap_err();
        assert_eq!(fenjie_message::Message::code(&refused), "folder_missing");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_rights_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut file = AtomicFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(link.is_symlink());
        assert_eq!(
            fs::metadata(&real).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }
}
