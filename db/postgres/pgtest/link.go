package pgtest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Link is the network between a program and a server, which a test may cut, or have forward
// nothing.
type Link struct {
	listener net.Listener
	target   string

	mu     sync.Mutex
	state  linkState
	change chan struct{} // closed when the state changes
	conns  map[net.Conn]bool
	commit Cut
	cuts   int
}

type linkState int

const (
	forwarding linkState = iota
	cut                  // every connection is closed, and so is each new one
	silent               // connections are taken, and nothing is forwarded
)

// Cut says where in a COMMIT the connection is cut.
type Cut int

// The cuts.
const (
	NoCut        Cut = iota
	BeforeCommit     // the server does not see the COMMIT
	DuringCommit     // it sees it when the program is gone
	AfterCommit      // it has answered, and the answer is lost
)

// NewLink makes a link to an address of a database, and answers with the address of the
// same database through the link.
func NewLink(t testing.TB, address string) (l *Link, through string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l = &Link{target: u.Host, change: make(chan struct{}), conns: map[net.Conn]bool{}}
	if l.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go l.accept()
	t.Cleanup(func() { _ = l.listener.Close(); l.Cut() })
	u.Host = l.listener.Addr().String()
	return l, u.String()
}

// Cut closes all connections, and each new one.
func (l *Link) Cut() { l.become(cut) }

// Silence forwards nothing from now on. Connections stay open, and new ones are taken.
func (l *Link) Silence() { l.become(silent) }

// Heal forwards again, also what was held back on connections that are open.
func (l *Link) Heal() { l.become(forwarding) }

// CutCommit cuts the connection of the next COMMIT.
func (l *Link) CutCommit(where Cut) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.commit = where
}

// IsCut reports that the COMMIT that was to be cut has come.
func (l *Link) IsCut() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.commit == NoCut
}

// Cuts counts the COMMITs that were cut.
func (l *Link) Cuts() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cuts
}

func (l *Link) become(state linkState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = state
	close(l.change)
	l.change = make(chan struct{})
	if state == cut {
		for conn := range l.conns {
			_ = conn.Close()
		}
	}
}

func (l *Link) accept() {
	for {
		from, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.carry(from)
	}
}

// open waits until the link forwards, and reports whether it is not cut.
func (l *Link) open() bool {
	for {
		l.mu.Lock()
		state, change := l.state, l.change
		l.mu.Unlock()
		if state != silent {
			return state == forwarding
		}
		<-change
	}
}

// add remembers a connection, to cut it.
func (l *Link) add(conn net.Conn) { l.mu.Lock(); l.conns[conn] = true; l.mu.Unlock() }

func (l *Link) drop(conn net.Conn) {
	_ = conn.Close()
	l.mu.Lock()
	delete(l.conns, conn)
	l.mu.Unlock()
}

// carry forwards one connection both ways.
func (l *Link) carry(from net.Conn) {
	l.add(from)
	defer l.drop(from)
	if !l.open() {
		return
	}
	to, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	l.add(to)
	defer l.drop(to)
	w := &wire{link: l, from: from, to: to}
	answers := make(chan struct{})
	go func() {
		defer close(answers)
		defer from.Close() //nolint:errcheck // the program sees it
		w.answers()
	}()
	w.requests()
	_ = to.Close()
	<-answers
}

// wire is one connection: messages of PostgreSQL's protocol in both directions.
type wire struct {
	link     *Link
	from, to net.Conn

	mu   sync.Mutex
	lose bool // the answer to a COMMIT
}

// requests forwards what the program sends, message by message.
func (w *wire) requests() {
	for begun := false; ; begun = true {
		message, err := readMessage(w.from, begun)
		if err != nil || !w.link.open() {
			return
		}
		where := NoCut
		if begun && isCommit(message) {
			where = w.link.takeCommit()
		}
		if where == BeforeCommit {
			return
		}
		w.mu.Lock()
		w.lose = where == AfterCommit
		w.mu.Unlock()
		if _, err := w.to.Write(message); err != nil || where == DuringCommit {
			return
		}
	}
}

// answers forwards what the server sends.
func (w *wire) answers() {
	buffer := make([]byte, 64<<10)
	for {
		n, err := w.to.Read(buffer)
		if err != nil || !w.link.open() {
			return
		}
		w.mu.Lock()
		lose := w.lose
		w.mu.Unlock()
		if lose {
			return
		}
		if _, err := w.from.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (l *Link) takeCommit() Cut {
	l.mu.Lock()
	defer l.mu.Unlock()
	where := l.commit
	if l.commit = NoCut; where != NoCut {
		l.cuts++
	}
	return where
}

// isCommit reports whether a message is a simple query "commit".
func isCommit(message []byte) bool {
	return message[0] == 'Q' && bytes.EqualFold(message[5:], []byte("commit\x00"))
}

// readMessage reads one message; the first one of a connection has no type.
func readMessage(r io.Reader, typed bool) ([]byte, error) {
	head := 4
	if typed {
		head = 5
	}
	message := make([]byte, head)
	if _, err := io.ReadFull(r, message); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint32(message[head-4:]))
	if length < 4 || length > 1<<28 {
		return nil, fmt.Errorf("a message of %d bytes", length)
	}
	message = append(message, make([]byte, length-4)...)
	_, err := io.ReadFull(r, message[head:])
	return message, err
}
