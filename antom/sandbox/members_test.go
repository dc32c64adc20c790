package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

// published are the members that Antom's OpenAPI and its server SDKs know of the answers
// and notifications that the sandbox sends, by endpoint or type of notification, and of
// the objects in them, by the object's name. Members that only Antom's documents show
// stand behind the bar.
var published = map[string]string{
	"createPaymentSession": "result paymentSessionData paymentSessionExpiryTime paymentSessionId normalUrl url",
	"pay": "result paymentRequestId paymentId paymentAmount actualPaymentAmount paymentTime paymentCreateTime authExpiryTime paymentActionForm" +
		" redirectActionForm orderCodeForm normalUrl schemeUrl applinkUrl appIdentifier paymentData paymentResultInfo",
	"inquiryPayment": "result paymentStatus paymentResultCode paymentResultMessage paymentRequestId paymentId paymentAmount actualPaymentAmount" +
		" authExpiryTime paymentCreateTime paymentTime redirectActionForm cardInfo transactions paymentResultInfo paymentMethodType metadata | paymentRedirectUrl acquirerReferenceNo",
	"cancel":                  "result paymentId paymentRequestId cancelTime",
	"capture":                 "result captureRequestId captureId paymentId captureAmount captureTime acquirerReferenceNo",
	"refund":                  "result refundRequestId refundId paymentId refundAmount refundTime acquirerReferenceNo",
	"inquiryRefund":           "result refundStatus refundRequestId refundId refundAmount refundTime metadata",
	"consult":                 "result paymentOptions",
	"createVaultingSession":   "result vaultingSessionData vaultingSessionId vaultingSessionExpiryTime normalUrl",
	"vaultPaymentMethod":      "result vaultingRequestId paymentMethodDetail normalUrl schemeUrl applinkUrl",
	"inquireVaulting":         "result vaultingRequestId normalUrl schemeUrl applinkUrl vaultingStatus paymentMethodDetail metadata vaultingResultCode vaultingResultMessage",
	"acceptDispute":           "result disputeId disputeResolutionTime",
	"supplyDefenseDocument":   "result disputeId disputeResolutionTime",
	"downloadDisputeEvidence": "result disputeEvidence disputeEvidenceFormat",

	// Of these five the Java SDK's models alone are known.
	"getCardInfo":        "result cardBrand localCardBrand coBagedCardBrand issuingRegion funding cardCategory supportInstallment installment",
	"inquireInstallment": "result installmentBanks",
	"inquireToken":       "result token accountHolderName email issuerName issuingCountry tokenExpiryTime",
	"updateToken":        "result token accountHolderName email issuerName issuingCountry tokenExpiryTime",
	"deleteToken":        "result",
	"installmentBanks":   "bankName bankShortName logo bankTerms bankPromoUrl bins plans",

	"PAYMENT_RESULT": "notifyType result paymentRequestId paymentId paymentAmount paymentCreateTime paymentTime paymentResultInfo" +
		" paymentMethodType metadata authExpiryTime | cardInfo actualPaymentAmount",
	"CAPTURE_RESULT":  "notifyType result captureRequestId captureId paymentId captureAmount captureTime acquirerReferenceNo",
	"REFUND_RESULT":   "notifyType result refundStatus refundRequestId refundId refundAmount refundTime metadata",
	"VAULTING_RESULT": "notifyType result vaultingRequestId paymentMethodDetail vaultingCreateTime",
	"DISPUTE": "notifyType result paymentRequestId disputeId paymentId disputeTime disputeAmount disputeNotificationType disputeReasonMsg disputeJudgedTime" +
		" disputeJudgedAmount disputeJudgedResult defenseDueTime disputeReasonCode disputeSource arn disputeAcceptReason disputeAcceptTime disputeType defendable captureId",

	"result":             "resultCode resultStatus resultMessage",
	"transactionResult":  "resultCode resultStatus resultMessage",
	"amount":             "currency value",
	"redirectActionForm": "method parameters redirectUrl actionFormType",
	"orderCodeForm":      "paymentMethodType expireTime codeDetails extendInfo",
	"codeDetails":        "codeValueType codeValue displayType",
	"cardInfo":           "cardNo cardBrand cardToken issuingCountry funding paymentMethodRegion threeDSResult",
	"paymentResultInfo": "cardNo cardBrand cardToken issuingCountry issuerName funding paymentMethodRegion threeDSResult avsResultRaw cvvResultRaw networkTransactionId" +
		" cardCategory cardBin lastFour expiryMonth expiryYear refusalCodeRaw refusalReasonRaw merchantAdviceCode cardholderName authorizationCode rrn" +
		" creditPayPlan credentialTypeUsed incrementalAuthorizationAvailable extendedAuthorizationAvailable refundOnAuthorizationAvailable",
	"cardholderName": "firstName middleName lastName fullName",
	"threeDSResult":  "threeDSVersion eci cavv dsTransactionId xid challenged threeDSOffered exemptionType challengeCancel threeDStransactionStatusReason",
	"transactions":   "transactionResult transactionId transactionType transactionStatus transactionAmount transactionRequestId transactionTime",
	"paymentOptions": "paymentMethodType paymentMethodCategory paymentMethodRegion enabled preferred disableReason amountLimitInfoMap supportedCurrencies" +
		" paymentOptionDetail logo promoNames installment",
	"singleLimit":         "minAmount maxAmount remainAmount",
	"paymentOptionDetail": "supportCardBrands funding supportBanks interactionTypes",
	"supportCardBrands":   "cardBrand logo",
	"installment":         "supportCardBrands plans",
	"plans":               "interestRate minInstallmentAmount maxInstallmentAmount installmentNum interval enabled",
	"creditPayPlan":       "installmentNum interval creditPayFeeType feePercentage interestRate",
	"logo":                "logoName logoUrl",
	"paymentMethodDetail": "paymentMethodType card",
	"card":                "cardToken brand expiryYear expiryMonth maskedCardNo fingerprint funding bin issuerName issuingCountry lastFour networkTransactionId",
}

