package antom

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// limits are the longest texts Antom takes, in characters, and the longest
// lists, by the member's name; paymentRedirectUrl and refundRequestId have
// further rules below. From the request parameters of Antom's API pages, e.g.
// https://global.alipay.com/docs/ac/ams/payment_cashier.
var limits = map[string]int{
	"paymentRequestId": 64, "captureRequestId": 64, "refundRequestId": 64, "vaultingRequestId": 64,
	"paymentId": 64, "captureId": 64, "refundId": 64, "disputeId": 64,
	"referenceOrderId": 64, "referenceBuyerId": 64, "referenceGoodsId": 64, "referenceRefundId": 64,
	"orderDescription": 256, "goodsName": 256, "refundReason": 256,
	"address1": 256, "address2": 256, "networkTransactionId": 256,
	"paymentRedirectUrl": 2048, "paymentNotifyUrl": 2048, "goodsUrl": 2048, "extendInfo": 2048,
	"vaultingNotificationUrl": 2048, "redirectUrl": 2048, "refundNotifyUrl": 1024, "paymentMethodType": 64,
	"paymentMethodId": 2048, // 128 by one page, but a card token may be 2048
	"goods":           100, "goodsCategory": 64,
	"buyerEmail": 64, "shipToEmail": 64, "buyerPhoneNo": 24, "shippingPhoneNo": 16,
	"firstName": 32, "middleName": 32, "lastName": 32, "fullName": 128,
	"region": 2, "state": 8, "city": 32, "zipCode": 32, "merchantRegion": 2, "userRegion": 2,
	"appId": 32, "deviceTokenId": 64, "locale": 8, "productScene": 32, "captureMode": 64,
	"disputeEvidence": 1_000_000,
}

// encode writes a request, once it is fit to be sent. The error lists all that
// is wrong, by the members' names and never by their values.
func encode(req any) ([]byte, error) {
	v := reflect.ValueOf(req)
	if v.IsNil() {
		return nil, errors.New("the request is nil")
	}
	if problems := problemsOf(v, "", "", nil); len(problems) > 0 {
		return nil, errors.New(strings.Join(problems, "; "))
	}
	return json.Marshal(req)
}

// checked is what has rules beyond presence, length and alphabet.
type checked interface{ problems() []string }

// problemsOf adds what is wrong with the value at path, whose own name is name.
func problemsOf(v reflect.Value, path, name string, problems []string) []string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return problems
		}
		if rules, ok := v.Interface().(checked); ok {
			problems = append(problems, rules.problems()...)
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return append(problems, textProblems(v.String(), path, name)...)
	case reflect.Slice:
		if limit, limited := limits[name]; limited && v.Len() > limit {
			problems = append(problems, fmt.Sprintf("%s has more than %d elements", path, limit))
		}
		for i := range v.Len() {
			problems = problemsOf(v.Index(i), fmt.Sprintf("%s[%d]", path, i), name, problems)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field, child := v.Type().Field(i), v.Field(i)
			name, optional := wireName(field)
			if name == "" {
				continue // of Amount and Time, which hold nothing Antom refuses
			}
			at := strings.TrimPrefix(path+"."+name, ".")
			if !optional && isEmpty(child) {
				problems = append(problems, at+" is missing")
			}
			problems = problemsOf(child, at, name, problems)
		}
	}
	return problems
}

// isEmpty reports whether a required member has no use: what the wire types
// never leave out, Antom requires, and an amount to be paid or refunded must
// be more than nothing.
func isEmpty(v reflect.Value) bool {
	if amount, ok := v.Interface().(Amount); ok {
		return amount.Minor() == 0
	}
	return v.IsZero()
}

// textProblems: Antom's documents forbid Chinese and other characters beyond
// ASCII in every request, because some methods' systems break at them.
// [PlainText] and [Order.MakeSafe] help.
func textProblems(text, path, name string) (problems []string) {
	if limit, limited := limits[name]; limited && len(text) > limit {
		problems = append(problems, fmt.Sprintf("%s is longer than %d characters", path, limit))
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		problems = append(problems, path+" has characters that are not printable ASCII")
	}
	return problems
}

func (r *PaymentSessionRequest) problems() []string {
	return append(orderProblems(r.Order, r.PaymentAmount), redirectProblems(r.PaymentMethod, r.PaymentRedirectURL)...)
}

func (r *PayRequest) problems() []string {
	problems := append(orderProblems(r.Order, r.PaymentAmount), redirectProblems(r.PaymentMethod, r.PaymentRedirectURL)...)
	return append(problems, terminalProblems(r.Env)...)
}

func (r *ConsultRequest) problems() []string            { return terminalProblems(r.Env) }
func (r *VaultPaymentMethodRequest) problems() []string { return terminalProblems(r.Env) }

func (r *InquiryPaymentRequest) problems() []string {
	return eitherProblem("paymentId", r.PaymentID, "paymentRequestId", r.PaymentRequestID)
}

func (r *CancelRequest) problems() []string {
	return eitherProblem("paymentId", r.PaymentID, "paymentRequestId", r.PaymentRequestID)
}

func (r *CardInfoRequest) problems() []string {
	return eitherProblem("cardNo", r.CardNo, "cardBin", r.CardBIN)
}

func (r *InquiryRefundRequest) problems() []string {
	return eitherProblem("refundId", r.RefundID, "refundRequestId", r.RefundRequestID)
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

func (r *RefundRequest) problems() []string {
	if !plainID.MatchString(r.RefundRequestID) {
		return []string{"refundRequestId has special characters"}
	}
	return nil
}

func (p *CreditPayPlan) problems() []string {
	if p.InstallmentNum != 0 && (p.InstallmentNum < 2 || p.InstallmentNum > 36) {
		return []string{"installmentNum is not 2 to 36"}
	}
	return nil
}

func (e *Env) problems() []string {
	if e.TimeZoneOffset != nil && (*e.TimeZoneOffset < -720 || *e.TimeZoneOffset > 720) {
		return []string{"timeZoneOffset is not -720 to 720"}
	}
	return nil
}

func orderProblems(order *Order, amount Amount) []string {
	if order != nil && order.Amount.Currency() != amount.Currency() {
		return []string{"orderAmount and paymentAmount differ in currency"}
	}
	return nil
}

// PayPay's limit is far below that of all other methods.
func redirectProblems(method *PaymentMethod, url string) []string {
	if method != nil && method.Type == "PAYPAY" && len(url) > 255 {
		return []string{"paymentRedirectUrl is longer than 255 characters, PayPay's limit"}
	}
	return nil
}

func terminalProblems(env *Env) []string {
	switch {
	case env == nil:
		return nil // said already
	case env.TerminalType == "":
		return []string{"env.terminalType is missing"}
	case env.TerminalType != TerminalWeb && env.OSType == "":
		return []string{"env.osType is missing, as terminalType is not WEB"}
	}
	return nil
}

func eitherProblem(name, value, otherName, otherValue string) []string {
	if value == "" && otherValue == "" {
		return []string{name + " or " + otherName + " is missing"}
	}
	return nil
}
