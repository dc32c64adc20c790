package mail

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// file writes an email to the folder, readable for its owner only. The same email
// again is the same file.
func (m *Mailer) file(_ context.Context, message *gomail.Msg, name string) error {
	if err := os.MkdirAll(m.cfg.Folder, 0o700); err != nil {
		return fmt.Errorf("mail folder: %w", err)
	}
	var text bytes.Buffer
	if _, err := message.WriteTo(&text); err != nil {
		return fmt.Errorf("write email: %w", err)
	}
	path := filepath.Join(m.cfg.Folder, name)
	// Under another name first, so that a reader never finds half an email.
	if err := os.WriteFile(path+".new", text.Bytes(), 0o600); err != nil {
		return fmt.Errorf("mail folder: %w", err)
	}
	return os.Rename(path+".new", path)
}

const ending = ".eml"

// fileName is where an email about an order is written. The same email is the same file.
func fileName(number, kind, id string) string { return number + "-" + kind + "-" + id[:8] + ending }

// Folder holds the emails that were written to files. Developers read them there.
type Folder string

// newest is how many emails a list holds.
const newest = 100

// Emails lists the newest emails, without their content.
func (f Folder) Emails() ([]views.EmailPreview, error) {
	entries, err := os.ReadDir(string(f))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("mail folder: %w", err)
	}
	type file struct {
		name    string
		written int64
	}
	var files []file
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && isName.MatchString(entry.Name()) {
			files = append(files, file{entry.Name(), info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(b.written, a.written) })
	var all []views.EmailPreview
	for _, file := range files[:min(newest, len(files))] {
		email, err := f.Email(file.name)
		if err != nil {
			return nil, err
		}
		email.Text, email.HTML = "", ""
		all = append(all, email)
	}
	return all, nil
}

// isName admits the names that file gives and none that lead out of the folder.
var isName = regexp.MustCompile(`^[A-Za-z0-9-]{1,80}\` + ending + `$`)

// Email reads one email, or answers checkout.ErrNotFound.
func (f Folder) Email(name string) (views.EmailPreview, error) {
	if !isName.MatchString(name) {
		return views.EmailPreview{}, checkout.ErrNotFound
	}
	text, err := os.ReadFile(filepath.Join(string(f), name)) // #nosec G304 -- isName admitted it
	if errors.Is(err, fs.ErrNotExist) {
		return views.EmailPreview{}, checkout.ErrNotFound
	}
	if err != nil {
		return views.EmailPreview{}, fmt.Errorf("mail folder: %w", err)
	}
	message, err := gomail.EMLToMsgFromReader(bytes.NewReader(text))
	if err != nil {
		return views.EmailPreview{}, fmt.Errorf("read email %s: %w", name, err)
	}
	preview := views.EmailPreview{
		Name: name, To: strings.Join(message.GetToString(), ", "), Subject: header(message, gomail.HeaderSubject), At: header(message, gomail.HeaderDate),
	}
	for _, part := range message.GetParts() {
		content, err := part.GetContent()
		if err != nil {
			return views.EmailPreview{}, fmt.Errorf("read email %s: %w", name, err)
		}
		if part.GetContentType() == gomail.TypeTextHTML {
			preview.HTML = string(content)
		} else {
			preview.Text = string(content)
		}
	}
	return preview, nil
}

// Forget deletes the emails about an order that were written to files.
func (m *Mailer) Forget(number string) error {
	entries, err := os.ReadDir(m.cfg.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), number+"-") {
			err = errors.Join(err, os.Remove(filepath.Join(m.cfg.Folder, entry.Name())))
		}
	}
	if err != nil {
		return fmt.Errorf("mail folder: %w", err)
	}
	return nil
}

// header is a header of an email, decoded.
func header(message *gomail.Msg, name gomail.Header) string {
	text := strings.Join(message.GetGenHeader(name), " ")
	if decoded, err := new(mime.WordDecoder).DecodeHeader(text); err == nil {
		return decoded
	}
	return text
}
