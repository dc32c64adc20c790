package sandbox

import (
	"crypto/rand"
	"sync"
	"time"

	"antom-checkout/antom"
)

// Vaulting stores a card without a payment.
type Vaulting struct {
	RequestID   string               `json:"vaulting_request_id"`
	Status      antom.VaultingStatus `json:"status"`
	ResultCode  antom.ResultCode     `json:"result_code"`
	SessionKey  string               `json:"session_key,omitempty"` // empty when the merchant sent the card itself
	SessionID   string               `json:"session_id,omitempty"`
	SessionData string               `json:"session_data,omitempty"`
	Card        *antom.VaultCard     `json:"card,omitempty"` // without its number
	Step        string               `json:"step,omitempty"` // "three_ds" while the buyer is there
	ThreeDS     bool                 `json:"three_ds,omitempty"`
	RedirectURL string               `json:"redirect_url,omitempty"`
	NotifyURL   string               `json:"notify_url,omitempty"`
	Metadata    string               `json:"metadata,omitempty"` // returned as it came
	BuyerURL    string               `json:"buyer_url"`
	Token       string               `json:"buyer_token"`
	CreatedAt   time.Time            `json:"created_at"`
	ExpiresAt   time.Time            `json:"expires_at"`
}

// vaults stores cards without payments. Its lock guards the vaultings. A change
// of a vaulting also plans notifications, so the ledger's lock is held first in
// all methods but find, findByKey and all, and the journal may read a vaulting
// under the ledger's lock alone.
type vaults struct {
	url       string
	clientID  string
	delays    delays
	ledger    *ledger
	scheduler *scheduler
	notifier  *notifier
	cards     *savedCards

	mu        sync.Mutex
	list      []*Vaulting
	byRequest map[string]*Vaulting
	byToken   map[string]*Vaulting // by the buyer's token
	byKey     map[string]*Vaulting // by the opaque part of the session data
}

// reset forgets all vaultings.
func (vs *vaults) reset() {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.list = nil
	vs.byRequest, vs.byToken, vs.byKey = map[string]*Vaulting{}, map[string]*Vaulting{}, map[string]*Vaulting{}
}

func (vs *vaults) add(v *Vaulting) {
	vs.list = append(vs.list, v)
	vs.byRequest[v.RequestID], vs.byToken[v.Token] = v, v
	if v.SessionKey != "" {
		vs.byKey[v.SessionKey] = v
	}
}

// find returns a copy of the vaulting whose buyer has this token.
func (vs *vaults) find(token string) (Vaulting, bool) {
	return vs.copy(func() *Vaulting { return vs.byToken[token] })
}

// findByKey returns a copy of the vaulting whose session has this key.
func (vs *vaults) findByKey(key string) (Vaulting, bool) {
	return vs.copy(func() *Vaulting { return vs.byKey[key] })
}

func (vs *vaults) copy(find func() *Vaulting) (Vaulting, bool) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if v := find(); v != nil {
		return *v, true
	}
	return Vaulting{}, false
}

// all returns copies of the vaultings, the oldest first.
func (vs *vaults) all() []Vaulting {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	return copies(vs.list)
}

// createVaultingSession invites the buyer to store a card, in an SDK or on a page.
func (vs *vaults) createVaultingSession(req *antom.VaultingSessionRequest) (any, *Refusal) {
	if refusal := firstRefusal(
		mustBe("paymentMethodType", req.PaymentMethodType, "CARD"),
		identifier("vaultingRequestId", req.VaultingRequestID),
		address("vaultingNotificationUrl", req.VaultingNotificationURL, false, 1024),
		optionalAddress("redirectUrl", req.RedirectURL),
	); refusal != nil {
		return nil, refusal
	}
	vs.mu.Lock()
	defer vs.mu.Unlock()
	v := vs.byRequest[req.VaultingRequestID]
	if v != nil && v.SessionKey == "" {
		return nil, refuse("REPEAT_REQ_INCONSISTENT", "this vaultingRequestId was used with vaultPaymentMethod")
	}
	if v == nil {
		v = vs.open(req.VaultingRequestID, req.RedirectURL, req.VaultingNotificationURL, isTrue(req.Is3DSAuthentication))
		v.SessionID, v.SessionKey, v.SessionData = newSessionData(vs.clientID, Terms{Method: "CARD", Scene: "VAULTING"})
		vs.add(v)
		vs.ledger.keep(v)
	}
	return &antom.VaultingSessionResponse{
		Envelope: succeeded(), Data: v.SessionData, ID: v.SessionID, ExpiryTime: wireTime(v.ExpiresAt), NormalURL: v.BuyerURL,
	}, nil
}

