package sandbox

import (
	"crypto/rand"
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
	BuyerURL    string               `json:"buyer_url"`
	Token       string               `json:"buyer_token"`
	CreatedAt   time.Time            `json:"created_at"`
	ExpiresAt   time.Time            `json:"expires_at"`
}

// createVaultingSession invites the buyer to store a card, in an SDK or on a page.
func (s *Sandbox) createVaultingSession(req *antom.VaultingSessionRequest) (any, *Refusal) {
	if refusal := firstRefusal(
		mustBe("paymentMethodType", req.PaymentMethodType, "CARD"),
		identifier("vaultingRequestId", req.VaultingRequestID),
		address("vaultingNotificationUrl", req.VaultingNotificationURL, false, 1024),
		optionalAddress("redirectUrl", req.RedirectURL),
	); refusal != nil {
		return nil, refusal
	}
	v := s.vaultings[req.VaultingRequestID]
	if v != nil && v.SessionKey == "" {
		return nil, refuse("REPEAT_REQ_INCONSISTENT", "this vaultingRequestId was used with vaultPaymentMethod")
	}
	if v == nil {
		v = s.openVaulting(req.VaultingRequestID, req.RedirectURL, req.VaultingNotificationURL, isTrue(req.Is3DSAuthentication))
		v.SessionID, v.SessionKey, v.SessionData = s.newSessionData(Terms{Method: "CARD", Scene: "VAULTING"})
		s.addVaulting(v)
		s.keep(v)
	}
	return &antom.VaultingSessionResponse{
		Envelope: succeeded(), Data: v.SessionData, ID: v.SessionID, ExpiryTime: wireTime(v.ExpiresAt), NormalURL: v.BuyerURL,
	}, nil
}

