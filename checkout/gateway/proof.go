package gateway

import (
	"cmp"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// VerifyProof verifies the file of a proof with Antom's public keys, in the form of
// [antom.ParsePublicKeys]. It needs nothing else. The error is about a file or a key that
// cannot be read.
func VerifyProof(file []byte, publicKeys string) (checkout.ProofReport, error) {
	keys, err := antom.ParsePublicKeys(publicKeys)
	if err != nil {
		return checkout.ProofReport{}, fmt.Errorf("public key: %w", err)
	}
	proof, damaged, err := checkout.ReadProof(file)
	if err != nil {
		return checkout.ProofReport{}, err
	}
	report := checkout.CheckProof(proof, func(m checkout.ProofMessage) (checkout.Statement, error) { return statementOf(m, keys) })
	if report.Keys, err = proofKeys(keys); err != nil {
		return checkout.ProofReport{}, err
	}
	if damaged {
		report.OK = false
		report.Problems = append(report.Problems, "the file is damaged: its checksum, or its form, is not what the command proof has written")
	}
	return report, nil
}

// proofKeys names public keys, in the order of their versions.
func proofKeys(keys map[string]*rsa.PublicKey) (named []checkout.ProofKey, err error) {
	for _, version := range slices.Sorted(maps.Keys(keys)) {
		der, err := x509.MarshalPKIXPublicKey(keys[version])
		if err != nil {
			return nil, fmt.Errorf("public key: %w", err)
		}
		named = append(named, checkout.ProofKey{Version: version, SHA256: fmt.Sprintf("%x", sha256.Sum256(der))})
	}
	return named, nil
}

// statementOf verifies a message, and says what it states.
func statementOf(m checkout.ProofMessage, keys map[string]*rsa.PublicKey) (s checkout.Statement, err error) {
	if m.Method != http.MethodPost {
		return s, errors.New("a method that Antom does not sign: it signs POST")
	}
	signed := antom.Signed{Path: m.Path, ClientID: m.ClientID, Time: m.Time, Signature: m.Signature, Body: []byte(m.Body)}
	if err := signed.Verify(keys); err != nil {
		return s, err
	}
	if strings.HasPrefix(m.ID, string(checkout.ByNotification)+":") {
		n, err := antom.DecodeNotification(signed.Body)
		if err != nil {
			return s, err
		}
		s.Event, s.About, _ = eventFromNotification(n)
		s.About.AntomID = cmp.Or(s.About.AntomID, s.Event.AntomID)
	} else if s, err = answerStatement(path.Base(m.Path), signed.Body); err != nil {
		return s, err
	}
	signature, err := antom.ParseSignature(m.Signature)
	s.KeyVersion = signature.KeyVersion
	return s, err
}

// answerStatement is what the answer of an endpoint states. Only ids that the answer names
// are in it, because Antom's signature covers nothing else.
func answerStatement(endpoint string, body []byte) (s checkout.Statement, err error) {
	var unreadable error
	answered := func(err error) error { // the error of a result is a part of the statement
		var failure *antom.Error
		if errors.As(err, &failure) && failure.Err != nil {
			unreadable = err
		}
		return err
	}
	switch endpoint {
	case "inquiryPayment":
		res, err := antom.DecodeAnswer[antom.InquiryPaymentResponse](endpoint, body)
		if answered(err) == nil {
			s.Event = paymentInquired(res)
		}
		s.About = checkout.Reference{RequestID: res.PaymentRequestID, AntomID: res.PaymentID}
	case "pay":
		res, err := antom.DecodeAnswer[antom.PayResponse](endpoint, body)
		s.Event = paymentAnswered(res, answered(err))
		s.About = checkout.Reference{RequestID: res.PaymentRequestID, AntomID: res.PaymentID}
	case "createPaymentSession":
		res, err := antom.DecodeAnswer[antom.PaymentSessionResponse](endpoint, body)
		s.Event = eventFromSession(checkout.Payment{}, res, answered(err))
	case "inquiryRefund":
		res, err := antom.DecodeAnswer[antom.InquiryRefundResponse](endpoint, body)
		if answered(err) == nil {
			s.Event.Operations = []checkout.OperationEvent{refundInquired(res.RefundRequestID, res)}
		}
		s.About = checkout.Reference{RefundRequestID: res.RefundRequestID, RefundID: res.RefundID}
	default:
		s, unreadable = operationStatement(endpoint, body, answered)
	}
	return s, unreadable
}

// operationStatement is what the answer to a capture, refund or cancel states.
func operationStatement(endpoint string, body []byte, answered func(error) error) (s checkout.Statement, err error) {
	kind := checkout.OperationKind(endpoint)
	var named checkout.OperationEvent
	var result antom.Result
	switch kind {
	case checkout.Capture:
		var res *antom.CaptureResponse
		res, err = antom.DecodeAnswer[antom.CaptureResponse](endpoint, body)
		result, named = res.Result, captureAnswered(res)
		s.About.AntomID = res.PaymentID
	case checkout.Refund:
		var res *antom.RefundResponse
		res, err = antom.DecodeAnswer[antom.RefundResponse](endpoint, body)
		result, named = res.Result, refundAnswered(res)
		s.About = checkout.Reference{RefundRequestID: res.RefundRequestID, RefundID: res.RefundID, AntomID: res.PaymentID}
	case checkout.Cancel:
		var res *antom.CancelResponse
		res, err = antom.DecodeAnswer[antom.CancelResponse](endpoint, body)
		result = res.Result
		s.About = checkout.Reference{RequestID: res.PaymentRequestID, AntomID: res.PaymentID}
	default:
		return s, fmt.Errorf("an answer of %q proves nothing about a payment", endpoint)
	}
	s.Event.Operations = []checkout.OperationEvent{operationAnswered(kind, named, result, answered(err))}
	return s, nil
}
