package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// end is the last line of a report. A file without it was not downloaded to its end.
const end = "<END>"

var byteOrderMark = []byte("\ufeff")

// dayInName is the day of a file of transaction details.
var dayInName = regexp.MustCompile(`(?i)transaction[a-z_]*_(\d{8})_\d{1,3}\.csv$`)

// Read reads a report, or returns an [*Error]. name is what the file is called.
func Read(name string, from io.Reader, opt Options) (*File, error) {
	content, err := io.ReadAll(io.LimitReader(from, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := &File{Name: name}
	if err := f.read(content, opt); err != nil {
		if refused := (*Error)(nil); errors.As(err, &refused) {
			refused.File = name
		}
		return nil, err
	}
	return f, nil
}

func (f *File) read(content []byte, opt Options) error {
	hash := sha256.Sum256(content)
	f.SHA256 = hex.EncodeToString(hash[:])
	switch {
	case len(content) > MaxBytes:
		return &Error{Problem: fmt.Sprintf("it is larger than %d MiB, the most that is read", MaxBytes>>20)}
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return &Error{Problem: "this is a spreadsheet (XLSX) or an archive; download the report as CSV"}
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		return &Error{Problem: "it is written in UTF-16; reports are in UTF-8"}
	}
	if !utf8.Valid(content) {
		content = fromGBK(content)
	}
	lines := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, byteOrderMark)))
	lines.FieldsPerRecord = -1
	lines.ReuseRecord = true
	names, err := lines.Read()
	if err != nil {
		return torn(err, 1)
	}
	h, err := readHeader(f.Name, slices.Clone(names))
	if err != nil {
		return err
	}
	f.Kind, f.Generation, f.Others = h.kind, h.generation, h.others
	if day := dayInName.FindStringSubmatch(f.Name); day != nil && f.Kind == Transactions {
		f.Day = day[1]
	}
	return f.readRows(lines, h, opt)
}

// fromGBK is a file that Antom has written in GBK, as it does at times, in UTF-8. What is neither stays
// as it is: the cell with the broken character is named.
func fromGBK(content []byte) []byte {
	decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(content)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return content
	}
	return decoded
}

// readRows reads all rows up to the end mark, behind which nothing may stand.
func (f *File) readRows(lines *csv.Reader, h *header, opt Options) error {
	last := 1
	for {
		cells, err := lines.Read()
		if err != nil {
			return torn(err, last)
		}
		last, _ = lines.FieldPos(0)
		if isEnd(cells) {
			break
		}
		if len(cells) != len(h.names) {
			return &Error{Line: last, Problem: fmt.Sprintf("the line has %d cells, and the first line names %d columns", len(cells), len(h.names))}
		}
		if len(f.Rows) == MaxRows {
			return &Error{Line: last, Problem: fmt.Sprintf("the file has more than %d rows, the most that is read", MaxRows)}
		}
		r := rowReader{header: h, cells: cells, line: last, opt: opt}
		row := r.row()
		if r.problem != nil {
			return r.problem
		}
		f.Pointed = f.Pointed || r.pointed
		if f.Merchant != "" && row.Merchant != f.Merchant {
			return r.wrong(h.at["merchant"], "the row is of another merchant than the rows before: %s, not %s", clip(row.Merchant), clip(f.Merchant))
		}
		f.Merchant = row.Merchant
		f.Rows = append(f.Rows, row)
	}
	if _, err := lines.Read(); !errors.Is(err, io.EOF) {
		return &Error{Line: last + 1, Problem: "there is text behind " + end}
	}
	return nil
}

// isEnd reports whether a line is the end mark: an orderDescription may say END, too.
func isEnd(cells []string) bool {
	return cells[0] == end && !slices.ContainsFunc(cells[1:], func(cell string) bool { return cell != "" })
}

// torn is why there is no further line.
func torn(err error, line int) error {
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return &Error{Line: line, Problem: "the file ends without " + end + ", so it was not downloaded to its end; download it again"}
	case errors.As(err, &wrong):
		return &Error{Line: wrong.Line, Column: fmt.Sprint(wrong.Column), Problem: wrong.Err.Error()}
	}
	return err
}

// clip shortens a text from a file for a message, on one line.
func clip(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}
