package checkout

import (
	"slices"
	"strings"
	"testing"
)

// A buyer gets one email for each result, and none for what the buyer has just done or
// seen.
func TestWhichEmailsAreDue(t *testing.T) {
	paid := func(operations ...Operation) Order {
		o := orderWith("GCASH", PaymentPaid)
		o.Status, o.EverPaid, o.Payments[0].Operations = OrderPaid, true, operations
		return o
	}
	refund := func(id string, status OperationStatus) Operation {
		return Operation{Kind: Refund, RequestID: id, Status: status, Amount: sgd(100)}
	}
	in := func(status OrderStatus, payment PaymentStatus, emailOnFailure bool) Order {
		o := orderWith("GCASH", payment)
		o.Status, o.Payments[0].EmailOnFailure = status, emailOnFailure
		return o
	}
	failed := EmailEffect(EmailFailed, in(OrderOpen, PaymentFailed, true).Payments[0].RequestID)
	for name, c := range map[string]struct {
		before, after Order
		want          []Effect
	}{
		"paid":                   {in(OrderProcessing, PaymentProcessing, false), paid(), []Effect{"mail.receipt"}},
		"paid, as asked":         {in(OrderProcessing, PaymentProcessing, true), paid(), []Effect{"mail.receipt"}},
		"still paid":             {paid(), paid(), nil},
		"authorised":             {in(OrderProcessing, PaymentProcessing, true), in(OrderAuthorized, PaymentAuthorized, true), nil},
		"refund asked for":       {paid(), paid(refund("r1", OperationProcessing)), nil},
		"refund failed":          {paid(refund("r1", OperationPending)), paid(refund("r1", OperationFailed)), nil},
		"refunded":               {paid(refund("r1", OperationPending)), paid(refund("r1", OperationSuccess)), []Effect{"mail.refund:r1"}},
		"refunded again":         {paid(refund("r1", OperationSuccess)), paid(refund("r1", OperationSuccess), refund("r2", OperationSuccess)), []Effect{"mail.refund:r2"}},
		"failed":                 {in(OrderProcessing, PaymentProcessing, false), in(OrderOpen, PaymentFailed, false), nil},
		"failed, as asked":       {in(OrderProcessing, PaymentPending, true), in(OrderOpen, PaymentFailed, true), []Effect{failed}},
		"still failed":           {in(OrderOpen, PaymentFailed, true), in(OrderOpen, PaymentFailed, true), nil},
		"expired":                {in(OrderOpen, PaymentFailed, false), in(OrderExpired, PaymentFailed, false), []Effect{"mail.expired"}},
		"cancelled":              {in(OrderOpen, PaymentFailed, false), in(OrderCancelled, PaymentFailed, false), []Effect{"mail.cancelled"}},
		"never begun, expired":   {Order{Status: OrderOpen}, Order{Status: OrderExpired}, nil},
		"never begun, cancelled": {Order{Status: OrderOpen}, Order{Status: OrderCancelled}, nil},
		"under review":           {in(OrderProcessing, PaymentProcessing, true), in(OrderReview, PaymentProcessing, true), nil},
		"superseded":             {in(OrderProcessing, PaymentProcessing, true), in(OrderOpen, PaymentCancelled, true), nil},
	} {
		if got := emailsDue(c.before, c.after); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestNumbersAreReadAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{
		"ABCDE-FGHIJ": "ABCDE-FGHIJ", " abcde fghij ": "ABCDE-FGHIJ", "ABCDEFGHIJ": "ABCDE-FGHIJ", "#ABCDE–FGHIJ": "ABCDE-FGHIJ",
		"ABCDE-FGH01": "ABCDE-FGHOI", // an older number, typed by its look
		"":            "", "ABCDE": "", "ABCDE-FGHIJK": "", "日本語": "",
	} {
		if got := OrderNumber(typed); got != want {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
}

func TestNewNumbersHaveNoSignsThatLookAlike(t *testing.T) {
	for range 1000 {
		if n := NewNumber(); OrderNumber(n) != n || strings.ContainsAny(n, "01ILOU") {
			t.Fatalf("%s: read as %s", n, OrderNumber(n))
		}
	}
}

// Late money that was returned at once needs the email about the refund only.
func TestWhatIsRefundedNeedsNoReceipt(t *testing.T) {
	for status, want := range map[OrderStatus]bool{OrderPaid: true, OrderPartiallyRefunded: true, OrderRefunded: false} {
		o := orderWith("GCASH", PaymentPaid)
		o.Status = status
		if _, due := NewEmail(o, EmailEffect(EmailReceipt, "")); due != want {
			t.Errorf("%s: a receipt is due: %v, want %v", status, due, want)
		}
	}
}

func TestOnlyEmailsAboutUnpaidOrdersHaveAnAllowance(t *testing.T) {
	for _, row := range []struct {
		kind EmailKind
		paid bool
		want bool
	}{
		{EmailExpired, false, true}, {EmailCancelled, false, true}, {EmailFailed, false, true}, {EmailLink, false, true},
		{EmailLink, true, false}, {EmailReceipt, true, false}, {EmailRefund, true, false}, {EmailRefund, false, false},
	} {
		if got := (Email{Kind: row.kind, Order: Order{EverPaid: row.paid}}).HasAllowance(); got != row.want {
			t.Errorf("%s, ever paid %v: %v", row.kind, row.paid, got)
		}
	}
}

func TestARecipientHasManySpellings(t *testing.T) {
	for typed, want := range map[string]string{
		"ann@example.com": "ann@example.com", " Ann@Example.COM ": "ann@example.com", "a.n.n+shop@example.com": "ann@example.com",
		"ann+1+2@example.com": "ann@example.com", "bob@mail.example.com": "bob@mail.example.com",
	} {
		if got := Recipient(typed); got != want {
			t.Errorf("%q is %q", typed, got)
		}
	}
}

func TestNoTypedTextIsALink(t *testing.T) {
	for typed, want := range map[string]string{
		"Ann Lee":                    "Ann Lee",
		"J. R. Smith Jr.":            "J. R. Smith Jr.",
		"12.5 Raffles Place, #02-03": "12.5 Raffles Place, #02-03",
		"http://evil.example/x?y=1":  "http: / /evil. example/x?y=1",
		"www.evil.example":           "www. evil. example",
		"evil.example":               "evil. example",
		"win@evil.example":           "win@ evil. example",
		"evil\u3002example":          "evil\u3002 example",
		"https:evil":                 "https: evil",
		"mailto:win@evil.example":    "mailto: win@ evil. example",
		"https://1.2.3.4/win":        "https: / /1.2.3.4/win",
		"東京都千代田区":                    "東京都千代田区",
		"c/o Bob":                    "c/o Bob",
	} {
		if got := WithoutLinks(typed); got != want {
			t.Errorf("%q is written %q, want %q", typed, got, want)
		}
	}
}
