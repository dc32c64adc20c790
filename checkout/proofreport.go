package checkout

import "time"

// ProofReport is what a verification has found. Its JSON is published.
type ProofReport struct {
	OK          bool               `json:"ok"`
	Order       string             `json:"order"` // its number
	Status      OrderStatus        `json:"status"`
	ClientIDs   []string           `json:"client_ids"` // to whom Antom has signed
	Keys        []ProofKey         `json:"keys"`       // with which the signatures were verified
	Transitions []ProvedTransition `json:"transitions"`
	Problems    []string           `json:"problems"` // of the file as a whole
	Unproven    []string           `json:"unproven"` // what no signature covers, whatever was found
}

// ProofKey is a public key of Antom's.
type ProofKey struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256"` // of its DER (SubjectPublicKeyInfo), lower-case hex
}

// ProvedTransition is a transition with what was found about it.
type ProvedTransition struct {
	ProofTransition
	Result     ProofResult `json:"result"`
	Note       string      `json:"note,omitempty"`
	SignedAt   string      `json:"signed_at,omitempty"` // as Antom has written it
	KeyVersion string      `json:"key_version,omitempty"`
}

// ProofResult is what was found about a transition.
type ProofResult string

// The results. The last three are wrong.
const (
	ProofSigned       ProofResult = "signed"       // Antom signed what the transition says
	ProofUnsigned     ProofResult = "unsigned"     // shop, buyer, operator or clock caused it; no money has changed hands
	ProofUnbound      ProofResult = "unbound"      // Antom signed the message, which names no payment
	ProofContradicted ProofResult = "contradicted" // what Antom signed, if anything, says otherwise
	ProofForged       ProofResult = "forged"       // the signature is not Antom's, or not of this message
	ProofMissing      ProofResult = "missing"      // the message is not there
)

// Wrong reports whether the transition is not what the proof says, or not shown.
func (r ProofResult) Wrong() bool {
	return r == ProofContradicted || r == ProofForged || r == ProofMissing
}

// unproven is what no message of Antom's covers.
var unproven = []string{
	"that the payments belong to this order, its number and id: Antom's messages name payments only",
	"the times of transitions, and of their arrival: the shop's clock; Antom's own time is beside each signed one",
	"what shop, buyer, operators and clock did: transitions that are unsigned, an operator as the cause of a signed one, and which payment is a duplicate",
	"method and Antom's id of payments that took no money, and that an order's transition names no payment",
	"amounts and ids of captures, refunds and cancels that are not finished or have failed",
	"that nothing has happened since: a proof may end before the order did",
}

// Statement is what a verified message of Antom's states.
type Statement struct {
	Event      Event
	About      Reference // the ids that the message itself names
	KeyVersion string
}

// names reports whether the statement names anything that it is about.
func (s Statement) names() bool { return s.About != (Reference{}) }

// signedAt is the time that Antom has written, in UTC where it is milliseconds.
func signedAt(text string) string {
	var ms int64
	for _, digit := range text {
		if digit < '0' || digit > '9' {
			return text
		}
		ms = ms*10 + int64(digit-'0')
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