// open begins a vaulting, which the caller adds.
func (vs *vaults) open(requestID, redirect, notify string, threeDS bool) *Vaulting {
	now := vs.scheduler.now()
	token := rand.Text()
	v := &Vaulting{
		RequestID: requestID, Status: antom.VaultingProcessing, ResultCode: "VERIFICATION_IN_PROCESS",
		RedirectURL: redirect, NotifyURL: notify, ThreeDS: threeDS,
		Token: token, BuyerURL: vs.buyerURL(token), CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	vs.watch(v)
	return v
}

func (vs *vaults) buyerURL(token string) string { return vs.url + "/vault/" + token }

// watch ends a vaulting that was not finished in time.
func (vs *vaults) watch(v *Vaulting) {
	vs.scheduler.plan(v.ExpiresAt, func() {
		vs.mu.Lock()
		defer vs.mu.Unlock()
		if v.Status == antom.VaultingProcessing {
			vs.finish(v, antom.CodeOrderIsClosed, 0)
		}
	})
}

// vaultPaymentMethod stores a card whose number the merchant has.
func (vs *vaults) vaultPaymentMethod(req *antom.VaultPaymentMethodRequest) (any, *Refusal) {
	if refusal := firstRefusal(
		identifier("vaultingRequestId", req.VaultingRequestID),
		address("vaultingNotificationUrl", req.VaultingNotificationURL, false, 1024),
		optionalAddress("redirectUrl", req.RedirectURL),
		checkEnv(req.Env),
	); refusal != nil {
		return nil, refusal
	}
	detail := req.PaymentMethodDetail
	if detail == nil || detail.PaymentMethodType != "CARD" || detail.Card == nil || detail.Card.CardNo == "" {
		return nil, refuse("PARAM_ILLEGAL", "paymentMethodDetail.card with its cardNo is required")
	}
	entered := &card{
		Number: detail.Card.CardNo, ExpiryMonth: detail.Card.ExpiryMonth,
		ExpiryYear: lastTwo(detail.Card.ExpiryYear), CVV: detail.Card.CVV,
	}
	vs.mu.Lock()
	defer vs.mu.Unlock()
	v := vs.byRequest[req.VaultingRequestID]
	if v == nil {
		v = vs.open(req.VaultingRequestID, req.RedirectURL, req.VaultingNotificationURL, isTrue(detail.Card.Is3DSAuthentication))
		v.Metadata = req.Metadata
		vs.add(v)
		vs.store(v, entered)
	} else if v.SessionKey != "" {
		return nil, refuse("REPEAT_REQ_INCONSISTENT", "this vaultingRequestId was used with createVaultingSession")
	}
	answer := &antom.VaultingResponse{VaultingRequestID: v.RequestID, PaymentMethodDetail: v.detail(), NormalURL: v.openURL()}
	switch v.Status {
	case antom.VaultingSuccess:
		answer.Envelope = succeeded()
	case antom.VaultingFail:
		answer.Envelope = antom.Envelope{Result: resultOf(v.ResultCode, antom.StatusFailed)}
	default:
		answer.Envelope = inProcess("VERIFICATION_IN_PROCESS")
	}
	return answer, nil
}

// store stores the card, or asks for 3-D Secure first, or refuses.
func (vs *vaults) store(v *Vaulting, entered *card) {
	if code := entered.outcome(vs.scheduler.now()); code != "" {
		vs.finish(v, code, vs.delays.notification)
		return
	}
	info := vs.cards.info(entered)
	v.Card = &antom.VaultCard{
		CardToken: info.CardToken, MaskedCardNo: info.CardNo, Brand: info.CardBrand, LastFour: info.LastFour, BIN: info.CardBIN,
		Fingerprint: info.CardToken[len("ALIPAY"):][:20], Funding: info.Funding, IssuerName: info.IssuerName,
		IssuingCountry: info.IssuingCountry, ExpiryMonth: info.ExpiryMonth, ExpiryYear: info.ExpiryYear,
	}
	vs.ledger.keep(vs.cards.add(savedCard{Token: info.CardToken, Info: *info}))
	if v.ThreeDS && v.Step == "" && entered.habit() != neverAsks {
		v.Step = stepThreeDS
		vs.ledger.keep(v)
		return
	}
	vs.finish(v, antom.CodeSuccess, vs.delays.notification)
}

// finish ends a vaulting and notifies the merchant. A card that was not confirmed
// is forgotten.
func (vs *vaults) finish(v *Vaulting, code antom.ResultCode, notifyIn time.Duration) {
	v.Status, v.ResultCode, v.Step = antom.VaultingSuccess, code, ""
	result := resultOf(code, antom.StatusSuccess)
	if code != antom.CodeSuccess {
		v.Status, result.Status = antom.VaultingFail, antom.StatusFailed
		v.Card = nil
	}
	vs.ledger.keep(v)
	vs.notifier.notifyVaulting(v, result, notifyIn)
}

func (v *Vaulting) detail() *antom.PaymentMethodDetail {
	if v.Status != antom.VaultingSuccess {
		return nil
	}
	return &antom.PaymentMethodDetail{PaymentMethodType: "CARD", Card: v.Card}
}

// act does one act of the buyer's. It returns the vaulting as it is then, and
// what the buyer has to correct.
func (vs *vaults) act(requestID, act string, entered *card, reason antom.ResultCode) (Vaulting, string) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	v := vs.byRequest[requestID]
	if v == nil {
		return Vaulting{}, "" // forgotten by a reset meanwhile
	}
	mistake := vs.actOn(v, act, entered, reason)
	return *v, mistake
}

