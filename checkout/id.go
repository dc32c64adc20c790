package checkout

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync"
	"time"
)

// IDs makes ids in time order, so that new rows land at the end of every index. An
// id is a UUID of version 7 (RFC 9562) and also serves as one of Antom's request ids.
type IDs struct {
	now  func() time.Time
	mu   sync.Mutex
	last int64 // the time in the id before, in units of 2^-12 ms
}

// NewIDs makes ids that carry the time of a clock.
func NewIDs(now func() time.Time) *IDs { return &IDs{now: now} }

// ContinueAfter makes the next ids sort after an earlier one, although the clock may
// have gone back since it was made. What is no such id changes nothing.
func (ids *IDs) ContinueAfter(earlier string) {
	head, err := hex.DecodeString(strings.ReplaceAll(earlier, "-", ""))
	if err != nil || len(head) != 16 || head[6]>>4 != 7 {
		return
	}
	at := binary.BigEndian.Uint64(head)
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.last = max(ids.last, int64(at>>16<<12|at&0xfff))
}

// New makes an id. Two ids never carry the same time, so that they sort as they were
// made.
func (ids *IDs) New() string {
	now := ids.now()
	at := now.UnixMilli()<<12 | int64(now.Nanosecond()%1_000_000)<<12/1_000_000
	ids.mu.Lock()
	at = max(at, ids.last+1)
	ids.last = at
	ids.mu.Unlock()
	var id [16]byte
	_, _ = rand.Read(id[8:]) // never fails
	binary.BigEndian.PutUint64(id[:8], uint64(at>>12)<<16|7<<12|uint64(at&0xfff))
	id[8] = id[8]&0x3f | 0x80
	text := hex.EncodeToString(id[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// NewToken makes a text that cannot be guessed: it has at least 128 random bits.
func NewToken() string { return rand.Text() }

// IsToken reports whether text may be an order's token.
func IsToken(text string) bool { return len(text) >= 26 && len(text) <= 64 && isToken(text) }

const numberHalf = 5

// NewNumber makes a name for an order that people can read to each other and that
// does not tell how many orders there are. It has none of the letters that look or sound
// like another sign: I and L like 1, O like 0, U like V.
func NewNumber() string {
	letters := ""
	for len(letters) < 2*numberHalf {
		letters += strings.Map(dropLookalikes, rand.Text())
	}
	return letters[:numberHalf] + "-" + letters[numberHalf:2*numberHalf]
}

// dropLookalikes drops the letters that no new order number has.
func dropLookalikes(r rune) rune {
	if strings.ContainsRune("ILOU", r) {
		return -1
	}
	return r
}

// OrderNumber is what a buyer typed, in the form that NewNumber writes, or "" when it
// is no such number. No number has a 0 or a 1; older ones have an O and an I, for which
// people type them.
func OrderNumber(typed string) string {
	letters := make([]rune, 0, 2*numberHalf)
	for _, r := range cleanCode(typed) {
		switch {
		case r >= 'a' && r <= 'z':
			letters = append(letters, r-'a'+'A')
		case r == '0':
			letters = append(letters, 'O')
		case r == '1':
			letters = append(letters, 'I')
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			letters = append(letters, r)
		}
	}
	if len(letters) != 2*numberHalf {
		return ""
	}
	return string(letters[:numberHalf]) + "-" + string(letters[numberHalf:])
}

// FirstID is the least id that New makes at a moment.
func FirstID(at time.Time) string {
	text := hex.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(max(0, at.UnixMilli()))<<16))
	return text[:8] + "-" + text[8:12]
}
