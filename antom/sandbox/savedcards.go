package sandbox

import (
	"cmp"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"sync"

	"antom-checkout/antom"
)

// savedCard is a card that its token pays with. Its number is kept nowhere.
type savedCard struct {
	Token   string                  `json:"token"`
	Info    antom.PaymentResultInfo `json:"info"`
	Refused antom.ResultCode        `json:"refused,omitempty"`
	Once    bool                    `json:"once,omitempty"` // a nonce: it pays one time
	Used    bool                    `json:"used,omitempty"`
	About   tokenDetails            `json:"about,omitzero"`
	Revoked bool                    `json:"revoked,omitempty"` // Antom does not know the token
}

// savedCards are the cards that can pay again by their tokens. Its lock guards
// the map. The ledger's lock is held as well where a card is added or used, and
// the journal may read a card under the ledger's lock alone.
type savedCards struct {
	tokenKey []byte // makes tokens of numbers

	mu      sync.Mutex
	byToken map[string]*savedCard
}

// find returns the card of a token, nil if there is none.
func (sc *savedCards) find(token string) *savedCard {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	return sc.byToken[token]
}

// add keeps a card and returns it as the record for the journal.
func (sc *savedCards) add(saved savedCard) *savedCard {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	sc.byToken[saved.Token] = &saved
	return &saved
}

// addOf keeps the card of a successful payment, so that its token pays again. It
// returns nil if there is nothing new to keep.
func (sc *savedCards) addOf(p *Payment) *savedCard {
	if p.Card == nil || p.Card.CardToken == "" || sc.known(p.Card.CardToken) {
		return nil
	}
	info := lasting(*p.Card)
	return sc.add(savedCard{Token: info.CardToken, Info: info})
}

// use marks that the card pays; a nonce cannot pay again.
func (sc *savedCards) use(token string) *savedCard {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	saved := sc.byToken[token]
	saved.Used = saved.Once
	return saved
}

// all returns the cards in no order.
func (sc *savedCards) all() []*savedCard {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	return slices.Collect(maps.Values(sc.byToken))
}

// reset forgets all cards.
func (sc *savedCards) reset() {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	sc.byToken = map[string]*savedCard{}
}

// info is what is kept of a card: everything but its number and security code.
func (sc *savedCards) info(c *card) *antom.PaymentResultInfo {
	number := digitsOf(c.Number)
	known, _ := testCardOf(number)
	region := known.Region
	if region == "" {
		region = "GLOBAL"
	}
	country := region
	if region == "GLOBAL" {
		country = "US"
	}
	country = cmp.Or(known.Country, country)
	info := &antom.PaymentResultInfo{
		CardholderName: c.Holder, CardBrand: brandOf(number), CardCategory: "CONSUMER", Funding: cmp.Or(known.Funding, "CREDIT"),
		ExpiryMonth: c.ExpiryMonth, ExpiryYear: c.ExpiryYear,
		IssuingCountry: country, IssuerName: "SANDBOX BANK", PaymentMethodRegion: region,
		CardToken: sc.tokenOf(number),
	}
	if len(number) >= 12 {
		info.CardBIN, info.LastFour = number[:6], number[len(number)-4:]
		info.CardNo = "************" + info.LastFour
	}
	return info
}

// infoFor is the same of the card that a payment is made with, whose token is given where
// the shop asked for it or the buyer has agreed.
func (sc *savedCards) infoFor(p *Payment, c *card) *antom.PaymentResultInfo {
	info := sc.info(c)
	if !p.Terms.Tokenize && !p.Consent {
		info.CardToken = ""
	}
	return info
}

// revoke makes a token unknown, or has its bank refuse every payment with a code.
func (sc *savedCards) revoke(token string, code antom.ResultCode) *savedCard {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	saved := sc.byToken[token]
	if saved != nil {
		saved.Revoked, saved.Refused = code == "", code
	}
	return saved
}

// known reports whether a token stands for a card that can pay.
func (sc *savedCards) known(token string) bool {
	saved := sc.find(token)
	return saved != nil && !saved.Used && !saved.Revoked
}

// tokenOf names a card without its number. The same card has the same token in
// one sandbox. It is as long and as awkward as Antom's get: more than 1300 characters,
// with + / and =.
func (sc *savedCards) tokenOf(number string) string {
	long, err := hkdf.Expand(sha256.New, sc.tokenKey, number, 1000)
	if err != nil {
		panic(err) // it is not too long
	}
	return "ALIPAY" + base64.StdEncoding.EncodeToString(long)
}