func (vs *vaults) actOn(v *Vaulting, act string, entered *card, reason antom.ResultCode) string {
	switch {
	case v.Status != antom.VaultingProcessing:
	case act == "decline":
		if reason == "" {
			reason = "DO_NOT_HONOR"
		}
		vs.finish(v, reason, vs.delays.notification)
	case act != "pay" && act != "vanish":
	case v.Step == stepThreeDS:
		vs.finish(v, antom.CodeSuccess, vs.delays.notification)
	default:
		if mistake := cardMistake(entered, vs.scheduler.now()); mistake != "" {
			return mistake
		}
		vs.store(v, entered)
	}
	return ""
}

// inquireVaulting answers how a vaulting stands.
func (vs *vaults) inquireVaulting(req *antom.InquireVaultingRequest) (any, *Refusal) {
	if refusal := identifier("vaultingRequestId", req.VaultingRequestID); refusal != nil {
		return nil, refusal
	}
	vs.mu.Lock()
	defer vs.mu.Unlock()
	v := vs.byRequest[req.VaultingRequestID]
	if v == nil {
		return nil, refuse(antom.CodeOrderNotExist, "there is no such vaulting")
	}
	return &antom.VaultingResponse{
		Envelope: succeeded(), VaultingRequestID: v.RequestID, VaultingStatus: v.Status, VaultingResultCode: v.ResultCode,
		VaultingResultMessage: resultOf(v.ResultCode, "").Message, PaymentMethodDetail: v.detail(), NormalURL: v.openURL(),
		Metadata: v.Metadata,
	}, nil
}

// openURL is where the buyer goes on, "" once the vaulting is over.
func (v *Vaulting) openURL() string {
	if v.Status != antom.VaultingProcessing {
		return ""
	}
	return v.BuyerURL
}

// nonceRequest and nonceAnswer are fetchNonce's: a card for a token that pays once.
type nonceRequest struct {
	Card *antom.VaultCard `json:"card"`
}

type nonceAnswer struct {
	antom.Envelope
	CardToken string `json:"cardToken"`
}

// fetchNonce answers with a token that pays once for a card.
func (vs *vaults) fetchNonce(req *nonceRequest) (any, *Refusal) {
	if req.Card == nil || req.Card.CardNo == "" {
		return nil, refuse("PARAM_ILLEGAL", "card with its cardNo is required")
	}
	entered := &card{
		Number: req.Card.CardNo, ExpiryMonth: req.Card.ExpiryMonth, ExpiryYear: lastTwo(req.Card.ExpiryYear), CVV: req.Card.CVV,
	}
	code := entered.outcome(vs.scheduler.now())
	if cardMistake(entered, vs.scheduler.now()) != "" {
		return nil, refuse(code, "this is not a card")
	}
	saved := vs.cards.add(savedCard{Token: "NONCE" + rand.Text(), Info: *vs.cards.info(entered), Refused: code, Once: true})
	vs.ledger.keep(saved)
	return &nonceAnswer{Envelope: succeeded(), CardToken: saved.Token}, nil
}

// apply takes a vaulting over from the journal.
func (vs *vaults) apply(v *Vaulting) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	replace(vs.byRequest[v.RequestID], v, vs.add)
}

// resume plans the end of the vaultings that the journal held.
func (vs *vaults) resume() {
	for _, v := range vs.list {
		v.BuyerURL = vs.buyerURL(v.Token)
		if v.Status == antom.VaultingProcessing {
			vs.watch(v)
		}
	}
}

func optionalAddress(name, value string) *Refusal {
	if value == "" {
		return nil
	}
	return address(name, value, true, 2048)
}
