package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Message is one exchange over the wire: a call of the merchant with the
// gateway's answer, or a notification with the merchant's answer.
type Message struct {
	ID               int         `json:"id"`
	At               time.Time   `json:"at"`
	Direction        string      `json:"direction"` // "in" = the merchant called, "out" = a notification
	Operation        string      `json:"operation"` // the endpoint or the type of notification: pay, PAYMENT_RESULT, …
	PaymentRequestID string      `json:"payment_request_id,omitempty"`
	Method           string      `json:"method"`
	URL              string      `json:"url"`
	Header           http.Header `json:"header"`
	Body             string      `json:"body"`
	SigningString    string      `json:"signing_string"`
	Verdict          string      `json:"verdict"`
	Fault            FaultKind   `json:"fault,omitempty"`
	AnswerStatus     int         `json:"answer_status,omitempty"` // 0 = no answer
	AnswerHeader     http.Header `json:"answer_header,omitempty"`
	AnswerBody       string      `json:"answer_body,omitempty"`
	AnswerSigning    string      `json:"answer_signing_string,omitempty"`
	Took             Duration    `json:"took"`
}

// Good says that the message went as a merchant would want it to.
func (m Message) Good() bool {
	return m.Fault == "" && (m.Verdict == acknowledged || strings.HasPrefix(m.Verdict, accepted))
}

const (
	keptMessages = 500
	keptBytes    = 64 << 20 // of all messages; the latest is kept whatever its size
)

// messages keeps the latest messages with their whole bodies, under a lock of its own.
type messages struct {
	mu    sync.Mutex
	kept  []Message
	bytes int // of the texts of those kept
	count int
}

// add keeps a message, without the secrets in it.
func (ms *messages) add(m Message) {
	m.Body, m.SigningString = sanitised(m.Body), sanitised(m.SigningString)
	m.AnswerBody, m.AnswerSigning = sanitised(m.AnswerBody), sanitised(m.AnswerSigning)
	ms.mu.Lock()
	defer ms.mu.Unlock()
	ms.count++
	m.ID = ms.count
	ms.kept = append(ms.kept, m)
	ms.bytes += m.size()
	if len(ms.kept) > 2*keptMessages || ms.bytes > keptBytes {
		ms.forgetOld()
	}
}

// forgetOld drops the oldest messages until half of what may be kept is left.
func (ms *messages) forgetOld() {
	first := 0
	for first < len(ms.kept)-1 && (len(ms.kept)-first > keptMessages || ms.bytes > keptBytes/2) {
		ms.bytes -= ms.kept[first].size()
		first++
	}
	ms.kept = slices.Clone(ms.kept[first:])
}

func (m *Message) size() int {
	return len(m.Body) + len(m.SigningString) + len(m.AnswerBody) + len(m.AnswerSigning)
}

// all returns the latest messages, the oldest first.
func (ms *messages) all() []Message {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	return slices.Clone(ms.kept[max(0, len(ms.kept)-keptMessages):])
}

// reset forgets all messages.
func (ms *messages) reset() {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	ms.kept, ms.bytes, ms.count = nil, 0, 0
}

// messagesOf are the messages about one payment, or all when it is empty.
func messagesOf(all []Message, payment string) []Message {
	found := []Message{}
	for _, m := range all {
		if payment == "" || m.PaymentRequestID == payment {
			found = append(found, m)
		}
	}
	return found
}

// secrets are the fields of server-to-server cards that are never shown, not
// even here where they are test data.
var secrets = regexp.MustCompile(`("(?:cardNo|cvv|cardPasswordDigest|dateOfBirth|businessNo|cpf)"\s*:\s*")([^"*]+)"`)

// sanitised is a text without card data.
func sanitised(text string) string {
	return secrets.ReplaceAllString(text, `$1****"`)
}
