package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"antom-checkout/antom"
)

func (s *shop) plans(currency string, minor int64, factor *antom.PaymentFactor) *antom.Installment {
	s.t.Helper()
	answer, err := s.client.Consult(s.t.Context(), &antom.ConsultRequest{
		ProductCode: antom.ProductCheckout, PaymentAmount: money(s.t, currency, minor), Env: &antom.Env{TerminalType: antom.TerminalWeb},
		AllowedPaymentMethods: []string{"CARD"}, PaymentFactor: factor,
	})
	must(s.t, err)
	return answer.PaymentOptions[0].Installment
}

var manualCapture = &antom.PaymentFactor{IsAuthorization: antom.True, CaptureMode: antom.CaptureManual}

func TestConsultListsPlansByCurrency(t *testing.T) {
	s := newShop(t)
	for currency, want := range map[string]string{
		"BRL": "2 3 4 5 6 7 8 9 10 11 12", "MXN": "3 6 9 12 18", "CLP": "3 6 12", "PEN": "2 3 6 12", "USD": "3 6 12",
		"JPY": "2 3 5 6 10 12", "KRW": "2 3 4 5 6 7 8 9 10 11 12",
	} {
		offer := s.plans(currency, 100_000, nil)
		var got []string
		for _, plan := range offer.Plans {
			got = append(got, plan.InstallmentNum)
			if !bool(plan.Enabled) || plan.Interval != "MONTH" || plan.MinInstallmentAmount.Currency() != currency {
				t.Errorf("%s: %+v", currency, plan)
			}
		}
		if strings.Join(got, " ") != want || len(offer.SupportCardBrands) == 0 {
			t.Errorf("%s: %v of %v", currency, got, offer.SupportCardBrands)
		}
	}
	if plan := s.plans("BRL", 999, nil).Plans[0]; bool(plan.Enabled) || plan.InterestRate != "0" {
		t.Errorf("below its limit a plan is %+v", plan)
	}
	if s.plans("SGD", 100_000, nil) != nil || s.plans("USD", 100_000, manualCapture) != nil {
		t.Error("plans are listed where there are none")
	}
}

func TestTheRulesOfInstalments(t *testing.T) {
	for name, row := range map[string]struct {
		currency string
		minor    int64
		method   string
		plan     antom.CreditPayPlan
		factor   *antom.PaymentFactor
		want     antom.ResultCode
	}{
		"a plan":             {"BRL", 600_00, "CARD", antom.CreditPayPlan{InstallmentNum: 6, Interval: "MONTH", CreditPayFeeType: "PERCENTAGE", FeePercentage: 100}, nil, ""},
		"by hand":            {"BRL", 600_00, "CARD", antom.CreditPayPlan{InstallmentNum: 6}, manualCapture, ""},
		"dollars by hand":    {"USD", 600_00, "CARD", antom.CreditPayPlan{InstallmentNum: 6}, manualCapture, "PARAM_ILLEGAL"},
		"no plan of so many": {"MXN", 600_00, "CARD", antom.CreditPayPlan{InstallmentNum: 4}, nil, "PARAM_ILLEGAL"},
		"too little":         {"MXN", 299_99, "CARD", antom.CreditPayPlan{InstallmentNum: 3}, nil, "PARAM_ILLEGAL"},
		"too much":           {"KRW", 10_000_001, "CARD", antom.CreditPayPlan{InstallmentNum: 3}, nil, "PARAM_ILLEGAL"},
		"another currency":   {"SGD", 600_00, "CARD", antom.CreditPayPlan{InstallmentNum: 3}, nil, "PARAM_ILLEGAL"},
		"a wallet":           {"BRL", 600_00, "MERCADOPAGO_BR", antom.CreditPayPlan{InstallmentNum: 3}, nil, "PARAM_ILLEGAL"},
		"weeks":              {"BRL", 600_00, "CARD", antom.CreditPayPlan{InstallmentNum: 3, Interval: "WEEK"}, nil, "PARAM_ILLEGAL"},
		"a fee of 101":       {"BRL", 600_00, "CARD", antom.CreditPayPlan{InstallmentNum: 3, FeePercentage: 101}, nil, "PARAM_ILLEGAL"},
	} {
		s := newShop(t)
		req := s.payRequest("PR-1", row.method, 4200)
		inCurrency(t, row.currency, row.minor)(req)
		req.CreditPayPlan, req.PaymentFactor = &row.plan, row.factor
		_, err := s.client.Pay(t.Context(), req)
		session := s.sessionRequest("PR-2", row.method, 4200)
		session.PaymentAmount, session.Order.Amount = req.PaymentAmount, req.PaymentAmount
		session.CreditPayPlan, session.PaymentFactor = &row.plan, row.factor
		_, sessionErr := s.client.CreatePaymentSession(t.Context(), session)
		for _, err := range []error{err, sessionErr} {
			t.Log(name)
			if row.want == "" {
				must(t, err)
			} else {
				wantCode(t, err, row.want)
			}
		}
	}
}

