package views_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"antom-checkout/views"
	"antom-checkout/views/samples"
)

var groupHeading = regexp.MustCompile(`<details class="group"( open)?><summary>([^<]+)`)

func TestManyMethodsStandUnderHeadings(t *testing.T) {
	view := samples.Checkout(t.Context(), samples.Status("open"))
	for _, row := range []struct {
		methods int
		chosen  int
		want    string // headings; + is open
	}{
		{2, 0, ""},
		{6, 0, ""},
		{15, 0, "+Wallets +QR codes +Banks +Cash and transfer +Pay later"}, // groups of three stay open
		{30, 0, "+Wallets -QR codes -Banks -Cash and transfer +Pay later"},
		{30, 9, "+Wallets -QR codes +Banks -Cash and transfer +Pay later"},
	} {
		view.Methods = samples.ManyMethods(t.Context(), 30)[:row.methods]
		view.Methods[0].Checked = false
		view.Methods[row.chosen].Checked = true
		markup := inEnglish(t, views.CheckoutPage(view))
		var got []string
		for _, found := range groupHeading.FindAllStringSubmatch(markup, -1) {
			mark := "-"
			if found[1] != "" {
				mark = "+"
			}
			got = append(got, mark+strings.TrimSpace(found[2]))
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%d methods, the chosen method is %s: %q, want %q", row.methods, view.Methods[row.chosen].Code, got, row.want)
		}
		if n := strings.Count(markup, `data-test="method"`); n != row.methods {
			t.Errorf("%d methods are shown, want %d", n, row.methods)
		}
		if n := strings.Count(markup, " checked"); n != 1 {
			t.Errorf("%d methods are chosen", n)
		}
	}
}

func TestASpanIsFormattedInItsLargestUnit(t *testing.T) {
	english := views.WithLanguage(context.Background(), language.English)
	for d, want := range map[time.Duration]string{
		-time.Minute: "0 minutes", 59 * time.Second: "0 minutes", time.Minute: "1 minute", 59*time.Minute + 59*time.Second: "59 minutes",
		119 * time.Minute: "119 minutes", 2*time.Hour - time.Second: "2 hours", 47 * time.Hour: "47 hours",
		48*time.Hour - time.Minute: "2 days", 7*24*time.Hour - 10*time.Second: "7 days", 7*24*time.Hour - time.Hour: "6 days",
	} {
		if got := views.Span(english, d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	if got := views.Span(views.WithLanguage(context.Background(), language.Polish), 22*time.Minute); got != "22 minuty" {
		t.Errorf("in Polish 22 minutes are %q", got)
	}
}

// A bank may be offered by online banking, by its app, and by transfer.
func TestTheSameBankHasANameForEachMethod(t *testing.T) {
	for code, want := range map[string]string{
		"ONLINEBANKING_SIAMCOMMERCIALBANK": "SCB", "BANKTRANSFER_SIAMCOMMERCIALBANK": "SCB (transfer)", "BANKTRANSFER_QUICKPAY": "Express bank transfer",
	} {
		if got := views.MethodName(context.Background(), code, "SCB"); got != want {
			t.Errorf("%s is called %q, want %q", code, got, want)
		}
	}
}