// unpublished are the members of a message that are not among the published ones of kind.
func unpublished(kind string, message any) []string {
	switch message := message.(type) {
	case []any:
		var found []string
		for _, element := range message {
			found = append(found, unpublished(kind, element)...)
		}
		return found
	case map[string]any:
		if strings.HasSuffix(kind, "Amount") {
			kind = "amount"
		}
		names, listed := published[kind]
		if kind == "amountLimitInfoMap" {
			return limitsUnpublished(message)
		}
		if !listed {
			return []string{kind + " is not listed"}
		}
		var found []string
		for name, value := range message {
			if !slices.Contains(strings.Fields(names), name) {
				found = append(found, kind+"."+name)
				continue
			}
			found = append(found, unpublished(name, value)...)
		}
		return found
	}
	return nil
}

func limitsUnpublished(byCurrency map[string]any) (found []string) {
	for _, limits := range byCurrency {
		for name, limit := range limits.(map[string]any) {
			found = append(found, unpublished(name, limit)...)
		}
	}
	return found
}

// A client that is made of Antom's models knows every member of what the sandbox sends.
func TestEveryMemberIsPublished(t *testing.T) {
	s := newShop(t)
	s.tour()
	seen := map[string]bool{}
	expectPublished := func(kind, body string) {
		seen[kind] = true
		var message any
		must(t, json.Unmarshal([]byte(body), &message))
		for _, member := range unpublished(kind, message) {
			t.Errorf("no model knows %s", member)
		}
	}
	for _, m := range s.box.Control().Messages() {
		switch kind := m.Operation; {
		case m.Direction == "in":
			expectPublished(kind, m.AnswerBody)
		case strings.HasPrefix(kind, "DISPUTE_"), strings.HasPrefix(kind, "DEFENSE_"):
			expectPublished("DISPUTE", m.Body)
		default:
			expectPublished(kind, m.Body)
		}
	}
	for _, kind := range []string{"pay", "inquiryPayment", "consult", "inquiryRefund", "vaultPaymentMethod", "inquireVaulting", "createVaultingSession",
		"getCardInfo", "inquireInstallment", "inquireToken", "updateToken", "deleteToken", "PAYMENT_RESULT", "CAPTURE_RESULT", "REFUND_RESULT", "VAULTING_RESULT", "DISPUTE"} {
		if !seen[kind] {
			t.Errorf("the tour has no %s", kind)
		}
	}
}

