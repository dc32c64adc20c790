package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// The journal keeps the ledger across restarts: a line of JSON for every record
// that changed, written before anybody hears of the change. Reading it, the
// last line of a record wins. It is written anew at every start.

// journal is the file, and what has still to go into it. Without a file nothing
// is kept.
type journal struct {
	file    *os.File
	size    int // bytes written since the file was made
	most    int // then it is written anew
	waiting map[any]bool
	records []any // those that wait, in their order
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
	Notice   *Notice   `json:"notice,omitempty"`
	Ahead    *Duration `json:"ahead,omitempty"`
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
	case *Notice:
		return entry{Notice: r}
	}
	panic(fmt.Sprintf("sandbox: %T is not a record", record))
}

// keep notes that a record has changed; it is written when the change is
// complete, see move. The lock is held, here and in all of this file.
func (s *Sandbox) keep(record any) {
	if s.file == "" {
		return
	}
	j := &s.journal
	if j.waiting == nil {
		j.waiting = map[any]bool{}
	}
	if !j.waiting[record] {
		j.waiting[record] = true
		j.records = append(j.records, record)
	}
}

// write appends what has changed to the journal, and writes it anew when most of
// it must have been overtaken.
func (s *Sandbox) write() {
	j := &s.journal
	if j.file == nil || len(j.records) == 0 {
		return
	}
	var lines bytes.Buffer
	for _, record := range j.records {
		addLine(&lines, entryOf(record))
	}
	err := s.append(lines.Bytes())
	j.records = nil
	clear(j.waiting)
	if err == nil && j.size > j.most {
		err = s.rewrite()
	}
	if err != nil {
		s.log.Error("the ledger cannot be kept", "error", err)
	}
}

func (s *Sandbox) append(lines []byte) error {
	s.journal.size += len(lines)
	_, err := s.journal.file.Write(lines)
	return err
}

func addLine(lines *bytes.Buffer, e entry) {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // records are structs of ours
	}
	lines.Write(text)
	lines.WriteByte('\n')
}

// rewrite writes the journal anew, a line per record, and goes on from there.
func (s *Sandbox) rewrite() error {
	if s.file == "" {
		return nil
	}
	var lines bytes.Buffer
	ahead := Duration(s.ahead)
	addLine(&lines, entry{Ahead: &ahead})
	for _, records := range [][]any{
		all(s.sessionList), all(s.paymentList), all(s.captureList), all(s.refundList), all(s.cancelList),
		all(s.vaultList), all(s.disputeList),
	} {
		for _, record := range records {
			addLine(&lines, entryOf(record))
		}
	}
	for _, saved := range s.cards {
		addLine(&lines, entryOf(saved))
	}
	for _, n := range s.noticeList {
		addLine(&lines, entryOf(&n.Notice))
	}
	if err := s.journal.close(); err != nil {
		return fmt.Errorf("close the ledger: %w", err)
	}
	if err := writeFile(s.file, lines.Bytes()); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	file, err := os.OpenFile(s.file, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	s.journal = journal{file: file, size: lines.Len(), most: max(smallestJournal, 4*lines.Len())}
	return nil
}

// keepClock keeps how far the clock was moved ahead.
func (s *Sandbox) keepClock() error {
	if s.journal.file == nil {
		return nil
	}
	var line bytes.Buffer
	ahead := Duration(s.ahead)
	addLine(&line, entry{Ahead: &ahead})
	return s.append(line.Bytes())
}

func all[Record any](records []*Record) []any {
	out := make([]any, len(records))
	for i, r := range records {
		out[i] = r
	}
	return out
}

// endJournal writes what is left and lets go of the file.
func (s *Sandbox) endJournal() error {
	s.write()
	return s.journal.close()
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	*j = journal{}
	return err
}
