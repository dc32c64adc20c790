package proof_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"antom-checkout/checkout"
	"antom-checkout/db"
)

var cuts = flag.Int("cuts", short(40, 8), "at how many moments the power is cut, for each way of storing")

// How the other process stores: with the real store, or with SQL of its own and the
// store's pragmas, of which synchronous is given.
const (
	byStore      = "the store"
	byFullSync   = "synchronous FULL"
	byNormalSync = "synchronous NORMAL"

	writerMode   = "PROOF_WRITER" // environment: makes the test binary that other process
	writerFile   = "PROOF_WRITER_FILE"
	writtenNotes = 100 // enough for the log to be copied into the database once
)

// TestAPowerCutLosesNothingAcknowledged records every write and sync of a process that
// stores notifications and acknowledges each. Then it cuts the power at many moments:
// what was synced is on the disk, and any part of everything else may be. Each
// acknowledged notification must be there when the database is opened again. With
// synchronous=NORMAL the same test finds losses, which shows that it can fail.
func TestAPowerCutLosesNothingAcknowledged(t *testing.T) {
	needsStrace(t)
	t.Parallel()
	for mode, lossless := range map[string]bool{byStore: true, byFullSync: true, byNormalSync: false} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			film := record(t, mode)
			seed := drawnSeed(t)
			fate := rand.New(rand.NewPCG(seed, 4))
			lossy, lost := 0, 0
			for range *cuts {
				at := fate.IntN(film.lines)
				missing := film.cut(t, at, fate)
				if missing > 0 {
					lossy++
					lost += missing
				}
				if missing > 0 && lossless {
					t.Errorf("seed %d: power cut at line %d: %d acknowledged notifications are missing", seed, at, missing)
				}
			}
			t.Logf("%d cuts, %d acknowledgements, %d cuts lose something, %d acknowledged rows lost", *cuts, len(film.acknowledged), lossy, lost)
			if !lossless && lossy == 0 {
				t.Error("this test would not see a loss")
			}
		})
	}
}

