package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Attachment is a small file that stands beside the database and without which the
// rows are of less use: a key.
type Attachment struct {
	Name    string // without a folder
	Content []byte
}

// Backup writes a consistent copy of the database at path to a new file, beside
// a running server. The copy holds all that was committed when it began, and the
// attachments.
func Backup(ctx context.Context, path, file string, attached ...Attachment) error {
	if OnServer(path) {
		return fmt.Errorf("backup: it copies an SQLite file; of %s make one by pg_dump --format=custom, or by the server's base backups with its write-ahead log", Shown(path))
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("backup: %w", err) // opening would make an empty database
	}
	// Made before it is filled, so that no other account ever reads buyers'
	// addresses in it.
	empty, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // #nosec G304 -- the operator names it
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	err = empty.Close()
	if err == nil {
		err = copyDatabase(ctx, path, file)
	}
	if err == nil {
		err = attach(ctx, file, attached)
	}
	if err == nil {
		err = syncFile(file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("backup: %w", err), os.Remove(file)) // half a copy is none
	}
	return nil
}

func copyDatabase(ctx context.Context, path, file string) error {
	source, err := sql.Open("sqlite", dsn(path, "mode=rw"))
	if err != nil {
		return err
	}
	_, err = source.ExecContext(ctx, `VACUUM INTO $1`, file)
	return errors.Join(err, source.Close())
}

// openCopy opens a copy that no other program uses, without a write-ahead log. What is
// deleted in it is overwritten.
func openCopy(file string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+
		"?mode=rw&_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)&_pragma=secure_delete(1)")
}

// attach stores the attachments in a table of their own, which Restore takes away.
func attach(ctx context.Context, file string, attached []Attachment) error {
	into, err := openCopy(file)
	if err != nil {
		return err
	}
	_, err = into.ExecContext(ctx, `
		CREATE TABLE backup_attachments (
			name    TEXT PRIMARY KEY,
			content BLOB NOT NULL
		) STRICT`)
	for _, a := range attached {
		if err == nil {
			_, err = into.ExecContext(ctx, `
				INSERT INTO backup_attachments (name, content)
				VALUES ($1, $2)`, a.Name, a.Content)
		}
	}
	return errors.Join(err, into.Close())
}

// detach takes the attachments out of a copy. A copy that was made by an older version,
// or by hand, has none.
func detach(ctx context.Context, from *sql.DB) ([]Attachment, error) {
	var exists bool
	err := from.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'backup_attachments')`).Scan(&exists)
	if err != nil || !exists {
		return nil, err
	}
	attached, err := collect(ctx, from, func(row scanner) (Attachment, error) {
		var a Attachment
		err := row.Scan(&a.Name, &a.Content)
		return a, err
	}, `
		SELECT name, content
		  FROM backup_attachments
		 ORDER BY name`)
	if err == nil {
		_, err = from.ExecContext(ctx, `DROP TABLE backup_attachments`)
	}
	return attached, err
}

// Restored is what Restore has done.
type Restored struct {
	Schema   int64
	Orders   int
	Latest   time.Time // of the last transition; zero without one
	Attached []string  // names of the files that came with the backup
	SetAside []string  // where the files are now that stood there before
}

// Restore puts a backup in the place of the database at path. It refuses while a server
// runs, and a file that is damaged, foreign, or of a newer schema; then everything stays
// as it was. The files that were there are set aside, the write-ahead log with them: over
// a restored file it would be replayed. wanted are the attachments that may be written.
func Restore(ctx context.Context, file, path string, wanted []string, now time.Time) (Restored, error) {
	if OnServer(path) {
		return Restored{}, fmt.Errorf("restore: it restores an SQLite file; restore %s by pg_restore, into an empty database", Shown(path))
	}
	r, err := restore(ctx, file, path, wanted, now)
	if err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	return r, nil
}

func restore(ctx context.Context, file, path string, wanted []string, now time.Time) (r Restored, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return r, err
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	release, err := claim(ctx, path, 0)
	if err != nil {
		return r, err
	}
	defer release() //nolint:errcheck // the process ends with it
	if err := refuseAsBackup(file, path); err != nil {
		return r, err
	}
	copied := path + ".copy"
	if err := copyPrivate(file, copied); err != nil {
		return r, errors.Join(err, remove(copied))
	}
	attached, err := r.examine(ctx, copied)
	if err != nil {
		return r, errors.Join(fmt.Errorf("%s: %w", file, err), remove(copied))
	}
	return r, r.replace(path, copied, attached, wanted, now)
}

// refuseAsBackup refuses the database itself, and a file whose last commits stand in a
// log beside it.
func refuseAsBackup(file, path string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if present, err := os.Stat(path); err == nil && os.SameFile(info, present) {
		return fmt.Errorf("%s is the database itself", file)
	}
	if log, err := os.Stat(file + "-wal"); err == nil && log.Size() > 0 {
		return fmt.Errorf("%s is a database in use and no backup: %s-wal stands beside it", file, file)
	}
	return nil
}

// examine says whether a copy can serve as the database, and takes out what came with it.
func (r *Restored) examine(ctx context.Context, copied string) (attached []Attachment, err error) {
	on, err := openCopy(copied)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, on.Close()) }()
	if err := checkIntegrity(ctx, on); err != nil {
		return nil, err
	}
	r.Schema, _, err = schemaVersions(ctx, on)
	if err == nil && r.Schema == 0 {
		err = ErrForeign
	}
	if err != nil {
		return nil, err
	}
	var latest sql.NullInt64
	err = on.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM orders), (SELECT max(at) FROM transitions)`).Scan(&r.Orders, &latest)
	if err != nil {
		return nil, err
	}
	r.Latest = optionalMoment(latest)
	return detach(ctx, on)
}

