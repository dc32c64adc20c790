package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"
)

// journal keeps all records across restarts: a file with a line of JSON for every
// record that changed, written before the change becomes known outside. The last
// line of a record wins. The file is written anew at every start. Without a path
// nothing is kept.
//
// The journal has no lock of its own: the ledger's lock is held in all of its
// methods, because the records that change together are one write.
type journal struct {
	path       string
	log        *slog.Logger
	everything func() []entry // what the file holds when it is written anew

	file    *os.File
	size    int // bytes written since the file was made
	most    int // beyond this size the file is written anew
	waiting map[any]bool
	records []any // those that changed and are not written yet, in their order
}

const smallestJournal = 16 << 20

// entry is a line of the journal: one record.
type entry struct {
	Session  *Session  `json:"session,omitempty"`
	Payment  *Payment  `json:"payment,omitempty"`
	Capture  *Capture  `json:"capture,omitempty"`
	Refund   *Refund   `json:"refund,omitempty"`
	Cancel   *Cancel   `json:"cancel,omitempty"`
	Card     *cardLine `json:"card,omitempty"`
	Vaulting *Vaulting `json:"vaulting,omitempty"`
	Dispute  *Dispute  `json:"dispute,omitempty"`

	Notification *Notification `json:"notice,omitempty"` // the name that older files have
	Ahead        *Duration     `json:"ahead,omitempty"`
}

// cardLine is a stored card, which holds no number.
type cardLine savedCard

func entryOf(record any) entry {
	switch r := record.(type) {
	case *Session:
		return entry{Session: r}
	case *Payment:
		return entry{Payment: r}
	case *Capture:
		return entry{Capture: r}
	case *Refund:
		return entry{Refund: r}
	case *Cancel:
		return entry{Cancel: r}
	case *savedCard:
		return entry{Card: (*cardLine)(r)}
	case *Vaulting:
		return entry{Vaulting: r}
	case *Dispute:
		return entry{Dispute: r}
	case *Notification:
		return entry{Notification: r}
	}
	panic(fmt.Sprintf("sandbox: %T is not a record", record))
}

// entriesOf are the lines of a list of records.
func entriesOf[Record any](records []*Record) []entry {
	out := make([]entry, len(records))
	for i, r := range records {
		out[i] = entryOf(r)
	}
	return out
}

// keep notes that a record has changed; write writes it when the whole change is
// made.
func (j *journal) keep(record any) {
	if j.path == "" {
		return
	}
	if j.waiting == nil {
		j.waiting = map[any]bool{}
	}
	if !j.waiting[record] {
		j.waiting[record] = true
		j.records = append(j.records, record)
	}
}

// write appends what has changed to the file, and writes the file anew when most
// of it must be out of date.
func (j *journal) write() {
	if j.file == nil || len(j.records) == 0 {
		return
	}
	var lines bytes.Buffer
	for _, record := range j.records {
		addLine(&lines, entryOf(record))
	}
	err := j.append(lines.Bytes())
	j.records = nil
	clear(j.waiting)
	if err == nil && j.size > j.most {
		err = j.rewrite()
	}
	if err != nil {
		j.log.Error("the ledger cannot be kept", "error", err)
	}
}

func (j *journal) append(lines []byte) error {
	j.size += len(lines)
	_, err := j.file.Write(lines)
	return err
}

func addLine(lines *bytes.Buffer, e entry) {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // every record can be written as JSON
	}
	lines.Write(text)
	lines.WriteByte('\n')
}

// rewrite writes the file anew, a line per record, and continues from there.
func (j *journal) rewrite() error {
	if j.path == "" {
		return nil
	}
	var lines bytes.Buffer
	for _, e := range j.everything() {
		addLine(&lines, e)
	}
	if err := j.close(); err != nil {
		return fmt.Errorf("close the ledger: %w", err)
	}
	if err := writeFile(j.path, lines.Bytes()); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	file, err := os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	j.file, j.size, j.most = file, lines.Len(), max(smallestJournal, 4*lines.Len())
	return nil
}

// keepClock keeps how far the clock was moved ahead.
func (j *journal) keepClock(ahead time.Duration) error {
	if j.file == nil {
		return nil
	}
	var line bytes.Buffer
	addLine(&line, clockEntry(ahead))
	return j.append(line.Bytes())
}

func clockEntry(ahead time.Duration) entry {
	d := Duration(ahead)
	return entry{Ahead: &d}
}

// end writes what is left and closes the file.
func (j *journal) end() error {
	j.write()
	return j.close()
}

// close closes the file. What waits is dropped: it is written already, or
// written anew with everything else.
func (j *journal) close() error {
	j.records, j.waiting = nil, nil
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}