// tour does a little of everything that Antom answers or notifies of at length.
func (s *shop) tour() {
	t, ctx := s.t, s.t.Context()
	_, err := s.client.Consult(ctx, &antom.ConsultRequest{
		ProductCode: antom.ProductCheckout, PaymentAmount: money(t, "SGD", 4200), Env: &antom.Env{TerminalType: antom.TerminalWeb},
	})
	must(t, err)
	pay := s.payRequest("PR-card", "CARD", 4200)
	pay.PaymentMethod.Metadata = &antom.Metadata{
		CardNo: "5162774114974622", ExpiryMonth: "12", ExpiryYear: "39", CVV: "123", Is3DSAuthentication: antom.True, Tokenize: antom.True,
	}
	pay.Metadata = `{"till":"4"}`
	_, err = s.client.Pay(ctx, pay)
	must(t, err)
	must(t, s.box.Control().Pay("PR-card"))
	_, err = s.client.Pay(ctx, s.payRequest("PR-code", "PAYNOW", 4200))
	must(t, err)
	declined := s.payRequest("PR-no", "CARD", 4200)
	declined.PaymentMethod.Metadata = &antom.Metadata{CardNo: "4054692760174822", ExpiryMonth: "12", ExpiryYear: "39", CVV: "123"}
	_, err = s.client.Pay(ctx, declined)
	wantCode(t, err, "ACCESS_DENIED")
	s.after(time.Second)
	paid, _ := s.box.Control().Ledger().Payment("PR-card")
	_, err = s.client.Refund(ctx, &antom.RefundRequest{RefundRequestID: "RF1", PaymentID: paid.ID, RefundAmount: money(t, "SGD", 100), Metadata: `{"desk":"2"}`})
	must(t, err)
	s.after(2 * time.Second)
	for _, id := range []string{"PR-card", "PR-code", "PR-no"} {
		s.asks(id)
	}
	_, err = s.client.InquiryRefund(ctx, &antom.InquiryRefundRequest{RefundRequestID: "RF1"})
	must(t, err)
	dispute, err := s.box.Control().Dispute("PR-card", 1000, "")
	must(t, err)
	_, err = s.client.AcceptDispute(ctx, &antom.AcceptDisputeRequest{DisputeID: dispute})
	must(t, err)
	_, err = s.client.CreateVaultingSession(ctx, &antom.VaultingSessionRequest{PaymentMethodType: "CARD", VaultingRequestID: "VR-0"})
	must(t, err)
	vault := s.vaultRequest("5162774114974622", nil)
	vault.Metadata = `{"desk":"3"}`
	_, err = s.client.VaultPaymentMethod(ctx, vault)
	must(t, err)
	vaulting, err := s.client.InquireVaulting(ctx, &antom.InquireVaultingRequest{VaultingRequestID: "VR-1"})
	must(t, err)
	s.after(time.Second)
	_, err = s.client.GetCardInfo(ctx, &antom.CardInfoRequest{CardBIN: "49701000"})
	must(t, err)
	_, err = s.client.InquireInstallment(ctx, &antom.InquireInstallmentRequest{})
	must(t, err)
	token := vaulting.PaymentMethodDetail.Card.CardToken
	_, err = s.client.UpdateToken(ctx, &antom.UpdateTokenRequest{Token: token, Email: "ada@example.com"})
	must(t, err)
	_, err = s.client.InquireToken(ctx, &antom.InquireTokenRequest{Token: token})
	must(t, err)
	_, err = s.client.DeleteToken(ctx, &antom.DeleteTokenRequest{Token: token})
	must(t, err)
}

// What is asked for is answered where the models have it.
func TestMetadataAndChallengeAreAnswered(t *testing.T) {
	s := newShop(t)
	s.tour()
	inquired := s.asks("PR-card")
	if inquired.Metadata != `{"till":"4"}` {
		t.Errorf("the inquiry answers the metadata %q", inquired.Metadata)
	}
	for place, info := range map[string]*antom.PaymentResultInfo{"paymentResultInfo": inquired.PaymentResultInfo, "cardInfo": inquired.CardInfo} {
		if result := info.ThreeDSResult; result == nil || !isTrue(result.Challenged) || !isTrue(result.Offered) {
			t.Errorf("%s has %+v", place, result)
		}
		if info.CardToken == "" {
			t.Errorf("%s has no token", place)
		}
	}
	refund, err := s.client.InquiryRefund(t.Context(), &antom.InquiryRefundRequest{RefundRequestID: "RF1"})
	must(t, err)
	vaulting, err := s.client.InquireVaulting(t.Context(), &antom.InquireVaultingRequest{VaultingRequestID: "VR-1"})
	must(t, err)
	if refund.Metadata != `{"desk":"2"}` || vaulting.Metadata != `{"desk":"3"}` {
		t.Errorf("refund and vaulting answer the metadata %q and %q", refund.Metadata, vaulting.Metadata)
	}
}
