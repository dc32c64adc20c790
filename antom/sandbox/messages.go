package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"time"
)

// Message is one exchange over the wire: a call of the merchant with our
// answer, or a notice of ours with the merchant's.
type Message struct {
	ID               int         `json:"id"`
	At               time.Time   `json:"at"`
	Direction        string      `json:"direction"` // "in" = the merchant called, "out" = a notice
	Operation        string      `json:"operation"` // pay, PAYMENT_RESULT, …
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

const (
	keptMessages = 500
	keptBody     = 16 << 10
)

// messageLog keeps the latest messages.
type messageLog struct {
	kept  []Message
	count int
}

func (l *messageLog) add(m Message) {
	l.count++
	m.ID = l.count
	m.Body, m.SigningString = shown(m.Body), shown(m.SigningString)
	m.AnswerBody, m.AnswerSigning = shown(m.AnswerBody), shown(m.AnswerSigning)
	if len(l.kept) >= 2*keptMessages {
		l.kept = slices.Clone(l.kept[len(l.kept)-keptMessages:])
	}
	l.kept = append(l.kept, m)
}

func (l *messageLog) all() []Message {
	from := max(0, len(l.kept)-keptMessages)
	return slices.Clone(l.kept[from:])
}

// secrets are the fields of server-to-server cards that nobody gets to see
// again, not even here where they are test data.
var secrets = regexp.MustCompile(`("(?:cardNo|cvv|cardPasswordDigest)"\s*:\s*")([^"*]+)"`)

func shown(text string) string {
	if len(text) > keptBody {
		text = text[:keptBody] + "…"
	}
	return secrets.ReplaceAllString(text, `$1****"`)
}