// writeNotifications is the other process.
func writeNotifications(mode string) {
	ctx, path := context.Background(), os.Getenv(writerFile)
	store, err := db.Open(ctx, path)
	check(err)
	save := store.SaveNotification
	if mode != byStore {
		check(store.Close())
		save = pastTheStore(path, strings.TrimPrefix(mode, "synchronous "))
	}
	for i := range writtenNotes {
		check(save(ctx, note(i)))
		_, err := os.Stdout.WriteString(fmt.Sprintf("ACK %d\n", i)) // one write
		check(err)
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func note(i int) checkout.Notification {
	return checkout.Notification{
		ID: fmt.Sprintf("note-%06d", i), Type: "PAYMENT_RESULT", BodySHA256: fmt.Sprintf("%064d", i),
		Body: make([]byte, 44_000), ReceivedAt: epoch,
	}
}

// pastTheStore writes the same rows with the pragmas of db's connections.
func pastTheStore(path, synchronous string) func(context.Context, checkout.Notification) error {
	writes, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous("+synchronous+
		")&_pragma=foreign_keys(1)&_pragma=cache_size(-8192)&_txlock=immediate")
	check(err)
	writes.SetMaxOpenConns(1)
	return func(ctx context.Context, n checkout.Notification) error {
		_, err := writes.ExecContext(ctx, `
			INSERT INTO notifications (id, type, payment_request_id, antom_id, body_sha256, body, received_at, applied)
			VALUES ($1, $2, '', '', $3, $4, $5, 0)`, n.ID, n.Type, n.BodySHA256, n.Body, n.ReceivedAt.UnixMilli())
		return err
	}
}

// film is everything that was done to files, in order, and the acknowledgements.
type film struct {
	lines        int // of the log
	deeds        []deed
	acknowledged map[string]int // note id → the line at which the acknowledgement was written
}

// deed is one thing done to a file.
type deed struct {
	file       string
	kind       string // write, truncate, sync, unlink
	offset     int64
	data       []byte
	began, end int
}

// record runs the other process under strace.
func record(t *testing.T, mode string) *film {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	folder := t.TempDir()
	log := filepath.Join(t.TempDir(), "strace")
	writer := exec.Command("strace", "-f", "-y", "-xx", "-s", "70000", "-o", log,
		"-e", "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat", self)
	writer.Env = append(os.Environ(), writerMode+"="+mode, writerFile+"="+filepath.Join(folder, "notes.db"))
	output, err := writer.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	lines := readStrace(t, log)
	f := &film{lines: len(lines), acknowledged: map[string]int{}}
	for _, c := range calls(lines) {
		f.see(t, c, folder)
	}
	f.expectWhole(t, mode)
	return f
}

// expectWhole: a film without acknowledgements, writes, syncs or a copy of the log into
// the database would prove nothing.
func (f *film) expectWhole(t *testing.T, mode string) {
	t.Helper()
	kinds := map[string]int{}
	for _, d := range f.deeds {
		kinds[d.kind+" "+d.file]++
	}
	t.Log(kinds)
	syncs := writtenNotes
	if mode == byNormalSync {
		syncs = 1
	}
	if len(f.acknowledged) != writtenNotes || kinds["write notes.db-wal"] < 1000 || kinds["write notes.db"] < 100 || kinds["sync notes.db-wal"] < syncs {
		t.Fatalf("too little was recorded: %d acknowledgements, %v", len(f.acknowledged), kinds)
	}
}

var (
	onFile  = regexp.MustCompile(`^\d+<([^>]*)>`)
	numbers = regexp.MustCompile(`, (\d+)\) += (\d+)$`)
)

// see adds one system call to the film.
func (f *film) see(t *testing.T, c completed, folder string) {
	t.Helper()
	path := ""
	if found := onFile.FindStringSubmatch(c.text); found != nil {
		path = string(unhex(t, found[1]))
	}
	if c.name == "unlink" || c.name == "unlinkat" {
		path = string(textIn(t, c.text))
	}
	d := deed{file: strings.TrimPrefix(path, folder+"/"), began: c.began, end: c.end}
	watched := d.file != path && !strings.HasSuffix(path, "-shm") // the shared memory is not on the disk: it is made anew
	switch {
	case c.name == "write":
		var n int
		if _, err := fmt.Sscanf(string(textIn(t, c.text)), "ACK %d\n", &n); err == nil {
			f.acknowledged[note(n).ID] = c.end
		}
		if watched {
			t.Fatalf("a write without an offset: %.100s", c.text)
		}
		return
	case !watched:
		return
	case c.name == "pwrite64":
		d.kind, d.data, d.offset = "write", textIn(t, c.text), number(t, c.text, 1)
		if int64(len(d.data)) != number(t, c.text, 2) {
			t.Fatalf("%d bytes were recorded of a write: %.100s", len(d.data), c.text)
		}
	case c.name == "ftruncate":
		d.kind, d.offset = "truncate", number(t, c.text, 1)
	case c.name == "fsync" || c.name == "fdatasync":
		d.kind = "sync"
	default:
		d.kind = "unlink"
	}
	f.deeds = append(f.deeds, d)
}

// textIn is the first string of a system call, as strace -xx writes it.
func textIn(t *testing.T, call string) []byte {
	t.Helper()
	_, rest, found := strings.Cut(call, `"`)
	quoted, _, closed := strings.Cut(rest, `"`)
	if !found || !closed {
		t.Fatalf("not understood: %.200s", call)
	}
	return unhex(t, quoted)
}

// unhex reads \x61\x62; strace does not write the names of pipes and sockets so.
func unhex(t *testing.T, text string) []byte {
	t.Helper()
	if !strings.HasPrefix(text, `\x`) {
		return []byte(text)
	}
	plain, err := hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
	must(t, err)
	return plain
}

func number(t *testing.T, call string, which int) int64 {
	t.Helper()
	found := numbers.FindStringSubmatch(call)
	if found == nil {
		t.Fatalf("not understood: …%s", call[max(0, len(call)-100):])
	}
	n, err := strconv.ParseInt(found[which], 10, 64)
	must(t, err)
	return n
}

// cut makes the files that a disk may hold after a power cut, opens them as the shop
// would, and counts the acknowledged notifications that are missing.
func (f *film) cut(t *testing.T, at int, fate *rand.Rand) (missing int) {
	t.Helper()
	folder := t.TempDir()
	for name, content := range f.disk(at, fate) {
		must(t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	there := notesIn(t, filepath.Join(folder, "notes.db"))
	for id, written := range f.acknowledged {
		if written < at && !there[id] {
			missing++
		}
	}
	must(t, os.RemoveAll(folder))
	return missing
}

// disk is the content of the disk at a line of the log: all that was synced, and any
// part, torn at any sector, of what was written since or is being written.
func (f *film) disk(at int, fate *rand.Rand) map[string][]byte {
	synced := map[string]int{} // file → when its last sync that has ended began
	for _, d := range f.deeds {
		if d.kind == "sync" && d.end < at {
			synced[d.file] = max(synced[d.file], d.began)
		}
	}
	luck := []int{0, 1, 2}[fate.IntN(3)] // nothing, half, or nearly all of what was not synced
	files := map[string][]byte{}
	for _, d := range f.deeds {
		if d.began >= at || d.kind == "sync" {
			continue
		}
		durable := d.end < synced[d.file]
		switch {
		case d.kind == "unlink":
			delete(files, d.file) // the names of files survive a power cut
		case !durable && (luck == 0 || luck == 1 && fate.IntN(2) == 0 || luck == 2 && fate.IntN(8) == 0):
		case d.kind == "truncate":
			files[d.file] = resized(files[d.file], d.offset)
		default:
			data := d.data
			if !durable && fate.IntN(4) == 0 {
				data = data[:fate.IntN(len(data)/512+1)*512]
			}
			files[d.file] = resized(files[d.file], max(int64(len(files[d.file])), d.offset+int64(len(data))))
			copy(files[d.file][d.offset:], data)
		}
	}
	return files
}

func resized(content []byte, size int64) []byte {
	if int64(len(content)) >= size {
		return content[:size]
	}
	return append(content, make([]byte, size-int64(len(content)))...)
}

// notesIn opens a database as the shop does after a power cut.
func notesIn(t *testing.T, path string) map[string]bool {
	t.Helper()
	store, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatalf("after the power cut the database does not open: %v", err)
	}
	must(t, store.Close())
	reads, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	must(t, err)
	defer reads.Close()
	sound := ""
	if err := reads.QueryRow(`PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
		t.Fatalf("after the power cut the database is damaged: %s %v", sound, err)
	}
	rows, err := reads.Query(`SELECT id FROM notifications`)
	must(t, err)
	defer rows.Close()
	there := map[string]bool{}
	for rows.Next() {
		var id string
		must(t, rows.Scan(&id))
		there[id] = true
	}
	must(t, errors.Join(rows.Err(), rows.Close()))
	return there
}