func TestThePlanComesBack(t *testing.T) {
	s := newShop(t)
	s.paid("PR-1", "CARD", 4200, inCurrency(t, "PEN", 100_00), func(r *antom.PayRequest) { r.CreditPayPlan = &antom.CreditPayPlan{InstallmentNum: 6} })
	if plan := s.asks("PR-1").PaymentResultInfo.CreditPayPlan; plan == nil || plan.InstallmentNum != 6 || plan.InterestRate != "2.5" || plan.Interval != "MONTH" {
		t.Errorf("the plan comes back as %+v", plan)
	}
	s.paid("PR-2", "CARD", 4200, inCurrency(t, "PEN", 100_00))
	if plan := s.asks("PR-2").PaymentResultInfo.CreditPayPlan; plan != nil {
		t.Errorf("one payment has the plan %+v", plan)
	}
}

// A card of a brand that has no plans is declined.
func TestACardThatCannotBeSplit(t *testing.T) {
	s := newShop(t)
	req := s.payRequest("PR-1", "CARD", 4200)
	inCurrency(t, "CLP", 60_000)(req)
	req.CreditPayPlan = &antom.CreditPayPlan{InstallmentNum: 3}
	answer, err := s.client.Pay(t.Context(), req)
	must(t, err)
	s.posts(answer.NormalURL, "act=pay&number=378282246310005&month=12&year=39&cvv=1234") // American Express
	if got := s.asks("PR-1"); got.PaymentResultCode != "CARD_NOT_SUPPORTED" {
		t.Errorf("the payment is %s, %s", got.PaymentStatus, got.PaymentResultCode)
	}
}

// With enableInstallmentCollection Antom's own form asks, among the plans that the
// merchant has listed.
func TestAntomsFormAsksForInstalments(t *testing.T) {
	s := newShop(t)
	pays := func(id string, listed []int, parts int) *antom.PaymentResultInfo {
		req := s.sessionRequest(id, "CARD", 4200)
		req.PaymentAmount = money(t, "BRL", 600_00)
		req.Order.Amount = req.PaymentAmount
		req.EnableInstallmentCollection = antom.True
		if listed != nil {
			req.CreditPayPlan = &antom.CreditPayPlan{FilteredPeriods: listed}
		}
		session, err := s.client.CreatePaymentSession(t.Context(), req)
		must(t, err)
		key, _, _ := strings.Cut(session.Data, "&&")
		status, view := s.requests("POST /sdk/payment", fmt.Sprintf(
			`{"session":%q,"act":"pay","number":"4054695723100768","month":"12","year":"39","cvv":"123","installments":%d}`, key, parts), "Content-Type", "application/json")
		if status != http.StatusOK {
			t.Errorf("the form shows %s", view)
		}
		return s.asks(id).PaymentResultInfo
	}
	if plan := pays("PR-1", nil, 3).CreditPayPlan; plan == nil || plan.InstallmentNum != 3 {
		t.Errorf("three parts are %+v", plan)
	}
	if plan := pays("PR-2", []int{3, 6}, 6).CreditPayPlan; plan == nil || plan.InstallmentNum != 6 {
		t.Errorf("six parts are %+v", plan)
	}
	if plan := pays("PR-3", []int{3, 6}, 5).CreditPayPlan; plan != nil {
		t.Errorf("a plan that the merchant has not listed is %+v", plan)
	}
	if plan := pays("PR-4", nil, 0).CreditPayPlan; plan != nil {
		t.Errorf("one payment is %+v", plan)
	}
}