// checkIntegrity reads the whole file.
func checkIntegrity(ctx context.Context, on *sql.DB) error {
	problems, err := collect(ctx, on, scanText, `PRAGMA integrity_check(1)`)
	if err != nil {
		return err
	}
	if !slices.Equal(problems, []string{"ok"}) {
		return fmt.Errorf("the file is damaged: %v", problems)
	}
	orphans, err := collect(ctx, on, scanText, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`)
	if err == nil && len(orphans) > 0 {
		err = fmt.Errorf("the file is damaged: rows of %s belong to nothing", orphans[0])
	}
	return err
}

// restoring is what the copy is called while files change places. A database that has
// one beside it is not opened: a restore was interrupted, and has to be given again.
func restoring(path string) string { return path + ".restoring" }

func refuseHalfRestored(path string) error {
	if _, err := os.Stat(restoring(path)); err == nil {
		return fmt.Errorf("a restore of %s was interrupted; give the command restore again", path)
	}
	return nil
}

// replace changes the files' places.
func (r *Restored) replace(path, copied string, attached []Attachment, wanted []string, now time.Time) error {
	if err := errors.Join(os.Rename(copied, restoring(path)), syncFile(filepath.Dir(path))); err != nil {
		return err
	}
	suffix := freeSuffix(path, now)
	for _, part := range []string{"", "-wal", "-shm"} {
		if err := r.setAside(path+part, path+suffix+part); err != nil {
			return err
		}
	}
	for _, a := range attached {
		if !slices.Contains(wanted, a.Name) {
			continue
		}
		if err := r.writeAttachment(filepath.Join(filepath.Dir(path), a.Name), suffix, a); err != nil {
			return err
		}
	}
	return errors.Join(os.Rename(restoring(path), path), syncFile(filepath.Dir(path)))
}

func (r *Restored) writeAttachment(path, suffix string, a Attachment) error {
	r.Attached = append(r.Attached, a.Name)
	present, err := os.ReadFile(path) // #nosec G304 -- replace admits the names that the program wants
	if err == nil && slices.Equal(present, a.Content) {
		return nil
	}
	if err := r.setAside(path, path+suffix); err != nil {
		return err
	}
	if err := os.WriteFile(path, a.Content, 0o600); err != nil {
		return err
	}
	return syncFile(path)
}

// setAside renames a file, if it is there.
func (r *Restored) setAside(path, to string) error {
	err := os.Rename(path, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		r.SetAside = append(r.SetAside, to)
	}
	return err
}

// freeSuffix is what the files that are set aside are called besides their names.
func freeSuffix(path string, now time.Time) string {
	stamp := ".replaced-" + now.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		suffix := stamp
		if n > 1 {
			suffix += fmt.Sprint("-", n)
		}
		if _, err := os.Lstat(path + suffix); errors.Is(err, fs.ErrNotExist) {
			return suffix
		}
	}
}

// copyPrivate copies a file; its owner only can read the copy.
func copyPrivate(from, to string) error {
	source, err := os.Open(from) // #nosec G304 -- the operator names it
	if err != nil {
		return err
	}
	defer source.Close()
	if err := remove(to); err != nil {
		return err
	}
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // #nosec G304 -- it stands beside the database
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Sync(), target.Close())
}

// remove deletes a file that may not be there.
func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFile makes a file, or the names in a folder, survive a power cut.
func syncFile(path string) error {
	file, err := os.Open(path) // #nosec G304 -- only files that this package has written are synced
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