func (s *Sandbox) openVaulting(requestID, redirect, notify string, threeDS bool) *Vaulting {
	now := s.now()
	token := rand.Text()
	v := &Vaulting{
		RequestID: requestID, Status: antom.VaultingProcessing, ResultCode: "VERIFICATION_IN_PROCESS",
		RedirectURL: redirect, NotifyURL: notify, ThreeDS: threeDS,
		Token: token, BuyerURL: s.url + "/vault/" + token, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	s.watchVaulting(v)
	return v
}

// watchVaulting ends a vaulting that nobody finished in time.
func (s *Sandbox) watchVaulting(v *Vaulting) {
	s.plan(v.ExpiresAt, func() {
		if v.Status == antom.VaultingProcessing {
			s.finishVaulting(v, antom.CodeOrderIsClosed, 0)
		}
	})
}

// vaultPaymentMethod stores a card whose number the merchant has.
func (s *Sandbox) vaultPaymentMethod(req *antom.VaultPaymentMethodRequest) (any, *Refusal) {
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
	v := s.vaultings[req.VaultingRequestID]
	if v == nil {
		v = s.openVaulting(req.VaultingRequestID, req.RedirectURL, req.VaultingNotificationURL, isTrue(detail.Card.Is3DSAuthentication))
		s.addVaulting(v)
		s.vaultCard(v, entered)
	} else if v.SessionKey != "" {
		return nil, refuse("REPEAT_REQ_INCONSISTENT", "this vaultingRequestId was used with createVaultingSession")
	}
	answer := vaultingAnswer(v)
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

// vaultCard stores the card, or asks for 3-D Secure first, or refuses.
func (s *Sandbox) vaultCard(v *Vaulting, entered *card) {
	if code := entered.outcome(s.now()); code != "" {
		s.finishVaulting(v, code, s.delays.notice)
		return
	}
	info := s.cardInfo(entered)
	v.Card = &antom.VaultCard{
		CardToken: info.CardToken, MaskedCardNo: info.CardNo, Brand: info.CardBrand, LastFour: info.LastFour, BIN: info.CardBIN,
		Fingerprint: info.CardToken[len("ALIPAY"):][:20], Funding: info.Funding, IssuerName: info.IssuerName,
		IssuingCountry: info.IssuingCountry, ExpiryMonth: info.ExpiryMonth, ExpiryYear: info.ExpiryYear,
	}
	s.cards[info.CardToken] = &savedCard{Token: info.CardToken, Info: *info}
	s.keep(s.cards[info.CardToken])
	if v.ThreeDS && v.Step == "" && entered.challenged() {
		v.Step = stepThreeDS
		s.keep(v)
		return
	}
	s.finishVaulting(v, antom.CodeSuccess, s.delays.notice)
}

// finishVaulting ends a vaulting and tells the merchant. A card that was not
// confirmed is forgotten.
func (s *Sandbox) finishVaulting(v *Vaulting, code antom.ResultCode, noticeIn time.Duration) {
	v.Status, v.ResultCode, v.Step = antom.VaultingSuccess, code, ""
	result := resultOf(code, antom.StatusSuccess)
	if code != antom.CodeSuccess {
		v.Status, result.Status = antom.VaultingFail, antom.StatusFailed
		v.Card = nil
	}
	s.keep(v)
	s.announce("VAULTING_RESULT", v.RequestID, v.NotifyURL, antom.VaultingResult{
		Notice:            antom.Notice{NotifyType: "VAULTING_RESULT", Result: result},
		VaultingRequestID: v.RequestID, VaultingStatus: v.Status, PaymentMethodDetail: v.detail(), VaultingCreateTime: wireTime(v.CreatedAt),
	}, noticeIn)
}

func (v *Vaulting) detail() *antom.PaymentMethodDetail {
	if v.Status != antom.VaultingSuccess {
		return nil
	}
	return &antom.PaymentMethodDetail{PaymentMethodType: "CARD", Card: v.Card}
}

// inquireVaulting tells how a vaulting stands.
func (s *Sandbox) inquireVaulting(req *antom.InquireVaultingRequest) (any, *Refusal) {
	if refusal := identifier("vaultingRequestId", req.VaultingRequestID); refusal != nil {
		return nil, refusal
	}
	v := s.vaultings[req.VaultingRequestID]
	if v == nil {
		return nil, refuse(antom.CodeOrderNotExist, "there is no such vaulting")
	}
	answer := vaultingAnswer(v)
	answer.Envelope = succeeded()
	return answer, nil
}

func vaultingAnswer(v *Vaulting) *antom.VaultingResponse {
	answer := &antom.VaultingResponse{
		VaultingRequestID: v.RequestID, VaultingStatus: v.Status, VaultingResultCode: v.ResultCode,
		VaultingResultMessage: resultOf(v.ResultCode, "").Message, PaymentMethodDetail: v.detail(),
	}
	if v.Status == antom.VaultingProcessing {
		answer.NormalURL = v.BuyerURL
	}
	return answer
}

// nonceRequest and nonceAnswer are fetchNonce's: a card for a token that pays once.
type nonceRequest struct {
	Card *antom.VaultCard `json:"card"`
}

type nonceAnswer struct {
	antom.Envelope
	CardToken string `json:"cardToken"`
}

// fetchNonce gives a token that pays once for a card.
func (s *Sandbox) fetchNonce(req *nonceRequest) (any, *Refusal) {
	if req.Card == nil || req.Card.CardNo == "" {
		return nil, refuse("PARAM_ILLEGAL", "card with its cardNo is required")
	}
	entered := &card{
		Number: req.Card.CardNo, ExpiryMonth: req.Card.ExpiryMonth, ExpiryYear: lastTwo(req.Card.ExpiryYear), CVV: req.Card.CVV,
	}
	code := entered.outcome(s.now())
	if cardMistake(entered, s.now()) != "" {
		return nil, refuse(code, "the card is not one")
	}
	saved := &savedCard{Token: "NONCE" + rand.Text(), Info: *s.cardInfo(entered), Refused: code, Once: true}
	s.cards[saved.Token] = saved
	s.keep(saved)
	return &nonceAnswer{Envelope: succeeded(), CardToken: saved.Token}, nil
}

func optionalAddress(name, value string) *Refusal {
	if value == "" {
		return nil
	}
	return address(name, value, true, 2048)
}
