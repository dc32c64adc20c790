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

// file puts a letter into the folder, for its owner only. The same letter again is
// the same file.
func (o *Mailer) file(_ context.Context, m *gomail.Msg, l checkout.Email) error {
	if err := os.MkdirAll(o.cfg.Folder, 0o700); err != nil {
		return fmt.Errorf("mail folder: %w", err)
	}
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		return fmt.Errorf("write letter: %w", err)
	}
	_, kind, _ := strings.Cut(string(l.Kind), ".")
	path := filepath.Join(o.cfg.Folder, l.Order.Number+"-"+kind+"-"+l.ID[:8]+ending)
	// Under another name first: nobody finds half a letter.
	if err := os.WriteFile(path+".new", text.Bytes(), 0o600); err != nil {
		return fmt.Errorf("mail folder: %w", err)
	}
	return os.Rename(path+".new", path)
}

const ending = ".eml"

// Folder is where letters lie that no server has taken. It is for developers to
// look into.
type Folder string

// newest is how many letters a list holds.
const newest = 100

// Mails lists the newest letters, without their content.
func (f Folder) Mails() ([]views.WrittenMail, error) {
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
	var all []views.WrittenMail
	for _, file := range files[:min(newest, len(files))] {
		m, err := f.Mail(file.name)
		if err != nil {
			return nil, err
		}
		m.Text, m.HTML = "", ""
		all = append(all, m)
	}
	return all, nil
}

// isName keeps whoever asks inside the folder.
var isName = regexp.MustCompile(`^[A-Za-z0-9-]{1,80}\` + ending + `$`)

// Mail reads one letter, or answers checkout.ErrNotFound.
func (f Folder) Mail(name string) (views.WrittenMail, error) {
	if !isName.MatchString(name) {
		return views.WrittenMail{}, checkout.ErrNotFound
	}
	text, err := os.ReadFile(filepath.Join(string(f), name))
	if errors.Is(err, fs.ErrNotExist) {
		return views.WrittenMail{}, checkout.ErrNotFound
	}
	if err != nil {
		return views.WrittenMail{}, fmt.Errorf("mail folder: %w", err)
	}
	m, err := gomail.EMLToMsgFromReader(bytes.NewReader(text))
	if err != nil {
		return views.WrittenMail{}, fmt.Errorf("read letter %s: %w", name, err)
	}
	written := views.WrittenMail{
		Name: name, To: strings.Join(m.GetToString(), ", "), Subject: header(m, gomail.HeaderSubject), At: header(m, gomail.HeaderDate),
	}
	for _, part := range m.GetParts() {
		content, err := part.GetContent()
		if err != nil {
			return views.WrittenMail{}, fmt.Errorf("read letter %s: %w", name, err)
		}
		if part.GetContentType() == gomail.TypeTextHTML {
			written.HTML = string(content)
		} else {
			written.Text = string(content)
		}
	}
	return written, nil
}

func header(m *gomail.Msg, name gomail.Header) string {
	text := strings.Join(m.GetGenHeader(name), " ")
	if decoded, err := new(mime.WordDecoder).DecodeHeader(text); err == nil {
		return decoded
	}
	return text
}
